"""Delayed iterations with momentum, a random delay or a Hessian: characteristic roots and the unit circle."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from refutable.strategies.charts import Axis, Chart
from refutable.strategies.shallow_relu.pictures.drawings import WIDE, series
from refutable.theorems.domains.delayed_descent import DELAYED_DESCENT
from refutable.theorems.domains.delayed_descent.moments import mean_polynomial
from refutable.theorems.domains.delayed_momentum import DELAYED_MOMENTUM
from refutable.theorems.domains.random_delay import RANDOM_DELAY
from refutable.theorems.exact import to_float
from refutable.theorems.instances import Instance

AROUND = 181
"""Points of the circle."""


def drawing(instance: Instance) -> Chart | None:
    """Roots of the polynomials in the plane; None for numbers that floats do not hold."""
    if instance.domain == RANDOM_DELAY.id:
        return roots_chart({"mean iteration": RANDOM_DELAY.view(instance)["characteristic"]})
    if instance.domain == DELAYED_DESCENT.id:
        hessian = DELAYED_DESCENT.view(instance)["mean_hessian"]
        return roots_chart({"mean iteration": mean_polynomial(hessian, instance["step_size"], instance["delay"])})
    view = DELAYED_MOMENTUM.view(instance)
    return roots_chart({"heavy ball": view["heavy_ball"], "shifted momentum": view["shifted"]})


def roots_chart(polynomials: Mapping[str, Sequence[Any]]) -> Chart | None:
    """The roots of polynomials (constant term first, by name) and the unit circle."""
    found = {}
    for name, coefficients in polynomials.items():
        floats = np.array([to_float(c) for c in coefficients])[::-1]
        if not np.isfinite(floats).all():
            return None
        found[name] = np.roots(floats)
    sizes = {name: float(np.abs(roots).max(initial=0.0)) for name, roots in found.items()}
    angles = np.linspace(0, 2 * np.pi, AROUND)
    half = 1.1 * max(1.0, *sizes.values())
    told = "; ".join(
        f"{name}: {len(roots)} root{'s' if len(roots) > 1 else ''}, the largest of modulus {sizes[name]:.4g}"
        for name, roots in found.items()
    )
    roles = ("knot", "left")
    return Chart(
        title="Roots and the unit circle",
        description=f"{told}. Inside the circle alone errors shrink.",
        x=Axis("real part", low=-WIDE * half, high=WIDE * half),
        y=Axis("imaginary part", low=-half, high=half),
        series=(
            series("unit circle", np.cos(angles), np.sin(angles), role="right"),
            *(
                series(name, roots.real, roots.imag, "points", role)
                for (name, roots), role in zip(found.items(), roles, strict=False)
            ),
        ),
    )
