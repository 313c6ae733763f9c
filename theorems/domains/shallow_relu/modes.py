"""Modes of a network at a point where kinks lie on data.

A toggle is a neuron i and a distinct datum x_j with w1_i . x_j + b1_i = 0. Near the point the loss has one analytic
piece for every choice of on or off at the toggles: its modes (Mulayoff, Michaeli, Soudry, NeurIPS 2021, Section 4).
Every choice is taken. Where a neuron toggles on one datum only, all are realised nearby; where it toggles on
several, some may not be, and a statement about all modes here is stronger than one about the realised ones.

A kink that no trained parameter moves is not a toggle: the pre-activation there is 0 at every point that training
can reach, so its activation is 0 and, as its derivative in the trained parameters is 0 too, so is its part of the
gradient, whether its gate is called on or off. There is one piece, not two. (w1 and b1 frozen; or b1 frozen and
x_j = 0.)
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from flint import fmpq

from refutable.theorems.domains.shallow_relu.forward import GROUPS, is_trained
from refutable.theorems.domains.shallow_relu.weights import weight_from_moments
from refutable.theorems.views import Quantity, View

MAX_TOGGLES = 8
"""At most 2^8 modes are enumerated."""


@dataclass(frozen=True)
class Toggle:
    """A neuron whose kink lies on a datum and can be moved off it by the trained parameters.

    Attributes:
        neuron: i.
        data: the indices j of this datum, more than one where it is repeated.
    """

    neuron: int
    data: tuple[int, ...]


@dataclass(frozen=True)
class Mode:
    """One analytic piece.

    Attributes:
        signs: +1 (on) or -1 (off) for each toggle.
        view: the network with the gates of this mode; its quantities are those of the piece.
    """

    signs: tuple[int, ...]
    view: View


def toggles(view: View) -> tuple[Toggle, ...]:
    """All toggles, by neuron and then by datum."""
    x, kink = view["x"], view["kink"]
    found: dict[tuple[int, tuple[Any, ...]], list[int]] = {}
    for i in range(kink.shape[1]):
        for j in range(kink.shape[0]):
            if kink[j, i] == 1 and _moves(view, x[j]):
                found.setdefault((i, tuple(x[j])), []).append(j)
    return tuple(Toggle(i, tuple(data)) for (i, _), data in found.items())


def _moves(view: View, datum: Any) -> bool:
    """Whether a pre-activation at this datum depends on the trained parameters."""
    return is_trained(view, "b1") or (is_trained(view, "w1") and any(c != 0 for c in datum))


def modes(view: View) -> tuple[Mode, ...]:
    """All modes, all toggles off first.

    Raises:
        ArithmeticError: more than `MAX_TOGGLES` toggles.
    """
    found = view["toggles"]
    if len(found) > MAX_TOGGLES:
        raise ArithmeticError(f"{len(found)} kinks lie on data; at most {MAX_TOGGLES} are enumerated (2^8 modes)")
    return tuple(mode(view, signs) for signs in product((-1, 1), repeat=len(found)))


def mode(view: View, signs: tuple[int, ...]) -> Mode:
    """The mode with these signs at the toggles."""
    mask = view["active"].copy()
    for toggle, sign in zip(view["toggles"], signs, strict=True):
        mask[list(toggle.data), toggle.neuron] = fmpq(int(sign > 0))
    fields = {field.name: view[field.name] if view.has(field.name) else None for field in view.domain.fields}
    return Mode(signs, View(view.domain, view.ops, fields, {**view.structure, "active": mask}))


def toggle_normals(view: View) -> Any:
    """Gradient of each toggle's pre-activation in the trained parameters [T, P]; order as in `features`."""
    k, d = view["w1"].shape
    rows = []
    for toggle in view["toggles"]:
        blocks = {name: np.full(size, fmpq(0), dtype=object) for name, size in _sizes(k, d).items()}
        blocks["w1"][toggle.neuron * d : (toggle.neuron + 1) * d] = view["x"][toggle.data[0]]
        blocks["b1"][toggle.neuron] = fmpq(1)
        rows.append(np.concatenate([blocks[group] for group in GROUPS if is_trained(view, group)]))
    return np.array(rows, dtype=object)


