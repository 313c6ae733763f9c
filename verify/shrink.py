"""Making a counterexample small: greedy over a domain's reductions, with an exact decision as the judge."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from refutable.theorems.claims import Claim
from refutable.theorems.domains.domain import Domain
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


def shrink(
    domain: Domain, instance: Instance, keeps: Callable[[Instance], bool], evaluations: int
) -> Shrunk:
    """Reduce ``instance`` while ``keeps`` holds, asking at most ``evaluations`` times.

    Moves are tried in the domain's order; after each success the first move is tried again, so that dropping
    a whole neuron or datum always comes before polishing numbers.
    """
    current, spent = instance, 0
    candidates = _reductions(domain, current)
    while spent < evaluations:
        candidate = next(candidates, None)
        if candidate is None:
            return Shrunk(current, spent, True)
        spent += 1
        if keeps(candidate):
            current = candidate
            candidates = _reductions(domain, current)
    return Shrunk(current, spent, False)


def _reductions(domain: Domain, instance: Instance) -> Iterator[Instance]:
    for move in domain.moves:
        yield from move.reductions(instance)


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
