"""Forward pass, loss, per-sample gradients. Shapes: n data, k neurons, d inputs; leading batch axes allowed."""

from __future__ import annotations

from typing import Any

from refutable.theorems.views import Quantity, View

GROUPS = ("w1", "b1", "w2", "b2")
"""Parameter groups, in the order of `features`."""


def is_trained(view: View, group: str) -> bool:
    """Whether a parameter group is trained (no output bias counts as not trained)."""
    frozen = view["frozen"] if view.has("frozen") else frozenset()
    return group not in frozen and (group != "b2" or view.has("b2"))


def trained_flag(view: View, group: str) -> int:
    """1 if the group is trained, else 0: a factor for formulas."""
    return int(is_trained(view, group))


def preactivation(view: View) -> Any:
    """z [n, k]: z_ji = w1_i . x_j + b1_i."""
    ops = view.ops
    return ops.matmul(view["x"], ops.transpose(view["w1"])) + view["b1"][..., None, :]


def activation(view: View) -> Any:
    """relu(z) [n, k]."""
    return view["preactivation"] * view["active"]


def output(view: View) -> Any:
    """f(x_j) [n]."""
    value = view.ops.matvec(view["activation"], view["w2"])
    return value + view.ops.spread(view["b2"]) if view.has("b2") else value


def residual(view: View) -> Any:
    """f(x_j) - y_j [n]; zero where labels are null (y_j := f(x_j))."""
    if not view.has("y"):
        return view.ops.zeros_like(view["output"])
    return view["output"] - view["y"]


def loss(view: View) -> Any:
    """L = 1/(2n) sum_j (f(x_j) - y_j)^2."""
    r = view["residual"]
    return view.ops.mean(r * r) * view.ops.ratio(1, 2)


def augmented(view: View) -> Any:
    """[x_j, 1] [n, d+1]."""
    x = view["x"]
    return view.ops.concat([x, view.ops.ones_like(x[..., :1])])


def features(view: View) -> Any:
    """Per-sample gradients of f in the trained parameters [n, P], in the order w1 (row by row), b1, w2, b2."""
    ops, x = view.ops, view["x"]
    slope = view["active"] * view["w2"][..., None, :]
    outer = slope[..., :, :, None] * x[..., :, None, :]
    blocks = {
        "w1": outer.reshape(*outer.shape[:-2], -1),
        "b1": slope,
        "w2": view["activation"],
        "b2": ops.ones_like(x[..., :1]),
    }
    return ops.concat([blocks[group] for group in GROUPS if is_trained(view, group)])


def loss_gradient(view: View) -> Any:
    """Gradient of L in the trained parameters [P]."""
    ops, phi = view.ops, view["features"]
    n = int(phi.shape[-2])
    return ops.matvec(ops.transpose(phi), view["residual"]) * ops.ratio(1, n)


FORWARD = (
    Quantity("preactivation", preactivation, "w1_i . x_j + b1_i, [n, k]"),
    Quantity("activation", activation, "relu of the pre-activations, [n, k]"),
    Quantity("output", output, "f(x_j), [n]"),
    Quantity("residual", residual, "f(x_j) - y_j, [n]"),
    Quantity("loss", loss, "1/(2n) sum of squared residuals", scalar=True),
    Quantity("augmented", augmented, "(x_j, 1), [n, d+1]"),
    Quantity("features", features, "per-sample gradients of f, [n, P]"),
    Quantity("loss_gradient", loss_gradient, "gradient of the loss, [P]"),
)
