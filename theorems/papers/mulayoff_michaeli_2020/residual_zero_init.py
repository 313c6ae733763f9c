"""Linear residual networks whose branches start at 0: the gradient flow ends at a flattest minimum, if it ends."""

from __future__ import annotations

from collections.abc import Iterable

from refutable.theorems.checks import Check
from refutable.theorems.claims import Claim
from refutable.theorems.domains.deep_linear_flow import DEEP_LINEAR_FLOW
from refutable.theorems.papers.mulayoff_michaeli_2020 import residual_forms, residual_mutants
from refutable.theorems.papers.mulayoff_michaeli_2020.factorisations import diagonal
from refutable.theorems.papers.mulayoff_michaeli_2020.residual_assumptions import (
    BALANCED,
    COMMUTING,
    EQUAL_LAYERS,
    GLOBAL_MINIMUM,
    PRODUCT_NOT_REFLECTING,
    TARGET_REFLECTS,
)
from refutable.theorems.papers.mulayoff_michaeli_2020.residual_cases import (
    LIMITS,
    ONE,
    SHEAR,
    STEEP,
    SYMMETRIC_LIMITS,
    start,
    state,
)
from refutable.theorems.papers.mulayoff_michaeli_2020.residual_links import LINKS, stays_equal
from refutable.theorems.papers.mulayoff_michaeli_2020.source import RESIDUAL_SOURCE
from refutable.theorems.records import Necessity, Theorem
from refutable.theorems.views import View


def _conserved(view: View) -> Iterable[Check]:
    for i, rate in enumerate(view["imbalance_rates"], 1):
        yield Check(rate, "==", 0, f"derivative of D_{i}")


def _stalls(view: View) -> Iterable[Check]:
    least = view["target_least_square"] * view["loss_scale"] * view.ops.ratio(1, 2)
    yield Check(least, "<=", view["loss"])


LIMIT_IS_FLATTEST = Claim(
    "resnet-zero-init",
    DEEP_LINEAR_FLOW,
    "a global minimum with the imbalances of identity layers, as the gradient flow from there conserves them, has "
    "sharpness at most kappa m sigma^{2(1-1/m)}, sigma the spectral norm of M: the smallest that M allows",
    (BALANCED, GLOBAL_MINIMUM),
    lambda view: [Check(view["sharpness"], "<=", view["target_flattest_sharpness"])],
    r"W_i(0) = I,\; W_m\cdots W_1 \to M \;\Rightarrow\; \lambda_{\max}(\nabla^2 L) \to "
    r"\kappa\, m\, \sigma_{\max}(M)^{2(1-1/m)}",
)
CONSERVED = Claim(
    "balance-conserved",
    DEEP_LINEAR_FLOW,
    "along the gradient flow the derivative of every imbalance W_{i+1}^T W_{i+1} - W_i W_i^T is 0, at any layers",
    (),
    _conserved,
    r"\tfrac{d}{dt}\left(W_{i+1}^\top W_{i+1} - W_i W_i^\top\right) = 0",
)
EQUAL = Claim(
    "layers-stay-equal",
    DEEP_LINEAR_FLOW,
    "where equal layers, their transposes, M and M^T commute (identity layers and a symmetric M, say) all gradients "
    "are equal, and after a step of gradient descent of any size the layers are equal, balanced and commute again",
    (EQUAL_LAYERS, COMMUTING),
    stays_equal,
    r"M = M^\top,\; W_i(0) = I \;\Rightarrow\; W_1(t) = \dots = W_m(t)",
)
STALLS = Claim(
    "reflecting-target-stalls",
    DEEP_LINEAR_FLOW,
    "while the product has determinant at least 0 and M a negative one, the loss is at least kappa/2 sigma_min(M)^2",
    (PRODUCT_NOT_REFLECTING, TARGET_REFLECTS),
    _stalls,
    r"\det(W_m\cdots W_1) \ge 0 > \det M \;\Rightarrow\; L \ge \tfrac{\kappa}{2}\, \sigma_{\min}(M)^2",
)

NECESSITY = (
    Necessity("balanced", STEEP, "layers 2 and 1/2 multiply to 1 and have sharpness 17/4, not 2"),
    Necessity("global-minimum", state([2 * ONE, 2 * ONE], ONE), "balanced layers 2, 2 on their way to the target 1"),
    Necessity(
        "equal-layers", state([ONE, 2 * ONE], ONE), "layers 1 and 2 have different gradients", "layers-stay-equal"
    ),
    Necessity(
        "commuting",
        state([diagonal([1, 2])] * 2, SHEAR),
        "layers diag(1, 2) and a target that is not symmetric: the gradients differ",
        "layers-stay-equal",
    ),
    Necessity(
        "product-determinant-nonnegative",
        state([diagonal([1, -1]), diagonal([1, 1])]),
        "with a reflecting layer the reflecting target is reached",
        "reflecting-target-stalls",
    ),
    Necessity("target-determinant-negative", start(ONE), "the target 1 is reached", "reflecting-target-stalls"),
    Necessity("identity-layers", state([ONE, 2 * ONE], ONE), "layers 1 and 2 are not balanced", "identity-start"),
    Necessity(
        "invertible",
        None,
        "without it the rate of the logarithm is not defined: layers 0 stand still at 0",
        "determinant-rate",
    ),
)

RESNET_ZERO_INIT = Theorem(
    id="resnet-zero-init",
    title="Linear residual networks started at zero end at a flattest minimum",
    source=RESIDUAL_SOURCE,
    status="recalled",
    claims=(LIMIT_IS_FLATTEST, CONSERVED, EQUAL, STALLS),
    links=LINKS,
    right_side="the smallest sharpness that the target allows",
    equality=(LIMITS, SYMMETRIC_LIMITS),
    mutants=residual_mutants.MUTANTS,
    necessity=NECESSITY,
    closed_forms=residual_forms.CLOSED_FORMS,
    evidence={
        "trained-relabelled": "training is tried state by state, see the states visited",
        "trained-converged": "training is tried state by state, see the states visited",
        "swept": "identities, and states that are balanced exactly, are decided one at a time",
    },
    notes=(
        "W_i = I + V_i with V_i(0) = 0, gradient flow, white data, square layers. No flow is integrated to reach a "
        "verdict: the imbalances have derivative 0 at every rational state, they are 0 at identity layers, and a "
        "global minimum that is balanced is a flattest one. Convergence to a global minimum is assumed, not shown: "
        "as we recall it the paper says that the networks necessarily end there, yet for det M < 0 they cannot: "
        "along the flow the layers stay bounded (they are balanced, and the loss falls), so that by the link "
        "determinant-rate no determinant of a layer changes its sign. Then the loss stays above kappa/2 "
        "sigma_min(M)^2: 1/2 for diag(3/2, 1, -1). Gradient descent keeps the balance for symmetric targets, and "
        "for normal ones, exactly; for others each step changes it in second order of the step size."
    ),
)
