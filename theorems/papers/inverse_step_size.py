"""The right side numerator / eta - offset, which all stable minima share: 1/eta - 1/2 in the papers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flint import fmpq

from refutable.theorems.constants import Constant, Values, multiple, number, ratio, tex
from refutable.theorems.views import View

NUMERATOR = Constant(fmpq(1), "over the step size: numerator / eta")
OFFSET = Constant(fmpq(1, 2), "taken off the right side; the paper's 1/2 is what the output bias gives")
CONSTANTS = {"numerator": NUMERATOR, "offset": OFFSET}


def below(values: Values) -> Callable[[View], Any]:
    """numerator / eta - offset; without the offset where the theorem has none."""
    half = values["numerator"] / 2

    def right(view: View) -> Any:
        scaled = view["stability_threshold"] * ratio(view.ops, half)
        return scaled - ratio(view.ops, values["offset"]) if "offset" in values else scaled

    return right


PAPER = below({name: constant.value for name, constant in CONSTANTS.items()})
"""1/eta - 1/2."""


def written(values: Values) -> str:
    """As in statements: 1/eta - 1/2."""
    over = f"{multiple(values['numerator'])}/eta"
    return f"{over} - {number(values['offset'])}" if "offset" in values else over


def latex(values: Values) -> str:
    r"""As in formulas: \frac1\eta - \frac12."""
    numerator = values["numerator"]
    short = numerator.q == 1 and 0 <= numerator < 10
    over = rf"\frac{numerator}\eta" if short else rf"\frac{{{tex(numerator)}}}{{\eta}}"
    return over + (f" - {tex(values['offset'])}" if "offset" in values else "")
