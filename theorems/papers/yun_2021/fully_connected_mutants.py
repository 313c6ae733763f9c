"""False statements about what fully connected linear networks end at, each with a state that refutes it."""

from __future__ import annotations

from typing import Any

from refutable.theorems.checks import Check
from refutable.theorems.claims import Assumption, Checks, Claim
from refutable.theorems.domains.matrix_regression import MATRIX_REGRESSION
from refutable.theorems.domains.matrix_regression.dynamics import (
    STATE,
    norm_product,
    reach_power,
)
from refutable.theorems.flows import derivative_along
from refutable.theorems.instances import Instance
from refutable.theorems.papers.yun_2021.fully_connected_assumptions import DOMINATED, INTERPOLATING, ROW_SPACE_KEPT
from refutable.theorems.papers.yun_2021.fully_connected_cases import BALANCED_DEEPER, DEEPER, GROWN, STEPPING
from refutable.theorems.records import Mutant
from refutable.theorems.views import View

REACHED = (ROW_SPACE_KEPT, INTERPOLATING)


def at_start(view: View) -> View:
    """The state at time 0."""
    known = {field.name: view[field.name] for field in view.domain.fields if view.has(field.name)}
    started = {name: view[f"{name}_start"] for name in STATE if view.has(name)}
    return View(view.domain, view.ops, {**known, **started})


def sums(view: View, suffix: str = "") -> Any:
    """W_1^T W_1 + W_2 W_2^T, or + w_2 w_2^T [h, h]: a sum where the flow conserves the difference."""
    ops = view.ops
    first = ops.matmul(ops.transpose(view["first" + suffix]), view["first" + suffix])
    if view.has("middle"):
        return first + ops.matmul(view["middle" + suffix], ops.transpose(view["middle" + suffix]))
    last = view["last" + suffix]
    return first + last[..., :, None] * last[..., None, :]


def _within(view: View) -> Any:
    return view["first_start"] - view["out_of_reach"]


def _last_square(view: View) -> Any:
    return view.ops.sum(view["last"] * view["last"])


def _reciprocal(view: View) -> Any:
    return reach_power(view, view["depth"]) * view["squared_norm"]


def _mutant(
    id: str, statement: str, assumes: tuple[Assumption, ...], concludes: Checks, why: str, killer: Instance
) -> Mutant:
    return Mutant(
        id, Claim(f"fully-connected-{id}", MATRIX_REGRESSION, statement, assumes, concludes), why, killer
    )  # fmt: skip


MUTANTS = (
    _mutant(
        "least-norm",
        "an interpolating network that gradient descent reaches is the interpolator of least norm",
        REACHED,
        lambda view: [Check(view["beta"], "==", view["least_norm"])],
        "so it is in the limit of a small start alone: the start's part out of reach stays",
        GROWN,
    ),
    _mutant(
        "kernel-part-fixed",
        "training keeps P beta = P beta(0), as it does with one layer",
        (ROW_SPACE_KEPT,),
        lambda view: [Check(view["kernel_part"], "==", at_start(view)["kernel_part"])],
        "P W_1 is kept, but later layers grow, and with them what they carry",
        GROWN,
    ),
    _mutant(
        "within-reach",
        "the distance is at most |(I - P) W_1(0)| |W_2| ... |w_L|",
        REACHED,
        lambda view: [Check(view["squared_distance"], "<=", norm_product(view, _within(view)))],
        "that part of the start is what training can move",
        GROWN,
    ),
    _mutant(
        "norms-at-start",
        "the distance is at most |P W_1(0)| |W_2(0)| ... |w_L(0)|",
        REACHED,
        lambda view: [Check(view["squared_distance"], "<=", norm_product(view, view["out_of_reach"], "_start"))],
        "later layers have grown",
        GROWN,
    ),
    _mutant(
        "middle-left-out",
        "the distance is at most |P W_1(0)| |w_L|, for three layers too",
        REACHED,
        lambda view: [Check(view["squared_distance"], "<=", reach_power(view, 1) * _last_square(view))],
        "W_2 = 2 doubles what is out of reach",
        DEEPER,
    ),
    _mutant(
        "one-exponent",
        "with dominated layers the squared distance is at most |P W_1(0)|^2 |beta|, for three layers too",
        (*REACHED, DOMINATED),
        lambda view: [Check(view["squared_distance"] ** 2, "<=", reach_power(view, 2) * view["squared_norm"])],
        "the exponent is 2 - 2/L: 4/3 for three layers",
        BALANCED_DEEPER,
    ),
    _mutant(
        "reciprocal-exponent",
        "with dominated layers the squared distance is at most |P W_1(0)|^2 |beta|^{2/L}",
        (*REACHED, DOMINATED),
        lambda view: [Check(view["squared_distance"] ** view["depth"], "<=", _reciprocal(view))],
        "that is the exponent of one layer, not of the L - 1 later ones",
        BALANCED_DEEPER,
    ),
    _mutant(
        "sums-conserved",
        "gradient flow conserves W_1^T W_1 + W_2 W_2^T",
        (),
        lambda view: [Check(derivative_along(view, sums, view["velocity"]), "==", 0)],
        "it conserves the difference",
        STEPPING,
    ),
    _mutant(
        "descent-conserves",
        "a step of gradient descent conserves W_1^T W_1 - W_2 W_2^T, as the flow does",
        (),
        lambda view: [Check(view["after"]["balances"][0], "==", view["balances"][0])],
        "a step changes it by eta^2 times the same difference of gradients",
        STEPPING,
    ),
    _mutant(
        "first-layer-still",
        "a step of gradient descent keeps W_1",
        (),
        lambda view: [Check(view["after"]["first"], "==", view["first"])],
        "only P W_1 is kept",
        STEPPING,
    ),
)
