"""At most two knots between neighbouring data, at every critical point of a loss with weight decay."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from refutable.theorems.assumptions.decayed_line import BIASES_DECAY, OFF_DATA, STATIONARY
from refutable.theorems.checks import Check
from refutable.theorems.claims import Assumption, Claim
from refutable.theorems.domains.decayed_line import DECAYED_LINE
from refutable.theorems.domains.decayed_line.formulas import gap, knot, knots_by_gap, live, supported
from refutable.theorems.papers.shevchenko_2022 import instances as at
from refutable.theorems.papers.shevchenko_2022.forms import CLOSED_FORMS
from refutable.theorems.records import Mutant, Necessity, Source, Theorem
from refutable.theorems.views import View

Formula = Callable[[View], Any]
CRITICAL = (STATIONARY, OFF_DATA)
ALL = (*CRITICAL, BIASES_DECAY)


def _claim(id: str, statement: str, assumes: tuple[Assumption, ...], concludes: Any, latex: str = "") -> Claim:
    return Claim(id, DECAYED_LINE, statement, assumes, concludes, latex)


def _places(view: View) -> list[Any]:
    return [view["x"][n] for n in supported(view)]


def _at_most(count: int) -> Callable[[View], Iterable[Check]]:
    def concludes(view: View) -> Iterable[Check]:
        found = knots_by_gap(view, _places(view))
        yield Check(view.ops.ratio(max(map(len, found.values()), default=0)), "<=", view.ops.ratio(count))

    return concludes


def _outside(count: int) -> Callable[[View], Iterable[Check]]:
    """Beyond the data, on both sides together."""

    def concludes(view: View) -> Iterable[Check]:
        places = _places(view)
        found = knots_by_gap(view, places)
        outside = found.get(0, set()) | found.get(len(places), set())
        yield Check(view.ops.ratio(len(outside)), "<=", view.ops.ratio(count))

    return concludes


def _shared(facing: bool) -> Callable[[View], Iterable[Check]]:
    """Neurons with knots in one gap (that face one way, if ``facing``) have one knot: their knots spread over 0."""

    def concludes(view: View) -> Iterable[Check]:
        places, found = _places(view), dict[Any, list[Any]]()
        for j in live(view):
            t = knot(view, j)
            where = gap(places, t), bool(view["input_weights"][j] > 0) if facing else None
            found.setdefault(where, []).append(t)
        yield Check(max((max(ts) - min(ts) for ts in found.values()), default=view["decay"] * 0), "==", 0)

    return concludes


def _balance(decay: Formula, bias_decay: Formula) -> Callable[[View], Iterable[Check]]:
    def concludes(view: View) -> Iterable[Check]:
        v, w, b = view["output_weights"], view["input_weights"], view["biases"]
        yield Check(decay(view) * v * v, "==", decay(view) * w * w + bias_decay(view) * b * b)

    return concludes


def _pull_is(square: Formula) -> Callable[[View], Iterable[Check]]:
    """decay S_0^2 + (bias decay) S_1^2 is ``square`` for neurons that bend N: their errors' squares sum to 0."""

    def concludes(view: View) -> Iterable[Check]:
        decay, bias_decay = view["decay"], view["bias_decay"]
        size = view["slope_pull"] * view["slope_pull"] * bias_decay + view["level_pull"] * view["level_pull"] * decay
        errors = [size[j] - square(view) for j in live(view)]
        yield Check(sum((error * error for error in errors), decay * 0), "==", 0)

    return concludes


def _own(name: str) -> Formula:
    return lambda view: view[name]


