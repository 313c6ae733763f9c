"""What the bounds on active neurons and regions are made of, written once for all arithmetics."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flint import fmpq

from refutable.theorems.constants import ratio
from refutable.theorems.domains.shallow_relu.curvature import LARGEST_EXACT
from refutable.theorems.domains.shallow_relu.segments import pair_sums, pairs
from refutable.theorems.views import View

Formula = Callable[[View], Any]
ONE, TWO = fmpq(1), fmpq(2)


def samples(view: View) -> int:
    """n."""
    return int(view["x"].shape[-2])


def neurons(view: View) -> int:
    """The number of hidden neurons r."""
    return int(view["w2"].shape[-1])


def smallest_output_square(view: View) -> Any:
    """a_min^2 = min_i w2_i^2."""
    return view["smallest_output_weight"] * view["smallest_output_weight"]


def largest_output_square(view: View) -> Any:
    """max_i w2_i^2."""
    return view.ops.max(view["w2"] * view["w2"])


def input_square(view: View, beyond: fmpq = ONE) -> Any:
    """|x_k|^2 + beyond [n]: |(x_k, 1)|^2 for beyond = 1."""
    return view.ops.sum(view["x"] * view["x"]) + ratio(view.ops, beyond)


def most_active(view: View, beyond: fmpq = ONE) -> Any:
    """max_k (|x_k|^2 + beyond) A_k."""
    return view.ops.max(input_square(view, beyond) * view["active_count"])


def samples_over_step(view: View, factor: fmpq = TWO) -> Any:
    """factor n / eta."""
    return view["stability_threshold"] * ratio(view.ops, factor * samples(view) / 2)


def most_regions(view: View, ends: int = 2) -> Any:
    """max over pairs of (R(x_k, x_l) - ends) / (1/|(x_k, 1)|^2 + 1/|(x_l, 1)|^2)."""
    regions, square = view["segment_regions"], input_square(view)
    return view.ops.max((regions - ends) / pair_sums(view, view.ops.ones_like(square) / square))


def most_regions_beyond(view: View, allowed: Formula) -> Any:
    """max over pairs of R(x_k, x_l) - allowed."""
    return view.ops.max(view["segment_regions"] - allowed(view))


def active_at_both(view: View) -> Any:
    """A_k + A_l for all pairs."""
    return pair_sums(view, view["active_count"])


def larger_active(view: View) -> Any:
    """max(A_k, A_l) for all pairs."""
    count = view["active_count"]
    first, second = pairs(int(count.shape[-1]))
    return view.ops.maximum(count[..., first], count[..., second])


def shares(view: View) -> Any:
    """q_i, the share of the data on which neuron i is active [r]."""
    return view.ops.mean(view["active"], -2)


def weighted_shares(view: View) -> Any:
    """sum_i w2_i^2 q_i^2."""
    reach = view["w2"] * shares(view)
    return view.ops.sum(reach * reach)


def mean_active(view: View) -> Any:
    """mean_k A_k = sum_i q_i."""
    return view.ops.mean(view["active_count"])


def mean_regions_beyond(view: View, ends: int = 2) -> Any:
    """max(0, mean over pairs of R(x_k, x_l) - ends)."""
    beyond = view.ops.mean(view["segment_regions"]) - ends
    return view.ops.maximum(beyond, beyond * 0)


def block_kernel(view: View) -> Any:
    """J J^T / n [n, n], J the per-sample gradients of f in (w1, b1) alone."""
    ops, x, mask = view.ops, view["x"], view["active"]
    gates = ops.matmul(mask * (view["w2"] * view["w2"])[..., None, :], ops.transpose(mask))
    return gates * (ops.matmul(x, ops.transpose(x)) + 1) * ops.ratio(1, samples(view))


def block_gauss_newton(view: View) -> Any:
    """J^T J / n [k (d + 1), k (d + 1)], neuron by neuron: w1_i, then b1_i."""
    ops, x = view.ops, view["x"]
    inputs = ops.concat([x, ops.ones_like(x[..., :1])])
    slopes = view["active"] * view["w2"][..., None, :]
    features = (slopes[..., :, :, None] * inputs[..., :, None, :]).reshape(*slopes.shape[:-1], -1)
    return ops.matmul(ops.transpose(features), features) * ops.ratio(1, samples(view))


def block_top(view: View) -> Any:
    """lambda_max of J J^T / n, from the smaller of the two Gram matrices.

    Raises:
        ArithmeticError: both are too large to decide it exactly.
    """
    parameters = neurons(view) * (int(view["x"].shape[-1]) + 1)
    size = min(samples(view), parameters)
    if view.ops.exact and size > LARGEST_EXACT:
        raise ArithmeticError(f"the largest eigenvalue of a {size} x {size} matrix is too expensive to decide exactly")
    return view.ops.top_eigenvalue((block_kernel if samples(view) <= parameters else block_gauss_newton)(view))


def block_diagonal(view: View) -> Any:
    """max_k |(x_k, 1)|^2 sum_{i active at x_k} w2_i^2 / n: the largest diagonal entry of `block_kernel`."""
    gates = view.ops.matvec(view["active"], view["w2"] * view["w2"])
    return view.ops.max(input_square(view) * gates) * view.ops.ratio(1, samples(view))
