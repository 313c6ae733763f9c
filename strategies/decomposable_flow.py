"""Orthogonally decomposable networks to try claims on: exact states of the gradient flow, and states off it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from flint import fmpq
from hypothesis import strategies as st

from refutable.strategies.supply import DrawnSupply, Size, refuse_unknown
from refutable.theorems.domains.decomposable_flow import DECOMPOSABLE_FLOW
from refutable.theorems.domains.decomposable_flow.profile import inverse, rational_part
from refutable.theorems.domains.decomposable_flow.quantities import null_space
from refutable.theorems.domains.decomposable_flow.states import reached, with_other
from refutable.theorems.instances import Instance
from refutable.theorems.ops.exact import to_matrix

EQUAL, ZERO_LAST, ON_FLOW = "equal-start", "zero-last-start", "on-flow"
SAME_OUTPUTS, STATIONARY, DISTINCT = "same-outputs", "stationary", "distinct"
DEEP, TWO, MOVED, FRAMED = "three-layers", "two-layers", "moved", "orthonormal-frames"
KNOWN = frozenset({EQUAL, ZERO_LAST, ON_FLOW, SAME_OUTPUTS, STATIONARY, DISTINCT, DEEP, TWO, MOVED, FRAMED})
FLOW = frozenset({EQUAL, ZERO_LAST, ON_FLOW})

GROWTHS = tuple(
    fmpq(p, q) for p, q in ((2, 1), (3, 2), (1, 2), (3, 1), (1, 1), (2, 3), (1, 4), (5, 4), (7, 1), (50, 1))
)
SCALES = tuple(fmpq(p, q) for p, q in ((1, 1), (1, 2), (2, 1), (1, 3), (3, 1), (1, 10)))
SHAPES = tuple(fmpq(p, q) for p, q in ((1, 1), (-1, 1), (2, 1), (1, 2), (-3, 2), (-2, 1)))


RATIONAL = (4, 6)
"""Depths whose arcs h_L^{-1} are rational where e^theta is: coordinates with different thetas can be stationary."""
# Made once: Hypothesis validates every new strategy, which would cost more than the decisions.
HALVES, STEPS = st.integers(-6, 6), st.integers(-4, 4)
GROWTH, SCALE, SHAPE = st.sampled_from(GROWTHS), st.sampled_from(SCALES), st.sampled_from(SHAPES)
ANY = st.booleans()


def _half(p: int) -> fmpq:
    return fmpq(p, 2)


@st.composite
def _rows(draw: st.DrawFn, rows: int, columns: int) -> list[list[fmpq]]:
    """Half-integers, on a unit triangle in the first rows: of full rank."""
    return [[fmpq(int(i == j)) if j >= i else _half(draw(HALVES)) for j in range(columns)] for i in range(rows)]


@st.composite
def networks(draw: st.DrawFn, assumes: frozenset[str], size: Size) -> Instance:
    """Networks that satisfy the assumptions by construction; one coordinate, one datum, r = 2 come first."""
    layers = 2 if TWO in assumes else draw(st.integers(3 if DEEP in assumes else 2, 3 if FRAMED in assumes else 6))
    compared = bool(assumes & {STATIONARY, SAME_OUTPUTS})
    m = draw(st.integers(2 if compared else 1, 2 if FRAMED in assumes else max(2, min(3, size.max_inputs))))
    d = m if STATIONARY in assumes else draw(st.integers(1, max(1, min(3, size.max_inputs))))
    n = draw(st.integers(1, max(1, m - 1 if compared else 2)))
    alpha, eta = draw(SCALE), [draw(SHAPE) for _ in range(m)]
    start, weights = draw(states(assumes, alpha, eta, layers))
    made: dict[str, Any] = {"alpha": alpha, "eta": eta, "start": start.tolist(), "weights": weights.tolist()}
    s = draw(_rows(m, d))
    x = [[_half(draw(HALVES)) for _ in range(d)] for _ in range(n)]
    if STATIONARY in assumes:
        x[0] = _aligned(s, alpha, eta, weights)
    if all(sum((a * b for a, b in zip(row, x[0], strict=True)), fmpq(0)) == 0 for row in s):
        x[0][0] = x[0][0] + 1
    y, rates = [_half(draw(HALVES)) for _ in range(n)], [draw(SCALE) for _ in range(n)]
    drawn = DECOMPOSABLE_FLOW.instance(**made, s=s, x=x, y=y, rates=rates, **draw(frames(assumes, m, layers)))
    return with_other(drawn, draw(shifts(drawn, assumes)))


@st.composite
def states(draw: st.DrawFn, assumes: frozenset[str], alpha: fmpq, eta: Sequence[fmpq], layers: int) -> tuple[Any, Any]:
    """Start and state [L, m] each: on the flow; or of other starts, or anywhere."""
    m = len(eta)
    start = reached(alpha, eta, [fmpq(1)] * m, layers)
    if assumes >= FLOW or STATIONARY in assumes or MOVED in assumes or draw(ANY):
        growth = [draw(GROWTH) for _ in range(m)]
        if STATIONARY in assumes and layers not in RATIONAL:
            growth = [draw(st.sampled_from((growth[0], 1 / growth[0], fmpq(1)))) if j else growth[0] for j in range(m)]
        if MOVED in assumes:
            growth = [r if r != 1 else fmpq(2) for r in growth]
        return start, reached(alpha, eta, growth, layers)
    free = np.array([[_half(draw(HALVES)) for _ in range(m)] for _ in range(layers)], dtype=object)
    begun = free.copy()
    if EQUAL in assumes:
        begun[:-1] = start[:-1]
    if ZERO_LAST in assumes:
        begun[-1] = fmpq(0)
    return begun, begun if ON_FLOW in assumes else free


def _aligned(s: Any, alpha: fmpq, eta: Sequence[fmpq], weights: Any) -> list[fmpq]:
    """x with S x proportional to g, for square invertible S; thetas of one modulus where arcs are irrational."""
    layers, sizes = len(weights), [alpha * abs(e) for e in eta]
    t = [rho / size**layers for rho, size in zip(np.multiply.reduce(weights, axis=0), sizes, strict=True)]
    arcs = [rational_part(inverse(q, layers).growth, layers) if layers in RATIONAL else _sign(q) for q in t]
    g = [arc * size ** (2 - layers) for arc, size in zip(arcs, sizes, strict=True)]
    solved = to_matrix(np.array(s, dtype=object)).solve(to_matrix(np.array([g], dtype=object).T))
    return [solved[i, 0] for i in range(len(g))]


def _sign(q: fmpq) -> fmpq:
    return fmpq(1 if q > 0 else -1 if q < 0 else 0)


@st.composite
def shifts(draw: st.DrawFn, instance: Instance, assumes: frozenset[str]) -> Any:
    """``other`` minus the state's coordinates [m]: in the kernel of X S^T where outputs must agree."""
    sizes = (instance["alpha"] * abs(instance["eta"])) ** len(instance["weights"])
    step = np.array([_half(draw(STEPS)) for _ in sizes], dtype=object)
    if SAME_OUTPUTS not in assumes:
        return sizes * step
    basis = null_space(to_matrix(instance["x"] @ instance["s"].T))
    if DISTINCT in assumes and basis:
        step[0] = step[0] if step[0] != 0 else fmpq(1)
    shift = np.full(len(sizes), fmpq(0), dtype=object)
    for row, factor in zip(basis, step, strict=False):
        shift = shift + np.array(row, dtype=object) * factor * min(sizes)
    return shift


