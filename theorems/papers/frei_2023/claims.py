"""What a point of the max-margin problem looks like on nearly orthogonal data.

With A = sum_j a_j^2, p = max |x_i.x_k|, lambda the largest multiplier: that datum's margin is 1, and at least
A gamma (gamma R_min^2 - (n-1) p) lambda; every margin is at most A (lambda_i R_max^2 + (n-1) p lambda). The first
bounds lambda from above, both bound every lambda_i from below, and gamma lambda_i R_min^2 > (n-1) p lambda fixes all
signs.
"""

from __future__ import annotations

from collections.abc import Iterable

from refutable.theorems.checks import Check
from refutable.theorems.claims import Claim
from refutable.theorems.domains.leaky_margin import LEAKY_MARGIN
from refutable.theorems.domains.leaky_margin.network import combined
from refutable.theorems.papers.frei_2023.assumptions import NEARLY_ORTHOGONAL, POINT, WEAKLY_CORRELATED
from refutable.theorems.views import View

NEAR = (*POINT, NEARLY_ORTHOGONAL)

RANK = Claim(
    "rank-at-most-two",
    LEAKY_MARGIN,
    "on nearly orthogonal data the input weights have rank at most 2",
    NEAR,
    lambda view: [Check(view["weight_rank"], "<=", view.ops.ratio(2))],
    r"R_{\min}^2 \ge 3\gamma^{-3} R^2 n \max_{i\ne k}|x_i^\top x_k| \Rightarrow \operatorname{rank}(W) \le 2",
)

SUPPORT = Claim(
    "every-margin-one",
    LEAKY_MARGIN,
    "every datum is a support vector: y_i f(x_i) = 1",
    NEAR,
    lambda view: [Check(view["margins"], "==", view.ops.ratio(1))],
    r"y_i f(x_i) = 1 \text{ for all } i",
)

ONE_VECTOR = Claim(
    "one-vector-a-sign",
    LEAKY_MARGIN,
    "w_j = a_j sum_i lambda_i y_i s_i x_i with s_i = 1 where a_j y_i > 0 and gamma elsewhere: one vector a sign of a_j",
    NEAR,
    lambda view: [Check(view["w"], "==", combined(view, view["expected_slopes"]))],
    r"w_j = a_j \Big(\sum_{i: a_j y_i > 0} \lambda_i y_i x_i + \gamma \sum_{i: a_j y_i < 0} \lambda_i y_i x_i\Big)",
)


def same_sign(view: View, linear: str = "probe_linear") -> Iterable[Check]:
    """f and z.x at the probe are both positive, both negative or both 0."""
    f, z = view["probe_output"], view[linear]
    yield Check(view.ops.abs(f * z), "<=", f * z)
    yield Check((f == 0) == (z == 0), "true", reason="one of the two is 0")


LINEAR_BOUNDARY = Claim(
    "linear-boundary",
    LEAKY_MARGIN,
    "the decision boundary is linear: f(x) has the sign of z.x with z = sum_j a_j w_j, for every x",
    NEAR,
    same_sign,
    r"\operatorname{sign} f(x) = \operatorname{sign} z^\top x, \quad z = \sum_j a_j w_j",
)

WEAKER = Claim(
    "rank-under-weaker-correlations",
    LEAKY_MARGIN,
    "the rank is at most 2 already where (n - 1) p (R_max^2 + (gamma + gamma^2) R_min^2) < gamma^3 R_min^4",
    (*POINT, WEAKLY_CORRELATED),
    lambda view: [Check(view["weight_rank"], "<=", view.ops.ratio(2))],
    r"(n-1) p\,(R_{\max}^2 + (\gamma + \gamma^2) R_{\min}^2) < \gamma^3 R_{\min}^4 "
    r"\Rightarrow \operatorname{rank}(W) \le 2",
)


def _bounds(view: View) -> Iterable[Check]:
    scaled = view["multipliers"] * view["output_square"]
    yield Check(1, "<=", scaled * view["largest_square"] * 2, "below")
    yield Check(scaled * view["smallest_square"] * view["slope"] ** 2 * 2, "<=", 3, "above")


def _signs(view: View) -> Iterable[Check]:
    yield Check(0, "<", view["heights"] * view["a"][..., None] * view["y"])


def _norm(view: View) -> Iterable[Check]:
    yield Check(view["squared_norm"], "==", view.ops.sum(view["multipliers"]))


LINKS = (
    Claim(
        "multiplier-bounds",
        LEAKY_MARGIN,
        "1/(2 R_max^2) <= lambda_i sum_j a_j^2 <= 3/(2 gamma^2 R_min^2)",
        NEAR,
        _bounds,
        r"\frac{1}{2R_{\max}^2} \le \lambda_i \sum_j a_j^2 \le \frac{3}{2\gamma^2 R_{\min}^2}",
    ),
    Claim(
        "neurons-side-with-labels",
        LEAKY_MARGIN,
        "w_j.x_i has the sign of a_j y_i",
        NEAR,
        _signs,
        r"a_j y_i w_j^\top x_i > 0",
    ),
    Claim(
        "norm-is-sum-of-multipliers",
        LEAKY_MARGIN,
        "at every point of the problem sum_j |w_j|^2 = sum_i lambda_i",
        POINT,
        _norm,
        r"\sum_j |w_j|^2 = \sum_i \lambda_i",
    ),
    Claim(
        "weaker-correlations",
        LEAKY_MARGIN,
        "nearly orthogonal data satisfy (n - 1) p (R_max^2 + (gamma + gamma^2) R_min^2) < gamma^3 R_min^4",
        (NEARLY_ORTHOGONAL,),
        WEAKLY_CORRELATED.checks,
        r"3 n p R_{\max}^2 \le \gamma^3 R_{\min}^4 \Rightarrow "
        r"(n-1) p\,(R_{\max}^2 + (\gamma+\gamma^2) R_{\min}^2) < \gamma^3 R_{\min}^4",
    ),
)
