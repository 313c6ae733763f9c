"""Hypotheses about a density next to a shallow ReLU network."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from refutable.theorems.checks import Check
from refutable.theorems.claims import Assumption
from refutable.theorems.views import View


def _below_weight(view: View) -> Iterable[Check]:
    counts = 1 - view.ops.zero(view["merged_mass"])
    yield Check(view["radon_mass"] * counts, "<=", view["weight"], "R rho <= g at each hyperplane that carries mass")


def _largest_density(view: View) -> dict[str, Any]:
    """The scale at which R rho touches g at the first hyperplane that matters, a hair less."""
    ops, radon = view.ops, view["radon_mass"]
    ignored = ops.maximum(ops.zero(view["merged_mass"]), ops.zero(radon))
    factors = view["weight"] / (radon + ignored) + ignored * ops.ratio(2**40)
    return {"scale": view["scale"] * -ops.max(-factors) * ops.ratio(2**40 - 1, 2**40)}


DENSITY_BELOW_WEIGHT = Assumption(
    "density-below-weight",
    "the density's integral over each hyperplane of the network is at most g there",
    _below_weight,
    _largest_density,
    last=True,
)
