"""The residual's limit: w_tilde with eta exp(-x_n.w_tilde) = alpha_n on the support vectors.

With independent support vectors X_S and ratios q_n = eta/alpha_n it is w_tilde = X_S^+ log q + (I - X_S^+ X_S) start, a
rational combination of logarithms: identities between such numbers are identities of matrices.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from flint import fmpq, fmpq_mat

from refutable.theorems.domains.separable.dual import separated, simplest_rows
from refutable.theorems.exact import Number, as_real, log, power, rational
from refutable.theorems.exact.exponential_sums import exponential
from refutable.theorems.ops.exact import from_matrix, to_matrix
from refutable.theorems.views import Quantity, View


@dataclass(frozen=True)
class Limit:
    """w_tilde = offset + coefficients log(ratios).

    Attributes:
        coefficients: X_S^+ [d, k].
        offset: (I - X_S^+ X_S) start [d, 1].
        ratios: eta / alpha_n of the support vectors [k], all positive.
        rows: X_S [k, d].
    """

    coefficients: fmpq_mat
    offset: fmpq_mat
    ratios: tuple[fmpq, ...]
    rows: fmpq_mat

    @property
    def projection(self) -> fmpq_mat:
        """X_S^+ X_S [d, d]: onto the span of the support vectors."""
        return self.coefficients * self.rows

    @cached_property
    def logs(self) -> tuple[Number, ...]:
        """log(eta/alpha_n) [k]."""
        return tuple(log(q) for q in self.ratios)

    def value(self) -> list[Number]:
        """The entries of w_tilde [d]."""
        found: list[Number] = []
        for i in range(self.coefficients.nrows()):
            entry: Number = self.offset[i, 0]
            for j, number in enumerate(self.logs):
                if self.coefficients[i, j] != 0:
                    entry = as_real(entry) + number * self.coefficients[i, j]
            found.append(entry)
        return found

    def exponentials(self, rows: fmpq_mat) -> list[Number]:
        """exp(-x.w_tilde) for rows x [m, d]: products of powers of the ratios, rational for integer exponents."""
        exponents, offsets = rows * self.coefficients, rows * self.offset
        found: list[Number] = []
        for i in range(rows.nrows()):
            number = exponential(-offsets[i, 0])
            for j, q in enumerate(self.ratios):
                if exponents[i, j] != 0:
                    number = number * as_real(power(q, -exponents[i, j]))
            found.append(number)
        return [plain(number) for number in found]


def plain(number: Number) -> Number:
    """The number as a rational where it is one."""
    exact = as_real(number).exact()
    return number if exact is None else exact


def limit_of(view: View, ratios: list[fmpq] | None = None) -> Limit:
    """w_tilde of an instance; or the same with other ratios in place of eta/alpha_n, one a support vector.

    Raises:
        ValueError: the data are not separable, or a support vector has multiplier 0.
    """
    margin = separated(view)
    if margin.positive != margin.support:
        raise ValueError("a support vector has multiplier 0, or they depend on each other: there is no residual limit")
    x, step_size = _exact(view, "x"), _exact(view, "step_size")
    rows = fmpq_mat([[x[i][j] for j in range(len(x[0]))] for i in margin.support])
    coefficients = rows.transpose() * (rows * rows.transpose()).inv()
    start = fmpq_mat(len(x[0]), 1, list(_exact(view, "start")) if view.has("start") else [fmpq(0)] * len(x[0]))
    offset = start - coefficients * (rows * start)
    return Limit(
        coefficients, offset, tuple(ratios or (step_size / margin.multipliers[i] for i in margin.support)), rows
    )


def _exact(view: View, name: str) -> Any:
    """A field as rationals; floats exactly, but data as the maximum margin reads them."""
    value = view[name]
    if view.ops.exact:
        return value
    if name == "x":
        return simplest_rows(value)
    items = value.detach().cpu().reshape(-1).tolist()
    return rational(items[0]) if name == "step_size" else [rational(item) for item in items]


def in_arithmetic(view: View, values: Sequence[Number]) -> Any:
    """Numbers as an array of the view's arithmetic."""
    if not view.ops.exact:
        return view.ops.array([float(as_real(v)) for v in values])
    out = np.empty(len(values), dtype=object)
    out[:] = list(values)
    return out


def _off_support(view: View) -> Any:
    """(I - X_S^+ X_S) x_n [n, d], zero where the support vectors span the data."""
    x, p = to_matrix(view["x"]), view["residual_limit_form"].projection
    return from_matrix(x - x * p)


LIMIT = (
    Quantity("residual_limit_form", limit_of, "w_tilde as rational combinations of logarithms"),
    Quantity(
        "residual_limit",
        lambda view: in_arithmetic(view, view["residual_limit_form"].value()),
        "w_tilde: eta exp(-x_n.w_tilde) = alpha_n on the support vectors, off their span the start [d]",
    ),
    Quantity(
        "log_ratios",
        lambda view: in_arithmetic(view, view["residual_limit_form"].logs),
        "log(eta/alpha_n) on the support vectors in order [k]",
    ),
    Quantity("off_support", _off_support, "the parts of the data off the span of the support vectors [n, d]"),
)
