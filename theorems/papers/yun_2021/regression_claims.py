"""What Q_{L, alpha, eta} says along the flow and at its end, and the steps towards it."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from flint import fmpq

from refutable.theorems.checks import Check
from refutable.theorems.claims import Claim
from refutable.theorems.domains.decomposable_flow import DECOMPOSABLE_FLOW
from refutable.theorems.domains.decomposable_flow.profile import arc_limit
from refutable.theorems.domains.decomposable_flow.quantities import (
    at_start,
    depth,
    mirror_rate,
    paired,
    power,
    velocity,
)
from refutable.theorems.domains.tensor_network import TENSOR_NETWORK
from refutable.theorems.domains.tensor_network.models import flat_layers, outputs_of
from refutable.theorems.exact import Number, log
from refutable.theorems.exact import power as real_power
from refutable.theorems.flows import derivative_along
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
from refutable.theorems.views import View


def along_flow(view: View) -> Iterable[Check]:
    """d/dt g = S X^T (y - f), and g = 0 at the start."""
    pull = view["residual_pull"]
    yield Check(mirror_rate(view, pull), "==", pull, "d/dt g")
    yield Check(at_start(view)["mirror"], "==", 0, "g at the start")


def no_better(view: View) -> Iterable[Check]:
    """Q(rho) <= Q(v)."""
    yield Check(view["potential"], "<=", view["other_potential"])


def better(view: View) -> Iterable[Check]:
    """Q(rho) < Q(v)."""
    yield Check(view["potential"], "<", view["other_potential"])


def supported(view: View) -> Iterable[Check]:
    """Q(rho) + <g, v - rho> <= Q(v)."""
    step = view["other"] - view["coordinates"]
    yield Check(view["potential"] + paired(view, step), "<=", view["other_potential"])


def squares_apart(view: View) -> np.ndarray:
    """[U_l^T v_l]_j^2 - [U_{l+1}^T v_{l+1}]_j^2, [L - 1, m]."""
    squares = view["weights"] * view["weights"]
    found: np.ndarray = squares[:-1] - squares[1:]
    return found


def conserved(view: View) -> Iterable[Check]:
    """The derivative of the differences of squares vanishes, for any rates of the outputs."""
    rate = derivative_along(view, squares_apart, {"weights": velocity(view, view["residual_pull"])})
    yield Check(rate, "==", 0)


def through_frames(view: View) -> Iterable[Check]:
    """Gradient flow of v_l through the data tensor: in the frame the coordinates' velocity, outside none."""
    net, layers, frames = view["network"], view["layers"], view["frames"]
    moves = velocity(view, view["residual_pull"])
    drive = (view["y"] - view["outputs"]) @ view["x"]
    for i, frame in enumerate(frames):
        speed = net.partial(view.ops, drive, layers, i)
        yield Check(frame.T @ speed, "==", moves[i], f"U_{i + 1}^T dv_{i + 1}/dt")
        yield Check(speed - frame @ (frame.T @ speed), "==", 0, f"layer {i + 1} outside its frame")


def tensor_outputs(view: View) -> Iterable[Check]:
    """M(x) o (v_1, ..., v_L) = <S x, rho>."""
    net, layers = view["network"], view["layers"]
    values = np.array([net.value(view.ops, x, layers) for x in view["x"]], dtype=object)
    yield Check(values, "==", view["outputs"])


def next_order(view: View) -> Number:
    """(L-1)/6 sum rho_j^4 (alpha |eta_j|)^{2-4L}."""
    layers = depth(view)
    fourth = view["coordinates"] ** 4 * power(view["sizes"], 2 - 4 * layers)
    total: Number = view.ops.sum(fourth) * fmpq(layers - 1, 6)
    return total


def below_weighted_l2(view: View) -> Iterable[Check]:
    """Q <= weighted l2, and it is larger than that less the next order."""
    yield Check(view["potential"], "<=", view["weighted_l2"], "from above")
    yield Check(view["weighted_l2"] - next_order(view), "<=", view["potential"], "from below")


def quasi_norm(view: View) -> Number:
    """L/(2(L-2)) sum |rho_j|^{2/L}."""
    layers = depth(view)
    parts = [real_power(abs(rho), fmpq(2, layers)) for rho in view["coordinates"]]
    total: Number = view.ops.sum(np.array(parts, dtype=object)) * fmpq(layers, 2 * (layers - 2))
    return total


def near_weighted_l1(view: View) -> Iterable[Check]:
    """Q <= weighted l1 <= Q + L/(2(L-2)) sum |rho_j|^{2/L}, which does not depend on alpha."""
    yield Check(view["potential"], "<=", view["weighted_l1"], "from above")
    yield Check(view["weighted_l1"], "<=", quasi_norm(view) + view["potential"], "from below")


def near_logarithm(view: View) -> Iterable[Check]:
    """0 < |g| - log(4 |t|)/2 < 1/(32 t^2) for t = rho/(alpha eta)^2."""
    for g, t in zip(view["mirror"], view["scaled"], strict=True):
        least = log(4 * abs(t)) / fmpq(2)
        yield Check(least, "<", abs(g), "from below")
        yield Check(abs(g), "<", least + 1 / (32 * t * t), "from above")


