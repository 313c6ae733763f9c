"""All batches of a size with their probabilities, and the losses after one step with each."""

from __future__ import annotations

from collections import Counter
from itertools import combinations, combinations_with_replacement
from math import comb, factorial, prod
from typing import Any

import numpy as np
from flint import fmpq

from refutable.theorems.domains.minibatch_descent.expected import Weighted, expected_loss
from refutable.theorems.exact import Computed, sqrt
from refutable.theorems.exact.max_margin import MaxMargin, max_margin
from refutable.theorems.ops.protocol import NotCertified
from refutable.theorems.views import Quantity, View


def distinct(n: int, size: int) -> Weighted:
    """Batches of distinct data, all as likely."""
    return [(fmpq(1, comb(n, size)), chosen) for chosen in combinations(range(n), size)]


def independent(n: int, size: int) -> Weighted:
    """Batches of independent draws, up to order."""
    found = []
    for chosen in combinations_with_replacement(range(n), size):
        orders = factorial(size) // prod(factorial(c) for c in Counter(chosen).values())
        found.append((fmpq(orders, n**size), chosen))
    return found


def count(view: View) -> int:
    """N, the number of data."""
    return int(view["x"].shape[-2])


def loss(view: View) -> Any:
    """L(w): the mean of log(1 + exp(-x_n.w))."""
    ops = view.ops
    margins = ops.sum(view["x"] * view["w"][..., None, :])
    return ops.mean(ops.elementary("log", ops.elementary("exp", -margins) + ops.ratio(1)))


def pulls(view: View) -> Any:
    """-l'(x_n.w) = 1/(1 + exp(x_n.w)) [n]."""
    ops = view.ops
    return ops.ratio(1) / (ops.elementary("exp", ops.sum(view["x"] * view["w"][..., None, :])) + ops.ratio(1))


def pull_square(view: View) -> Any:
    """Sum of l'(x_n.w)^2."""
    return view.ops.sum(view["pulls"] * view["pulls"])


def relative_pulls(view: View) -> Any:
    """l'(x_n.w) / l'(x_1.w) [n]: exactly 1 where margins are equal."""
    ops, one = view.ops, view.ops.ratio(1)
    margins = ops.sum(view["x"] * view["w"][..., None, :])
    excess = ops.elementary("exp", margins[..., :1] - margins) - one
    return excess * (one / (ops.elementary("exp", -margins) + one)) + one  # a product, so that 0 stays exactly 0


def _exact(view: View) -> None:
    if not view.ops.exact:
        raise NotCertified("batches are enumerated exactly, not in floats")


def _expected(view: View, batches: Weighted) -> Computed:
    _exact(view)
    rows, w, eta = [tuple(row) for row in view["x"]], tuple(view["w"]), view["step_size"]
    return Computed(lambda bits: expected_loss(rows, w, eta, batches))


def after_distinct(view: View) -> Any:
    """Mean of L(w+) over batches of distinct data.

    Raises:
        NotCertified: in floats.
    """
    return _expected(view, distinct(count(view), view["batch_size"]))


def after_independent(view: View) -> Any:
    """Mean of L(w+) over batches of independent draws.

    Raises:
        NotCertified: in floats.
    """
    return _expected(view, independent(count(view), view["batch_size"]))


def _step(view: View, batch: tuple[int, ...]) -> Any:
    """The gradient's negative of a batch, over B |l'(x_1.w)| [d]."""
    chosen = list(batch)
    moved = view["x"][..., chosen, :] * view["relative_pulls"][..., chosen][..., :, None]
    return view.ops.sum(moved, -2) / view.ops.ratio(len(chosen))


def expected_square(view: View) -> Any:
    """Mean over batches of distinct data of |gradient of the batch's mean loss|^2, over l'(x_1.w)^2.

    Raises:
        NotCertified: in floats.
    """
    return _mean_square(view, distinct(count(view), view["batch_size"]))


def independent_square(view: View) -> Any:
    """The same for batches of independent draws.

    Raises:
        NotCertified: in floats.
    """
    return _mean_square(view, independent(count(view), view["batch_size"]))


def _mean_square(view: View, batches: Weighted) -> Any:
    _exact(view)
    total = view.ops.ratio(0)
    for probability, batch in batches:
        step = _step(view, batch)
        total = total + view.ops.sum(step * step) * probability
    return total


def gradient_square(view: View) -> Any:
    """|grad L(w)|^2 over l'(x_1.w)^2."""
    step = _step(view, tuple(range(count(view))))
    return view.ops.sum(step * step)


def relative_square(view: View) -> Any:
    """Sum of l'(x_n.w)^2 over l'(x_1.w)^2."""
    return view.ops.sum(view["relative_pulls"] * view["relative_pulls"])


def sigma_square(view: View) -> Any:
    """Largest eigenvalue of X X^T: the square of the largest singular value."""
    return view.ops.top_eigenvalue(view.ops.matmul(view["x"], view.ops.transpose(view["x"])))


def solved(view: View) -> MaxMargin | None:
    """The maximum margin problem; None where the data are not separable.

    Raises:
        NotCertified: in floats.
    """
    _exact(view)
    return max_margin([tuple(row) for row in view["x"]])


def found(view: View) -> MaxMargin:
    """The maximum margin problem.

    Raises:
        ArithmeticError: the data are not separable.
    """
    one: MaxMargin | None = view["solved"]
    if one is None:
        raise ArithmeticError("the data are not separable: their margin is not positive")
    return one


def margin_square(view: View) -> Any:
    """gamma^2."""
    return 1 / view["max_margin"].squared_norm


def multipliers(view: View) -> Any:
    """alpha_n >= 0 with what = sum alpha_n x_n [n]."""
    return np.array(list(view["max_margin"].multipliers), dtype=object)


def direction(view: View) -> Any:
    """what = argmin |w|^2 subject to x_n.w >= 1 [d]."""
    return np.array(list(view["max_margin"].direction), dtype=object)


QUANTITIES = (
    Quantity("loss", loss, "L(w), the mean of log(1 + exp(-x_n.w))", scalar=True),
    Quantity("pulls", pulls, "-l'(x_n.w), [n]"),
    Quantity("pull_square", pull_square, "sum of l'(x_n.w)^2", scalar=True),
    Quantity("relative_pulls", relative_pulls, "l'(x_n.w) / l'(x_1.w), [n]"),
    Quantity("after_distinct", after_distinct, "E L(w+), batches of distinct data", scalar=True),
    Quantity("after_independent", after_independent, "E L(w+), batches of independent draws", scalar=True),
    Quantity("expected_square", expected_square, "E |batch gradient|^2 / l'(x_1.w)^2, distinct data", scalar=True),
    Quantity("independent_square", independent_square, "the same, batches of independent draws", scalar=True),
    Quantity("gradient_square", gradient_square, "|grad L(w)|^2 / l'(x_1.w)^2", scalar=True),
    Quantity("relative_square", relative_square, "sum of l'(x_n.w)^2 / l'(x_1.w)^2", scalar=True),
    Quantity("sigma_square", sigma_square, "lambda_max(X X^T)", scalar=True),
    Quantity("solved", solved, "the maximum margin problem, or that there is none"),
    Quantity("max_margin", found, "the maximum margin problem"),
    Quantity("margin", lambda view: sqrt(margin_square(view)), "gamma", scalar=True),
    Quantity("margin_square", margin_square, "gamma^2", scalar=True),
    Quantity("multipliers", multipliers, "alpha, [n]"),
    Quantity("direction", direction, "what, [d]"),
)
