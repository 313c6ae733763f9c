"""False variants of the Fourier domain's product: other powers of d, other conventions mixed in."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from flint import fmpq

from refutable.theorems.checks import Check
from refutable.theorems.claims import Claim
from refutable.theorems.domains.circular_convolution import CIRCULAR_CONVOLUTION
from refutable.theorems.domains.circular_convolution.fourier import (
    evaluations,
    filter_transforms,
    layers,
    products,
    root,
)
from refutable.theorems.instances import Instance
from refutable.theorems.records import Mutant
from refutable.theorems.views import View

Conclusion = Callable[[View], Iterable[Check]]


def network(x: Any, filters: Any, output: Any, slope: Any = 1) -> Instance:
    """Instance from the datum, hidden filters and output weights."""
    return CIRCULAR_CONVOLUTION.instance(x=x, filters=filters, output=output, slope=slope)


PAIR = network((1, 0), ((1, 0),), (1, 0))
"""d = L = 2, all factors e_1: beta = e_1."""
STEP = network((1, 0, 0), ((0, 1, 0),), (1, 0, 0))
"""A filter that reads the entry to the left: beta = e_2."""
EDGE = network((1, 1, 1), ((1, 1, 0),), (0, 0, 1))
"""The filter reaches over the end of the datum."""


def _compared(power: Callable[[int], int], left: str = "transformed_predictor") -> Conclusion:
    def concludes(view: View) -> Iterable[Check]:
        yield Check(view[left], "==", view["transformed_filters"] * root(view, power(layers(view))))

    return concludes


def _turned(view: View) -> Iterable[Check]:
    scale = root(view, layers(view) - 1)
    return [Check(view["transformed_predictor"], "==", view["turned_filters"] * scale)]


def _filled_up(view: View) -> Iterable[Check]:
    """beta of layers that see zeros beyond the datum's end."""
    size = len(view["x"])
    rows = view.ops.identity(np.ones((size, size), dtype=object))
    for filter in view["filters"]:
        parts = [_shifted(rows, k) * weight for k, weight in enumerate(filter)]
        rows = sum(parts[1:], parts[0])
    beta = (rows * view["output"]).sum(-1)
    scale = root(view, layers(view) - 1)
    yield Check(evaluations(beta) * root(view, -1), "==", view["transformed_filters"] * scale)


def _shifted(rows: Any, k: int) -> Any:
    zeros = np.full((len(rows), k), fmpq(0), dtype=object)
    return np.concatenate([rows[:, k:], zeros], axis=1)


def _without_output(view: View) -> Iterable[Check]:
    hidden = products(filter_transforms(view)[:-1], len(view["x"]))
    count = layers(view)
    yield Check(view["transformed_predictor"], "==", hidden * root(view, -(count - 1)) * root(view, count - 1))


def _no_conjugate(view: View) -> Iterable[Check]:
    """sum_j (F x)_j prod_l (F w_l)_j, the transform of x not conjugated."""
    size = len(view["x"])
    rows = products([evaluations(view["x"]), *filter_transforms(view)], size)
    found = rows.sum(0) / fmpq(size)
    yield Check(found, "==", np.array([view["prediction"], *[fmpq(0)] * (len(found) - 1)], dtype=object))


def _sum(view: View) -> Iterable[Check]:
    rows = filter_transforms(view)
    scale = root(view, layers(view) - 1) * root(view, -1)
    yield Check(view["transformed_predictor"], "==", sum(rows[1:], rows[0]) * scale)


def _mutant(id: str, statement: str, concludes: Conclusion, why: str, killer: Instance) -> Mutant:
    return Mutant(id, Claim(f"fourier-{id}", CIRCULAR_CONVOLUTION, statement, (), concludes), why, killer)


MUTANTS = (
    _mutant(
        "power-of-all-layers", "F beta = d^(L/2) prod_l F w_l", _compared(lambda count: count),
        "one factor sqrt(d) goes to F beta itself", PAIR,
    ),
    _mutant(
        "power-not-halved", "F beta = d^(L-1) prod_l F w_l", _compared(lambda count: 2 * (count - 1)),
        "each product of two transforms costs sqrt(d), not d", PAIR,
    ),
    _mutant(
        "other-convention-mixed-in", "F beta = prod_l F w_l for layers without 1/sqrt(d)", _compared(lambda count: 0),
        "that is the formula for layers with 1/sqrt(d)", PAIR,
    ),
    _mutant(
        "root-d-counted-twice", "with 1/sqrt(d) in every hidden layer, F beta = d^((L-1)/2) prod_l F w_l",
        _compared(lambda count: count - 1, "transformed_scaled_predictor"),
        "the layers' factors take the power of d away", PAIR,
    ),
    _mutant(
        "one-power-for-any-depth", "F beta = d^(1/2) prod_l F w_l at every depth", _compared(lambda count: 1),
        "every hidden layer adds its own", network((1, 0), ((1, 0), (1, 0)), (1, 0)),
    ),
    _mutant(
        "convolution-for-correlation", "F beta = d^((L-1)/2) prod_l F w_l for layers that convolve",
        _compared(lambda count: count - 1, "transformed_convolution"),
        "a convolution shifts the other way: the hidden transforms are conjugated", STEP,
    ),
    _mutant(
        "conjugated-filters", "F beta = d^((L-1)/2) F w_L prod_(l<L) conj(F w_l) for layers that correlate", _turned,
        "that is the formula for layers that convolve", STEP,
    ),
    _mutant(
        "zeros-beyond-the-end", "the same with zeros beyond the end of the datum in place of its start", _filled_up,
        "the transform sees a circle", EDGE,
    ),
    _mutant(
        "output-left-out", "F beta = d^((L-1)/2) times the product over the hidden layers alone", _without_output,
        "the output weights are the last factor", STEP,
    ),
    _mutant(
        "sum-for-product", "F beta = d^((L-1)/2) sum_l F w_l", _sum, "filters multiply", PAIR,
    ),
    _mutant(
        "datum-not-conjugated", "f(x) = d^((L-1)/2) sum_j (F x)_j prod_l (F w_l)_j", _no_conjugate,
        "<beta, x> is the product of F beta with the conjugate of F x", network((0, 1, 0), ((0, 1, 0),), (1, 0, 0)),
    ),
)  # fmt: skip
