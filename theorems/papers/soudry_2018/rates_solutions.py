"""Loss, length and margin at late times against the asymptotic curve, in floats."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import sqrt
from typing import Any

from refutable.theorems.checks import Check
from refutable.theorems.claims import Claim
from refutable.theorems.domains.separable import SEPARABLE
from refutable.theorems.domains.separable.dual import along
from refutable.theorems.papers.soudry_2018.assumptions import COMPLEMENTARY, SEPARABLE_DATA, SPANNING
from refutable.theorems.papers.soudry_2018.direction_solutions import positive_alphas
from refutable.theorems.records import Integration
from refutable.theorems.views import View

Formula = Callable[[View], Any]


def _gamma(view: View) -> float:
    return 1 / sqrt(float(view["direction_square"]))


def _ahead(view: View) -> Any:
    """a = s + gamma^2 w_hat.w_tilde."""
    return view["log_time"] + along(view, view["residual_limit"]) * _gamma(view) ** 2


def _curve_length(view: View) -> Any:
    """sqrt(a^2 + B^2)."""
    gamma = _gamma(view)
    across = _across(view)
    return view.ops.sqrt(_ahead(view) ** 2 + view.ops.sum(across * across) * gamma**2)


def _length(view: View) -> Any:
    """gamma |w|."""
    return view.ops.norm(view["w"]) * _gamma(view)


def _gap(view: View) -> Any:
    return _length(view) + view.ops.max(-view["margins"])


def _constant(view: View, end: Callable[[Any], Any] = lambda logs: logs.amax(-1), equal: bool = False) -> Any:
    _, alpha = positive_alphas(view)
    logs = view.ops.elementary("log", alpha)
    weights = alpha * 0 + 1 / alpha.shape[-1] if equal else alpha * _gamma(view) ** 2
    return end(logs) - view.ops.sum(weights * logs)


def _predicted(constant: Formula) -> Formula:
    return lambda view: constant(view) + _curve_length(view) - _ahead(view)


def _across(view: View) -> Any:
    """The part of w_tilde across w_hat."""
    w_tilde = view["residual_limit"]
    return w_tilde - view["direction"] * (along(view, w_tilde) * _gamma(view) ** 2)[..., None]


def _turned(view: View) -> Any:
    """log t |w/|w| - w_hat/|w_hat||."""
    w, w_hat = view["w"], view["direction"]
    return view.ops.norm(w / view.ops.norm(w)[..., None] - w_hat * _gamma(view)) * view["log_time"]


def _turn(width: Formula) -> Formula:
    """log t sqrt(2 - 2 a/c), c = sqrt(a^2 + B^2), without cancellation; it tends to B = width."""

    def formula(view: View) -> Any:
        a, b = _ahead(view), width(view)
        length = view.ops.sqrt(a * a + b * b)
        return view["log_time"] * b * 2**0.5 / view.ops.sqrt(length * (length + a))

    return formula


def _claim(id: str, statement: str, left: Formula, right: Formula) -> Claim:
    def concludes(view: View) -> Iterable[Check]:
        yield Check(left(view), "==", right(view))

    return Claim(id, SEPARABLE, statement, (SEPARABLE_DATA, COMPLEMENTARY, SPANNING), concludes)


def _lost(view: View) -> Any:
    return view.ops.sum(view["timed_losses"])


INTEGRATED = (
    Integration(
        _claim("loss-limit", "eta gamma^2 t L(w) tends to 1", _lost, lambda view: view["direction_square"]),
        decoys=(
            _claim("loss-limit-unsquared", "eta gamma t L(w) tends to 1", _lost, lambda view: 1 / _gamma(view)),
            _claim(
                "loss-limit-without-step-size",
                "gamma^2 t L(w) tends to 1",
                lambda view: _lost(view) / view["step_size"],
                lambda view: view["direction_square"],
            ),
        ),
    ),
    Integration(
        _claim("length-limit", "gamma |w| - sqrt(a^2 + B^2) tends to 0", _length, _curve_length),
        decoys=(
            _claim("length-without-residual", "gamma |w| - log t tends to 0", _length, lambda view: view["log_time"]),
        ),
    ),
    Integration(
        _claim(
            "direction-limit",
            "log t |w/|w| - w_hat/|w_hat|| is in the limit log t sqrt(2 - 2 a/sqrt(a^2 + B^2)), which tends to B = "
            "gamma |w_tilde across w_hat|",
            _turned,
            _turn(lambda view: view.ops.norm(_across(view)) * _gamma(view)),
        ),
        decoys=(
            _claim(
                "direction-limit-without-margin",
                "with |w_tilde across w_hat| in place of B",
                _turned,
                _turn(lambda view: view.ops.norm(_across(view))),
            ),
            _claim(
                "direction-limit-whole-residual",
                "with gamma |w_tilde| in place of B",
                _turned,
                _turn(lambda view: view.ops.norm(view["residual_limit"]) * _gamma(view)),
            ),
        ),
    ),
    Integration(
        _claim(
            "gap-limit",
            "gamma |w| - min x_n.w tends to max log alpha_n - sum p_n log alpha_n + sqrt(a^2 + B^2) - a",
            _gap,
            _predicted(_constant),
        ),
        decoys=(
            _claim(
                "gap-with-least",
                "with min log alpha_n in place of max log alpha_n",
                _gap,
                _predicted(lambda view: _constant(view, lambda logs: logs.amin(-1))),
            ),
            _claim(
                "gap-with-equal-weights",
                "with the plain average of log alpha_n",
                _gap,
                _predicted(lambda view: _constant(view, equal=True)),
            ),
            _claim(
                "gap-with-step-size",
                "with log eta added",
                _gap,
                _predicted(lambda view: _constant(view) + view.ops.elementary("log", view["step_size"])),
            ),
        ),
    ),
)
