"""Loss, its logarithm and one normalised step. Shapes: x [n, d], labels absorbed; w [d]."""

from __future__ import annotations

from typing import Any

from refutable.theorems.domains.normalised_descent.run import Run
from refutable.theorems.exact import sqrt
from refutable.theorems.exact.max_margin import MaxMargin, max_margin
from refutable.theorems.ops.protocol import NotCertified
from refutable.theorems.views import Quantity, View


def _relative(view: View, w: Any) -> tuple[Any, Any]:
    """x_1.w, and exp(x_1.w - x_n.w) [n]: exactly 1 where margins are equal."""
    margins = view.ops.sum(view["x"] * w[..., None, :])
    return margins[..., 0], view.ops.elementary("exp", margins[..., :1] - margins)


def log_loss_at(view: View, w: Any) -> Any:
    """log L(w), L = sum_n exp(-x_n.w)."""
    first, relative = _relative(view, w)
    return view.ops.elementary("log", view.ops.sum(relative)) - first


def log_loss(view: View) -> Any:
    """log L(w)."""
    return log_loss_at(view, view["w"])


def descent(view: View) -> Any:
    """-grad log L(w) = sum_n p_n x_n [d], p_n = exp(-x_n.w) / L(w)."""
    ops, x = view.ops, view["x"]
    _, relative = _relative(view, view["w"])
    shares = relative / ops.spread(ops.sum(relative))
    return x[..., 0, :] + ops.sum((x - x[..., :1, :]) * shares[..., :, None], -2)


def slope_square(view: View) -> Any:
    """g^2 = |grad log L(w)|^2."""
    return view.ops.sum(view["descent"] * view["descent"])


def slope(view: View) -> Any:
    """g = |grad L(w)| / L(w)."""
    return view.ops.norm(view["descent"])


def next_w(view: View) -> Any:
    """w - eta grad L(w) / L(w) [d]."""
    return view["w"] + view["descent"] * view.ops.spread(view["step_size"])


def drop(view: View) -> Any:
    """log L(w) - log L(w+)."""
    return view["log_loss"] - log_loss_at(view, view["next_w"])


def largest_row(view: View) -> Any:
    """max_n |x_n|^2."""
    return view.ops.max(view.ops.sum(view["x"] * view["x"]))


def solved(view: View) -> MaxMargin | None:
    """The maximum margin problem; None where the data are not separable.

    Raises:
        NotCertified: in floats.
    """
    if not view.ops.exact:
        raise NotCertified("the margin is found by exact enumeration")
    return max_margin([tuple(row) for row in view["x"]])


def margin(view: View) -> Any:
    """gamma = max over |w| = 1 of min_n x_n.w.

    Raises:
        ArithmeticError: the data are not separable.
    """
    found = view["solved"]
    if found is None:
        raise ArithmeticError("the data are not separable: their margin is not positive")
    return sqrt(1 / found.squared_norm)


def run(view: View) -> Run:
    """So many steps from w, with step sizes 1/sqrt(t + 1), t = 0, 1, ...

    Raises:
        NotCertified: in floats.
    """
    if not view.ops.exact:
        raise NotCertified("runs are enclosed in balls, one at a time")
    return Run([tuple(row) for row in view["x"]], tuple(view["w"]), view["steps"])


def run_gap(view: View) -> Any:
    """gamma - min_n x_n.w / |w| after the run."""
    return view["margin"] - view["run"].number(lambda end: end.least_margin / end.norm)


def run_margin(view: View) -> Any:
    """min_n x_n.w after the run."""
    return view["run"].number(lambda end: end.least_margin)


def run_decrease(view: View) -> Any:
    """Sum over the run of eta g^2 (1 - eta/2)."""
    return view["run"].number(lambda end: end.decrease)


def run_length(view: View) -> Any:
    """Sum over the run of eta g."""
    return view["run"].number(lambda end: end.length)


QUANTITIES = (
    Quantity("log_loss", log_loss, "log L(w), L = sum_n exp(-x_n.w)", scalar=True),
    Quantity("descent", descent, "-grad log L(w), [d]"),
    Quantity("slope_square", slope_square, "g^2 = |grad log L(w)|^2", scalar=True),
    Quantity("slope", slope, "g = |grad log L(w)|", scalar=True),
    Quantity("next_w", next_w, "w after one normalised step, [d]"),
    Quantity("drop", drop, "log L(w) - log L(w+)", scalar=True),
    Quantity("largest_row", largest_row, "max_n |x_n|^2", scalar=True),
    Quantity("solved", solved, "the maximum margin problem, exactly"),
    Quantity("margin", margin, "gamma, the largest margin of a unit vector", scalar=True),
    Quantity("run", run, "so many steps from w with step sizes 1/sqrt(t + 1), in balls"),
    Quantity("run_gap", run_gap, "gamma - min_n x_n.w / |w| after the run", scalar=True),
    Quantity("run_margin", run_margin, "min_n x_n.w after the run", scalar=True),
    Quantity("run_decrease", run_decrease, "sum over the run of eta g^2 (1 - eta/2)", scalar=True),
    Quantity("run_length", run_length, "sum over the run of eta g", scalar=True),
)
