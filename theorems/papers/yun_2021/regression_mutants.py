"""False statements about Q and the flow towards it, each with a state that refutes it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from flint import fmpq

from refutable.theorems.checks import Check
from refutable.theorems.claims import Assumption, Claim
from refutable.theorems.domains.decomposable_flow import DECOMPOSABLE_FLOW
from refutable.theorems.domains.decomposable_flow.profile import inverse
from refutable.theorems.domains.decomposable_flow.quantities import (
    arcs,
    depth,
    mirror_rate,
    paired,
    power,
    velocity,
)
from refutable.theorems.domains.tensor_network import TENSOR_NETWORK
from refutable.theorems.domains.tensor_network.models import outputs_of
from refutable.theorems.exact import PI, log
from refutable.theorems.flows import derivative_along
from refutable.theorems.instances import Instance
from refutable.theorems.papers.yun_2021.flow_assumptions import (
    DEEP,
    DISTINCT,
    FLOWING,
    FRAMED,
    MOVED,
    SAME_OUTPUTS,
    STATIONARY,
    TWO,
)
from refutable.theorems.papers.yun_2021.regression_cases import (
    compared,
    flowing,
    framed,
    opposite_pair,
)
from refutable.theorems.papers.yun_2021.regression_claims import arc_limit_of, next_order, quasi_norm
from refutable.theorems.records import Mutant
from refutable.theorems.views import View

Conclusion = Callable[[View], Iterable[Check]]


def mutant(
    id: str, statement: str, assumes: tuple[Assumption, ...], concludes: Conclusion, why: str, killer: Instance
) -> Mutant:
    """A false claim about decomposable networks."""
    return Mutant(id, Claim(f"tensor-regression-{id}", DECOMPOSABLE_FLOW, statement, assumes, concludes), why, killer)


def moving(of: Callable[[View], Any]) -> Conclusion:
    """d/dt of a false g is S X^T (y - f)."""

    def concludes(view: View) -> Iterable[Check]:
        pull = view["residual_pull"]
        yield Check(mirror_rate(view, pull, of), "==", pull, "d/dt g")

    return concludes


def no_prefactor(view: View) -> Any:
    """h_L^{-1}(rho/(alpha |eta|)^L), [m]."""
    return arcs(view, view["scaled"])


def inner_power_two(view: View) -> Any:
    """(alpha |eta|)^{2-L} h_L^{-1}(rho/(alpha |eta|)^2), [m]."""
    return arcs(view, view["coordinates"] / power(view["sizes"], 2)) * power(view["sizes"], 2 - depth(view))


def plain_l2(view: View) -> Any:
    """rho, [m]."""
    return view["coordinates"]


def _two_layer_profile(view: View) -> Any:
    """The two-layer g: arcsinh(2 rho/(alpha |eta|)^L)/2 times the prefactor."""
    arc = view.ops.elementary("asinh", view["scaled"] * view.ops.ratio(2)) * view.ops.ratio(1, 2)
    return arc * power(view["sizes"], 2 - depth(view))


def _one_step(view: View) -> Iterable[Check]:
    """The differences of squares after a step of size 1/10 are those before."""
    after = view["weights"] + velocity(view, view["residual_pull"]) * fmpq(1, 10)
    apart, before = after**2, view["weights"] ** 2
    yield Check(apart[:-1] - apart[1:], "==", before[:-1] - before[1:])


def _sums(view: View) -> Iterable[Check]:
    def added(state: View) -> Any:
        squares = state["weights"] * state["weights"]
        return squares[:-1] + squares[1:]

    yield Check(derivative_along(view, added, {"weights": velocity(view, view["residual_pull"])}), "==", 0)


def _whole_layers(view: View) -> Iterable[Check]:
    for i, (layer, frame) in enumerate(zip(view["layers"], view["frames"], strict=True)):
        yield Check(frame @ (frame.T @ layer), "==", layer, f"layer {i + 1}")


def _bregman_with_whole_square(view: View) -> Iterable[Check]:
    """H_L = t s - sinh^2 in place of t s - sinh^2/2."""
    step = view["other"] - view["coordinates"]
    yield Check(_whole_square(view, view["coordinates"]) + paired(view, step), "<=", _whole_square(view, view["other"]))


def _whole_square(view: View, rho: Any) -> Any:
    total: Any = fmpq(0)
    for t, size in zip(rho / power(view["sizes"], depth(view)), view["sizes"], strict=True):
        point = inverse(t, depth(view))
        total = (point.arc * t - point.sinh_squared) * (size * size) + total
    return total


def _norms(exponent: int) -> Conclusion:
    def concludes(view: View) -> Iterable[Check]:
        left, right = (view.ops.sum(view.ops.abs(v) ** exponent) for v in (view["coordinates"], view["other"]))
        yield Check(left, "<=", right)

    return concludes


def _unweighted_l1(view: View) -> Iterable[Check]:
    total = view.ops.sum(view.ops.abs(view["coordinates"])) * view["alpha"] ** (2 - depth(view))
    yield Check(view["potential"], "<=", arc_limit_of(view) * total)


def _inverse_weights(view: View) -> Iterable[Check]:
    weights = power(view.ops.abs(view["eta"]), depth(view) - 2) * view["alpha"] ** (2 - depth(view))
    yield Check(view["potential"], "<=", arc_limit_of(view) * view.ops.sum(view.ops.abs(view["coordinates"]) * weights))


def _smaller_next_order(view: View) -> Iterable[Check]:
    yield Check(view["weighted_l2"] - next_order(view) * fmpq(99, 100), "<=", view["potential"])


def _near_logarithm_of(factor: int, share: fmpq) -> Conclusion:
    """|g| < log(factor |t|)/2 + share/t^2."""

    def concludes(view: View) -> Iterable[Check]:
        for g, t in zip(view["mirror"], view["scaled"], strict=True):
            yield Check(abs(g), "<", log(factor * abs(t)) / fmpq(2) + share / (t * t))

    return concludes


def _with_convolution(view: View) -> Iterable[Check]:
    yield Check(view["tensor_outputs"], "==", outputs_of(view, view["layers"], correlation=False))


def _exchanged(view: View) -> Iterable[Check]:
    first, second, *others = view["layers"]
    if first.shape == second.shape:
        yield Check(view["tensor_outputs"], "==", outputs_of(view, [second, first, *others]))


def _third_of_pi(view: View) -> Iterable[Check]:
    if depth(view) == 3:
        total = view.ops.sum(view.ops.abs(view["coordinates"]) / view["sizes"])
        yield Check(view["potential"], "<=", PI * (total / fmpq(3)))


def _normalised(view: View) -> Iterable[Check]:
    """The square of the outputs against those of correlations with 1/sqrt d, squared."""
    layers, d = len(view["layers"]), int(view["x"].shape[1])
    if "convolution" in view["architecture"]:
        yield Check(view["tensor_outputs"] ** 2, "==", view["outputs"] ** 2 * fmpq(1, d ** (layers - 1)))


HALF = fmpq(1, 2)
ALONG = (
    mutant(
        "no-prefactor",
        "h_L^{-1}(rho/(alpha |eta|)^L) without the factor (alpha |eta|)^{2-L} moves with velocity S X^T (y - f)",
        FLOWING,
        moving(no_prefactor),
        "for three layers or more; for two the factor is 1 and nothing is changed",
        flowing(3, [2], 1, [2]),
    ),
    mutant(
        "inner-power-two",
        "(alpha |eta|)^{2-L} h_L^{-1}(rho/(alpha |eta|)^2) does",
        FLOWING,
        moving(inner_power_two),
        "the scale of rho is (alpha |eta|)^L; for two layers nothing is changed",
        flowing(3, [2], HALF),
    ),
    mutant("l2", "rho does: Q is the l2 norm", FLOWING, moving(plain_l2), "only near the start", flowing(2, [2])),
    mutant(
        "two-layer-profile",
        "arcsinh(2 rho/(alpha |eta|)^L)/2, the profile of two layers, does for any depth",
        FLOWING,
        moving(_two_layer_profile),
        "deeper networks have another profile",
        flowing(3, [2]),
    ),
    mutant(
        "twice",
        "twice the gradient of Q does",
        FLOWING,
        moving(lambda view: arcs(view, view["scaled"]) * power(view["sizes"], 2 - depth(view)) * fmpq(2)),
        "its velocity is twice as large",
        flowing(2, [2]),
    ),
    mutant(
        "descent-conserves",
        "a step of gradient descent of size 1/10 conserves the differences of squares",
        (),
        _one_step,
        "the flow does; a step changes them in second order",
        flowing(2, [2]),
    ),
    mutant(
        "sums", "the flow conserves the sums of squares", (), _sums, "it conserves the differences", flowing(2, [2])
    ),
    mutant(
        "layers-in-frames",
        "every layer lies in the span of its frame",
        (FRAMED,),
        _whole_layers,
        "what lies outside is frozen, not 0",
        framed(),
    ),
)
ENDS = (
    mutant(
        "least-l2",
        "coordinates at which the gradient of Q is S X^T mu have the least l2 norm with these outputs",
        (SAME_OUTPUTS, STATIONARY),
        _norms(2),
        "for starts of different sizes Q is no multiple of the l2 norm",
        compared(flowing(4, [2, 2], 1, [1, 2], x=[[4, 1]]), 1, -4),
    ),
    mutant(
        "least-l1",
        "they have the least l1 norm",
        (SAME_OUTPUTS, STATIONARY),
        _norms(1),
        "only for alpha to 0, and with weights",
        compared(flowing(4, [2, 2], 1, [1, 2], x=[[4, 1]]), 1, -4),
    ),
    mutant(
        "any-larger",
        "no other coordinates with these outputs have a larger Q",
        (SAME_OUTPUTS, STATIONARY),
        lambda view: [Check(view["other_potential"], "<=", view["potential"])],
        "all have",
        opposite_pair(3, fmpq(2), fmpq(1)),
    ),
    mutant(
        "tenth-more",
        "other coordinates have a Q larger by a tenth at least",
        (SAME_OUTPUTS, STATIONARY, DISTINCT),
        lambda view: [Check(view["potential"] * fmpq(11, 10), "<=", view["other_potential"])],
        "near rho it is hardly larger",
        opposite_pair(3, fmpq(2), fmpq(1, 10)),
    ),
    mutant(
        "whole-square",
        "t s - sinh^2 in place of t s - sinh^2/2 lies above the tangents of slope g",
        (),
        _bregman_with_whole_square,
        "its slope is another",
        compared(flowing(3, [2]), 1),
    ),
    mutant(
        "equal-weights",
        "for three layers or more Q is at most s_max alpha^{2-L} sum |rho|",
        (DEEP,),
        _unweighted_l1,
        "the weights |eta|^{2-L} belong to it",
        flowing(3, [50], 1, [HALF]),
    ),
    mutant(
        "weights-inverted",
        "for three layers or more Q is at most s_max alpha^{2-L} sum |rho| |eta|^{L-2}",
        (DEEP,),
        _inverse_weights,
        "they are |eta|^{2-L}",
        flowing(3, [2], 1, [HALF]),
    ),
    mutant(
        "smaller-limit",
        "for three layers or more Q is at most 99/100 of the weighted l1 norm",
        (DEEP,),
        lambda view: [Check(view["potential"], "<=", view["weighted_l1"] * fmpq(99, 100))],
        "for small scales they agree",
        flowing(4, [50]),
    ),
    mutant(
        "pi-over-three",
        "for three layers s_max is pi/3",
        (DEEP,),
        _third_of_pi,
        "it is pi/2",
        flowing(3, [50]),
    ),
    mutant(
        "smaller-remainder",
        "for three layers or more the weighted l1 norm exceeds Q by at most 1/(L-2) sum |rho|^{2/L}",
        (DEEP,),
        lambda view: [Check(view["weighted_l1"], "<=", quasi_norm(view) * fmpq(2, depth(view)) + view["potential"])],
        "by up to L/2 times as much",
        flowing(4, [50]),
    ),
    mutant(
        "smaller-l2",
        "Q is at most 99/100 of the weighted l2 norm",
        (),
        lambda view: [Check(view["potential"], "<=", view["weighted_l2"] * fmpq(99, 100))],
        "for large scales they agree",
        flowing(2, [fmpq(50, 49)]),
    ),
    mutant(
        "smaller-next-order",
        "Q exceeds the weighted l2 norm less 99/100 of (L-1)/6 sum rho^4 (alpha |eta|)^{2-4L}",
        (),
        _smaller_next_order,
        "for large scales the two agree to this order",
        flowing(2, [fmpq(50, 49)]),
    ),
    mutant(
        "smaller-logarithm-remainder",
        "for two layers |g_j| exceeds log(4 |rho_j|/(alpha eta_j)^2)/2 by less than 9/10 of its bound",
        (TWO, MOVED),
        _near_logarithm_of(4, fmpq(9, 320)),
        "far out the two agree to this order",
        flowing(2, [5]),
    ),
    mutant(
        "logarithm-of-three",
        "for two layers |g_j| exceeds log(3 |rho_j|/(alpha eta_j)^2)/2 by less than (alpha eta_j)^4/(32 rho_j^2)",
        (TWO, MOVED),
        _near_logarithm_of(3, fmpq(1, 32)),
        "the factor is 4: sinh(2 theta) = 2 |t| is nearly e^{2 theta}/2",
        flowing(2, [5]),
    ),
    mutant(
        "l2-weights-of-two",
        "Q is at most sum rho^2/(2 alpha^2 eta^2)",
        (),
        lambda view: [
            Check(view["potential"], "<=", view.ops.sum((view["coordinates"] / view["sizes"]) ** 2) * fmpq(1, 2))
        ],
        "the power is 2L - 2",
        flowing(3, [fmpq(3, 2)], HALF),
    ),
)


def _network(id: str, statement: str, concludes: Conclusion, why: str, killer: Instance) -> Mutant:
    return Mutant(id, Claim(f"tensor-regression-{id}", TENSOR_NETWORK, statement, (), concludes), why, killer)


MODELS = (
    _network(
        "true-convolution",
        "the same data tensor gives convolutions, (x * w)_i = sum_k x_{(i - k) mod d} w_k",
        _with_convolution,
        "it is made for correlations",
        TENSOR_NETWORK.instance(architecture=["convolution"], x=[[1, 2, 4]], layers=[[[1], [1]], [[1], [0], [0]]]),
    ),
    _network(
        "normalised",
        "the same data tensor gives correlations with the factor 1/sqrt d",
        _normalised,
        "it is made without; Gunasekar et al. 2018 have it",
        TENSOR_NETWORK.instance(architecture=["convolution"], x=[[1, 2]], layers=[[[1]], [[1], [0]]]),
    ),
    _network(
        "layers-in-any-order",
        "layers may be exchanged",
        _exchanged,
        "matrices do not commute",
        TENSOR_NETWORK.instance(
            architecture=["fully-connected"], x=[[1, 0]], layers=[[[1, 1], [0, 1]], [[1, 0], [1, 1]], [[1], [0]]]
        ),
    ),
)
MUTANTS = (*ALONG, *ENDS, *MODELS)
"""Other starts and states off the flow are in the record as what each hypothesis is needed for."""
