"""Seen on solutions of the flow: the gradient of Q against the integral of the residuals, and the end's outputs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from refutable.theorems.checks import Check
from refutable.theorems.claims import Claim
from refutable.theorems.domains.decomposable_flow import DECOMPOSABLE_FLOW
from refutable.theorems.domains.decomposable_flow.quantities import pulled
from refutable.theorems.papers.yun_2021.flow_assumptions import DEEP, STARTED
from refutable.theorems.papers.yun_2021.regression_mutants import inner_power_two, no_prefactor, plain_l2
from refutable.theorems.records import Integration
from refutable.theorems.views import View


def _gradient_is(of: Callable[[View], Any]) -> Callable[[View], Iterable[Check]]:
    def concludes(view: View) -> Iterable[Check]:
        yield Check(of(view), "==", pulled(view, view["nu"]))

    return concludes


def _interpolates(view: View) -> Iterable[Check]:
    yield Check(view["outputs"], "==", view["y"])


def _least_l2(view: View) -> Iterable[Check]:
    """rho is the least-norm solution of X S^T rho = y: its gram matrix solved in the arithmetic of tensors."""
    import torch

    gram = view.ops.matmul(view["features"], view.ops.transpose(view["features"]))
    yield Check(view["coordinates"], "==", pulled(view, torch.linalg.solve(gram, view["y"])))


def _decoy(id: str, statement: str, of: Callable[[View], Any]) -> Claim:
    return Claim(id, DECOMPOSABLE_FLOW, statement, STARTED, _gradient_is(of))


KKT = Integration(
    Claim(
        "gradient-along-solutions",
        DECOMPOSABLE_FLOW,
        "along solutions the gradient of Q at rho is S X^T nu with nu the integral of y - f",
        (*STARTED, DEEP),
        _gradient_is(lambda view: view["mirror"]),
        r"\nabla Q(\rho(t)) = S X^\top \nu(t)",
    ),
    (
        _decoy("solutions-no-prefactor", "without the factor (alpha |eta|)^{2-L}", no_prefactor),
        _decoy("solutions-inner-power-two", "with rho/(alpha |eta|)^2", inner_power_two),
        _decoy("solutions-l2", "rho in its place", plain_l2),
    ),
)
TWO_LAYERS = Integration(
    Claim(
        "gradient-along-two-layers",
        DECOMPOSABLE_FLOW,
        "so it is for two layers, where the gradient is arcsinh(2 rho/(alpha eta)^2)/2",
        STARTED,
        _gradient_is(lambda view: view["mirror"]),
        r"\tfrac12 \operatorname{arcsinh} \frac{2\rho_j}{\alpha^2\eta_j^2} = [S X^\top \nu]_j",
    ),
    (_decoy("two-layers-l2", "rho in its place", plain_l2),),
)
END = Integration(
    Claim(
        "reaches-labels",
        DECOMPOSABLE_FLOW,
        "the flow ends with X S^T rho = y",
        STARTED,
        _interpolates,
        r"X S^\top \rho(\infty) = y",
    ),
    (Claim("ends-at-least-l2", DECOMPOSABLE_FLOW, "and rho has the least l2 norm there", STARTED, _least_l2),),
)
INTEGRATED = (KKT, TWO_LAYERS, END)
