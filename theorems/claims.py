"""Claims: the unit everything in verify/ takes. A theorem, a link of its proof, a mutant, a conjecture."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from refutable.theorems.checks import Check
from refutable.theorems.domains.domain import Domain
from refutable.theorems.views import View

Checks = Callable[[View], Iterable[Check]]


@dataclass(frozen=True)
class Assumption:
    """A hypothesis: three-valued on an exact view.

    Attributes:
        id: short name, e.g. "stable".
        statement: in the field's terms.
        checks: what must hold.
        enforce: new field values (by name) that make it hold on a float batch, differentiable; for hunts.
    """

    id: str
    statement: str
    checks: Checks
    enforce: Callable[[View], dict[str, Any]] | None = None


@dataclass(frozen=True)
class Claim:
    """If the assumptions hold, so do the conclusions. The first check is the headline comparison."""

    id: str
    domain: Domain
    statement: str
    assumes: tuple[Assumption, ...]
    concludes: Checks
    latex: str = ""

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

        def concludes(view: View) -> Iterable[Check]:
            headline = next(iter(self.concludes(view)))
            return [replace(headline, right=headline.right * factor)]

        return replace(self, id=id, concludes=concludes)
