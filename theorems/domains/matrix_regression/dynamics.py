"""Layers, gradients, one step of (stochastic) gradient descent, and what of the map the data cannot move.

Shapes: first [d, h]; middle [h, h] or null for two layers; last [h]; x [n, d]; y [n].
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from refutable.theorems.domains.deep_linear.curvature import kronecker
from refutable.theorems.domains.matrix_regression.row_space import least_norm, projection
from refutable.theorems.ops import Ops
from refutable.theorems.views import Quantity, View

STATE = ("first", "middle", "last")
"""The trained fields; middle may be null. Each has a start, a field with _start after the name."""


def depth(view: View) -> int:
    """L, 2 or 3."""
    return 3 if view.has("middle") else 2


def later(view: View, suffix: str = "") -> Any:
    """W_2 ... w_L [h]: what the first layer is multiplied by."""
    last = view["last" + suffix]
    return view.ops.matvec(view["middle" + suffix], last) if view.has("middle") else last


def beta(view: View) -> Any:
    """beta = W_1 W_2 ... w_L [d]: f(x) = <beta, x>."""
    return view.ops.matvec(view["first"], view["later"])


def residual(view: View) -> Any:
    """r = X beta - y [n]."""
    return view.ops.matvec(view["x"], view["beta"]) - view["y"]


def weighted_residual(view: View) -> Any:
    """c_n r_n [n]: r/n where no weights of the data are given."""
    if view.has("sample_weights"):
        return view["residual"] * view["sample_weights"]
    return view["residual"] * view.ops.ratio(1, int(view["x"].shape[-2]))


def loss(view: View) -> Any:
    """1/2 sum_n c_n r_n^2."""
    return view.ops.sum(view["residual"] * view["weighted_residual"]) * view.ops.ratio(1, 2)


def outer(a: Any, b: Any) -> Any:
    """a b^T of vectors [..., p], [..., q]."""
    return a[..., :, None] * b[..., None, :]


def gradients(view: View) -> Mapping[str, Any]:
    """Derivatives of the loss in every layer, shaped like the layers."""
    ops = view.ops
    back = ops.matvec(ops.transpose(view["x"]), view["weighted_residual"])
    hidden = ops.matvec(ops.transpose(view["first"]), back)
    found = {"first": outer(back, view["later"])}
    if view.has("middle"):
        found["middle"] = outer(hidden, view["last"])
        hidden = ops.matvec(ops.transpose(view["middle"]), hidden)
    return {**found, "last": hidden}


def velocity(view: View) -> Mapping[str, Any]:
    """The time derivative of the layers along gradient flow."""
    return {name: -slope for name, slope in gradients(view).items()}


def after_step(view: View) -> View:
    """The state after one step of gradient descent, with the same data and start."""
    known = {field.name: view[field.name] for field in view.domain.fields if view.has(field.name)}
    for name, slope in gradients(view).items():
        known[name] = known[name] - slope * view.ops.spread(view["step_size"], 1 if name == "last" else 2)
    return View(view.domain, view.ops, known)


def out_of_reach(view: View) -> Any:
    """P W_1(0) [d, h]: the part of the first layer that no gradient moves."""
    return view.ops.matmul(view["projection"], view["first_start"])


def carried(view: View) -> Any:
    """P W_1(0) W_2 ... w_L [d]."""
    return view.ops.matvec(view["out_of_reach"], view["later"])


def kernel_part(view: View) -> Any:
    """P beta [d]."""
    return view.ops.matvec(view["projection"], view["beta"])


def squared_distance(view: View) -> Any:
    """|beta - X^+ y|^2."""
    gap = view["beta"] - view["least_norm"]
    return view.ops.sum(gap * gap)


def gram_power(ops: Ops, matrix: Any, exponent: int) -> Any:
    """(M^T M)^exponent for exponent >= 1: its largest eigenvalue is |M|^{2 exponent}."""
    gram = ops.matmul(ops.transpose(matrix), matrix)
    out = gram
    for _ in range(exponent - 1):
        out = ops.matmul(out, gram)
    return out


def norm_product(view: View, first: Any, suffix: str = "") -> Any:
    """|first|^2 |W_2|^2 ... |w_L|^2 with spectral norms, first [d, h]; the suffix "_start": of later layers' starts.

    A product of two largest eigenvalues is that of the Kronecker product: one eigenvalue ties exactly.
    """
    ops, last = view.ops, view["last" + suffix]
    gram = gram_power(ops, first, 1)
    if view.has("middle"):
        gram = kronecker(gram, gram_power(ops, view["middle" + suffix], 1))
    return ops.top_eigenvalue(gram) * ops.sum(last * last)


def distance_bound(view: View) -> Any:
    """|P W_1(0)|^2 |W_2|^2 ... |w_L|^2."""
    return norm_product(view, view["out_of_reach"])


def squared_norm(view: View) -> Any:
    """|beta|^2."""
    return view.ops.sum(view["beta"] * view["beta"])


def reach_power(view: View, exponent: int) -> Any:
    """|P W_1(0)|^{2 exponent}, with the spectral norm."""
    return view.ops.top_eigenvalue(gram_power(view.ops, view["out_of_reach"], exponent))


def norm_bound_power(view: View) -> Any:
    """|P W_1(0)|^{2 L} |beta|^{2 L - 2}: a bound of the distance to the power 2 L."""
    return reach_power(view, view["depth"]) * view["squared_norm"] ** (view["depth"] - 1)


def balances(view: View, suffix: str = "") -> tuple[Any, ...]:
    """(W_l^T W_l - W_{l+1} W_{l+1}^T), l = 1..L-1, each [h, h]."""
    ops, last = view.ops, view["last" + suffix]
    first = ops.matmul(ops.transpose(view["first" + suffix]), view["first" + suffix])
    if not view.has("middle"):
        return (first - outer(last, last),)
    middle = view["middle" + suffix]
    flipped = ops.transpose(middle)
    return first - ops.matmul(middle, flipped), ops.matmul(flipped, middle) - outer(last, last)


DYNAMICS = (
    Quantity("depth", depth, "L, the number of layers", scalar=True),
    Quantity("later", later, "W_2 ... w_L, [h]"),
    Quantity("beta", beta, "W_1 W_2 ... w_L, [d]"),
    Quantity("residual", residual, "r = X beta - y, [n]"),
    Quantity("weighted_residual", weighted_residual, "c_n r_n, [n]"),
    Quantity("loss", loss, "1/2 sum_n c_n r_n^2", scalar=True),
    Quantity("gradients", gradients, "derivatives of the loss in every layer"),
    Quantity("velocity", velocity, "time derivative of the layers along gradient flow"),
    Quantity("after", after_step, "the state after one step of gradient descent"),
    Quantity("projection", projection, "P = I - X^+ X, [d, d]"),
    Quantity("least_norm", least_norm, "X^+ y, [d]"),
    Quantity("out_of_reach", out_of_reach, "P W_1(0), [d, h]"),
    Quantity("carried", carried, "P W_1(0) W_2 ... w_L, [d]"),
    Quantity("kernel_part", kernel_part, "P beta, [d]"),
    Quantity("squared_distance", squared_distance, "|beta - X^+ y|^2", scalar=True),
    Quantity("distance_bound", distance_bound, "|P W_1(0)|^2 |W_2|^2 ... |w_L|^2", scalar=True),
    Quantity("squared_norm", squared_norm, "|beta|^2", scalar=True),
    Quantity("norm_bound_power", norm_bound_power, "|P W_1(0)|^{2 L} |beta|^{2 L - 2}", scalar=True),
    Quantity("balances", balances, "W_l^T W_l - W_{l+1} W_{l+1}^T, l = 1..L-1"),
    Quantity("balances_start", lambda view: balances(view, "_start"), "the balances at the start"),
)
