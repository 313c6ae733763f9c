"""What a network of circular correlations computes, directly, and the linear predictor of its filters."""

from __future__ import annotations

from typing import Any

from refutable.theorems.ops import Ops
from refutable.theorems.views import Quantity, View


def rolled(ops: Ops, a: Any, shift: int) -> Any:
    """a_{(i + shift) mod d} along the last axis."""
    shift %= int(a.shape[-1])
    return ops.concat([a[..., shift:], a[..., :shift]]) if shift else a


def correlated(ops: Ops, rows: Any, filter: Any) -> Any:
    """sum_k row_{(i+k) mod d} w_k for rows [..., r, d] and one filter [..., k]."""
    parts = [rolled(ops, rows, k) * filter[..., None, k : k + 1] for k in range(filter.shape[-1])]
    return sum(parts[1:], parts[0])


def convolved(ops: Ops, rows: Any, filter: Any) -> Any:
    """sum_k row_{(i-k) mod d} w_k: the same with the filter turned round."""
    parts = [rolled(ops, rows, -k) * filter[..., None, k : k + 1] for k in range(filter.shape[-1])]
    return sum(parts[1:], parts[0])


def activations(view: View, rows: Any) -> Any:
    """The last hidden layer of each row [..., r, d]."""
    for layer in range(view["filters"].shape[-2]):
        rows = correlated(view.ops, rows, view["filters"][..., layer, :])
    return rows


def units(view: View) -> Any:
    """The unit vectors [d, d]."""
    x = view["x"]
    return view.ops.identity(x[..., :, None] * x[..., None, :])


def prediction(view: View) -> Any:
    """f(x): the network applied to the datum."""
    hidden = activations(view, view["x"][..., None, :])
    return view.ops.sum(view.ops.matvec(hidden, view["output"]))


def predictor(view: View) -> Any:
    """beta [d] with f(x) = <beta, x>: the network applied to the unit vectors."""
    return view.ops.matvec(activations(view, units(view)), view["output"])


def filter_product(view: View) -> Any:
    """w_1(z) ... w_L(z) modulo z^d - 1, [d]: the circular convolution of all filters with the output weights."""
    rows = view["output"][..., None, :]
    for layer in range(view["filters"].shape[-2]):
        rows = convolved(view.ops, rows, view["filters"][..., layer, :])
    return rows[..., 0, :]


def datum_matrix(view: View) -> Any:
    """M [d, k], its columns x_{i}, x_{i+1}, ...: one hidden layer computes output^T M filter."""
    columns = [rolled(view.ops, view["x"], k) for k in range(view["filters"].shape[-1])]
    return view.ops.stack(columns)


QUANTITIES = (
    Quantity("prediction", prediction, "f(x)", scalar=True),
    Quantity("predictor", predictor, "beta with f(x) = <beta, x>, [d]"),
    Quantity("filter_product", filter_product, "w_1(z) ... w_L(z) mod z^d - 1, [d]"),
    Quantity("datum_matrix", datum_matrix, "columns x_i, x_(i+1), ..., [d, k]"),
)
