"""Pairs of a datum and a wrong class: their maximum margin problem, and the flow of what is left beside log t.

W = What log t + rho; a pair's exponential is z_{nk} = exp(-(rho_{y_n} - rho_k).x_n). Its row is (e_{y_n} - e_k) x_n^T.
A pair beyond the margin, at margin m > 1, has multiplier 0 and the loss z t^-m, which falls faster than 1/t.
Shapes: x [n, d]; exponentials and multipliers [n, k], k one less than the number c of classes, wrong classes in order.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flint import fmpq

from refutable.theorems.domains.separable.dual import constant, constants, simplest_rows
from refutable.theorems.exact.max_margin import MaxMargin, max_margin
from refutable.theorems.views import Quantity, View


def structure(view: View) -> Mapping[str, Any]:
    """Labels as integers, and the maximum margin problem of the pairs (None where they are not separable).

    A float batch must hold one instance.
    """
    exact = view.ops.exact
    x = [list(row) for row in (view["x"] if exact else simplest_rows(view["x"]))]
    raw = view["labels"] if exact else view["labels"].detach().cpu().reshape(-1).tolist()
    labels = tuple(int(q.p) if isinstance(q, fmpq) else round(float(q)) for q in raw)
    classes = int(view["exponentials"].shape[-1]) + 1
    return {"differences": differences(labels, classes), "solved": max_margin(lifted(x, labels, classes))}


def differences(labels: tuple[int, ...], classes: int) -> list[list[list[int]]]:
    """e_{y_n} - e_k [n][k][c]; labels count from 1."""
    out = []
    for label in labels:
        wrong = [k for k in range(1, classes + 1) if k != label]
        out.append([[int(c == label) - int(c == k) for c in range(1, classes + 1)] for k in wrong])
    return out


def lifted(x: list[list[fmpq]], labels: tuple[int, ...], classes: int) -> list[list[fmpq]]:
    """The rows of all pairs as vectors [n k][c d]."""
    return [
        [sign * entry for sign in pair for entry in row]
        for row, pairs in zip(x, differences(labels, classes), strict=True)
        for pair in pairs
    ]


def found(view: View) -> MaxMargin:
    """The maximum margin problem.

    Raises:
        ArithmeticError: no weights classify all data.
    """
    one: MaxMargin | None = view["solved"]
    if one is None:
        raise ArithmeticError("the data are not separable: there is no maximum margin")
    return one


def _shape(view: View) -> tuple[int, int, int]:
    n, k = (int(size) for size in view["exponentials"].shape[-2:])
    return n, k, int(view["x"].shape[-1])


def _signs(view: View) -> Any:
    """The differences [n, k, c] in the view's arithmetic."""
    return constants(view.ops, [[[fmpq(s) for s in pair] for pair in pairs] for pairs in view["differences"]])


def multipliers(view: View) -> Any:
    """alpha [n, k]."""
    n, k, _ = _shape(view)
    flat = found(view).multipliers
    return constants(view.ops, [[flat[i * k + j] for j in range(k)] for i in range(n)])


def on_support(view: View) -> Any:
    """1 for support pairs, 0 for pairs beyond the margin [n, k]."""
    n, k, _ = _shape(view)
    support = set(found(view).support)
    return constants(view.ops, [[fmpq(i * k + j in support) for j in range(k)] for i in range(n)])


def margins(view: View) -> Any:
    """(what_{y_n} - what_k).x_n >= 1 [n, k]."""
    return margins_of(view, view["direction"])


def direction(view: View) -> Any:
    """What [c, d]."""
    _, k, d = _shape(view)
    flat = found(view).direction
    return constants(view.ops, [[flat[c * d + i] for i in range(d)] for c in range(k + 1)])


def direction_square(view: View) -> Any:
    """|What|^2 = 1/gamma^2."""
    return constant(view.ops, sum((q * q for q in found(view).direction), fmpq(0)))


def margins_of(view: View, weights: Any) -> Any:
    """(w_{y_n} - w_k).x_n for weights [c, d]: [n, k]."""
    scores = view.ops.matmul(view["x"], view.ops.transpose(weights))
    return view.ops.sum(_signs(view) * scores[..., :, None, :])


