"""Who works next: methods share the budget, and one that improves on the best gets more."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

from refutable.verify.hunting.methods import METHODS, Method
from refutable.verify.hunting.objective import HOPELESS, LARGEST
from refutable.verify.hunting.results import MethodSummary
from refutable.verify.hunting.search import Search, Steps

MOST, LEAST = 8.0, 0.5
FASTER, SLOWER, PIECE = 2.0, 0.93, 4000
"""A weight doubles with an improvement, and falls by 7 % with every 4000 evaluations without one."""
REST = 50
"""Steps for which a method that has nothing to do is left alone."""
WORTH = 1e-3
"""An improvement counts if it closes at least this share of the gap to a violation."""


@dataclass
class Turn:
    """One method's running account."""

    method: Method
    steps: Steps | None
    note: str = ""
    weight: float = 1.0
    evaluations: int = 0
    seconds: float = 0.0
    taken: int = 0
    score: float = HOPELESS
    rests_until: int = 0

    def share(self, clock: bool) -> float:
        """Budget used, in seconds or in evaluations, per weight: the smallest goes next."""
        used = self.seconds if clock else float(self.evaluations)
        return used / (self.weight * self.method.weight)


class Scheduler:
    """Takes steps of the methods that apply, by weight.

    What is shared is the time they take; under a budget of evaluations it is evaluations, so that a run can be
    repeated exactly.
    """

    def __init__(self, search: Search) -> None:
        self.search = search
        self.turns = [_turn(method, search) for method in METHODS]
        self.evaluations = self.steps = 0
        self.leader = ""

    @property
    def exhausted(self) -> bool:
        """No method has anything left to try."""
        return all(turn.steps is None or turn.rests_until > self.steps for turn in self.turns)

    def step(self) -> None:
        """One unit of work of the method whose turn it is."""
        clock = self.search.options.evaluations is None
        awake = [t for t in self.turns if t.steps is not None and t.rests_until <= self.steps]
        turn = min(awake, key=lambda t: t.share(clock))
        self.steps += 1
        before, proposed = self.search.score, self.search.proposed
        start = time.perf_counter()
        evaluations, score = self._work(turn)
        turn.seconds += time.perf_counter() - start
        turn.evaluations += evaluations
        self.evaluations += evaluations
        turn.taken += 1
        turn.score = max(turn.score, score)
        self._weigh(turn, evaluations, before, proposed)

    def _work(self, turn: Turn) -> tuple[int, float]:
        try:
            step = next(turn.steps, None) if turn.steps is not None else None
        except Exception as problem:  # one method's end is not the hunt's; the note says what happened
            turn.note, step = f"ended: {type(problem).__name__}: {problem}", None
        if step is None:
            turn.steps = None
            return 0, HOPELESS
        if step.evaluations == 0:
            turn.rests_until = self.steps + REST
        return step.evaluations, step.score

    def _weigh(self, turn: Turn, evaluations: int, before: float, proposed: float) -> None:
        after = self.search.score
        improved = after > before and (before < -30 or after - before > WORTH * abs(before))
        turn.weight = (
            min(MOST, turn.weight * FASTER) if improved else max(LEAST, turn.weight * SLOWER ** (evaluations / PIECE))
        )
        if self.search.proposed > proposed or after > before:
            self.leader = turn.method.id

    def summaries(self) -> tuple[MethodSummary, ...]:
        """What each method did."""
        return tuple(_summary(turn) for turn in self.turns)


def _turn(method: Method, search: Search) -> Turn:
    if method.warm and search.options.cold:
        return Turn(method, None, "left out: a cold hunt uses nothing known beforehand")
    if method.floats and search.objective is None:
        return Turn(method, None, "needs a float version of the claim")
    return Turn(method, method.run(search))


def _summary(turn: Turn) -> MethodSummary:
    return MethodSummary(turn.method.id, turn.evaluations, turn.seconds, turn.taken, ratio_of(turn.score), turn.note)


def ratio_of(score: float) -> float | None:
    """The ratio left/right that a score stands for; None where it is no logarithm of one (a right side of 0, say)."""
    return math.exp(score) if -LARGEST < score < LARGEST / 4 else None
