"""States of multilinear networks to try claims on: drawn ones, at singular vectors and elsewhere, and those of runs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np
from flint import fmpq
from hypothesis import event
from hypothesis import strategies as st

from refutable.strategies.coded_choices import Choices, choices
from refutable.strategies.supply import DrawnSupply, Size, Visited, refuse_unknown
from refutable.theorems.domains.multilinear_flow import MULTILINEAR_FLOW
from refutable.theorems.exact import rational
from refutable.theorems.instances import Instance
from refutable.theorems.ops.exact import from_matrix
from refutable.theorems.papers.mulayoff_michaeli_2020.factorisations import rotation

SINGULAR, STANDING, FIRST, SUM = (
    "singular-vectors", "standing-directions", "first-factor-singular", "singular-vectors-of-the-sum",
)  # fmt: skip
NONZERO = "nonzero-factors"
TWO, PAIRS, PULL, GENERIC, MEETS, LARGEST, COMPLETE = (
    "two-factors-one-datum", "singular-pairs", "positive-pull", "generic-start", "first-factor-meets-top",
    "first-pair-largest", "complete-pairs",
)  # fmt: skip
OF_PAIRS = frozenset({TWO, PAIRS, PULL, GENERIC, MEETS, LARGEST, COMPLETE})
KNOWN = frozenset({SINGULAR, STANDING, FIRST, SUM, NONZERO}) | OF_PAIRS

FIRST_GAINS = tuple(fmpq(p, q) for p, q in ((2, 1), (3, 1), (3, 2), (1, 1)))
GAINS = tuple(fmpq(p, q) for p, q in ((1, 1), (1, 2), (2, 1), (1, 3), (0, 1)))
SLOPES = tuple(fmpq(p, q) for p, q in ((2, 1), (1, 2), (1, 1), (1, 5)))
SHAPES = ((2, 2), (2, 1), (3, 2), (2, 3), (3, 1), (4, 2), (3, 3))
"""Numbers of factors and of their entries."""


HALVES = tuple(fmpq(p, 2) for p in (0, 2, -2, 1, -1, 4, -4, 3, -3))
"""Numbers of factors and tensors, the simplest first."""


def factor_lists(choose: Choices, layers: int, size: int) -> Any:
    """Factors [L, k] of half-integers, none 0; (1, 0, ...) first."""
    factors = choose.array(HALVES, layers, size)
    for factor in factors:
        if not any(factor):
            factor[0] = fmpq(1)
    return factors


def _array(rows: Sequence[Any]) -> Any:
    out = np.empty((len(rows), *np.shape(rows[0])), dtype=object)
    for i, row in enumerate(rows):
        out[i] = row
    return out


def outer(factors: Any) -> Any:
    """v_1 (x) ... (x) v_L, [k, ..., k]."""
    whole = factors[0]
    for factor in factors[1:]:
        whole = np.multiply.outer(whole, factor)
    return whole


def _contracted(tensor: Any, factors: Any, free: int) -> Any:
    for place in reversed(range(free + 1, len(factors))):
        tensor = np.tensordot(tensor, factors[place], axes=(place, 0))
    for place in range(free):
        tensor = np.tensordot(factors[place], tensor, axes=(0, 0))
    return tensor


def with_singular(tensor: Any, factors: Any) -> Any:
    """The tensor changed so that the factors are its singular vectors; what pulls along them is kept."""
    squares = [sum(x * x for x in factor) for factor in factors]
    for place, factor in enumerate(factors):
        pull = _contracted(tensor, factors, place)
        aside = pull - factor * (sum(p * x for p, x in zip(pull, factor, strict=True)) / squares[place])
        others = np.prod([s for i, s in enumerate(squares) if i != place])
        terms = [aside if i == place else other for i, other in enumerate(factors)]
        tensor = tensor - outer(terms) / others
    return tensor


def generic_state(choose: Choices, assumes: frozenset[str]) -> Instance:
    """A state whose factors are singular vectors of the weighted tensor, of the plain sum, or of neither."""
    layers, size = choose.among(SHAPES[:2] if TWO in assumes else SHAPES)
    count = choose.among((1,) if TWO in assumes else (2, 3) if SUM in assumes else (1, 2, 1, 3))
    factors, shape = factor_lists(choose, layers, size), (size,) * layers
    tensors = choose.array(HALVES, count, *shape)
    slopes = [SLOPES[(i + choose.below(4)) % 4] for i in range(count)]
    if PULL not in assumes and not choose.below(4):
        slopes[0] = -slopes[0]
    weights = [fmpq(1)] * count if SUM in assumes else slopes
    whole = sum((t * w for t, w in zip(tensors, weights, strict=True)), _zeros(shape))
    target = whole
    if FIRST in assumes:
        pull = _contracted(whole, factors, 0)
        factors[0] = pull if any(pull) else factors[0]
    elif assumes & {SINGULAR, STANDING, SUM}:
        target = with_singular(whole, factors)
    tensors[0] = tensors[0] + (target - whole) / weights[0]
    event(f"{layers} factors, {count} data")
    return MULTILINEAR_FLOW.instance(
        factors=factors, tensors=tensors.reshape(count, size, size ** (layers - 1)), slopes=slopes
    )


def _zeros(shape: tuple[int, ...]) -> Any:
    return np.full(shape, fmpq(0), dtype=object)


def paired_state(choose: Choices, assumes: frozenset[str]) -> Instance:
    """Two factors, one datum U diag(s) W^T with rational frames, and its pairs."""
    size = choose.among((2, 3, 2, 1))
    lengths = [choose.among((1, 2)) for _ in range(2)]
    frames = [from_matrix(rotation(size, choose.below(4))) * length for length in lengths]
    gains = [choose.among(GAINS if j else FIRST_GAINS) for j in range(size)]
    if LARGEST in assumes:
        gains[0] = max(gains[0], *(gain + 1 for gain in gains[1:]), fmpq(1))
    # A = U diag(s) W^T / (|u| |w|) has A w = s u |w| / |u|: pairs are scaled to one length.
    u, w = frames[0], frames[1] * fmpq(lengths[0], lengths[1])
    matrix = (u.T * _array(gains)) @ w / fmpq(lengths[0] ** 2)
    slope = choose.among(SLOPES)
    slope = slope if PULL in assumes or choose.below(4) else -slope
    factors = _paired_factors(choose, assumes, u, w)
    return MULTILINEAR_FLOW.instance(factors=factors, tensors=[matrix], slopes=[slope], left=u, right=w, gains=gains)


def _paired_factors(choose: Choices, assumes: frozenset[str], u: Any, w: Any) -> Any:
    """Two factors: a pair, or any that meet the first one as assumed."""
    size = len(u)
    if assumes & {SINGULAR, STANDING}:
        j = size - 1 - choose.below(size)
        return _array([u[j] * choose.among((1, 2, -1)), w[j] * choose.among((1, 3, -1))])
    factors = factor_lists(choose, 2, size)
    if MEETS in assumes and u[0] @ factors[0] == 0:
        factors[0] = factors[0] + u[0]
    if GENERIC in assumes and u[0] @ factors[0] + w[0] @ factors[1] == 0:
        factors[0] = factors[0] + u[0]
    if MEETS in assumes and choose.below(2):
        factors[1] = -w[0] * ((u[0] @ factors[0]) / (w[0] @ w[0]))
    return factors


def states(assumes: frozenset[str], size: Size, known: bool = True) -> st.SearchStrategy[Instance]:
    """States that satisfy the assumptions by construction.

    Raises:
        ValueError: an assumption id is unknown here.
    """
    refuse_unknown(assumes, KNOWN, "states of multilinear networks")
    build = paired_state if assumes & (OF_PAIRS - {TWO}) else generic_state
    return choices().map(partial(build, assumes=assumes))


RUN_STEPS, KEPT, STEP = 30, 6, 0.05
"""Steps of one run, every which step is kept, and its time step."""


class Runs:
    """Gradient flow on the exponential loss (fourth-order Runge-Kutta) in floats: factors and slopes e^-f_n re-read."""

    def offers(self, assumes: frozenset[str]) -> bool:
        """Claims about any state whose factors are not 0."""
        return assumes <= {NONZERO}

    def states(self, assumes: frozenset[str], count: int, seed: int) -> Iterable[Visited]:
        """States of several runs, in turn."""
        left = count
        for run in range(1 + count // (RUN_STEPS // KEPT)):
            for visited in self._run(seed, run):
                if left == 0:
                    return
                left -= 1
                yield visited

    def _run(self, seed: int, run: int) -> Iterator[Visited]:
        source = np.random.default_rng([seed, run])
        layers, size = ((2, 2), (3, 2), (2, 3))[run % 3]
        factors = 0.5 * source.standard_normal((layers, size))
        tensors = np.round(source.standard_normal((1 + run % 2, *[size] * layers)), 2)
        for step in range(1, RUN_STEPS + 1):
            factors = runge_kutta_step(factors, tensors, STEP)
            if step % KEPT == 0 and np.isfinite(factors).all():
                slopes = np.exp(-float_outputs(factors, tensors))
                yield Visited(_reread(factors, tensors, slopes), f"seed {seed}, run {run}, step {step}", run)


def _reread(factors: Any, tensors: Any, slopes: Any) -> Instance:
    read = np.vectorize(lambda x: rational(float(np.float32(x))), otypes=[object])
    flat = tensors.reshape(len(tensors), tensors.shape[1], -1)
    return MULTILINEAR_FLOW.instance(factors=read(factors), tensors=read(flat), slopes=read(slopes))


def float_outputs(factors: Any, tensors: Any) -> Any:
    """f_n [n] of float factors [L, k] and tensors [n, k, ..., k]."""
    flat = tensors.reshape(len(tensors), -1)
    for factor in reversed(factors):
        flat = flat.reshape(len(tensors), -1, len(factor)) @ factor
    return flat[:, 0]


def float_velocities(factors: Any, tensors: Any) -> Any:
    """Velocities [L, k] of the gradient flow on the sum of e^-f_n."""
    whole = np.exp(-float_outputs(factors, tensors)) @ tensors.reshape(len(tensors), -1)
    return np.array([_folded(whole, factors, place) for place in range(len(factors))])


def _folded(flat: Any, factors: Any, free: int) -> Any:
    """T o (v_1, .., I, .., v_L) of a flat float tensor."""
    size = len(factors[0])
    for factor in factors[:free:-1]:
        flat = flat.reshape(-1, size) @ factor
    for factor in factors[:free]:
        flat = factor @ flat.reshape(size, -1)
    return flat


def runge_kutta_step(factors: Any, tensors: Any, step: float) -> Any:
    """One step of the classical method of order four."""
    a = float_velocities(factors, tensors)
    b = float_velocities(factors + step / 2 * a, tensors)
    c = float_velocities(factors + step / 2 * b, tensors)
    d = float_velocities(factors + step * c, tensors)
    return factors + step / 6 * (a + 2 * b + 2 * c + d)


SUPPLY = DrawnSupply(MULTILINEAR_FLOW, states, Runs())
