"""What a hunt writes to the corpus; a disk that is full is said, and does not end the hunt."""

from __future__ import annotations

from pathlib import Path

from refutable.theorems.instances import Instance
from refutable.verify.decide import Outcome
from refutable.verify.hunting.judge import Judge, Sizes
from refutable.verify.hunting.results import Tightest
from refutable.verify.hunting.target import Target
from refutable.verify.keeping.corpus import Corpus
from refutable.verify.paths import ClaimPath
from refutable.verify.witnesses import witness


class Treasury:
    """Writes witnesses and the tightness frontier of one target; without a corpus nothing."""

    def __init__(self, target: Target, corpus: Corpus | None, seed: int) -> None:
        self.target, self.corpus, self.seed = target, corpus, seed
        self.problems: list[str] = []
        self._kept: dict[Sizes, Tightest] = {}

    def keep(self, instance: Instance, outcome: Outcome, method: str) -> Path | None:
        """Write a witness; None without a corpus or where it could not be written."""
        if self.corpus is None:
            return None
        try:
            return self.corpus.add(witness(self.target.ref, instance, outcome, f"hunt: {method}", self.seed))
        except OSError as problem:
            self._complain(problem)
            return None

    def keep_tightest(self, judge: Judge) -> None:
        """Write the tightest instances that are new since the last call; not of claims known to be false."""
        ref = self.target.ref
        if self.corpus is None or (isinstance(ref, ClaimPath) and ref.part in ("mutant", "without")):
            return
        for size, one in judge.tightest_by_size.items():
            if self._kept.get(size) is not one:
                self._kept[size] = one
                try:
                    self.corpus.advance(ref, self.target.claim, one.instance, one.outcome, one.method, self.seed)
                except OSError as problem:
                    self._complain(problem)
                    return

    def _complain(self, problem: OSError) -> None:
        text = f"not kept: {problem}"
        if text not in self.problems:
            self.problems.append(text)
