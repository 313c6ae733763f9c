"""Separable data in several stages to try claims on: built block by block, and small integer rows."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from flint import fmpq
from hypothesis import event
from hypothesis import strategies as st

from refutable.strategies.supply import DrawnSupply, Size, refuse_unknown
from refutable.theorems.domains.iterated_margins import ITERATED_MARGINS
from refutable.theorems.instances import Instance

SEPARABLE, LADDER = "separable", "ladder-data"
KNOWN = frozenset({SEPARABLE, LADDER})

SHAPES = ((1, 1), (2,), (1, 1, 1), (2, 1), (1, 2), (1,), (2, 1, 1))
"""Inputs of each stage's block."""
TURNS = tuple((Fraction(a, c), Fraction(b, c)) for a, b, c in ((1, 0, 1), (3, 4, 5), (5, 12, 13), (-4, 3, 5)))
"""Rational cosines and sines."""


@st.composite
def blocks(draw: st.DrawFn) -> list[list[Fraction]]:
    """Data of known stages: block m of the inputs is what stage m uses; earlier blocks hold entries of sum 1."""
    shape = draw(st.sampled_from(SHAPES))
    rows: list[list[Fraction]] = []
    for m, size in enumerate(shape):
        after = _zeros(shape[m + 1 :])
        rows += [[*_filled(draw, shape[:m]), *_unit(size, j), *after] for j in range(size)]
        if draw(st.booleans()):
            event("a datum that is no support vector")
            own = [Fraction(1) + Fraction(draw(st.integers(1, 6)), 4)] * size
            later = [Fraction(draw(st.integers(-4, 4)), 2) for _ in range(sum(shape[m + 1 :]))]
            rows.append([*_filled(draw, shape[:m]), *own, *later])
    return _turned(draw, rows)


def _unit(size: int, j: int) -> list[Fraction]:
    return [Fraction(int(i == j)) for i in range(size)]


def _zeros(shape: tuple[int, ...]) -> list[Fraction]:
    return [Fraction(0)] * sum(shape)


def _filled(draw: st.DrawFn, shape: tuple[int, ...]) -> list[Fraction]:
    """One entry 1 for a block of one input; two of sum 1 for a block of two."""
    out = []
    for size in shape:
        first = Fraction(1) if size == 1 else Fraction(draw(st.integers(-2, 4)), 2)
        out += [first] if size == 1 else [first, 1 - first]
    return out


def _turned(draw: st.DrawFn, rows: list[list[Fraction]]) -> list[list[Fraction]]:
    """All rows scaled, and turned in the plane of the first and the last input: the stages turn with them."""
    scale = Fraction(draw(st.sampled_from((1, 2, 3))), draw(st.sampled_from((1, 2))))
    c, s = draw(st.sampled_from(TURNS))
    out = []
    for row in rows:
        scaled = [scale * q for q in row]
        if len(row) > 1:
            scaled[0], scaled[-1] = c * scaled[0] - s * scaled[-1], s * scaled[0] + c * scaled[-1]
        out.append(scaled)
    return out


@st.composite
def integer_rows(draw: st.DrawFn, size: Size) -> list[list[Fraction]]:
    """Rows of small integers whose first entry is 1 or 2: separable, often with support vectors not needed."""
    n, d = draw(st.integers(1, min(5, size.max_samples))), draw(st.integers(1, min(3, size.max_inputs)))
    first, rest = st.sampled_from((1, 1, 1, 2)), st.sampled_from((0, 1, -1, 2))
    return [[Fraction(draw(first)), *(Fraction(draw(rest)) for _ in range(d - 1))] for _ in range(n)]


def ladders() -> st.SearchStrategy[list[list[Fraction]]]:
    """The rows (1, 0, ...), (1, 1, 0, ...), ... of two to four inputs."""
    return st.integers(2, 4).map(lambda d: [[Fraction(int(j <= i)) for j in range(d)] for i in range(d)])


@st.composite
def staged(draw: st.DrawFn, assumes: frozenset[str], size: Size, known: bool) -> Instance:
    """Data with a state of the flow; built in blocks half of the time where that is allowed."""
    if LADDER in assumes:
        x = draw(ladders())
    else:
        x = draw(st.one_of(blocks(), integer_rows(size)) if known else integer_rows(size))
    d = len(x[0])
    w = [fmpq(draw(st.integers(-4, 12)), 4) for _ in range(d)]
    return ITERATED_MARGINS.instance(x=_read(x), w=w, start=[0] * d)


def _read(x: list[list[Fraction]]) -> list[list[Any]]:
    return [[fmpq(q.numerator, q.denominator) for q in row] for row in x]


def _drawn(assumes: frozenset[str], size: Size, known: bool) -> st.SearchStrategy[Instance]:
    refuse_unknown(assumes, KNOWN, "separable data in stages")
    return staged(assumes, size, known)


SUPPLY = DrawnSupply(ITERATED_MARGINS, _drawn)
