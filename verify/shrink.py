"""Making a counterexample small: greedy over a domain's reductions, with an exact decision as the judge."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice

from refutable.theorems.claims import Claim
from refutable.theorems.domains.domain import Domain, Move
from refutable.theorems.instances import Instance
from refutable.verify.decide import decide


@dataclass(frozen=True)
class Shrunk:
    """A smaller instance of the same kind.

    Attributes:
        evaluations: how often the judge was asked.
        minimal: no single reduction of the domain keeps the property; False: the budget ended first.
    """

    instance: Instance
    evaluations: int
    minimal: bool


def shrink(domain: Domain, instance: Instance, keeps: Callable[[Instance], bool], evaluations: int) -> Shrunk:
    """Reduce ``instance`` while ``keeps`` holds, asking at most ``evaluations`` times.

    Moves run in the domain's order, each until it helps no more, so that dropping whole parts comes before
    polishing numbers; passes over all moves repeat until none helps.
    """
    search = _Search(instance, keeps, evaluations)
    while search.spent < evaluations:
        before = search.current
        for move in domain.moves:
            search.exhaust(move)
        if search.current is before:
            return Shrunk(search.current, search.spent, search.spent < evaluations)
    return Shrunk(search.current, search.spent, False)


class _Search:
    def __init__(self, instance: Instance, keeps: Callable[[Instance], bool], evaluations: int) -> None:
        self.current, self.keeps, self.evaluations, self.spent = instance, keeps, evaluations, 0

    def exhaust(self, move: Move) -> None:
        """Apply one move until none of its reductions helps, going on where the last success was."""
        position: int | None = 0
        while position is not None:
            position = self._first_success(move, position)

    def _first_success(self, move: Move, start: int) -> int | None:
        for position, candidate in enumerate(islice(move.reductions(self.current), start, None), start):
            if self.spent >= self.evaluations:
                return None
            self.spent += 1
            if self.keeps(candidate):
                self.current = candidate
                return position
        return None


def violates(claim: Claim) -> Callable[[Instance], bool]:
    """Whether an instance violates the claim; an instance that makes no sense does not."""

    def judge(instance: Instance) -> bool:
        try:
            return decide(claim, instance).verdict == "violated"
        except (ValueError, ArithmeticError, IndexError):
            return False

    return judge


def smallest(claim: Claim, instance: Instance, evaluations: int) -> Shrunk:
    """The instance reduced as long as it violates the claim."""
    return shrink(claim.domain, instance, violates(claim), evaluations)
