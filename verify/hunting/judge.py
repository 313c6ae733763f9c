"""Certification: every candidate is decided exactly; only a decided violation counts."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from refutable.theorems.claims import Claim
from refutable.theorems.instances import Instance, InstanceError
from refutable.verify.decide import Outcome, decide
from refutable.verify.headlines import ratio
from refutable.verify.honesty import LeftSide, hollow
from refutable.verify.hunting.objective import LARGEST, NOISE
from refutable.verify.hunting.results import Suspicion, Tightest
from refutable.verify.keeping.sizes import sizes
from refutable.verify.shrink import smallest

DECISION = 100
"""An exact decision costs about as much as this many float evaluations."""
MAX_SUSPICIONS = 8
REPAIRS, REPAIR = 6, 150
"""How many hollow violations are reduced in search of a substantive one, and decisions spent on each."""
Sizes = tuple[tuple[str, int], ...]


@dataclass
class Violation:
    """A certified violation as it was found."""

    instance: Instance
    outcome: Outcome
    method: str
    hollow: str


@dataclass
class Judge:
    """Decides candidates and remembers what came out.

    Attributes:
        rule: what an honest violation's left side is, see `LeftSide`.
        best: substantive violation that ends the hunt.
        hollow: first violation that is no honest witness.
        on_violation: called with each new one, so that it is kept at once.
        undecided: decisions that came to nothing, by reason; exceptions of the claim's own code among them.
        tightest, tightest_by_size: the instances on which the claim holds with the largest ratio left/right.
    """

    claim: Claim
    on_violation: Callable[[Violation], None] = lambda violation: None
    rule: LeftSide = "positive"
    counts: Counter[str] = field(default_factory=Counter)
    best: Violation | None = None
    hollow: Violation | None = None
    tightest: Tightest | None = None
    tightest_by_size: dict[Sizes, Tightest] = field(default_factory=dict)
    undecided: Counter[str] = field(default_factory=Counter)
    suspicions: list[Suspicion] = field(default_factory=list)
    repairs: int = 0
    _honest: bool = False
    _seen: dict[Instance, Outcome] = field(default_factory=dict)

    @property
    def decided(self) -> int:
        """Exact decisions made."""
        return self.counts.total()

    def decide(self, instance: Instance, method: str) -> Outcome:
        """Decide one candidate (once)."""
        known = self._seen.get(instance)
        if known is not None:
            return known
        outcome = self._decided(instance)
        if len(self._seen) < 20000:
            self._seen[instance] = outcome
        self.counts[outcome.verdict] += 1
        if outcome.verdict in ("undecided", "inapplicable"):
            self.undecided[outcome.reason] += 1
        if outcome.verdict == "violated":
            self._violated(instance, outcome, method)
        elif outcome.verdict in ("holds", "agrees"):
            self._held(instance, outcome, method)
        return outcome

    def _decided(self, instance: Instance) -> Outcome:
        """The outcome; undecided where the claim's own code fails, or no such instance can be."""
        try:
            # Searches change numbers at will; only what could be read from a file is an instance.
            self.claim.domain.load(self.claim.domain.dump(instance))
            return decide(self.claim, instance)
        except InstanceError as problem:
            return Outcome(self.claim.id, "inapplicable", reason=f"no instance of the domain: {problem}")
        except Exception as failure:
            reason = f"the claim's code failed: {type(failure).__name__}: {failure}"
            return Outcome(self.claim.id, "undecided", reason=reason)

    def suspect(self, instance: Instance, method: str, excess: float, outcome: Outcome, widened: bool) -> None:
        """Remember a float violation that did not certify, the largest few; ``excess``: the floats' score."""
        if outcome.operators[:1] == ("==",):
            excess = NOISE * math.exp(min(excess, LARGEST))  # what floats see of an identity: its relative gap
        if all(s.instance != instance for s in self.suspicions):
            self.suspicions.append(Suspicion(instance, method, excess, outcome, widened))
            self.suspicions.sort(key=lambda s: -s.excess)
            del self.suspicions[MAX_SUSPICIONS:]

    def _violated(self, instance: Instance, outcome: Outcome, method: str) -> None:
        found = Violation(instance, outcome, method, hollow(self.claim, instance, outcome, self.rule))
        if found.hollow and self.repairs < REPAIRS:
            self.repairs += 1
            found = self._repaired(found)
        if not found.hollow and self.best is None:
            self.best = found
            self.on_violation(found)
        elif found.hollow and self.hollow is None:
            self.hollow = found
            self.on_violation(found)

    def _repaired(self, found: Violation) -> Violation:
        """A substantive violation among the reductions of a hollow one: its dead neurons dropped, say."""
        small = smallest(self.claim, found.instance, REPAIR).instance
        outcome = self._decided(small)
        why = (
            hollow(self.claim, small, outcome, self.rule)
            if outcome.verdict == "violated"
            else "it does not violate the claim"
        )
        return found if why else Violation(small, outcome, found.method, "")

    def _held(self, instance: Instance, outcome: Outcome, method: str) -> None:
        value = ratio(outcome)
        if value is None:
            return
        if self.tightest is None or not self._honest or tighter(outcome, self.tightest.outcome):
            self._take(Tightest(instance, outcome, method))
        size = tuple(sorted(sizes(self.claim.domain, instance).items()))
        known = self.tightest_by_size.get(size)
        if known is None or tighter(outcome, known.outcome):
            self.tightest_by_size[size] = Tightest(instance, outcome, method)

    def _take(self, found: Tightest) -> None:
        """Remember the tightest instance; a hollow one (the bound of a dead network, say) only for want of others."""
        honest = self.claim.domain.hollow(self.claim.domain.view(found.instance)) is None
        if honest or self.tightest is None:
            self.tightest, self._honest = found, honest


def tighter(one: Outcome, other: Outcome) -> bool:
    """Whether the first headline's ratio left/right is larger; equality of the sides is the top."""
    if one.touching or other.touching:
        return one.touching and not other.touching
    a, b = ratio(one), ratio(other)
    return a is not None and (b is None or a > b)