def special_cases(view: View) -> Iterable[Check]:
    """The data tensor gives what the layers give; and, f being linear in each layer, its differences."""
    direct, layers = view["outputs"], view["layers"]
    yield Check(view["tensor_outputs"], "==", direct, "M(x) o (v_1, ..., v_L)")
    yield Check(view["predictor_outputs"], "==", direct, "<beta, x>")
    for i, layer in enumerate(layers):
        step = np.arange(1, layer.size + 1).reshape(layer.shape) * fmpq(1, 2)
        raised = [*layers[:i], layer + step, *layers[i + 1 :]]
        slopes = [view["network"].partial(view.ops, x, flat_layers(view), i) @ step.ravel() for x in view["x"]]
        moved = outputs_of(view, raised) - direct
        yield Check(np.array(slopes, dtype=object), "==", moved, f"derivative in layer {i + 1}")


def arc_limit_of(view: View) -> Number:
    """s_max for the depth here."""
    return arc_limit(depth(view))


HEADLINE = Claim(
    "mirror-identity",
    DECOMPOSABLE_FLOW,
    "at every time the gradient of Q at rho is S X^T nu with nu the integral of y - f: it is 0 at the start and moves "
    "with velocity S X^T (y - f)",
    FLOWING,
    along_flow,
    r"\nabla Q(\rho(t)) = S X^\top \nu(t), \quad \nu(t) = \int_0^t (y - f)",
)
OPTIMAL = Claim(
    "optimal",
    DECOMPOSABLE_FLOW,
    "coordinates at which the gradient of Q is S X^T mu have the least Q among all with the same outputs",
    (SAME_OUTPUTS, STATIONARY),
    no_better,
    r"\nabla Q(\rho) = S X^\top \mu,\; X S^\top v = X S^\top \rho \Rightarrow Q(\rho) \le Q(v)",
)
LINKS = (
    Claim(
        "only-one",
        DECOMPOSABLE_FLOW,
        "and no other has the least Q",
        (SAME_OUTPUTS, STATIONARY, DISTINCT),
        better,
        r"v \ne \rho \Rightarrow Q(\rho) < Q(v)",
    ),
    Claim(
        "convex",
        DECOMPOSABLE_FLOW,
        "Q lies above its tangents, whose slope is g",
        (),
        supported,
        r"Q(\rho) + \langle g(\rho), v - \rho\rangle \le Q(v)",
    ),
    Claim(
        "differences-conserved",
        DECOMPOSABLE_FLOW,
        "the gradient flow conserves [U_l^T v_l]_j^2 - [U_k^T v_k]_j^2, from any start",
        (),
        conserved,
        r"\tfrac{d}{dt}\left([U_l^\top v_l]_j^2 - [U_k^\top v_k]_j^2\right) = 0",
    ),
    Claim(
        "frozen-outside-frames",
        DECOMPOSABLE_FLOW,
        "the gradient flow through the data tensor moves every layer in the span of U_l alone, with "
        "d/dt [U_l^T v_l]_j = [S X^T (y - f)]_j prod_{k != l} [U_k^T v_k]_j",
        (FRAMED,),
        through_frames,
        r"(I - U_l U_l^\top)\dot v_l = 0",
    ),
    Claim(
        "outputs-through-tensor",
        DECOMPOSABLE_FLOW,
        "M(x) o (v_1, ..., v_L) = <S x, rho> with rho_j = prod_l [U_l^T v_l]_j",
        (FRAMED,),
        tensor_outputs,
        r"M(x) \circ (v_1, \dots, v_L) = \langle S x, \rho\rangle",
    ),
    Claim(
        "large-scale",
        DECOMPOSABLE_FLOW,
        "Q lies below the weighted l2 norm, by at most (L-1)/6 sum rho^4 (alpha |eta|)^{2-4L}: the limit alpha to "
        "infinity, with its rate",
        (),
        below_weighted_l2,
        r"0 \le \sum_j \frac{\rho_j^2}{2 (\alpha|\eta_j|)^{2L-2}} - Q(\rho) "
        r"\le \frac{L-1}{6} \sum_j \frac{\rho_j^4}{(\alpha|\eta_j|)^{4L-2}}",
    ),
    Claim(
        "small-scale",
        DECOMPOSABLE_FLOW,
        "for three layers or more Q lies below the weighted l1 norm, by at most L/(2(L-2)) sum |rho|^{2/L} whatever "
        "alpha is: the limit alpha to 0 of alpha^{L-2} Q, with its rate",
        (DEEP,),
        near_weighted_l1,
        r"0 \le s_{\max} \sum_j (\alpha|\eta_j|)^{2-L} |\rho_j| - Q(\rho) \le \frac{L}{2(L-2)} \sum_j |\rho_j|^{2/L}",
    ),
    Claim(
        "two-layers-small-scale",
        DECOMPOSABLE_FLOW,
        "for two layers |g_j| exceeds log(4 |rho_j|/(alpha eta_j)^2)/2 by less than (alpha eta_j)^4/(32 rho_j^2): the "
        "weights of the l1 norm grow alike for alpha to 0, as a logarithm",
        (TWO, MOVED),
        near_logarithm,
        r"0 < |g_j| - \tfrac12 \log \frac{4|\rho_j|}{\alpha^2\eta_j^2} < \frac{\alpha^4\eta_j^4}{32 \rho_j^2}",
    ),
    Claim(
        "special-cases",
        TENSOR_NETWORK,
        "diagonal, fully connected and circular-convolutional networks are M(x) o (v_1, ..., v_L), and so are their "
        "derivatives",
        (),
        special_cases,
        r"f(x) = M(x) \circ (v_1, \dots, v_L)",
    ),
)
