"""A theorem with other constants: its headline as another claim, which may be false.

Beside the constants of its record every inequality has two of its own: ``factor``, which multiplies the right side,
and ``shift``, which is added to it. A record's constant of the same name takes their place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from flint import fmpq

from refutable.theorems.checks import Check
from refutable.theorems.claims import Checks, Claim
from refutable.theorems.constants import Constant, Values, number, ratio
from refutable.theorems.exact import text
from refutable.theorems.instances import Instance
from refutable.theorems.records import Theorem
from refutable.theorems.views import View

GENERIC: Mapping[str, Constant] = {
    "factor": Constant(fmpq(1), "multiplies the right side"),
    "shift": Constant(fmpq(0), "is added to the right side, after the factor"),
}

_KNOWN: dict[str, tuple[Theorem, dict[str, Constant]]] = {}


def constants(theorem: Theorem) -> dict[str, Constant]:
    """The constants of a theorem by name, the record's own first; none for an equation without any of its own."""
    known = _KNOWN.get(theorem.id)
    if known is None or known[0] is not theorem:
        own = dict(theorem.adjustable.constants) if theorem.adjustable is not None else {}
        generic = GENERIC if _is_inequality(theorem) else {}
        known = _KNOWN[theorem.id] = (theorem, {**own, **{n: c for n, c in generic.items() if n not in own}})
    return dict(known[1])


def changed(theorem: Theorem, values: Values) -> dict[str, fmpq]:
    """The values that differ from the record's, by name in order. Raises KeyError: it has no such constant."""
    known = constants(theorem)
    return {name: values[name] for name in sorted(values) if values[name] != known[name].value}


def with_constants(theorem: Theorem, values: Values) -> Claim:
    """The headline with some constants at other values; the headline itself if none differs.

    With ``factor`` or ``shift`` it is about the first comparison alone, as the automatic mutants are.

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
        statement=f"{theorem.id} with {listed}: {base.statement}{_remark(generic)}",
        latex="" if generic else base.latex,
        concludes=_moved(base.concludes, generic) if generic else base.concludes,
    )


def described(values: Values) -> str:
    """As people write them: offset = 3/5, shift = 1."""
    return ", ".join(f"{name} = {text(values[name])}" for name in sorted(values))


def _remark(generic: Values) -> str:
    parts = [f"times {number(generic['factor'])}"] if "factor" in generic else []
    parts += [f"plus {number(generic['shift'])}"] if "shift" in generic else []
    return f"; the right side of the first comparison {', then '.join(parts)}" if parts else ""


def _moved(concludes: Checks, generic: Values) -> Checks:
    def moved(view: View) -> Iterable[Check]:
        headline = next(iter(concludes(view)))
        right: Any = headline.right
        # Exact sides take the rational itself; floats take it in their own arithmetic.
        if "factor" in generic:
            right = right * (generic["factor"] if view.ops.exact else ratio(view.ops, generic["factor"]))
        if "shift" in generic:
            right = right + (generic["shift"] if view.ops.exact else ratio(view.ops, generic["shift"]))
        return [replace(headline, right=right)]

    return moved


def _is_inequality(theorem: Theorem) -> bool:
    """Whether the headline compares by <= or <, seen on the record's first instance on which it can be evaluated."""
    for instance in _instances(theorem):
        try:
            first = next(iter(theorem.headline.concludes(theorem.domain.view(instance))))
        except (LookupError, ArithmeticError):
            continue
        return first.op in ("<=", "<")
    return False


def _instances(theorem: Theorem) -> Iterator[Instance]:
    every = (*(family.first() for family in theorem.equality), *(mutant.witness() for mutant in theorem.mutants))
    return (instance for instance in every if instance.domain == theorem.domain.id)
