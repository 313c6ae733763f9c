"""Points of the max-margin problem of leaky ReLU networks. They shrink to one neuron, one datum, one input."""

from __future__ import annotations

from functools import cache
from itertools import product
from operator import mul
from typing import Any

from flint import fmpq
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from refutable.strategies.supply import DrawnSupply, Size, refuse_unknown
from refutable.theorems.domains.leaky_margin import LEAKY_MARGIN
from refutable.theorems.domains.leaky_margin.kkt import agreeing_slopes, all_margins_one, own_slopes
from refutable.theorems.instances import Instance

SOLVED = frozenset({"subgradient", "stationary", "feasible", "complementary"})
WEAKER = frozenset({"no-slope", "constant-1/25", "norms-alone", "weakly-correlated-without-slope"})
ORTHOGONAL = frozenset({"nearly-orthogonal", "weakly-correlated"}) | WEAKER
STRICT = frozenset({"nearly-orthogonal"})
KNOWN = SOLVED | ORTHOGONAL

SLOPES = st.sampled_from([fmpq(1, 2), fmpq(1), fmpq(1, 4), fmpq(1, 10), fmpq(3, 4), fmpq(1, 100)])
PLUS, MINUS = fmpq(1), fmpq(-1)
SMALL = st.integers(-4, 4).map(fmpq)
LENGTHS = st.sampled_from([fmpq(1), fmpq(2), fmpq(1, 2), fmpq(5)])
ROUNDS = 6
"""How often slopes are chosen anew from the weights before others are taken."""

Rows = list[list[fmpq]]


@cache
def _vectors(count: int, strategy: SearchStrategy[fmpq]) -> SearchStrategy[list[fmpq]]:
    return st.lists(strategy, min_size=count, max_size=count)


@cache
def _signs(count: int) -> SearchStrategy[tuple[fmpq, ...]]:
    """Signs, alternating ones first."""
    alternating = tuple(PLUS if k % 2 == 0 else MINUS for k in range(count))
    return st.sampled_from([alternating, *product((PLUS, MINUS), repeat=count)])


@cache
def _outputs(count: int) -> SearchStrategy[tuple[fmpq, ...]]:
    """Output weights 1 and -1, alternating ones first, or of different sizes."""
    sizes = tuple(fmpq(k + 1, 2) for k in range(count))
    return st.one_of(_signs(count), _signs(count).map(lambda signs: tuple(map(mul, signs, sizes))))


@cache
def _bits(count: int) -> SearchStrategy[int]:
    return st.integers(0, 2**count - 1)


@cache
def _counts(most: int) -> SearchStrategy[int]:
    return st.sampled_from([k for k in (2, 3, 1, 4) if k <= most])


def far_enough(x: Rows, slope: fmpq, assumes: frozenset[str]) -> bool:
    """Whether no input is 0 and all are as nearly orthogonal as the assumptions want."""
    squares = [_dot(row, row) for row in x]
    low, high, n = min(squares), max(squares), len(x)
    if low == 0:
        return False
    p = max((abs(_dot(a, b)) for i, a in enumerate(x) for b in x[:i]), default=fmpq(0))
    weak = (n - 1) * p * (high + (slope + slope**2) * low)
    conditions = {
        "no-slope": 3 * high * n * p <= low**2,
        "constant-1/25": high * n * p <= 25 * low**2 * slope**3,
        "norms-alone": n * p <= low,
        "weakly-correlated-without-slope": weak < low**2,
        "weakly-correlated": weak < low**2 * slope**3,
    }
    return all(conditions.get(id, 3 * high * n * p <= low**2 * slope**3) for id in assumes & ORTHOGONAL)


def _dot(p: list[fmpq], q: list[fmpq]) -> fmpq:
    return sum((b * c for b, c in zip(p, q, strict=True)), fmpq(0))


