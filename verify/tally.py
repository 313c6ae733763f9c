"""Counting the verdicts of one claim on many instances, and how tight it was where it held."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from refutable.theorems.catalogue import DOMAINS
from refutable.theorems.exact import text
from refutable.theorems.instances import Instance, canonical_json
from refutable.verify.decide import Outcome
from refutable.verify.headlines import ratio
from refutable.verify.keeping.sizes import sizes
from refutable.verify.keeping.tightness import Tightness, tightness
from refutable.verify.witnesses import headline

ALWAYS = ("holds", "violated", "vacuous", "undecided", "agrees", "inapplicable")
COUNTED = (*ALWAYS, "suspect")
BINS = 20
"""The ratios left/right are counted in so many equal parts of [0, 1]."""
MOST_SIZES = 60
LONGEST = 4000
"""Characters of canonical JSON up to which an event carries its tightest instance."""
NEAR = 1e-9
"""Ratios nearer than this as floats are compared exactly."""

Sizes = tuple[tuple[str, int], ...]


@dataclass
class Ratios:
    """How tight a claim was where it held, as floats: a picture of it, no verdict.

    Attributes:
        bins: how many ratios left/right fell into each twentieth of [0, 1]; one that is negative into none.
        by_size: the largest ratio and how many there were, for each size of instance.
    """

    bins: list[int] = field(default_factory=lambda: [0] * BINS)
    by_size: dict[Sizes, tuple[float, int]] = field(default_factory=dict)

    def add(self, value: float, size: Mapping[str, int], binned: bool = True) -> None:
        """One ratio; ``binned=False`` leaves it out of the histogram."""
        if binned and value >= 0:
            self.bins[min(BINS - 1, int(value * BINS))] += 1
        self._note(value, 1, size)

    def add_all(self, values: Any, size: Mapping[str, int]) -> None:
        """Finite float ratios [m] of instances of one size."""
        if not len(values):
            return
        places = np.minimum(values[values >= 0] * BINS, BINS - 1).astype(int)
        self.bins = [a + int(b) for a, b in zip(self.bins, np.bincount(places, minlength=BINS), strict=True)]
        self._note(float(values.max()), len(values), size)

    def _note(self, value: float, count: int, size: Mapping[str, int]) -> None:
        key = tuple(size.items())
        largest, known = self.by_size.get(key, (value, 0))
        self.by_size[key] = (max(largest, value), known + count)

    def table(self) -> list[dict[str, Any]]:
        """Tightest and count of each size, by size; of very many sizes those with the largest counts."""
        most = sorted(self.by_size.items(), key=lambda item: (-item[1][1], item[0]))[:MOST_SIZES]
        return [{"sizes": dict(size), "tightest": largest, "count": count} for size, (largest, count) in sorted(most)]


@dataclass
class Tally:
    """What was seen so far.

    Attributes:
        counts: verdicts.
        touching: how often the headline was an equality.
        tightest: largest left/right of a headline inequality that held.
        reasons: why instances were vacuous, undecided or inapplicable, counted.
        found: the first violation.
        tightest_at: the instance decided exactly that was tightest, the first of those equally tight; no hollow one (a
            dead neuron, say): on those many a bound is reached that says nothing.
        ratios: how tight all were, those that touch counted in ``touching`` and not in its histogram.
    """

    counts: Counter[str] = field(default_factory=Counter)
    touching: int = 0
    tightest: float | None = None
    reasons: Counter[str] = field(default_factory=Counter)
    found: tuple[Instance, Outcome] | None = None
    tightest_at: tuple[Instance, Outcome] | None = None
    ratios: Ratios = field(default_factory=Ratios)

    def add(self, instance: Instance, outcome: Outcome) -> None:
        """Count one outcome."""
        self.counts[outcome.verdict] += 1
        if outcome.verdict in ("holds", "agrees"):
            self.touching += outcome.touching
            value = ratio(outcome)
            if value is not None:
                self._measure(instance, outcome, value)
        elif outcome.verdict == "violated":
            self.found = self.found or (instance, outcome)
        else:
            self.reasons[f"{outcome.verdict}: {outcome.reason}"[:160]] += 1

    def _measure(self, instance: Instance, outcome: Outcome, value: float) -> None:
        if (self.tightest_at is None or _tighter(outcome, value, self.tightest_at[1])) and honest(instance):
            self.tightest_at = (instance, outcome)
        self.tightest = value if self.tightest is None else max(self.tightest, value)
        size = sizes(DOMAINS[instance.domain], instance) if instance.domain in DOMAINS else {}
        self.ratios.add(value, size, binned=not outcome.touching)

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
        """JSON-ready counts, and how tight the claim was.

        "tightness" is the exact enclosure of left/right at the tightest instance that was decided exactly,
        "tightest_instance" its document where that is short; both null where floats decided.
        """
        return {
            "counts": {name: self.counts[name] for name in COUNTED if name in ALWAYS or self.counts[name]},
            "touching": self.touching,
            "tightest": self.tightest,
            "tightness": None if self.tightest_at is None else tightness_document(self.tightest_at[1]),
            "tightest_instance": None if self.tightest_at is None else short_document(self.tightest_at[0]),
            "ratios": list(self.ratios.bins),
            "by_size": self.ratios.table(),
        }


def _tighter(outcome: Outcome, value: float, known: Outcome) -> bool:
    """Whether an outcome with this ratio is tighter than the known one, exactly where floats are near."""
    best = ratio(known)
    if known.touching or best is None or abs(value - best) > NEAR:
        return not known.touching and (best is None or value > best)
    new, old = tightness(headline(outcome)), tightness(headline(known))
    return new is not None and (old is None or (new.touching, new.lower) > (old.touching, old.lower))


def tightness_document(outcome: Outcome) -> dict[str, Any] | None:
    """Left/right of the headline between two rationals, JSON-ready; None where it says nothing (see `tightness`)."""
    found: Tightness | None = tightness(headline(outcome))
    if found is None:
        return None
    return {"lower": text(found.lower), "upper": text(found.upper), "touching": found.touching, "text": str(found)}


def short_document(instance: Instance) -> dict[str, Any] | None:
    """The instance's document, or None where its canonical JSON is longer than 4000 characters."""
    if instance.domain not in DOMAINS:
        return None
    document = DOMAINS[instance.domain].dump(instance)
    return document if len(canonical_json(document)) < LONGEST else None


def honest(instance: Instance) -> bool:
    """Whether its domain does not call it hollow."""
    domain = DOMAINS.get(instance.domain)
    return domain is None or not domain.hollow(domain.view(instance))
