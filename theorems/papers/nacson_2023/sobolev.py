"""From sum |a| to the stability norm and to a stable step size: what approximation in Sobolev spaces rests on."""

from __future__ import annotations

from typing import Any

from flint import fmpq

from refutable.theorems.assumptions.strong_stability import NONZERO_INPUT_WEIGHTS
from refutable.theorems.claims import Assumption, Claim
from refutable.theorems.constants import Adjustable, Constant, Values, ratio, tex
from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.exact import text
from refutable.theorems.families.two_atoms import PYTHAGOREAN, two_atoms
from refutable.theorems.instances import Instance
from refutable.theorems.papers.mulayoff_michaeli_soudry_2021 import alternative_weights as alternative
from refutable.theorems.papers.nacson_2023 import sobolev_forms
from refutable.theorems.papers.nacson_2023.source import derived
from refutable.theorems.papers.nacson_2023.step_size_bound import Formula, at_most, variant
from refutable.theorems.papers.own.implementations import infimum
from refutable.theorems.records import Family, Mutant, Necessity, Range, Theorem
from refutable.theorems.views import View


def _norm(view: View) -> Any:
    return view["stability_norm"]


def bends(view: View) -> Any:
    """|a_h| [k]: merged mass times |w1|, the jump of the gradient's length at each distinct hyperplane."""
    return view.ops.abs(view["merged_mass"]) * view.ops.norm(view["w1"])


def radius(view: View) -> Any:
    """R = max |x_j|."""
    return view.ops.max(view.ops.norm(view["x"]))


def largest_input(view: View) -> Any:
    """sqrt(1 + R^2) = max |(x_j, 1)|."""
    return view.ops.max(view.ops.norm(view["augmented"]))


def reach(view: View) -> Any:
    """max(R, |t_i|) over the network's hyperplanes, |t_i| = |b1_i|/|w1_i|."""
    ops, norms = view.ops, view.ops.norm(view["w1"])
    flat = ops.zero(norms)
    distances = ops.abs(view["b1"]) * (1 - flat) / (norms + flat)
    return ops.maximum(radius(view), ops.max(distances))


def total_bend(view: View) -> Any:
    """sum_h |a_h|; int |f''| for d = 1."""
    return view.ops.sum(bends(view))


def neuron_sum(view: View) -> Any:
    """sum_i |w2_i| |w1_i|, neuron by neuron."""
    return view.ops.sum(view.ops.abs(view["w2"]) * view.ops.norm(view["w1"]))


def by_total(view: View, factor: fmpq = fmpq(1, 4)) -> Any:
    """factor R sqrt(1 + R^2) sum |a_h|."""
    return ratio(view.ops, factor) * radius(view) * largest_input(view) * total_bend(view)


def by_place(view: View) -> Any:
    """(1/4) sqrt(1 + R^2) sum_h |a_h| sqrt((R^2 - t_h^2)_+)."""
    ops, w1, b1 = view.ops, view["w1"], view["b1"]
    r = ops.spread(radius(view))
    room = r * r * ops.sum(w1 * w1) - b1 * b1
    heights = ops.sqrt(ops.maximum(room, 0 * room))  # |w1| sqrt((R^2 - t^2)_+)
    return ops.ratio(1, 4) * largest_input(view) * ops.sum(ops.abs(view["merged_mass"]) * heights)


def _weight_squares(view: View) -> Any:
    return view["weight"] * view["weight"]


def _place_squares(view: View) -> Any:
    ops, w1, b1 = view.ops, view["w1"], view["b1"]
    r = ops.spread(radius(view))
    room = r * r * ops.sum(w1 * w1) - b1 * b1
    return ops.ratio(1, 16) * (1 + r * r) * ops.maximum(room, 0 * room)


def stable_sharpness(view: View, factor: int = 4) -> Any:
    """1 + factor rho sqrt(1 + R^2) sum_i |w2_i| |w1_i|, rho = max(R, |t_i|)."""
    return 1 + factor * reach(view) * largest_input(view) * neuron_sum(view)


