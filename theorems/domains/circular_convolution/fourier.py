"""Discrete Fourier transforms exactly: numbers of the cyclotomic field Q(e^{-2 pi i/d}), times a power of sqrt(d).

A number is a vector of coefficients of 1, zeta, ..., zeta^(phi(d)-1): equal numbers have equal vectors. The unitary
transform is F_jk = zeta^(jk) / sqrt(d), zeta = e^{-2 pi i/d}.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from flint import fmpq, fmpq_poly, fmpz_poly

from refutable.theorems.domains.circular_convolution.network import activations, convolved, units
from refutable.theorems.ops.exact import ExactOps
from refutable.theorems.ops.protocol import NotCertified
from refutable.theorems.views import Quantity, View


@cache
def powers(d: int) -> Any:
    """Coefficients of zeta^m, m = 0 .. d-1, [d, phi(d)]."""
    whole = fmpq_poly(fmpz_poly.cyclotomic(d))
    rows = [coefficients(fmpq_poly([0] * m + [1]), whole) for m in range(d)]
    return np.array(rows, dtype=object)


def coefficients(polynomial: fmpq_poly, modulus: fmpq_poly) -> list[fmpq]:
    """Those of the remainder, as many as the degree of the modulus."""
    rest = polynomial % modulus
    return [rest[i] for i in range(modulus.degree())]


def evaluations(vector: Any, sign: int = 1) -> Any:
    """sum_k vector_k zeta^(sign j k) for j = 0 .. d-1, [d, phi(d)]."""
    d = len(vector)
    table = powers(d)
    places = (sign * np.outer(np.arange(d), np.arange(d))) % d
    return np.tensordot(table[places], vector, axes=(1, 0))


def products(rows: list[Any], d: int) -> Any:
    """The product of rational field numbers, entry by entry: rows [d, phi(d)] each."""
    modulus = fmpq_poly(fmpz_poly.cyclotomic(d))
    out = []
    for j in range(d):
        value = fmpq_poly([1])
        for row in rows:
            value = value * fmpq_poly(list(row[j])) % modulus
        out.append(coefficients(value, modulus))
    return np.array(out, dtype=object)


def _exactly(view: View) -> int:
    """The number of entries d. Raises NotCertified in floats."""
    if not view.ops.exact:
        raise NotCertified("numbers of a cyclotomic field are exact")
    return len(view["x"])


def root(view: View, power: int) -> Any:
    """sqrt(d)^power, for a power of any sign."""
    d = _exactly(view)
    whole = fmpq(d) ** (power // 2)
    return whole if power % 2 == 0 else whole * ExactOps().sqrt(fmpq(d))


def padded(view: View, filter: Any) -> Any:
    """A filter filled up with zeros to d entries."""
    out = np.full(_exactly(view), fmpq(0), dtype=object)
    out[: len(filter)] = filter
    return out


def layers(view: View) -> int:
    """L: hidden layers and the output weights."""
    return len(view["filters"]) + 1


def filter_transforms(view: View, turned: bool = False) -> list[Any]:
    """sqrt(d) F w_l of every factor, the output weights last, [d, phi(d)] each; ``turned``: hidden conjugated."""
    sign = -1 if turned else 1
    hidden = [evaluations(padded(view, filter), sign) for filter in view["filters"]]
    return [*hidden, evaluations(view["output"])]


def transformed_predictor(view: View) -> Any:
    """F beta, beta as the network computes it."""
    return evaluations(view["predictor"]) * root(view, -1)


def transformed_filters(view: View) -> Any:
    """prod_l F w_l, entry by entry."""
    return products(filter_transforms(view), _exactly(view)) * root(view, -layers(view))


def turned_filters(view: View) -> Any:
    """F w_L times the conjugates of F w_1, ..., F w_(L-1)."""
    return products(filter_transforms(view, True), _exactly(view)) * root(view, -layers(view))


def transformed_scaled_predictor(view: View) -> Any:
    """F beta of the network whose hidden layers carry a factor 1/sqrt(d)."""
    unit = root(view, -1)
    rows = units(view)
    scaled = View(view.domain, view.ops, {"filters": view["filters"] * unit})
    return evaluations((activations(scaled, rows) * view["output"]).sum(-1)) * unit


def transformed_convolution(view: View) -> Any:
    """F beta of the network whose hidden layers convolve, sum_k h_(i-k) w_k."""
    rows = units(view)
    for filter in view["filters"]:
        rows = convolved(view.ops, rows, filter)
    return evaluations((rows * view["output"]).sum(-1)) * root(view, -1)


def spectral_prediction(view: View) -> Any:
    """d^((L-1)/2) sum_j conj(F x)_j prod_l (F w_l)_j as a field number [phi(d)]."""
    d = _exactly(view)
    rows = products([evaluations(view["x"], -1), *filter_transforms(view)], d)
    return rows.sum(0) / fmpq(d)


QUANTITIES = (
    Quantity("transformed_predictor", transformed_predictor, "F beta, [d, phi(d)]"),
    Quantity("transformed_filters", transformed_filters, "prod_l F w_l, [d, phi(d)]"),
    Quantity("turned_filters", turned_filters, "F w_L prod_(l<L) conj(F w_l), [d, phi(d)]"),
    Quantity("transformed_scaled_predictor", transformed_scaled_predictor, "F beta with layers times 1/sqrt(d)"),
    Quantity("transformed_convolution", transformed_convolution, "F beta with layers that convolve"),
    Quantity("spectral_prediction", spectral_prediction, "d^((L-1)/2) sum_j conj(Fx)_j prod_l (F w_l)_j, [phi(d)]"),
)
