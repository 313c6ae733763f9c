"""False statements about losses of other tails."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flint import fmpq

from refutable.theorems.checks import Check
from refutable.theorems.claims import Claim
from refutable.theorems.domains.tail_margins import TAIL_MARGINS
from refutable.theorems.domains.tail_margins.curve import raised
from refutable.theorems.instances import Instance
from refutable.theorems.papers.nacson_2019_tails import tail_cases as cases
from refutable.theorems.papers.nacson_2019_tails import tail_claims as claims
from refutable.theorems.records import Mutant
from refutable.theorems.views import View


def _mutant(id: str, statement: str, left: claims.Formula, right: claims.Formula, why: str, killer: Instance) -> Mutant:
    def concludes(view: View) -> Iterable[Check]:
        yield Check(left(view), "<=", right(view))

    return Mutant(id, Claim(f"loss-tails-{id}", TAIL_MARGINS, statement, (claims.USED,), concludes), why, killer)


def _scaled_gap(view: View) -> Any:
    return view["level"] * view["along_gap"]


def _even(view: View) -> Any:
    n = int(view["x"].shape[-2])
    return view.ops.sum(view["excess_costs"]) * view["inverse_exponent"] / n


def _from_least(view: View) -> Any:
    """(1/nu)(sum p log alpha - min log alpha): the wrong end."""
    return (view["spread"] - view["mean_cost"]) * view["inverse_exponent"]


def _tangent_later(view: View) -> Any:
    """level^(2/nu) tan^2 at four times the level, by the same formulas."""
    later = View(view.domain, view.ops, {**_fields(view), "level": view["level"] * 4}, view.structure)
    return raised(view, later["level"], 2 * view["inverse_exponent"]) * later["tangent_square"]


def _fields(view: View) -> dict[str, Any]:
    return {field.name: view[field.name] if view.has(field.name) else None for field in view.domain.fields}


def _tangent_now(view: View) -> Any:
    return raised(view, view["level"], 2 * view["inverse_exponent"]) * view["tangent_square"]


def _polynomial_gap(view: View) -> Any:
    """level times the gap for -l'(u) = u^-3: u_n is proportional to alpha_n^(-1/3)."""
    relative = raised(view, view.ops.elementary("exp", view["excess_costs"]), fmpq(1, 3))
    return view["level"] * (1 - 1 / view.ops.sum(view["shares"] * relative))


MUTANTS = (
    _mutant(
        "without-exponent-below-one",
        "log t times the margin gap over gamma is at most max log alpha - sum p log alpha, for every nu",
        _scaled_gap,
        lambda view: view["mean_cost"],
        "the factor 1/nu is missing, which is 2",
        cases.HALF,
    ),
    _mutant(
        "without-exponent-above-one",
        "it tends to max log alpha - sum p log alpha from below within 1 + e_max/level, for every nu",
        lambda view: view["mean_cost"] / claims.bend(view),
        lambda view: view["level"] * view["gap"],
        "the factor 1/nu is missing, which is 1/2",
        cases.SQUARE,
    ),
    _mutant(
        "exponent-inverted",
        "the factor is nu instead of 1/nu",
        lambda view: view["exponent"] * view["mean_cost"] / claims.bend(view),
        lambda view: view["level"] * view["gap"],
        "margins are powers 1/nu",
        cases.SQUARE,
    ),
    _mutant(
        "even-shares",
        "with the plain mean of log alpha in place of sum p log alpha: a lower bound within 1 + e_max/level",
        lambda view: _even(view) / claims.bend(view),
        lambda view: view["level"] * view["gap"],
        "data with larger multipliers weigh more",
        cases.LOPSIDED,
    ),
    _mutant(
        "least-multiplier",
        "with sum p log alpha - min log alpha: a lower bound within 1 + e_max/level",
        lambda view: _from_least(view) / claims.bend(view),
        lambda view: view["level"] * view["gap"],
        "the smallest margin belongs to the largest multiplier",
        cases.LOPSIDED,
    ),
    _mutant(
        "angle-dropped",
        "the headline's bound for the gap with |w| itself",
        lambda view: view["level"] * view["gap"],
        claims.upper,
        "|w| is longer than its part along what",
        cases.NARROW,
    ),
    _mutant(
        "half-the-angle",
        "the gap from above with tan^2 / 4",
        lambda view: view["level"] * view["gap"],
        lambda view: claims.upper(view) + view["level"] * claims.bent(view, fmpq(1, 4)),
        "1/sqrt(1 + tan^2) is about 1 - tan^2 / 2",
        cases.NARROW,
    ),
    _mutant(
        "spanning-rate",
        "where the support vectors span the data the angle falls no faster than (log t)^(-1/nu)",
        _tangent_now,
        _tangent_later,
        "it falls as 1/log t for every nu; the slower rate belongs to a frozen component",
        cases.FAR_SQUARE,
    ),
    _mutant(
        "frozen-rate",
        "a frozen component's angle falls as f gamma / log t for every nu",
        lambda view: view["frozen_tangent_square"],
        lambda view: view["frozen"] * view["frozen"] / (view["direction_square"] * view["level"] * view["level"]),
        "|w| grows as (log t)^(1/nu) only",
        cases.FROZEN,
    ),
    _mutant(
        "polynomial-tail",
        "the same bound for the tail -l'(u) = u^-3",
        _polynomial_gap,
        claims.upper,
        "margins stay in fixed proportions: the gap tends to a positive constant",
        cases.FAR_SQUARE,
    ),
    _mutant(
        "slope-dropped",
        "the bound without max(1, slope), for every nu",
        _scaled_gap,
        lambda view: view["mean_cost"] * view["inverse_exponent"],
        "for nu < 1 the powers a^(1/nu) are convex",
        cases.STEEP,
    ),
)
