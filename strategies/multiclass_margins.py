"""Data of several classes to try claims on: orthogonal ones, and ones a little off."""

from __future__ import annotations

from typing import Any

from flint import fmpq, fmpq_mat
from hypothesis import event
from hypothesis import strategies as st

from refutable.strategies.separable.whitened import rotations
from refutable.strategies.supply import DrawnSupply, Size, refuse_unknown
from refutable.theorems.domains.multiclass_margins import MULTICLASS_MARGINS
from refutable.theorems.instances import Instance
from refutable.theorems.ops.exact import from_matrix

SEPARABLE, USED = "separable", "support-pairs-used"
KNOWN = frozenset({SEPARABLE, USED})

LENGTHS = tuple(fmpq(p, q) for p, q in ((1, 1), (2, 1), (1, 2), (3, 2)))
STEP_SIZES = tuple(fmpq(p, q) for p, q in ((1, 1), (2, 1), (1, 2), (1, 5), (3, 1)))
TIMES = tuple(fmpq(t) for t in (1, 2, 10, 100, 10**6))
SHAPES = ((1, 2), (2, 2), (2, 3), (3, 2), (1, 3), (3, 3))
"""Data and classes."""


def used(instance: Instance) -> bool:
    """Whether support pairs are independent and have positive multipliers."""
    solved = MULTICLASS_MARGINS.view(instance)["solved"]
    return solved is not None and solved.positive == solved.support


@st.composite
def labelled(draw: st.DrawFn, assumes: frozenset[str], size: Size) -> Instance:
    """Orthogonal data of several lengths, moved where support pairs stay in use; one datum comes first."""
    n, classes = draw(st.sampled_from(SHAPES))
    d = n + draw(st.integers(0, 1)) if n < 3 else n
    lengths = [draw(st.sampled_from(LENGTHS)) for _ in range(n)]
    rows = [[lengths[i] if i == j else fmpq(0) for j in range(d)] for i in range(n)]
    moved = [[q + fmpq(draw(st.integers(-2, 2)), 8) for q in row] for row in rows]
    leaning = draw(st.sampled_from((0, 0, 0, 3, -3)))  # a datum far along another: pairs beyond the margin
    moved[-1] = [q + leaning * p for p, q in zip(moved[0], moved[-1], strict=True)]
    labels = [draw(st.integers(1, classes)) for _ in range(n)]
    numbers = st.builds(lambda p, q: fmpq(p, q), st.integers(1, 8), st.integers(1, 4))
    common = {
        "labels": labels,
        "exponentials": [[draw(numbers) for _ in range(classes - 1)] for _ in range(n)],
        "step_size": draw(st.sampled_from(STEP_SIZES)),
        "time": draw(st.sampled_from(TIMES)),
    }
    turn = draw(rotations(d))
    oblique = MULTICLASS_MARGINS.instance(x=_turned(moved, turn), **common)
    if used(oblique) or not assumes:
        event("oblique data")
        return oblique
    return MULTICLASS_MARGINS.instance(x=_turned(rows, turn), **common)


def _turned(rows: list[list[fmpq]], turn: fmpq_mat) -> Any:
    return from_matrix(fmpq_mat(rows) * turn).tolist()


def _drawn(assumes: frozenset[str], size: Size, known: bool) -> st.SearchStrategy[Instance]:
    refuse_unknown(assumes, KNOWN, "data of several classes")
    return labelled(assumes, size)


SUPPLY = DrawnSupply(MULTICLASS_MARGINS, _drawn)
