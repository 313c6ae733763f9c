"""The least norm of a shallow network that fits the pyramid grows with the data: three nested grids, certified."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np
from flint import fmpq

from refutable.theorems.checks import Check
from refutable.theorems.claims import Assumption, Claim
from refutable.theorems.domains.pyramid import PYRAMID
from refutable.theorems.families.pyramid_grids import CERTIFICATES, certified, covered, on_grid
from refutable.theorems.instances import Instance
from refutable.theorems.papers.nacson_2023.step_size_bound import at_most, variant
from refutable.theorems.records import Mutant, Necessity
from refutable.theorems.views import View

COVERS_GRID = Assumption(
    "covers-grid",
    "d = 2, and the nine points of {-2, 0, 2}^2 are among the data",
    lambda view: [Check(bool(covered(view["x"])), "true", reason="a point of the grid is missing")],
)
FITS_DATA = Assumption(
    "fits-data",
    "the shallow network fits the pyramid at all data",
    lambda view: [Check(view["shallow_output"], "==", view["output"], "f(x_j) at all data")],
)


def certified_bound(view: View) -> fmpq:
    """The largest certified norm of the grids among the data; the smallest where there is none."""
    return max((one.bound for one in covered(view["x"])), default=CERTIFICATES[0].bound)


def _norm(view: View) -> Any:
    return view["unweighted_norm"]


GROWTH = Claim(
    "norm-grows-on-grids",
    PYRAMID,
    "every shallow network that fits the pyramid on data which hold the grid of spacing 2, 1 or 1/2 in [-2, 2]^2 has "
    "sum_i |w2_i| |w1_i| >= 1.41, 6.18 or 12.42",
    (COVERS_GRID, FITS_DATA),
    at_most(certified_bound, _norm),
    r"\sum_i |w^{(2)}_i| \|w_i\| \ge 1.41,\; 6.18,\; 12.42 \text{ on grids of spacing } 2,\; 1,\; \tfrac12",
)


def _certificates(view: View, more: fmpq = fmpq(0)) -> Iterable[Check]:
    for one in covered(view["x"]):
        pairing, square = certified(one)
        yield Check((one.bound + more) ** 2 * square, "<=", pairing * abs(pairing), f"spacing {one.spacing}")


CERTIFIED = Claim(
    "grid-certificates",
    PYRAMID,
    "multipliers on the grids, orthogonal to affine functions, have sum_j mu_j p(x_j) >= c sup |h_mu| with c = 1.41, "
    "6.18 and 12.42; decided in squares, for the grids among the data",
    (COVERS_GRID,),
    _certificates,
    r"\sum_j \mu_j\, p(x_j) \ge c \sup |h_\mu|, \quad c = 1.41,\; 6.18,\; 12.42",
)


def _doing_nothing() -> Instance:
    found = on_grid()
    nothing = np.array([fmpq(0)] * len(found["w2"]), dtype=object)
    return found.replace(w2=nothing, slope=found["slope"] * fmpq(0), offset=fmpq(0))


def _apex() -> Instance:
    """One datum, fitted by a constant."""
    return PYRAMID.instance(x=[[0, 0]], w1=[[1, 0]], b1=[-1], w2=[0], slope=[0, 0], offset=1)


def _at_least(id: str, bound: fmpq, why: str, killer: Instance) -> Mutant:
    return Mutant(id, variant(GROWTH, id, lambda view: bound, _norm), why, killer)


def _raised() -> Mutant:
    id, why = "certified-more", "the multipliers on the grid of spacing 1 certify 6.188"
    claim = replace(
        CERTIFIED, id=f"{CERTIFIED.id}: {id}", statement=f"{CERTIFIED.statement} (false variant: 0.02 more)", latex="",
        concludes=lambda view: _certificates(view, fmpq(1, 50)),
    )  # fmt: skip
    return Mutant(id, claim, why, on_grid(fmpq(1)))


MUTANTS = (
    _at_least("nine-data-suffice", fmpq(618, 100), "two neurons of norm sqrt 2 fit the grid of spacing 2", on_grid()),
    _at_least(
        "spacing-one-suffices", fmpq(1242, 100),
        "twelve neurons of norm 4 (1 + sqrt 2 + sqrt 5)/3 fit the grid of spacing 1", on_grid(fmpq(1)),
    ),
    _raised(),
    Mutant("no-grid", GROWTH.without("covers-grid"), "a constant fits one datum at no cost", _apex()),
    Mutant("fits-nowhere", GROWTH.without("fits-data"), "the network 0 costs nothing", _doing_nothing()),
)  # fmt: skip
LARGER = {
    "nine-data-suffice": "the grid of spacing 2 has nine points",
    "spacing-one-suffices": "the grid of spacing 1 has 25 points",
    "certified-more": "the grid of spacing 1 has 25 points",
    "fits-nowhere": "the grid of spacing 2 has nine points",
}
NECESSITY = (
    Necessity("covers-grid", _apex(), "a constant fits one datum and costs nothing", GROWTH.id),
    Necessity("fits-data", _doing_nothing(), "the network 0 costs nothing", GROWTH.id),
)
