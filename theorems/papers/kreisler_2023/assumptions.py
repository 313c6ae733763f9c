"""Hypotheses about a product of weights under gradient descent. Ids name their constants, so that they can be drawn."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flint import fmpq

from refutable.theorems.checks import Check
from refutable.theorems.claims import Assumption
from refutable.theorems.constants import ratio
from refutable.theorems.domains.scalar_factors.products import entry
from refutable.theorems.exact import sqrt, text
from refutable.theorems.views import View

HAIR = (2**40 + 1, 2**40)
"""Enforced inequalities keep this relative distance from equality: floats round."""


def root(view: View, square: fmpq) -> Any:
    """The square root of a rational in the arithmetic of a view."""
    return sqrt(square) if view.ops.exact else ratio(view.ops, square) ** 0.5


def step_below(view: View, excess: Any) -> dict[str, Any]:
    """The step size divided by ``excess``, which is proportional to it, where that is above 1."""
    ops = view.ops
    return {"step_size": view["step_size"] / ops.maximum(excess * ops.ratio(*HAIR), ops.ratio(1))}


def _first_weight_times(view: View, factor: Any) -> dict[str, Any]:
    weights, ops = view["weights"], view.ops
    return {"weights": ops.concat([weights[..., :1] * ops.spread(factor), weights[..., 1:]])}


def _reciprocal(view: View, side: int) -> Any:
    """1/|p|, a hair smaller for side 1 and larger for side -1."""
    one, hair = view.ops.ratio(1), view.ops.ratio(side, HAIR[1])
    return (one - hair) / view.ops.abs(view["product"])


def _two(view: View) -> Iterable[Check]:
    size = int(view["weights"].shape[-1])
    yield Check(size == 2, "true", reason=f"there are {size} weights")


TWO_FACTORS = Assumption("two-factors", "there are two weights", _two)

NONZERO = Assumption("nonzero", "no weight is 0", lambda view: [Check(0, "<", view["weights"] * view["weights"])])

POSITIVE = Assumption(
    "positive",
    "every weight is > 0",
    lambda view: [Check(0, "<", view["weights"])],
    lambda view: {"weights": view.ops.abs(view["weights"])},
)

NEXT_POSITIVE = Assumption(
    "next-positive",
    "every weight is > 0 after the step of gradient descent",
    lambda view: [Check(0, "<", view["next_weights"])],
    lambda view: step_below(view, view["step_size"] * view.ops.max(view["gradient"] / view["weights"])),
    last=True,
    sure=False,
)

MINIMUM = Assumption(
    "minimum",
    "the weights are a global minimum, p = 1",
    lambda view: [Check(view["product"], "==", 1)],
    lambda view: _first_weight_times(view, view.ops.ratio(1) / view["product"]),
    sure=False,
)

BELOW_ONE = Assumption(
    "product-at-most-one",
    "p <= 1",
    lambda view: [Check(view["product"], "<=", 1)],
    lambda view: _first_weight_times(view, view.ops.minimum(view.ops.ratio(1), _reciprocal(view, 1))),
)

ABOVE_ONE = Assumption(
    "product-at-least-one",
    "p >= 1",
    lambda view: [Check(1, "<=", view["product"])],
    lambda view: _first_weight_times(view, view.ops.maximum(view.ops.ratio(1), _reciprocal(view, -1))),
    sure=False,
)

OFF_MINIMUM = Assumption("off-minimum", "p is not 1", lambda view: [Check(0, "<", view["residual"] * view["residual"])])


def _unbalanced(view: View) -> Iterable[Check]:
    gap = entry(view["balances"], 0, 1)
    yield Check(0, "<", gap * gap, "(w_1^2 - w_2^2)^2")


UNBALANCED = Assumption("unbalanced", "w_1^2 is not w_2^2", _unbalanced)


def _smallest_alone(view: View) -> Iterable[Check]:
    yield Check(0, "<", view["product_positive"] + view["crossing_speed"], "p > 0, or the smallest |w_i| is unique")


FLOWS_TO_ONE = Assumption("flows-to-one", "p > 0, or only one weight has the smallest modulus", _smallest_alone)


def gain_at_most(square: fmpq) -> Assumption:
    """Eta |p - 1| <= sqrt(square)."""
    return Assumption(
        f"squared-gain-at-most-{text(square)}",
        f"step size * |p - 1| <= sqrt({text(square)})",
        lambda view: [Check(view["gain"], "<=", root(view, square))],
        lambda view: step_below(view, view["gain"] / root(view, square)),
        last=True,
    )


def edge_at_most(square: fmpq) -> Assumption:
    """Eta phi <= sqrt(square)."""
    return Assumption(
        f"squared-edge-at-most-{text(square)}",
        f"step size * phi(w) <= sqrt({text(square)})",
        lambda view: [Check(view["step_size"] * view["gfs_sharpness"], "<=", root(view, square))],
        lambda view: step_below(view, view["step_size"] * view["gfs_sharpness"] / root(view, square)),
        last=True,
    )


SMALL_GRADIENT = Assumption(
    "small-gradient",
    "step size * |p (p - 1)| <= |w_i w_j| for all i != j",
    lambda view: [Check(view["scaled_gradient"], "<=", view["least_pair"])],
    lambda view: step_within(view, fmpq(1)),
    last=True,
)

NOT_INCREASING = Assumption(
    "not-increasing",
    "the step does not increase phi",
    lambda view: [Check(view["next_gfs_sharpness"], "<=", view["gfs_sharpness"])],
)


def _contracting(view: View) -> Iterable[Check]:
    before, after = view["balances"], view["next_balances"]
    yield Check(after * after, "<=", before * before, "(w_i^2 - w_j^2)^2 after the step, and before it")


def step_within(view: View, square: fmpq) -> dict[str, Any]:
    """The step size made so small that eta |p (p - 1)| <= sqrt(square) |w_i w_j| for all i != j."""
    return step_below(view, view["scaled_gradient"] / (root(view, square) * view["least_pair"]))


CONTRACTING = Assumption(
    "contracting",
    "the step increases no |w_i^2 - w_j^2|",
    _contracting,
    lambda view: step_within(view, fmpq(2)),
    last=True,
)


def _beyond_edge(view: View) -> Iterable[Check]:
    ops, eta = view.ops, view["step_size"]
    bend = eta * eta * ops.abs(view["product"] * view["residual"])
    yield Check(ops.ratio(2) + bend, "<", eta * ops.sum(view["weights"] * view["weights"]))


def _to_beyond_edge(view: View) -> dict[str, Any]:
    """P brought to between 7/8 and 9/8 and eta (w_1^2 + w_2^2) to between 5/2 and 8: enough for two weights."""
    ops = view.ops
    near = ops.minimum(ops.maximum(view["product"], ops.ratio(7, 8)), ops.ratio(9, 8))
    weights = _first_weight_times(view, near / view["product"])["weights"]
    squares = ops.sum(weights * weights)
    scaled = ops.minimum(ops.maximum(view["step_size"] * squares, ops.ratio(5, 2)), ops.ratio(8))
    return {"weights": weights, "step_size": scaled / squares}


BEYOND_EDGE = Assumption(
    "beyond-edge",
    "step size * (w_1^2 + w_2^2) > 2 + step size^2 |p (p - 1)|",
    _beyond_edge,
    _to_beyond_edge,
    sure=False,
)

POSITIVE_RUN = Assumption(
    "positive-run",
    "every weight is > 0 at each of the steps",
    lambda view: [Check(0, "<", state, f"after {step} steps") for step, state in enumerate(view["run"])],
    lambda view: {"weights": view.ops.abs(view["weights"])},
    sure=False,
)


def distance_at_most(bound: fmpq) -> Assumption:
    """0 < delta <= bound, where delta = 2 - eta phi."""

    def checks(view: View) -> Iterable[Check]:
        yield Check(0, "<", view["edge_distance"], "delta")
        yield Check(view["edge_distance"], "<=", ratio(view.ops, bound), "delta")

    def enforce(view: View) -> dict[str, Any]:
        ops = view.ops
        edge = ops.maximum(view["step_size"] * view["gfs_sharpness"], ratio(ops, 2 - bound) * ops.ratio(*HAIR))
        return {"step_size": ops.minimum(edge, ops.ratio(2**20 - 1, 2**19)) / view["gfs_sharpness"]}

    return Assumption(
        f"edge-distance-at-most-{text(bound)}",
        f"0 < delta <= {text(bound)}, where delta = 2 - step size * phi(w)",
        checks,
        enforce,
        last=True,
    )


def loss_within(kappa: fmpq) -> Assumption:
    """(p - 1)^2 <= kappa delta^2."""

    def checks(view: View) -> Iterable[Check]:
        distance = view["edge_distance"]
        yield Check(view["residual"] * view["residual"], "<=", ratio(view.ops, kappa) * distance * distance)

    return Assumption(f"loss-within-{text(kappa)}", f"(p - 1)^2 <= {text(kappa)} delta^2", checks)
