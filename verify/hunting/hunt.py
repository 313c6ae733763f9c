"""A hunt: search by a portfolio, certify exactly, keep what was found, make it small."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import torch

from refutable.theorems.instances import Instance
from refutable.verify.hunting.judge import DECISION, Judge, Violation
from refutable.verify.hunting.reduction import Reduction
from refutable.verify.hunting.results import Counterexample, Options, Progress, Result
from refutable.verify.hunting.scheduler import Scheduler, ratio_of
from refutable.verify.hunting.search import prepare
from refutable.verify.hunting.target import Target
from refutable.verify.hunting.treasury import Treasury
from refutable.verify.keeping.corpus import Corpus

Listener = Callable[[Progress], None]
REPORTS_EVERY = 0.1
KEEPS_EVERY = 2.0
SETTLE = 0.25
"""After this share of the budget a hollow counterexample will do."""


def ignore(progress: Progress) -> None:
    """Listens to nothing."""


def hunt(
    target: Target,
    options: Options = Options(),  # noqa: B008  (frozen)
    listener: Listener = ignore,
    corpus: Corpus | None = None,
) -> Result:
    """Search for a certified counterexample to a claim, or for the tightest instance.

    A counterexample is written to the corpus as soon as it is certified and again when it has been made small; the
    tightest instances of a true claim are kept every two seconds. With ``options.evaluations`` the result depends
    on the target, the seed, the budget and the kept corpus alone. Ctrl-C ends the search, not the summary.
    """
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # small batches gain nothing from threads, and sums must not depend on their number
    try:
        return _Hunt(target, options, listener, corpus).run()
    finally:
        torch.set_num_threads(threads)


@dataclass
class _Hunt:
    target: Target
    options: Options
    listener: Listener
    corpus: Corpus | None
    start: float = field(default_factory=time.perf_counter)
    certified: dict[Instance, tuple[int, float]] = field(default_factory=dict)
    last_report: float = 0.0
    last_kept: float = 0.0

    def run(self) -> Result:
        self.treasury = Treasury(self.target, self.corpus, self.options.seed)
        judge = Judge(self.target.claim, self._violated)
        self.search = prepare(self.target, self.options, judge, self.corpus)
        self.scheduler = Scheduler(self.search)
        interrupted = False
        try:
            self._search()
            self._keep_tightest()
        except KeyboardInterrupt:
            interrupted = True
        searched = self._seconds
        found = judge.best or judge.hollow
        counterexample = None
        if found is not None:
            reduced = Reduction(self.search, found, self.treasury, self._tell_shrinking)
            interrupted = reduced.run(interrupted) or interrupted
            counterexample = reduced.counterexample(*self.certified[found.instance])
        return self._result(judge, counterexample, searched, interrupted)

    @property
    def _seconds(self) -> float:
        return time.perf_counter() - self.start

    def _search(self) -> None:
        while not self._over():
            self.scheduler.step()
            self._report()
            if self._seconds - self.last_kept > KEEPS_EVERY:
                self._keep_tightest()

    def _keep_tightest(self) -> None:
        """A claim that was refuted has no frontier."""
        judge = self.search.judge
        if judge.best is None and judge.hollow is None:
            self.treasury.keep_tightest(judge)
        self.last_kept = self._seconds

    def _over(self) -> bool:
        judge = self.search.judge
        if judge.best is not None or self.scheduler.exhausted:
            return True
        share = SETTLE if judge.hollow is not None else 1.0
        if self.options.evaluations is not None:
            return self.scheduler.evaluations >= share * self.options.evaluations
        return self.options.seconds is not None and self._seconds >= share * self.options.seconds

    def _violated(self, violation: Violation) -> None:
        self.certified[violation.instance] = (self.scheduler.evaluations + DECISION, self._seconds)
        self.treasury.keep(violation.instance, violation.outcome, f"{violation.method}, as found")

    def _report(self) -> None:
        now = self._seconds
        if now - self.last_report >= REPORTS_EVERY:
            self.last_report = now
            self.listener(self._progress("searching"))

    def _progress(self, phase: Literal["searching", "shrinking"]) -> Progress:
        judge, scheduler = self.search.judge, self.scheduler
        certified = judge.tightest.outcome.tightness if judge.tightest is not None else None
        proposed = ratio_of(max(self.search.score, self.search.proposed))
        return Progress(phase, scheduler.evaluations, self._seconds, proposed, certified, scheduler.leader)

    def _tell_shrinking(self) -> None:
        now = self._seconds
        if now - self.last_report >= REPORTS_EVERY:
            self.last_report = now
            self.listener(self._progress("shrinking"))

    def _result(
        self, judge: Judge, counterexample: Counterexample | None, searched: float, interrupted: bool
    ) -> Result:
        notes = [] if self.search.objective is not None else [self.search.why_not]
        filters = [a.id for a in self.target.claim.assumes if a.id not in self.search.assumes]
        if filters:
            notes.append(f"instances are not built to satisfy {', '.join(filters)}: most candidates may be vacuous")
        if judge.tightest is None and judge.counts["holds"] + judge.counts["agrees"]:
            notes.append(f"it held on {judge.counts['holds'] + judge.counts['agrees']:,} instances")
        notes += _undecided(judge)
        return Result(
            self.target,
            self.options,
            counterexample,
            judge.tightest,
            tuple(judge.suspicions),
            self.scheduler.evaluations,
            judge.decided,
            judge.counts["vacuous"],
            searched,
            self.scheduler.summaries(),
            interrupted,
            (*notes, *self.treasury.problems),
            judge.undecided.total(),
        )


def _undecided(judge: Judge) -> list[str]:
    """What kept decisions from being made, the commonest reason."""
    if not judge.undecided:
        return []
    reason, _ = judge.undecided.most_common(1)[0]
    return [f"{judge.undecided.total():,} of {judge.decided:,} decisions came to nothing, mostly: {reason}"]
