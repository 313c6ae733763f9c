"""Formulas of the lemmas about common eigenvectors: pairs of modes, their difference, a shared direction."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import combinations
from typing import Any

from flint import fmpq

from refutable.theorems.checks import Check
from refutable.theorems.views import View

MAX_PAIRED_TOGGLES = 3
"""Pairs are formed of at most 2^3 modes."""


def pairs(view: View) -> Iterable[tuple[View, View]]:
    """All pairs of modes, all kinks off against all on first.

    Raises:
        ArithmeticError: more than `MAX_PAIRED_TOGGLES` toggles.
    """
    modes = view["modes"]
    if len(modes) > 2**MAX_PAIRED_TOGGLES:
        raise ArithmeticError(f"{len(view['toggles'])} kinks lie on data; pairs are formed of at most 2^3 modes")
    yield modes[0].view, modes[-1].view
    for first, second in combinations(modes, 2):
        if (first, second) != (modes[0], modes[-1]):
            yield first.view, second.view


def difference_norm(ops: Any, first: View, second: View) -> Any:
    """Spectral norm of the difference of two modes' Hessians."""
    difference = second["gauss_newton"] - first["gauss_newton"]
    return ops.sqrt(ops.top_eigenvalue(ops.matmul(difference, difference)))


def spread(constant: int) -> Callable[[View, View, View], Any]:
    """sqrt(constant) C (sqrt lambda + sqrt lambda~) sqrt(p/n)."""

    def right(view: View, first: View, second: View) -> Any:
        ops, entry = view.ops, view["largest_gradient_entry"]
        share = view.ops.ratio(constant * view["toggles_per_datum"], len(view["x"]))
        return ops.sqrt(share * entry * entry) * sum_of_roots(ops, first, second)

    return right


def sum_of_roots(ops: Any, first: View, second: View) -> Any:
    """sqrt lambda + sqrt lambda~ of two modes."""
    return ops.sqrt(first["gauss_newton_sharpness"]) + ops.sqrt(second["gauss_newton_sharpness"])


def compared(right: Callable[[View, View, View], Any]) -> Callable[[View], Iterable[Check]]:
    """|H~ - H| <= right for every pair of modes."""
    return lambda view: [Check(difference_norm(view.ops, a, b), "<=", right(view, a, b)) for a, b in pairs(view)]


def widest(right: Callable[[View, View, View], Any]) -> Callable[[View], Iterable[Check]]:
    """|H~ - H| <= right for the modes with all kinks off and all on."""

    def concludes(view: View) -> Iterable[Check]:
        off, on = view["modes"][0].view, view["modes"][-1].view
        return [Check(difference_norm(view.ops, off, on), "<=", right(view, off, on))]

    return concludes


def curved(mode: View, v: Any) -> Any:
    """H_m v [P] = Phi_m' (Phi_m v) / n: two products with Phi_m [n, P], never the P x P matrix."""
    ops, phi = mode.ops, mode["features"]
    return ops.matvec(ops.transpose(phi), ops.matvec(phi, v)) * ops.ratio(1, int(phi.shape[-2]))


def direction(view: View) -> Any:
    """A rational vector near the top eigenvector of the mean Hessian of all modes [P]: 24 rounded power steps."""
    ops, modes = view.ops, [mode.view for mode in view["modes"]]
    ones = ops.ones_like(modes[0]["features"][0])
    vector = curved(modes[0], ones) + ones
    for _ in range(24):
        images = [curved(mode, vector) for mode in modes]
        vector = sum(images[1:], images[0])
        largest = max(abs(c) for c in vector)
        vector = ops.array([fmpq((c / largest * 2**24).floor(), 2**24) for c in vector])
    return vector


def defects(view: View, q: Any) -> list[Any]:
    """|H_m q - lambda_m q| / |q| for every mode m, lambda_m = lambda_max(H_m)."""
    ops, square, out = view.ops, view.ops.sum(q * q), []
    for mode in view["modes"]:
        image, top = curved(mode.view, q), mode.view["gauss_newton_sharpness"]
        residual = ops.sum(image * image) / square - top * (2 * ops.sum(image * q) / square) + top * top
        out.append(ops.sqrt(residual))
    return out


def leaves(view: View) -> Iterable[Check]:
    """|q| < |(I - eta H_m) q|, squared, for every mode m."""
    ops, q = view.ops, direction(view)
    for mode in view["modes"]:
        step = q - view["step_size"] * curved(mode.view, q)
        yield Check(ops.sum(q * q), "<", ops.sum(step * step))
