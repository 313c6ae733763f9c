"""Formulas of the lemmas about common eigenvectors: pairs of modes, their difference, a shared direction."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import combinations
from typing import Any

from flint import fmpq

from refutable.theorems.checks import Check
from refutable.theorems.constants import ratio
from refutable.theorems.domains.shallow_relu.modes import Mode, proposed
from refutable.theorems.exact import as_real, compare
from refutable.theorems.exact.rationals import ball_bounds
from refutable.theorems.views import View

MAX_PAIRED_TOGGLES = 3
"""Pairs are formed of at most 2^3 modes."""
BITS = 96
NOT_FOUND = "the direction found by 24 power steps is not shared closely enough by the modes; another one may be"


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


def spread(square: fmpq | int) -> Callable[[View, View, View], Any]:
    """sqrt(square) C (sqrt lambda + sqrt lambda~) sqrt(p/n)."""

    def right(view: View, first: View, second: View) -> Any:
        ops, entry = view.ops, view["largest_gradient_entry"]
        share = view["toggles_per_datum"] * ratio(view.ops, fmpq(square) / int(view["x"].shape[-2]))
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
    """A rational vector near the top eigenvector of the mean Hessian of all modes [P]: 24 rounded power steps.

    They start at the sum of all gradients; all ones where that is 0 or lies in the kernel of every mode. On float
    batches [B, P] the steps are not rounded.
    """
    if proposed(view):
        return _float_direction(view)
    ops, modes = view.ops, [mode.view for mode in distinct_modes(view)]
    ones = ops.ones_like(modes[0]["features"][0])
    vector = sum(ops.sum(ops.transpose(mode["features"])) for mode in modes)
    for _ in range(24):
        images = [curved(mode, vector) for mode in modes]
        vector = sum(images[1:], images[0])
        largest = max(abs(c) for c in vector)
        if largest == 0:
            return ones
        vector = ops.array([fmpq((c / largest * 2**24).floor(), 2**24) for c in vector])
    return vector


def _float_direction(view: View) -> Any:
    ops, modes = view.ops, [mode.view for mode in view["modes"]]
    vector = sum(ops.sum(ops.transpose(mode["features"])) for mode in modes)
    for _ in range(24):
        images = [curved(mode, vector) for mode in modes]
        vector = sum(images[1:], images[0])
        size = ops.norm(vector)
        vector = vector / ops.spread(size + ops.zero(size))
    return vector


def distinct_modes(view: View) -> list[Mode]:
    """The modes with different gradients: one of each; all of them on float batches."""
    if proposed(view):
        return list(view["modes"])
    found: dict[tuple[Any, ...], Mode] = {}
    for mode in view["modes"]:
        found.setdefault(tuple(mode.view["features"].ravel()), mode)
    return list(found.values())


def defects(view: View, q: Any) -> list[Any]:
    """(|H_m q - lambda_m q| / |q|)^2 for every distinct mode m, lambda_m = lambda_max(H_m)."""
    ops, square, out = view.ops, view.ops.sum(q * q), []
    for mode in distinct_modes(view):
        image, top = curved(mode.view, q), mode.view["gauss_newton_sharpness"]
        out.append(ops.sum(image * image) / square - top * (2 * ops.sum(image * q) / square) + top * top)
    return out


def sharper_than(view: View, level: Any) -> Iterable[Check]:
    """Every mode's sharpness is above ``level``."""
    for mode in distinct_modes(view):
        yield Check(level, "<", mode.view["gauss_newton_sharpness"])


def nearly_shared(view: View, level: Any) -> Iterable[Check]:
    """Some q has |H_m q - lambda_m q| < (min_m lambda_m - level) |q| for every mode m, in three values.

    False where a sharpness is not above ``level``, true where the computed direction serves, else undecided.
    """
    yield from sharper_than(view, level)
    if proposed(view):
        tops = [mode.view["gauss_newton_sharpness"] for mode in view["modes"]]
        least = -view.ops.max(view.ops.stack([level - top for top in tops]))
        yield from (Check(defect, "<", least * least) for defect in defects(view, direction(view)))
        return
    yield Check(_serves(view, level) or None, "true", reason=NOT_FOUND)


def _serves(view: View, level: Any) -> bool:
    """Whether `direction` is shared closely enough; min_m lambda_m is replaced by a rational just below it."""
    least = least_sharpness(view) - level
    square = least * least
    return least > 0 and all(compare(defect, square) == -1 for defect in defects(view, direction(view)))


def least_sharpness(view: View) -> fmpq:
    """A rational just below every mode's sharpness: the lowest end of their enclosures."""
    tops = [as_real(mode.view["gauss_newton_sharpness"]) for mode in distinct_modes(view)]
    return min(ball_bounds(top.ball(BITS))[0] for top in tops)


def above_shared(numerator: int) -> Callable[[View], dict[str, Any]]:
    """A step size for which numerator / eta is just below min_m lambda_m less the largest defect: for float batches.

    Where the modes share no direction, for which it is a sixteenth of the least sharpness.
    """

    def step_size(view: View) -> dict[str, Any]:
        if view.ops.exact:
            return {}
        ops = view.ops
        least = -ops.max(-view["mode_sharpnesses"])
        gap = ops.sqrt(ops.max(ops.stack(defects(view, direction(view)))))
        # The exact direction is rounded to 24 binary digits: its defects are that much larger.
        margin = ops.maximum(least * ops.ratio(2**20 - 1, 2**20) - gap, least * ops.ratio(1, 16))
        return {"step_size": numerator / margin}

    return step_size


def below_all_modes(view: View) -> dict[str, Any]:
    """The step size a hair above 2 / least sharpness of a mode: for float batches."""
    if view.ops.exact:
        return {}
    ops = view.ops
    return {"step_size": ops.ratio(2**41 + 2, 2**40) / -ops.max(-view["mode_sharpnesses"])}


def leaves(view: View) -> Iterable[Check]:
    """|q| < |(I - eta H_m) q|, squared, for every mode m."""
    ops, q = view.ops, direction(view)
    for mode in distinct_modes(view):
        step = q - ops.spread(view["step_size"]) * curved(mode.view, q)
        yield Check(ops.sum(q * q), "<", ops.sum(step * step))