def _claim(
    id: str, statement: str, left: Formula, right: Formula, latex: str, assumes: tuple[Assumption, ...] = ()
) -> Claim:
    return Claim(id, SHALLOW_RELU, statement, assumes, at_most(left, right), latex)


def _bound(values: Values) -> Claim:
    factor = values["factor"]
    return _claim(
        "sobolev-approximation",
        f"||f|| <= ({text(factor)}) R sqrt(1 + R^2) sum_h |a_h| for |x_j| <= R, a_h the jump of the gradient at "
        "hyperplane h; for d = 1 the sum is int |f''|",
        _norm,
        lambda view: by_total(view, factor),
        rf"\|f\| \le {tex(factor)} R\sqrt{{1+R^2}} \sum_h |a_h|",
    )


ADJUSTABLE = Adjustable({"factor": Constant(fmpq(1, 4), "multiplies R sqrt(1 + R^2) sum |a_h|")}, _bound)
BOUND = ADJUSTABLE.claim
BY_PLACE = _claim(
    "by-place",
    "||f|| <= (1/4) sqrt(1 + R^2) sum_h |a_h| sqrt((R^2 - t_h^2)_+), t_h the distance of hyperplane h from 0",
    _norm,
    by_place,
    r"\|f\| \le \tfrac14 \sqrt{1+R^2} \sum_h |a_h| \sqrt{(R^2 - t_h^2)_+}",
)
STABLE_STEP = _claim(
    "stable-step-size-from-sum",
    "f is stable, through some rescaling of its neurons, for every step size below "
    "2/(1 + 4 rho sqrt(1 + R^2) sum_i |w2_i| |w1_i|), rho = max(R, |t_i|): U = 1 + 2 sum_i |w2_i| sqrt(A2_i M_i), "
    "which rescaled networks come as near as one likes, is at most that denominator",
    infimum,
    stable_sharpness,
    r"U \le 1 + 4\rho\sqrt{1+R^2} \sum_i |w^{(2)}_i| \|w_i\|,\quad \rho = \max(R, |t_i|)",
    (NONZERO_INPUT_WEIGHTS,),
)

LINKS = (
    _claim(
        "weight-at-its-place",
        "(|w| g(v, t))^2 <= (1/16)(1 + R^2)(R^2 |w|^2 - b^2)_+ at every hyperplane: the product of both sides' weights",
        _weight_squares,
        _place_squares,
        r"g(v,t)^2 \le \tfrac1{16}(1+R^2)(R^2-t^2)_+",
    ),
    _claim(
        "merging-lowers",
        "sum over hyperplanes of |a_h| is at most sum_i |w2_i| |w1_i|",
        total_bend,
        neuron_sum,
        r"\sum_h |a_h| \le \sum_i |w^{(2)}_i| \|w_i\|",
    ),
)


def _on_atoms(c: fmpq, scale: fmpq, copies: int) -> Instance:
    return two_atoms(c, scale, (fmpq(0),), int(copies))


AT_ZERO = Family(
    id="two-atoms-bent-at-zero",
    parameters={
        "c": Range(choices=tuple(PYTHAGOREAN)),
        "scale": Range(choices=tuple(fmpq(p, q) for p, q in ((4, 1), (1, 1), (1, 1024), (512, 1)))),
        "copies": Range(1, 3),
    },
    build=_on_atoms,
    attains="equality",
    meaning="two atoms +-R and |x|: the knot at 0 has the largest weight that data in [-R, R] give",
)

OFF_CENTRE = two_atoms(knots=(fmpq(1, 4),))
AROUND_ZERO = SHALLOW_RELU.instance(w1=[[1]], b1=["-1/4"], w2=[1], b2=0, x=[["-3/4"], [0], ["3/4"]])
UNEVEN_ATOMS = SHALLOW_RELU.instance(w1=[[1]], b1=["-3/8"], w2=[1], b2=0, x=[["-3/4"], ["3/4"], ["3/4"]])
FAR_BEND = SHALLOW_RELU.instance(w1=[[1]], b1=[5], w2=[1], b2=0, x=[["3/4"]])
AT_THE_RADIUS = SHALLOW_RELU.instance(w1=[[1]], b1=["3/4"], w2=[1], b2=0, x=[["3/4"]])
CONSTANT_NEURON = SHALLOW_RELU.instance(w1=[[0]], b1=[1], w2=[1], b2=0, x=[["3/4"]])


