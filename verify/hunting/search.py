"""What the methods of a hunt share: the claim, the judge, float scores, sources of randomness, the best so far."""

from __future__ import annotations

import hashlib
import math
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import torch

from refutable.strategies.supplies import supply as registered
from refutable.strategies.supply import Supply, buildable
from refutable.theorems.instances import Instance
from refutable.verify.decide import Outcome
from refutable.verify.headlines import ratio
from refutable.verify.honesty import LeftSide
from refutable.verify.hunting.judge import DECISION, Judge
from refutable.verify.hunting.objective import HOPELESS, LARGEST, Objective, Rows, Undifferentiable
from refutable.verify.hunting.results import Options
from refutable.verify.hunting.rows import instance_at, mapped
from refutable.verify.hunting.target import Target

if TYPE_CHECKING:
    from refutable.verify.keeping.corpus import Corpus

TRIAL_ROWS = 11
"""Unlike any dimension of a drawn instance, so that a formula that mixes up its axes is noticed."""
TRIALS = 4
POOL = 24
NEARLY = -1e-12
"""Scores above this are decided exactly: float noise may hide a violation."""


@dataclass(frozen=True)
class Step:
    """What one unit of work cost, in float evaluations (a decision counts `DECISION`), and the best score it saw."""

    evaluations: int
    score: float = HOPELESS


IDLE = Step(0)
"""Nothing to do now; perhaps later."""
Steps = Iterator[Step]


@dataclass
class Search:
    """The state of a hunt.

    Attributes:
        objective: None where the claim has no float version; ``why_not`` says why.
        lenient: the same, hollow instances not marked down: some claims are false on nothing else.
        assumes: ids of the assumptions that the domain's supply builds instances for; the others are filters.
        pool: the best decided instances, by score, best first.
        score: the best decided score so far of an instance on which the claim holds.
        proposed: the best that floats saw.
        kept: the instances of the corpus when the hunt began; none in a cold hunt.
    """

    target: Target
    options: Options
    judge: Judge
    supply: Supply
    assumes: frozenset[str]
    device: str
    objective: Objective | None = None
    lenient: Objective | None = None
    why_not: str = ""
    kept: tuple[Instance, ...] = ()
    score: float = HOPELESS
    proposed: float = HOPELESS
    pool: list[tuple[float, Instance]] = field(default_factory=list)

    def random(self, *names: str) -> random.Random:
        """A source of its own for each part of the hunt."""
        return random.Random(self._seed(*names))

    def generator(self, *names: str) -> torch.Generator:
        """The same for torch (CPU)."""
        return torch.Generator().manual_seed(self._seed(*names))

    def _seed(self, *names: str) -> int:
        text = "/".join((str(self.options.seed), *names))
        return int.from_bytes(hashlib.sha256(text.encode()).digest()[:6])

    def batch(self, count: int, generator: torch.Generator) -> Rows | None:
        """Random float rows of the supply on the hunt's device; without what is known of equality in a cold hunt."""
        rows = self.supply.batch(self.assumes, count, self.options.size, generator, not self.options.cold)
        return None if rows is None else to_device(rows, self.device)

    @property
    def found(self) -> bool:
        """A substantive violation is certified: nothing more to search for."""
        return self.judge.best is not None

    def decide(self, instance: Instance, method: str) -> Outcome:
        """Decide an instance exactly; tight ones enter the pool."""
        outcome = self.judge.decide(instance, method)
        score = score_of(outcome)
        if score > HOPELESS and outcome.verdict != "violated":  # a hollow violation is no start for anything better
            self.score = max(self.score, score)
            self._pooled(score, instance)
        return outcome

    def _pooled(self, score: float, instance: Instance) -> None:
        if all(instance != other for _, other in self.pool):
            self.pool.append((score, instance))
            self.pool.sort(key=lambda item: -item[0])
            del self.pool[POOL:]

    def certify(self, scores: torch.Tensor, numbers: Rows, method: str, always: bool = False) -> Step:
        """Decide the most promising rows exactly: what floats see violated, and the best if it is the best ever.

        Args:
            always: decide the best row in any case; it may be the tightest of its size.
        """
        order = torch.argsort(scores, descending=True).tolist()
        best = float(scores[order[0]])
        violated = int((scores > NEARLY).sum())
        # Not only the first: the most violated rows may all be hollow, networks of dead neurons for instance.
        places = dict.fromkeys((0, 1, violated // 2)) if violated else (0,) if always or best > self.score else ()
        promising = [order[place] for place in places if place < max(violated, 1)]
        self.proposed = max(self.proposed, best)
        for row in promising:
            self._decide_row(numbers, row, float(scores[row]), method)
            if self.found:
                break
        return Step(DECISION * len(promising), best)

    def _decide_row(self, numbers: Rows, row: int, score: float, method: str) -> None:
        instance = instance_at(self.target.claim.domain, numbers, row)
        if instance is None:
            return
        outcome = self.decide(instance, method)
        if score > 0 and outcome.verdict != "violated":
            self.judge.suspect(instance, method, score, outcome, False)


def score_of(outcome: Outcome) -> float:
    """The score of a decided instance: log(left/right) of its headline where its assumptions hold."""
    if outcome.verdict not in ("holds", "agrees", "violated"):
        return HOPELESS
    value = ratio(outcome)
    score = math.log(value) if value is not None and value > 0 else -LARGEST
    return max(score, 1e-300) if outcome.verdict == "violated" else score


def prepare(target: Target, options: Options, judge: Judge, corpus: Corpus | None) -> Search:
    """The search for a target: what its supply can build, whether floats can score it."""
    source = registered(target.claim.domain.id)
    assumes = buildable(source, frozenset(a.id for a in target.claim.assumes))
    device = _device(options.device)
    kept = () if corpus is None or options.cold else tuple(corpus.instances(target.claim.domain.id))
    search = Search(target, options, judge, source, assumes, device, kept=kept)
    search.objective, search.why_not = _objective(search)
    judge.rule = _left_side(search)
    if search.objective is not None:
        search.lenient = Objective(target.claim, device, honest=False)
    return search


def _left_side(search: Search) -> LeftSide:
    """The catalogue's bounds have positive left sides; a user's may be any number, and 0 where it is written so."""
    if search.target.theorem is not None:
        return "positive"
    rows = None if search.objective is None else search.batch(TRIAL_ROWS, search.generator("left side"))
    if search.objective is None or rows is None:
        return "any"
    return "nonzero" if search.objective.left_varies(rows) else "any"


def _device(asked: str) -> str:
    if asked == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    return asked


def _objective(search: Search) -> tuple[Objective | None, str]:
    """Float scores if they work on some batch: sizes differ from one to the next, and a claim may not like all."""
    generator, problem = search.generator("trial"), ""
    objective = Objective(search.target.claim, search.device)
    for _ in range(TRIALS):
        try:
            rows = search.batch(TRIAL_ROWS, generator)
            if rows is None:
                return None, "no continuous parametrisation: these instances are enumerated"
            objective.of(rows)
        except (LookupError, Undifferentiable) as failure:
            problem = problem or f"no float version: {failure}"
        else:
            return objective, ""
    return None, problem


def to_device(rows: Rows, device: str) -> Rows:
    """The rows on a device."""
    return rows if device == "cpu" else mapped(rows, lambda t: t.to(device))
