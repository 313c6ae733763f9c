"""Conjecture: the factor-free bound for opposed kinks on data and an output bias that is not trained."""

from __future__ import annotations

from refutable.theorems.assumptions.shallow_relu import INTERPOLATING, UNIVARIATE
from refutable.theorems.assumptions.strong_stability import OPPOSED_KINKS, OUTPUT_BIAS_UNTRAINED, STRONGLY_STABLE
from refutable.theorems.checks import Check
from refutable.theorems.claims import Claim
from refutable.theorems.constants import Adjustable, Values
from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.families.kinks import OPPOSED_ATOMS, OPPOSED_BEYOND, at_modes_edge, opposed_atoms
from refutable.theorems.instances import Instance
from refutable.theorems.papers import inverse_step_size
from refutable.theorems.papers.mulayoff_michaeli_soudry_2021 import nondifferentiable_mutants
from refutable.theorems.papers.mulayoff_michaeli_soudry_2021.nondifferentiable_bound import NEURONS_TRAINED
from refutable.theorems.records import Necessity, Source, Theorem


def _bound(values: Values) -> Claim:
    right = inverse_step_size.below(values)
    return Claim(
        "nondifferentiable-conjecture",
        SHALLOW_RELU,
        f"int |f''| g <= {inverse_step_size.written(values)} for a strongly stable minimum with opposed kinks on data "
        "and no trained output bias",
        (UNIVARIATE, *NEURONS_TRAINED, OUTPUT_BIAS_UNTRAINED, INTERPOLATING, OPPOSED_KINKS, STRONGLY_STABLE),
        lambda view: [Check(view["stability_norm"], "<=", right(view))],
        rf"\int |f''|\, g \le {inverse_step_size.latex(values)}",
    )


ADJUSTABLE = Adjustable({"numerator": inverse_step_size.NUMERATOR}, _bound)
CONJECTURE = ADJUSTABLE.claim


def _frozen(group: str) -> Instance:
    """Opposed kinks beside the two atoms, one more parameter group frozen, at the edge of the modes."""
    return at_modes_edge(opposed_atoms().replace(frozen=frozenset({group, "b2"})))


def _bolder() -> Instance:
    atoms = opposed_atoms()
    return atoms.replace(step_size=2 * atoms["step_size"])


NECESSITY = (
    Necessity("univariate", None, "not known: for d > 1 one neuron's kink may lie on several data as well"),
    Necessity("input-weights-trained", _frozen("w1"), "as for differentiable minima"),
    Necessity("hidden-biases-trained", _frozen("b1"), "as for differentiable minima"),
    Necessity("output-weights-trained", _frozen("w2"), "as for differentiable minima"),
    Necessity(
        "output-bias-untrained", None, "not necessary: with a trained output bias 1/eta - 1/2 is a theorem (own)"
    ),
    Necessity("opposed-kinks", None, "not necessary: without opposed kinks the bound is a theorem (own)"),
    Necessity("interpolating", None, "not known: strong stability is decided at interpolating points only"),
    Necessity("strongly-stable", _bolder(), "twice the step size at the edge of the modes"),
)

MUTANTS = nondifferentiable_mutants.conjecture_mutants(CONJECTURE)
SUM_FOR_ROOT_LARGER = "the least known: four neurons on two data, three on four, two on four or five"
NEARLY_TIGHT = (
    "all networks known to come that near to equality are four neurons on two data: a small pair with its kinks on "
    "the data beside a balanced pair"
)

NONDIFFERENTIABLE_CONJECTURE = Theorem(
    id="nondifferentiable-conjecture",
    title="The factor-free bound with opposed kinks on data and no trained output bias",
    source=Source("own", note="conjecture; suggested by Theorem 2 of Mulayoff, Michaeli, Soudry, NeurIPS 2021"),
    status="conjecture",
    claims=(CONJECTURE,),
    adjustable=ADJUSTABLE,
    right_side="the right side of <=",
    equality=(OPPOSED_ATOMS, OPPOSED_BEYOND),
    mutants=MUTANTS,
    necessity=NECESSITY,
    larger={"sum-for-root": SUM_FOR_ROOT_LARGER} | dict.fromkeys(("right-side-1e-3", "right-side-1e-6"), NEARLY_TIGHT),
    evidence={
        "swept": "modes are combinatorial: float batches never put a kink exactly on a datum",
        "trained-relabelled": "a trained minimum with two kinks moved onto data has a step size below its modes' edge, "
        "where the bound is proved",
        "trained-converged": "a float run ends near a kink, never exactly on it",
        "symbolic": "a conjecture has no proof whose steps could be checked",
    },
    notes=(
        "Proved (own): the bound with a trained output bias, and without one where no kinks on data are opposed, one "
        "kink in particular (nondifferentiable-bound); and wherever the mode with all kinks off has sharpness at most "
        "2/eta, since 2 int |f''| g is at most that sharpness (the chain). Open: opposed kinks and that mode above "
        "2/eta, its expanding directions outside its cone. Then every mode m for which |E grad_m f|^2 >= 2 int |f''| g "
        "is known may have E grad_m f and its negative outside its cone, and the proof has no start to use. Drawn "
        "cases beyond the modes' edge and the family opposed-beyond lie there, that mode above 2/eta by a factor "
        "1 + 1e-3 or less and left/right up to 0.82. The family opposed-atoms, where the bound is tight in the limit, "
        "lies where it is proved: nothing is known about tightness in the open regime."
    ),
)
