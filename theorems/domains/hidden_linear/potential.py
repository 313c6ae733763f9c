"""The function q that the network's predictor minimises, as a function of the start.

A single linear neuron with imbalance delta = a^2 - |w|^2 and predictor v = a w has a^2 = S + delta/2 and |w|^2 =
S - delta/2, S = sqrt(|v|^2 + delta^2/4). In these terms q(v) = |a| (3 |w|^2 - a^2)/2 - (3/2) <theta_0, v>/|a_0|. Its
least value is q(theta_0), which is taken away here: q then is never negative.
"""

from __future__ import annotations

from typing import Any

from refutable.theorems.domains.hidden_linear.network import combined
from refutable.theorems.ops import Ops
from refutable.theorems.views import Quantity, View

Array = Any


def level(ops: Ops, v: Array, delta: Any) -> Any:
    """S = sqrt(|v|^2 + delta^2/4): [..., d] -> [...]."""
    return ops.sqrt(ops.sum(v * v) + delta * delta * ops.ratio(1, 4))


def gain(ops: Ops, v: Array, delta: Any) -> Any:
    """|a| of a neuron with predictor v and imbalance delta: sqrt(S + delta/2)."""
    return ops.sqrt(level(ops, v, delta) + delta * ops.ratio(1, 2))


def radial(ops: Ops, v: Array, delta: Any) -> Any:
    """The part of q that depends on |v| alone: sqrt(S + delta/2) (S - delta)."""
    return gain(ops, v, delta) * (level(ops, v, delta) - delta)


def radial_gradient(ops: Ops, v: Array, delta: Any) -> Array:
    """(3/2) v / sqrt(S + delta/2). Raises ZeroDivisionError where that root is 0."""
    return v / ops.spread(gain(ops, v, delta)) * ops.ratio(3, 2)


def potential(view: View, v: Array, coefficient: Any = None) -> Any:
    """q(v) - q(theta_0), with another coefficient of the start's term than 3/2 if one is given."""
    return with_imbalance(view, v, view["delta"], coefficient)


def with_imbalance(view: View, v: Array, delta: Any, coefficient: Any = None) -> Any:
    """The same with any delta."""
    ops, start = view.ops, view["start_predictor"]
    factor = ops.ratio(3, 2) if coefficient is None else coefficient
    pull = ops.sum(start * (v - start)) / gain(ops, start, delta)
    return radial(ops, v, delta) - radial(ops, start, delta) - pull * factor


def gradient(view: View, v: Array, coefficient: Any = None) -> Array:
    """grad q(v) [d]."""
    ops, start = view.ops, view["start_predictor"]
    factor = ops.ratio(3, 2) if coefficient is None else coefficient
    pull = start / ops.spread(gain(ops, start, view["delta"])) * factor
    return radial_gradient(ops, v, view["delta"]) - pull


def _delta(view: View) -> Any:
    ops, a, w = view.ops, view["start_output"], view["start_hidden"]
    return ops.sum(a * a) - ops.sum(ops.sum(w * w))


def row_combination(view: View, multipliers: Array) -> Array:
    """X^T sum_i a_{0,i} nu_i / |a_0| for multipliers [m, n]: for one neuron sign(a_0) X^T nu."""
    ops, start = view.ops, view["start_output"]
    whole = ops.matvec(ops.transpose(view["inputs"]), combined(ops, start, multipliers))
    return whole / ops.spread(ops.norm(start))


POTENTIAL = (
    Quantity("delta", _delta, "delta = |a_0|^2 - |W_0|_F^2", scalar=True),
    Quantity("potential", lambda view: potential(view, view["predictor"]), "q(theta) - q(theta_0)", scalar=True),
    Quantity("gradient", lambda view: gradient(view, view["predictor"]), "grad q(theta) [d]"),
    Quantity("start_gradient", lambda view: gradient(view, view["start_predictor"]), "grad q(theta_0) [d]"),
    Quantity(
        "rival_potential", lambda view: potential(view, view["rival"]), "q(v) - q(theta_0) of the rival v", scalar=True
    ),
    Quantity("rows_moved", lambda view: row_combination(view, view["multipliers"]), "X^T sum_i a_0i nu_i/|a_0| [d]"),
    Quantity(
        "rows_moving",
        lambda view: row_combination(view, view["multiplier_rates"]),
        "X^T sum_i a_0i (dnu_i/dt)/|a_0| along the gradient flow [d]",
    ),
)
