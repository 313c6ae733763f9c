"""One hidden circular-convolutional layer, one datum: where directions end, and how the flow gets there."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from refutable.theorems.checks import Check
from refutable.theorems.claims import Claim
from refutable.theorems.domains.circular_convolution import CIRCULAR_CONVOLUTION
from refutable.theorems.domains.circular_convolution.single_datum import first_mode_of_one, mode_rates, rate, velocity
from refutable.theorems.flows import derivative_along
from refutable.theorems.papers.yun_2021.convolution_assumptions import (
    CORRELATED,
    FALLING_LOSS,
    FILTER_OF_ONE,
    FILTER_OF_TWO,
    GENERIC_START,
    GENERIC_START_OF_ONE,
    NONZERO_DATUM,
    STANDS,
    TOP,
)
from refutable.theorems.views import View


def proportional(view: View, direction: Any) -> Iterable[Check]:
    """beta is a positive multiple of the direction."""
    ops, beta = view.ops, view["predictor"]
    along, square = ops.sum(beta * direction), ops.sum(direction * direction)
    yield Check(beta * square, "==", direction * along, "direction")
    yield Check(0, "<", along, "sign")


def _modes_grow(view: View) -> Iterable[Check]:
    speed = view["singular_values"] * view["slope"]
    yield Check(mode_rates(view), "==", view["growing_modes"] * speed, "p_+-")
    yield Check(mode_rates(view, -1), "==", -view["falling_modes"] * speed, "q_+-")


def _ratio_falls(view: View) -> Iterable[Check]:
    """The derivative of p_- / p_+, times p_+^2."""
    p, dp, s = view["growing_modes"], mode_rates(view), view["singular_values"]
    fall = (s[0] - s[1]) * view["slope"] * p[0] * p[1]
    yield Check(dp[1] * p[0] - p[1] * dp[0], "==", -fall)


def _top_grows(view: View) -> Iterable[Check]:
    return [Check(0, "<", 2 * view["growing_modes"][0] * mode_rates(view)[0])]


def _mode_of_one_grows(view: View) -> Iterable[Check]:
    norm = view.ops.norm(view["x"])
    change = derivative_along(view, lambda moved: first_mode_of_one(moved, norm), velocity(view))
    return [Check(0, "<", 2 * first_mode_of_one(view) * change)]


def _margin(view: View) -> Iterable[Check]:
    """|M w|^2 <= (|x|^2 + |<x, x_left>|) |w|^2."""
    ops, filter, hidden = view.ops, view["filters"][0], view["output_pull"]
    top = view["square"] + view["neighbour_product"] * view["side"]
    return [Check(ops.sum(hidden * hidden), "<=", top * ops.sum(filter * filter))]


def _gram(view: View) -> Iterable[Check]:
    ops, matrix = view.ops, view["datum_matrix"]
    a, c = view["square"], view["neighbour_product"]
    yield Check(ops.matmul(ops.transpose(matrix), matrix), "==", ops.array([[a, c], [c, a]]))


def _hidden(view: View) -> Iterable[Check]:
    yield Check(view["prediction"], "==", view.ops.sum(view["output"] * view["output_pull"]))


def _slopes(view: View) -> Iterable[Check]:
    """The predictor of (1, side) and M (1, side) is the predicted direction."""
    ops, side = view.ops, view.ops.array([[1, view["side"]]])
    top = View(view.domain, ops, {"x": view["x"], "filters": side}, view.structure)
    aligned = View(view.domain, ops, {"x": view["x"], "filters": side, "output": top["output_pull"]}, view.structure)
    yield Check(aligned["predictor"], "==", aligned["predicted_direction"])


END = Claim(
    "convolution-single-datum",
    CIRCULAR_CONVOLUTION,
    "filters of two entries: the predictor of the direction with the largest singular value is a positive multiple of "
    "2 x + sgn<x, x_left> (x_left + x_right)",
    (FILTER_OF_TWO, CORRELATED, STANDS, TOP),
    lambda view: proportional(view, view["predicted_direction"]),
    r"\beta \propto 2x + \mathrm{sgn}\langle x, \overleftarrow{x}\rangle\,(\overleftarrow{x} + \overrightarrow{x})",
)
END_OF_ONE = Claim(
    "filter-of-one-entry",
    CIRCULAR_CONVOLUTION,
    "filters of one entry: the predictor of a direction that stands still is a positive multiple of x",
    (FILTER_OF_ONE, STANDS),
    lambda view: proportional(view, view["x"]),
    r"\beta \propto x",
)
MARGIN = Claim(
    "largest-singular-value",
    CIRCULAR_CONVOLUTION,
    "filters of two entries: |M w|^2 is at most (|x|^2 + |<x, x_left>|) |w|^2",
    (FILTER_OF_TWO,),
    _margin,
    r"\|M w\|^2 \le \left(\|x\|^2 + |\langle x, \overleftarrow{x}\rangle|\right) \|w\|^2",
)
MODES = Claim(
    "modes-grow",
    CIRCULAR_CONVOLUTION,
    "with w_+- = (1, +-sgn<x, x_left>) and s_+-^2 = |x|^2 +- |<x, x_left>|, the modes p_+- = s_+- <w_+-, w> + "
    "<M w_+-, v> grow and q_+- = s_+- <w_+-, w> - <M w_+-, v> fall at the rates slope s_+-",
    (FILTER_OF_TWO,),
    _modes_grow,
    r"\tfrac{d}{dt} p_\pm = r\, s_\pm\, p_\pm, \quad \tfrac{d}{dt} q_\pm = -r\, s_\pm\, q_\pm",
)
RATIO = Claim(
    "mode-ratio-falls",
    CIRCULAR_CONVOLUTION,
    "p_- over p_+ falls at the rate slope (s_+ - s_-)",
    (FILTER_OF_TWO,),
    _ratio_falls,
    r"\tfrac{d}{dt}\tfrac{p_-}{p_+} = -r\,(s_+ - s_-)\,\tfrac{p_-}{p_+}",
)
TOP_GROWS = Claim(
    "first-mode-grows",
    CIRCULAR_CONVOLUTION,
    "a first mode that is not 0 grows, so that it is never 0",
    (FILTER_OF_TWO, NONZERO_DATUM, FALLING_LOSS, GENERIC_START),
    _top_grows,
    r"p_+ \ne 0 \;\Rightarrow\; \tfrac{d}{dt} p_+^2 > 0",
)
UNSEEN = Claim(
    "unseen-output-frozen",
    CIRCULAR_CONVOLUTION,
    "the component of the output weights orthogonal to x and x_left never changes",
    (FILTER_OF_TWO,),
    lambda view: [Check(rate(view, "unseen_output"), "==", 0)],
    r"\tfrac{d}{dt} P_{\{x, \overleftarrow{x}\}^\perp} v = 0",
)
CLAIMS = (END, END_OF_ONE, MARGIN, MODES, RATIO, TOP_GROWS, UNSEEN)

GRAM = Claim(
    "gram-of-two-columns",
    CIRCULAR_CONVOLUTION,
    "M^T M has |x|^2 on the diagonal and <x, x_left> beside it",
    (FILTER_OF_TWO,),
    _gram,
    r"M^\top M = \begin{pmatrix} \|x\|^2 & c \\ c & \|x\|^2 \end{pmatrix}, \; c = \langle x, \overleftarrow{x}\rangle",
)
BILINEAR = Claim(
    "network-is-bilinear",
    CIRCULAR_CONVOLUTION,
    "with one hidden layer with two entries the network computes v^T M w",
    (FILTER_OF_TWO,),
    _hidden,
    r"f = v^\top M w",
)
ALIGNED = Claim(
    "aligned-factors",
    CIRCULAR_CONVOLUTION,
    "where sgn<x, x_left> is not 0, the predictor of w = (1, sgn<x, x_left>) and v = M w is "
    "2 x + sgn<x, x_left> (x_left + x_right)",
    (FILTER_OF_TWO, CORRELATED),
    _slopes,
    r"w = (1, \sigma),\; v = M w \;\Rightarrow\; \beta = 2x + \sigma(\overleftarrow{x} + \overrightarrow{x})",
)
MODE_OF_ONE_GROWS = Claim(
    "mode-of-one-entry-grows",
    CIRCULAR_CONVOLUTION,
    "filters of one entry: a mode |x| w + <x, v> that is not 0 grows, so that it is never 0",
    (FILTER_OF_ONE, FALLING_LOSS, GENERIC_START_OF_ONE),
    _mode_of_one_grows,
    r"p = \|x\|\,w + \langle x, v\rangle \ne 0 \;\Rightarrow\; \tfrac{d}{dt} p^2 > 0",
)
LINKS = (GRAM, BILINEAR, ALIGNED, MODE_OF_ONE_GROWS)
