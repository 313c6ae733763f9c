"""Hypotheses about start and state of an orthogonally decomposable network."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from flint import fmpq

from refutable.theorems.checks import Check
from refutable.theorems.claims import Assumption
from refutable.theorems.domains.decomposable_flow.quantities import depth
from refutable.theorems.views import View


def excess(view: View) -> np.ndarray:
    """[U_l^T v_l]_j^2 - [U_L^T v_L]_j^2 at the start, [L - 1, m]."""
    squares = view["start"] * view["start"]
    found: np.ndarray = squares[:-1] - squares[-1:]
    return found


def _equal_start(view: View) -> Iterable[Check]:
    for i in range(depth(view) - 1):
        yield Check(view["start"][i], "==", view["eta"] * view["alpha"], f"layer {i + 1}")


def _on_flow(view: View) -> Iterable[Check]:
    before, now = view["start"], view["weights"]
    for i in range(depth(view) - 1):
        label = f"layers {i + 1} and {i + 2}"
        yield Check(now[i] ** 2 - now[i + 1] ** 2, "==", before[i] ** 2 - before[i + 1] ** 2, label)
        kept = all(a == b == 0 or a * b > 0 for a, b in zip(before[i], now[i], strict=True))
        yield Check(kept, "true", label=f"layer {i + 1}", reason="an entry has changed its sign")


def _orthonormal(view: View) -> Iterable[Check]:
    for i, (frame, rest) in enumerate(zip(view["frames"], view["rests"], strict=True)):
        one = np.array([[fmpq(int(a == b)) for b in range(frame.shape[1])] for a in range(frame.shape[1])])
        yield Check(frame.T @ frame, "==", one, f"U_{i + 1}")
        yield Check(frame.T @ rest, "==", one[:, :1] * 0, f"rest of layer {i + 1}")


EQUAL_START = Assumption("equal-start", "all layers but the last start at U_l^T v_l = alpha eta", _equal_start)
ZERO_LAST = Assumption(
    "zero-last-start", "the last layer starts at U_L^T v_L = 0", lambda view: [Check(view["start"][-1], "==", 0)]
)
ON_FLOW = Assumption(
    "on-flow",
    "the state has the conserved differences [U_l^T v_l]_j^2 - [U_k^T v_k]_j^2 of the start, and the signs of its "
    "layers but the last",
    _on_flow,
)
AHEAD = Assumption(
    "layers-ahead",
    "at the start [U_l^T v_l]_j^2 - [U_L^T v_L]_j^2 >= lambda for some lambda > 0, all l < L and all j",
    lambda view: [Check(0, "<", excess(view))],
)
SAME_OUTPUTS = Assumption(
    "same-outputs",
    "the other coordinates v give the same outputs: X S^T v = X S^T rho",
    lambda view: [Check(view["features"] @ view["other"], "==", view["outputs"])],
)
STATIONARY = Assumption(
    "stationary",
    "the gradient of Q at rho is S X^T mu for some mu",
    lambda view: [Check(view["stationary"], "true", reason="it has a component in the kernel of X S^T")],
)
DISTINCT = Assumption(
    "distinct",
    "the other coordinates are not rho",
    lambda view: [Check(bool((view["other"] != view["coordinates"]).any()), "true", reason="they are equal")],
)
DEEP = Assumption(
    "three-layers",
    "there are at least three layers",
    lambda view: [Check(depth(view) >= 3, "true", reason="there are two")],
)
TWO = Assumption(
    "two-layers",
    "there are two layers",
    lambda view: [Check(depth(view) == 2, "true", reason="there are more")],
)
MOVED = Assumption(
    "moved",
    "no coordinate of rho is 0",
    lambda view: [Check(all(rho != 0 for rho in view["coordinates"]), "true", reason="one is 0")],
)
FRAMED = Assumption(
    "orthonormal-frames", "U_l^T U_l = I, and the rest of every layer is perpendicular to U_l", _orthonormal
)
STARTED = (EQUAL_START, ZERO_LAST)
FLOWING = (*STARTED, ON_FLOW)
