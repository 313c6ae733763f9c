"""A theorem with other constants: its headline as another claim, which may be false.

Beside the constants of its record a theorem that names the right side of its comparison (``right_side``) has two:
``factor``, which multiplies that side, and ``shift``, which is added to it. A record's constant of the same name takes
their place. The side is told of by the name that the statement gives it: "X is at least Y" has X on the right.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from flint import fmpq

from refutable.theorems.checks import Check
from refutable.theorems.claims import Checks, Claim
from refutable.theorems.constants import Constant, Values, multiple, number, ratio
from refutable.theorems.exact import text
from refutable.theorems.records import Theorem
from refutable.theorems.views import View

GENERIC: Mapping[str, fmpq] = {"factor": fmpq(1), "shift": fmpq(0)}
"""The constants that every named right side has, at the values that change nothing."""

_KNOWN: dict[str, tuple[Theorem, dict[str, Constant]]] = {}


def constants(theorem: Theorem) -> dict[str, Constant]:
    """The constants of a theorem by name, the record's own first; none where it has none and names no right side."""
    known = _KNOWN.get(theorem.id)
    if known is None or known[0] is not theorem:
        own = dict(theorem.adjustable.constants) if theorem.adjustable is not None else {}
        generic = {name: c for name, c in _generic(theorem.right_side).items() if name not in own}
        known = _KNOWN[theorem.id] = (theorem, {**own, **generic})
    return dict(known[1])


def changed(theorem: Theorem, values: Values) -> dict[str, fmpq]:
    """The values that differ from the record's, by name in order. Raises KeyError: it has no such constant."""
    known = constants(theorem)
    return {name: values[name] for name in sorted(values) if values[name] != known[name].value}


def with_constants(theorem: Theorem, values: Values) -> Claim:
    """The headline with some constants at other values; the headline itself if none differs.

    ``factor`` and ``shift`` move the right side of the first comparison; the others stay as they are.

    Raises:
        KeyError: the theorem has no such constant.
    """
    other = changed(theorem, values)
    if not other:
        return theorem.headline
    known = constants(theorem)
    own = theorem.adjustable.constants if theorem.adjustable is not None else {}
    base = theorem.headline
    if theorem.adjustable is not None and set(other) & set(own):
        base = theorem.adjustable.at({name: other.get(name, c.value) for name, c in own.items()})
    generic = {name: value for name, value in other.items() if name not in own}
    listed = ", ".join(f"{name} = {text(v)} (the record: {text(known[name].value)})" for name, v in other.items())
    return replace(
        base,
        id=f"{theorem.id} with {described(other)}",
        statement=f"{theorem.id} with {listed}: {base.statement}{_remark(theorem.right_side, generic)}",
        latex="" if generic else base.latex,
        concludes=_moved(base.concludes, generic) if generic else base.concludes,
    )


def described(values: Values) -> str:
    """As people write them: offset = 3/5, shift = 1."""
    return ", ".join(f"{name} = {text(values[name])}" for name in sorted(values))


def _generic(side: str) -> dict[str, Constant]:
    meanings = {"factor": f"multiplies {side}", "shift": f"is added to {side}, after any factor on it"}
    return {name: Constant(value, meanings[name]) for name, value in GENERIC.items()} if side else {}


def _remark(side: str, generic: Values) -> str:
    """What stands in place of the right side, by the name that the statement gives it."""
    if not generic:
        return ""
    instead = f"{multiple(generic['factor'])} X" if "factor" in generic else "X"
    instead += f" + {number(generic['shift'])}" if "shift" in generic else ""
    return f"; where X, {side}, is replaced by {instead}"


def _moved(concludes: Checks, generic: Values) -> Checks:
    def moved(view: View) -> Iterable[Check]:
        headline, *others = concludes(view)
        right: Any = headline.right
        # Exact sides take the rational itself; floats take it in their own arithmetic.
        if "factor" in generic:
            right = right * (generic["factor"] if view.ops.exact else ratio(view.ops, generic["factor"]))
        if "shift" in generic:
            right = right + (generic["shift"] if view.ops.exact else ratio(view.ops, generic["shift"]))
        return [replace(headline, right=right), *others]

    return moved
