"""How tight a decided inequality is, exactly: left/right between two rationals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from typing import Any

from flint import fmpq

from refutable.theorems.exact import NumberError, rational

PROGRESS = fmpq(999, 1000)
"""A gap must shrink at least to this part of the kept one to be worth a new file."""


@dataclass(frozen=True)
class Tightness:
    """Left/right of an inequality that holds with right >= left > 0; both bounds 1 where the sides are equal."""

    lower: fmpq
    upper: fmpq
    touching: bool = False

    @property
    def gap(self) -> tuple[fmpq, fmpq]:
        """1 - left/right, between two rationals."""
        return 1 - self.upper, 1 - self.lower

    def surpasses(self, kept: Tightness | None) -> bool:
        """Whether it is certainly tighter than ``kept``, and by enough to be worth a file.

        Enclosures of 30 digits do not tell gaps below about 1e-29 apart: the kept one then stays.
        """
        if kept is None:
            return True
        if self.touching or kept.touching:
            return self.touching and not kept.touching
        return bool(self.gap[1] <= PROGRESS * kept.gap[0])

    def __str__(self) -> str:
        """A lower bound as people write it: "0.8734", "1 - 2.3e-13", "1 (touching)"."""
        if self.touching:
            return "1 (touching)"
        least, most = self.gap
        if most >= fmpq(1, 100):
            return str(_decimal(self.lower, 4, ROUND_FLOOR))
        written = f"1 - {_decimal(most, 2, ROUND_CEILING):.1e}"
        return written if 2 * least > most else f"> {written}"


def _decimal(value: fmpq, digits: int, rounding: str) -> Decimal:
    return Context(prec=digits, rounding=rounding).divide(Decimal(int(value.p)), Decimal(int(value.q)))


def tightness(headline: Mapping[str, Any]) -> Tightness | None:
    """Of a witness's headline; None for identities, and where either side is not known to be positive.

    A left side of 0 is below anything: that says nothing about the bound.
    """
    if headline.get("operator") not in ("<=", "<") or not headline["left"] or not headline["right"]:
        return None
    try:
        least, most = (rational(headline["left"][end]) for end in ("lower", "upper"))
        small, large = (rational(headline["right"][end]) for end in ("lower", "upper"))
    except NumberError:  # an enclosure that is not finite
        return None
    if not (least > 0 and small > 0):
        return None
    if headline["touching"]:
        if most < small or large < least:  # sides that are certainly apart do not touch
            return None
        return Tightness(fmpq(1), fmpq(1), True)
    return Tightness(min(least / large, fmpq(1)), min(most / small, fmpq(1)))
