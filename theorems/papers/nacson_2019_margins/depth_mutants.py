"""False variants of what is said about a linear part beside a deep one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from refutable.theorems.checks import Check
from refutable.theorems.claims import Assumption, Claim
from refutable.theorems.domains.shallow_plus_deep import SHALLOW_PLUS_DEEP
from refutable.theorems.domains.shallow_plus_deep.domain import power, root
from refutable.theorems.instances import Instance
from refutable.theorems.papers.nacson_2019_margins.depth_networks import least
from refutable.theorems.records import Mutant
from refutable.theorems.views import View

Formula = Callable[[View], Any]


def _norm(view: View) -> Any:
    return view["shallow_norm"] + view["deep_norm"]


def _one_factor(view: View) -> Any:
    return view.ops.sum(root(view, view["needed"], 2, view["depth"]))


def _one_deeper(view: View) -> Any:
    return view.ops.sum(root(view, view["needed"], 2, view["depth"] + 1)) * view["depth"]


def _depth_power(view: View) -> Any:
    return power(view["shallow"], view["depth"])


def _needed_power(view: View) -> Any:
    """(gamma/x)^(L-2)."""
    depth = view["depth"]
    return view.ops.ones_like(view["data"]) if depth == 2 else power(view["needed"], depth - 2)


def mutants(least_norm: Assumption) -> tuple[Mutant, ...]:
    """All of them, under the assumption that the norm is least."""

    def false(id: str, statement: str, why: str, killer: Instance, left: Formula, right: Formula) -> Mutant:
        claim = Claim(
            id, SHALLOW_PLUS_DEEP, statement, (least_norm,), lambda view: [Check(left(view), "<=", right(view))]
        )
        return Mutant(id, claim, why, killer)

    return (
        false(
            "deepest-part-discarded",
            "the deep part has at most the norm of the linear part: L |q|^2 <= |t|^2",
            "the shallow part is discarded: factors 2 cost 12, the linear part 1/4",
            least((2,)),
            lambda view: view["deep_norm"],
            lambda view: view["shallow_norm"],
        ),
        false(
            "slower-rate",
            "the linear part is at least (gamma/x_i)^(1-2/L): for L = 3 t/gamma falls like gamma^(-2/3)",
            "it falls like gamma^(-4/3): at gamma/x = 17/2 it is 1/2",
            least((2,)),
            _needed_power,
            _depth_power,
        ),
        false(
            "faster-rate",
            "the linear part is at most (gamma/x_i)^(2/L-1)",
            "that is a lower bound: at gamma/x = 17/2 t^3 = 1/8 exceeds 2/17",
            least((2,)),
            _depth_power,
            lambda view: 1 / _needed_power(view),
        ),
        false(
            "exactly-zero",
            "at finite margin the linear part is exactly 0",
            "it is 1/2 at gamma/x = 17/2",
            least((2,)),
            lambda view: view["shallow_norm"],
            lambda view: 0 * view["margin"],
        ),
        false(
            "one-factor-only",
            "the norm is at most sum (gamma/x_i)^(2/L)",
            "each of the L factors costs as much",
            least((2,)),
            _norm,
            _one_factor,
        ),
        false(
            "one-layer-deeper",
            "the norm is at most L sum (gamma/x_i)^(2/(L+1))",
            "the degree of the deep part is L",
            least((2,)),
            _norm,
            _one_deeper,
        ),
        false(
            "shallow-part-always-small",
            "the linear part is at most a tenth of the norm",
            "with one factor 1 of three it is a quarter: the linear part is small at large margins only",
            least((1,)),
            lambda view: view["shallow_norm"] * 10,
            _norm,
        ),
    )
