"""Shallow ReLU networks together with a radial density on the input space.

Everything of `shallow_relu`, and a density rho >= 0 of one of two kinds whose Radon transform is known in closed
form: a power (r^2 - |x|^2)_+^m on a ball, or a Gaussian bump.
"""

from refutable.theorems.domains.shallow_relu_density.domain import SHALLOW_RELU_DENSITY

__all__ = ["SHALLOW_RELU_DENSITY"]
