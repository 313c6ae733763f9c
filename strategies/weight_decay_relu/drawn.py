"""Instances by chance. Everything shrinks to one neuron, one datum and one input."""

from __future__ import annotations

from functools import cache
from typing import Any

from flint import fmpq
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from refutable.strategies.ball_caps import directions
from refutable.strategies.supply import Size, refuse_unknown
from refutable.strategies.weight_decay_relu.optima import Optimum, feasible_share, optimum, root_below
from refutable.theorems.domains.weight_decay_relu import WEIGHT_DECAY_RELU
from refutable.theorems.domains.weight_decay_relu.arrangement import Rows
from refutable.theorems.domains.weight_decay_relu.weaker import WEAKER
from refutable.theorems.exact import sqrt_exact
from refutable.theorems.instances import Instance

OPTIMAL = frozenset({"stationary"})
PLAIN = frozenset({"dual-feasible", "sign-constraints", "stationary", "scalar-inputs", "enough-neurons"})
KNOWN = PLAIN | frozenset(WEAKER) | {"active-constraints", "almost-enough-neurons"}

PENALTIES = st.sampled_from([fmpq(1), fmpq(1, 2), fmpq(2), fmpq(1, 8), fmpq(5), fmpq(1, 32)])
LENGTHS = st.sampled_from([fmpq(1), fmpq(2), fmpq(1, 2), fmpq(3), fmpq(1, 3), fmpq(5, 4)])
SHARES = st.sampled_from([fmpq(1), fmpq(1), fmpq(1, 2), fmpq(1), fmpq(7, 8), fmpq(0), fmpq(1023, 1024)])
AROUND = st.sampled_from([fmpq(2), fmpq(5, 4), fmpq(4), fmpq(1), fmpq(3, 2)])
QUARTERS = st.integers(-12, 12).map(lambda j: fmpq(j, 4))
SIGNS = st.sampled_from([fmpq(1), fmpq(-1)])


@cache
def _numbers(count: int) -> SearchStrategy[list[fmpq]]:
    return st.lists(QUARTERS, min_size=count, max_size=count)


@cache
def _rows(count: int, d: int) -> SearchStrategy[list[list[fmpq]]]:
    """Rows of quarters, or of rational length: unit vectors times a simple number."""
    unit = st.tuples(directions(d), LENGTHS).map(lambda pair: [c * pair[1] for c in pair[0]])
    return st.lists(st.one_of(unit, unit, _numbers(d)), min_size=count, max_size=count)


@cache
def _sizes(most: int) -> SearchStrategy[int]:
    return st.sampled_from([k for k in (1, 2, 1, 3, 2, 4, 5) if k <= most])


@st.composite
def instances(draw: DrawFn, assumes: frozenset[str], size: Size, known: bool) -> Instance:
    """An instance that satisfies the assumptions by construction."""
    d = 1 if "scalar-inputs" in assumes else draw(st.sampled_from([1, 2, 2, 3][: 1 + size.max_inputs]))
    n = draw(_sizes(min(4 if d == 3 else 5, size.max_samples)))
    x, beta = draw(_rows(n, d)), draw(PENALTIES)
    w, a = draw(networks(d, min(4, size.max_neurons)))
    if assumes & OPTIMAL:
        best = draw(optima(x, beta))
        x, beta = [list(row) for row in best.x], best.penalty
        needed = len(best.v) - ("almost-enough-neurons" in assumes)
        if assumes & {"enough-neurons", "almost-enough-neurons"} and len(w) < needed:
            w, a = w * needed, a * needed
        w, a = [row[: len(x[0])] for row in w], a
        y, z, (v, signs, patterns) = list(best.y), list(best.z), (best.v, best.signs, best.patterns)
        if known and draw(st.booleans()):
            w, a = attaining(best) or (w, a)
    else:
        z = draw(duals(x, beta, assumes))
        y = draw(labels(x, w, a, z))
        v, signs, patterns = draw(blocks(x, assumes))
    return WEIGHT_DECAY_RELU.instance(x=x, y=y, penalty=beta, w=w, a=a, z=z, v=v, signs=signs, patterns=patterns)


@st.composite
def networks(draw: DrawFn, d: int, most: int) -> tuple[list[list[fmpq]], list[fmpq]]:
    """Neurons with |w_j| = |a_j|, or of any weights."""
    m = draw(_sizes(most))
    if draw(st.booleans()):
        units = draw(st.lists(directions(d), min_size=m, max_size=m))
        lengths = draw(st.lists(LENGTHS, min_size=m, max_size=m))
        a = [s * c for s, c in zip(draw(st.lists(SIGNS, min_size=m, max_size=m)), lengths, strict=True)]
        return [[c * length for c in unit] for unit, length in zip(units, lengths, strict=True)], a
    return draw(_rows(m, d)), draw(_numbers(m))


