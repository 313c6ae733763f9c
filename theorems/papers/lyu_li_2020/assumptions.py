"""Hypotheses about a homogeneous network on data."""

from __future__ import annotations

from collections.abc import Iterable
from math import log
from typing import Any

from refutable.theorems.checks import Check
from refutable.theorems.claims import Assumption
from refutable.theorems.ops.protocol import Ops
from refutable.theorems.views import View

MOST = 1e4
"""Output weights are raised by no larger factor."""
ROOM = 0.1
"""How far log(1/L) is raised above 0."""


def _no_bias(view: View) -> Iterable[Check]:
    none = not view.has("bias")
    yield Check(none, "true", reason="" if none else "the output bias is trained: no power of |theta| fits")


def _off_kinks(view: View) -> Iterable[Check]:
    if view.ops.exact:
        fine = view["slope"] == 1 or view["kinks"] == 0
        yield Check(fine, "true", reason="" if fine else "a hidden unit is exactly at its kink on a datum")
    else:
        yield Check(view["kinks"], "<=", 0 * view["kinks"])


def _separated(view: View) -> Iterable[Check]:
    yield Check(0, "<", view["log_inverse_loss"])


def _made_separated(view: View) -> dict[str, Any]:
    """Labels as the network has them, output weights (and bias) large enough for a loss below 1."""
    ops: Ops = view.ops
    sign = 2 * ops.positive(view["margins"]) - 1
    least = -ops.max(-ops.abs(view["margins"]))
    needed = ops.ratio(1, 1) * (log(view["y"].shape[-1]) + ROOM)
    factor = ops.minimum(ops.maximum(needed / (least + 1e-9), 0 * least + 1), 0 * least + MOST)
    raised = {"y": view["y"] * sign, "w2": view["w2"] * ops.spread(factor)}
    return {**raised, "bias": view["bias"] * factor} if view.has("bias") else raised


HOMOGENEOUS = Assumption("homogeneous", "there is no bias: margins are homogeneous in all weights together", _no_bias)
DIFFERENTIABLE = Assumption("off-kinks", "no hidden unit is at its kink on a datum", _off_kinks)
SEPARATED = Assumption("loss-below-one", "the loss sum_n exp(-f_n) is below 1", _separated, _made_separated, sure=False)
