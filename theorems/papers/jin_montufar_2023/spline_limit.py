"""Training only the output layer from zero: the least weighted curvature, a spline of piecewise linear density."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from refutable.theorems.checks import Check
from refutable.theorems.claims import Assumption, Claim
from refutable.theorems.domains.output_layer import OUTPUT_LAYER
from refutable.theorems.domains.output_layer.formulas import facing, weighted_curvature
from refutable.theorems.flows import derivative_along
from refutable.theorems.papers.jin_montufar_2023 import spline_instances as at
from refutable.theorems.papers.jin_montufar_2023.spline_assumptions import (
    EVEN_KNOTS,
    INDEPENDENT,
    ONE_GAP,
    SAME_VALUES,
    ZERO_START,
    triples,
)
from refutable.theorems.papers.jin_montufar_2023.spline_forms import CLOSED_FORMS
from refutable.theorems.records import Integration, Mutant, Necessity, Source, Theorem
from refutable.theorems.views import View

Measure = Callable[[View, Any], Any]
SOURCE = Source(
    "Jin, Montufar, JMLR 2023",
    "",
    "https://arxiv.org/abs/2006.07356",
    "recalled and derived again at finite width; its theorem numbers and exact constants were not seen. "
    "Heiss, Teichmann, Wutte 2019 (arXiv 1911.02903) have the same limit for ridge paths",
)


def _claim(id: str, statement: str, assumes: tuple[Assumption, ...], concludes: Any, latex: str = "") -> Claim:
    return Claim(id, OUTPUT_LAYER, statement, assumes, concludes, latex)


def _least(measure: Measure) -> Callable[[View], Iterable[Check]]:
    """What is measured of the turns at the knots is at most that of the rival."""
    return lambda view: [Check(measure(view, view["jumps"]), "<=", measure(view, view["rival_jumps"]))]


LEAST = _claim(
    "least-weighted-curvature",
    "of all networks with this first layer and these values at the data, the trained one has the least "
    "sum over knots of (turn)^2 / a^2",
    (ZERO_START, SAME_VALUES),
    _least(weighted_curvature),
    r"\sum_j \frac{J_j^2}{a_j^2} \le \sum_j \frac{\tilde J_j^2}{a_j^2}, \qquad f'' = \sum_j J_j\, \delta_{t_j}",
)


def _density_is(spread: Callable[[View], Any]) -> Callable[[View], Iterable[Check]]:
    """turn / a^2 at each knot is sum_n nu_n times what ``spread`` gives [n, k]."""
    return lambda view: [
        Check(view["density"], "==", view.ops.matvec(view.ops.transpose(spread(view)), view["multipliers"]))
    ]


DENSITY = _claim(
    "density-of-turns",
    "turn / a^2 at a knot t is sum_n nu_n (x_n - t)_+ for a neuron that rises to the right, sum_n nu_n (t - x_n)_+ for "
    "one that rises to the left: a function of the knot alone, linear between data",
    (ZERO_START,),
    _density_is(facing),
    r"\frac{J_j}{a_j^2} = \sum_n \nu_n \bigl(\pm(x_n - t_j)\bigr)_+",
)


def _collinear(view: View) -> Iterable[Check]:
    """Three neighbouring knots of neurons that face one way have their densities on a line."""
    for rises in (True, False):
        pairs = zip(view["knots"], view["density"], view["slopes"], strict=True)
        points = sorted((t, q) for t, q, a in pairs if (a > 0) == rises)
        for (t0, q0), (t1, q1), (t2, q2) in triples(points):
            yield Check((q1 - q0) * (t2 - t1), "==", (q2 - q1) * (t1 - t0), "three neighbouring knots")


LINEAR = _claim(
    "linear-between-data",
    "between neighbouring data the densities of neurons that face the same way are linear in the knot: f is a cubic "
    "spline in the limit of many knots",
    (ZERO_START, ONE_GAP),
    _collinear,
    r"t_1, t_2, t_3 \in (x_n, x_{n+1}): \quad \frac{q_2 - q_1}{t_2 - t_1} = \frac{q_3 - q_2}{t_3 - t_2}",
)


def _riemann(low: Any, high: Any) -> Callable[[View], Iterable[Check]]:
    """low h^2 (M + m) <= h Phi Phi^T - h f(0)/2 - integral <= high h^2 (M + m), for every pair of data."""

    def concludes(view: View) -> Iterable[Check]:
        places = sorted(view["knots"])
        first, step = places[0], places[1] - places[0]
        kernel = view["features"] @ view["features"].T
        for i, x in enumerate(view["x"]):
            for j in range(i + 1):
                small, large = sorted((max(x - first, x * 0), max(view["x"][j] - first, x * 0)))
                whole = large * small * small / 2 - small * small * small / 6
                excess = step * kernel[i, j] - step * large * small / 2 - whole
                size = step * step * (large + small)
                yield Check(excess, "<=", size * view.ops.ratio(*high), "above")
                yield Check(size * view.ops.ratio(*low), "<=", excess, "below")

    return concludes


KERNEL = _claim(
    "kernel-near-integral",
    "with evenly spaced knots of distance h and slopes 1, h times the kernel sum_j relu(x - t_j) relu(x' - t_j) minus "
    "h/2 times its first term minus the cubic spline kernel is at least 0 and at most h^2 (M + m)/8, with m <= M the "
    "distances of x and x' from the first knot",
    (EVEN_KNOTS,),
    _riemann((0, 1), (1, 8)),
    r"0 \le h \sum_j (x - t_j)_+ (x' - t_j)_+ - \tfrac h2 M m - \Bigl(\frac{M m^2}{2} - \frac{m^3}{6}\Bigr) "
    r"\le \frac{h^2 (M + m)}{8}",
)
LINKS = (
    _claim(
        "blind-directions",
        "the loss has derivative 0 towards every network with the same values at the data: training never moves there",
        (SAME_VALUES,),
        lambda view: [Check(derivative_along(view, _loss_of_start, {"start": view["rival"] - view["output_weights"]}),
                            "==", 0)],
        r"\Phi (\tilde c - c) = 0 \Rightarrow \langle \nabla L(c), \tilde c - c\rangle = 0",
    ),
    _claim(
        "pythagoras",
        "the rival's weighted curvature is larger by exactly |c' - c|^2",
        (ZERO_START, SAME_VALUES),
        lambda view: [
            Check(
                view["rival_curvature"] - view["curvature"],
                "==",
                view.ops.sum((view["rival"] - view["output_weights"]) * (view["rival"] - view["output_weights"])),
            )
        ],
        r"\|\tilde c\|^2 - \|c\|^2 = \|\tilde c - c\|^2",
    ),
)  # fmt: skip


def _loss_of_start(view: View) -> Any:
    """The loss; moving c_0 moves the output weights by as much."""
    return view["loss"]


def _mutant(id: str, claim: Claim, concludes: Any, why: str, killer: Any) -> Mutant:
    changed = Claim(f"{claim.id}: {id}", OUTPUT_LAYER, f"{claim.statement} [{id}]", claim.assumes, concludes)
    return Mutant(id, changed, why, killer)


MUTANTS = (
    _mutant(
        "unweighted-curvature", LEAST, _least(lambda view, turns: view.ops.sum(turns * turns)),
        "steep neurons turn f more cheaply: their turns are divided by a^2", at.STEEP_AND_FLAT,
    ),
    _mutant(
        "weight-of-first-power", LEAST,
        _least(lambda view, turns: view.ops.sum(turns * turns / view.ops.abs(view["slopes"]))),
        "the weight is a^2, not |a|", at.TURNS_LIKE_SLOPES,
    ),
    _mutant(
        "least-total-turn", LEAST,
        _least(lambda view, turns: view.ops.sum(view.ops.abs(turns) / view.ops.abs(view["slopes"]))),
        "squares are least, not moduli: training the first layer too would make those small", at.SHARED_TURN,
    ),
    _mutant(
        "density-over-slope", DENSITY,
        lambda view: [Check(view["jumps"] / view.ops.abs(view["slopes"]), "==",
                            view.ops.matvec(view.ops.transpose(facing(view)), view["multipliers"]))],
        "turn / |a| depends on the slope, not on the knot alone", at.STEEP_AND_FLAT,
    ),
    _mutant(
        "density-of-one-side", DENSITY,
        _density_is(lambda view: view.ops.maximum(view["x"][:, None] - view["knots"][None, :], view["x"][:, None] * 0)),
        "a neuron that rises to the left sees the data on its left", at.BOTH_WAYS,
    ),
    _mutant(
        "kernel-tenth", KERNEL, _riemann((0, 1), (1, 10)),
        "1/12 is the error of smooth functions; a kernel has a kink", at.KINK_IN_CELL,
    ),
    _mutant(
        "kernel-never-above", KERNEL, _riemann((-1, 8), (0, 1)),
        "the kernel is convex: the trapezoidal sum is too large", at.KINK_IN_CELL,
    ),
    _mutant(
        "kernel-sixth-at-least", KERNEL, _riemann((1, 6), (1, 8)),
        "with the kink at a knot the excess is h^2 m/6", at.KINK_AT_KNOT,
    ),
)  # fmt: skip

NECESSITY = (
    Necessity("zero-start", at.WRONG_START, "from (1, -1) the component that the data do not see stays"),
    Necessity("same-values", at.OTHER_VALUES, "the rival 0 turns nowhere"),
    Necessity("one-gap", at.ACROSS_A_DATUM, "the density has a corner at the datum 1", "linear-between-data"),
    Necessity("even-knots", at.UNEVEN, "the sum is no trapezoidal sum", "kernel-near-integral"),
)


def _seen(share: tuple[int, int], reached: tuple[int, int]) -> Callable[[View], Iterable[Check]]:
    """rival = share Phi^T nu, and Phi rival = reached y: on solutions the rival holds the weights of the flow."""

    def concludes(view: View) -> Iterable[Check]:
        combination = view.ops.matvec(view.ops.transpose(view["features"]), view["multipliers"])
        yield Check(view["rival"], "==", combination * view.ops.ratio(*share), "combination of the features")
        yield Check(view["rival_outputs"], "==", view["y"] * view.ops.ratio(*reached), "interpolates")

    return concludes


SEEN = _claim(
    "flow-from-zero",
    "gradient flow of the output layer from zero, with features that are independent at the data, stays a "
    "combination Phi^T nu with nu' = -residual/n, and ends at interpolation: the interpolant of least weighted "
    "curvature",
    (ZERO_START, INDEPENDENT),
    _seen((1, 1), (1, 1)),
    r"c(t) = \Phi^{\mathsf T} \nu(t), \qquad \Phi\, c(\infty) = y",
)
INTEGRATED = (
    Integration(
        SEEN,
        (
            _claim("half-the-multipliers", "c = Phi^T nu / 2", (ZERO_START,), _seen((1, 2), (1, 1))),
            _claim("falls-short-by-1e-3", "Phi c = 0.999 y", (ZERO_START,), _seen((1, 1), (999, 1000))),
        ),
    ),
)

SPLINE_LIMIT = Theorem(
    "spline-limit",
    "Training the output layer alone ends at a weighted spline",
    SOURCE,
    "recalled",
    (LEAST, DENSITY, LINEAR, KERNEL),
    links=LINKS,
    equality=(at.ITSELF,),
    mutants=MUTANTS,
    necessity=NECESSITY,
    closed_forms=CLOSED_FORMS,
    integrated=INTEGRATED,
    evidence={
        "trained-relabelled": "its training is linear: the multipliers of an instance stand for any time and any steps",
        "trained-converged": "its training is linear: the multipliers of an instance stand for any time and any steps",
        "swept": "rivals with the same values at the data are exact solutions of a linear system",
    },
    notes="The papers speak of infinite width, where sums over knots become integrals with the density of the knots: "
    "least int f''^2 / rho. At finite width the same holds exactly with the atoms of f'' and the weight a_j^2 at each "
    "knot, for every multiplier nu, so at every time and for gradient descent, SGD and delays alike: c - c_0 is a "
    "combination of the data's features. Neurons that share a knot and a direction turn f in proportion to a^2. What "
    "remains of the limit is a rule of quadrature, with its error bound, for knots spread evenly. The papers train "
    "both layers close to their start and correct the labels by a linear function; neither is checked here. On the "
    "solutions of the integrated statement the rival holds the weights that the solver reached.",
)
