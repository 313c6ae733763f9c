"""The domain record: fields, validation, quantities, writing.

Data are x_i e_i, x_i > 0, labels absorbed; the model is <t, x> + <product of L factors, x>, and the factors of
coordinate i all equal q_i (of all factorisations of a product the one of least norm). |theta|^2 = |t|^2 + L |q|^2.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flint import fmpq

from refutable.theorems.domains.domain import Domain, quantities
from refutable.theorems.domains.number_moves import proper
from refutable.theorems.domains.shallow_plus_deep.moves import MOVES, VARIATIONS
from refutable.theorems.exact import power as exact_power
from refutable.theorems.exact import text
from refutable.theorems.instances import Field, Instance, InstanceError, refuse_long
from refutable.theorems.ops.exact import elementwise
from refutable.theorems.views import Quantity, View

MAX_COORDINATES, MAX_DEPTH, MAX_BITS = 12, 12, 512

FIELDS = (
    Field("data", ("data",), ("d",), meaning="x_i > 0: datum i is x_i times the unit vector i, label absorbed"),
    Field("margin", ("margin",), positive=True, meaning="gamma: f_i >= gamma is required"),
    Field("depth", ("network", "depth"), kind="integer", minimum=2, meaning="L, number of factors of the deep part"),
    Field("shallow", ("network", "shallow"), ("d",), meaning="t, weights of the linear part"),
    Field("factors", ("network", "factors"), ("d",), meaning="q: all L factors of coordinate i are q_i"),
    Field("other_shallow", ("other", "shallow"), ("d",), optional=True, meaning="t of another network to compare with"),
    Field("other_factors", ("other", "factors"), ("d",), optional=True, meaning="q of that network"),
)


def structure(view: View) -> Mapping[str, Any]:
    """No discrete facts: the model is smooth."""
    return {}


def check(values: Mapping[str, Any]) -> None:
    """Positive data; neither many coordinates or factors nor long numbers.

    Raises:
        InstanceError: otherwise.
    """
    d, depth = len(values["data"]), values["depth"]
    if d > MAX_COORDINATES or depth > MAX_DEPTH:
        raise InstanceError(f"{d} coordinates of depth {depth}; at most {MAX_COORDINATES} of depth {MAX_DEPTH} here")
    for i, x in enumerate(values["data"]):
        if not x > 0:
            raise InstanceError(f"data[{i}] is {text(x)}; it must be > 0, with the label absorbed into the weights")
    refuse_long(FIELDS, values, MAX_BITS)


def power(base: Any, count: int) -> Any:
    """base^count by multiplication, count >= 1."""
    value = base
    for _ in range(count - 1):
        value = value * base
    return value


def needed(view: View) -> Any:
    """gamma / x_i, what t_i + q_i^L must reach, [d]."""
    return view.ops.spread(view["margin"]) / view["data"]


def outputs(view: View) -> Any:
    """f_i = x_i (t_i + q_i^L), [d]."""
    return view["data"] * (view["shallow"] + power(view["factors"], view["depth"]))


def other_outputs(view: View) -> Any:
    """The other network's, [d]."""
    return view["data"] * (view["other_shallow"] + power(view["other_factors"], view["depth"]))


def shallow_norm(view: View) -> Any:
    """|t|^2."""
    return view.ops.sum(view["shallow"] * view["shallow"])


def deep_norm(view: View) -> Any:
    """L |q|^2."""
    return view.ops.sum(view["factors"] * view["factors"]) * view["depth"]


def other_norm(view: View) -> Any:
    """|theta|^2 of the other network."""
    t, q = view["other_shallow"], view["other_factors"]
    return view.ops.sum(t * t) + view.ops.sum(q * q) * view["depth"]


def root(view: View, base: Any, numerator: int, denominator: int) -> Any:
    """base^(numerator/denominator) elementwise, base > 0: rational or enclosed exactly."""
    ops = view.ops
    if ops.exact:
        return elementwise(lambda x: exact_power(x, fmpq(numerator, denominator)), base)
    return ops.elementary("exp", ops.elementary("log", base) * ops.ratio(numerator, denominator))


def deep_only_norm(view: View) -> Any:
    """L sum_i (gamma / x_i)^(2/L), the least |theta|^2 without the linear part."""
    return view.ops.sum(root(view, view["needed"], 2, view["depth"])) * view["depth"]


def hollow(view: View) -> str | None:
    """Why a network is no honest witness: it has no deep part."""
    return "the deep part is 0" if all(q == 0 for q in view["factors"]) else None


def substance(view: View) -> Any:
    """Squares of the factors."""
    return view["factors"] * view["factors"]


def describe(instance: Instance) -> list[str]:
    """Data and margin, weights, the other network."""
    lines = [f"{_tuple('x', instance['data'])}, required margin {text(instance['margin'])}"]
    lines.append(
        f"{_tuple('t', instance['shallow'])}; {instance['depth']} factors each: {_tuple('q', instance['factors'])}"
    )
    if instance["other_shallow"] is None or instance["other_factors"] is None:
        return lines
    other = f"{_tuple('t', instance['other_shallow'])}, {_tuple('q', instance['other_factors'])}"
    return [*lines, f"compared with {other}"]


def _tuple(name: str, entries: Any) -> str:
    return f"{name} = ({', '.join(text(q) for q in entries)})"


SHALLOW_PLUS_DEEP = Domain(
    id="shallow-plus-deep",
    title="a linear part beside a deep one at a required margin",
    fields=FIELDS,
    structure=structure,
    quantities=quantities(
        Quantity("needed", needed, "gamma / x_i, [d]"),
        Quantity("outputs", outputs, "f_i = x_i (t_i + q_i^L), [d]"),
        Quantity("other_outputs", other_outputs, "the other network's, [d]"),
        Quantity("shallow_norm", shallow_norm, "|t|^2", scalar=True),
        Quantity("deep_norm", deep_norm, "L |q|^2", scalar=True),
        Quantity("other_norm", other_norm, "|theta|^2 of the other network", scalar=True),
        Quantity("deep_only_norm", deep_only_norm, "L sum_i (gamma / x_i)^(2/L)", scalar=True),
    ),
    moves=proper(check, ("margin",), MOVES),
    variations=proper(check, ("margin",), VARIATIONS),
    check=check,
    hollow=hollow,
    substance=substance,
    describe=describe,
)
