"""Delay with a Hessian: its largest eigenvalue decides; and stability in the mean is not stability in mean square."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from flint import fmpq

from refutable.theorems.checks import Check
from refutable.theorems.claims import Assumption, Claim
from refutable.theorems.domains.delayed_descent import DELAYED_DESCENT
from refutable.theorems.instances import Instance
from refutable.theorems.papers.giladi_2020.momentum_claims import Formula
from refutable.theorems.records import Mutant, Necessity
from refutable.theorems.views import View


def descent(
    hessians: Sequence[Any],
    step_size: fmpq | int,
    delay: int,
    gain: fmpq | int | None = None,
    direction: Sequence[fmpq | int] | None = None,
) -> Instance:
    """SGD with delay on the losses of these Hessians; numbers stand for 1 x 1 matrices."""
    matrices = [h if isinstance(h, list) else [[h]] for h in hessians]
    return DELAYED_DESCENT.instance(hessians=matrices, step_size=step_size, delay=delay, gain=gain, direction=direction)


def _fact(id: str, statement: str, name: str, wanted: bool = True) -> Assumption:
    def checks(view: View) -> Iterable[Check]:
        yield Check(view[name] == wanted, "true", reason="" if view[name] == wanted else f"not so: {statement}")

    return Assumption(id, statement, checks)


STABLE = _fact("descent-stable", "E x_t -> 0 from every start", "stable_in_mean")
UNSTABLE = _fact("descent-unstable", "E x_t does not tend to 0 from every start", "stable_in_mean", False)
SQUARE_STABLE = _fact("square-stable", "E x_t x_t^T -> 0 from every start", "stable_in_mean_square")
SQUARE_UNSTABLE = _fact(
    "square-unstable", "E x_t x_t^T does not tend to 0 from every start", "stable_in_mean_square", False
)
DEFINITE = _fact("positive-definite", "the mean Hessian H is positive definite", "positive_definite")
GAIN_STABLE = _fact("gain-stable", "every root of z^{tau+1} - z^tau + t has modulus < 1", "gain_stable")
GAIN_UNSTABLE = _fact("gain-unstable", "some root of z^{tau+1} - z^tau + t has modulus >= 1", "gain_stable", False)


def _gap(view: View) -> Any:
    """t I - eta H [p, p]."""
    scaled = view["mean_hessian"] * view["step_size"]
    return view.ops.identity(scaled) * view["gain"] - scaled


def _along(view: View) -> Iterable[Check]:
    v = view["direction"]
    square = view.ops.sum(v * v)
    yield Check(0, "<", square, "the direction is not 0")
    yield Check(view["gain"] * square, "<=", view["gain_along"])


BELOW_GAIN = Assumption(
    "hessian-below-gain", "t I - eta H is positive semidefinite", lambda view: [Check(_gap(view), "psd")]
)
POSITIVE_GAIN = Assumption("positive-gain", "t > 0", lambda view: [Check(0, "<", view["gain"])])
ALONG = Assumption("curved-along", "v is not 0 and eta v^T H v is at least t v^T v", _along)


def _claim(id: str, statement: str, assumes: tuple[Assumption, ...], *checks: Formula, latex: str = "") -> Claim:
    return Claim(id, DELAYED_DESCENT, statement, assumes, lambda view: [check(view) for check in checks], latex)


HESSIAN_SUFFICIENT = _claim(
    "hessian-sufficient",
    "if H is positive definite and t I - eta H positive semidefinite for a gain t whose scalar iteration is stable, "
    "eta lambda_max(H) is below the threshold and the iteration in R^p is stable in the mean",
    (DEFINITE, GAIN_STABLE, BELOW_GAIN),
    lambda view: Check(view["top_gain"], "<", view["threshold"]),
    lambda view: Check(view["stable_in_mean"], "true", label="stable in the mean"),
    latex=r"H \succ 0,\; tI - \eta H \succeq 0,\; t \text{ stable} \Rightarrow "
    r"\eta\lambda_{\max}(H) < 2\sin\frac{\pi}{4\tau+2} \text{ and } E x_t \to 0",
)
HESSIAN_NECESSARY = _claim(
    "hessian-necessary",
    "if eta v^T H v >= t v^T v along some v for a gain t > 0 whose scalar iteration is not stable, eta lambda_max(H) "
    "is at least the threshold and the iteration in R^p is not stable in the mean",
    (POSITIVE_GAIN, GAIN_UNSTABLE, ALONG),
    lambda view: Check(view["threshold"], "<=", view["top_gain"]),
    lambda view: Check(not view["stable_in_mean"], "true", label="not stable in the mean"),
    latex=r"\eta v^T H v \ge t\, v^T v,\; t > 0 \text{ unstable} \Rightarrow "
    r"2\sin\frac{\pi}{4\tau+2} \le \eta\lambda_{\max}(H)",
)
LINKS = (
    _claim(
        "largest-eigenvalue-decides",
        "if the iteration in R^p is stable in the mean, H is positive definite and eta lambda_max(H) is below the "
        "threshold",
        (STABLE,),
        lambda view: Check(view["top_gain"], "<", view["threshold"]),
        lambda view: Check(view["positive_definite"], "true", label="positive definite"),
        latex=r"E x_t \to 0 \Rightarrow 0 \prec \eta H,\; \eta\lambda_{\max}(H) < 2\sin\frac{\pi}{4\tau+2}",
    ),
    _claim(
        "mean-square-implies-mean",
        "SGD with delay that is stable in mean square is stable in the mean: eta lambda_max(H) is below the threshold",
        (SQUARE_STABLE,),
        lambda view: Check(view["top_gain"], "<", view["threshold"]),
        lambda view: Check(view["stable_in_mean"], "true", label="stable in the mean"),
        latex=r"E x_t x_t^T \to 0 \Rightarrow E x_t \to 0",
    ),
)
TWO_SAMPLES = descent((0, 2), fmpq(9, 10), 1)
"""Curvatures 0 and 2, mean 1, delay 1: the mean contracts by 0.9487 a step, the mean square grows by 1.383."""

NECESSITY = (
    Necessity("positive-definite", descent((-1,), 1, 0, 1), "x_{t+1} = 2 x_t", "hessian-sufficient"),
    Necessity("gain-stable", descent((3,), 1, 0, 3), "t = 3 = eta H: x_{t+1} = -2 x_t", "hessian-sufficient"),
    Necessity("hessian-below-gain", descent((3,), 1, 0, 1), "t = 1 < eta H = 3", "hessian-sufficient"),
    Necessity("positive-gain", descent((1,), 1, 0, -1, (1,)), "t = -1 is unstable, eta H = 1 not", "hessian-necessary"),
    Necessity("gain-unstable", descent((1,), 1, 0, 1, (1,)), "t = 1 = eta H is stable", "hessian-necessary"),
    Necessity("curved-along", descent((1,), 1, 0, 3, (1,)), "eta H = 1 < t = 3", "hessian-necessary"),
    Necessity("descent-stable", descent((3,), 1, 0), "x_{t+1} = -2 x_t", "largest-eigenvalue-decides"),
    Necessity("square-stable", descent((3,), 1, 0), "x_{t+1} = -2 x_t", "mean-square-implies-mean"),
)


def _trace(view: View) -> Any:
    h = view["mean_hessian"]
    return sum((h[i, i] for i in range(len(h))), fmpq(0)) * view["step_size"]


def _largest_entry(view: View) -> Any:
    h = view["mean_hessian"]
    return max(h[i, i] for i in range(len(h))) * view["step_size"]


def _sharpest_sample(view: View) -> Any:
    ops, tops = view.ops, [view.ops.top_eigenvalue(h * view["step_size"]) for h in view["hessians"]]
    largest = tops[0]
    for top in tops[1:]:
        largest = ops.maximum(largest, top)
    return largest


def _needs(id: str, name: str, size: Formula, why: str, killer: Instance) -> Mutant:
    """Stability in the mean would need a size below the threshold."""
    statement = f"an iteration in R^p that is stable in the mean has {name} below 2 sin(pi / (4 tau + 2))"
    claim = _claim(id, statement, (STABLE,), lambda view: Check(size(view), "<", view["threshold"]))
    return Mutant(id, claim, why, killer)


def _suffices(id: str, name: str, size: Formula, why: str, killer: Instance, *assumes: Assumption) -> Mutant:
    """A size below the threshold would make it stable (contrapositive)."""
    statement = f"H positive definite and {name} below 2 sin(pi / (4 tau + 2)) make it stable (contrapositive)"
    claim = _claim(id, statement, (DEFINITE, *assumes), lambda view: Check(view["threshold"], "<=", size(view)))
    return Mutant(id, claim, why, killer)


MUTANTS = (
    _suffices(
        "mean-square-alike",
        "eta lambda_max(H) (for stability in mean square)",
        lambda view: view["top_gain"],
        "the mean square of curvatures 0 and 2 grows at a step size at which the mean decays",
        TWO_SAMPLES,
        SQUARE_UNSTABLE,
    ),
    _needs(
        "sharpest-sample-decides",
        "eta times the largest eigenvalue of any single loss",
        _sharpest_sample,
        "the mean Hessian decides the mean: curvatures 0 and 2 are stable at eta = 9/10, where eta * 2 > 1",
        TWO_SAMPLES,
    ),
    _needs(
        "trace-decides",
        "eta tr H",
        _trace,
        "the largest eigenvalue decides, not their sum",
        descent(([[1, 0], [0, 1]],), fmpq(3, 2), 0),
    ),
    _suffices(
        "mean-eigenvalue-decides",
        "eta times the mean eigenvalue of H",
        lambda view: _trace(view) / len(view["mean_hessian"]),
        "the largest eigenvalue decides, not their mean",
        descent(([[3, 0], [0, fmpq(1, 2)]],), 1, 0),
        UNSTABLE,
    ),
    _suffices(
        "largest-entry-decides",
        "eta times the largest diagonal entry of H",
        _largest_entry,
        "the largest eigenvalue is larger where H is not diagonal",
        descent(([[fmpq(3, 2), 1], [1, fmpq(3, 2)]],), 1, 0),
        UNSTABLE,
    ),
)
