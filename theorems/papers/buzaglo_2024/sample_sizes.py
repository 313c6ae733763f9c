"""How many samples are asked for: conditions N >= (a log(1/p) + b log(1/delta) + c log 2) / epsilon.

Their ids say a, b and c, so that samples of about that size can be drawn for any of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flint import fmpq

from refutable.theorems.checks import Check
from refutable.theorems.claims import Assumption
from refutable.theorems.constants import multiple
from refutable.theorems.exact import as_real, log, text
from refutable.theorems.views import View

_NUMBER = r"(-?\d+(?:/\d+)?)"
_ID = re.compile(rf"samples-{_NUMBER}-{_NUMBER}-{_NUMBER}(?:-base-(\d+))?(?:-less-(\d+))?")


@dataclass(frozen=True)
class SampleSize:
    """a log(1/p) + b log(1/delta) + c log 2 <= (N + fewer) epsilon.

    Attributes:
        teacher: a.
        confidence: b.
        twos: c.
        base: of the logarithms; 0 for e.
        fewer: samples that are left out.
    """

    teacher: fmpq = fmpq(1)
    confidence: fmpq = fmpq(1)
    twos: fmpq = fmpq(0)
    base: int = 0
    fewer: int = 0

    @property
    def id(self) -> str:
        """The name of the assumption: `read` finds the numbers in it."""
        if self == ENOUGH:
            return "enough-samples"
        numbers = "-".join(text(q) for q in (self.teacher, self.confidence, self.twos))
        base = f"-base-{self.base}" if self.base else ""
        return f"samples-{numbers}{base}" + (f"-less-{self.fewer}" if self.fewer else "")

    @classmethod
    def read(cls, id: str) -> SampleSize | None:
        """The condition that an assumption's id names; None if it names no such condition."""
        if id == "enough-samples":
            return cls()
        match = _ID.fullmatch(id)
        if match is None:
            return None
        a, b, c = (fmpq(*map(int, part.split("/"))) for part in match.groups()[:3])
        return cls(a, b, c, int(match[4] or 0), int(match[5] or 0))

    def needed(self, p: fmpq, delta: fmpq) -> Any:
        """a log(1/p) + b log(1/delta) + c log 2, in the base asked for."""
        terms = ((self.teacher, 1 / p), (self.confidence, 1 / delta), (self.twos, fmpq(2)))
        power = _exact_logarithm(terms, self.base) if self.base else None
        if power is not None:
            return power
        total = sum((q * as_real(log(x)) for q, x in terms if q != 0 and x != 1), as_real(fmpq(0)))
        return total / log(fmpq(self.base)) if self.base else total

    @property
    def statement(self) -> str:
        """In words and letters."""
        terms = ((self.teacher, "log(1/p)"), (self.confidence, "log(1/delta)"), (self.twos, "log 2"))
        shown = [name if q == 1 else f"{multiple(q)} {name}" for q, name in terms if q != 0]
        needed = " + ".join(shown) or "0"
        if self.base:
            needed = needed.replace("log", f"log_{self.base}")
        samples = f"(N + {self.fewer})" if self.fewer else "N"
        return f"{needed} <= {samples} epsilon"

    @property
    def assumption(self) -> Assumption:
        """The condition as an assumption on priors with a sample size."""
        return Assumption(self.id, self.statement, self._checks)

    def _checks(self, view: View) -> Iterable[Check]:
        budget = (view["samples"] + self.fewer) * view["epsilon"]
        yield Check(self.needed(view["teacher_mass"], view["delta"]), "<=", budget)


def _exact_logarithm(terms: Iterable[tuple[fmpq, fmpq]], base: int) -> fmpq | None:
    """k where the product of x^q is base^k for an integer k: balls would never tell the two apart."""
    product = fmpq(1)
    for q, x in terms:
        if q.q != 1:
            return None
        product *= x ** int(q.p)
    k = 0
    while product >= base:
        product, k = product / base, k + 1
    return fmpq(k) if product == 1 else None


ENOUGH = SampleSize()
"""N >= (log(1/p) + log(1/delta)) / epsilon."""
PAPER = SampleSize(fmpq(1), fmpq(3), fmpq(3))
"""N >= (log(1/p) + 3 log(2/delta)) / epsilon."""
