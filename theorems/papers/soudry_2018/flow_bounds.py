"""The loss on separable data at every time: between two hyperbolas along the flow, below one along gradient descent."""

from __future__ import annotations

from collections.abc import Iterable

from flint import fmpq

from refutable.theorems.checks import Check
from refutable.theorems.claims import Claim
from refutable.theorems.domains.separable import SEPARABLE
from refutable.theorems.papers.soudry_2018 import flow_bounds_forms
from refutable.theorems.papers.soudry_2018.assumptions import SEPARABLE_DATA, SMALL_LOSS_STEP, STABLE_STEP
from refutable.theorems.papers.soudry_2018.data import EVEN_PAIRS, ONE_DATUM
from refutable.theorems.papers.soudry_2018.flow_bounds_mutants import AFTER_ONE_STEP, MUTANTS, narrow
from refutable.theorems.papers.soudry_2018.flow_bounds_solutions import INTEGRATED
from refutable.theorems.papers.soudry_2018.formulas import in_time
from refutable.theorems.papers.soudry_2018.source import UNTRAINED, source
from refutable.theorems.records import Necessity, Theorem
from refutable.theorems.views import View


def _steep(view: View) -> Iterable[Check]:
    yield Check(view["loss"] * view["loss"], "<=", view["squared_gradient"] * view["direction_square"])


def _not_steeper(view: View) -> Iterable[Check]:
    yield Check(view["squared_gradient"], "<=", view["loss"] * view["loss"] * view["largest_square"])


def _rate(view: View) -> Iterable[Check]:
    """d/dt (1/L) = (-dL/dt)/L^2, both sides times L^2: sums of exponentials, which are always told apart."""
    fall = -1 * in_time(view, lambda state: state["loss"])
    square = view["loss"] * view["loss"]
    yield Check(square, "<=", fall * view["direction_square"], "gamma^2")
    yield Check(fall, "<=", square * view["largest_square"], "R^2")


def _steady(view: View) -> Iterable[Check]:
    gained = view["step_size"] / (2 * view["direction_square"])
    yield Check(1 / view["loss"] + gained, "<=", 1 / view["next_loss"])
    yield Check(view["next_loss"], "<=", view["loss"], "the loss falls, so that the condition stays true")


def _descent_lemma(view: View) -> Iterable[Check]:
    eta, square = view["step_size"], view["logistic_squared_gradient"]
    curved = view["top_square"] * square * (eta * eta / 8)
    yield Check(view["next_logistic_loss"] + square * eta, "<=", view["logistic_loss"] + curved)


def _falls(view: View) -> Iterable[Check]:
    yield Check(view["next_logistic_loss"], "<", view["logistic_loss"])


def _exponential_descent(view: View) -> Iterable[Check]:
    eta, square = view["step_size"], view["squared_gradient"]
    kept = 1 - view["loss"] * (eta * view["largest_square"] / 2)
    yield Check(view["next_loss"] + square * kept * eta, "<=", view["loss"])


HEADLINE = Claim(
    "separable-flow-bounds",
    SEPARABLE,
    "the exponential loss is steep everywhere: gamma L(w) <= |grad L(w)|, gamma the margin; so 1/L grows at least at "
    "the rate gamma^2 along the gradient flow, and L(t) <= 1/(1/L(0) + gamma^2 t)",
    (SEPARABLE_DATA,),
    _steep,
    r"L(w)^2 \le \gamma^{-2}\, |\nabla L(w)|^2 \;\Rightarrow\; L(t) \le \frac{1}{1/L(0) + \gamma^2 t}",
)

