"""Gradient steps: the full-batch orbit, and the exact law of SGD over all sequences of batches.

Shapes: n losses, p parameters, T steps. Batches of B losses are drawn uniformly without replacement,
independently from step to step.
"""

from __future__ import annotations

from itertools import combinations
from math import comb
from typing import Any

from refutable.theorems.views import Quantity, View

MAX_SEQUENCES = 5000
"""Most batch sequences that are enumerated."""
MAX_NORMS = 64
"""Most batch sequences whose Euclidean norms are summed exactly."""


def mean_hessian(view: View) -> Any:
    """H = (1/n) sum_i H_i [p, p]."""
    return view.ops.mean(view["hessians"], -3)


def sharpness(view: View) -> Any:
    """Largest eigenvalue of H."""
    return view.ops.top_eigenvalue(view["mean_hessian"])


def stability_threshold(view: View) -> Any:
    """2 / step size."""
    return view.ops.ratio(2) / view["step_size"]


def step_matrix(view: View, hessian: Any) -> Any:
    """I - eta * hessian [p, p]."""
    return view.ops.identity(hessian) - view.ops.spread(view["step_size"], 2) * hessian


def gradient_step(view: View) -> Any:
    """I - eta H [p, p]: one step of gradient descent."""
    return step_matrix(view, view["mean_hessian"])


def orbit(view: View) -> Any:
    """((I - eta H)^t v for t = 0..T+1), each [p]."""
    states = [view["displacement"]]
    for _ in range(view["steps"] + 1):
        states.append(view.ops.matvec(view["gradient_step"], states[-1]))
    return tuple(states)


def squared_distances(view: View) -> Any:
    """(|(I - eta H)^t v|^2 for t = 0..T+1)."""
    return tuple(view.ops.sum(state * state) for state in view["orbit"])


def curvature_along(view: View) -> Any:
    """v^T H v."""
    v = view["displacement"]
    return view.ops.sum(v * view.ops.matvec(view["mean_hessian"], v))


def sequence_count(view: View) -> int:
    """Number of batch sequences of length T: binomial(n, B)^T."""
    n = int(view["hessians"].shape[-3])
    size = view["batch_size"] if view.has("batch_size") else n
    return int(comb(n, size) ** view["steps"])


def batches(view: View) -> list[tuple[int, ...]]:
    """All batches, as tuples of loss indices.

    Raises:
        ArithmeticError: there are too many sequences of them to enumerate.
    """
    if view["sequence_count"] > MAX_SEQUENCES:
        raise ArithmeticError(
            f"there are {view['sequence_count']} batch sequences; at most {MAX_SEQUENCES} are enumerated"
        )
    n = int(view["hessians"].shape[-3])
    return list(combinations(range(n), view["batch_size"] if view.has("batch_size") else n))


def sgd_states(view: View) -> Any:
    """End points theta_T [p, N] of SGD from v, one column for each of the N equally likely batch sequences."""
    ops = view.ops
    updates = [_batch_step(view, batch) for batch in batches(view)]
    states = view["displacement"][..., None]
    for _ in range(view["steps"]):
        states = ops.concat([ops.matmul(update, states) for update in updates])
    return states


def _batch_step(view: View, batch: tuple[int, ...]) -> Any:
    hessians = view["hessians"]
    total = hessians[..., batch[0], :, :]
    for i in batch[1:]:
        total = total + hessians[..., i, :, :]
    return step_matrix(view, total * view.ops.ratio(1, len(batch)))


def sgd_mean(view: View) -> Any:
    """E theta_T [p]: the mean over all batch sequences."""
    return view.ops.mean(view["sgd_states"])


def sgd_mean_square(view: View) -> Any:
    """E |theta_T|^2 over all batch sequences."""
    states = view["sgd_states"]
    return view.ops.mean(view.ops.sum(states * states, -2))


def sgd_mean_norm(view: View) -> Any:
    """E |theta_T| over all batch sequences.

    Raises:
        ArithmeticError: there are too many sequences to sum their norms exactly.
    """
    states = view["sgd_states"]
    if view["sequence_count"] > MAX_NORMS:
        raise ArithmeticError(
            f"the norms of {view['sequence_count']} batch sequences; at most {MAX_NORMS} are summed exactly"
        )
    return view.ops.mean(view.ops.norm(states, -2))


STEPS = (
    Quantity("mean_hessian", mean_hessian, "H = mean of the H_i, [p, p]"),
    Quantity("sharpness", sharpness, "lambda_max(H)", scalar=True),
    Quantity("stability_threshold", stability_threshold, "2 / step size", scalar=True),
    Quantity("gradient_step", gradient_step, "I - eta H, [p, p]"),
    Quantity("orbit", orbit, "(I - eta H)^t v, t = 0..T+1"),
    Quantity("squared_distances", squared_distances, "|(I - eta H)^t v|^2, t = 0..T+1"),
    Quantity("curvature_along", curvature_along, "v^T H v", scalar=True),
    Quantity("sequence_count", sequence_count, "number of batch sequences", scalar=True),
    Quantity("sgd_states", sgd_states, "SGD's end points over all batch sequences, [p, N]"),
    Quantity("sgd_mean", sgd_mean, "E theta_T, [p]"),
    Quantity("sgd_mean_square", sgd_mean_square, "E |theta_T|^2", scalar=True),
    Quantity("sgd_mean_norm", sgd_mean_norm, "E |theta_T|", scalar=True),
)
