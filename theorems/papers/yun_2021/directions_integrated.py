"""What solutions of the flow on the exponential loss show: conserved gaps, growing components, the end direction."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from refutable.theorems.checks import Check
from refutable.theorems.claims import Claim
from refutable.theorems.domains.multilinear_flow import MULTILINEAR_FLOW
from refutable.theorems.papers.yun_2021.directions_assumptions import (
    COMPLETE,
    FIRST_LARGEST,
    GENERIC,
    PAIRS,
    PULL,
    TWO_FACTORS,
)
from refutable.theorems.records import Integration
from refutable.theorems.views import View

Conclusion = Callable[[View], Iterable[Check]]


def _at_start(view: View) -> View:
    """The state at the start of the flow."""
    names = [f.name for f in view.domain.fields if view.has(f.name) and f.name not in ("factors", "start")]
    return View(view.domain, view.ops, {**{name: view[name] for name in names}, "factors": view["start"]})


def _gaps(view: View) -> Iterable[Check]:
    return [Check(view["gaps"], "==", _at_start(view)["gaps"])]


def _sums(view: View) -> Iterable[Check]:
    now, then = view["squared_norms"], _at_start(view)["squared_norms"]
    return [Check(now[..., :-1] + now[..., 1:], "==", then[..., :-1] + then[..., 1:])]


def _components(growing: int = 1, falling: int = 1) -> Conclusion:
    """a_j(t) = a_j(0) exp(s_j clock / growing), b_j(t) = b_j(0) exp(-s_j clock / falling)."""

    def concludes(view: View) -> Iterable[Check]:
        ops, then = view.ops, _at_start(view)
        growth = view["gains"] * ops.spread(view["clock"])
        grown = ops.elementary("exp", growth * ops.ratio(1, growing))
        yield Check(view["components"], "==", then["components"] * grown, "a_j")
        fallen = ops.elementary("exp", -(growth * ops.ratio(1, falling)))
        yield Check(view["opposite_components"], "==", then["opposite_components"] * fallen, "b_j")

    return concludes


def _outer(view: View, first: Any, second: Any) -> Any:
    """The unit matrix in the direction of first second^T."""
    ops = view.ops
    a, b = first / ops.norm(first)[..., None], second / ops.norm(second)[..., None]
    return a[..., :, None] * b[..., None, :]


def _ends_at(pair: int) -> Conclusion:
    def concludes(view: View) -> Iterable[Check]:
        factors = view["factors"]
        end = _outer(view, factors[..., 0, :], factors[..., 1, :])
        yield Check(end, "==", _outer(view, view["left"][..., pair, :], view["right"][..., pair, :]))

    return concludes


def _claim(id: str, statement: str, concludes: Conclusion, latex: str = "") -> Claim:
    return Claim(id, MULTILINEAR_FLOW, statement, (), concludes, latex)


GAPS = _claim(
    "gaps-along-solutions",
    "on solutions of the flow on the exponential loss |v_l|^2 - |v_k|^2 is what it was at the start",
    _gaps,
    r"\|v_l(t)\|^2 - \|v_k(t)\|^2 = \|v_l(0)\|^2 - \|v_k(0)\|^2",
)
GROWTH = Claim(
    "components-along-solutions",
    MULTILINEAR_FLOW,
    "two factors, one datum: a_j(t) = a_j(0) exp(s_j tau), b_j(t) = b_j(0) exp(-s_j tau), tau the integral of slopes",
    (TWO_FACTORS, PAIRS),
    _components(),
    r"a_j(t) = a_j(0)\, e^{s_j \tau},\; b_j(t) = b_j(0)\, e^{-s_j \tau},\; \tau = \int_0^t e^{-f}",
)
END = Claim(
    "end-direction",
    MULTILINEAR_FLOW,
    "two factors, one datum, exponential loss, all pairs given, s_1 the largest singular value: v_1 v_2^T tends in "
    "direction to the first pair, u_1 w_1^T",
    (TWO_FACTORS, PAIRS, COMPLETE, PULL, FIRST_LARGEST, GENERIC),
    _ends_at(0),
    r"s_1 > |s_j|,\; a_1 \ne 0 \;\Rightarrow\; "
    r"\tfrac{v_1 v_2^\top}{\|v_1\|\|v_2\|} \to \tfrac{u_1 w_1^\top}{\|u_1\|\|w_1\|}",
)

INTEGRATED = (
    Integration(GAPS, (_claim("sums-along-solutions", "|v_l|^2 + |v_k|^2 is what it was at the start", _sums),)),
    Integration(
        GROWTH,
        (
            _claim("components-at-half-the-rate", "a_j(t) = a_j(0) exp(s_j tau / 2)", _components(growing=2)),
            _claim("components-fall-at-half-the-rate", "b_j(t) = b_j(0) exp(-s_j tau / 2)", _components(falling=2)),
        ),
    ),
    Integration(
        END, (_claim("end-at-the-second-pair", "v_1 v_2^T tends in direction to the second pair", _ends_at(1)),)
    ),
)
