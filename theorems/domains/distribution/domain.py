"""The domain record: fields, validation, moments and weights at the point, reductions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from flint import fmpq

from refutable.theorems.domains.distribution.laws import LAWS, Law
from refutable.theorems.domains.distribution.moments import LEFT, RIGHT, Moments, Side
from refutable.theorems.domains.domain import Domain, Move, quantities
from refutable.theorems.domains.shallow_relu.weights import weight_from_moments
from refutable.theorems.exact import text
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


def law_of(values: Mapping[str, Any] | Instance) -> Law:
    """The law of an instance."""
    (name,) = values["law"]
    return LAWS[name]


def law_numbers(values: Mapping[str, Any] | Instance) -> Sequence[fmpq]:
    """The law's parameters, or the empirical law's atoms."""
    (name,) = values["law"]
    numbers = values["atoms" if name == "empirical" else "parameters"]
    return () if numbers is None else tuple(numbers)


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


def _weight_left(view: View) -> Any:
    # Moments of -X, as in G(-1, t): equal expressions on both sides of a symmetric law then have equal keys.
    return weight_of_side(view.ops, view["left"].reflected())


def weight_squared(view: View, side: str) -> Any:
    """Square of the weight of the side called ``side``: no square root in it."""
    m = view[side]
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


def describe(instance: Instance) -> list[str]:
    """Lines: the law, the point, the radius where one is given."""
    law, numbers = law_of(instance), law_numbers(instance)
    shown = [text(q) for q in numbers]
    if law.parameters:
        shown = [f"{name} = {q}" for name, q in zip(law.parameters, shown, strict=True)]
    lines = [f"X ~ {law.id}({', '.join(shown)}): {law.meaning}", f"t = {text(instance['point'])}"]
    if instance["radius"] is not None:
        lines.append(f"R = {text(instance['radius'])}")
    return lines


def drop_atom(instance: Instance) -> Iterator[Instance]:
    """One atom fewer."""
    atoms = instance["atoms"]
    for j in range(len(atoms)) if atoms is not None and len(atoms) > 1 else ():
        yield instance.replace(atoms=_sealed(np.delete(atoms, j, 0)))


def drop_radius(instance: Instance) -> Iterator[Instance]:
    """The least radius instead of a given one."""
    if instance["radius"] is not None:
        yield instance.replace(radius=None)


def simpler_number(instance: Instance) -> Iterator[Instance]:
    """One number replaced by a simpler one nearby, where the law still makes sense."""
    for name in ("point", "radius"):
        if instance[name] is not None:
            yield from (instance.replace(**{name: q}) for q in _simpler(instance[name]))
    for name in ("parameters", "atoms"):
        for index, value in enumerate(() if instance[name] is None else instance[name]):
            yield from _sensible(instance, name, index, value)


def _sensible(instance: Instance, name: str, index: int, value: fmpq) -> Iterator[Instance]:
    for simpler in _simpler(value):
        array = instance[name].copy()
        array[index] = simpler
        candidate = instance.replace(**{name: _sealed(array)})
        if not law_of(candidate).allowed(law_numbers(candidate)):
            yield candidate


def _simpler(value: fmpq) -> Iterator[fmpq]:
    """0, 1, -1, a neighbour towards 0 for integers, and nearby rationals of smaller denominator."""
    if value != 0:
        yield fmpq(0)
    if abs(value) > 1:
        yield fmpq(1 if value > 0 else -1)
        if value.q == 1:
            yield value - (1 if value > 0 else -1)
    for denominator in (1, 2, 3, 4, 8, 64, 2**16):
        if value.q > denominator:
            yield fmpq((value * denominator + fmpq(1, 2)).floor(), denominator)


def _sealed(a: Any) -> Any:
    a.setflags(write=False)
    return a


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
        Quantity("weight_left", _weight_left, "g^-(t), the weight of {X < t}", scalar=True),
        Quantity("weight_right", lambda v: weight_of_side(v.ops, v["right"]), "g^+(t), that of {X > t}", scalar=True),
        Quantity("weight", lambda v: v.ops.minimum(v["weight_left"], v["weight_right"]), "g(t)", scalar=True),
        Quantity("radius_of_law", _radius, "R: the given radius, or the least with |X| <= R", scalar=True),
    ),
    moves=(
        Move("drop atom", drop_atom),
        Move("drop radius", drop_radius),
        Move("simplify a number", simpler_number),
    ),
    check=check,
    hollow=hollow,
    describe=describe,
)
