"""Instances by chance. Code 0 is one neuron, one datum and one input."""

from __future__ import annotations

from typing import Any

from flint import fmpq
from hypothesis.strategies import SearchStrategy

from refutable.strategies.coded_choices import Choices, choices
from refutable.strategies.supply import Size, refuse_unknown
from refutable.strategies.weight_decay_relu.optima import (
    Optimum,
    feasible_share,
    optimum,
    root_below,
    unconstrained,
)
from refutable.strategies.weight_decay_relu.units import LENGTHS, UNITS, turned_axes
from refutable.theorems.domains.weight_decay_relu import WEIGHT_DECAY_RELU
from refutable.theorems.domains.weight_decay_relu.arrangement import Row
from refutable.theorems.domains.weight_decay_relu.dual import touching
from refutable.theorems.domains.weight_decay_relu.weaker import WEAKER
from refutable.theorems.exact import sqrt_exact
from refutable.theorems.instances import Instance

OPTIMAL, RESIDUAL = "stationary", "residual-dual"
PLAIN = frozenset({"dual-feasible", "sign-constraints", OPTIMAL, "scalar-inputs", "enough-neurons"})
KNOWN = PLAIN | frozenset(WEAKER) | {"active-constraints", "almost-enough-neurons", RESIDUAL}

ONE = fmpq(1)
PENALTIES = (ONE, fmpq(1, 2), fmpq(2), fmpq(1, 8), fmpq(5), fmpq(1, 32))
SHARES = (ONE, ONE, fmpq(1, 2), ONE, fmpq(7, 8), fmpq(0), fmpq(1023, 1024))
AROUND = (fmpq(2), fmpq(5, 4), fmpq(4), ONE, fmpq(3, 2))
SIDES = ((ONE, ONE), (ONE, fmpq(1, 2)), (fmpq(1, 3), ONE), (ONE, ONE))
ROOTS = (ONE, fmpq(2), fmpq(1, 2), ONE, fmpq(0))
TOO_LONG = (fmpq(9, 8), fmpq(2), fmpq(3, 2), fmpq(5, 4), ONE)
NUMBERS = (*(fmpq(s * j, 4) for j in (4, 8, 2, 12, 6, 1, 3, 10, 5, 9, 7, 11) for s in (1, -1)), fmpq(0))
"""Quarters, 0 last."""
SIGNS = (ONE, -ONE)
SIZES = (1, 2, 1, 3, 2, 4, 5)

Neurons = tuple[list[Row], list[fmpq]]
Vectors = tuple[Any, Any, Any]


def _instance(code: Choices, assumes: frozenset[str], size: Size, known: bool) -> Instance:
    """An instance that satisfies the assumptions by construction."""
    d = 1 if "scalar-inputs" in assumes else code.among((1, 2, 2, 3)[: 1 + size.max_inputs])
    n = _size(code, min(4 if d == 3 else 5, size.max_samples))
    beta, most = code.among(PENALTIES), min(4, size.max_neurons)
    if OPTIMAL in assumes:
        return _at_optimum(code, assumes, optima(code, n, d, beta, assumes), most, known)
    x = _rows(code, n, d)
    if RESIDUAL in assumes:
        w, a = balanced(code, d, most)
        z, block = duals(code, x, beta, assumes), lengthened(code, x, w, a)
        y = _sum(_outputs(x, block[0], block[1]), z)
    else:
        z = duals(code, x, beta, assumes)
        faced = facing(x, z) if assumes & set(WEAKER) and code.below(2) else None
        w, a = faced or networks(code, d, most)
        y = labels(code, x, w, a, z) if faced is None else _sum(_outputs(x, w, a), z)
        block = blocks(code, x, assumes)
    return _built(x, y, beta, w, a, z, block)


def _built(x: Any, y: Any, beta: fmpq, w: Any, a: Any, z: Any, block: Vectors) -> Instance:
    v, signs, patterns = block
    return WEIGHT_DECAY_RELU.instance(x=x, y=y, penalty=beta, w=w, a=a, z=z, v=v, signs=signs, patterns=patterns)


def _size(code: Choices, most: int) -> int:
    return code.among([k for k in SIZES if k <= most])


def _numbers(code: Choices, count: int) -> list[fmpq]:
    return [code.among(NUMBERS) for _ in range(count)]


def _rows(code: Choices, count: int, d: int) -> list[Row]:
    """Rows of rational length: unit vectors times a simple number; or rows of quarters."""
    return [_scaled_unit(code, d) if code.below(3) < 2 else tuple(_numbers(code, d)) for _ in range(count)]


def _scaled_unit(code: Choices, d: int) -> Row:
    length = code.among(LENGTHS)
    return tuple(length * c for c in code.among(UNITS[d]))


def balanced(code: Choices, d: int, most: int) -> Neurons:
    """Neurons with |w_j| = |a_j|."""
    w, a = [], []
    for _ in range(_size(code, most)):
        length, sign = code.among(LENGTHS), code.among(SIGNS)
        w.append(tuple(length * c for c in code.among(UNITS[d])))
        a.append(sign * length)
    return w, a


def networks(code: Choices, d: int, most: int) -> Neurons:
    """Neurons with |w_j| = |a_j|, or of any weights."""
    if code.below(2) == 0:
        return balanced(code, d, most)
    m = _size(code, most)
    return _rows(code, m, d), _numbers(code, m)


