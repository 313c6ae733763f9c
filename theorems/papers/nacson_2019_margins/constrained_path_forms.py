"""The code's own bounds on symbols: where one margin pays for all, losses are equal."""

from __future__ import annotations

from typing import Any

from refutable.theorems.papers.nacson_2019_margins.formulas import logistic_room
from refutable.theorems.records import ClosedForm

COUNT = 4


def _margin() -> Any:
    import sympy

    return sympy.Symbol("g", real=True)


def _term_after(fall: Any) -> Any:
    import sympy

    return sympy.expand(sympy.exp(-_margin() + fall))


def _logistic_term() -> Any:
    """1 + exp(-(g - fall)) with the fall that the code allows for the logistic loss."""
    import sympy

    from refutable.theorems.ops.symbolic import SymbolicOps

    return 1 + sympy.expand(sympy.exp(sympy.expand(-_margin() + logistic_room(SymbolicOps(), _margin(), COUNT))))


def _exponential_term() -> Any:
    import sympy

    return _term_after(sympy.log(COUNT))


def _all_terms() -> Any:
    import sympy

    return COUNT * sympy.exp(-_margin())


def _all_factors() -> Any:
    import sympy

    return (1 + sympy.exp(-_margin())) ** COUNT


CLOSED_FORMS = (
    ClosedForm(
        "one-term-for-all",
        "a single margin that is lower by log N has the loss of N margins: exp(-(g - log N)) = N exp(-g), N = 4",
        _exponential_term,
        _all_terms,
        "cancel",
    ),
    ClosedForm(
        "one-logistic-term-for-all",
        "a single margin that is lower by the logistic bound has the logistic loss of N margins, N = 4",
        _logistic_term,
        _all_factors,
        "cancel",
    ),
)
