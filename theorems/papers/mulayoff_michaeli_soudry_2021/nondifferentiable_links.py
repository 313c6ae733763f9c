"""Steps of the bounds for minima with kinks on data: starts that cannot leave, mean gradients, the weights."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from refutable.theorems.assumptions.shallow_relu import ALL_TRAINED, INTERPOLATING
from refutable.theorems.assumptions.strong_stability import KINK_ON_DATUM, MODES_STABLE, STRONGLY_STABLE
from refutable.theorems.checks import Check
from refutable.theorems.claims import Assumption, Claim
from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.domains.shallow_relu.forward import is_trained
from refutable.theorems.domains.shallow_relu.modes import Mode, proposed
from refutable.theorems.papers.mulayoff_michaeli_soudry_2021.common_eigenvector_formulas import curved
from refutable.theorems.views import View

POWER_STEPS = 6


def _decrease_forms(view: View) -> Iterable[Check]:
    """2 H_m - eta H_m^2 of every mode."""
    for mode in view["modes"]:
        hessian = mode.view["gauss_newton"]
        yield Check(2 * hessian - view.ops.spread(view["step_size"], 2) * view.ops.matmul(hessian, hessian), "psd")


LEMMA_3 = Claim(
    "lemma-3",
    SHALLOW_RELU,
    "lambda_m <= 2/eta for a mode makes 2 H_m - eta H_m^2 positive semidefinite: no start in it leaves in one step "
    "(as read, Lemma 3 at interpolation)",
    (MODES_STABLE,),
    _decrease_forms,
    r"\lambda_m \le \tfrac2\eta \implies 2 H_m - \eta H_m^2 \succeq 0",
)


def starts(view: View) -> Iterator[Any]:
    """Rational starts v [P] near each mode's mean gradient and top eigenvector, of both signs, and in its cone."""
    for mode in view["modes"]:
        phi = mode.view["features"]
        mean = view.ops.sum(view.ops.transpose(phi))
        inward = sum((s * row for s, row in zip(mode.signs, view["toggle_normals"], strict=True)), 0 * mean)
        top = mean + phi[-1]
        for _ in range(POWER_STEPS):
            top = _rounded(view, curved(mode.view, top))
        for v in (mean, top, inward):
            yield v
            yield -v
        yield inward + top
        yield inward - top


def _rounded(view: View, v: Any) -> Any:
    largest = max(abs(c) for c in v)
    return v if largest == 0 else view.ops.array([(c / largest * 2**16).floor() * view.ops.ratio(1, 2**16) for c in v])


def mode_of(view: View, v: Any) -> Mode | None:
    """The mode whose open cone holds the start; None on a border."""
    heights = [view.ops.sum(row * v) for row in view["toggle_normals"]]
    if any(h == 0 for h in heights):
        return None
    signs = tuple(1 if h > 0 else -1 for h in heights)
    modes: tuple[Mode, ...] = view["modes"]
    return next(mode for mode in modes if mode.signs == signs)


def leaving(stretch: int) -> Callable[[View], Iterable[Check]]:
    """|(I - eta' H_m) v|^2 <= |v|^2 for each start v in its own mode m, eta' = eta stretch/2."""

    def checks(view: View) -> Iterable[Check]:
        if proposed(view):
            yield from _float_leaving(view, stretch)
            return
        for v in starts(view):
            mode = mode_of(view, v)
            if mode is not None and any(v):
                after = v - view["step_size"] * view.ops.ratio(stretch, 2) * curved(mode.view, v)
                yield Check(view.ops.sum(after * after), "<=", view.ops.sum(v * v))

    return checks


def _float_leaving(view: View, stretch: int) -> Iterable[Check]:
    """The same on a float batch, for the mean gradient and the top eigenvector; 0 <= |v|^2 outside the mode's cone."""
    ops, step = view.ops, view.ops.spread(view["step_size"] * view.ops.ratio(stretch, 2))
    for mode in view["modes"]:
        mean = ops.sum(ops.transpose(mode.view["features"]))
        top = mean
        for _ in range(POWER_STEPS):
            top = curved(mode.view, top)
            size = ops.norm(top)
            top = top / ops.spread(size + ops.zero(size))
        for v in (mean, -mean, top, -top):
            after = v - step * curved(mode.view, v)
            yield Check(ops.sum(after * after) * _in_cone(view, mode, v), "<=", ops.sum(v * v))


