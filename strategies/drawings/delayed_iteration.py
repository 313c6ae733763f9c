"""Gradient descent with delay along one direction: its characteristic roots and the unit circle."""

from __future__ import annotations

import numpy as np

from refutable.strategies.charts import Axis, Chart
from refutable.strategies.shallow_relu.pictures.drawings import WIDE, series
from refutable.theorems.exact import to_float
from refutable.theorems.instances import Instance

AROUND = 181
"""Points of the circle."""


def drawing(instance: Instance) -> Chart | None:
    """Roots of z^(tau+1) - z^tau + a in the plane; None for numbers that floats do not hold."""
    gain, delay = to_float(instance["curvature"] * instance["step_size"]), instance["delay"]
    if not np.isfinite(gain):
        return None
    coefficients = np.zeros(delay + 2)
    coefficients[:2] = 1, -1
    coefficients[-1] += gain
    roots = np.roots(coefficients)
    sizes = np.abs(roots)
    angles = np.linspace(0, 2 * np.pi, AROUND)
    half = 1.1 * max(1.0, float(sizes.max(initial=0.0)))
    outside = int((sizes >= 1).sum())
    return Chart(
        title="Roots and the unit circle",
        description=f"{len(roots)} root{'s' if len(roots) > 1 else ''} of z^{delay + 1} - z^{delay} + {gain:.4g}, the "
        f"largest of modulus {sizes.max(initial=0.0):.4g}; {outside} not inside the circle, where alone errors shrink.",
        x=Axis("real part", low=-WIDE * half, high=WIDE * half),
        y=Axis("imaginary part", low=-half, high=half),
        series=(
            series("unit circle", np.cos(angles), np.sin(angles), role="right"),
            series("roots", roots.real, roots.imag, "points", "knot"),
        ),
    )
