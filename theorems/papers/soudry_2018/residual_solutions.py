"""The residual at a late time against its limit, in floats."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flint import fmpq

from refutable.theorems.checks import Check
from refutable.theorems.claims import Claim
from refutable.theorems.domains.separable import SEPARABLE
from refutable.theorems.domains.separable.limit import in_arithmetic, limit_of
from refutable.theorems.papers.soudry_2018.assumptions import COMPLEMENTARY, SEPARABLE_DATA, SPANNING
from refutable.theorems.papers.soudry_2018.residual_mutants import reciprocal, uniform, without_step_size
from refutable.theorems.records import Integration
from refutable.theorems.views import View


def _with(ratios: Callable[[View], list[fmpq]]) -> Callable[[View], Any]:
    return lambda view: in_arithmetic(view, limit_of(view, ratios(view)).value())


def _forgetting(view: View) -> Any:
    """w_tilde without the part of the start off the span of the data."""
    fields = {"x": view["x"], "w": view["w"], "step_size": view["step_size"], "start": None}
    return View(view.domain, view.ops, fields, view.structure)["residual_limit"]


def _claim(id: str, statement: str, limit: Callable[[View], Any]) -> Claim:
    return Claim(
        id,
        SEPARABLE,
        statement,
        (SEPARABLE_DATA, COMPLEMENTARY, SPANNING),
        lambda view: [Check(view["residual"], "==", limit(view))],
    )


INTEGRATED = (
    Integration(
        _claim("residual-limit", "rho(s) tends to w_tilde", lambda view: view["residual_limit"]),
        decoys=(
            _claim("limit-without-step-size", "exp(-x_n.w_tilde) = alpha_n", _with(without_step_size)),
            _claim("limit-with-equal-multipliers", "eta exp(-x_n.w_tilde) = 1/(k gamma^2)", _with(uniform)),
            _claim("limit-with-reciprocals", "eta exp(-x_n.w_tilde) = 1/alpha_n", _with(reciprocal)),
            _claim("limit-without-start", "w_tilde lies in the span of the data, whatever the start", _forgetting),
        ),
    ),
)
