"""False variants, each with a point of the max-margin problem that refutes it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from flint import fmpq

from refutable.theorems.checks import Check
from refutable.theorems.claims import Assumption, Checks, Claim
from refutable.theorems.domains.leaky_margin import LEAKY_MARGIN
from refutable.theorems.domains.leaky_margin.network import combined
from refutable.theorems.papers.frei_2023.assumptions import (
    COMPLEMENTARY,
    FEASIBLE,
    NEARLY_ORTHOGONAL,
    POINT,
    STATIONARY,
    orthogonality,
    slopes_up_to_one,
)
from refutable.theorems.papers.frei_2023.claims import LINEAR_BOUNDARY, NEAR, ONE_VECTOR, RANK, SUPPORT, WEAKER
from refutable.theorems.papers.frei_2023.instances import (
    BENT,
    KINKS,
    MODERATE,
    ONE_SIGN,
    ORTHOGONAL_PAIR,
    RANK_THREE,
    SAME_LABELS,
    SLACK,
    SMALL_SLOPE,
    point,
)
from refutable.theorems.records import Mutant
from refutable.theorems.views import View


def _claim(id: str, statement: str, concludes: Checks, assumes: tuple[Assumption, ...] = NEAR) -> Claim:
    return Claim(id, LEAKY_MARGIN, statement, assumes, concludes)


def _under(claim: Claim, id: str, statement: str, check: Assumption) -> Claim:
    return replace(claim, id=id, statement=statement, assumes=(*POINT, check), latex="")


def _hypothesis(id: str, statement: str, constant: int | fmpq, power: int) -> Assumption:
    def checks(view: View) -> Iterable[Check]:
        yield Check(0, "<", view["smallest_square"])
        whole = orthogonality(view, 1, power)
        yield replace(whole, left=whole.left * constant)

    return Assumption(id, statement, checks)


NO_SLOPE = _hypothesis("no-slope", "R_min^2 >= 3 (R_max^2/R_min^2) n max |x_i.x_k|", 3, 0)
SMALL_CONSTANT = _hypothesis(
    "constant-1/25", "R_min^2 >= (1/25) gamma^-3 (R_max^2/R_min^2) n max |x_i.x_k|", fmpq(1, 25), 3
)


def _norms_alone(view: View) -> Iterable[Check]:
    n = len(view["y"])
    yield Check(0, "<", view["smallest_square"])
    yield Check(view["largest_correlation"] * n, "<=", view["smallest_square"])


SLOPES_UP_TO_ONE = Assumption(
    "slope-up-to-one", "g_ji w_j.x_i = phi(w_j.x_i) and g_ji <= 1: any such number at 0", slopes_up_to_one
)
NORMS_ALONE = Assumption("norms-alone", "R_min^2 >= n max |x_i.x_k|", _norms_alone)


def _weakly_without_slope(view: View) -> Iterable[Check]:
    gamma, small = view["slope"], view["smallest_square"]
    correlation = view["largest_correlation"] * (len(view["y"]) - 1)
    yield Check(correlation * (view["largest_square"] + (gamma + gamma**2) * small), "<", small**2)


HYPOTHESIS_MUTANTS = (
    Mutant(
        "slope-forgotten",
        _under(RANK, "rank: no slope", "the rank is at most 2 if R_min^2 >= 3 R^2 n max |x_i.x_k|", NO_SLOPE),
        "gamma = 1/8: an inactive datum holds its own sign up weakly, correlations of a tenth overturn it",
        SMALL_SLOPE,
    ),
    Mutant(
        "small-constant",
        _under(RANK, "rank: 1/25", "the rank is at most 2 with 1/25 in place of 3", SMALL_CONSTANT),
        "gamma = 1/2, a correlation of 15 beside squares of 17 and 18",
        MODERATE,
    ),
    Mutant(
        "norms-alone",
        _under(ONE_VECTOR, "one vector: norms alone", "R_min^2 >= n max |x_i.x_k| is enough", NORMS_ALONE),
        "gamma = 1/3: two neurons of output weight 1 differ at the second datum",
        ONE_SIGN,
    ),
    Mutant(
        "weaker-without-slope",
        _under(
            WEAKER,
            "rank: weaker, no slope",
            "(n - 1) p (R_max^2 + (gamma + gamma^2) R_min^2) < R_min^4 is enough",
            Assumption("weakly-correlated-without-slope", "the same without gamma^3", _weakly_without_slope),
        ),
        "gamma = 1/8, correlations of a tenth of the squares: rank 3",
        SMALL_SLOPE,
    ),
    Mutant(
        "any-data",
        RANK.without("nearly-orthogonal"),
        "(0, 0, 1), (0, 1, 0), (1, -1, 0), gamma = 1/2: rank 3",
        RANK_THREE,
    ),
    Mutant(
        "any-data-margins",
        SUPPORT.without("nearly-orthogonal"),
        "a datum behind another is no support vector: inputs 1 and 2 have margins 1 and 2",
        SLACK,
    ),
    Mutant(
        "any-data-boundary",
        LINEAR_BOUNDARY.without("nearly-orthogonal"),
        "the point of rank 3: at (-3, 2, 3) f = 100/141 and z.x = -34/141",
        BENT,
    ),
    Mutant(
        "any-slope-at-a-kink",
        replace(
            RANK,
            id="rank: any slope",
            statement="the rank is at most 2 if g_ji <= 1 is any number at w_j.x_i = 0",
            assumes=(SLOPES_UP_TO_ONE, STATIONARY, FEASIBLE, COMPLEMENTARY, NEARLY_ORTHOGONAL),
            latex="",
        ),
        "a neuron for each of three orthogonal data is stationary with slope 0 at the other two",
        KINKS,
    ),
)


def _all_alike(view: View) -> Iterable[Check]:
    w, a = view["w"], view["a"][..., None]
    yield Check(w[:1] * a, "==", w * a[:1])


def _slopes_swapped(view: View) -> Iterable[Check]:
    swapped = view["expected_slopes"] * -1 + 1 + view["slope"]
    yield Check(view["w"], "==", combined(view, swapped))


def _slopes_one(view: View) -> Iterable[Check]:
    yield Check(view["w"], "==", combined(view, view["expected_slopes"] * 0 + 1))


def _unsigned(view: View) -> Iterable[Check]:
    """The sign of sum_j w_j.x."""
    total = view.ops.sum(view.ops.matvec(view["w"], view["probe"]))
    product = view["probe_output"] * total
    yield Check(view.ops.abs(product), "<=", product)


CONCLUSION_MUTANTS = (
    Mutant(
        "rank-one",
        _claim(
            "rank at most one",
            "the rank is at most 1",
            lambda view: [Check(view["weight_rank"], "<=", view.ops.ratio(1))],
        ),
        "output weights of both signs and labels of both signs: two vectors",
        ORTHOGONAL_PAIR,
    ),
    Mutant(
        "all-neurons-alike",
        _claim("one vector", "w_j/a_j is the same for all neurons", _all_alike),
        "neurons of opposite output signs see slope 1 on opposite labels",
        ORTHOGONAL_PAIR,
    ),
    Mutant(
        "slopes-swapped",
        _claim(
            "one vector: swapped",
            "w_j = a_j sum_i lambda_i y_i s_i x_i with s_i = gamma where a_j y_i > 0",
            _slopes_swapped,
        ),
        "a neuron is active on the data that its output weight agrees with",
        ORTHOGONAL_PAIR,
    ),
    Mutant(
        "slopes-one",
        _claim("one vector: linear", "w_j = a_j sum_i lambda_i y_i x_i, as in a linear network", _slopes_one),
        "the data on a neuron's other side count gamma times",
        ORTHOGONAL_PAIR,
    ),
    Mutant(
        "boundary-unsigned",
        replace(
            LINEAR_BOUNDARY,
            id="boundary: sum of weights",
            statement="f(x) has the sign of sum_j w_j.x",
            concludes=_unsigned,
        ),
        "output weights have signs: at (0, 1) the network is -1, the sum 2/5",
        ORTHOGONAL_PAIR.replace(probe=point([[0, 1], [1, 0]], [1, -1])["probe"]),
    ),
    Mutant(
        "network-is-linear",
        replace(
            LINEAR_BOUNDARY,
            id="network is linear",
            statement="f(x) = sum_j a_j w_j.x",
            concludes=lambda view: [Check(view["probe_output"], "==", view["probe_linear"])],
        ),
        "only its sign is linear: at (1, 0) f = 1, and z.x = 6/5",
        ORTHOGONAL_PAIR,
    ),
    Mutant(
        "upper-bound-1",
        _claim(
            "multipliers: at most 1",
            "lambda_i sum_j a_j^2 <= 1/R_min^2",
            lambda view: [Check(view["multipliers"] * view["output_square"] * view["smallest_square"], "<=", 1)],
        ),
        "neurons of the other output sign help gamma^2 times: 8/5 for unit vectors and gamma = 1/2",
        ORTHOGONAL_PAIR,
    ),
    Mutant(
        "lower-bound-1",
        _claim(
            "multipliers: at least 1",
            "lambda_i sum_j a_j^2 >= 1/R_max^2",
            lambda view: [Check(1, "<=", view["multipliers"] * view["output_square"] * view["largest_square"])],
        ),
        "data of one label that are positively correlated support each other",
        SAME_LABELS,
    ),
    Mutant(
        "norm-doubled",
        _claim(
            "norm is twice the sum",
            "sum_j |w_j|^2 = 2 sum_i lambda_i",
            lambda view: [Check(view["squared_norm"], "==", view.ops.sum(view["multipliers"]) * 2)],
        ),
        "the network is homogeneous of degree 1 in the trained weights, not 2",
        ORTHOGONAL_PAIR,
    ),
)
MUTANTS = (*HYPOTHESIS_MUTANTS, *CONCLUSION_MUTANTS)
