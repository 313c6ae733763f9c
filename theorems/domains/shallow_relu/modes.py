"""Modes of a network at a point where kinks lie on data.

A toggle is a neuron i and a distinct datum x_j with w1_i . x_j + b1_i = 0. Near the point the loss has one analytic
piece for every choice of on or off at the toggles: its modes (Mulayoff, Michaeli, Soudry, NeurIPS 2021, Section 4).
Every choice is taken. Where a neuron toggles on one datum only, all are realised nearby; where it toggles on
several, some may not be, and a statement about all modes here is stronger than one about the realised ones.

A kink that no trained parameter moves is not a toggle: the pre-activation there is 0 at every point that training
can reach, so its activation is 0 and, as its derivative in the trained parameters is 0 too, so is its part of the
gradient, whether its gate is called on or off. There is one piece, not two. (w1 and b1 frozen; or b1 frozen and
x_j = 0.)

On float batches (`float_modes`) all kinks of one neuron are switched together: every mode where a neuron toggles on
one distinct datum at most, some of them elsewhere. That only ever proposes; certified floats decide nothing here.
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
from refutable.theorems.ops.protocol import NotCertified
from refutable.theorems.views import Quantity, View

MAX_TOGGLES = 8
"""At most 2^8 modes are enumerated."""
MAX_FLOAT_NEURONS = 3
"""On a float batch at most so many neurons are switched one by one."""


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
    """All toggles, by neuron and then by datum; exact only (on float batches: `toggling`)."""
    if not view.ops.exact:
        raise NotCertified("a toggle is a discrete fact, found exactly")
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


def proposed(view: View) -> bool:
    """Whether floats propose: False on an exact view.

    Raises:
        NotCertified: in certified floats, which cannot tell whether a datum lies on a kink.
    """
    if not view.ops.exact and not view.ops.proposes:
        raise NotCertified("whether a datum lies on a kink is decided exactly, not in floats")
    return not view.ops.exact


def toggling(view: View) -> Any:
    """Indicator [n, k] of the kinks on data that training can move, in floats."""
    if is_trained(view, "b1") or not is_trained(view, "w1"):
        return view["kink"] * int(is_trained(view, "b1"))
    ops, x = view.ops, view["x"]
    return view["kink"] * (1 - ops.zero(ops.sum(x * x)))[..., None]


def float_modes(view: View) -> tuple[Mode, ...]:
    """Modes of a float batch, all kinks off first: each neuron's kinks on data are switched together.

    More than `MAX_FLOAT_NEURONS` toggling neurons, over the whole batch, are switched all together only.
    """
    on, k = view["toggling"], int(view["w1"].shape[-2])
    neurons = [i for i in range(k) if bool((on[..., i] != 0).any())]
    if len(neurons) > MAX_FLOAT_NEURONS:
        choices = [[0] * k, [1] * k]
    else:
        chosen = [dict(zip(neurons, c, strict=True)) for c in product((0, 1), repeat=len(neurons))]
        choices = [[c.get(i, 0) for i in range(k)] for c in chosen]
    fields = _fields(view)
    masks = [view["active"] + on * view.ops.array(choice) if any(choice) else view["active"] for choice in choices]
    return tuple(Mode((), View(view.domain, view.ops, fields, {**view.structure, "active": m})) for m in masks)


def modes(view: View) -> tuple[Mode, ...]:
    """All modes, all toggles off first.

    Raises:
        ArithmeticError: more than `MAX_TOGGLES` toggles.
    """
    if proposed(view):
        return float_modes(view)
    found = view["toggles"]
    if len(found) > MAX_TOGGLES:
        raise ArithmeticError(f"{len(found)} kinks lie on data; at most {MAX_TOGGLES} are enumerated (2^8 modes)")
    return tuple(mode(view, signs) for signs in product((-1, 1), repeat=len(found)))


def mode(view: View, signs: tuple[int, ...]) -> Mode:
    """The mode with these signs at the toggles."""
    mask = view["active"].copy()
    for toggle, sign in zip(view["toggles"], signs, strict=True):
        mask[list(toggle.data), toggle.neuron] = fmpq(int(sign > 0))
    return Mode(signs, View(view.domain, view.ops, _fields(view), {**view.structure, "active": mask}))


def _fields(view: View) -> dict[str, Any]:
    return {field.name: view[field.name] if view.has(field.name) else None for field in view.domain.fields}


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
    return _listed(view, [m.view["mean_gradient_square"] for m in view["modes"]])


def mode_sharpnesses(view: View) -> Any:
    """lambda_max of the Gauss-Newton part of every mode [M]."""
    return _listed(view, [m.view["gauss_newton_sharpness"] for m in view["modes"]])


def _listed(view: View, items: list[Any]) -> Any:
    return view.ops.stack(items) if proposed(view) else _array(items)


def _array(items: list[Any]) -> Any:
    out = np.empty(len(items), dtype=object)
    out[:] = items
    return out


def largest_gradient_entry(view: View) -> Any:
    """C: the largest modulus of an entry of grad_m f(x_j), over modes and data."""
    largest = _listed(view, [largest_entry(m.view) for m in view["modes"]])
    return view.ops.max(largest) if proposed(view) else max(largest)


def largest_entry(view: View) -> Any:
    """The largest modulus of an entry of grad f(x_j), over data."""
    phi = view["features"]
    return view.ops.max(view.ops.max(view.ops.abs(phi))) if proposed(view) else max(abs(c) for c in phi.ravel())


def toggles_per_datum(view: View) -> Any:
    """The largest number of neurons that toggle on one datum."""
    if proposed(view):
        return view.ops.max(view.ops.sum(view["toggling"]))
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
    Quantity("toggling", toggling, "kinks on data that training can move, 0 or 1, [n, k]"),
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
