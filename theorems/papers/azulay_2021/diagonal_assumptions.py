"""Hypotheses about states of diagonal networks along gradient flow."""

from __future__ import annotations

from collections.abc import Iterable

from refutable.theorems.checks import Check
from refutable.theorems.claims import Assumption
from refutable.theorems.views import View


def _unbiased(view: View) -> Iterable[Check]:
    yield Check(view["u_plus0"], "==", view["u_minus0"], "u_+(0) and u_-(0)")
    yield Check(view["v_plus0"], "==", view["v_minus0"], "v_+(0) and v_-(0)")


def _grown(view: View) -> Iterable[Check]:
    rho = view["growth"]
    yield Check(0, "<", rho, "growth rho")
    (up, less, down, more), start = view["factors"], view["factors0"]
    yield Check(up, "==", start[0] * rho, "u_+ + v_+")
    yield Check(less, "==", start[1] * rho, "u_- - v_-")
    yield Check(down * rho, "==", start[2], "u_+ - v_+")
    yield Check(more * rho, "==", start[3], "u_- + v_-")


def _reached(view: View) -> Iterable[Check]:
    yield from _grown(view)
    yield Check(view["reached"], "true", reason="log rho is not in the row space of X" if not view["reached"] else "")


def _both_signs(view: View) -> Iterable[Check]:
    c_plus, c_minus = view["balances"]
    yield Check(0, "<", c_plus, "C_+")
    yield Check(0, "<", c_minus, "C_-")


def _same_predictions(view: View) -> Iterable[Check]:
    yield Check(view.ops.matvec(view["x"], view["other"]), "==", view.ops.matvec(view["x"], view["w"]), "X v and X w")


def _different(view: View) -> Iterable[Check]:
    gap = view["other"] - view["w"]
    yield Check(0, "<", view.ops.sum(gap * gap), "|v - w|^2")


UNBIASED = Assumption("unbiased", "u_+(0) = u_-(0) and v_+(0) = v_-(0): the network starts at w = 0", _unbiased)
LIVE = Assumption("live", "k_i > 0 for every input: its plus weights do not both start at 0",
                  lambda view: [Check(0, "<", view["root_k"], "sqrt(k)")])  # fmt: skip
LIVE_BOTH = Assumption("live-both-signs", "C_+ > 0 and C_- > 0 for every input", _both_signs)
GROWN = Assumption(
    "grown",
    "with some rho > 0, u_+ + v_+ and u_- - v_- are rho times as large as at the start, u_+ - v_+ and u_- + v_- "
    "1/rho times: every state of gradient flow is such a one, whatever the data",
    _grown,
)
REACHED = Assumption(
    "reached",
    "the state is one that gradient flow reaches: grown from its start by rho = exp(X^T nu) with some multipliers nu",
    _reached,
)
SAME_PREDICTIONS = Assumption("same-predictions", "X v = X w", _same_predictions)
DIFFERENT = Assumption("different", "v is not w", _different)
