"""Gradient kernel, Hessian and sharpness."""

from __future__ import annotations

from typing import Any

from refutable.theorems.domains.shallow_relu.forward import GROUPS, is_trained, trained_flag
from refutable.theorems.views import Quantity, View

LARGEST_EXACT = 500
"""Largest matrix whose top eigenvalue is decided exactly (a few seconds); larger ones are undecided."""


def gradient_kernel(view: View) -> Any:
    """Phi Phi^T / n [n, n] with Phi the per-sample gradients, in closed form."""
    ops, x, mask, act = view.ops, view["x"], view["active"], view["activation"]
    n = int(x.shape[-2])
    gates = ops.matmul(mask * (view["w2"] * view["w2"])[..., None, :], ops.transpose(mask))
    inputs = ops.matmul(x, ops.transpose(x)) * trained_flag(view, "w1") + trained_flag(view, "b1")
    outputs = ops.matmul(act, ops.transpose(act)) * trained_flag(view, "w2") + trained_flag(view, "b2")
    return (gates * inputs + outputs) * ops.ratio(1, n)


def gauss_newton(view: View) -> Any:
    """Phi^T Phi / n [P, P]: the Hessian at interpolation.

    Raises:
        ArithmeticError: an exact matrix of more than `LARGEST_EXACT` rows.
    """
    ops, phi = view.ops, view["features"]
    if ops.exact and phi.shape[-1] > LARGEST_EXACT:
        raise ArithmeticError(f"the Hessian in {phi.shape[-1]} parameters is too large to be written down exactly")
    return ops.matmul(ops.transpose(phi), phi) * ops.ratio(1, int(phi.shape[-2]))


def _top_eigenvalue(view: View, name: str, size: int) -> Any:
    if view.ops.exact and size > LARGEST_EXACT:
        raise ArithmeticError(f"a {size} x {size} matrix is too large to decide its largest eigenvalue exactly")
    return view.ops.top_eigenvalue(view[name])


def _parameters(view: View) -> int:
    k, d = (int(size) for size in view["w1"].shape[-2:])
    return k * (d + 2) + 1


def gauss_newton_sharpness(view: View) -> Any:
    """Largest eigenvalue of the Gauss-Newton part, from the smaller of the two Gram matrices."""
    n, parameters = int(view["x"].shape[-2]), _parameters(view)
    smaller = "gradient_kernel" if n <= parameters else "gauss_newton"
    return _top_eigenvalue(view, smaller, min(n, parameters))


def residual_blocks(view: View) -> Any:
    """S_i = (1/n) sum_j r_j 1[z_ji > 0] (x_j, 1), [k, d+1].

    The Hessian of the residual part couples (w1_i, b1_i) with w2_i by S_i and is zero elsewhere.
    """
    ops = view.ops
    gated = view["active"] * view["residual"][..., :, None]
    n = int(view["x"].shape[-2])
    return ops.matmul(ops.transpose(gated), view["augmented"]) * ops.ratio(1, n)


def residual_block_norm(view: View) -> Any:
    """max_i |S_i|: the spectral norm of the residual part of the Hessian (all parameters trained)."""
    return view.ops.max(view.ops.norm(view["residual_blocks"]))


def hessian(view: View) -> Any:
    """Exact Hessian of L in the trained parameters [P, P], residual part included."""
    return view["gauss_newton"] + _residual_part(view)


def _residual_part(view: View) -> Any:
    k, d = (int(s) for s in view["w1"].shape[-2:])
    start = _offsets(view, k, d)
    part, blocks = view.ops.zeros_like(view["gauss_newton"]), view["residual_blocks"]
    if "w2" not in start:
        return part
    for i in range(k):
        column = start["w2"] + i
        rows = [(start["w1"] + i * d + c, c) for c in range(d)] if "w1" in start else []
        rows += [(start["b1"] + i, d)] if "b1" in start else []
        for row, c in rows:
            part[..., row, column] = blocks[..., i, c]
            part[..., column, row] = blocks[..., i, c]
    return part


def _offsets(view: View, k: int, d: int) -> dict[str, int]:
    sizes = {"w1": k * d, "b1": k, "w2": k, "b2": 1}
    offsets, position = {}, 0
    for group in GROUPS:
        if is_trained(view, group):
            offsets[group] = position
            position += sizes[group]
    return offsets


def sharpness(view: View) -> Any:
    """lambda_max of the Hessian of L. Where the residual part vanishes: that of the gradient kernel."""
    if not view.has("y") or (view.ops.exact and all(s == 0 for s in view["residual_blocks"].ravel())):
        return view["gauss_newton_sharpness"]
    return _top_eigenvalue(view, "hessian", _parameters(view))


def stability_threshold(view: View) -> Any:
    """2 / step size: the largest sharpness a linearly stable minimum of GD can have."""
    return view.ops.ratio(2) / view["step_size"]


CURVATURE = (
    Quantity("gradient_kernel", gradient_kernel, "Phi Phi^T / n, [n, n]"),
    Quantity("gauss_newton", gauss_newton, "Phi^T Phi / n, [P, P]"),
    Quantity("gauss_newton_sharpness", gauss_newton_sharpness, "lambda_max of Phi Phi^T / n", scalar=True),
    Quantity("residual_blocks", residual_blocks, "(1/n) sum_j r_j 1[z_ji > 0] (x_j, 1), [k, d+1]"),
    Quantity("residual_block_norm", residual_block_norm, "spectral norm of the residual Hessian", scalar=True),
    Quantity("hessian", hessian, "Hessian of the loss, [P, P]"),
    Quantity("sharpness", sharpness, "lambda_max of the Hessian of the loss", scalar=True),
    Quantity("stability_threshold", stability_threshold, "2 / step size", scalar=True),
)
