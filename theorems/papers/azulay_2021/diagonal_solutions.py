"""What is seen of diagonal networks with an ODE solver: identities at every time, and where the flow ends."""

from __future__ import annotations

from typing import Any

from refutable.theorems.checks import Check
from refutable.theorems.claims import Checks, Claim
from refutable.theorems.domains.diagonal_flow import DIAGONAL_FLOW
from refutable.theorems.domains.diagonal_flow.potentials import potential, potential_gradient
from refutable.theorems.papers.azulay_2021.diagonal_assumptions import UNBIASED
from refutable.theorems.papers.azulay_2021.diagonal_mutants import factor_lost, shape_ignored
from refutable.theorems.records import Integration
from refutable.theorems.views import View


def _pulled(view: View) -> Any:
    """X^T nu [d]."""
    return view.ops.matvec(view.ops.transpose(view["x"]), view["multipliers"])


def _claim(id: str, statement: str, concludes: Checks, unbiased: bool = True) -> Claim:
    return Claim(id, DIAGONAL_FLOW, statement, (UNBIASED,) if unbiased else (), concludes)


def _gradient_with(view: View, root_k: Any) -> list[Check]:
    return [Check(potential_gradient(view.ops, view["w"], root_k), "==", _pulled(view))]


def _less_with(view: View, root_k: Any) -> list[Check]:
    ops = view.ops
    return [Check(potential(ops, view["w"], root_k), "<=", potential(ops, view["other"], root_k))]


def _squares(view: View) -> list[Check]:
    ops, w, other = view.ops, view["w"], view["other"]
    return [Check(ops.sum(w * w), "<=", ops.sum(other * other))]


INTEGRATED = (
    Integration(
        _claim(
            "gradient-at-every-time",
            "asinh(2 w(t)/sqrt k)/2 = X^T nu(t), from unbiased starts, with w and nu = -1/n int r from a solver",
            lambda view: _gradient_with(view, view["root_k"]),
        ),
        (
            _claim("gradient-shape-ignored", "the same with k = 16 (u_0 v_0)^2",
                   lambda view: _gradient_with(view, shape_ignored(view))),
            _claim("gradient-factor-lost", "the same with asinh(w/sqrt k)",
                   lambda view: _gradient_with(view, factor_lost(view))),
            _claim("kernel-regime", "w(t) = sqrt(k) X^T nu(t), at any scale",
                   lambda view: [Check(view["w"], "==", view["root_k"] * _pulled(view))]),
        ),
    ),
    Integration(
        _claim(
            "divergence-gradient-at-every-time",
            "(asinh(w(t)/c) - asinh(w(0)/c))/2 = X^T nu(t), from biased starts, with w and nu from a solver",
            lambda view: [Check(view["divergence_gradient"], "==", _pulled(view))],
            unbiased=False,
        ),
        (
            _claim("unbiased-form-of-biased-start", "asinh(2 w(t)/sqrt k)/2 = X^T nu(t), from biased starts",
                   lambda view: _gradient_with(view, view["root_k"]), unbiased=False),
        ),
    ),
    Integration(
        _claim(
            "ends-at-minimiser",
            "w(T), T large, is the minimiser of Q_k over X v = y that Newton's method finds from the dual",
            lambda view: [Check(view["w"], "==", view["other"])],
        ),
        (
            _claim("ends-at-kernel-regime", "w(T) = sqrt(k) X^T nu(T), the minimiser of sum v_i^2/sqrt(k_i)",
                   lambda view: [Check(view["w"], "==", view["root_k"] * _pulled(view))]),
        ),
    ),
    Integration(
        _claim(
            "ends-no-higher",
            "Q_k(w(T)), T large, is at most Q_k(v) at the interpolators v that minimise other potentials: the "
            "Euclidean norm, and Q_k with the shape ignored or a factor lost",
            lambda view: _less_with(view, view["root_k"]),
        ),
        (
            _claim("ends-at-least-norm", "the same for the Euclidean norm", _squares),
            _claim("ends-shape-ignored", "the same for Q_k with k = 16 (u_0 v_0)^2",
                   lambda view: _less_with(view, shape_ignored(view))),
            _claim("ends-factor-lost", "the same for Q_k with asinh(x/sqrt k)",
                   lambda view: _less_with(view, factor_lost(view))),
        ),
    ),
)  # fmt: skip
"""Statements about solutions; nothing here decides the theorem."""
