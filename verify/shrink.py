"""Making a counterexample small: greedy over a domain's reductions, with an exact decision as the judge."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from flint import fmpq

from refutable.theorems.claims import Claim
from refutable.theorems.domains.domain import Domain, Move
from refutable.theorems.exact import text
from refutable.theorems.instances import Instance
from refutable.verify.decide import Outcome, decide
from refutable.verify.honesty import LeftSide, hollow

Judge = Callable[[Instance], bool]
LONG = 3
"""Digits a numerator or denominator may have before it counts as long."""
PARTS = 2
"""How many entries of `size` count parts; the others measure numbers."""


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


def size(instance: Instance) -> tuple[int, ...]:
    """What makes an instance simple, in order of weight; smaller tuples are simpler.

    Number of matrices in lists; of numbers and words given; sum of the integers; digits beyond three of each
    numerator and denominator; nonzero numbers; digits; different absolute values; sum of the numerators and
    denominators of up to three digits; negative numbers.
    """
    numbers: list[fmpq] = []
    matrices = words = integers = whole = 0
    for value in instance.values.values():
        numbers += _numbers(value)
        matrices += len(value) if isinstance(value, tuple) else 0
        words += len(value) + 1 if isinstance(value, frozenset) else 0
        if isinstance(value, int):
            integers, whole = integers + 1, whole + value
    written = [text(q) for q in numbers if q != 0]
    parts = [part for number in written for part in number.removeprefix("-").split("/")]
    return (
        matrices,
        len(numbers) + words + integers,
        whole,
        sum(len(part) - LONG for part in parts if len(part) > LONG),
        len(written),
        sum(map(len, parts)),
        len({number.removeprefix("-") for number in written}),
        # Polishing the last digits of long numbers would take thousands of small steps and please nobody.
        sum(int(part) for part in parts if len(part) <= LONG),
        sum(number.startswith("-") for number in written),
    )


def _numbers(value: Any) -> Iterator[fmpq]:
    if isinstance(value, fmpq):
        yield value
    elif isinstance(value, np.ndarray):
        yield from value.ravel()
    elif isinstance(value, tuple):
        for matrix in value:
            yield from matrix.ravel()


def simpler(candidate: Instance, than: Instance) -> bool:
    """Whether an instance is simpler than another: the order in which every accepted reduction goes down."""
    return size(candidate) < size(than)


def reductions(domain: Domain, instance: Instance) -> Iterator[Instance]:
    """Every single reduction of an instance: what the domain's moves propose, as far as it is simpler."""
    for move in domain.moves:
        yield from (candidate for candidate in move.reductions(instance) if simpler(candidate, instance))


def shrink(
    domain: Domain,
    instance: Instance,
    keeps: Judge,
    evaluations: int,
    on_progress: Callable[[Instance], None] | None = None,
) -> Shrunk:
    """Reduce ``instance`` while ``keeps`` holds, asking at most ``evaluations`` times, never twice about the same.

    Moves run in the domain's order, each until it helps no more, and from the first again once a part was dropped,
    so that dropping parts comes before polishing numbers; passes repeat until no move helps. Every accepted
    reduction is `simpler`, so that this ends. ``on_progress`` hears of each.
    """
    search = _Search(instance, keeps, evaluations, on_progress)
    while search.spent < evaluations:
        before = search.current
        search.one_pass(domain.moves)
        if search.current is before:
            return Shrunk(search.current, search.spent, not search.stopped)
    return Shrunk(search.current, search.spent, False)


class _Search:
    def __init__(
        self, instance: Instance, keeps: Judge, evaluations: int, on_progress: Callable[[Instance], None] | None
    ) -> None:
        self.current, self.keeps, self.evaluations, self.on_progress = instance, keeps, evaluations, on_progress
        self.size = size(instance)
        self.spent, self.stopped = 0, False
        self.rejected: set[Instance] = set()

    def one_pass(self, moves: tuple[Move, ...]) -> None:
        """Every move once, up to one that drops a part."""
        parts = self.size[:PARTS]
        for move in moves:
            self.exhaust(move)
            if self.size[:PARTS] < parts:
                return

    def exhaust(self, move: Move) -> None:
        """Apply one move until none of its reductions helps, going on where the last success was."""
        position: int | None = 0
        while position is not None:
            position = self._first_success(move, position)

    def _first_success(self, move: Move, start: int) -> int | None:
        for position, candidate in enumerate(move.reductions(self.current)):
            if position < start:
                continue
            measured = size(candidate)
            if measured >= self.size or candidate in self.rejected:
                continue
            if self.spent >= self.evaluations:
                self.stopped = True
                return None
            if self._accepted(candidate):
                self.current, self.size = candidate, measured
                if self.on_progress is not None:
                    self.on_progress(candidate)
                return position
        return None

    def _accepted(self, candidate: Instance) -> bool:
        self.spent += 1
        if self.keeps(candidate):
            return True
        self.rejected.add(candidate)
        return False


def violates(claim: Claim) -> Judge:
    """Whether an instance violates the claim; an instance that makes no sense does not."""
    return lambda instance: _violation(claim, instance) is not None


def _violation(claim: Claim, instance: Instance) -> Outcome | None:
    try:
        outcome = decide(claim, instance)
    except Exception:  # whatever a user's formula raises
        return None
    return outcome if outcome.verdict == "violated" else None


def substantive(claim: Claim, rule: LeftSide = "positive") -> Judge:
    """Whether an instance violates the claim as an honest witness, see `honesty.hollow`."""

    def judge(instance: Instance) -> bool:
        outcome = _violation(claim, instance)
        return outcome is not None and not hollow(claim, instance, outcome, rule)

    return judge


def smallest(
    claim: Claim, instance: Instance, evaluations: int, on_progress: Callable[[Instance], None] | None = None
) -> Shrunk:
    """The instance reduced as long as it violates the claim; a substantive one stays substantive."""
    honest = substantive(claim)
    keeps = honest if honest(instance) else violates(claim)
    return shrink(claim.domain, instance, keeps, evaluations, on_progress)
