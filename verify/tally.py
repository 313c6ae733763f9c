"""Counting the verdicts of one claim on many instances."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from refutable.theorems.instances import Instance
from refutable.verify.decide import Outcome
from refutable.verify.headlines import ratio

ALWAYS = ("holds", "violated", "vacuous", "undecided", "agrees", "inapplicable")
COUNTED = (*ALWAYS, "suspect")


@dataclass
class Tally:
    """What was seen so far.

    Attributes:
        counts: verdicts.
        touching: how often the headline was an equality.
        tightest: largest left/right of a headline inequality that held.
        reasons: why instances were vacuous, undecided or inapplicable, counted.
        found: the first violation.
    """

    counts: Counter[str] = field(default_factory=Counter)
    touching: int = 0
    tightest: float | None = None
    reasons: Counter[str] = field(default_factory=Counter)
    found: tuple[Instance, Outcome] | None = None

    def add(self, instance: Instance, outcome: Outcome) -> None:
        """Count one outcome."""
        self.counts[outcome.verdict] += 1
        if outcome.verdict in ("holds", "agrees"):
            self.touching += outcome.touching
            value = ratio(outcome)
            if value is not None and (self.tightest is None or value > self.tightest):
                self.tightest = value
        elif outcome.verdict == "violated":
            self.found = self.found or (instance, outcome)
        else:
            self.reasons[f"{outcome.verdict}: {outcome.reason}"[:160]] += 1

    @property
    def decided(self) -> int:
        """Instances whose assumptions hold and whose conclusion was decided."""
        return sum(self.counts[verdict] for verdict in ("holds", "agrees", "violated"))

    @property
    def total(self) -> int:
        """All instances."""
        return sum(self.counts.values())

    def commonest_reason(self) -> str:
        """The commonest reason for no decision, or ""."""
        return self.reasons.most_common(1)[0][0] if self.reasons else ""

    def summary(self) -> dict[str, Any]:
        """JSON-ready counts."""
        return {
            "counts": {name: self.counts[name] for name in COUNTED if name in ALWAYS or self.counts[name]},
            "touching": self.touching,
            "tightest": self.tightest,
        }
