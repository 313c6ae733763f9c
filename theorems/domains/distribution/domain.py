"""The domain record: fields, validation, moments and weights at the point, reductions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from refutable.theorems.domains.distribution.laws import LAWS
from refutable.theorems.domains.distribution.moments import LEFT, RIGHT, Moments, Side
from refutable.theorems.domains.distribution.moves import MOVES
from refutable.theorems.domains.distribution.reading import describe, law_numbers, law_of
from refutable.theorems.domains.distribution.variations import VARIATIONS
from refutable.theorems.domains.domain import Domain, quantities
from refutable.theorems.domains.number_moves import proper
from refutable.theorems.domains.shallow_relu.weights import weight_from_moments
from refutable.theorems.instances import Field, Instance, InstanceError
from refutable.theorems.ops import Ops
from refutable.theorems.views import MissingNumber, Quantity, View

FIELDS = (
    Field("law", ("law",), kind="words", vocabulary=tuple(LAWS), meaning="the name of the law, a list of one word"),
    Field("parameters", ("parameters",), ("p",), optional=True, meaning="its parameters in order; null: none"),
    Field("atoms", ("atoms",), ("n",), optional=True, meaning="atoms of the empirical law; null for the others"),
    Field("point", ("point",), meaning="t, in units of X"),
    Field("radius", ("radius",), optional=True, meaning="R with |X| <= R; null: the least one"),
)


def check(values: Mapping[str, Any]) -> None:
    """One law, with the parameters it needs.

    Raises:
        InstanceError: otherwise.
    """
    if len(values["law"]) != 1:
        raise InstanceError(f"law must be a list of exactly one name, got {sorted(values['law'])}")
    law, atoms = law_of(values), values["atoms"]
    if (law.id == "empirical") != (atoms is not None):
        need = "needs atoms" if atoms is None else "has no atoms; leave atoms null"
        raise InstanceError(f"the {law.id} law {need}")
    given = 0 if values["parameters"] is None else len(values["parameters"])
    if given != len(law.parameters):
        names = ", ".join(law.parameters) or "none, leave parameters null"
        raise InstanceError(f"the {law.id} law has parameters: {names}; got {given} numbers")
    problem = law.allowed(law_numbers(values))
    if problem:
        raise InstanceError(f"parameters of the {law.id} law: {problem}")


def structure(view: View) -> Mapping[str, Any]:
    """``name`` and ``numbers`` of the law; ``support`` (low, high), None for an infinite end."""
    instance = _instance(view)
    law, numbers = law_of(instance), law_numbers(instance)
    return {"name": law.id, "numbers": numbers, "support": law.support(numbers)}


def _instance(view: View) -> Instance:
    if view.instance is None:
        raise TypeError("laws have an exact view only, no float batches")
    return view.instance


def side_moments(view: View, side: Side) -> Moments:
    """Moments of {X < t} (-1) or {X > t} (+1), by sums, antiderivatives or incomplete gamma functions."""
    return LAWS[view["name"]].moments(view["numbers"], view["point"], side)


def weight_of_side(ops: Ops, moments: Moments) -> Any:
    """The weight of one side of the point, by the line that serves networks on data."""
    row = [_boxed(value) for value in (moments.probability, moments.moment, moments.excess)]
    return weight_from_moments(ops, row[0], row[1][..., None], row[2])[0]


def _boxed(value: Any) -> Any:
    box = np.empty(1, dtype=object)
    box[0] = value
    return box


def _outward(view: View, side: str) -> Moments:
    """Moments of X for the right side, of -X for the left one, as in G(1, -t) and G(-1, t)."""
    # Equal expressions on both sides of a symmetric law then have equal keys: a tie is decided.
    moments: Moments = view[side]
    return moments.reflected() if side == "left" else moments


def _weight(view: View, side: str) -> Any:
    return weight_of_side(view.ops, _outward(view, side))


def weight_squared(view: View, side: str) -> Any:
    """Square of the weight of the side called ``side``: no square root in it."""
    m = _outward(view, side)
    return m.excess * m.excess * (m.probability * m.probability + m.moment * m.moment)


def _radius(view: View) -> Any:
    if view.has("radius"):
        return view["radius"]
    low, high = view["support"]
    if low is None or high is None:
        raise MissingNumber("the law is unbounded, so that no radius R with |X| <= R exists")
    return max(abs(low), abs(high))


def hollow(view: View) -> str | None:
    """Why a point is no honest witness: no mass on one side of it, so that the weight is 0."""
    low, high = view["support"]
    if low is not None and view["point"] <= low:
        return "the law has no mass to the left of the point"
    if high is not None and view["point"] >= high:
        return "the law has no mass to the right of the point"
    return None


DISTRIBUTION = Domain(
    id="distribution",
    title="a law of a univariate input, and a point",
    fields=FIELDS,
    structure=structure,
    quantities=quantities(
        Quantity("left", lambda view: side_moments(view, LEFT), "P, E[X; .], E[t - X; .] of {X < t}"),
        Quantity("right", lambda view: side_moments(view, RIGHT), "P, E[X; .], E[X - t; .] of {X > t}"),
        Quantity("probability_left", lambda view: view["left"].probability, "P(X < t)", scalar=True),
        Quantity("probability_right", lambda view: view["right"].probability, "P(X > t)", scalar=True),
        Quantity("moment_left", lambda view: view["left"].moment, "E[X; X < t]", scalar=True),
        Quantity("moment_right", lambda view: view["right"].moment, "E[X; X > t]", scalar=True),
        Quantity("excess_left", lambda view: view["left"].excess, "E[(t - X)_+]", scalar=True),
        Quantity("excess_right", lambda view: view["right"].excess, "E[(X - t)_+]", scalar=True),
        Quantity("weight_left", lambda view: _weight(view, "left"), "g^-(t), the weight of {X < t}", scalar=True),
        Quantity("weight_right", lambda view: _weight(view, "right"), "g^+(t), that of {X > t}", scalar=True),
        Quantity("weight", lambda v: v.ops.minimum(v["weight_left"], v["weight_right"]), "g(t)", scalar=True),
        Quantity("radius_of_law", _radius, "R: the given radius, or the least with |X| <= R", scalar=True),
    ),
    moves=proper(check, (), MOVES),
    variations=proper(check, (), VARIATIONS),
    check=check,
    hollow=hollow,
    describe=describe,
)
