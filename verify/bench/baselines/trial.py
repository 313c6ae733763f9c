"""One baseline on one claim: a clock, and the judge that the hunt itself uses."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import torch
from torch import Tensor

from refutable.theorems.instances import Instance
from refutable.verify.decide import Outcome
from refutable.verify.hunting.judge import Judge
from refutable.verify.hunting.objective import Objective, Rows, rows_in
from refutable.verify.hunting.results import Options
from refutable.verify.hunting.rows import instance_at
from refutable.verify.hunting.search import Search, prepare
from refutable.verify.hunting.target import Target


class Finished(Exception):
    """A certified counterexample was found, or the time is up."""


class DeadEnd(Exception):
    """A run keeps to float violations that do not count: it should begin anew."""


class NotApplicable(Exception):
    """The baseline has nothing to work on; the message says why."""


PATIENCE = 12
"""Decisions without success, on float noise or dead networks, after which a run ends."""
AT_ONCE = 2


@dataclass
class Trial:
    """A claim with the seconds a baseline has.

    Attributes:
        restarts: how often the baseline began anew, with another size.
        fruitless: exact decisions in this run that refuted nothing.
    """

    search: Search
    seconds: float
    started: float = field(default_factory=time.perf_counter)
    evaluations: int = 0
    restarts: int = 0
    fruitless: int = 0

    @classmethod
    def of(cls, target: Target, options: Options) -> Trial:
        """A trial whose clock runs; ``options`` as for a hunt."""
        started = time.perf_counter()
        search = prepare(target, options, Judge(target.claim), None)
        return cls(search, options.seconds or 0.0, started)

    @property
    def elapsed(self) -> float:
        """Seconds since the start."""
        return time.perf_counter() - self.started

    @property
    def over(self) -> bool:
        """Nothing more to do: refuted, or the time is up."""
        return self.search.found or self.elapsed >= self.seconds

    @property
    def objective(self) -> Objective:
        """Float scores of the claim.

        Raises:
            NotApplicable: it has none.
        """
        if self.search.objective is None:
            raise NotApplicable(self.search.why_not)
        return self.search.objective

    def start(self, count: int) -> Rows:
        """Random rows of a new size, as the hunt's own methods begin with.

        Raises:
            NotApplicable: the domain gives none.
        """
        generator = self.search.generator("baseline", str(self.restarts))
        self.restarts += 1
        self.fruitless = 0
        rows = self.search.supply.batch(self.search.assumes, count, self.search.options.size, generator)
        if rows is None:
            raise NotApplicable("no continuous parametrisation")
        return rows

    def scores(self, rows: Rows, method: str) -> Tensor:
        """Float scores [B] of rows; the largest float violations are decided exactly.

        Raises:
            Finished: that refuted the claim, or the time is up.
            DeadEnd: this run came upon too many violations that do not count.
        """
        with torch.no_grad():
            scores, numbers = self.objective.of(rows)
        self.evaluations += rows_in(rows)
        for row in torch.argsort(scores, descending=True)[:AT_ONCE].tolist():
            if float(scores[row]) > 0 and not self.over:
                self._judge(numbers, row, method)
        self._check()
        if self.fruitless >= PATIENCE:
            raise DeadEnd
        return scores

    def _judge(self, numbers: Rows, row: int, method: str) -> None:
        self.fruitless += 1
        instance = instance_at(self.search.target.claim.domain, numbers, row)
        if instance is not None:
            self.search.decide(instance, method)

    def decide(self, instance: Instance, method: str) -> Outcome:
        """The exact verdict on an instance.

        Raises:
            Finished: it refutes the claim, or the time is up.
        """
        outcome = self.search.decide(instance, method)
        self.evaluations += 1
        self._check()
        return outcome

    def _check(self) -> None:
        if self.over:
            raise Finished
