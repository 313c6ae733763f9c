"""The network, its gradient flow for the loss 1/2 sum_n (f(x_n) - y_n)^2, and one step of gradient descent.

sigma(z) is z for z > 0 and slope * z else; without a slope it is z. n data, d inputs, m hidden units.
"""

from __future__ import annotations

from typing import Any

from refutable.theorems.ops import Ops
from refutable.theorems.views import Quantity, View

Array = Any


def slope(view: View) -> Any:
    """The slope of sigma for negative arguments; 1 where none is given."""
    return view["slope"] if view.has("slope") else view.ops.ratio(1)


def slopes(view: View, active: Array, axes: int) -> Array:
    """sigma' from the indicators of positive arguments, which have so many axes."""
    low = view.ops.spread(slope(view), axes)
    return active * (view.ops.ratio(1) - low) + low


def combined(ops: Ops, output: Array, hidden: Array) -> Array:
    """sum_i a_i w_i: [..., m], [..., m, d] -> [..., d]."""
    return ops.matvec(ops.transpose(hidden), output)


def outer(a: Array, b: Array) -> Array:
    """a b^T over the last axes."""
    return a[..., :, None] * b[..., None, :]


def imbalance(ops: Ops, output: Array, hidden: Array) -> Array:
    """a a^T - W W^T [..., m, m]."""
    return outer(output, output) - ops.matmul(hidden, ops.transpose(hidden))


def signed_slopes(view: View) -> Array:
    """sigma'(w_i.x_n) [m, n]."""
    return slopes(view, view["active"], 2)


def _features(view: View) -> Array:
    return view.ops.matmul(view["hidden"], view.ops.transpose(view["inputs"]))


def _outputs(view: View) -> Array:
    ops = view.ops
    return ops.matvec(ops.transpose(view["activations"]), view["output"])


def _multiplier_rates(view: View) -> Array:
    return -outer(view["output"], view["residuals"]) * view["slopes"]


def _step(view: View, axes: int) -> Any:
    return view.ops.spread(view["step_size"], axes)


def _next_hidden(view: View) -> Array:
    return view["hidden"] + _step(view, 2) * view["hidden_rate"]


def _fall(view: View) -> Array:
    """X^T r [d]."""
    return view.ops.matvec(view.ops.transpose(view["inputs"]), view["residuals"])


def velocity(view: View) -> dict[str, Any]:
    """The gradient flow: time derivatives of the state by field name."""
    return {
        "output": view["output_rate"],
        "hidden": view["hidden_rate"],
        "multipliers": view["multiplier_rates"],
    }


def state_imbalance(view: View) -> Array:
    """a a^T - W W^T at the state."""
    return imbalance(view.ops, view["output"], view["hidden"])


NETWORK = (
    Quantity("features", _features, "w_i.x_n [m,n]"),
    Quantity("slopes", signed_slopes, "sigma'(w_i.x_n) [m,n]"),
    Quantity("activations", lambda view: view["features"] * view["slopes"], "sigma(w_i.x_n) [m,n]"),
    Quantity("outputs", _outputs, "f(x_n) = sum_i a_i sigma(w_i.x_n) [n]"),
    Quantity("residuals", lambda view: view["outputs"] - view["labels"], "r_n = f(x_n) - y_n [n]"),
    Quantity("fall", _fall, "X^T r [d]"),
    Quantity(
        "output_rate",
        lambda view: -view.ops.matvec(view["activations"], view["residuals"]),
        "da/dt along the gradient flow [m]",
    ),
    Quantity("multiplier_rates", _multiplier_rates, "-a_i r_n sigma'(w_i.x_n): dw_i/dt is X^T times it [m,n]"),
    Quantity(
        "hidden_rate",
        lambda view: view.ops.matmul(view["multiplier_rates"], view["inputs"]),
        "dW/dt along the gradient flow [m,d]",
    ),
    Quantity("next_hidden", _next_hidden, "W after a step of gradient descent [m,d]"),
    Quantity(
        "next_output", lambda view: view["output"] + _step(view, 1) * view["output_rate"], "a after that step [m]"
    ),
    Quantity("predictor", lambda view: combined(view.ops, view["output"], view["hidden"]), "theta = W^T a [d]"),
    Quantity(
        "start_predictor",
        lambda view: combined(view.ops, view["start_output"], view["start_hidden"]),
        "theta_0 = W_0^T a_0 [d]",
    ),
    Quantity("imbalance", state_imbalance, "a a^T - W W^T [m,m]"),
    Quantity(
        "start_imbalance",
        lambda view: imbalance(view.ops, view["start_output"], view["start_hidden"]),
        "a_0 a_0^T - W_0 W_0^T [m,m]",
    ),
)
