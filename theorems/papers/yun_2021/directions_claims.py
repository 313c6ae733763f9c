"""Factors of a multilinear network along gradient flow: what stands still, what is conserved, what grows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from refutable.theorems.checks import Check
from refutable.theorems.claims import Claim
from refutable.theorems.domains.multilinear_flow import MULTILINEAR_FLOW
from refutable.theorems.domains.multilinear_flow.contraction import rate
from refutable.theorems.papers.yun_2021.directions_assumptions import (
    COMPLETE,
    FIRST_LARGEST,
    GENERIC,
    NONZERO,
    PAIRS,
    PULL,
    SINGULAR,
    STANDING,
    TWO_FACTORS,
    parallel_rates,
    standing,
)
from refutable.theorems.views import View


def components_grow(view: View) -> Iterable[Check]:
    """a_j' = slope s_j a_j, b_j' = -slope s_j b_j."""
    speed = view["gains"] * view["slopes"][0]
    yield Check(rate(view, "components"), "==", speed * view["components"], "a_j")
    yield Check(rate(view, "opposite_components"), "==", -speed * view["opposite_components"], "b_j")


def _ratios_fall(view: View) -> Iterable[Check]:
    """The derivative of a_j / a_1, times a_1^2."""
    a, da, gains = view["components"], rate(view, "components"), view["gains"]
    fall = (gains[0] - gains) * view["slopes"][0] * a * a[0]
    yield Check(da * a[0] - a * da[0], "==", -fall)


def _top_grows(view: View) -> Iterable[Check]:
    return [Check(0, "<", 2 * view["components"][0] * rate(view, "components")[0])]


def share_rate(view: View) -> Any:
    """The derivative of T o (v_1 / |v_1|, .., v_L / |v_L|) = f / sqrt(P), P = prod_l |v_l|^2, times 2 P^(3/2)."""
    product = view["norm_product"]
    return 2 * rate(view, "score") * product - view["score"] * rate(view, "norm_product")


def _fade(view: View) -> Iterable[Check]:
    """The derivatives of (a_j / a_1)^2 and (b_j / a_1)^2, times a_1^4."""
    a, da = view["components"], rate(view, "components")
    for name, letter in (("components", "a"), ("opposite_components", "b")):
        other = view[name]
        change = 2 * other * a[0] * (rate(view, name) * a[0] - other * da[0])
        yield Check(change, "<=", 0, f"{letter}_j / a_1")


def _spanned(view: View) -> Iterable[Check]:
    """v_1 = sum_j (a_j + b_j) / 2 u_j / |u_j|^2, v_2 = sum_j (a_j - b_j) / 2 w_j / |w_j|^2."""
    ops, a, b = view.ops, view["components"], view["opposite_components"]
    for i, (name, inner) in enumerate((("left", a + b), ("right", a - b))):
        vectors = view[name]
        shares = inner / (2 * ops.sum(vectors * vectors))
        yield Check(ops.matvec(ops.transpose(vectors), shares), "==", view["factors"][i], f"v_{i + 1}")


def _euler(view: View) -> Iterable[Check]:
    inner = view.ops.sum(view["factors"] * view["velocities"])
    return [Check(inner, "==", view["score"] * view.ops.ones_like(inner))]


def _same_value(view: View) -> Iterable[Check]:
    speeds = view.ops.sum(view["velocities"] * view["velocities"])
    square = view["score"] * view["score"]
    return [Check(speeds * view["squared_norms"], "==", square * view.ops.ones_like(speeds))]


def _score_rate(view: View) -> Iterable[Check]:
    speeds = view.ops.sum(view["velocities"] * view["velocities"])
    return [Check(rate(view, "score"), "==", view.ops.sum(speeds))]


SINGULAR_STANDS = Claim(
    "tensor-directions",
    MULTILINEAR_FLOW,
    "where the factors are singular vectors of the weighted data tensor, no direction v_l / |v_l| changes",
    (NONZERO, SINGULAR),
    standing,
    r"T \circ (v_1, .., I, .., v_L) \parallel v_l \;\forall l \;\Rightarrow\; \tfrac{d}{dt}\tfrac{v_l}{\|v_l\|} = 0",
)
STANDING_SINGULAR = Claim(
    "standing-is-singular",
    MULTILINEAR_FLOW,
    "where no direction v_l / |v_l| changes, the factors are singular vectors of the weighted data tensor",
    (NONZERO, STANDING),
    parallel_rates,
    r"\tfrac{d}{dt}\tfrac{v_l}{\|v_l\|} = 0 \;\forall l \;\Rightarrow\; T \circ (v_1, .., I, .., v_L) \parallel v_l",
)
CONSERVED = Claim(
    "norm-gaps-conserved",
    MULTILINEAR_FLOW,
    "whatever the loss and the data, the derivative of every |v_l|^2 - |v_k|^2 along the flow is 0",
    (),
    lambda view: [Check(rate(view, "gaps"), "==", 0)],
    r"\tfrac{d}{dt}\left(\|v_l\|^2 - \|v_k\|^2\right) = 0",
)
SHARE_GROWS = Claim(
    "share-grows",
    MULTILINEAR_FLOW,
    "at fixed weights of the data T o (v_1 / |v_1|, .., v_L / |v_L|) never falls (one datum, a loss that falls: "
    "A o (v_1 / |v_1|, .., v_L / |v_L|) never falls at all)",
    (NONZERO,),
    lambda view: [Check(0, "<=", share_rate(view))],
    r"\tfrac{d}{dt}\, T \circ (\tfrac{v_1}{\|v_1\|}, .., \tfrac{v_L}{\|v_L\|}) \ge 0",
)
COMPONENTS_GROW = Claim(
    "components-grow",
    MULTILINEAR_FLOW,
    "two factors, one datum: <u_j, v_1> + <w_j, v_2> grows at the rate slope s_j, <u_j, v_1> - <w_j, v_2> falls at it",
    (TWO_FACTORS, PAIRS),
    components_grow,
    r"\tfrac{d}{dt}\left(\langle u_j, v_1\rangle \pm \langle w_j, v_2\rangle\right) = "
    r"\pm\, r\, s_j \left(\langle u_j, v_1\rangle \pm \langle w_j, v_2\rangle\right)",
)
RATIOS_FALL = Claim(
    "ratios-fall",
    MULTILINEAR_FLOW,
    "two factors, one datum: the j-th component over the first falls at the rate slope (s_1 - s_j)",
    (TWO_FACTORS, PAIRS),
    _ratios_fall,
    r"\tfrac{d}{dt}\tfrac{a_j}{a_1} = -r\,(s_1 - s_j)\,\tfrac{a_j}{a_1}",
)
TOP_GROWS = Claim(
    "top-component-grows",
    MULTILINEAR_FLOW,
    "two factors, one datum: a first component that is not 0 grows, so that it is never 0",
    (TWO_FACTORS, PAIRS, PULL, GENERIC),
    _top_grows,
    r"a_1 \ne 0 \;\Rightarrow\; \tfrac{d}{dt} a_1^2 > 0",
)
CLAIMS = (SINGULAR_STANDS, STANDING_SINGULAR, CONSERVED, SHARE_GROWS, COMPONENTS_GROW, RATIOS_FALL, TOP_GROWS)

EULER = Claim(
    "each-factor-sees-the-score",
    MULTILINEAR_FLOW,
    "<v_l, T o (v_1, .., I, .., v_L)> is the score, the same for every l",
    (),
    _euler,
    r"\langle v_l, T \circ (v_1, .., I, .., v_L)\rangle = T \circ (v_1, .., v_L)",
)
SAME_VALUE = Claim(
    "one-singular-value",
    MULTILINEAR_FLOW,
    "singular vectors have the same singular value |T o (v_1, .., I, .., v_L)| |v_l| in every factor",
    (NONZERO, SINGULAR),
    _same_value,
    r"\|T \circ (v_1, .., I, .., v_L)\|\,\|v_l\| = |T \circ (v_1, .., v_L)|",
)
SCORE_RATE = Claim(
    "score-rate",
    MULTILINEAR_FLOW,
    "at fixed weights of the data the score grows at the rate sum_l |T o (v_1, .., I, .., v_L)|^2",
    (),
    _score_rate,
    r"\tfrac{d}{dt}\, T \circ (v_1, .., v_L) = \sum_l \|T \circ (v_1, .., I, .., v_L)\|^2",
)
FADE = Claim(
    "other-components-fade",
    MULTILINEAR_FLOW,
    "two factors, one datum, s_1 the largest of the values given: no other component grows against the first",
    (TWO_FACTORS, PAIRS, PULL, FIRST_LARGEST),
    _fade,
    r"s_1 > |s_j| \;\Rightarrow\; \tfrac{d}{dt}\tfrac{a_j^2}{a_1^2} \le 0,\; \tfrac{d}{dt}\tfrac{b_j^2}{a_1^2} \le 0",
)
SPANNED = Claim(
    "components-make-the-factors",
    MULTILINEAR_FLOW,
    "two factors, one datum: v_1 is the sum of (a_j + b_j) / 2 u_j / |u_j|^2, v_2 of (a_j - b_j) / 2 w_j / |w_j|^2",
    (TWO_FACTORS, PAIRS, COMPLETE),
    _spanned,
    r"v_1 = \sum_j \tfrac{a_j + b_j}{2}\,\tfrac{u_j}{\|u_j\|^2},\; "
    r"v_2 = \sum_j \tfrac{a_j - b_j}{2}\,\tfrac{w_j}{\|w_j\|^2}",
)
LINKS = (EULER, SAME_VALUE, SCORE_RATE, FADE, SPANNED)
