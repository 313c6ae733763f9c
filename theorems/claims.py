"""Claims: the unit everything in verify/ takes. A theorem, a link of its proof, a mutant, a conjecture."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from refutable.theorems.checks import Check
from refutable.theorems.domains.domain import Domain
from refutable.theorems.exact import rational
from refutable.theorems.ops import Ops
from refutable.theorems.views import View

Checks = Callable[[View], Iterable[Check]]


@dataclass(frozen=True)
class Assumption:
    """A hypothesis: three-valued on an exact view.

    Attributes:
        id: short name, e.g. "stable".
        statement: in the field's terms.
        checks: what must hold.
        enforce: new field values (by name) that make it hold on a float batch, differentiable; for hunts. {} where
            it changes nothing, as some do on exact views.
        sure: what was enforced holds, up to rounding; False: as nearly as could be, and must be checked.
        last: enforced after those that move weights and data, as a step size is.
    """

    id: str
    statement: str
    checks: Checks
    enforce: Callable[[View], dict[str, Any]] | None = None
    last: bool = False
    sure: bool = True


@dataclass(frozen=True)
class Claim:
    """If the assumptions hold, so do the conclusions. The first check is the headline comparison."""

    id: str
    domain: Domain
    statement: str
    assumes: tuple[Assumption, ...]
    concludes: Checks
    latex: str = ""

    def fitted(self, numbers: Mapping[str, Any], ops: Ops) -> dict[str, Any]:
        """Float rows made well formed, with every assumption that can be enforced made to hold.

        Differentiable. Positive fields get their modulus, then `Domain.fit`; assumptions marked ``last`` come last.
        """
        rows = dict(numbers)
        for field in self.domain.fields:
            if field.positive and hasattr(rows.get(field.name), "shape"):
                rows[field.name] = ops.maximum(ops.abs(rows[field.name]), ops.ratio(1, 2**60))
        if self.domain.fit is not None:
            rows.update(self.domain.fit(View(self.domain, ops, rows)))
        for assumption in sorted(self.assumes, key=lambda a: a.last):
            if assumption.enforce is not None:
                rows.update(assumption.enforce(View(self.domain, ops, rows)))
        return rows

    def without(self, assumption: str) -> Claim:
        """The claim with one assumption dropped.

        Raises:
            KeyError: it has no such assumption.
        """
        kept = tuple(a for a in self.assumes if a.id != assumption)
        if len(kept) == len(self.assumes):
            raise KeyError(f"claim {self.id} does not assume {assumption!r}")
        return replace(self, id=f"{self.id} without {assumption}", assumes=kept)

    def scaled(self, factor: Any, id: str) -> Claim:
        """The claim with the right side of its headline multiplied by the rational ``factor``."""
        exact = rational(factor)

        def concludes(view: View) -> Iterable[Check]:
            headline = next(iter(self.concludes(view)))
            # Exact sides take the rational itself; a tensor takes it in its own arithmetic.
            own = exact if view.ops.exact else view.ops.ratio(int(exact.p), int(exact.q))
            return [replace(headline, right=headline.right * own)]

        return replace(self, id=id, concludes=concludes)
