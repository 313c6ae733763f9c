"""The quadratic forms of C and D at the identity and at v v^T."""

from __future__ import annotations

from typing import Any, NamedTuple

from refutable.theorems.views import View


class Direction(NamedTuple):
    """|v|^2, v^T H_i v [n] and v^T H v of the displacement v, in one arithmetic."""

    squared_length: Any
    curvatures: Any
    mean: Any
    mean_square: Any


def direction(view: View) -> Direction:
    """What the displacement sees: |v|^2, v^T H_i v, their mean and the mean of their squares."""
    ops, v = view.ops, view["displacement"]
    row = v[..., None, None, :]
    column = v[..., None, :, None]
    found = ops.sum(ops.sum(view["hessians"] * (row * column)))
    return Direction(ops.sum(v * v), found, ops.mean(found), ops.mean(found * found))


def direction_form(found: Direction, noise: Any) -> Any:
    """(1 - p) (v^T H v)^2 + p mean (v^T H_i v)^2."""
    return (1 - noise) * found.mean * found.mean + noise * found.mean_square


def eigenvector_bound(view: View, noise: Any) -> Any:
    """2 lambda / (lambda^2 + p mean (u^T H_i u - lambda)^2), u = v / |v|, lambda = u^T H u."""
    found = direction(view)
    top = found.mean / found.squared_length
    spread = found.mean_square / (found.squared_length * found.squared_length) - top * top
    return 2 * top / (top * top + noise * spread)


def trace_denominator_at(view: View, noise: Any) -> Any:
    """(1 - p) |H|_F^2 + p mean |H_i|_F^2 for a given p."""
    return (1 - noise) * view["squared_hessian"] + noise * view.ops.mean(view["squared_hessians"])


def trace_denominator(view: View) -> Any:
    """(1 - p) |H|_F^2 + p mean |H_i|_F^2."""
    return trace_denominator_at(view, view["batch_noise"])
