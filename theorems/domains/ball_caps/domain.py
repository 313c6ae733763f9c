"""The domain record: fields, validation, writing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flint import fmpq

from refutable.theorems.domains.ball_caps.atoms import ATOMS
from refutable.theorems.domains.ball_caps.moments import MOMENTS
from refutable.theorems.domains.ball_caps.moves import MOVES, VARIATIONS
from refutable.theorems.domains.domain import Domain, quantities
from refutable.theorems.domains.number_moves import proper
from refutable.theorems.exact import text
from refutable.theorems.instances import Field, Instance, InstanceError
from refutable.theorems.views import View

MAX_DIMENSION, MAX_ATOMS, MAX_BITS = 64, 64, 4096
"""Limits of exact work: powers of the depth have up to 2 d times its digits."""

FIELDS = (
    Field("directions", ("directions",), ("n", "d"), meaning="u_i, unit vectors with rational coordinates"),
    Field("values", ("values",), ("n",), meaning="y_i, the height of atom i at u_i"),
    Field("depth", ("depth",), positive=True, meaning="h = 1 - t < 2, the same for every cap; an atom's eps^2"),
)


def check(values: Mapping[str, Any]) -> None:
    """Directions have length 1, caps are neither empty nor the whole ball, and sizes stay small.

    Raises:
        InstanceError: otherwise.
    """
    n, d = values["directions"].shape
    if d > MAX_DIMENSION or n > MAX_ATOMS:
        raise InstanceError(f"{n} directions in dimension {d}; at most {MAX_ATOMS} in dimension {MAX_DIMENSION}")
    numbers = [*values["directions"].ravel(), *values["values"], values["depth"]]
    if max(int(part).bit_length() for q in numbers for part in (q.p, q.q)) > MAX_BITS:
        raise InstanceError(f"a numerator or denominator has more than {MAX_BITS} bits; round the numbers")
    for i, u in enumerate(values["directions"]):
        square = sum((c * c for c in u), fmpq(0))
        if square != 1:
            raise InstanceError(f"directions[{i}] has squared length {text(square):.60}; it must be a unit vector")
    if values["depth"] >= 2:
        raise InstanceError(
            f"depth is {text(values['depth']):.60}; it must be below 2, where the cap is the whole ball"
        )


def structure(view: View) -> Mapping[str, Any]:
    """No discrete facts: quantities are defined on exact views only."""
    return {}


def hollow(view: View) -> str | None:
    """Why an instance is no honest witness: every atom is 0."""
    return "every value is 0" if all(y == 0 for y in view["values"]) else None


def describe(instance: Instance) -> list[str]:
    """The dimension and the caps, then one line an atom."""
    depth, u = instance["depth"], instance["directions"]
    lines = [f"dimension {u.shape[1]}, height t = {text(1 - depth)} (depth {text(depth)})"]
    for row, y in zip(u, instance["values"], strict=True):
        lines.append(f"value {text(y)} at u = ({', '.join(text(c) for c in row)})")
    return lines


BALL_CAPS = Domain(
    id="ball-caps",
    title="caps of the unit ball of one depth, with a ReLU atom on each",
    fields=FIELDS,
    structure=structure,
    quantities=quantities(*MOMENTS, *ATOMS),
    moves=proper(check, ("depth",), MOVES),
    variations=proper(check, ("depth",), VARIATIONS),
    check=check,
    hollow=hollow,
    describe=describe,
)