def _in_cone(view: View, mode: Mode, v: Any) -> Any:
    """1 where v moves every kink on data to the side that the mode has it on, else 0 [B]."""
    ops, (k, d) = view.ops, view["w1"].shape[-2:]
    start, heights = 0, view["preactivation"] * 0
    if is_trained(view, "w1"):
        start = k * d
        heights = heights + ops.matmul(view["x"], ops.transpose(v[..., :start].reshape(*v.shape[:-1], k, d)))
    if is_trained(view, "b1"):
        heights = heights + v[..., None, start : start + k]
    on = mode.view["active"] - view["active"]
    wrong = on * (1 - ops.positive(heights)) + (view["toggling"] - on) * (1 - ops.positive(-heights))
    return 1 - ops.max(ops.max(wrong))


NO_START_LEAVES = Claim(
    "no-start-leaves",
    SHALLOW_RELU,
    "at a strongly stable minimum none of a list of starts, each in its own mode, is farther away after one step",
    (INTERPOLATING, STRONGLY_STABLE, KINK_ON_DATUM),
    leaving(2),
    r"\|(I - \eta H_{m(v)}) v\| \le \|v\|",
)


def _one_step(view: View) -> Iterable[Check]:
    """The squared length of (I - eta H_m) e, from the Hessian itself, and from the mean gradient."""
    eta = view["step_size"]
    for mode in view["modes"]:
        hessian = mode.view["gauss_newton"]
        column = view.ops.identity(hessian)[..., -1] - view.ops.spread(eta) * hessian[..., -1]
        from_mean_gradient = 1 - 2 * eta + eta * eta * mode.view["mean_gradient_square"]
        yield Check(view.ops.sum(column * column), "==", from_mean_gradient)


def _mean_gradients(view: View) -> Iterable[Check]:
    for mode in view["modes"]:
        yield Check(mode.view["mean_gradient_square"], "<=", view["stability_threshold"])


def links(assumes: tuple[Assumption, ...], bound: Callable[[View], Any]) -> tuple[Claim, ...]:
    """The steps, for the assumptions and the right side of the bound."""
    return (
        LEMMA_3,
        NO_START_LEAVES,
        Claim(
            "one-step",
            SHALLOW_RELU,
            "from a start along the output bias, in mode m: |(I - eta H_m) e|^2 = 1 - 2 eta + eta^2 |E grad_m f|^2",
            (ALL_TRAINED[3], KINK_ON_DATUM),
            _one_step,
            r"\|(I-\eta H_m)e\|^2 = 1 - 2\eta + \eta^2 \|\mathbb{E}\nabla_m f\|^2",
        ),
        Claim(
            "mode-mean-gradient",
            SHALLOW_RELU,
            "|E grad_m f|^2 <= 2/eta for every mode m of a strongly stable interpolating minimum",
            (ALL_TRAINED[3], INTERPOLATING, STRONGLY_STABLE),
            _mean_gradients,
            r"\|\mathbb{E}\nabla_m f\|^2 \le \frac2\eta",
        ),
        Claim(
            "kinks-off",
            SHALLOW_RELU,
            "1 + 2 ||f|| <= |E grad_m f|^2 for the mode m with all kinks off",
            (*ALL_TRAINED, KINK_ON_DATUM),
            lambda view: [Check(1 + 2 * view["stability_norm"], "<=", view["mode_mean_gradient_squares"][0])],
            r"1 + 2\|f\|_{\mathcal{R},g} \le \|\mathbb{E}\nabla_{\mathrm{off}} f\|^2",
        ),
        Claim(
            "inclusive-weight",
            SHALLOW_RELU,
            "the bound also holds with P(X <= x) for P(X < x) in the weight, and with the larger of the two on each "
            "side before the smaller side is taken",
            assumes,
            lambda view: [
                Check(view["widest_norm"], "<=", bound(view)),
                Check(view["inclusive_norm"], "<=", bound(view)),
            ],
            r"\|f\|_{\mathcal{R},\bar g} \le \frac1\eta - \frac12",
        ),
    )
