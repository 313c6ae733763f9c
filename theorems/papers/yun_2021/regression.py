"""Underdetermined regression with orthogonally decomposable networks: what the gradient flow minimises."""

from __future__ import annotations

from flint import fmpq

from refutable.theorems.papers.yun_2021 import regression_forms, regression_mutants
from refutable.theorems.papers.yun_2021.regression_cases import FLOWS, compared, flowing, framed, opposite_pair, resting
from refutable.theorems.papers.yun_2021.regression_claims import HEADLINE, LINKS, OPTIMAL
from refutable.theorems.papers.yun_2021.regression_integrated import INTEGRATED
from refutable.theorems.papers.yun_2021.source import EXACT_ONLY, source
from refutable.theorems.records import Necessity, Theorem

NECESSITY = (
    Necessity(
        "equal-start",
        resting([[1], [fmpq(13, 10)], [0]]),
        "three layers, one start 30 % larger: already at the start g moves 1.69 times as fast as S X^T (y - f)",
    ),
    Necessity(
        "zero-last-start",
        resting([[1], [1], [fmpq(3, 10)]]),
        "the last of three layers starts at 3/10: g is not 0 at the start, nor does it move as S X^T (y - f)",
    ),
    Necessity(
        "on-flow",
        resting([[1], [1], [0]], [[2], [1], [0]]),
        "a state that the flow does not reach: the first layer has doubled alone",
    ),
    Necessity(
        "same-outputs",
        compared(flowing(2, [2]), fmpq(-1, 2)),
        "smaller coordinates with other outputs have less Q",
        "optimal",
    ),
    Necessity(
        "stationary",
        compared(flowing(2, [2, 1]), fmpq(-1, 4), fmpq(1, 4)),
        "rho = (15/16, 0) with the datum (1, 1): moving some of it to the other coordinate lowers Q",
        "optimal",
    ),
    Necessity("distinct", opposite_pair(3, fmpq(2), fmpq(0)), "rho itself", "only-one"),
    Necessity(
        "orthonormal-frames",
        framed(2),
        "frames twice as long: U^T dv/dt is sixteen times the velocity of the formula",
        "frozen-outside-frames",
    ),
    Necessity(
        "two-layers",
        flowing(3, [2]),
        "for three layers the gradient of Q at rho = 75/64 is another",
        "two-layers-small-scale",
    ),
    Necessity("moved", None, "at rho = 0 the bounds are infinite", "two-layers-small-scale"),
    Necessity("three-layers", None, "for two layers s_max is infinite, and there is nothing to state", "small-scale"),
)

TENSOR_REGRESSION = Theorem(
    id="tensor-regression",
    title="Linear tensor networks: the flow minimises Q, which depends on depth, scale and shape of the start",
    source=source(
        "the theorem on orthogonally decomposable networks, regression (number uncertain)",
        "recalled, not read; re-derived. The closed form of Q, the two-sided bounds by weighted l1 and l2 norms with "
        "their rates, and the finite-time identity as stated here are ours",
    ),
    status="recalled",
    claims=(HEADLINE, OPTIMAL),
    links=LINKS,
    equality=(FLOWS,),
    mutants=regression_mutants.MUTANTS,
    necessity=NECESSITY,
    closed_forms=regression_forms.CLOSED_FORMS,
    integrated=INTEGRATED,
    evidence=EXACT_ONLY,
    notes=(
        "The network is f(x) = sum_j [S x]_j prod_l [U_l^T v_l]_j with U_l^T U_l = I and real S; a complex S (the "
        "discrete Fourier transform of circular networks) is not covered, nor is S required to have full column "
        "rank: nothing here needs it. Stated without a limit: the gradient of Q at rho(t) is S X^T nu(t) at every "
        "time, and wherever it is of this form rho has the least Q for its outputs; so if the flow reaches loss 0, "
        "its end is argmin Q. That it reaches loss 0 is not claimed. States on the flow are exact: with e^theta "
        "rational they are rational for every depth. The sign of eta does not matter. For two layers the prefactor "
        "(alpha |eta|)^{2-L} is 1 and the inner power L is 2, so that the mutants without them are no mutants there. "
        "Limits: instead of alpha to infinity and to 0, inequalities on both sides at every alpha, which give both "
        "limits with a rate; the limits of H_L also with SymPy. For two layers g is log(4 |rho|/(alpha "
        "eta)^2)/2 to within the bound stated: all weights grow alike, but only as a logarithm of alpha."
    ),
)
