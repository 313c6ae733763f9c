"""What solutions of the flow with one hidden convolutional layer and one datum show: modes, and end directions."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from refutable.theorems.checks import Check
from refutable.theorems.claims import Assumption, Claim
from refutable.theorems.domains.circular_convolution import CIRCULAR_CONVOLUTION
from refutable.theorems.domains.circular_convolution.network import rolled
from refutable.theorems.papers.yun_2021.convolution_assumptions import (
    CORRELATED,
    FILTER_OF_ONE,
    FILTER_OF_TWO,
    GENERIC_START,
    GENERIC_START_OF_ONE,
)
from refutable.theorems.records import Integration
from refutable.theorems.views import View

Conclusion = Callable[[View], Iterable[Check]]


def _at_start(view: View) -> View:
    """The network at the start of the flow."""
    known = {"x": view["x"], "filters": view["start_filters"], "output": view["start_output"]}
    return View(view.domain, view.ops, known, view.structure)


def _modes(growing: int = 1, falling: int = 1) -> Conclusion:
    """p_+-(t) = p_+-(0) exp(s_+- clock / growing), q_+-(t) = q_+-(0) exp(-s_+- clock / falling)."""

    def concludes(view: View) -> Iterable[Check]:
        ops, then = view.ops, _at_start(view)
        rate = view["singular_values"] * ops.spread(view["clock"])
        grown = ops.elementary("exp", rate * ops.ratio(1, growing))
        yield Check(view["growing_modes"], "==", then["growing_modes"] * grown, "p_+-")
        fallen = ops.elementary("exp", -(rate * ops.ratio(1, falling)))
        yield Check(view["falling_modes"], "==", then["falling_modes"] * fallen, "q_+-")

    return concludes


def _unit(view: View, vector: Any) -> Any:
    return vector / view.ops.norm(vector)[..., None]


def _ends(formula: Callable[[View], Any]) -> Conclusion:
    return lambda view: [Check(_unit(view, view["predictor"]), "==", _unit(view, formula(view)))]


def _without_sign(view: View) -> Any:
    x, ops = view["x"], view.ops
    return 2 * x + rolled(ops, x, 1) + rolled(ops, x, -1)


def _claim(id: str, statement: str, assumes: tuple[Assumption, ...], concludes: Conclusion, latex: str = "") -> Claim:
    return Claim(id, CIRCULAR_CONVOLUTION, statement, assumes, concludes, latex)


MODES = _claim(
    "modes-along-solutions",
    "p_+-(t) = p_+-(0) exp(s_+- tau) and q_+-(t) = q_+-(0) exp(-s_+- tau), tau the integral of the slope",
    (FILTER_OF_TWO,),
    _modes(),
    r"p_\pm(t) = p_\pm(0)\, e^{s_\pm \tau},\; q_\pm(t) = q_\pm(0)\, e^{-s_\pm \tau},\; \tau = \int_0^t e^{-f}",
)
END = _claim(
    "predictor-direction-ends",
    "filters of two entries, exponential loss: the predictor tends in direction to "
    "2 x + sgn<x, x_left> (x_left + x_right)",
    (FILTER_OF_TWO, CORRELATED, GENERIC_START),
    _ends(lambda view: view["predicted_direction"]),
    r"\tfrac{\beta}{\|\beta\|} \to \tfrac{2x + \sigma(\overleftarrow{x} + \overrightarrow{x})}{\|\cdot\|}, \;"
    r"\sigma = \mathrm{sgn}\langle x, \overleftarrow{x}\rangle",
)
END_OF_ONE = _claim(
    "predictor-direction-of-one-entry",
    "filters of one entry, exponential loss, |x| w + <x, v> not 0 at the start: the predictor tends in direction to x",
    (FILTER_OF_ONE, GENERIC_START_OF_ONE),
    _ends(lambda view: view["x"]),
    r"\|x\|\,w(0) + \langle x, v(0)\rangle \ne 0 \;\Rightarrow\; "
    r"\tfrac{\beta}{\|\beta\|} \to \tfrac{x}{\|x\|}",
)

INTEGRATED = (
    Integration(
        MODES,
        (
            _claim(
                "modes-at-half-the-rate",
                "p_+-(t) = p_+-(0) exp(s_+- tau / 2)",
                MODES.assumes,
                _modes(growing=2),
            ),
            _claim(
                "modes-fall-at-half-the-rate",
                "q_+-(t) = q_+-(0) exp(-s_+- tau / 2)",
                MODES.assumes,
                _modes(falling=2),
            ),
        ),
    ),
    Integration(
        END,
        (
            _claim("ends-without-sign", "it tends to 2 x + x_left + x_right", END.assumes, _ends(_without_sign)),
            _claim("ends-along-the-datum", "it tends to x", END.assumes, _ends(lambda view: view["x"])),
        ),
    ),
    Integration(
        END_OF_ONE,
        (
            _claim(
                "one-entry-like-two",
                "it tends to 2 x + sgn<x, x_left> (x_left + x_right)",
                END_OF_ONE.assumes,
                _ends(lambda view: view["predicted_direction"]),
            ),
        ),
    ),
)
