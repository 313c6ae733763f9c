"""The weight g and the norms built on it.

Division-free form of the weight of a hyperplane (w, b): G(w, b) = E[(w.X + b)_+] |E[(1, X) 1{w.X + b > 0}]|
= |w| g~(w/|w|, -b/|w|), the weight of Mulayoff, Michaeli, Soudry (NeurIPS 2021) for d = 1 and of Nacson et al.
(ICLR 2023) for d > 1. It is 0 outside the data's hull by itself and needs no conditional expectation.
"""

from __future__ import annotations

from typing import Any

from refutable.theorems.domains.shallow_relu.forward import trained_flag
from refutable.theorems.ops.protocol import Array, Ops
from refutable.theorems.views import Quantity, View


def weight_from_moments(ops: Ops, probability: Array, moment: Array, excess: Array) -> Array:
    """Weight of one side from its moments: excess * sqrt(probability^2 + |moment|^2).

    Args:
        probability: P(A), any shape [...].
        moment: E[X; A], [..., d].
        excess: E[(w.X + b)_+], [...].
    """
    return excess * ops.norm(ops.concat([probability[..., None], moment]))


def active_moments(view: View) -> dict[str, Any]:
    """Moments of each neuron's active side: probability [k], moment [k, d], excess [k]."""
    return _moments(view, view["active"], view["activation"])


def inactive_side(view: View) -> Any:
    """Indicator [n, k] of w1_i.x_j + b1_i < 0 (strictly: a datum on the hyperplane is on neither side)."""
    mask = view["active"]
    return view.ops.ones_like(mask) - mask - view["kink"]


def inactive_moments(view: View) -> dict[str, Any]:
    """Moments of each neuron's other side, with (w, b) replaced by (-w, -b)."""
    side = inactive_side(view)
    return _moments(view, side, -view["preactivation"] * side)


def _moments(view: View, side: Any, excess: Any) -> dict[str, Any]:
    ops, x = view.ops, view["x"]
    return {
        "probability": ops.mean(side, -2),
        "moment": ops.matmul(ops.transpose(side), x) * ops.ratio(1, int(x.shape[-2])),
        "excess": ops.mean(excess, -2),
    }


def active_weight(view: View) -> Any:
    """G(w1_i, b1_i) [k]."""
    return weight_from_moments(view.ops, **view["active_moments"])


def inactive_weight(view: View) -> Any:
    """G(-w1_i, -b1_i) [k]."""
    return weight_from_moments(view.ops, **view["inactive_moments"])


def weight(view: View) -> Any:
    """min(G(w1_i, b1_i), G(-w1_i, -b1_i)) = |w1_i| g [k]."""
    return view.ops.minimum(view["active_weight"], view["inactive_weight"])


def literal_weight(view: View) -> Any:
    """|w1_i| g [k] as the papers print it: P^2 E[w.X + b | A] sqrt(1 + |E[X | A]|^2), smaller side; exact only."""
    sides = [_literal_side(view, view["active_moments"]), _literal_side(view, view["inactive_moments"])]
    return view.ops.minimum(*sides)


def _literal_side(view: View, moments: dict[str, Any]) -> Any:
    ops, p = view.ops, moments["probability"]
    safe = p + ops.zero(p)
    conditional_excess = moments["excess"] / safe
    conditional_mean = moments["moment"] / safe[..., None]
    return p * p * conditional_excess * ops.sqrt(1 + ops.sum(conditional_mean * conditional_mean))


def merged_mass(view: View) -> Any:
    """Jump of the gradient across each distinct hyperplane [k], in units of |w1_s| of its first neuron s.

    Sum over coinciding neurons of w2_i |ratio_i|; 0 at the other neurons.
    """
    return view.ops.segment_sum(view["w2"] * view.ops.abs(view["ratio"]), view["segments"])


def stability_norm(view: View) -> Any:
    """Sum over distinct hyperplanes of |merged mass| g. For d = 1 this is int |f''| g dx."""
    return view.ops.sum(view.ops.abs(view["merged_mass"]) * view["weight"])


def unmerged_norm(view: View) -> Any:
    """sum_i |w2_i| |w1_i| g_i: no cancellation at shared hyperplanes."""
    return view.ops.sum(view.ops.abs(view["w2"]) * view["weight"])


def active_side_sum(view: View) -> Any:
    """sum_i |w2_i| G(w1_i, b1_i): the active side of each neuron."""
    return view.ops.sum(view.ops.abs(view["w2"]) * view["active_weight"])


def mean_activation(view: View) -> Any:
    """A_i = E[relu(w1_i.X + b1_i)] [k]: derivative of E[f] in w2_i."""
    return view["active_moments"]["excess"]


def mean_slope_square(view: View) -> Any:
    """B_i^2 = w2_i^2 |E[(1, X) 1_i]|^2 [k]: squared derivative of E[f] in the trained part of (w1_i, b1_i)."""
    moments, w2 = view["active_moments"], view["w2"]
    p, m = moments["probability"], moments["moment"]
    square = view.ops.sum(m * m) * trained_flag(view, "w1") + p * p * trained_flag(view, "b1")
    return w2 * w2 * square


def mean_gradient_square(view: View) -> Any:
    """|E grad f(X)|^2 = 1 + sum_i (A_i^2 + B_i^2), trained parameters only."""
    a, ops = view["mean_activation"], view.ops
    return ops.sum(a * a * trained_flag(view, "w2") + view["mean_slope_square"]) + trained_flag(view, "b2")


WEIGHTS = (
    Quantity("active_moments", active_moments, "P, E[X; .], E[(.)_+] of each neuron's active side"),
    Quantity("inactive_moments", inactive_moments, "the same for the other side"),
    Quantity("active_weight", active_weight, "|w1_i| g~ on the active side, [k]"),
    Quantity("inactive_weight", inactive_weight, "|w1_i| g~ on the other side, [k]"),
    Quantity("weight", weight, "|w1_i| g at each neuron's hyperplane, [k]"),
    Quantity("literal_weight", literal_weight, "the same by conditional expectations, [k]"),
    Quantity("merged_mass", merged_mass, "jump of the gradient at each distinct hyperplane, [k]"),
    Quantity("stability_norm", stability_norm, "sum of |merged mass| g; int |f''| g for d = 1", scalar=True),
    Quantity("unmerged_norm", unmerged_norm, "sum_i |w2_i| |w1_i| g_i", scalar=True),
    Quantity("active_side_sum", active_side_sum, "sum_i |w2_i| G(w1_i, b1_i)", scalar=True),
    Quantity("mean_activation", mean_activation, "A_i = E relu_i, [k]"),
    Quantity("mean_slope_square", mean_slope_square, "B_i^2, [k]"),
    Quantity("mean_gradient_square", mean_gradient_square, "|E grad f|^2", scalar=True),
)
