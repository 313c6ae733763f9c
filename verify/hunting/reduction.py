"""Making a found counterexample small, within a time limit, and keeping it on the way."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from refutable.theorems.instances import Instance
from refutable.verify.decide import Outcome, decide
from refutable.verify.honesty import hollow
from refutable.verify.hunting.judge import Violation
from refutable.verify.hunting.results import Counterexample
from refutable.verify.hunting.search import Search
from refutable.verify.hunting.smaller import smaller
from refutable.verify.hunting.treasury import Treasury
from refutable.verify.shrink import Shrunk, shrink, substantive, violates

KEEPS_EVERY = 2.0
LONGEST = 20.0
"""Seconds that reducing may take at least, where the hunt runs by the clock."""


class _TimeIsUp(Exception):
    """The time for reducing has ended."""


class Reduction:
    """A counterexample on its way to a small one. Nothing older than two seconds is lost when the process is killed.

    Args:
        tell: called now and then.
    """

    def __init__(self, search: Search, found: Violation, treasury: Treasury, tell: Callable[[], None]) -> None:
        self.target, self.options, self.rule = search.target, search.options, search.judge.rule
        self.found, self.treasury, self.tell = found, treasury, tell
        self.current, self.minimal = found.instance, False
        self.file: Path | None = None
        self._kept, self._kept_at = found.instance, time.perf_counter()
        limit = None if self.options.evaluations is not None else max(LONGEST, self.options.seconds or 0.0)
        self._deadline = None if limit is None else time.perf_counter() + limit

    def run(self, interrupted: bool) -> bool:
        """Reduce until nothing helps, the budget or the time ends; whether Ctrl-C ended it."""
        try:
            if not interrupted and self.options.shrink > 0:
                self._reduce()
        except _TimeIsUp:
            return False
        except KeyboardInterrupt:
            return True
        return False

    def _reduce(self) -> None:
        claim, budget = self.target.claim, self.options.shrink
        judge = violates(claim) if self.found.hollow else substantive(claim, self.rule)
        small = shrink(claim.domain, self.found.instance, self._ticking(judge), budget, self._progress)
        self.current, self.minimal = small.instance, small.minimal
        if not self.found.hollow:
            small = smaller(self.target, self.options, small, self._shorter(judge, budget // 4), self._progress)
            self.current, self.minimal = small.instance, small.minimal

    def _shorter(self, judge: Callable[[Instance], bool], budget: int) -> Callable[[Instance], Shrunk]:
        domain = self.target.claim.domain
        return lambda instance: shrink(domain, instance, self._ticking(judge), budget)

    def _ticking(self, judge: Callable[[Instance], bool]) -> Callable[[Instance], bool]:
        """The judge, looking at the clock before each decision."""

        def ticking(instance: Instance) -> bool:
            now = time.perf_counter()
            if self._deadline is not None and now > self._deadline:
                raise _TimeIsUp
            self.tell()
            if self.current != self._kept and now - self._kept_at > KEEPS_EVERY:
                self._keep(decide(self.target.claim, self.current))
            return judge(instance)

        return ticking

    def _progress(self, instance: Instance) -> None:
        self.current = instance

    def _keep(self, outcome: Outcome) -> None:
        self._kept, self._kept_at = self.current, time.perf_counter()
        self.file = self.treasury.keep(self.current, outcome, f"{self.found.method}, reduced")

    def counterexample(self, evaluations: int, seconds: float) -> Counterexample:
        """The counterexample as it now is, kept; as it was found if it cannot be decided again (Ctrl-C, say)."""
        try:
            outcome = decide(self.target.claim, self.current)
            if outcome.verdict == "violated":
                self._keep(outcome)
                why = hollow(self.target.claim, self.current, outcome, self.rule)
                return self._written(self.current, outcome, why, evaluations, seconds)
        except (Exception, KeyboardInterrupt):  # what was found stands: it was decided when it was found
            self.minimal = False
        return self._written(self.found.instance, self.found.outcome, self.found.hollow, evaluations, seconds)

    def _written(
        self, instance: Instance, outcome: Outcome, why: str, evaluations: int, seconds: float
    ) -> Counterexample:
        found = self.found
        return Counterexample(
            instance, outcome, found.instance, found.method, evaluations, seconds, self.minimal, why, self.file
        )
