"""Conjecture: the factor-free bound for any number of kinks on data, whether or not the output bias is trained."""

from __future__ import annotations

from flint import fmpq

from refutable.theorems.assumptions.shallow_relu import ALL_TRAINED, INTERPOLATING, UNIVARIATE
from refutable.theorems.assumptions.strong_stability import STRONGLY_STABLE
from refutable.theorems.checks import Check
from refutable.theorems.claims import Claim
from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.families.edge import frozen_two_atoms
from refutable.theorems.families.kinks import KEPT_BY_CONES, KNOT_ON_DATUM
from refutable.theorems.families.two_atoms import TWO_ATOMS, two_atoms
from refutable.theorems.papers.mulayoff_michaeli_soudry_2021 import nondifferentiable_mutants
from refutable.theorems.papers.mulayoff_michaeli_soudry_2021.nondifferentiable_bound import factor_free
from refutable.theorems.records import Necessity, Source, Theorem

CONJECTURE = Claim(
    "nondifferentiable-conjecture",
    SHALLOW_RELU,
    "int |f''| g <= 1/eta - t/2 for any number of kinks on data; t = 1 if the output bias is trained, else 0",
    (UNIVARIATE, *ALL_TRAINED[:3], INTERPOLATING, STRONGLY_STABLE),
    lambda view: [Check(view["stability_norm"], "<=", factor_free(view))],
    r"\int |f''|\, g \le \frac1\eta - \frac t2",
)

NECESSITY = (
    Necessity("univariate", None, "not known: nothing in the evidence speaks for d = 1 alone"),
    Necessity("input-weights-trained", frozen_two_atoms("w1"), "as for differentiable minima"),
    Necessity("hidden-biases-trained", frozen_two_atoms("b1"), "as for differentiable minima"),
    Necessity("output-weights-trained", frozen_two_atoms("w2"), "as for differentiable minima"),
    Necessity("interpolating", None, "not known: strong stability is decided at interpolating points only"),
    Necessity("strongly-stable", two_atoms().replace(step_size=fmpq(64, 241)), "twice the largest stable step size"),
)

NONDIFFERENTIABLE_CONJECTURE = Theorem(
    id="nondifferentiable-conjecture",
    title="The factor-free bound with kinks on data, output bias trained or not",
    source=Source("own", note="conjecture; suggested by Theorem 2 of Mulayoff, Michaeli, Soudry, NeurIPS 2021"),
    status="conjecture",
    claims=(CONJECTURE,),
    equality=(TWO_ATOMS, KNOT_ON_DATUM, KEPT_BY_CONES),
    mutants=nondifferentiable_mutants.conjecture_mutants(CONJECTURE),
    necessity=NECESSITY,
    evidence={
        "swept": "modes are combinatorial: float batches never put a kink exactly on a datum",
        "trained-converged": "a float run ends near a kink, never exactly on it; snapped points are relabelled",
        "symbolic": "a conjecture has no proof whose steps could be checked",
    },
    notes=(
        "Open only without a trained output bias and with at least two kinks on data: with it, and for one kink, the "
        "bound is proved (nondifferentiable-bound). Where every mode's sharpness is at most 2/eta it holds as well; "
        "instances with content are those kept strongly stable by their cones alone."
    ),
)