def _dot(p: Any, q: Any) -> fmpq:
    return sum((b * c for b, c in zip(p, q, strict=True)), fmpq(0))


def _outputs(x: Any, w: Any, a: Any) -> list[fmpq]:
    return [sum((s * max(_dot(row, u), fmpq(0)) for u, s in zip(w, a, strict=True)), fmpq(0)) for row in x]


def _sum(p: list[fmpq], q: list[fmpq]) -> list[fmpq]:
    return [b + c for b, c in zip(p, q, strict=True)]


def facing(x: list[Row], z: list[fmpq]) -> Neurons | None:
    """A neuron, balanced up to rounding, along the direction of the largest |z.(Xu)_+|; None where all are 0."""
    best = next(iter(touching(tuple(x), tuple(z))), None)
    if best is None:
        return None
    return [best.direction], [best.sign * root_below(_dot(best.direction, best.direction))]


def _own_patterns(x: Any, vectors: Any) -> list[list[fmpq]]:
    return [[fmpq(int(_dot(row, u) >= 0)) for row in x] for u in vectors]


def labels(code: Choices, x: Any, w: Any, a: Any, z: list[fmpq]) -> list[fmpq]:
    """Labels y = z + f of the network, as at an optimum, or any."""
    if code.below(2) == 0:
        return _sum(_outputs(x, w, a), z)
    return _numbers(code, len(x))


def duals(code: Choices, x: list[Row], beta: fmpq, assumes: frozenset[str]) -> list[fmpq]:
    """Points of the dual: a share of the largest multiple that is feasible, or satisfies a weaker condition; or any."""
    z, rows = _numbers(code, len(x)), tuple(x)
    weaker = next((WEAKER[id] for id in sorted(assumes & set(WEAKER))), None)
    if weaker is not None:
        square = weaker(rows, tuple(z))
        share = fmpq(4) if square == 0 else code.among(SHARES) * root_below(beta * beta / square)
    elif "dual-feasible" in assumes:
        share = code.among(SHARES) * feasible_share(rows, tuple(z), beta)
    else:
        share = code.among(AROUND)
    return [share * q for q in z]


def blocks(code: Choices, x: list[Row], assumes: frozenset[str]) -> Vectors:
    """Vectors of the convex program, with their own patterns, with those less some ones, or with any."""
    v = _rows(code, 1 + code.below(3), len(x[0]))
    signs, own = [code.among(SIGNS) for _ in v], _own_patterns(x, v)
    if "sign-constraints" in assumes:
        return v, signs, own
    drawn = [[code.among(BITS) for _ in x] for _ in v]
    if "active-constraints" in assumes:
        drawn = [[p * q for p, q in zip(one, other, strict=True)] for one, other in zip(drawn, own, strict=True)]
    return v, signs, drawn


BITS = (ONE, fmpq(0))


def lengthened(code: Choices, x: list[Row], w: list[Row], a: list[fmpq]) -> Vectors:
    """The vectors that the neurons become, a little too long."""
    factor = code.among(TOO_LONG)
    v = [tuple(factor * abs(s) * c for c in u) for u, s in zip(w, a, strict=True)]
    return v, [ONE if s > 0 else -ONE for s in a], _own_patterns(x, v)


def optima(code: Choices, n: int, d: int, beta: fmpq, assumes: frozenset[str]) -> Optimum:
    """An exact optimum of the convex program on drawn inputs, or on their first coordinates.

    Without sign constraints also a point that the same conditions hold at, with both sides of its plane active.
    """
    if d > 1 and code.below(4) < 3:
        x, z = turned_axes(code, n, d)
    else:
        x, z = _rows(code, n, d), _numbers(code, n)
    squares = [code.among(ROOTS) for _ in range(6)]
    if "sign-constraints" not in assumes and code.below(2):
        return unconstrained(tuple(x), tuple(z), squares[0])
    return optimum(tuple(x), tuple(z), beta, squares, code.among(SIDES))


def _at_optimum(code: Choices, assumes: frozenset[str], best: Optimum, most: int, known: bool) -> Instance:
    """The optimum beside any network, or beside its own one."""
    w, a = networks(code, len(best.x[0]), most)
    needed = len(best.v) - ("almost-enough-neurons" in assumes)
    if assumes & {"enough-neurons", "almost-enough-neurons"} and len(w) < needed:
        w, a = w * needed, a * needed
    if known and code.below(2):
        w, a = attaining(best) or (w, a)
    return _built(best.x, best.y, best.penalty, w, a, best.z, (best.v, best.signs, best.patterns))


def attaining(best: Optimum) -> Neurons | None:
    """The network (v_i / sqrt|v_i|, s_i sqrt|v_i|), where it is rational and has a neuron."""
    w, a = [], []
    for v, sign in zip(best.v, best.signs, strict=True):
        norm = sqrt_exact(_dot(v, v))
        root = None if norm is None else sqrt_exact(norm)
        if root is None:
            return None
        if root != 0:
            w.append(tuple(c / root for c in v))
            a.append(sign * root)
    return (w, a) if w else None


def drawn(assumes: frozenset[str], size: Size, known: bool) -> SearchStrategy[Instance]:
    """Instances under the assumptions.

    Raises:
        ValueError: nothing can be drawn under one of the assumptions.
    """
    refuse_unknown(assumes, KNOWN, "networks under weight decay")
    return choices().map(lambda code: _instance(code, assumes, size, known))
