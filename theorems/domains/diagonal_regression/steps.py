"""Residual, gradients, one step of gradient descent, and the sharpness where the gradient flow would end.

Shapes: u, v [d]; x [n, d]; y [n].
"""

from __future__ import annotations

from typing import Any

from refutable.theorems.domains.diagonal_regression.flow_solution import FlowProblem, flow_sharpness
from refutable.theorems.exact import sqrt
from refutable.theorems.ops.exact import to_matrix
from refutable.theorems.ops.protocol import NotCertified
from refutable.theorems.views import Quantity, View


def count(view: View) -> int:
    """n, the number of data."""
    return int(view["x"].shape[-2])


def residual(view: View) -> Any:
    """r = X(u^2 - v^2) - y [n]."""
    u, v = view["u"], view["v"]
    return view.ops.matvec(view["x"], u * u - v * v) - view["y"]


def loss(view: View) -> Any:
    """1/(2n) |r|^2."""
    r = view["residual"]
    return view.ops.sum(r * r) * view.ops.ratio(1, 2 * count(view))


def pull(view: View) -> Any:
    """g = (2/n) X^T r [d]: the gradient is g u in u, and -g v in v."""
    back = view.ops.matvec(view.ops.transpose(view["x"]), view["residual"])
    return back * view.ops.ratio(2, count(view))


def next_u(view: View) -> Any:
    """u after one step: u (1 - eta g)."""
    return view["u"] - view["u"] * view["pull"] * view.ops.spread(view["step_size"])


def next_v(view: View) -> Any:
    """v after one step: v (1 + eta g)."""
    return view["v"] + view["v"] * view["pull"] * view.ops.spread(view["step_size"])


def after(view: View) -> View:
    """The state after one step, with the same data."""
    known = {name: view[name] for name in ("x", "y", "step_size")}
    return View(view.domain, view.ops, {**known, "u": view["next_u"], "v": view["next_v"]})


def kernel_of(view: View, weights: Any) -> Any:
    """(4/n) X diag(weights) X^T [n, n]."""
    x, ops = view["x"], view.ops
    return ops.matmul(x * weights[..., None, :], ops.transpose(x)) * ops.ratio(4, count(view))


def kernel_sharpness(view: View) -> Any:
    """Largest eigenvalue of (4/n) X diag(u^2 + v^2) X^T: the sharpness wherever the residual is 0."""
    return view.ops.top_eigenvalue(kernel_of(view, view["u"] * view["u"] + view["v"] * view["v"]))


def least_kernel_sharpness(view: View) -> Any:
    """Largest eigenvalue of (8/n) X diag(|u v|) X^T: no state with these conserved products has a smaller one."""
    return view.ops.top_eigenvalue(kernel_of(view, view.ops.abs(view["u"] * view["v"]) * view.ops.ratio(2)))


def full_rank(view: View) -> bool:
    """Whether the rows of X are linearly independent.

    Raises:
        NotCertified: in floats.
    """
    if not view.ops.exact:
        raise NotCertified("ranks are decided exactly")
    return bool(to_matrix(view["x"]).rank() == count(view))


def gfs_sharpness(view: View) -> Any:
    """phi: the sharpness at the end of the gradient flow from here.

    At a residual of 0 that is here; for one weight pair and one datum it is 4 x^2 sqrt((y/x)^2 + 4 (u v)^2).

    Raises:
        NotCertified: in floats.
        ArithmeticError: the flow's end is not known: X has not rank n, or some u_i or v_i is 0.
    """
    if not view.ops.exact:
        raise NotCertified("the end of a flow is enclosed exactly, not in floats")
    if not full_rank(view):
        raise ArithmeticError("the rows of X depend on each other: the flow need not reach loss 0")
    if all(entry == 0 for entry in view["residual"]):
        return view["kernel_sharpness"]
    u, v, x, y = view["u"], view["v"], view["x"], view["y"]
    if any(entry == 0 for entry in (*u, *v)):
        raise ArithmeticError("a weight is 0: the flow need not reach loss 0")
    if x.shape == (1, 1):
        return sqrt((y[0] / x[0, 0]) ** 2 + 4 * (u[0] * v[0]) ** 2) * (4 * x[0, 0] ** 2)
    return flow_sharpness(FlowProblem(tuple(u * u), tuple(v * v), tuple(map(tuple, x)), tuple(y)))


def shares(view: View) -> Any:
    """(eta g)^2 [d]: each product u_i v_i is multiplied by 1 minus this in a step."""
    moved = view["pull"] * view.ops.spread(view["step_size"])
    return moved * moved


QUANTITIES = (
    Quantity("residual", residual, "r = X(u^2 - v^2) - y, [n]"),
    Quantity("loss", loss, "1/(2n) |r|^2", scalar=True),
    Quantity("pull", pull, "g = (2/n) X^T r, [d]: the gradients are g u and -g v"),
    Quantity("shares", shares, "(eta g)^2, [d]"),
    Quantity("next_u", next_u, "u after one step, [d]"),
    Quantity("next_v", next_v, "v after one step, [d]"),
    Quantity("after", after, "the state after one step"),
    Quantity("kernel_sharpness", kernel_sharpness, "lambda_max((4/n) X diag(u^2 + v^2) X^T)", scalar=True),
    Quantity("least_kernel_sharpness", least_kernel_sharpness, "lambda_max((8/n) X diag(|u v|) X^T)", scalar=True),
    Quantity("full_rank", full_rank, "whether X has rank n"),
    Quantity("gfs_sharpness", gfs_sharpness, "phi: sharpness where the gradient flow from here ends", scalar=True),
)
