"""Constants of a theorem: the rationals in its headline, as the paper has them, and how a formula writes them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flint import fmpq

from refutable.theorems.claims import Claim
from refutable.theorems.exact import text

Values = Mapping[str, fmpq]
"""Constants by name."""


@dataclass(frozen=True)
class Constant:
    """One rational of a headline.

    Attributes:
        value: the record's.
        meaning: where it stands, in one line.
        least: no smaller value makes sense (the number under a root), or None.
    """

    value: fmpq
    meaning: str
    least: fmpq | None = None


@dataclass(frozen=True)
class Adjustable:
    """A headline as a function of its constants: the record's own headline is `claim`, so that the two cannot drift.

    Attributes:
        constants: by name, as a claims file writes them.
        at: the headline with other values; gets all constants.
    """

    constants: Mapping[str, Constant]
    at: Callable[[Values], Claim]

    @property
    def claim(self) -> Claim:
        """The headline at the record's values."""
        return self.at({name: constant.value for name, constant in self.constants.items()})


def ratio(ops: Any, value: fmpq) -> Any:
    """The constant in the arithmetic ``ops``."""
    return ops.ratio(int(value.p), int(value.q))


def number(value: fmpq) -> str:
    """A term of a sum, as statements write it: 1/2, 3, (-1/2)."""
    return text(value) if value >= 0 else f"({text(value)})"


def multiple(value: fmpq) -> str:
    """A factor, as statements write it: 2, (3/2)."""
    return text(value) if value >= 0 and value.q == 1 else f"({text(value)})"


def tex(value: fmpq) -> str:
    r"""A rational in LaTeX: 2, \frac12, \frac{3}{20}; in parentheses where negative."""
    if value < 0:
        return rf"\left(-{tex(-value)}\right)"
    p, q = str(value.p), str(value.q)
    if q == "1":
        return p
    return rf"\frac{p}{q}" if len(p) == len(q) == 1 else rf"\frac{{{p}}}{{{q}}}"
