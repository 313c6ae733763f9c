"""False variants of where linear residual networks end."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise

from flint import fmpq

from refutable.theorems.checks import Check
from refutable.theorems.claims import Assumption, Claim
from refutable.theorems.domains.deep_linear_flow import DEEP_LINEAR_FLOW
from refutable.theorems.domains.deep_linear_flow.flow import squared_entries
from refutable.theorems.instances import Instance
from refutable.theorems.papers.mulayoff_michaeli_2020.factorisations import diagonal
from refutable.theorems.papers.mulayoff_michaeli_2020.residual_assumptions import (
    BALANCED,
    EQUAL_LAYERS,
    GLOBAL_MINIMUM,
    IDENTITY_LAYERS,
    PRODUCT_NOT_REFLECTING,
    TARGET_REFLECTS,
)
from refutable.theorems.papers.mulayoff_michaeli_2020.residual_cases import (
    ONE,
    SHEAR,
    SHEARED_START,
    STALLED,
    STEEP,
    limit,
    start,
    state,
)
from refutable.theorems.papers.mulayoff_michaeli_2020.residual_links import stays_equal
from refutable.theorems.records import Mutant
from refutable.theorems.views import View

Conclusion = Callable[[View], Iterable[Check]]


def _mutant(
    id: str, statement: str, assumes: tuple[Assumption, ...], concludes: Conclusion, why: str, killer: Instance
) -> Mutant:
    return Mutant(id, Claim(f"residual-{id}", DEEP_LINEAR_FLOW, statement, assumes, concludes), why, killer)


def _flattest(view: View) -> Iterable[Check]:
    return [Check(view["sharpness"], "<=", view["target_flattest_sharpness"])]


def _steps_keep_balance(view: View) -> Iterator[Check]:
    total = view["loss"] * 0
    for gap in view["next_imbalances"]:
        total = total + squared_entries(view.ops, gap)
    yield Check(total, "<=", view.ops.ratio(0))


def _other_grams(view: View) -> Iterator[Check]:
    """The derivative of W_{i+1} W_{i+1}^T - W_i^T W_i along the flow."""
    ops = view.ops
    for (w, g), (v, h) in pairwise(zip(view["layers"], view["gradients"], strict=True)):
        after, before = ops.matmul(v, ops.transpose(h)), ops.matmul(ops.transpose(w), g)
        yield Check(after + ops.transpose(after), "==", before + ops.transpose(before))


def _sums(view: View) -> Iterator[Check]:
    """The derivative of W_{i+1}^T W_{i+1} + W_i W_i^T along the flow, by halves."""
    ops = view.ops
    for (w, g), (v, h) in pairwise(zip(view["layers"], view["gradients"], strict=True)):
        after, before = ops.matmul(ops.transpose(v), h), ops.matmul(g, ops.transpose(w))
        yield Check(after + ops.transpose(after), "==", -before - ops.transpose(before))


def _first_order(view: View) -> Iterator[Check]:
    ops = view.ops
    for i, (g, h) in enumerate(pairwise(view["gradients"])):
        second = ops.matmul(ops.transpose(h), h) - ops.matmul(g, ops.transpose(g))
        change = view["next_imbalances"][i] - view["imbalances"][i]
        yield Check(change, "==", second * view["step_size"])


def _loss_falls(view: View) -> Iterable[Check]:
    known = {name: view[name] for name in ("target", "loss_scale", "step_size")}
    after = View(view.domain, view.ops, {**known, "layers": view["next_layers"]})
    return [Check(after["loss"], "<=", view["loss"])]


MUTANTS = (
    _mutant(
        "any-minimum",
        "every global minimum has the flattest sharpness, however training began",
        (GLOBAL_MINIMUM,),
        _flattest,
        "the imbalance of the initialisation stays: here it is 15/4, and the sharpness 17/8 times the flattest",
        STEEP,
    ),
    _mutant(
        "flattest-without-depth",
        "a flow from identity layers ends with sharpness at most kappa sigma^{2(1-1/m)}",
        (BALANCED, GLOBAL_MINIMUM),
        lambda view: [Check(view["sharpness"], "<=", view["target_flattest_sharpness"] / len(view["layers"]))],
        "each of the m layers adds the same",
        limit((1,), 2),
    ),
    _mutant(
        "single-layer-sharpness",
        "a flow from identity layers ends with sharpness at most kappa m, whatever the target",
        (BALANCED, GLOBAL_MINIMUM),
        lambda view: [Check(view["sharpness"], "<=", view["loss_scale"] * len(view["layers"]))],
        "the flattest sharpness grows with sigma, as sigma^{2(1-1/m)}",
        limit((2,), 2),
    ),
    _mutant(
        "descent-keeps-balance",
        "a step of gradient descent from identity layers keeps them balanced",
        (IDENTITY_LAYERS,),
        _steps_keep_balance,
        "it changes each imbalance by eta^2 (G^T G - G G^T), which is 0 only for normal targets",
        SHEARED_START,
    ),
    _mutant(
        "first-order-change",
        "a step of gradient descent changes each imbalance by eta (G_{i+1}^T G_{i+1} - G_i G_i^T)",
        (),
        _first_order,
        "the change is of second order in the step size",
        start(SHEAR, step_size=fmpq(1, 2)),
    ),
    _mutant(
        "other-grams-conserved",
        "the flow conserves W_{i+1} W_{i+1}^T - W_i^T W_i",
        (),
        _other_grams,
        "the outputs of a layer meet the inputs of the next, not the other way round",
        state([diagonal([1, 2]), SHEAR], diagonal([1, 1])),
    ),
    _mutant(
        "sums-conserved",
        "the flow conserves W_{i+1}^T W_{i+1} + W_i W_i^T",
        (),
        _sums,
        "both grow together; their difference is conserved",
        state([ONE, ONE], 2 * ONE),
    ),
    _mutant(
        "equal-layers-for-any-target",
        "equal layers stay equal in a step of gradient descent, whatever the target",
        (EQUAL_LAYERS,),
        stays_equal,
        "G_i = kappa (W^T)^{m-i} R (W^T)^{i-1} depends on i unless W^T and R commute",
        state([diagonal([1, 2])] * 2, SHEAR),
    ),
    _mutant(
        "stall-twice-as-high",
        "for a target of negative determinant the loss stays at least kappa sigma_min^2",
        (PRODUCT_NOT_REFLECTING, TARGET_REFLECTS),
        lambda view: [Check(view["target_least_square"] * view["loss_scale"], "<=", view["loss"])],
        "the flow for diag(3/2, 1, -1) stalls at loss 1/2",
        STALLED,
    ),
    _mutant(
        "stall-for-any-target",
        "the loss stays at least kappa/2 sigma_min(M)^2 whenever the product has determinant at least 0",
        (PRODUCT_NOT_REFLECTING,),
        lambda view: [
            Check(view["target_least_square"] * view["loss_scale"] * view.ops.ratio(1, 2), "<=", view["loss"])
        ],
        "a target of positive determinant can be reached",
        limit((1,), 2),
    ),
    _mutant(
        "descent-lowers-the-loss",
        "a step of gradient descent never raises the loss",
        (),
        _loss_falls,
        "the flow does not; a step of size 1 from 1 towards 3 overshoots",
        start(3 * ONE),
    ),
)