def _sizes(k: int, d: int) -> dict[str, int]:
    return {"w1": k * d, "b1": k, "w2": k, "b2": 1}


def mode_mean_gradient_squares(view: View) -> Any:
    """|E grad_m f|^2 for every mode m [M]."""
    return _array([m.view["mean_gradient_square"] for m in view["modes"]])


def mode_sharpnesses(view: View) -> Any:
    """lambda_max of the Gauss-Newton part of every mode [M]."""
    return _array([m.view["gauss_newton_sharpness"] for m in view["modes"]])


def _array(items: list[Any]) -> Any:
    out = np.empty(len(items), dtype=object)
    out[:] = items
    return out


def largest_gradient_entry(view: View) -> Any:
    """C: the largest modulus of an entry of grad_m f(x_j), over modes and data."""
    return max(abs(entry) for m in view["modes"] for entry in m.view["features"].ravel())


def toggles_per_datum(view: View) -> int:
    """The largest number of neurons that toggle on one datum."""
    return max(Counter(j for toggle in view["toggles"] for j in toggle.data).values(), default=0)


def toggle_leans(view: View) -> Any:
    """E[(1 + x_j . X) 1_i] for each toggle (i, j), 1_i where neuron i is active strictly [T].

    Times w2_i it is the derivative of the toggle's pre-activation along E grad f of the mode with all kinks off,
    when w1 and b1 are trained.
    """
    probability, moment = (view["active_moments"][name] for name in ("probability", "moment"))
    return _array([probability[t.neuron] + (moment[t.neuron] * view["x"][t.data[0]]).sum() for t in view["toggles"]])


def inclusive_norm(view: View) -> Any:
    """The stability norm with P(X <= x) for P(X < x) on both sides: data on a hyperplane count for both."""
    return view.ops.sum(view.ops.abs(view["merged_mass"]) * view.ops.minimum(*_inclusive_sides(view)))


def widest_norm(view: View) -> Any:
    """The stability norm with the larger of the strict and the inclusive weight of each side, then the smaller side."""
    ops, strict = view.ops, (view["active_weight"], view["inactive_weight"])
    sides = [ops.maximum(a, b) for a, b in zip(strict, _inclusive_sides(view), strict=True)]
    return ops.sum(ops.abs(view["merged_mass"]) * ops.minimum(*sides))


def _inclusive_sides(view: View) -> list[Any]:
    """The weights of both sides of each neuron's hyperplane, data on it counted: [k], [k]."""
    ops, kink = view.ops, view["kink"]
    extra = ops.mean(kink, -2)
    moment = ops.matmul(ops.transpose(kink), view["x"]) * ops.ratio(1, int(view["x"].shape[-2]))
    return [
        weight_from_moments(ops, m["probability"] + extra, m["moment"] + moment, m["excess"])
        for m in (view["active_moments"], view["inactive_moments"])
    ]


MODES = (
    Quantity("toggles", toggles, "neurons whose kinks lie on data, by distinct datum"),
    Quantity("modes", modes, "the analytic pieces of the loss near the point"),
    Quantity("toggle_normals", toggle_normals, "gradients of the toggles' pre-activations, [T, P]"),
    Quantity("mode_mean_gradient_squares", mode_mean_gradient_squares, "|E grad_m f|^2 of every mode, [M]"),
    Quantity("mode_sharpnesses", mode_sharpnesses, "lambda_max of every mode's Gauss-Newton part, [M]"),
    Quantity("largest_gradient_entry", largest_gradient_entry, "max |entry of grad_m f(x_j)|", scalar=True),
    Quantity("toggles_per_datum", toggles_per_datum, "most kinks on one datum", scalar=True),
    Quantity("toggle_leans", toggle_leans, "E[(1 + x_j . X) 1_i] of each toggle, [T]"),
    Quantity("inclusive_norm", inclusive_norm, "the stability norm with P(X <= x) for P(X < x)", scalar=True),
    Quantity("widest_norm", widest_norm, "the stability norm with the larger of both weights a side", scalar=True),
)