@st.composite
def inputs(draw: DrawFn, n: int, d: int, slope: fmpq, assumes: frozenset[str]) -> Rows:
    """Rows near multiples of the axes, the nearer the smaller the slope where they must be; or any."""
    x = [draw(_vectors(d, SMALL)) for _ in range(n)]
    if not assumes & ORTHOGONAL and draw(st.booleans()):
        return [row if any(row) else [fmpq(1), *row[1:]] for row in x]
    lengths = draw(_vectors(n, LENGTHS))
    far = fmpq(draw(st.sampled_from([1, 4, 16, 8])))
    while True:
        moved = [[c + far * lengths[i] * (k == i) for k, c in enumerate(row)] for i, row in enumerate(x)]
        if not assumes & ORTHOGONAL or far_enough(moved, slope, assumes):
            return moved
        far *= 2


@st.composite
def points(draw: DrawFn, assumes: frozenset[str], size: Size, known: bool) -> Instance:
    """A point that satisfies the assumptions by construction."""
    orthogonal, solved = bool(assumes & ORTHOGONAL), bool(assumes & SOLVED)
    d = draw(st.sampled_from([k for k in (2, 3, 4, 1) if k <= max(2, size.max_inputs + 1)]))
    n = draw(_counts(d if orthogonal or solved else min(4, size.max_samples)))
    m = draw(_counts(min(4, size.max_neurons)))
    slope, y, a = draw(SLOPES), list(draw(_signs(n))), list(draw(_outputs(m)))
    x = draw(inputs(n, d, slope, assumes))
    bits = draw(_bits(n * m))
    table = [[slope if bits >> (j * n + i) & 1 else PLUS for i in range(n)] for j in range(m)]
    if solved:
        multipliers, w, table = _solution(x, y, a, slope, table)
        if multipliers is None:
            x = [[20 * fmpq(int(k == i)) / slope**2 + c / 100 for k, c in enumerate(row)] for i, row in enumerate(x)]
            x = _apart(x, slope)
            table = agreeing_slopes(y, a, slope)
            multipliers, w = _certain(x, y, a, table)
    else:
        multipliers, w = draw(_vectors(n, SMALL)), [draw(_vectors(d, SMALL)) for _ in range(m)]
    return LEAKY_MARGIN.instance(
        x=x, y=y, slope=slope, a=a, w=w, multipliers=multipliers, slopes=table, probe=draw(_vectors(d, SMALL))
    )


def _apart(x: Rows, slope: fmpq) -> Rows:
    """The rows moved along the axes until they are nearly orthogonal."""
    while not far_enough(x, slope, STRICT):
        x = [[c * (4 if k == i else 1) for k, c in enumerate(row)] for i, row in enumerate(x)]
    return x


def _certain(x: Rows, y: list[fmpq], a: list[fmpq], table: Rows) -> tuple[list[fmpq], Rows]:
    found = all_margins_one(x, y, a, table)
    assert found is not None
    return found


def _solution(x: Rows, y: list[fmpq], a: list[fmpq], slope: fmpq, table: Rows) -> tuple[Any, Any, Rows]:
    """Multipliers, weights and slopes that belong together, from the slopes given or from those that fit the labels."""
    for start in (table, agreeing_slopes(y, a, slope)):
        slopes = start
        for _ in range(ROUNDS):
            found = all_margins_one(x, y, a, slopes)
            if found is None:
                break
            multipliers, w = found
            own = own_slopes(x, w, slope)
            if own == slopes:
                if min(multipliers) >= 0:
                    return multipliers, w, slopes
                break
            slopes = own
    return None, None, table


def _drawn(assumes: frozenset[str], size: Size, known: bool) -> SearchStrategy[Instance]:
    """No family is drawn from."""
    refuse_unknown(assumes, KNOWN, "points of the max-margin problem")
    return points(assumes, size, known)


SUPPLY = DrawnSupply(LEAKY_MARGIN, _drawn)