CLAIMS = (
    HEADLINE,
    Claim(
        "not-steeper",
        SEPARABLE,
        "and not steeper than R L(w), R = max |x_n|: so L(t) >= 1/(1/L(0) + R^2 t)",
        (),
        _not_steeper,
        r"|\nabla L(w)|^2 \le R^2 L(w)^2 \;\Rightarrow\; L(t) \ge \frac{1}{1/L(0) + R^2 t}",
    ),
    Claim(
        "rate-of-reciprocal",
        SEPARABLE,
        "gamma^2 <= d/dt (1/L) <= R^2 along the gradient flow",
        (SEPARABLE_DATA,),
        _rate,
        r"\gamma^2 \le \tfrac{d}{dt} \tfrac1L \le R^2",
    ),
    Claim(
        "steady-descent",
        SEPARABLE,
        "a step of gradient descent on the exponential loss with eta R^2 L(w) <= 1 adds at least eta gamma^2/2 to 1/L "
        "and keeps the condition: L_T <= 1/(1/L_0 + eta gamma^2 T/2)",
        (SEPARABLE_DATA, SMALL_LOSS_STEP),
        _steady,
        r"\eta R^2 L \le 1 \Rightarrow \tfrac{1}{L(w^+)} \ge \tfrac{1}{L(w)} + \tfrac{\eta\gamma^2}{2}",
    ),
    Claim(
        "descent-lemma",
        SEPARABLE,
        "a step of any size on the logistic loss: L(w^+) <= L(w) - eta (1 - eta beta sigma^2/2) |grad L|^2, "
        "beta = 1/4, sigma = sigma_max(X)",
        (),
        _descent_lemma,
        r"L(w^+) \le L(w) - \eta\left(1 - \tfrac{\eta\beta\sigma^2}{2}\right) |\nabla L|^2",
    ),
    Claim(
        "logistic-falls",
        SEPARABLE,
        "with a step size below 2/(beta sigma^2) every step on the logistic loss of separable data lowers it",
        (SEPARABLE_DATA, STABLE_STEP),
        _falls,
        r"\eta < \tfrac{2}{\beta\sigma^2} \Rightarrow L(w^+) < L(w)",
    ),
)

LINKS = (
    Claim(
        "exponential-descent",
        SEPARABLE,
        "with eta R^2 L(w) <= 1 a step on the exponential loss takes eta |grad L|^2 (1 - eta R^2 L(w)/2) off it",
        (SMALL_LOSS_STEP,),
        _exponential_descent,
        r"L(w^+) \le L(w) - \eta |\nabla L|^2 \left(1 - \tfrac{\eta R^2 L(w)}{2}\right)",
    ),
)

SEPARABLE_FLOW_BOUNDS = Theorem(
    id="separable-flow-bounds",
    title="Separable data: the loss at every finite time",
    source=source(
        "companions of Theorem 5 (rate of the loss); step condition of Theorem 3 and footnote 2",
        "read in full; the bounds at finite times are our own. Footnote 2 allows step sizes below 1/L(w_0) for the "
        "exponential loss: without the scale of the data that is false, see the mutant step-without-data-scale",
    ),
    status="own",
    claims=CLAIMS,
    links=LINKS,
    right_side="|grad L|^2/gamma^2",
    equality=(ONE_DATUM, EVEN_PAIRS),
    mutants=MUTANTS,
    necessity=(
        Necessity("separable", None, "without it there is no margin; the gradient of the exponential loss may vanish"),
        Necessity(
            "small-loss-step",
            AFTER_ONE_STEP,
            "data 2 (0.05, +-1), step size 0.4949, which is below 1/L: the loss rises",
            "steady-descent",
        ),
        Necessity(
            "stable-step",
            narrow(fmpq(105, 100)),
            "data (0.01, +-1), 1.05 times the step size: it rises from w = (0, 0.3). The direction may still converge",
            "logistic-falls",
        ),
    ),
    closed_forms=flow_bounds_forms.CLOSED_FORMS,
    integrated=INTEGRATED,
    evidence=UNTRAINED,
    notes=(
        "Bounds along whole trajectories follow from the statements at one state: the rate of 1/L along the flow, one "
        "step for gradient descent. Both bounds of the flow are equal for a single datum. Whether a step adds eta "
        "gamma^2 to 1/L instead of half of it is not known: no state was found that refutes it, so that it is no "
        "mutant. In random runs on the exponential loss with a step size of 1/L(w_0), 160 of 3000 steps raised it, and "
        "none where all data have length at most 1."
    ),
)
