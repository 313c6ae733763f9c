"""What is seen of solutions on ladder data: the conserved quantity, and that w_m follows log w_{m-1}."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from refutable.theorems.checks import Check
from refutable.theorems.claims import Claim
from refutable.theorems.domains.iterated_margins import ITERATED_MARGINS
from refutable.theorems.papers.soudry_2018.degenerate_claims import LADDER
from refutable.theorems.records import Integration
from refutable.theorems.views import View


def _last_two(view: View, state: str, linear: bool = True) -> Any:
    w = view[state]
    found = w[..., -2] - view.ops.elementary("exp", w[..., -1])
    return found - w[..., -1] if linear else found


def _kept(linear: bool) -> Any:
    def concludes(view: View) -> Iterable[Check]:
        yield Check(_last_two(view, "w", linear), "==", _last_two(view, "start", linear))

    return concludes


def _log(view: View, a: Any) -> Any:
    return view.ops.elementary("log", a)


def _follows(view: View) -> Iterable[Check]:
    """log((1 + w_{m-1})/2) <= w_m <= log(1 + 2 w_{m-1}), from 0."""
    w = view["w"]
    yield Check(_log(view, (1 + w[..., :-1]) / 2), "<=", w[..., 1:])
    yield Check(w[..., 1:], "<=", _log(view, 1 + 2 * w[..., :-1]))


def _bounded(view: View) -> Iterable[Check]:
    yield Check(view["w"][..., 1:], "<=", view.ops.ratio(2))


def _as_log_time(view: View) -> Iterable[Check]:
    w = view["w"]
    yield Check(w[..., :-1] / 2, "<=", w[..., 1:])


def _claim(id: str, statement: str, concludes: Any, latex: str = "") -> Claim:
    return Claim(id, ITERATED_MARGINS, statement, (LADDER,), concludes, latex)


INTEGRATED = (
    Integration(
        _claim(
            "two-last-stages-solved",
            "on ladder data w_{M-1} - w_M - exp(w_M) is what it was at the start",
            _kept(True),
            r"w_{M-1} - w_M - e^{w_M} = \text{const}",
        ),
        (_claim("two-last-stages-without-linear", "w_{M-1} - exp(w_M) is what it was", _kept(False)),),
    ),
    Integration(
        _claim(
            "stages-follow-logarithms",
            "from w = 0 on ladder data log((1 + w_{m-1})/2) <= w_m <= log(1 + 2 w_{m-1}) for every stage m >= 2",
            _follows,
            r"\log\tfrac{1 + w_{m-1}}{2} \le w_m \le \log(1 + 2 w_{m-1})",
        ),
        (
            _claim("stages-bounded", "w - what_1 log t is bounded: w_m <= 2 for m >= 2", _bounded),
            _claim("stages-as-log-time", "w_m grows as w_{m-1} does: w_m >= w_{m-1} / 2", _as_log_time),
        ),
    ),
)
