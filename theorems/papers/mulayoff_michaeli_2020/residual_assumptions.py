"""Hypotheses about a state of training of a deep linear network, and the identities that its steps obey."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any

from refutable.theorems.checks import Check
from refutable.theorems.claims import Assumption
from refutable.theorems.domains.deep_linear_flow.flow import exactly
from refutable.theorems.views import View


def _same(view: View, left: Any, right: Any, label: str = "") -> Check:
    return Check(left, "==", right, label)


def balanced(view: View) -> Iterable[Check]:
    """Every imbalance is that of identity layers."""
    for i, gap in enumerate(view["imbalances"], 1):
        yield Check(gap, "==", 0, f"W_{i + 1}^T W_{i + 1} = W_{i} W_{i}^T")


def _identity_layers(view: View) -> Iterable[Check]:
    for i, layer in enumerate(view["layers"], 1):
        yield Check(layer, "==", view.ops.identity(layer), f"W_{i} = I")


def _equal_layers(view: View) -> Iterable[Check]:
    first, *others = view["layers"]
    for i, other in enumerate(others, 2):
        yield Check(other, "==", first, f"W_{i} = W_1")


def commuting(view: View, layer: Any) -> Iterator[Check]:
    """W, W^T, M and M^T commute, for one layer W."""
    ops, target = view.ops, view["target"]
    turned = ops.transpose(layer)
    pairs = (
        (layer, turned, "W W^T = W^T W"),
        (layer, target, "W M = M W"),
        (turned, target, "W^T M = M W^T"),
        (target, ops.transpose(target), "M M^T = M^T M"),
    )
    for a, b, label in pairs:
        yield Check(ops.matmul(a, b), "==", ops.matmul(b, a), label)


def _determinant(view: View, name: str) -> Any:
    return exactly(view, view[name]).det()


def _all_invertible(view: View) -> Iterable[Check]:
    for i, layer in enumerate(view["layers"], 1):
        yield Check(exactly(view, layer).det() != 0, "true", label=f"W_{i}", reason="the determinant is 0")


def same_gradients(view: View) -> Iterator[Check]:
    """G_i = G_{i+1} for all i."""
    for i, (g, h) in enumerate(pairwise(view["gradients"]), 1):
        yield Check(g, "==", h, f"G_{i} = G_{i + 1}")


BALANCED = Assumption("balanced", "every imbalance W_{i+1}^T W_{i+1} - W_i W_i^T is 0, as at identity layers", balanced)
GLOBAL_MINIMUM = Assumption(
    "global-minimum",
    "the layers multiply to the target",
    lambda view: [Check(view["product"], "==", view["target"])],
)
IDENTITY_LAYERS = Assumption(
    "identity-layers", "every layer is the identity: the residual branches are 0", _identity_layers
)
EQUAL_LAYERS = Assumption("equal-layers", "all layers are equal", _equal_layers)
COMMUTING = Assumption(
    "commuting",
    "the layer, its transpose, the target and its transpose commute, as at identity layers and a symmetric target",
    lambda view: commuting(view, view["layers"][0]),
)
PRODUCT_NOT_REFLECTING = Assumption(
    "product-determinant-nonnegative",
    "the determinant of the product is at least 0, as it stays on a flow from identity layers",
    lambda view: [Check(0, "<=", _determinant(view, "product"))],
)
TARGET_REFLECTS = Assumption(
    "target-determinant-negative",
    "the determinant of the target is negative",
    lambda view: [Check(_determinant(view, "target"), "<", 0)],
)
INVERTIBLE = Assumption("invertible", "every layer has an inverse", _all_invertible)
