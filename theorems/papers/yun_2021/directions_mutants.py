"""False variants of what happens to directions of factors, and witnesses of what each hypothesis is for."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from refutable.theorems.checks import Check
from refutable.theorems.claims import Assumption, Claim
from refutable.theorems.domains.multilinear_flow import MULTILINEAR_FLOW
from refutable.theorems.domains.multilinear_flow.contraction import rate
from refutable.theorems.flows import derivative_along
from refutable.theorems.instances import Instance
from refutable.theorems.papers.yun_2021.directions_assumptions import (
    COMPLETE,
    FIRST_SINGULAR,
    NONZERO,
    PAIRS,
    PULL,
    SINGULAR,
    STANDING,
    TWO_FACTORS,
    standing,
)
from refutable.theorems.papers.yun_2021.directions_cases import (
    AT_SECOND,
    AT_TOP,
    GENERIC_STATE,
    HALF_SINGULAR,
    ONE_PAIR,
    SECOND_PAIR_FIRST,
    SHIFT,
    STRETCH,
    TWO_DATA,
    UNBALANCED,
    state,
    stretched,
)
from refutable.theorems.papers.yun_2021.directions_claims import share_rate
from refutable.theorems.records import Mutant, Necessity
from refutable.theorems.views import View

Conclusion = Callable[[View], Iterable[Check]]


def _mutant(
    id: str, statement: str, assumes: tuple[Assumption, ...], concludes: Conclusion, why: str, killer: Instance
) -> Mutant:
    return Mutant(id, Claim(f"directions-{id}", MULTILINEAR_FLOW, statement, assumes, concludes), why, killer)


def _unweighted(view: View) -> View:
    """The state with all slopes 1."""
    known = {name: view[name] for name in ("factors", "tensors")}
    return View(view.domain, view.ops, {**known, "slopes": view.ops.ones_like(view["slopes"])})


def _equal_weights(view: View) -> Iterable[Check]:
    return SINGULAR.checks(_unweighted(view))


def _parallel_factors(view: View) -> Iterable[Check]:
    """Every 2 x 2 minor of neighbouring factors is 0."""
    for v, w in zip(view["factors"], view["factors"][1:], strict=False):
        yield Check(v[:, None] * w[None, :], "==", w[:, None] * v[None, :])


def _at_top(view: View) -> Iterable[Check]:
    least = (view["gains"][0] * view["slopes"][0]) * (view["gains"][0] * view["slopes"][0])
    for square in view["squared_norms"]:
        least = least * square
    return [Check(least, "<=", view["score"] * view["score"])]


def _norm_gaps(view: View) -> Iterable[Check]:
    """The derivative of |v_l| - |v_{l+1}|."""

    def differences(moved: View) -> object:
        norms = moved.ops.norm(moved["factors"])
        return norms[:-1] - norms[1:]

    return [Check(derivative_along(view, differences, {"factors": view["velocities"]}), "==", 0)]


def _sums(view: View) -> Iterable[Check]:
    change = rate(view, "squared_norms")
    return [Check(change[:-1] + change[1:], "==", 0)]


def _doubled(view: View) -> Iterable[Check]:
    change = rate(view, "squared_norms")
    return [Check(change[:-1], "==", 2 * change[1:])]


def _euler_times_factors(view: View) -> Iterable[Check]:
    inner = view.ops.sum(view["factors"] * view["velocities"])
    return [Check(inner, "==", view["score"] * len(view["factors"]) * view.ops.ones_like(inner))]


def _one_factor_rate(view: View) -> Iterable[Check]:
    velocity = view["velocities"][0]
    return [Check(rate(view, "score"), "==", view.ops.sum(velocity * velocity))]


def _modulus_grows(view: View) -> Iterable[Check]:
    """|f| times the derivative of |f| / sqrt(P) is not negative: P^2 is added on both sides."""
    size = view["norm_product"] * view["norm_product"]
    return [Check(size, "<=", size + view["score"] * share_rate(view))]


def _fall(factor: Callable[[View], object]) -> Conclusion:
    def concludes(view: View) -> Iterable[Check]:
        a, da = view["components"], rate(view, "components")
        fall = factor(view) * a * a[0]
        yield Check((da * a[0] - a * da[0])[1:], "==", -fall[1:])

    return concludes


def _spanned_twice(view: View) -> Iterable[Check]:
    vectors, ops = view["left"], view.ops
    shares = (view["components"] + view["opposite_components"]) / ops.sum(vectors * vectors)
    return [Check(ops.matvec(ops.transpose(vectors), shares), "==", view["factors"][0])]


def _first_factor_alone(view: View) -> Iterable[Check]:
    """<u_j, v_1> grows at the rate slope s_j."""
    change = view.ops.matvec(view["left"], view["velocities"][0])
    here = view.ops.matvec(view["left"], view["factors"][0])
    return [Check(change, "==", view["gains"] * view["slopes"][0] * here)]


def _top_grows(view: View) -> Iterable[Check]:
    """The derivative of a_1^2 is positive: |v_1|^2 is added on both sides."""
    change, square = 2 * view["components"][0] * rate(view, "components")[0], view["squared_norms"][0]
    return [Check(square, "<", square + change)]


FIRST_MEETS = Assumption(
    "first-factor-meets-top",
    "<u_1, v_1> is not 0",
    lambda view: [Check(0, "<", view.ops.matvec(view["left"], view["factors"][0])[0] ** 2)],
)
EQUAL_WEIGHTS = Assumption(
    "singular-vectors-of-the-sum", "the factors are singular vectors of sum_n A_n, all weights 1", _equal_weights
)

MUTANTS = (
    _mutant(
        "one-factor-is-enough",
        "where v_1 is a multiple of T o (I, v_2, .., v_L), no direction changes",
        (NONZERO, FIRST_SINGULAR),
        standing,
        "the other factors must be singular vectors too",
        HALF_SINGULAR,
    ),
    _mutant(
        "equal-weights",
        "where the factors are singular vectors of sum_n A_n, no direction changes",
        (NONZERO, EQUAL_WEIGHTS),
        standing,
        "the data pull with the slopes of the loss as weights: 1 and 2 here",
        TWO_DATA,
    ),
    _mutant(
        "only-the-top-pair-stands",
        "where no direction changes, the score of the unit factors is at least the first singular value",
        (NONZERO, STANDING, TWO_FACTORS, PAIRS),
        _at_top,
        "every singular pair stands still; only nearly every start leaves the others",
        AT_SECOND,
    ),
    _mutant(
        "standing-factors-are-parallel",
        "where no direction changes, all factors are parallel, as eigenvectors would be",
        (NONZERO, STANDING),
        _parallel_factors,
        "left and right singular vectors differ",
        state(((1, 0), (0, 1)), SHIFT),
    ),
    _mutant("sums-conserved", "|v_l|^2 + |v_k|^2 is conserved", (), _sums, "both grow; their difference stays", AT_TOP),
    _mutant(
        "norms-not-squared",
        "|v_l| - |v_k| is conserved",
        (NONZERO,),
        _norm_gaps,
        "the squares differ by a constant: the longer factor grows more slowly",
        UNBALANCED,
    ),
    _mutant("twice-one-norm", "|v_l|^2 - 2 |v_{l+1}|^2 is conserved", (), _doubled, "each grows at 2 f", AT_TOP),
    _mutant(
        "share-always-grows",
        "at fixed weights the score of the unit factors always grows",
        (NONZERO,),
        lambda view: [Check(view["norm_product"], "<", view["norm_product"] + share_rate(view))],
        "it stands still at singular vectors",
        AT_TOP,
    ),
    _mutant(
        "share-falls",
        "at fixed weights the score of the unit factors never grows",
        (NONZERO,),
        lambda view: [Check(share_rate(view), "<=", 0)],
        "it grows at every state but singular vectors",
        GENERIC_STATE,
    ),
    _mutant(
        "share-grows-in-modulus",
        "at fixed weights the modulus of the score of the unit factors never falls",
        (NONZERO,),
        _modulus_grows,
        "a negative score rises to 0 first: the factors turn round",
        state(((1, 1), (-1, -1)), STRETCH),
    ),
    _mutant(
        "score-times-factors",
        "<v_l, T o (v_1, .., I, .., v_L)> is L times the score",
        (),
        _euler_times_factors,
        "the network is linear in each factor",
        AT_TOP,
    ),
    _mutant(
        "score-rate-of-one-factor",
        "the score grows at the rate |T o (I, v_2, .., v_L)|^2",
        (),
        _one_factor_rate,
        "every factor adds its own",
        AT_TOP,
    ),
    _mutant(
        "components-not-halved",
        "two factors, one datum: v_1 is the sum of (a_j + b_j) u_j / |u_j|^2",
        (TWO_FACTORS, PAIRS, COMPLETE),
        _spanned_twice,
        "a_j + b_j is 2 <u_j, v_1>",
        AT_TOP,
    ),
    _mutant(
        "ratio-falls-at-the-sum",
        "two factors, one datum: the j-th component over the first falls at the rate slope (s_1 + s_j)",
        (TWO_FACTORS, PAIRS),
        _fall(lambda view: (view["gains"][0] + view["gains"]) * view["slopes"][0]),
        "both grow; the rates subtract",
        GENERIC_STATE,
    ),
    _mutant(
        "ratio-falls-twice-as-fast",
        "two factors, one datum: the j-th component over the first falls at the rate 2 slope (s_1 - s_j)",
        (TWO_FACTORS, PAIRS),
        _fall(lambda view: 2 * (view["gains"][0] - view["gains"]) * view["slopes"][0]),
        "that is the rate of the predictor's, a product of two factors",
        GENERIC_STATE,
    ),
    _mutant(
        "ratio-falls-without-slope",
        "two factors, one datum: the j-th component over the first falls at the rate s_1 - s_j",
        (TWO_FACTORS, PAIRS),
        _fall(lambda view: view["gains"][0] - view["gains"]),
        "time runs at the slope of the loss: 2 here",
        stretched((1, 1), (1, 1), 2),
    ),
    _mutant(
        "one-factor-grows-alone",
        "two factors, one datum: <u_j, v_1> grows at the rate slope s_j",
        (TWO_FACTORS, PAIRS),
        _first_factor_alone,
        "it is the sum with <w_j, v_2> that does",
        UNBALANCED,
    ),
    _mutant(
        "generic-by-the-first-factor",
        "two factors, one datum: the first component grows when <u_1, v_1> is not 0",
        (TWO_FACTORS, PAIRS, PULL, FIRST_MEETS),
        _top_grows,
        "<u_1, v_1> = -<w_1, v_2> is a start that never reaches the first pair",
        stretched((1, 0), (-1, 0)),
    ),
)

NECESSITY = (
    Necessity("nonzero-factors", None, "a factor 0 has no direction"),
    Necessity("singular-vectors", HALF_SINGULAR, "v_2 turns towards A^T v_1"),
    Necessity("standing-directions", GENERIC_STATE, "v = (1, 1), (1, 1) for diag(2, 1)", "standing-is-singular"),
    Necessity(
        "two-factors-one-datum",
        state(((1, 1), (1, 1)), STRETCH, STRETCH, left=((1, 0), (0, 1)), right=((1, 0), (0, 1)), gains=(2, 1)),
        "with a second datum the pairs of the first say nothing",
        "components-grow",
    ),
    Necessity(
        "singular-pairs",
        state(((1, 1), (1, 1)), STRETCH, left=((1, 1),), right=((1, 1),), gains=(2,)),
        "(1, 1), (1, 1) is no singular pair of diag(2, 1)",
        "components-grow",
    ),
    Necessity(
        "positive-pull", stretched((1, 1), (1, 1), -1), "a loss that grows shrinks the component", "top-component-grows"
    ),
    Necessity(
        "first-pair-largest",
        SECOND_PAIR_FIRST,
        "diag(2, 1) with the pair of value 1 listed first: the other component grows faster",
        "other-components-fade",
    ),
    Necessity(
        "complete-pairs",
        ONE_PAIR,
        "one pair of diag(2, 1) says nothing about the other coordinate",
        "components-make-the-factors",
    ),
    Necessity(
        "generic-start", stretched((1, 0), (-1, 0)), "the first component stays 0 for ever", "top-component-grows"
    ),
)