def _outputs(x: list[list[fmpq]], w: list[list[fmpq]], a: list[fmpq]) -> list[fmpq]:
    return [sum((s * max(_dot(row, u), fmpq(0)) for u, s in zip(w, a, strict=True)), fmpq(0)) for row in x]


def _dot(p: Any, q: Any) -> fmpq:
    return sum((b * c for b, c in zip(p, q, strict=True)), fmpq(0))


@st.composite
def labels(draw: DrawFn, x: Any, w: Any, a: Any, z: list[fmpq]) -> list[fmpq]:
    """Labels y = z + f of the network, as at an optimum, or any."""
    if draw(st.booleans()):
        return [p + q for p, q in zip(_outputs(x, w, a), z, strict=True)]
    return draw(_numbers(len(x)))


@st.composite
def duals(draw: DrawFn, x: Any, beta: fmpq, assumes: frozenset[str]) -> list[fmpq]:
    """Points of the dual: a share of the largest multiple that is feasible, or satisfies a weaker condition; or any."""
    z = draw(_numbers(len(x)))
    weaker = next((WEAKER[id] for id in sorted(assumes & set(WEAKER))), None)
    if weaker is not None:
        square = weaker(_tuples(x), tuple(z))
        share = fmpq(4) if square == 0 else draw(SHARES) * root_below(beta * beta / square)
    elif "dual-feasible" in assumes or draw(st.booleans()):
        share = draw(SHARES if "dual-feasible" in assumes else AROUND) * feasible_share(_tuples(x), tuple(z), beta)
    else:
        share = fmpq(1)
    return [share * q for q in z]


def _tuples(x: Any) -> Rows:
    return tuple(tuple(row) for row in x)


@st.composite
def blocks(draw: DrawFn, x: Any, assumes: frozenset[str]) -> tuple[Any, Any, Any]:
    """Vectors of the convex program, with their own patterns, with those less some ones, or with any."""
    n, d = len(x), len(x[0])
    v = draw(st.integers(1, 3).flatmap(lambda b: _rows(b, d)))
    signs = draw(st.lists(SIGNS, min_size=len(v), max_size=len(v)))
    own = [[fmpq(int(_dot(row, u) >= 0)) for row in x] for u in v]
    if "sign-constraints" in assumes:
        return v, signs, own
    any_pattern = st.lists(st.sampled_from([fmpq(1), fmpq(0)]), min_size=n, max_size=n)
    drawn = draw(st.lists(any_pattern, min_size=len(v), max_size=len(v)))
    if "active-constraints" in assumes:
        drawn = [[p * q for p, q in zip(one, other, strict=True)] for one, other in zip(drawn, own, strict=True)]
    return v, signs, drawn


@st.composite
def optima(draw: DrawFn, x: Any, beta: fmpq) -> Optimum:
    """An exact optimum of the convex program on these inputs, or on their first coordinates."""
    z = draw(_numbers(len(x)))
    squares = draw(st.lists(st.sampled_from([fmpq(1), fmpq(2), fmpq(1, 2), fmpq(0)]), min_size=6, max_size=6))
    share = draw(
        st.sampled_from([(fmpq(1), fmpq(1)), (fmpq(1), fmpq(1, 2)), (fmpq(1, 3), fmpq(1)), (fmpq(1), fmpq(1))])
    )
    return optimum(_tuples(x), tuple(z), beta, squares, share)


def attaining(best: Optimum) -> tuple[list[list[fmpq]], list[fmpq]] | None:
    """The network (v_i / sqrt|v_i|, s_i sqrt|v_i|), where it is rational and has a neuron."""
    w, a = [], []
    for v, sign in zip(best.v, best.signs, strict=True):
        norm = sqrt_exact(_dot(v, v))
        root = None if norm is None else sqrt_exact(norm)
        if root is None:
            return None
        if root != 0:
            w.append([c / root for c in v])
            a.append(sign * root)
    return (w, a) if w else None


def drawn(assumes: frozenset[str], size: Size, known: bool) -> SearchStrategy[Instance]:
    """Instances under the assumptions.

    Raises:
        ValueError: nothing can be drawn under one of the assumptions.
    """
    refuse_unknown(assumes, KNOWN, "networks under weight decay")
    return instances(assumes, size, known)
