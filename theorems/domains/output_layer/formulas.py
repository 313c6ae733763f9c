"""Features, weights and curvature of a network f(x) = sum_j c_j relu(a_j x + b_j) with fixed a, b.

Gradient training of c alone, from c_0, moves c by combinations of the data's features: c = c_0 + Phi^T nu, with
Phi_ij = relu(a_j x_i + b_j). So a state is given by its multipliers nu. The slope of f jumps by c_j |a_j| at the knot
t_j = -b_j/a_j of neuron j.
"""

from __future__ import annotations

from typing import Any

from refutable.theorems.views import Quantity, View


def preactivations(view: View) -> Any:
    """a_j x_i + b_j [n, k]."""
    slopes, biases, x = view["slopes"], view["biases"], view["x"]
    return x[..., :, None] * slopes[..., None, :] + biases[..., None, :]


def features(view: View) -> Any:
    """relu(a_j x_i + b_j) [n, k]."""
    return view["active"] * preactivations(view)


def weights(view: View) -> Any:
    """c = c_0 + Phi^T nu [k]."""
    return view["start"] + view.ops.matvec(view.ops.transpose(view["features"]), view["multipliers"])


def outputs(view: View) -> Any:
    """f at the data [n]."""
    return view.ops.matvec(view["features"], view["output_weights"])


def rival_outputs(view: View) -> Any:
    """The rival's values at the data [n]."""
    return view.ops.matvec(view["features"], view["rival"])


def knots(view: View) -> Any:
    """t_j = -b_j/a_j [k]."""
    return -view["biases"] / view["slopes"]


def jumps(view: View) -> Any:
    """c_j |a_j| [k]: how much neuron j turns f at its knot."""
    return view["output_weights"] * view.ops.abs(view["slopes"])


def rival_jumps(view: View) -> Any:
    """The same of the rival [k]."""
    return view["rival"] * view.ops.abs(view["slopes"])


def weighted_curvature(view: View, turns: Any) -> Any:
    """sum_j turns_j^2 / a_j^2: the integral of f''^2 over the weight a_j^2 at each knot."""
    return view.ops.sum(turns * turns / (view["slopes"] * view["slopes"]))


def facing(view: View) -> Any:
    """(x_n - t_j)_+ for neurons that rise to the right, (t_j - x_n)_+ for the others [n, k]: no feature, only knots."""
    gaps = view["x"][..., :, None] - view["knots"][..., None, :]
    return view["active"] * view.ops.abs(gaps)


def density(view: View) -> Any:
    """The turn at each knot over its weight a_j^2 [k]."""
    return view["jumps"] / (view["slopes"] * view["slopes"])


def loss(view: View) -> Any:
    """1/(2n) sum (f(x_i) - y_i)^2."""
    residuals = view["outputs"] - view["y"]
    return view.ops.mean(residuals * residuals) * view.ops.ratio(1, 2)


QUANTITIES = (
    Quantity("features", features, "relu(a_j x_i + b_j) [n, k]"),
    Quantity("output_weights", weights, "c = c_0 + Phi^T nu [k]"),
    Quantity("outputs", outputs, "f at the data [n]"),
    Quantity("rival_outputs", rival_outputs, "the rival's values at the data [n]"),
    Quantity("knots", knots, "t_j = -b_j/a_j [k]"),
    Quantity("jumps", jumps, "c_j |a_j|: the turn of f at each knot [k]"),
    Quantity("rival_jumps", rival_jumps, "the rival's turn at each knot [k]"),
    Quantity("density", density, "turn / a_j^2 at each knot [k]"),
    Quantity("curvature", lambda view: weighted_curvature(view, view["jumps"]), "sum turn^2 / a^2", scalar=True),
    Quantity("rival_curvature", lambda view: weighted_curvature(view, view["rival_jumps"]), "the rival's", scalar=True),
    Quantity("loss", loss, "1/(2n) sum (f(x_i) - y_i)^2", scalar=True),
)
