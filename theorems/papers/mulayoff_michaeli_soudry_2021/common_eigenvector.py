"""Lemmas 2 and 5: the modes at a kink nearly share their top eigenvector, and a shared one leads away in one step.

Lemma 5, for every vector and with sqrt 2 (own). Let g_j, g~_j be the gradients at x_j in two modes and
Delta_j = g~_j - g_j. Then (H~ - H) q = (1/n) sum_j [Delta_j (g~_j . q) + g_j (Delta_j . q)]. On the line, with
distinct data and no input weight 0, a neuron toggles on one datum at most, so the Delta_j have disjoint supports and
each part is at most max_j |Delta_j| sqrt(lambda/n) |q| with its mode's lambda. The entry of Delta_j for an output
weight is 0 (its activation vanishes at the kink), so |Delta_j|^2 <= 2 p C^2; the paper counts three entries: 3 p C^2.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flint import fmpq

from refutable.theorems.assumptions.shallow_relu import INTERPOLATING, UNIVARIATE
from refutable.theorems.assumptions.strong_stability import (
    DISTINCT_DATA,
    KINK_ON_DATUM,
    NONZERO_INPUT_WEIGHTS,
)
from refutable.theorems.checks import Check
from refutable.theorems.claims import Assumption, Claim
from refutable.theorems.constants import Adjustable, Constant, Values, multiple, tex
from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.domains.shallow_relu.modes import largest_entry
from refutable.theorems.papers.mulayoff_michaeli_soudry_2021 import common_eigenvector_cases as cases
from refutable.theorems.papers.mulayoff_michaeli_soudry_2021 import common_eigenvector_mutants
from refutable.theorems.papers.mulayoff_michaeli_soudry_2021.common_eigenvector_formulas import (
    above_shared,
    compared,
    leaves,
    nearly_shared,
    spread,
)
from refutable.theorems.papers.mulayoff_michaeli_soudry_2021.source import source
from refutable.theorems.records import ClosedForm, Necessity, Theorem
from refutable.theorems.views import View

GEOMETRY = (UNIVARIATE, DISTINCT_DATA, NONZERO_INPUT_WEIGHTS, KINK_ON_DATUM)


def _common(values: Values) -> Claim:
    square = values["square"]
    root = rf"\sqrt{tex(square)}" if square.q == 1 and square < 10 else rf"\sqrt{{{tex(square)}}}"
    return Claim(
        "common-eigenvector",
        SHALLOW_RELU,
        f"for any two modes |H~ - H| <= sqrt {multiple(square)} C (sqrt lambda + sqrt lambda~) sqrt(p/n) (own, for "
        "every vector); so the top eigenvector q of H has |H~ q - lambda q| at most that (as read)",
        GEOMETRY,
        compared(spread(square)),
        rf"\|\tilde H - H\| \le {root}\, C "
        r"\left(\sqrt{\lambda} + \sqrt{\tilde\lambda}\right) \sqrt{p/n}",
    )


ADJUSTABLE = Adjustable(
    {"square": Constant(fmpq(3), "under the root in sqrt 3 C: its square root multiplies the right side", fmpq(0))},
    _common,
)
COMMON = ADJUSTABLE.claim
SHARP = Claim(
    "common-eigenvector-sharp",
    SHALLOW_RELU,
    "the same with sqrt 2 in place of sqrt 3 (own)",
    GEOMETRY,
    compared(spread(2)),
    r"\|\tilde H - H\| \le \sqrt2\, C \left(\sqrt{\lambda} + \sqrt{\tilde\lambda}\right) \sqrt{p/n}",
)


SHARED_DIRECTION = Assumption(
    "shared-direction",
    "some q has |H_m q - lambda_m q| <= delta |q| for every mode m, and min_m lambda_m > 2/eta + delta "
    "(one direction is tried, the top of the modes' mean Hessian)",
    lambda view: nearly_shared(view, view["stability_threshold"]),
    above_shared(2),
    last=True,
    sure=False,
)
LEAVES = Claim(
    "one-step-instability",
    SHALLOW_RELU,
    "a direction that all modes nearly share as top eigenvector, with sharpness above 2/eta + delta, leaves the ball "
    "in one step whichever mode it lies in (as read, the first step of Lemma 2)",
    (INTERPOLATING, SHARED_DIRECTION),
    leaves,
    r"\lambda_m > \tfrac2\eta + \delta \;\forall m \implies \|(I - \eta H_m) q\| > \|q\|",
)


def _entries(view: View) -> Iterable[Check]:
    n = int(view["x"].shape[-2])
    for mode in view["modes"]:
        entry = largest_entry(mode.view)
        yield Check(entry * entry, "<=", n * mode.view["gauss_newton_sharpness"])


ENTRIES = Claim(
    "largest-entry",
    SHALLOW_RELU,
    "C_m <= sqrt(n lambda_max(H_m)) for the largest entry C_m of the gradients in mode m (own; in place of "
    "eq. (34) as read)",
    (KINK_ON_DATUM,),
    _entries,
    r"C_m \le \sqrt{n\,\lambda_{\max}(H_m)}",
)

NECESSITY = (
    Necessity(
        "univariate", cases.CORNER, "d = 3: four entries toggle at once, and sqrt 4 > sqrt 3 is attained in the limit"
    ),
    Necessity("distinct-data", cases.REPEATED, "three equal data toggle together: sqrt 3 times as much"),
    Necessity("nonzero-input-weights", cases.ZERO_NEURON, "a neuron with input weight and bias 0 toggles on all data"),
    Necessity("kink-on-datum", None, "not necessary: without it there is one mode and nothing to compare"),
    Necessity("interpolating", None, "not known: otherwise the modes' gradients enter (gamma in Lemma 2)"),
    Necessity(
        "shared-direction", cases.STABLE, "every mode's sharpness is below 2/eta: the step contracts", claim=LEAVES.id
    ),
)


def _rank_two(left: bool) -> Any:
    """g~ g~' q - g g' q, and Delta (g~ . q) + g (Delta . q), first entry, two dimensions."""
    import sympy

    g1, g2, d1, d2, q1, q2 = sympy.symbols("g1 g2 d1 d2 q1 q2")
    g, delta, q = sympy.Matrix([g1, g2]), sympy.Matrix([d1, d2]), sympy.Matrix([q1, q2])
    moved = g + delta
    value = moved * moved.dot(q) - g * g.dot(q) if left else delta * moved.dot(q) + g * delta.dot(q)
    return sympy.expand(value[0])


COMMON_EIGENVECTOR = Theorem(
    id="common-eigenvector",
    title="Modes at a kink nearly share their top eigenvector",
    source=source("Lemma 2, Lemma 5"),
    status="read",
    claims=(COMMON, SHARP, LEAVES),
    links=(ENTRIES,),
    adjustable=ADJUSTABLE,
    right_side="the right side of <=",
    mutants=common_eigenvector_mutants.mutants(COMMON, SHARP, LEAVES, ENTRIES),
    necessity=NECESSITY,
    larger={
        "one-neuron-per-datum": "the least known in which every neuron is active: five neurons on two data",
        "printed-entry-bound-in-lemma": "the least known: one neuron on five data",
    },
    closed_forms=(
        ClosedForm(
            "difference",
            "g~ g~' - g g' = Delta g~' + g Delta' with Delta = g~ - g",
            lambda: _rank_two(True),
            lambda: _rank_two(False),
            "poly",
        ),
    ),
    not_tight="sqrt 3 can be sqrt 2 (own, a claim of its own), which is attained where the output bias is frozen",
    evidence={
        "constructed": "no equality family: see common-eigenvector-sharp and its mutants",
        "swept": "modes are combinatorial: float batches never put a kink exactly on a datum",
        "trained-converged": "a float run ends near a kink, never exactly on it; snapped points are relabelled",
    },
    notes=(
        "H_m is the Gauss-Newton part of a mode, its Hessian at interpolation. Eq. (34) as printed in the version "
        "read, C <= sqrt(lambda_max), is false; C <= sqrt(n lambda_max) is right (link largest-entry, mutants "
        "printed-entry-bound and printed-entry-bound-in-lemma). Of Lemma 2 only its first step is claimed: a start "
        "that leaves the ball at once, not a limit."
    ),
)
