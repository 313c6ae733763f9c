"""False variants of where a filter of two entries ends, and witnesses of what each hypothesis is for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from flint import fmpq

from refutable.theorems.checks import Check
from refutable.theorems.claims import Assumption, Claim
from refutable.theorems.domains.circular_convolution import CIRCULAR_CONVOLUTION
from refutable.theorems.domains.circular_convolution.network import rolled
from refutable.theorems.domains.circular_convolution.single_datum import mode_rates
from refutable.theorems.instances import Instance
from refutable.theorems.papers.yun_2021.convolution_assumptions import (
    CORRELATED,
    FALLING_LOSS,
    FILTER_OF_ONE,
    FILTER_OF_TWO,
    NONZERO_DATUM,
    STANDS,
    TOP,
)
from refutable.theorems.papers.yun_2021.convolution_single_datum_claims import proportional
from refutable.theorems.records import Mutant, Necessity
from refutable.theorems.views import View

Conclusion = Callable[[View], Iterable[Check]]
DATUM_TYPE = tuple[int, ...]

RISING = (1, 2, 0, 0)
"""<x, x_left> = 2: neighbours of one sign."""
TURNING = (1, -2, 0, 0)
"""<x, x_left> = -2."""
APART = (1, 0, 1, 0)
"""<x, x_left> = 0: the two singular values are equal."""


def datum(x: DATUM_TYPE, filter: Any, output: Any = None, slope: Any = 1) -> Instance:
    """One hidden layer with the filter; output weights M w unless given."""
    if output is None:
        output = sum(np.roll(np.array(x), -k) * w for k, w in enumerate(filter)).tolist()
    return CIRCULAR_CONVOLUTION.instance(x=x, filters=(filter,), output=output, slope=slope)


AT_TOP, AT_SECOND = datum(RISING, (1, 1)), datum(RISING, (1, -1))
TURNING_TOP = datum(TURNING, (1, -1))
OPPOSED_OF_ONE = datum((3, 4, 0, 0), (5,), (-3, -4, 0, 0))
"""v = -w x / |x|: both shrink alike, and the predictor is -5 x, then a smaller negative multiple."""
ELSEWHERE = datum(RISING, (1, 0), (1, 0, 0, 1))


def _direction(formula: Callable[[Any, Any, Any, Any], Any]) -> Conclusion:
    """beta along formula(x, x_left, x_right, side)."""

    def concludes(view: View) -> Iterable[Check]:
        x, ops = view["x"], view.ops
        return proportional(view, formula(x, rolled(ops, x, 1), rolled(ops, x, -1), view["side"]))

    return concludes


def _margin(formula: Callable[[Any, Any], Any]) -> Conclusion:
    """|M w|^2 <= formula(|x|^2, <x, x_left>) |w|^2."""

    def concludes(view: View) -> Iterable[Check]:
        ops, filter, hidden = view.ops, view["filters"][0], view["output_pull"]
        top = formula(view["square"], view["neighbour_product"])
        return [Check(ops.sum(hidden * hidden), "<=", top * ops.sum(filter * filter))]

    return concludes


def _ratio(formula: Callable[[Any, View], Any]) -> Conclusion:
    def concludes(view: View) -> Iterable[Check]:
        p, dp, s = view["growing_modes"], mode_rates(view), view["singular_values"]
        yield Check(dp[1] * p[0] - p[1] * dp[0], "==", -formula(s, view) * p[0] * p[1])

    return concludes


def _output_mode_alone(view: View) -> Iterable[Check]:
    """<M w_+-, v> grows at the rate slope s_+-."""
    p, q, s = view["growing_modes"], view["falling_modes"], view["singular_values"]
    half = (mode_rates(view) - mode_rates(view, -1)) * fmpq(1, 2)
    yield Check(half, "==", (p - q) * fmpq(1, 2) * s * view["slope"])


def _squared_speed(view: View) -> Iterable[Check]:
    s = view["singular_values"]
    yield Check(mode_rates(view), "==", view["growing_modes"] * s * s * view["slope"])


def _frozen(view: View) -> Iterable[Check]:
    yield Check(view["output_pull"] * view["slope"], "==", 0)


def _top_grows(view: View) -> Iterable[Check]:
    """The derivative of p_+^2 is positive: |x|^2 is added on both sides."""
    change = 2 * view["growing_modes"][0] * mode_rates(view)[0]
    return [Check(view["square"], "<", view["square"] + change)]


OUTPUT_MEETS = Assumption(
    "output-meets-top",
    "<M w_+, v> is not 0",
    lambda view: [Check(0, "<", (view["growing_modes"][0] - view["falling_modes"][0]) ** 2)],
)


def _mutant(
    id: str, statement: str, assumes: tuple[Assumption, ...], concludes: Conclusion, why: str, killer: Instance
) -> Mutant:
    return Mutant(id, Claim(f"single-datum-{id}", CIRCULAR_CONVOLUTION, statement, assumes, concludes), why, killer)


_AT_END = (FILTER_OF_TWO, CORRELATED, STANDS, TOP)
MUTANTS = (
    _mutant(
        "no-sign", "the predictor ends along 2 x + x_left + x_right", _AT_END,
        _direction(lambda x, left, right, side: 2 * x + left + right),
        "neighbours of opposite signs are subtracted", TURNING_TOP,
    ),
    _mutant(
        "sign-turned", "the predictor ends along 2 x - sgn<x, x_left> (x_left + x_right)", _AT_END,
        _direction(lambda x, left, right, side: 2 * x - (left + right) * side),
        "that is the direction of the smaller singular value", AT_TOP,
    ),
    _mutant(
        "one-x", "the predictor ends along x + sgn<x, x_left> (x_left + x_right)", _AT_END,
        _direction(lambda x, left, right, side: x + (left + right) * side),
        "both entries of the filter see x", AT_TOP,
    ),
    _mutant(
        "left-alone", "the predictor ends along x + sgn<x, x_left> x_left", _AT_END,
        _direction(lambda x, left, right, side: x + left * side),
        "that is the hidden layer; the predictor goes back through the filter", AT_TOP,
    ),
    _mutant(
        "minimum-norm", "the predictor ends along x, as for fully connected networks", _AT_END,
        _direction(lambda x, left, right, side: x),
        "only filters of one entry do that", AT_TOP,
    ),
    _mutant(
        "any-standing-direction", "the predictor of every direction that stands still is a positive multiple of it",
        (FILTER_OF_TWO, CORRELATED, STANDS), _direction(lambda x, left, right, side: 2 * x + (left + right) * side),
        "the pair of the smaller singular value stands still too", AT_SECOND,
    ),
    _mutant(
        "filter-of-one-like-two",
        "filters of one entry: the predictor ends along 2 x + sgn<x, x_left> (x_left + x_right)",
        (FILTER_OF_ONE, STANDS), _direction(lambda x, left, right, side: 2 * x + (left + right) * side),
        "the filter sees one entry at a time", datum(RISING, (1,)),
    ),
    _mutant(
        "top-value-without-modulus", "|M w|^2 is at most (|x|^2 + <x, x_left>) |w|^2", (FILTER_OF_TWO,),
        _margin(lambda square, product: square + product),
        "for neighbours of opposite signs (1, -1) has |x|^2 - <x, x_left>", TURNING_TOP,
    ),
    _mutant(
        "top-value-halved", "|M w|^2 is at most (|x|^2 + |<x, x_left>| / 2) |w|^2", (FILTER_OF_TWO,),
        _margin(lambda square, product: square + abs(product) / 2),
        "the two columns' product counts twice, |w|^2 = 2 halves it once", AT_TOP,
    ),
    _mutant(
        "top-value-of-one-entry", "|M w|^2 is at most |x|^2 |w|^2", (FILTER_OF_TWO,),
        _margin(lambda square, product: square), "neighbours add up", AT_TOP,
    ),
    _mutant(
        "ratio-at-the-sum", "p_- over p_+ falls at the rate slope (s_+ + s_-)", (FILTER_OF_TWO,),
        _ratio(lambda s, view: (s[0] + s[1]) * view["slope"]), "both grow; the rates subtract", ELSEWHERE,
    ),
    _mutant(
        "ratio-of-squares", "p_- over p_+ falls at the rate slope (s_+^2 - s_-^2)", (FILTER_OF_TWO,),
        _ratio(lambda s, view: (s[0] * s[0] - s[1] * s[1]) * view["slope"]), "the flow of two factors is linear in s",
        ELSEWHERE,
    ),
    _mutant(
        "ratio-without-slope", "p_- over p_+ falls at the rate s_+ - s_-", (FILTER_OF_TWO,),
        _ratio(lambda s, view: s[0] - s[1]), "time runs at the slope of the loss: 2 here",
        datum(RISING, (1, 0), (1, 0, 0, 1), 2),
    ),
    _mutant(
        "modes-at-the-squares", "p_+- grow at the rates slope s_+-^2", (FILTER_OF_TWO,), _squared_speed,
        "one factor of s stands in the mode", AT_TOP,
    ),
    _mutant(
        "output-mode-alone", "<M w_+-, v> grows at the rate slope s_+-", (FILTER_OF_TWO,), _output_mode_alone,
        "it is the sum with s <w_+-, w> that does", ELSEWHERE,
    ),
    _mutant(
        "output-frozen", "the output weights never change", (FILTER_OF_TWO,), _frozen,
        "only what is orthogonal to x and x_left is frozen", AT_TOP,
    ),
    _mutant(
        "generic-by-the-output", "the first mode grows when <M w_+, v> is not 0",
        (FILTER_OF_TWO, NONZERO_DATUM, FALLING_LOSS, OUTPUT_MEETS), _top_grows,
        "<M w_+, v> = -s_+ <w_+, w> is a start that never gets there", datum((1, 1), (-1, 0), (1, 0)),
    ),
)  # fmt: skip

NECESSITY = (
    Necessity(
        "filter-of-2",
        datum((-1, 1, 2, 1), (1, 0, -1)),
        "a filter of three entries may end at x - x_2left: beta = (-6, 0, 6, 0), where the formula says (0, 3, 6, 3)",
    ),
    Necessity(
        "neighbours-correlated",
        datum(APART, (1, 1)),
        "both singular values are equal: every filter stands still",
    ),
    Necessity(
        "direction-stands",
        datum(RISING, (1, 1), (-3, -2, 0, -1)),
        "a value as large belongs to singular vectors, but with f < 0 the predictor is a negative multiple",
    ),
    Necessity("top-value", AT_SECOND, "the pair of the smaller singular value stands still too"),
    Necessity("filter-of-1", AT_TOP, "with two entries the predictor is not a multiple of x", "filter-of-one-entry"),
    Necessity("nonzero-datum", None, "the modes of the datum 0 are 0: generic-modes excludes them", "first-mode-grows"),
    Necessity(
        "falling-loss", datum(RISING, (1, 1), slope=-1), "a loss that grows shrinks the mode", "first-mode-grows"
    ),
    Necessity(
        "generic-modes",
        datum(RISING, (1, -1)),
        "started at the second pair it stays there",
        "first-mode-grows",
    ),
    Necessity(
        "generic-mode-of-one-entry",
        OPPOSED_OF_ONE,
        "started at v = -w x / |x| the predictor stays a negative multiple of x for ever",
        "mode-of-one-entry-grows",
    ),
)
