"""Mass evidence: claims on a float batch, certified by a-priori error bounds, near-ties decided exactly."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from refutable.theorems.claims import Claim
from refutable.theorems.instances import Instance
from refutable.verify.certificates import Certificates, certify_all
from refutable.verify.decide import Outcome
from refutable.verify.exactly import Question, Subject, claim_of, decide_asked
from refutable.verify.headlines import ratio
from refutable.verify.keeping.sizes import sizes
from refutable.verify.standing import larger
from refutable.verify.tally import Ratios

EXACT_ROWS = 100
BLOCK_ROWS, BLOCK_NUMBERS = 512, 2**15
"""A batch is certified in blocks of so many rows, of fewer where rows are long: a block stays in the cache."""


@dataclass
class Sweep:
    """What a sweep found.

    Attributes:
        counts: verdicts of all instances, certified and exact together.
        certified: how many were decided by certified floats; the others were decided exactly.
        touching: how often the headline was an equality, among those decided exactly.
        tightest: largest float ratio left/right among instances on which it holds.
        violations: exact outcomes with their instances.
        vacuous: rows on which it is vacuous.
        ratios: float ratios of the rows on which it holds; those that touch are not in the histogram.
    """

    counts: Counter[str] = field(default_factory=Counter)
    certified: int = 0
    touching: int = 0
    tightest: float | None = None
    violations: list[tuple[Instance, Outcome]] = field(default_factory=list)
    vacuous: set[int] = field(default_factory=set)
    ratios: Ratios = field(default_factory=Ratios)


def enforced(claim: Claim, batch: Mapping[str, Any]) -> dict[str, Any]:
    """The torch batch with every assumption that can be enforced made to hold (step size := ...)."""
    from refutable.theorems.ops.torch import TorchOps

    return claim.fitted(batch, TorchOps())


def sweep(claim: Claim, batch: Mapping[str, Any]) -> Sweep:
    """Decide ``claim`` on every row of a float64 batch by field name; see `sweep_all`."""
    return sweep_all([claim], batch)[0]


def sweep_all(claims: Sequence[Subject], batch: Mapping[str, Any], *, workers: int = 1) -> list[Sweep]:
    """Decide several claims of one domain on every row of a float64 batch by field name.

    A field is a tensor or array [B, ...], a list of those (layers), or one value that all rows share. Where a
    formula has no certified float version, the first `EXACT_ROWS` rows are decided, all of them exactly.

    Args:
        claims: claims, or what names them (see `decide_asked`: only those can be decided in other processes).
        workers: processes that decide near-ties, where there are many.

    Raises:
        ValueError: the claims are about different domains, or there is less than one worker.
    """
    rows = {name: _arrays(value) for name, value in batch.items() if _is_batched(value)}
    shared = {name: value for name, value in batch.items() if name not in rows}
    flat = [a.reshape(len(a), -1) for value in rows.values() for a in _parts(value)]
    finite = np.logical_and.reduce([np.isfinite(a).all(axis=1) for a in flat])
    lost = int((~finite).sum())
    if lost:
        rows = {name: _select(value, finite) for name, value in rows.items()}
    swept = _Swept([claim_of(subject) for subject in claims], rows, shared)
    numbers = max(1, sum(a.shape[1] for a in flat))
    swept.certify(int(finite.sum()), min(BLOCK_ROWS, max(8, BLOCK_NUMBERS // numbers)))
    swept.decide(claims, workers)
    kept = np.flatnonzero(finite)
    for result in swept.results:
        result.counts.update({"not finite": lost} if lost else {})
        result.vacuous = {int(kept[row]) for row in result.vacuous}
    return swept.results


class _Swept:
    """The claims on finite rows: certificates first, then exact decisions of what they leave open."""

    def __init__(self, claims: list[Claim], rows: Mapping[str, Any], shared: Mapping[str, Any]) -> None:
        self.claims, self.rows, self.shared = claims, rows, shared
        self.results = [Sweep() for _ in claims]
        self._open: dict[int, list[int]] = {}
        self._exact_rows = [EXACT_ROWS] * len(claims)
        self._size: dict[str, int] | None = None

    @property
    def size(self) -> dict[str, int]:
        """The size that all rows have: they are rows of the same arrays."""
        if self._size is None:
            claim = self.claims[0]
            self._size = sizes(claim.domain, row_instance(claim, self.rows, self.shared, 0))
        return self._size

    def certify(self, count: int, block: int) -> None:
        for start in range(0, count, block):
            part = slice(start, min(start + block, count))
            rows = {name: _select(value, part) for name, value in self.rows.items()}
            asked = [index for index, left in enumerate(self._exact_rows) if left]
            found = certify_all([self.claims[index] for index in asked], rows, self.shared)
            for index, certificates in zip(asked, found, strict=True):
                self._note(index, certificates, part)

    def _note(self, index: int, found: Certificates | None, part: slice) -> None:
        if found is None:
            few = min(part.stop - part.start, self._exact_rows[index])
            self._exact_rows[index] -= few
            left_open: Any = range(part.start, part.start + few)
        else:
            left_open = part.start + np.flatnonzero(~found.holds & ~found.vacuous)
            self._count(self.results[index], found)
            self.results[index].vacuous.update((part.start + np.flatnonzero(found.vacuous)).tolist())
        for row in left_open:
            self._open.setdefault(int(row), []).append(index)

    def _count(self, result: Sweep, found: Certificates) -> None:
        holds, vacuous = int(found.holds.sum()), int(found.vacuous.sum())
        result.counts.update({"holds": holds, "vacuous": vacuous})
        result.certified += holds + vacuous
        ratios = found.ratio[found.holds & np.isfinite(found.ratio)]
        if ratios.size:
            result.tightest = larger(result.tightest, float(ratios.max()))
            result.ratios.add_all(ratios, self.size)

    def decide(self, subjects: Sequence[Subject], workers: int) -> None:
        """The rows left open, in their order."""
        claim = self.claims[0] if self.claims else None
        left = sorted(self._open.items()) if claim is not None else []
        questions = [
            Question(row_instance(claim, self.rows, self.shared, row), tuple(asked))
            for row, asked in left
            if claim is not None
        ]
        answers = decide_asked(subjects, questions, workers)
        for (row, _), question, outcomes in zip(left, questions, answers, strict=True):
            for index, outcome in zip(question.claims, outcomes, strict=True):
                self._add(self.results[index], row, question.instance, outcome)

    def _add(self, result: Sweep, row: int, instance: Instance, outcome: Outcome) -> None:
        """Count a row that was decided exactly."""
        result.counts[outcome.verdict] += 1
        if outcome.verdict == "vacuous":
            result.vacuous.add(row)
        elif outcome.verdict == "violated":
            result.violations.append((instance, outcome))
        elif outcome.verdict in ("holds", "agrees"):
            result.touching += outcome.touching
            value = ratio(outcome)
            if value is not None:
                result.tightest = larger(result.tightest, value)
                result.ratios.add(value, self.size, binned=not outcome.touching)


def _is_batched(value: Any) -> bool:
    return hasattr(value, "shape") or (isinstance(value, list | tuple) and all(hasattr(v, "shape") for v in value))


def _arrays(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return tuple(np.asarray(v, dtype=np.float64) for v in value)
    return np.asarray(value, dtype=np.float64)


def _parts(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value,)


def _select(value: Any, index: Any) -> Any:
    return tuple(a[index] for a in value) if isinstance(value, tuple) else value[index]


def row_instance(claim: Claim, rows: Mapping[str, Any], shared: Mapping[str, Any], row: int) -> Instance:
    """One row of a batch as an exact instance (floats are the exact rationals they are)."""
    raw = {
        name: [a[row].tolist() for a in value] if isinstance(value, tuple) else value[row].tolist()
        for name, value in rows.items()
    }
    return claim.domain.instance(**raw, **shared)
