"""False statements about losses of margins, each with a state that refutes it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from flint import fmpq

from refutable.theorems.checks import Check
from refutable.theorems.claims import Assumption, Claim
from refutable.theorems.domains.decomposable_flow import DECOMPOSABLE_FLOW
from refutable.theorems.domains.decomposable_flow.profile import arc_limit
from refutable.theorems.domains.decomposable_flow.quantities import arcs, depth, mirror_rate, power, pulled
from refutable.theorems.exact import PI
from refutable.theorems.instances import Instance
from refutable.theorems.papers.yun_2021.classification_claims import arc_sizes, missing, tail
from refutable.theorems.papers.yun_2021.flow_assumptions import DEEP, FLOWING, MOVED, ON_FLOW
from refutable.theorems.papers.yun_2021.regression_cases import flowing
from refutable.theorems.papers.yun_2021.regression_mutants import inner_power_two, no_prefactor, plain_l2
from refutable.theorems.records import Mutant
from refutable.theorems.views import View

Conclusion = Callable[[View], Iterable[Check]]
HALF = fmpq(1, 2)


def _mutant(
    id: str, statement: str, assumes: tuple[Assumption, ...], concludes: Conclusion, why: str, killer: Instance
) -> Mutant:
    return Mutant(
        id, Claim(f"tensor-classification-{id}", DECOMPOSABLE_FLOW, statement, assumes, concludes), why, killer
    )


def _moving(of: Callable[[View], Any]) -> Conclusion:
    def concludes(view: View) -> Iterable[Check]:
        yield Check(mirror_rate(view, view["margin_pull"], of), "==", view["margin_pull"], "d/dt g")

    return concludes


def _twice(view: View) -> Any:
    return arcs(view, view["scaled"]) * power(view["sizes"], 2 - depth(view)) * fmpq(2)


def _without_labels(view: View) -> Iterable[Check]:
    yield Check(mirror_rate(view, view["margin_pull"]), "==", pulled(view, view["rates"]))


def _without_rates(view: View) -> Iterable[Check]:
    yield Check(mirror_rate(view, view["margin_pull"]), "==", pulled(view, view["y"]))


def _below(bound: Callable[[View], Any]) -> Conclusion:
    return lambda view: [Check(arc_sizes(view), "<", bound(view))]


def _unscaled(view: View) -> Iterable[Check]:
    yield Check(arc_sizes(view) * power(view["sizes"], 2 - depth(view)), "<", arc_limit(depth(view)))


def _reached(view: View) -> Iterable[Check]:
    yield Check(arc_limit(depth(view)) * fmpq(9, 10), "<=", arc_sizes(view))


def _missing_below(exponent: Callable[[int], fmpq], divisor: Callable[[int], int]) -> Conclusion:
    def concludes(view: View) -> Iterable[Check]:
        layers = depth(view)
        yield Check(missing(view), "<", tail(view, exponent(layers), divisor(layers)))

    return concludes


def _missing_hundredth_less(view: View) -> Iterable[Check]:
    layers = depth(view)
    yield Check(missing(view), "<", tail(view, fmpq(2, layers) - 1, layers - 2) * fmpq(99, 100))


def _last_layer_away(view: View) -> Iterable[Check]:
    excess = view["start"][0] ** 2 - view["start"][-1] ** 2
    yield Check(excess, "<=", view["weights"][-1] ** 2)


def _all_of_the_start(view: View) -> Iterable[Check]:
    yield Check(view["start"][:-1] ** 2 * 2, "<=", view["weights"][:-1] ** 2)


MUTANTS = (
    _mutant("twice", "twice the gradient of Q moves so", FLOWING, _moving(_twice), "twice as fast", flowing(2, [2])),
    _mutant(
        "no-prefactor",
        "the gradient without the factor (alpha |eta|)^{2-L} moves so",
        FLOWING,
        _moving(no_prefactor),
        "for three layers or more it does not; for two nothing is changed",
        flowing(3, [2], 1, [2]),
    ),
    _mutant(
        "inner-power-two",
        "with rho/(alpha |eta|)^2 inside it moves so",
        FLOWING,
        _moving(inner_power_two),
        "the scale of rho is (alpha |eta|)^L; for two layers nothing is changed",
        flowing(3, [2], HALF),
    ),
    _mutant("l2", "rho moves so", FLOWING, _moving(plain_l2), "only near the start", flowing(2, [2])),
    _mutant(
        "unlabelled",
        "the velocity is sum_n rates_n S x_n",
        FLOWING,
        _without_labels,
        "labels belong to it",
        flowing(2, [2], y=[-1]),
    ),
    _mutant(
        "equal-weights",
        "the velocity is sum_n y_n S x_n",
        FLOWING,
        _without_rates,
        "data with small margins weigh more",
        flowing(2, [2], y=[1], rates=[HALF]),
    ),
    _mutant(
        "smaller-limit",
        "for three layers or more |g_j| stays below 99/100 of its limit",
        (DEEP,),
        _below(lambda view: arc_limit(depth(view)) * fmpq(99, 100)),
        "far out it comes as near as one likes",
        flowing(4, [50]),
    ),
    _mutant(
        "unscaled-limit",
        "for three layers or more |g_j| < s_max whatever the scale",
        (DEEP,),
        _unscaled,
        "the factor (alpha |eta|)^{2-L} belongs to it",
        flowing(3, [3], HALF),
    ),
    _mutant(
        "two-layers-bounded",
        "|g_j| < pi/2 for two layers, as for three",
        (),
        _below(lambda view: PI / fmpq(2)),
        "for two layers it grows as a logarithm: theta itself",
        flowing(2, [5]),
    ),
    _mutant(
        "at-its-limit",
        "for three layers or more |g_j| is at least 9/10 of its limit wherever rho_j is not 0",
        (DEEP, MOVED),
        _reached,
        "only far out",
        flowing(3, [2]),
    ),
    _mutant(
        "remainder-over-L-1",
        "what is missing is less than |rho|^{2/L-1}/(L-1)",
        (DEEP, MOVED),
        _missing_below(lambda layers: fmpq(2, layers) - 1, lambda layers: layers - 1),
        "the divisor is L - 2",
        flowing(3, [7]),
    ),
    _mutant(
        "remainder-one-over-L",
        "what is missing is less than |rho|^{1/L-1}/(L-2)",
        (DEEP, MOVED),
        _missing_below(lambda layers: fmpq(1, layers) - 1, lambda layers: layers - 2),
        "the exponent is 2/L - 1",
        flowing(3, [7]),
    ),
    _mutant(
        "remainder-hundredth-less",
        "what is missing is less than 99/100 |rho|^{2/L-1}/(L-2)",
        (DEEP, MOVED),
        _missing_hundredth_less,
        "far out the two agree",
        flowing(4, [50]),
    ),
    _mutant(
        "last-layer-away",
        "the last layer, too, stays away from 0",
        (ON_FLOW,),
        _last_layer_away,
        "it starts at 0",
        flowing(2, [fmpq(3, 2)]),
    ),
    _mutant(
        "twice-away",
        "[U_l^T v_l]_j^2 is at least twice what it was at the start",
        (*FLOWING,),
        _all_of_the_start,
        "it grows with time, from what it was",
        flowing(2, [fmpq(3, 2)]),
    ),
)
