"""Linearised SGD itself: its exact first and second moments, step by step, as means over all batches.

Nothing here knows p, C, D or Q: a step averages theta -> theta - eta (g_b + H_b theta) over every batch b.
Batches of different steps are independent, so the moments of one step decide those of the next.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from math import comb
from typing import Any

from refutable.theorems.domains.regular_minimum.operators import sample_count
from refutable.theorems.views import Quantity, View

MAX_UPDATES = 2000
"""Most steps times batches: every step of a trajectory averages over all batches."""


def batches(view: View) -> list[tuple[int, ...]]:
    """Every batch, as the indices of its losses.

    Raises:
        ArithmeticError: there are more than `MAX_UPDATES`.
    """
    count = comb(sample_count(view), view["batch_size"])
    if count > MAX_UPDATES:
        raise ArithmeticError(f"one step averages over {count} batches; at most {MAX_UPDATES} are averaged over here")
    return list(combinations(range(sample_count(view)), view["batch_size"]))


def _mean_over(parts: Any, batch: tuple[int, ...], view: View, axes: int) -> Any:
    index = (slice(None),) * axes
    total = parts[(..., batch[0], *index)]
    for i in batch[1:]:
        total = total + parts[(..., i, *index)]
    return total * view.ops.ratio(1, len(batch))


def batch_steps(view: View) -> list[tuple[Any, Any]]:
    """(I - eta H_b [p, p], eta g_b [p] or None where all gradients vanish) for every batch b."""
    ops, hessians = view.ops, view["hessians"]
    identity, wide = ops.identity(view["mean_hessian"]), ops.spread(view["step_size"], 2)
    steps = []
    for batch in batches(view):
        matrix = identity - wide * _mean_over(hessians, batch, view, 2)
        shift = None
        if view.has("gradients"):
            shift = ops.spread(view["step_size"]) * _mean_over(view["gradients"], batch, view, 1)
        steps.append((matrix, shift))
    return steps


def outer(a: Any, b: Any) -> Any:
    """a b^T [..., p, p]."""
    return a[..., :, None] * b[..., None, :]


def moments(view: View, mean: Any, second: Any, gradients: bool = True) -> Iterator[tuple[Any, Any]]:
    """(E theta_t [p], E theta_t theta_t^T [p, p]) for t = 0, 1, 2, ... without end.

    Args:
        view: gives the batches.
        mean, second: moments of the start, independent of all batches.
        gradients: False leaves the gradients out.
    """
    ops, steps = view.ops, view["batch_steps"]
    while True:
        yield mean, second
        means, seconds = [], []
        for matrix, shift in steps:
            moved = ops.matvec(matrix, mean)
            square = ops.matmul(ops.matmul(matrix, second), ops.transpose(matrix))
            if gradients and shift is not None:
                cross = outer(moved, shift)
                square = square - cross - ops.transpose(cross) + outer(shift, shift)
                moved = moved - shift
            means.append(moved)
            seconds.append(square)
        share = ops.ratio(1, len(steps))
        mean, second = sum(means[1:], means[0]) * share, sum(seconds[1:], seconds[0]) * share


def run(view: View, mean: Any, second: Any, gradients: bool = True, extra: int = 0) -> tuple[tuple[Any, Any], ...]:
    """The moments of t = 0 .. T + extra; see `moments`."""
    count = view["steps"] + extra + 1
    return tuple(pair for pair, _ in zip(moments(view, mean, second, gradients), range(count), strict=False))


def sgd_moments(view: View) -> Any:
    """(E theta_t, E theta_t theta_t^T) for t = 0..T+1, from theta_0 = the displacement."""
    start = view["displacement"]
    return run(view, start, outer(start, start), extra=1)


def mirrored_moments(view: View) -> Any:
    """E theta_t theta_t^T [p, p] for t = 0..T, from theta_0 = plus or minus the displacement, equally likely."""
    start = view["displacement"]
    return tuple(second for _, second in run(view, view.ops.zeros_like(start), outer(start, start)))


def resting_moments(view: View) -> Any:
    """E theta_t theta_t^T [p, p] for t = 0..T, from theta_0 = 0."""
    start = view["displacement"] * view.ops.ratio(0)
    return tuple(second for _, second in run(view, start, outer(start, start)))


def isotropic_moments(view: View) -> Any:
    """E theta_t theta_t^T [p, p] for t = 0..T without gradients, from E theta_0 theta_0^T = the projection on perp."""
    projector = view["perp_projector"]
    start = projector[..., 0] * view.ops.ratio(0)
    return tuple(second for _, second in run(view, start, projector, gradients=False))


TRAJECTORIES = (
    Quantity("batch_steps", batch_steps, "(I - eta H_b, eta g_b) for every batch b"),
    Quantity("sgd_moments", sgd_moments, "(E theta_t, E theta_t theta_t^T), t = 0..T+1, from the displacement"),
    Quantity(
        "mirrored_moments", mirrored_moments, "E theta_t theta_t^T, t = 0..T, from plus or minus the displacement"
    ),
    Quantity("resting_moments", resting_moments, "E theta_t theta_t^T, t = 0..T, from the minimum itself"),
    Quantity("isotropic_moments", isotropic_moments, "E theta_t theta_t^T, t = 0..T, from the identity on perp"),
)
