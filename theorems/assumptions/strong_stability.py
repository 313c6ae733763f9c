"""Hypotheses about points where kinks lie on data: strong stability and what goes with it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from refutable.theorems.assumptions.kink_fitting import float_opposed, onto_data, onto_opposed_data
from refutable.theorems.checks import Check
from refutable.theorems.claims import Assumption
from refutable.theorems.domains.shallow_relu.forward import is_trained
from refutable.theorems.domains.shallow_relu.modes import Mode, proposed
from refutable.theorems.domains.shallow_relu.nonexpansion import cone, expanding_start, never_expands
from refutable.theorems.exact import compare
from refutable.theorems.views import View

UNDECIDED = "some mode's sharpness is above 2 / step size, no start was found to leave, no certificate that none does"
SGD = "all that was found is about gradient descent; for smaller batches a start that leaves on average was not found"
NOT_INTERPOLATING = "strong stability is decided at interpolating points only, where every mode's gradient vanishes"


def strongly_stable(view: View) -> Check:
    """Whether sup_t E|theta_t - theta*| <= eps for every start in the eps-ball, in three values.

    Proved for gradient descent: every mode's sharpness is at most 2 / step size, or a certificate per mode shows
    that no step in its cone leads away. Disproved, for any batch size: an explicit start that leaves the ball in
    its first (mean) step. Otherwise undecided.
    """
    if proposed(view):
        # The sufficient half, which floats can follow: the cones of the modes are decided exactly.
        largest = view.ops.max(view["mode_sharpnesses"])
        return Check(largest, "<=", view["stability_threshold"], "largest mode sharpness <= 2 / step size")
    if any(r != 0 for r in view["residual"]):
        return Check(None, "true", reason=NOT_INTERPOLATING)
    sharp = _modes_above(view)
    if not sharp:
        return _of_descent(view)
    cones = [cone(mode, view["toggle_normals"], view["step_size"]) for mode in sharp]
    for mode, region in zip(sharp, cones, strict=True):
        if expanding_start(region) is not None:
            return Check(False, "true", reason=f"a start in mode {_name(mode)} leaves the ball in one step")
    if all(never_expands(region) for region in cones):
        return _of_descent(view)
    return Check(None, "true", reason=UNDECIDED)


def _modes_above(view: View) -> list[Mode]:
    threshold = view["stability_threshold"]
    modes, values = view["modes"], view["mode_sharpnesses"]
    return [m for m, value in zip(modes, values, strict=True) if compare(value, threshold) == 1]


def _of_descent(view: View) -> Check:
    batch = view["batch_size"] if view.has("batch_size") else None
    if batch is not None and batch < len(view["x"]):
        return Check(None, "true", reason=SGD)
    return Check(True, "true")


def _name(mode: Mode) -> str:
    return "(" + ", ".join("on" if s > 0 else "off" for s in mode.signs) + ")" if mode.signs else "(the only one)"


def surplus(view: View) -> Any:
    """1 + k - L with L the number of knots of the function (distinct hyperplanes with nonzero jump)."""
    if proposed(view):
        ops, w1 = view.ops, view["w1"]
        knots = (1 - ops.zero(view["merged_mass"])) * (1 - ops.zero(ops.sum(w1 * w1)))
        return 1 + int(w1.shape[-2]) - ops.sum(knots)
    rows = [any(c != 0 for c in row) for row in view["w1"]]
    knots = sum(int(mass != 0 and proper) for mass, proper in zip(view["merged_mass"], rows, strict=True))
    return 1 + len(rows) - knots


def _few_surplus(view: View) -> Iterable[Check]:
    yield Check(12 * surplus(view), "<", int(view["x"].shape[-2]), "12 (1 + k - L) < n")


def _distinct_data(view: View) -> Iterable[Check]:
    if proposed(view):
        ops, x = view.ops, view["x"]
        gaps = x[..., :, None, :] - x[..., None, :, :]
        squares = ops.sum(gaps * gaps) + ops.identity(ops.matmul(x, ops.transpose(x)))
        yield Check(0, "<", -ops.max(ops.max(-squares)), "squared distance of two data")
        return
    rows = [tuple(row) for row in view["x"]]
    yield Check(len(set(rows)) == len(rows), "true", reason="some data coincide")


def _proper_inputs(view: View) -> Iterable[Check]:
    if proposed(view):
        yield Check(0, "<", view.ops.sum(view["w1"] * view["w1"]), "squared norm of input weights")
        return
    dead = next((i for i, row in enumerate(view["w1"]) if all(c == 0 for c in row)), None)
    yield Check(dead is None, "true", reason=f"neuron {dead} has input weights 0")


def _some_toggle(view: View) -> Iterable[Check]:
    found = _count(view) > 0 if proposed(view) else bool(view["toggles"])
    yield Check(found, "true", reason="no datum lies on a kink that training can move")


def _count(view: View) -> Any:
    """Number of kinks on data of a float batch [B]; equal data count as often as they occur."""
    return view.ops.sum(view.ops.sum(view["toggling"]))


def _one_toggle(view: View) -> Iterable[Check]:
    if proposed(view):
        yield Check(_count(view), "<=", 1, "kinks on data")
        return
    found = view["toggles"]
    yield Check(len(found) <= 1, "true", reason=f"{len(found)} kinks lie on data")


def _modes_stable(view: View) -> Iterable[Check]:
    values = view.ops.max(view["mode_sharpnesses"]) if proposed(view) else view["mode_sharpnesses"]
    yield Check(values, "<=", view["stability_threshold"], "mode sharpness <= 2 / step size")


def _no_output_bias(view: View) -> Iterable[Check]:
    yield Check(not is_trained(view, "b2"), "true", reason="the output bias is trained")


def _edge_of_modes(view: View) -> dict[str, Any]:
    """The step size a hair below 2 / max over modes of sharpness."""
    return {"step_size": view.ops.ratio(2**41 - 2, 2**40) / view.ops.max(view["mode_sharpnesses"])}


def _bias_frozen(view: View) -> dict[str, Any]:
    if not view.has("b2"):
        return {}
    return {"frozen": (view["frozen"] if view.has("frozen") else frozenset()) | {"b2"}}


def opposed(view: View) -> Any:
    """Whether kinks on data with a negative lean E[(1 + x_j . X) 1_i] belong to output weights of both signs."""
    if proposed(view):
        return float_opposed(view)
    leaning = [view["w2"][t.neuron] for t, c in zip(view["toggles"], view["toggle_leans"], strict=True) if c < 0]
    return any(w > 0 for w in leaning) and any(w < 0 for w in leaning)


def _opposed(view: View) -> Iterable[Check]:
    yield Check(opposed(view), "true", reason="no two kinks on data are opposed")


def _unopposed(view: View) -> Iterable[Check]:
    found = opposed(view)
    yield Check(not found if isinstance(found, bool) else ~found, "true", reason="two kinks on data are opposed")


STRONGLY_STABLE = Assumption(
    "strongly-stable",
    "no start in a small ball ever leaves it on average (strong linear stability at a kink)",
    lambda view: [strongly_stable(view)],
    _edge_of_modes,
    last=True,
)
FEW_SURPLUS_NEURONS = Assumption(
    "few-surplus-neurons", "12 (1 + k - L) < n for k neurons, L knots of the function and n data", _few_surplus
)
DISTINCT_DATA = Assumption("distinct-data", "no two data coincide", _distinct_data)
NONZERO_INPUT_WEIGHTS = Assumption("nonzero-input-weights", "no neuron has input weights 0", _proper_inputs)
KINK_ON_DATUM = Assumption("kink-on-datum", "some datum lies on a neuron's kink", _some_toggle, onto_data)
ONE_TOGGLING_NEURON = Assumption(
    "one-toggling-neuron", "at most one neuron's kink lies on data, and on one distinct datum only", _one_toggle
)
MODES_STABLE = Assumption(
    "modes-stable", "the sharpness of every mode is at most 2 / step size", _modes_stable, _edge_of_modes, last=True
)
OUTPUT_BIAS_UNTRAINED = Assumption(
    "output-bias-untrained", "the network has no output bias, or it is frozen", _no_output_bias, _bias_frozen
)
OPPOSED_KINKS = Assumption(
    "opposed-kinks",
    "two kinks on data, i on x_j, with E[(1 + x_j X) 1_i] < 0: one with w2_i > 0 and one with w2_i < 0",
    _opposed,
    onto_opposed_data,
    sure=False,
)
UNOPPOSED_KINKS = Assumption(
    "unopposed-kinks", "all kinks on data, i on x_j, with E[(1 + x_j X) 1_i] < 0 have w2_i of one sign", _unopposed
)
