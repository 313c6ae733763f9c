"""The domain record: the fields of a shallow network and those of a density."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from refutable.theorems.domains.domain import Domain, quantities
from refutable.theorems.domains.number_moves import proper
from refutable.theorems.domains.shallow_relu import domain as shallow
from refutable.theorems.domains.shallow_relu.domain import SHALLOW_RELU
from refutable.theorems.domains.shallow_relu.variations import VARIATIONS
from refutable.theorems.domains.shallow_relu.writing import describe as describe_network
from refutable.theorems.domains.shallow_relu_density.moves import MOVES, POSITIVE
from refutable.theorems.domains.shallow_relu_density.radon import DENSITY
from refutable.theorems.exact import text
from refutable.theorems.instances import Field, Instance, InstanceError
from refutable.theorems.views import View

FIELDS = (
    *shallow.FIELDS,
    Field("scale", ("density", "scale"), positive=True, meaning="factor of the Radon transform, see `radon`"),
    Field(
        "radius_squared",
        ("density", "radius_squared"),
        optional=True,
        positive=True,
        meaning="r^2 of the density (r^2 - |x|^2)_+^m; null: a Gaussian bump",
    ),
    Field(
        "power",
        ("density", "power"),
        kind="integer",
        optional=True,
        minimum=0,
        meaning="m of the density (r^2 - |x|^2)_+^m",
    ),
    Field(
        "variance",
        ("density", "variance"),
        optional=True,
        positive=True,
        meaning="s^2 of the density exp(-|x|^2 / (2 s^2)); null: a power on a ball",
    ),
)
LARGEST_POWER = 64


def structure(view: View) -> Mapping[str, Any]:
    """Facts of the network, and where its hyperplanes lie.

    ``no_hyperplane`` [k]: w1_i = 0; ``inside`` [k], for power densities: hyperplane i meets the open ball |x| < r
    (where w1_i = 0: b1_i^2 < r^2, with no consequence).
    """
    ops = view.ops
    facts = dict(shallow.structure(view))
    facts["no_hyperplane"] = ops.zero(view["input_norm_square"])
    if view.has("radius_squared"):
        square = view["input_norm_square"] + facts["no_hyperplane"]
        facts["inside"] = ops.positive(ops.spread(view["radius_squared"]) * square - view["b1"] * view["b1"])
    return facts


def check(values: Mapping[str, Any]) -> None:
    """Checks of the network; the density must be of exactly one kind.

    Raises:
        InstanceError: otherwise.
    """
    shallow.check(values)
    radius, power, variance = (values[name] for name in ("radius_squared", "power", "variance"))
    if (radius is None) == (variance is None):
        raise InstanceError(
            "density must be of exactly one kind: give radius_squared and power for (r^2 - |x|^2)_+^m, "
            "or variance for exp(-|x|^2 / (2 s^2))"
        )
    if (radius is None) != (power is None):
        raise InstanceError("density.radius_squared and density.power belong together: give both or neither")
    if power is not None and power > LARGEST_POWER:
        raise InstanceError(f"density.power must be at most {LARGEST_POWER}, got {power}")


def hollow(view: View) -> str | None:
    """Why an instance is no honest witness: as for networks, or the density misses every hyperplane."""
    if view.ops.exact and view.has("radius_squared") and not any(a == 1 for a in view["inside"]):
        return "the density vanishes on every hyperplane"
    return shallow.hollow(view)


def describe(instance: Instance) -> list[str]:
    """The network, then the density."""
    return [*describe_network(instance), f"rho = {_density_text(instance)}"]


def _density_text(instance: Instance) -> str:
    scale = text(instance["scale"])
    if instance["variance"] is not None:
        return f"bump exp(-|x|^2 / (2 s^2)), s^2 = {text(instance['variance'])}, largest Radon transform {scale}"
    h = (instance["x"].shape[1] - 1) // 2
    unit = ("", " / pi", f" / pi^{h}")[min(h, 2)]
    if instance["power"] == 0:
        return f"{scale}{unit} where |x|^2 < {text(instance['radius_squared'])}, 0 elsewhere"
    return f"{scale}{unit} ({text(instance['radius_squared'])} - |x|^2)_+^{instance['power']}"


SHALLOW_RELU_DENSITY = Domain(
    id="shallow-relu-density",
    title="shallow ReLU networks with a radial density",
    fields=FIELDS,
    structure=structure,
    quantities={**SHALLOW_RELU.quantities, **quantities(*DENSITY)},
    moves=proper(check, POSITIVE, MOVES),
    variations=proper(check, POSITIVE, VARIATIONS),
    check=check,
    hollow=hollow,
    substance=shallow.substance,
    describe=describe,
)