def combined(view: View, shares: Any) -> Any:
    """sum_{nk} shares_{nk} (e_{y_n} - e_k) x_n^T [c, d], for shares [n, k] of rationals or floats."""
    per_datum = view.ops.sum(_signs(view) * shares[..., :, :, None], -2)
    return view.ops.matmul(view.ops.transpose(per_datum), view["x"])


def field(view: View) -> Any:
    """d rho/ds = eta sum z row - What [c, d], over support pairs: the flow in s = log t once t is large."""
    eta = view.ops.spread(view["step_size"], 2)
    return combined(view, view["exponentials"] * view["on_support"]) * eta - view["direction"]


def exponential_velocity(view: View) -> Any:
    """dz/ds = -z row.(d rho/ds) [n, k]."""
    return -view["exponentials"] * margins_of(view, view["field"])


def limit_exponentials(view: View) -> Any:
    """alpha / eta [n, k]: 0 for pairs beyond the margin, of which the limit asks nothing."""
    return view["multipliers"] / view.ops.spread(view["step_size"], 2)


def pair_losses(view: View) -> Any:
    """P = eta t exp(-(W_y - W_k).x_n) at W = What log t + rho [n, k].

    rho is the limit: P is alpha for support pairs; eta z t^(1 - m) for pairs beyond the margin, whatever their z.
    """
    ops, eta = view.ops, view.ops.spread(view["step_size"], 2)
    beyond = ops.ratio(1) - view["on_support"]
    faster = ops.elementary(
        "exp", (ops.ratio(1) - view["margins"]) * ops.spread(ops.elementary("log", view["time"]), 2)
    )
    return view["multipliers"] + view["exponentials"] * eta * beyond * faster


def datum_losses(view: View) -> Any:
    """P_n = sum over wrong classes of P [n]: alphas and what pairs beyond the margin add."""
    return view.ops.sum(view["pair_losses"])


def _along(view: View) -> Any:
    """P_n / (eta t) [n]: a datum's loss there is log(1 + this)."""
    return view["datum_losses"] / view.ops.spread(view["step_size"] * view["time"])


def loss_times_time(view: View) -> Any:
    """t L at W = What log t + rho, rho the limit."""
    ops = view.ops
    return ops.sum(ops.elementary("log", _along(view) + ops.ratio(1))) * view["time"]


def softmax_weights(view: View) -> Any:
    """eta t times the wrong classes' probabilities there [n, k]: P / (1 + P_n / (eta t))."""
    return view["pair_losses"] / (_along(view) + view.ops.ratio(1))[..., :, None]


def datum_multipliers(view: View) -> Any:
    """A_n = sum over wrong classes of alpha [n]."""
    return view.ops.sum(view["multipliers"])


QUANTITIES = (
    Quantity("max_margin", found, "the maximum margin problem of the pairs"),
    Quantity("multipliers", multipliers, "alpha, [n, k]"),
    Quantity("on_support", on_support, "1 for support pairs, 0 beyond the margin, [n, k]"),
    Quantity("margins", margins, "(what_{y_n} - what_k).x_n, [n, k]"),
    Quantity("pair_losses", pair_losses, "eta t exp(-(W_y - W_k).x_n) on the curve, [n, k]"),
    Quantity("datum_losses", datum_losses, "P_n = its sum over wrong classes, [n]"),
    Quantity("direction", direction, "What, [c, d]"),
    Quantity("direction_square", direction_square, "|What|^2 = 1/gamma^2", scalar=True),
    Quantity("field", field, "d rho/ds = eta sum z (e_y - e_k) x^T - What over support pairs, [c, d]"),
    Quantity("exponential_velocity", exponential_velocity, "dz/ds, [n, k]"),
    Quantity("limit_exponentials", limit_exponentials, "alpha/eta, [n, k]"),
    Quantity("loss_times_time", loss_times_time, "t L on the curve What log t + rho at its limit", scalar=True),
    Quantity("softmax_weights", softmax_weights, "eta t times the probabilities of wrong classes there, [n, k]"),
    Quantity("datum_multipliers", datum_multipliers, "A_n = sum over wrong classes of alpha, [n]"),
)
