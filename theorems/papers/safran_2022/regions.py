"""Few linear regions at a KKT point of the maximum margin: a bound by the runs of labels alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from refutable.theorems.assumptions.decayed_line import AT_MARGIN, EQUAL_DECAY, OFF_DATA, STATIONARY, THREE_ALIKE
from refutable.theorems.checks import Check
from refutable.theorems.claims import Assumption, Claim
from refutable.theorems.domains.decayed_line import DECAYED_LINE
from refutable.theorems.domains.decayed_line.formulas import (
    all_knots,
    quiet_triples,
    runs,
    supported,
    wrong_turns,
)
from refutable.theorems.papers.safran_2022 import instances as at
from refutable.theorems.papers.safran_2022.forms import CLOSED_FORMS
from refutable.theorems.records import Mutant, Necessity, Source, Theorem
from refutable.theorems.views import View

CRITICAL = (STATIONARY, OFF_DATA, EQUAL_DECAY)
KKT = (*CRITICAL, AT_MARGIN)
A_RUN = 12
"""Knots for each run at most: 10 inside it, 2 beside it; one less in all, since there is one outside at most."""


def _claim(id: str, statement: str, assumes: tuple[Assumption, ...], concludes: Any, latex: str = "") -> Claim:
    return Claim(id, DECAYED_LINE, statement, assumes, concludes, latex)


def _knots_at_most(bound: Callable[[View], int]) -> Callable[[View], Iterable[Check]]:
    return lambda view: [Check(view.ops.ratio(len(all_knots(view))), "<=", view.ops.ratio(bound(view)))]


def _runs(view: View) -> int:
    return len(runs(view))


def _turns_at_most(count: int, together: bool) -> Callable[[View], Iterable[Check]]:
    """In the run with most, at most so many knots that bend N against it, of either direction or of both together."""

    def concludes(view: View) -> Iterable[Check]:
        found = []
        for run in runs(view):
            either = [wrong_turns(view, run, rises) for rises in (True, False)]
            found += [either[0] | either[1]] if together else either
        yield Check(view.ops.ratio(max(map(len, found))), "<=", view.ops.ratio(count), "the run with most")

    return concludes


REGIONS = _claim(
    "knots-against-runs",
    "at a KKT point of the maximum margin N has at most 12 R - 1 knots, with R the number of runs of equal label among "
    "the support points: at most 12 R linear regions, however many neurons and data",
    KKT,
    _knots_at_most(lambda view: A_RUN * _runs(view) - 1),
    r"\#\{t_j\} \le 12 R - 1",
)
SUPPORT = _claim(
    "knots-against-support",
    "at a stationary point with m points that have a force N has at most 2 m - 1 knots: two between neighbours, one in "
    "all outside",
    CRITICAL,
    _knots_at_most(lambda view: 2 * len(supported(view)) - 1),
    r"\#\{t_j\} \le 2 m - 1, \quad m = \#\{n : \lambda_n > 0\}",
)
TURNS = _claim(
    "one-wrong-turn",
    "inside a run of positive forces at most one knot of the neurons that rise to the right bends N down, and at "
    "most one of those that rise to the left; inside a run of negative ones, up",
    CRITICAL,
    _turns_at_most(1, together=False),
    r"\#\{t_j \in \mathrm{run} : \pm w_j > 0,\; y v_j < 0\} \le 1",
)


def _flat(view: View) -> Iterable[Check]:
    """Three support points of a run without a wrong turn between them have no knot between them."""
    knots, inside = all_knots(view), 0
    for low, high in quiet_triples(view):
        inside += sum(1 for t in knots if low < t < high)
    yield Check(view.ops.ratio(inside), "==", view.ops.ratio(0))


LINKS = (
    _claim(
        "flat-between-three",
        "between three support points of one label, without a wrong turn among them, N has no knot: it is convex (or "
        "concave) and takes one value three times",
        (*KKT, THREE_ALIKE),
        _flat,
        r"x_1 < x_2 < x_3,\; N(x_i) = y \;\Rightarrow\; N = y \text{ on } [x_1, x_3]",
    ),
)


def _mutant(id: str, claim: Claim, concludes: Any, why: str, killer: Any) -> Mutant:
    changed = Claim(f"{claim.id}: {id}", DECAYED_LINE, f"{claim.statement} [{id}]", claim.assumes, concludes)
    return Mutant(id, changed, why, killer)


MUTANTS = (
    _mutant(
        "fewer-than-two-a-run", REGIONS, _knots_at_most(lambda view: 2 * _runs(view) - 1),
        "one run can hold two knots", at.TURNED_PAIR,
    ),
    _mutant(
        "a-knot-for-two-points", SUPPORT, _knots_at_most(lambda view: len(supported(view)) // 2),
        "two points, two knots", at.PAIRS,
    ),
    _mutant(
        "no-knot-outside", SUPPORT, _knots_at_most(lambda view: 2 * len(supported(view)) - 2),
        "neurons that see the only datum", at.ALONE,
    ),
    _mutant("no-wrong-turn", TURNS, _turns_at_most(0, False), "one is possible", at.INWARD),
    _mutant("one-wrong-turn-in-all", TURNS, _turns_at_most(1, True), "one in either direction", at.TWO_INWARD),
)  # fmt: skip
NECESSITY = (
    Necessity("stationary", at.FREE_TURNS, "two neurons that rise bend N down inside a run"),
    Necessity(
        "at-margin", None,
        "not known: the proof needs equal values at three support points; without it the bound by support points "
        "remains",
    ),
    Necessity("equal-decay", at.FREE_LEVELS, "free biases: the levels of the knots are free", "knots-against-support"),
    Necessity("off-data", None, "not known: at a knot on a datum a neuron may feel part of a force (Clarke)"),
    Necessity("three-alike", None, "it says which support points the step is about; of others it says nothing"),
)  # fmt: skip

EFFECTIVE_REGIONS = Theorem(
    "effective-regions",
    "Few linear regions at the maximum margin in one dimension: few knots turn against the labels",
    Source(
        "Safran, Vardi, Lee, NeurIPS 2022",
        "",
        "https://arxiv.org/abs/2205.09072",
        "recalled: with labels from r neurons gradient flow converges in direction to a network of O(r) linear "
        "regions (32 r + 67 is remembered, not confirmed). The claims here are own, for exact KKT points, with "
        "constants of our own",
    ),
    "own",
    (TURNS, SUPPORT, REGIONS),
    links=LINKS,
    equality=(at.INWARD,),
    mutants=MUTANTS,
    necessity=NECESSITY,
    closed_forms=CLOSED_FORMS,
    evidence={
        "trained-relabelled": "a trained network's labels cannot be chosen anew here: they must make it critical",
        "trained-converged": "training reaches a KKT point in the limit only",
        "swept": "KKT points are exact solutions of polynomial equations",
    },
    notes="12 R - 1 comes from counting cases; the exact KKT points tried have at most two knots a run, so that this "
    "bound is far from tight there, and 10^-6 in the table tells whole numbers apart, no more. Proof. A neuron that "
    "is not 0 at a stationary point has a pull of length 1 perpendicular to (1, t), t its knot; neurons that rise "
    "and have their knots in one gap between support points share it, and likewise the others: at most two knots a "
    "gap. Along a run of positive forces the pull of rising neurons changes by positive multiples of (1, x), whose "
    "first entry is positive, while between two pulls with S_1 < 0 it would be negative: at most one rising neuron "
    "bends N down there, and by reflection one falling neuron. These cut the run into at most three parts on which N "
    "is convex and 1 at every support point: a part with three of them has no knot between its ends, one with two at "
    "most two. That is 3 * 2 + 2 * 2 inside a run, 2 between runs, 1 outside: at most 12 R - 1. A target of r "
    "neurons changes sign at most r + 1 times, so R <= r + 2 and there are at most 12 r + 24 regions. That gradient "
    "flow reaches a KKT point in direction is Lyu and Li's theorem, and that it reaches zero training error the "
    "paper's: limits, not checked here.",
)
