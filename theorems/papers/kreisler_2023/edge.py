"""Near the edge of stability gradient descent converges linearly and stays near the edge."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flint import fmpq

from refutable.theorems.checks import Check
from refutable.theorems.claims import Assumption, Claim
from refutable.theorems.constants import Adjustable, Constant, Values, multiple, ratio, tex
from refutable.theorems.domains.scalar_factors import SCALAR_FACTORS
from refutable.theorems.domains.scalar_factors.products import product
from refutable.theorems.exact import text
from refutable.theorems.papers.kreisler_2023 import edge_forms
from refutable.theorems.papers.kreisler_2023.assumptions import (
    BEYOND_EDGE,
    OFF_MINIMUM,
    POSITIVE_RUN,
    TWO_FACTORS,
    distance_at_most,
    loss_within,
)
from refutable.theorems.papers.kreisler_2023.source import UNTRAINED, source
from refutable.theorems.papers.kreisler_2023.states import state
from refutable.theorems.records import Mutant, Necessity, Theorem
from refutable.theorems.views import View

DISTANCE, KAPPA, FACTOR = fmpq(2, 5), fmpq(1), fmpq(2)


def rate(id: str, distance: fmpq = DISTANCE, kappa: fmpq = KAPPA, factor: fmpq = FACTOR, later: int = 1) -> Claim:
    """L after k steps is at most factor (1 - delta)^{2 (k - later)} L."""

    def concludes(view: View) -> Iterable[Check]:
        remaining: Any = view.ops.ratio(1) - view["edge_distance"]
        bound = ratio(view.ops, factor) * remaining ** (2 * (view["steps"] - later)) * view["loss"]
        yield Check(view["later_loss"], "<=", bound)

    exponent = f"2 (k - {later})" if later else "2 k"
    return Claim(
        id,
        SCALAR_FACTORS,
        f"near a minimum, with weights that stay positive, (p - 1)^2 <= {_square(kappa)} and delta = 2 - step size * "
        f"phi(w) in (0, {text(distance)}], the loss after k >= 1 steps is at most {multiple(factor)} (1 - "
        f"delta)^({exponent}) L(w)",
        (POSITIVE_RUN, distance_at_most(distance), loss_within(kappa)),
        concludes,
        rf"L(w_k) \le {tex(factor)}\,(1 - \delta)^{{{exponent.replace(' ', '')}}} L(w_0), \quad \delta = 2 - "
        rf"\eta\,\phi(w_0)",
    )


def _square(kappa: fmpq) -> str:
    return "delta^2" if kappa == 1 else f"{multiple(kappa)} delta^2"


def stays(id: str, distance: fmpq = DISTANCE, kappa: fmpq = KAPPA, multiple_of: fmpq = FACTOR) -> Claim:
    """2 - multiple_of * delta <= eta phi after k steps <= 2 - delta."""

    def concludes(view: View) -> Iterable[Check]:
        ops, later = view.ops, view["step_size"] * view["later_gfs_sharpness"]
        yield Check(
            ops.ratio(2) - ratio(ops, multiple_of) * view["edge_distance"], "<=", later, "not far below the edge"
        )
        yield Check(later, "<=", view["step_size"] * view["gfs_sharpness"], "phi does not grow")

    return Claim(
        id,
        SCALAR_FACTORS,
        f"then step size * phi stays at the edge: after k steps it is at least 2 - {multiple(multiple_of)} delta, and "
        f"at most 2 - delta ((p - 1)^2 <= {_square(kappa)}, delta in (0, {text(distance)}])",
        (POSITIVE_RUN, distance_at_most(distance), loss_within(kappa)),
        concludes,
        rf"2 - {tex(multiple_of)}\,\delta \le \eta\,\phi(w_k) \le 2 - \delta",
    )


def _at(values: Values) -> Claim:
    return rate("rate", values["delta"], values["kappa"], values["rate_factor"])


ADJUSTABLE = Adjustable(
    {
        "rate_factor": Constant(FACTOR, "in front of (1 - delta)^(2 (k - 1)) L(w)"),
        "delta": Constant(DISTANCE, "the largest distance 2 - step size * phi(w)", least=fmpq(0)),
        "kappa": Constant(KAPPA, "(p - 1)^2 is at most so many delta^2", least=fmpq(0)),
    },
    _at,
)


def _residual_factor(view: View) -> Iterable[Check]:
    ops, eta, p = view.ops, view["step_size"], view["product"]
    squares = ops.sum(view["weights"] * view["weights"])
    factor = ops.ratio(1) - eta * squares + eta * eta * view["residual"] * p
    yield Check(product(ops, view["next_weights"]) - ops.ratio(1), "==", view["residual"] * factor)


LINKS = (
    Claim(
        "residual-factor",
        SCALAR_FACTORS,
        "with two weights a step multiplies p - 1 by 1 - eta (w_1^2 + w_2^2) + eta^2 (p - 1) p: by -(1 - delta) in "
        "the limit",
        (TWO_FACTORS,),
        _residual_factor,
        r"p^+ - 1 = (p - 1)\bigl(1 - \eta(w_1^2 + w_2^2) + \eta^2 (p-1) p\bigr)",
    ),
    Claim(
        "repelled",
        SCALAR_FACTORS,
        "with two weights, p != 1 and step size * (w_1^2 + w_2^2) > 2 + step size^2 |p (p - 1)| a step increases the "
        "loss: no run settles at a minimum whose sharpness times the step size is above 2, unless it hits p = 1",
        (TWO_FACTORS, OFF_MINIMUM, BEYOND_EDGE),
        lambda view: [Check(view["loss"], "<", view["next_loss"])],
        r"D = 2,\ p \ne 1,\ \eta(w_1^2 + w_2^2) > 2 + \eta^2 |p(p-1)| \Rightarrow L(w) < L(w^+)",
    ),
)


def _to_steep(view: View) -> dict[str, Any]:
    squares = view.ops.sum(view["weights"] * view["weights"])
    return {"step_size": view.ops.maximum(view["step_size"], view.ops.ratio(2**40 + 1, 2**39) / squares)}


def _repelled_without_bend() -> Mutant:
    above = Assumption(
        "squares-beyond-two",
        "step size * (w_1^2 + w_2^2) > 2",
        lambda view: [Check(2, "<", view["step_size"] * view.ops.sum(view["weights"] * view["weights"]))],
        _to_steep,
        last=True,
    )
    claim = Claim(
        "repelled-wherever-steep",
        SCALAR_FACTORS,
        "with two weights, p != 1 and step size * (w_1^2 + w_2^2) > 2 a step increases the loss",
        (TWO_FACTORS, OFF_MINIMUM, above),
        lambda view: [Check(view["loss"], "<", view["next_loss"])],
    )
    why = "that is so near minima only: from p = 2 the loss falls by more than a quarter"
    return Mutant("repelled-wherever-steep", claim, why, state((2, 1), "9/20"))


BALANCED_FOUR = state(["21/20"] * 4, "4/9", 1)
"""delta = 2/9 and p - 1 = 0.2155."""

MUTANTS = (
    _repelled_without_bend(),
    Mutant(
        "rate-from-the-first-step",
        rate("rate-from-the-first-step", factor=fmpq(1), later=0),
        "the first step need not contract by (1 - delta)^2",
        state((2, "2/3"), "2/5", 1),
    ),
    Mutant(
        "rate-without-two",
        rate("rate-without-two", factor=fmpq(1)),
        "four equal weights: the first step increases the loss by 7 percent",
        BALANCED_FOUR,
    ),
    Mutant(
        "delta-up-to-9/10",
        rate("delta-up-to-9/10", distance=fmpq(9, 10)),
        "then (1 - delta)^2 is small, and the terms of second order are not",
        state(("1/2", "1/2"), "4/7", 2),
    ),
    Mutant(
        "kappa-6",
        rate("kappa-6", kappa=fmpq(6)),
        "from p = 0.05, far below 1, the run is slower",
        state(("0.42", "0.27", "0.44"), "0.535", 3),
    ),
    Mutant(
        "kappa-9",
        rate("kappa-9", kappa=fmpq(9)),
        "from p = 1/64, near the saddle at 0, the run is slow at first",
        state(("1/8", "1/8"), "4/5", 2),
    ),
    Mutant(
        "stays-kappa-9",
        stays("stays-kappa-9", kappa=fmpq(9)),
        "far from the minimum phi falls by more than delta",
        state(("7/4", 1), "3/5", 6),
    ),
    Mutant(
        "stays-closer",
        stays("stays-closer", multiple_of=fmpq(11, 10)),
        "phi falls by up to a third of delta",
        state(("3/2", "4/7"), "2/3", 3),
    ),
    Mutant(
        "stays-put",
        stays("stays-put", multiple_of=fmpq(1)),
        "phi falls: only gradient flow keeps it",
        state(("3/2", "4/7"), "2/3", 1),
    ),
)

NECESSITY = (
    Necessity("positive-run", None, "not known: near a minimum weights kept their signs in every run that was tried"),
    Necessity("edge-distance-at-most-2/5", state(("1/2", "1/2"), "4/7", 2), "delta = 6/7"),
    Necessity("loss-within-1", state((2, "3/4"), "1/2", 1), "p = 3/2 with delta = 0.01: phi falls by 4 delta", "stays"),
    Necessity("two-factors", state((1, 1, 2), "1/2"), "more weights have another factor", "residual-factor"),
    Necessity("off-minimum", state((2, "1/2"), 1), "p = 1: the state stays", "repelled"),
    Necessity("beyond-edge", state((2, 1), "9/20"), "from p = 2 with a step of 9/20 the loss falls", "repelled"),
)

EDGE = Theorem(
    id="eos-convergence",
    title="Near the edge of stability gradient descent converges, and stays near the edge",
    source=source(
        "Theorem 3.3 (number uncertain)",
        "recalled, not read: the constants 2 and 2/5 are from memory, and so is the form of the small loss condition; "
        "its constant, kappa, is set to 1 here",
    ),
    status="recalled",
    claims=(ADJUSTABLE.claim, stays("stays")),
    links=LINKS,
    adjustable=ADJUSTABLE,
    right_side="2 (1 - delta)^(2 (k - 1)) L(w)",
    equality=(),
    not_tight="on runs tried, of up to six weights, the loss stays below 0.57 of its bound, and phi falls by less "
    "than a "
    "third of delta where a whole delta is allowed: the sides tend to each other as delta tends to 0 only",
    mutants=MUTANTS,
    necessity=NECESSITY,
    closed_forms=edge_forms.CLOSED_FORMS,
    evidence=UNTRAINED,
    notes=(
        "phi(w) is the sharpness of the minimum in which gradient flow from w ends, by the formula of gfs-closed-form. "
        "Not proved here: its constants are recalled, and the statement is tried on runs of k steps, in rationals "
        "while "
        "they are short and in certified balls beyond. The limit, whose sharpness times the step size lies in "
        "[2 (1 - delta), 2 - delta], is stated for every k. That a run which converges without hitting p = 1 ends with "
        "step size * sharpness at most 2 is said as a finite statement, repelled, for two weights: near a minimum "
        "beyond that every step makes |p - 1| larger. That the start is in the region where phi does not "
        "increase "
        "follows: step size * phi < 2 < 2 sqrt 2. With kappa = 3 no failure is known here, with kappa = 6 there are "
        "some."
    ),
)