HEADLINE = _claim(
    "at-most-two-knots",
    "between neighbouring data with a force, N has at most two different knots",
    ALL,
    _at_most(2),
    r"\#\{t_j \in (x_n, x_{n+1})\} \le 2",
)
OUTSIDE = _claim(
    "at-most-one-outside",
    "beyond the data, on both sides together, N has at most one knot: neurons there see all forces, or none",
    ALL,
    _outside(1),
    r"\#\{t_j \notin [\min x, \max x]\} \le 1",
)
SHARED = _claim(
    "one-knot-each-way",
    "neurons whose knots lie between the same neighbouring data, and which face the same way, have the same knot",
    ALL,
    _shared(True),
    r"t_i, t_j \in (x_n, x_{n+1}),\; w_i w_j > 0 \;\Rightarrow\; t_i = t_j",
)
BALANCE = _claim(
    "balance",
    "every neuron is balanced: decay v^2 = decay w^2 + (bias decay) b^2",
    CRITICAL,
    _balance(_own("decay"), _own("bias_decay")),
    r"\lambda v_j^2 = \lambda w_j^2 + \mu b_j^2",
)
LINKS = (
    _claim(
        "size-of-the-pull",
        "the pull on a neuron that bends N has one size: S_1^2 / decay + S_0^2 / (bias decay) = decay",
        ALL,
        _pull_is(lambda view: view["decay"] * view["decay"] * view["bias_decay"]),
        r"\frac{S_1^2}{\lambda} + \frac{S_0^2}{\mu} = \lambda",
    ),
)


def _mutant(id: str, claim: Claim, concludes: Any, why: str, killer: Any) -> Mutant:
    changed = Claim(f"{claim.id}: {id}", DECAYED_LINE, f"{claim.statement} [{id}]", claim.assumes, concludes)
    return Mutant(id, changed, why, killer)


MUTANTS = (
    _mutant("at-most-one", HEADLINE, _at_most(1), "a neuron each way", at.BOTH_WAYS),
    _mutant("none-outside", OUTSIDE, _outside(0), "neurons that see the only datum", at.ALONE),
    _mutant("one-knot-any-way", SHARED, _shared(False), "neurons that face each other see other data", at.BOTH_WAYS),
    _mutant(
        "biases-left-out", BALANCE, _balance(_own("decay"), lambda view: view["decay"] * 0), "b counts as well",
        at.TWO_ALIKE,
    ),
    _mutant("biases-alike", BALANCE, _balance(_own("decay"), _own("decay")), "b decays by itself", at.SLOWER_BIASES),
    _mutant(
        "decay-left-out", BALANCE, _balance(lambda view: view["decay"] / view["decay"], _own("bias_decay")),
        "v and w decay as fast as they do", at.TWICE_THE_FORCE,
    ),
    _mutant(
        "pull-of-one-decay", LINKS[0], _pull_is(lambda view: view["decay"] * view["bias_decay"]),
        "forces and decays together twice as large leave the network where it is", at.TWICE_THE_FORCE,
    ),
)  # fmt: skip
NECESSITY = (
    Necessity("stationary", at.NOT_CRITICAL, "any three knots"),
    Necessity("biases-decay", at.FREE_BIASES, "free biases: forces -1 and 1 leave the knots free"),
    Necessity(
        "off-data", None, "not needed where the derivative at the kink is taken as 0; without it none is defined"
    ),
)

KNOTS_BETWEEN_DATA = Theorem(
    "knots-between-data",
    "Few knots between neighbouring data",
    Source(
        "Shevchenko, Kungurtsev, Mondelli, JMLR 2022",
        "",
        "https://arxiv.org/abs/2111.02278",
        "recalled from its abstract: at most three knots in the limit of noisy SGD at infinite width. The claims "
        "here are own: critical points at every finite width",
    ),
    "own",
    (HEADLINE, OUTSIDE, SHARED, BALANCE),
    links=LINKS,
    equality=(at.BOTH_WAYS,),
    mutants=MUTANTS,
    necessity=NECESSITY,
    closed_forms=CLOSED_FORMS,
    evidence={
        "trained-relabelled": "a trained network's labels cannot be chosen anew here: they must make it critical",
        "trained-converged": "a network trained with weight decay is never exactly critical",
        "swept": "critical points are exact solutions of polynomial equations",
    },
    notes="The paper's theorem bounds the knots of a limit: noise that vanishes after the width went to infinity, "
    "smoothed ReLUs, at most three knots between neighbouring inputs. It is no statement about a finite network, and "
    "is not checked. At an exact critical point of a loss with decay of all weights and biases two different knots "
    "are the most, at every width: a neuron feels the data through one vector, the same for all neurons that are "
    "active at the same data, and that vector fixes the knot. The force at a datum is minus the derivative of any "
    "loss of the output; labels do not matter. Knots exactly at a datum are not counted.",
)