AXES = tuple(
    tuple(tuple(fmpq(p, 5) for p in row) for row in rows)
    for rows in (
        ((5, 0, 0), (0, 5, 0), (0, 0, 5)),
        ((0, 5, 0), (0, 0, 5), (5, 0, 0)),
        ((3, 4, 0), (4, -3, 0), (0, 0, 5)),
        ((3, 0, 4), (0, 5, 0), (-4, 0, 3)),
    )
)
"""Rational orthonormal bases of three dimensions."""


@st.composite
def frames(draw: st.DrawFn, assumes: frozenset[str], m: int, layers: int) -> dict[str, Any]:
    """Orthonormal frames [m + 1, m], with rests along the column that is left; none unless they are assumed."""
    if FRAMED not in assumes:
        return {}
    found, rests = [], []
    for _ in range(layers):
        basis = np.array(draw(st.sampled_from(AXES)), dtype=object)
        basis = basis if m == 2 else np.array([[fmpq(3, 5), fmpq(4, 5)], [fmpq(4, 5), fmpq(-3, 5)]], dtype=object)
        found.append(basis[:, :m].tolist())
        rests.append((basis[:, m:] * _half(draw(HALVES))).tolist())
    return {"frames": found, "rests": rests}


def _drawn(assumes: frozenset[str], size: Size, known: bool) -> st.SearchStrategy[Instance]:
    refuse_unknown(assumes, KNOWN, "decomposable networks")
    return networks(assumes, size)


SUPPLY = DrawnSupply(DECOMPOSABLE_FLOW, _drawn)