def _linear_room(view: View) -> Any:
    ops, w1, b1 = view.ops, view["w1"], view["b1"]
    room = ops.spread(radius(view)) * ops.norm(w1) - ops.abs(b1)
    return ops.ratio(1, 4) * largest_input(view) * ops.sum(ops.abs(view["merged_mass"]) * ops.maximum(room, 0 * room))


def _nearest(view: View) -> Any:
    """-max(-|x_j|): the smallest |x_j| in place of the largest."""
    nearest = -view.ops.max(-view.ops.norm(view["x"]))
    return view.ops.ratio(1, 4) * nearest * largest_input(view) * total_bend(view)


def _of_norm(id: str, claim: Claim, right: Formula, why: str, killer: Any, left: Formula = _norm) -> Mutant:
    return Mutant(id, variant(claim, id, left, right), why, killer)


MUTANTS = (
    _of_norm(
        "root-dropped", BOUND, lambda v: v.ops.ratio(1, 4) * radius(v) * total_bend(v),
        "the input 1 of the hidden bias counts: sqrt(1 + R^2)", AT_ZERO,
    ),
    _of_norm(
        "radius-squared", BOUND, lambda v: radius(v) * by_total(v), "R once outside the root", AT_ZERO,
    ),
    _of_norm(
        "output-weights-alone", BOUND,
        lambda v: v.ops.ratio(1, 4) * radius(v) * largest_input(v) * v.ops.sum(v.ops.abs(v["merged_mass"])),
        "the bend is |w2| |w1|", AT_ZERO,
    ),
    _of_norm("nearest-datum", BOUND, _nearest, "the largest |x_j|, not the smallest", AROUND_ZERO),
    _of_norm(
        "larger-side", BOUND, by_total, "only the smaller side is bounded by R/4", OFF_CENTRE, alternative.larger_side,
    ),
    _of_norm(
        "linear-room", BY_PLACE, _linear_room, "sqrt(R^2 - t^2), not R - |t|: masses may be uneven", UNEVEN_ATOMS,
    ),
    _of_norm(
        "factor-two", STABLE_STEP, lambda v: stable_sharpness(v, 2),
        "an activation is up to R + |t|, and both parts of a neuron's share count", AT_THE_RADIUS, infimum,
    ),
    _of_norm(
        "radius-alone", STABLE_STEP, lambda v: 1 + 4 * radius(v) * largest_input(v) * neuron_sum(v),
        "neurons that bend far away have large activations", FAR_BEND, infimum,
    ),
)  # fmt: skip

NECESSITY = (
    Necessity("nonzero-input-weights", CONSTANT_NEURON, "a constant neuron adds to U and not to the sum",
              "stable-step-size-from-sum"),
)  # fmt: skip

SOBOLEV_APPROXIMATION = Theorem(
    id="sobolev-approximation",
    title="A finite sum of bends bounds the stability norm and gives a stable step size",
    source=derived("approximation of Sobolev functions"),
    status="own",
    claims=(BOUND, BY_PLACE, STABLE_STEP),
    links=LINKS,
    adjustable=ADJUSTABLE,
    right_side="the multiple of sum_h |a_h|",
    equality=(AT_ZERO,),
    mutants=MUTANTS,
    necessity=NECESSITY,
    closed_forms=sobolev_forms.CLOSED_FORMS,
    notes=(
        "All constants are own. The paper's theorem is about functions of the Sobolev space W^(d+1,1): for odd d "
        "int |alpha| <= gamma_d |S^(d-1)| int |(-Laplace)^((d+1)/2) f|, gamma_d = 1/(2 (2 pi)^(d-1)), an equation for "
        "d = 1, so that their norm is finite and finite networks approach them at bounded sums. Of this the closed "
        "forms prove the integrands of both sides for the Gaussian in d = 3; the record sobolev-ridge-density tries "
        "the inequality on sums of Gaussians."
    ),
)
