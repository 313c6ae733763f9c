"""The recursion over maximum margin problems, exactly.

Stage m solves argmin |w|^2 subject to w.(P x_n) >= 1 over the rows that are left; rows that are not support vectors
leave, those that some multipliers use span what P then projects away, the other support vectors are left.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from flint import fmpq, fmpq_mat

from refutable.theorems.exact.max_margin import max_margin

Row = tuple[fmpq, ...]


@dataclass(frozen=True)
class Stage:
    """One maximum margin problem.

    Attributes:
        direction: its solution [d].
        projected: the rows of the data [n][d], projected as this stage sees them.
        rows: indices that took part.
        support: indices of its support vectors.
        used: support vectors that have a positive multiplier for some choice of multipliers.
        multipliers: [n], a choice that is positive on all of ``used`` and 0 elsewhere.
    """

    direction: Row
    projected: tuple[Row, ...]
    rows: tuple[int, ...]
    support: tuple[int, ...]
    used: tuple[int, ...]
    multipliers: Row

    @property
    def left(self) -> tuple[int, ...]:
        """Support vectors whose multiplier is 0 for every choice: the rows of the next stage."""
        return tuple(i for i in self.support if i not in self.used)


def dot(a: Sequence[fmpq], b: Sequence[fmpq]) -> fmpq:
    """The inner product."""
    return sum((p * q for p, q in zip(a, b, strict=True)), fmpq(0))


def projector(rows: Sequence[Row], d: int) -> tuple[Row, ...]:
    """The orthogonal projection [d][d] onto what is orthogonal to all rows."""
    basis: list[Row] = []
    for row in rows:
        rest = row
        for b in basis:
            share = dot(rest, b) / dot(b, b)
            rest = tuple(p - share * q for p, q in zip(rest, b, strict=True))
        if any(rest):
            basis.append(rest)
    return tuple(
        tuple(fmpq(int(i == j)) - sum((b[i] * b[j] / dot(b, b) for b in basis), fmpq(0)) for j in range(d))
        for i in range(d)
    )


def spanned(stage: Stage) -> list[Row]:
    """The used rows as this stage sees them: together with those of the stages before they span all used rows."""
    return [stage.projected[i] for i in stage.used]


def stages(data: Sequence[Row]) -> tuple[Stage, ...] | None:
    """All stages that have a solution; None where the first has none: the data are not separable.

    The recursion is stuck where the last of them leaves data: the theorem excludes it, which is for a claim to say.

    Raises:
        ValueError: more support sets than can be tried.
    """
    found: list[Stage] = []
    left, away = tuple(range(len(data))), list[Row]()
    while left:
        stage = stage_of(projector(away, len(data[0])), data, left)
        if stage is None:
            break
        found.append(stage)
        away += spanned(stage)
        left = stage.left
    return tuple(found) or None


def stage_of(p: Sequence[Row], data: Sequence[Row], rows: tuple[int, ...]) -> Stage | None:
    """The problem over some rows, projected by p [d][d]; None where they are not separable."""
    projected = tuple(tuple(dot(line, row) for line in p) for row in data)
    solved = max_margin([projected[i] for i in rows])
    if solved is None:
        return None
    support = tuple(rows[k] for k in solved.support)
    multipliers = average_multipliers(projected, support, solved.squared_norm)
    used = tuple(i for i in support if multipliers[i] > 0)
    return Stage(solved.direction, projected, rows, support, used, multipliers)


def average_multipliers(rows: Sequence[Row], support: Sequence[int], squared_norm: fmpq) -> Row:
    """The mean of all basic multipliers [n]: positive wherever some are, as all are mixtures of basic ones.

    Args:
        rows: [n][d].
        support: indices of the support vectors of the solution.
        squared_norm: of the solution: multipliers a >= 0 of independent rows belong to it iff their sum is that.
    """
    total, count = [fmpq(0)] * len(rows), 0
    for size in range(1, min(len(support), len(rows[0])) + 1):
        for chosen in combinations(support, size):
            basic = _basic(rows, chosen)
            if basic is not None and sum(basic, fmpq(0)) == squared_norm:
                count += 1
                for i, a in zip(chosen, basic, strict=True):
                    total[i] += a
    return tuple(a / count for a in total)


def _basic(rows: Sequence[Row], chosen: Sequence[int]) -> list[fmpq] | None:
    """Positive solutions a of (Gram matrix) a = 1, or None."""
    k = len(chosen)
    gram = fmpq_mat(k, k, [dot(rows[i], rows[j]) for i in chosen for j in chosen])
    try:
        solved = gram.solve(fmpq_mat(k, 1, [fmpq(1)] * k))
    except ZeroDivisionError:
        return None
    found = [solved[i, 0] for i in range(k)]
    return found if all(a > 0 for a in found) else None
