"""False variants of the statements about atoms on caps."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from refutable.theorems.claims import Claim
from refutable.theorems.papers.liang_2025 import shattering_constants as constants
from refutable.theorems.papers.liang_2025.shattering_assumptions import SEPARATED, UPPER_HALF
from refutable.theorems.papers.liang_2025.shattering_families import atoms, axes, cap
from refutable.theorems.papers.nacson_2023.step_size_bound import Formula, variant
from refutable.theorems.records import Mutant
from refutable.theorems.views import View

ALMOST_HALVES = atoms([[1, 0], [-1, 0], [0, 1]], "15/16")
"""Three caps of almost half of the disc, each about a point that no other contains."""
FOUR_QUARTERS = atoms([[1, 0], [-1, 0], [0, 1], [0, -1]], "29/100")
"""Four caps that almost fill the circle."""


def _norm(view: View) -> Any:
    return view["norm"]


def _largest(view: View, power: int = 1) -> Any:
    return constants.upper(view, power=power) * view["largest_value"]


def _total(view: View, power: int = 1) -> Any:
    return constants.upper(view, power=power) * view["total_value"]


def _signed_total(view: View) -> Any:
    return abs(view.ops.sum(view["values"])) * constants.upper(view, power=1)


def _half_share(view: View) -> Any:
    """The crowd bound if all caps together had half of the sphere."""
    return constants.crowd_bound(view) / 2


def mutants(above: Claim, below: Claim, fits: Claim, crowd: Claim, packing: Claim) -> tuple[Mutant, ...]:
    """The record's mutants of its claims and of the link on packings."""

    def mutant(id: str, claim: Claim, left: Formula, right: Formula, why: str, killer: Any) -> Mutant:
        return Mutant(id, variant(claim, id, left, right), why, killer)

    crowded = replace(packing, assumes=(UPPER_HALF, SEPARATED), id="packing: separated", statement=SEPARATED_PACKING)
    return (
        mutant(
            "slope-forgotten", above, _norm, lambda v: _total(v, 2),
            "an atom of height 1 on a cap of depth eps^2 has slope eps^-2", cap(2, "1/4"),
        ),
        mutant(
            "slope-eps-inverse", above, _norm, lambda v: v.ops.sqrt(v["depth"]) * _total(v, 1),
            "the slope is eps^-2, not eps^-1", cap(2, "1/4"),
        ),
        mutant(
            "largest-for-sum", above, _norm, _largest, "norms of different atoms add", axes(2, 4, "1/4"),
        ),
        mutant(
            "signs-cancel", above, _norm, _signed_total, "atoms of opposite signs do not cancel", axes(2, 2, "1/4"),
        ),
        mutant(
            "exact-order", below, _total, _norm,
            "L eps^(2d+2) is the limit, approached from below", cap(2, "1/4"),
        ),
        Mutant(
            "fit-without-separation",
            fits.without("separated"),
            "an atom adds to the value at another's centre",
            atoms([[1, 0], ["4/5", "3/5"]], "1/2"),
        ),
        mutant(
            "crowd-eps-d-plus-four", crowd, _norm,
            lambda v: constants.crowd_bound(v, 4), "some eps^-(d-1) atoms fit side by side", FOUR_QUARTERS,
        ),
        mutant(
            "crowd-halved", crowd, _norm, _half_share,
            "four caps almost fill the circle", FOUR_QUARTERS,
        ),
        Mutant(
            "packing-of-separated",
            crowded,
            "separated caps may overlap: their centres are one angle apart, disjoint ones two",
            ALMOST_HALVES,
        ),
    )  # fmt: skip


SEPARATED_PACKING = "n separated caps share out the sphere: n times the share of one is at most 1"
