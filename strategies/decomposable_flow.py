"""Orthogonally decomposable networks to try claims on: exact states of the gradient flow, and states off it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from flint import fmpq
from hypothesis import strategies as st

from refutable.strategies.coded_choices import Choices, built
from refutable.strategies.decomposable_flow_runs import Runs
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
AHEAD = "layers-ahead"
KNOWN = frozenset({EQUAL, ZERO_LAST, ON_FLOW, SAME_OUTPUTS, STATIONARY, DISTINCT, DEEP, TWO, MOVED, FRAMED, AHEAD})
FLOW = frozenset({EQUAL, ZERO_LAST, ON_FLOW})

GROWTHS = tuple(
    fmpq(p, q) for p, q in ((2, 1), (3, 2), (1, 2), (3, 1), (1, 1), (2, 3), (1, 4), (5, 4), (7, 1), (50, 1))
)
SCALES = tuple(fmpq(p, q) for p, q in ((1, 1), (1, 2), (2, 1), (1, 3), (3, 1), (1, 10)))
SHAPES = tuple(fmpq(p, q) for p, q in ((1, 1), (-1, 1), (2, 1), (1, 2), (-3, 2), (-2, 1)))


RATIONAL = (4, 6)
"""Depths whose arcs h_L^{-1} are rational where e^theta is: coordinates with different thetas can be stationary."""
HALVES = tuple(fmpq(p, 2) for p in (0, *(side * size for size in range(1, 7) for side in (1, -1))))
STEPS = HALVES[:9]
BEHIND = (fmpq(0), fmpq(1, 2), fmpq(-3, 4))


def _rows(digits: Choices, rows: int, columns: int) -> list[list[fmpq]]:
    """Half-integers, on a unit triangle in the first rows: of full rank."""
    return [[fmpq(int(i == j)) if j >= i else digits.among(HALVES) for j in range(columns)] for i in range(rows)]


def networks(digits: Choices, assumes: frozenset[str], size: Size) -> Instance:
    """Networks that satisfy the assumptions by construction; one coordinate, one datum, r = 2 come first."""
    layers = 2 if TWO in assumes else digits.between(3 if DEEP in assumes else 2, 3 if FRAMED in assumes else 6)
    compared = bool(assumes & {STATIONARY, SAME_OUTPUTS})
    m = digits.between(2 if compared else 1, 2 if FRAMED in assumes else max(2, min(3, size.max_inputs)))
    d = m if STATIONARY in assumes else digits.between(1, max(1, min(3, size.max_inputs)))
    n = digits.between(1, max(1, m - 1 if compared else 2))
    alpha, eta = digits.among(SCALES), [digits.among(SHAPES) for _ in range(m)]
    start, weights = states(digits, assumes, alpha, eta, layers)
    made: dict[str, Any] = {"alpha": alpha, "eta": eta, "start": start.tolist(), "weights": weights.tolist()}
    s = _rows(digits, m, d)
    x = [[digits.among(HALVES) for _ in range(d)] for _ in range(n)]
    if STATIONARY in assumes:
        x[0] = _aligned(s, alpha, eta, weights)
    if all(sum((a * b for a, b in zip(row, x[0], strict=True)), fmpq(0)) == 0 for row in s):
        x[0][0] = x[0][0] + 1
    y, rates = [digits.among(HALVES) for _ in range(n)], [digits.among(SCALES) for _ in range(n)]
    drawn = DECOMPOSABLE_FLOW.instance(**made, s=s, x=x, y=y, rates=rates, **frames(digits, assumes, m, layers))
    return with_other(drawn, shifts(digits, drawn, assumes))


def states(digits: Choices, assumes: frozenset[str], alpha: fmpq, eta: Sequence[fmpq], layers: int) -> tuple[Any, Any]:
    """Start and state [L, m] each: on the flow; or of other starts, or anywhere."""
    m = len(eta)
    start = reached(alpha, eta, [fmpq(1)] * m, layers)
    if assumes >= FLOW or STATIONARY in assumes or MOVED in assumes or digits.among((False, True)):
        growth = [digits.among(GROWTHS) for _ in range(m)]
        if STATIONARY in assumes and layers not in RATIONAL:
            growth = [digits.among((growth[0], 1 / growth[0], fmpq(1))) if j else growth[0] for j in range(m)]
        if MOVED in assumes:
            growth = [r if r != 1 else fmpq(2) for r in growth]
        return start, reached(alpha, eta, growth, layers)
    free = np.array([[digits.among(HALVES) for _ in range(m)] for _ in range(layers)], dtype=object)
    begun = free.copy()
    if EQUAL in assumes:
        begun[:-1] = start[:-1]
    if AHEAD in assumes:
        first = begun[:-1]
        first[first == 0] = fmpq(1, 2)
        begun[-1] = abs(first).min(axis=0) * digits.among(BEHIND)
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


def shifts(digits: Choices, instance: Instance, assumes: frozenset[str]) -> Any:
    """``other`` minus the state's coordinates [m]: in the kernel of X S^T where outputs must agree."""
    sizes = (instance["alpha"] * abs(instance["eta"])) ** len(instance["weights"])
    step = np.array([digits.among(STEPS) for _ in sizes], dtype=object)
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


def frames(digits: Choices, assumes: frozenset[str], m: int, layers: int) -> dict[str, Any]:
    """Orthonormal frames [m + 1, m], with rests along the column that is left; none unless they are assumed."""
    if FRAMED not in assumes:
        return {}
    found, rests = [], []
    for _ in range(layers):
        basis = np.array(digits.among(AXES), dtype=object)
        basis = basis if m == 2 else np.array([[fmpq(3, 5), fmpq(4, 5)], [fmpq(4, 5), fmpq(-3, 5)]], dtype=object)
        found.append(basis[:, :m].tolist())
        rests.append((basis[:, m:] * digits.among(HALVES)).tolist())
    return {"frames": found, "rests": rests}


def _drawn(assumes: frozenset[str], size: Size, known: bool) -> st.SearchStrategy[Instance]:
    refuse_unknown(assumes, KNOWN, "decomposable networks")
    return built(lambda digits: networks(digits, assumes, size))


SUPPLY = DrawnSupply(DECOMPOSABLE_FLOW, _drawn, Runs())
