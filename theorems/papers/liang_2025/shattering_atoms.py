"""Neural shattering: steep atoms on disjoint caps of the ball fit any labels on the sphere at a vanishing norm."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flint import fmpq

from refutable.theorems.checks import Check
from refutable.theorems.claims import Claim
from refutable.theorems.domains.ball_caps import BALL_CAPS
from refutable.theorems.papers.liang_2025 import shattering_atom_mutants, shattering_forms
from refutable.theorems.papers.liang_2025 import shattering_constants as constants
from refutable.theorems.papers.liang_2025.shattering_assumptions import DISJOINT, PLANE_OR_MORE, SEPARATED, UPPER_HALF
from refutable.theorems.papers.liang_2025.shattering_families import SHRINKING_ATOMS, atoms, cap
from refutable.theorems.papers.liang_2025.shattering_weight import claim
from refutable.theorems.papers.liang_2025.source import source
from refutable.theorems.records import ClosedForm, Necessity, Theorem
from refutable.theorems.views import View


def norm(view: View) -> Any:
    """Stability norm of the sum of the atoms."""
    return view["norm"]


def norm_above(view: View) -> Any:
    """L h^(d+1) sum_i |y_i| = L eps^(2d+2) sum_i |y_i|."""
    return constants.upper(view, power=1) * view["total_value"]


def norm_below(view: View) -> Any:
    """((1 + t)/2)^(d-1) sqrt((1 + t^2)/2) L h^(d+1) sum_i |y_i|."""
    return constants.narrowing(view) * constants.leaning(view) * norm_above(view)


def _fits(view: View) -> Iterable[Check]:
    residual = view["outputs"] - view["values"]
    yield Check(view.ops.sum(residual * residual), "==", fmpq(0), "sum of (f(u_j) - y_j)^2")


ABOVE = claim(
    "shattering-atoms",
    "||sum_i y_i eps^-2 relu(u_i.x - (1 - eps^2))|| <= L eps^(2d+2) sum_i |y_i| for X uniform in the ball, "
    "eps^2 = h, with the constant L of shattering-weight",
    norm,
    norm_above,
    r"\Big|\Big|\sum_i y_i\,\varepsilon^{-2} (u_i\cdot x - 1 + \varepsilon^2)_+\Big|\Big| \le "
    r"L_d\,\varepsilon^{2d+2} \sum_i |y_i|",
)
BELOW = claim(
    "shattering-atoms-below",
    "the norm is at least ((1 + t)/2)^(d-1) sqrt((1 + t^2)/2) times that, t = 1 - eps^2 > 0, for separated atoms",
    norm_below,
    norm,
    r"\Bigl(\frac{1+t}2\Bigr)^{d-1}\sqrt{\frac{1+t^2}2}\,L_d\,\varepsilon^{2d+2}\sum_i|y_i| \le \|f\|",
    (UPPER_HALF, SEPARATED),
)
FITS = Claim(
    "atoms-fit",
    BALL_CAPS,
    "separated atoms fit every label: f(u_j) = y_j",
    (SEPARATED,),
    _fits,
    r"u_i\cdot u_j \le t \;(i \ne j) \;\Rightarrow\; f(u_j) = y_j",
)
CROWD = claim(
    "crowded-sphere",
    "as many atoms as fit side by side: ||f|| <= max |y_i| (L/S) ((1 + t)/2)^(-max(d - 3, 0)/2) eps^(d+3), "
    "S = c' 2^a/(d - 1), which tends to 0 with eps however many labels are fitted",
    norm,
    constants.crowd_bound,
    r"\|f\| \le \max_i|y_i|\; \frac{L_d}{S_d} \Bigl(\frac{1+t}2\Bigr)^{-\max(d-3,0)/2} \varepsilon^{d+3},\quad "
    r"S_d = \frac{2^a\,\Gamma(d/2)}{(d-1)\sqrt\pi\,\Gamma((d-1)/2)}",
    (UPPER_HALF, DISJOINT, PLANE_OR_MORE),
)

LINKS = (
    claim(
        "cap-weight-above",
        "g(u, t) <= L h^(d+2)",
        lambda view: view["weight"],
        constants.upper,
        r"g(u,t) \le L_d h^{d+2}",
    ),
    claim(
        "disjoint-are-separated",
        "disjoint caps of 0 < t are separated: 2 t^2 - 1 <= t",
        lambda view: view["largest_inner_product"],
        lambda view: view["height"],
        r"2t^2 - 1 \le t",
        (UPPER_HALF, DISJOINT),
    ),
    claim(
        "packing",
        "n disjoint caps share out the sphere: n times the share of one is at most 1",
        lambda view: view["count"] * view["sphere_share"],
        lambda view: fmpq(1),
        r"n\,\sigma(\{u\cdot x > t\}) \le 1",
        (UPPER_HALF, DISJOINT),
    ),
    claim(
        "share-below",
        "the share of the sphere in a cap is at least S ((1 + t)/2)^(max(d - 3, 0)/2) h^((d-1)/2), in squares",
        lambda view: constants.share_square(view) * constants.share_narrowing(view),
        lambda view: view["sphere_share"] * view["sphere_share"],
        r"S_d^2 \Bigl(\frac{1+t}2\Bigr)^{\max(d-3,0)} h^{d-1} \le \sigma^2",
        (UPPER_HALF, PLANE_OR_MORE),
    ),
    claim(
        "merging",
        "labels on one hyperplane add: the sum over hyperplanes is at most sum_i |y_i|",
        lambda view: view["distinct_value"],
        lambda view: view["total_value"],
        r"\sum_h \Bigl|\sum_{i\in h} y_i\Bigr| \le \sum_i |y_i|",
    ),
)

NECESSITY = (
    Necessity(
        "upper-half", cap(1, "3/2"), "t = -1/2: the lower bound on the weight fails on the interval",
        "shattering-atoms-below",
    ),
    Necessity(
        "separated", atoms([[1, 0], [1, 0]], "1/4", [1, -1]), "two opposite labels at one place cancel",
        "atoms-fit",
    ),
    Necessity(
        "disjoint",
        atoms([[1, 0], [-1, 0], [0, 1], [0, -1], ["3/5", "4/5"], ["4/5", "-3/5"], ["-3/5", "-4/5"]], "15/16"),
        "seven caps of almost half of the disc",
        "packing",
    ),
    Necessity("plane-or-more", None, "for d = 1 the constant S is not defined; two caps at most are disjoint there"),
)  # fmt: skip


def _doubled_angle(expanded: bool) -> Any:
    import sympy

    phi = sympy.Symbol("phi")
    return sympy.cos(2 * phi).expand(trig=True) if expanded else 2 * sympy.cos(phi) ** 2 - 1


def _gap(factored: bool) -> Any:
    import sympy

    t = sympy.Symbol("t")
    return (1 - t) * (1 + 2 * t) if factored else t - (2 * t**2 - 1)


CLOSED_FORMS = (
    ClosedForm(
        "doubled-angle",
        "caps of angle phi about u_i, u_j do not meet where the angle between those is at least 2 phi",
        lambda: _doubled_angle(True),
        lambda: _doubled_angle(False),
        "cancel",
    ),
    ClosedForm("separation-gap", "t - (2 t^2 - 1) = (1 - t)(1 + 2 t)", lambda: _gap(False), lambda: _gap(True), "poly"),
    *shattering_forms.CLOSED_FORMS[:2],
)

SHATTERING_ATOMS = Theorem(
    id="shattering-atoms",
    title="Neural shattering: any labels on the sphere are fitted at a vanishing stability norm",
    source=source("neural shattering; the construction with atoms of slope eps^-2"),
    status="own",
    claims=(ABOVE, BELOW, FITS, CROWD),
    links=LINKS,
    right_side="the right side of <=",
    equality=(SHRINKING_ATOMS,),
    mutants=shattering_atom_mutants.mutants(ABOVE, BELOW, FITS, CROWD, LINKS[2]),
    necessity=NECESSITY,
    closed_forms=CLOSED_FORMS,
    larger={"right-side-1e-6": "the bound is a limit: 1 - 10^-6 is reached at depths below 10^-5 only"},
    evidence={
        "trained-relabelled": "the atoms are given, not trained",
        "trained-converged": "the atoms are given, not trained",
        "swept": "quantities of laws have an exact view only",
    },
    notes=(
        "The norm is that of the law, X uniform in the ball, not of a sample. The paper says that atoms have norm of "
        "order eps^(2d+2) and that many of them shatter the sphere; the constants, and the bound for as many as fit "
        "(which needs no count), are own. Every statement is finite and exact; what holds as eps -> 0 follows from the "
        "powers of eps."
    ),
)
