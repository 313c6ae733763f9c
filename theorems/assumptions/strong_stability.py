"""Hypotheses about points where kinks lie on data: strong stability and what goes with it."""

from __future__ import annotations

from collections.abc import Iterable

from refutable.theorems.checks import Check
from refutable.theorems.claims import Assumption
from refutable.theorems.domains.shallow_relu.forward import is_trained
from refutable.theorems.domains.shallow_relu.modes import Mode
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


def surplus(view: View) -> int:
    """1 + k - L with L the number of knots of the function (distinct hyperplanes with nonzero jump)."""
    rows = [any(c != 0 for c in row) for row in view["w1"]]
    knots = sum(int(mass != 0 and proper) for mass, proper in zip(view["merged_mass"], rows, strict=True))
    return 1 + len(rows) - knots


def _few_surplus(view: View) -> Iterable[Check]:
    yield Check(12 * surplus(view), "<", len(view["x"]), "12 (1 + k - L) < n")


def _distinct_data(view: View) -> Iterable[Check]:
    rows = [tuple(row) for row in view["x"]]
    yield Check(len(set(rows)) == len(rows), "true", reason="some data coincide")


def _proper_inputs(view: View) -> Iterable[Check]:
    dead = next((i for i, row in enumerate(view["w1"]) if all(c == 0 for c in row)), None)
    yield Check(dead is None, "true", reason=f"neuron {dead} has input weights 0")


def _some_toggle(view: View) -> Iterable[Check]:
    yield Check(bool(view["toggles"]), "true", reason="no datum lies on a kink that training can move")


def _one_toggle(view: View) -> Iterable[Check]:
    found = view["toggles"]
    yield Check(len(found) <= 1, "true", reason=f"{len(found)} kinks lie on data")


def _modes_stable(view: View) -> Iterable[Check]:
    yield Check(view["mode_sharpnesses"], "<=", view["stability_threshold"], "mode sharpness <= 2 / step size")


def _no_output_bias(view: View) -> Iterable[Check]:
    yield Check(not is_trained(view, "b2"), "true", reason="the output bias is trained")


def opposed(view: View) -> bool:
    """Whether kinks on data with a negative lean E[(1 + x_j . X) 1_i] belong to output weights of both signs."""
    leaning = [view["w2"][t.neuron] for t, c in zip(view["toggles"], view["toggle_leans"], strict=True) if c < 0]
    return any(w > 0 for w in leaning) and any(w < 0 for w in leaning)


def _opposed(view: View) -> Iterable[Check]:
    yield Check(opposed(view), "true", reason="no two kinks on data are opposed")


def _unopposed(view: View) -> Iterable[Check]:
    yield Check(not opposed(view), "true", reason="two kinks on data are opposed")


STRONGLY_STABLE = Assumption(
    "strongly-stable",
    "no start in a small ball ever leaves it on average (strong linear stability at a kink)",
    lambda view: [strongly_stable(view)],
)
FEW_SURPLUS_NEURONS = Assumption(
    "few-surplus-neurons", "12 (1 + k - L) < n for k neurons, L knots of the function and n data", _few_surplus
)
DISTINCT_DATA = Assumption("distinct-data", "no two data coincide", _distinct_data)
NONZERO_INPUT_WEIGHTS = Assumption("nonzero-input-weights", "no neuron has input weights 0", _proper_inputs)
KINK_ON_DATUM = Assumption("kink-on-datum", "some datum lies on a neuron's kink", _some_toggle)
ONE_TOGGLING_NEURON = Assumption(
    "one-toggling-neuron", "at most one neuron's kink lies on data, and on one distinct datum only", _one_toggle
)
MODES_STABLE = Assumption("modes-stable", "the sharpness of every mode is at most 2 / step size", _modes_stable)
OUTPUT_BIAS_UNTRAINED = Assumption(
    "output-bias-untrained", "the network has no output bias, or it is frozen", _no_output_bias
)
OPPOSED_KINKS = Assumption(
    "opposed-kinks",
    "two kinks on data, i on x_j, with E[(1 + x_j X) 1_i] < 0: one with w2_i > 0 and one with w2_i < 0",
    _opposed,
)
UNOPPOSED_KINKS = Assumption(
    "unopposed-kinks", "all kinks on data, i on x_j, with E[(1 + x_j X) 1_i] < 0 have w2_i of one sign", _unopposed
)
