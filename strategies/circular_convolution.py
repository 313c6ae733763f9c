"""Circular-convolutional networks to try claims on: drawn ones, ones that stand still, and states of runs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

import numpy as np
from flint import fmpq
from hypothesis import event
from hypothesis import strategies as st

from refutable.strategies.coded_choices import Choices, choices
from refutable.strategies.supply import DrawnSupply, Size, Visited, refuse_unknown
from refutable.theorems.domains.circular_convolution import CIRCULAR_CONVOLUTION
from refutable.theorems.domains.circular_convolution.moves import hidden_layer
from refutable.theorems.exact import rational, sign
from refutable.theorems.instances import Instance

ONE, TWO = "filter-of-1", "filter-of-2"
STANDS, TOP, CORRELATED = "direction-stands", "top-value", "neighbours-correlated"
DATUM, FALLING, GENERIC, MEETS = "nonzero-datum", "falling-loss", "generic-modes", "output-meets-top"
GENERIC_ONE = "generic-mode-of-one-entry"
KNOWN = frozenset({ONE, TWO, STANDS, TOP, CORRELATED, DATUM, FALLING, GENERIC, MEETS, GENERIC_ONE})

SIZES = (3, 2, 4, 5, 1, 6, 8)
SLOPES = tuple(fmpq(p, q) for p, q in ((2, 1), (1, 1), (1, 2), (1, 5)))
ENTRIES = (0, 1, -1, 2, -2, 3, -3)
"""Numerators, the simplest first."""
NUMBERS = {unit: tuple(fmpq(entry, unit) for entry in ENTRIES) for unit in (1, 2)}
"""Entries of vectors, by their denominator."""
FACTORS = tuple(fmpq(p, q) for p, q in ((1, 1), (2, 1), (1, 2), (3, 1)))


def vector(choose: Choices, size: int, unit: int = 1) -> Any:
    """Multiples of 1/unit, not all 0; (1, 0, ...) first."""
    out = choose.array(NUMBERS[unit], size)
    if not any(out):
        out[0] = fmpq(1)
    return out


def datum(choose: Choices, size: int, correlated: bool) -> Any:
    """A datum; where its neighbours must be correlated, all entries grow until they are."""
    x = vector(choose, size)
    while correlated and x @ np.roll(x, -1) == 0:
        x = x + fmpq(1)
    return x


def network(choose: Choices) -> Instance:
    """Any network: its filters may be shorter than the datum."""
    size, hidden = choose.among(SIZES), choose.among((1, 2, 1, 3))
    length = size - choose.below(size)
    event(f"{hidden} hidden layers, {'full' if length == size else 'short'} filters")
    filters = [vector(choose, length, 2) for _ in range(hidden)]
    return _instance(vector(choose, size), filters, vector(choose, size, 2), fmpq(1))


def _instance(x: Any, filters: Any, output: Any, slope: fmpq) -> Instance:
    return CIRCULAR_CONVOLUTION.instance(x=x, filters=filters, output=output, slope=slope)


def standing_filters(x: Any, length: int) -> list[Any]:
    """Filters w that are singular vectors of (x, x_left, ..) with M w not 0; that of the larger value first."""
    side = 1 if x @ np.roll(x, -1) >= 0 else -1
    known = {1: [[1]], 2: [[1, side], [1, -side]], 3: [[1, 0, -1]]}[length]
    found = [np.array([fmpq(entry) for entry in w], dtype=object) for w in known]
    return [w for w in found if any(hidden_layer(x, w))]


def top_filter(x: Any) -> Any:
    """(1, sgn<x, x_left>), the sign of 0 taken as 1."""
    return standing_filters(x, 2)[0]


def standing_network(choose: Choices, assumes: frozenset[str]) -> Instance:
    """One hidden layer; a pair of singular vectors with f > 0."""
    length = choose.among((1,) if ONE in assumes else (2,) if assumes & {TWO, TOP} else (2, 1, 3))
    x = datum(choose, choose.among((4, 3, 5, 6)), CORRELATED in assumes)
    filters = standing_filters(x, length) or standing_filters(x, 1)
    chosen = 0 if TOP in assumes else len(filters) - 1 - choose.below(len(filters))
    w = filters[chosen] * choose.among(FACTORS) * choose.among((1, -1))
    event(f"standing filter of {len(w)}")
    output = hidden_layer(x, w) * choose.among(FACTORS)
    return _instance(x, [w], output, choose.among(SLOPES))


def flowing_network(choose: Choices, assumes: frozenset[str]) -> Instance:
    """One hidden layer with filters of two entries, or of one, anywhere on its way."""
    length = 1 if ONE in assumes else 2
    x = datum(choose, choose.among((3, 2, 4, 5)), CORRELATED in assumes or choose.below(4) < 3)
    slope = choose.among(SLOPES)
    slope = slope if FALLING in assumes or choose.below(4) else -slope
    w, v = vector(choose, length, 2), vector(choose, len(x), 2)
    if length == 2 and choose.below(2):
        event("the filter of the larger singular value")
        w = top_filter(x)
    if MEETS in assumes and choose.below(4) < 3:
        event("first mode 0")
        x, (w, v) = np.array([fmpq(1), fmpq(1)], dtype=object), _opposed(w, fmpq(choose.below(7) - 3))
    elif MEETS in assumes and hidden_layer(x, top_filter(x)) @ v == 0:
        v = v + hidden_layer(x, top_filter(x))
    if GENERIC_ONE in assumes and (x @ v) ** 2 == (x @ x) * w[0] ** 2:
        v = x * w[0]
    drawn = _instance(x, [w], v, slope)
    if GENERIC in assumes and not has_first_mode(drawn):
        drawn = _instance(x, [w], v + hidden_layer(x, top_filter(x)), slope)
    return drawn


def has_first_mode(instance: Instance) -> bool:
    """Whether the first mode is not 0."""
    return sign(CIRCULAR_CONVOLUTION.view(instance)["growing_modes"][0]) != 0


def _opposed(w: Any, aside: fmpq) -> tuple[Any, Any]:
    """A filter and output weights whose first mode is 0 at the datum (1, 1): s_+ = 2, both entries of M w_+ are 2."""
    w = w if w[0] + w[1] != 0 else np.array([w[0] + 1, w[1]], dtype=object)
    return w, np.array([aside - w[0], -aside - w[1]], dtype=object)


def states(assumes: frozenset[str], size: Size, known: bool = True) -> st.SearchStrategy[Instance]:
    """Networks that satisfy the assumptions by construction.

    Raises:
        ValueError: an assumption id is unknown here.
    """
    refuse_unknown(assumes, KNOWN, "circular-convolutional networks")
    if not assumes:
        return choices().map(network)
    build = standing_network if assumes & {STANDS, TOP} else flowing_network
    return choices().map(partial(build, assumes=assumes))


RUN_STEPS, KEPT, STEP = 25, 5, 0.05
"""Steps of one run, every which step is kept, and its time step."""


class Runs:
    """Gradient flow on the exponential loss with one datum (midpoint rule) in floats, filters of two entries."""

    def offers(self, assumes: frozenset[str]) -> bool:
        """Claims about states on the way."""
        return assumes <= {TWO, DATUM, FALLING, GENERIC} and TWO in assumes

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
        x = source.integers(-2, 3, 3 + run % 3).astype(float)
        x[0] = x[0] or 1.0
        matrix = np.stack([x, np.roll(x, -1)], axis=1)
        w, v = 0.5 * source.standard_normal(2), 0.5 * source.standard_normal(len(x))
        for step in range(1, RUN_STEPS + 1):
            a, b = pulls(matrix, w, v)
            a, b = pulls(matrix, w + STEP / 2 * a, v + STEP / 2 * b)
            w, v = w + STEP * a, v + STEP * b
            if step % KEPT == 0 and np.isfinite(v).all():
                slope = float(np.exp(-v @ matrix @ w))
                read = _instance(x, [_reread(w)], _reread(v), _reread([slope])[0])
                yield Visited(read, f"seed {seed}, run {run}, step {step}", run)


def pulls(matrix: Any, w: Any, v: Any) -> tuple[Any, Any]:
    """Velocities of the filter and of the output weights on the loss e^-f."""
    slope = np.exp(-v @ matrix @ w)
    return slope * (matrix.T @ v), slope * (matrix @ w)


def _reread(numbers: Any) -> Any:
    out = np.empty(len(numbers), dtype=object)
    out[:] = [rational(float(np.float32(number))) for number in numbers]
    return out


SUPPLY = DrawnSupply(CIRCULAR_CONVOLUTION, states, Runs())
