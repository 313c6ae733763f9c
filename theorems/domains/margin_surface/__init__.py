"""Three margins as functions of two coordinates (phi, psi) near a point of the sphere, and the exponential loss there.

f_1 = g_1 - phi^2, f_2 = g_2 + phi a(psi), f_3 = g_3 - (psi - 1)^2 with a(psi) = 1 / (1 + psi^2).
"""

from refutable.theorems.domains.margin_surface.domain import MARGIN_SURFACE

__all__ = ["MARGIN_SURFACE"]
