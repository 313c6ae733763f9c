"""Newton's method towards interpolation: residuals in exact rationals, steps proposed in floating point.

Gradient descent slides along kinks, and ends with preactivations at rounding level. Each step therefore also moves
hyperplanes that all but touch a datum a little away from it, to the side that they are on or to one that is asked for.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from flint import fmpq
from numpy.typing import NDArray

from refutable.theorems.domains.shallow_relu.cells import in_cell
from refutable.theorems.domains.shallow_relu.conversion import floats
from refutable.theorems.domains.shallow_relu.forward import GROUPS, is_trained
from refutable.theorems.instances import Instance
from refutable.theorems.views import View

NEAR = 2.0**-40
"""A hyperplane nearer to a datum than this, in units of |(w1_i, b1_i)| |(x_j, 1)|, is moved to two to three times that.

Each neuron has its own distance: hyperplanes that two neurons have on one datum shall not be made equal."""
REFINEMENTS = 4
"""Times a step is sought anew, with what it would carry across a kink held."""
ENOUGH = 2.0**-50
"""A step this short, relative to the parameters, is the last: what it leaves is far below."""


Side = Literal["own", "inactive", "active"]
"""Where hyperplanes that all but touch a datum are moved."""


def recentred(view: View, steps: int, side: Side = "own") -> View:
    """The network after at most ``steps`` minimum-norm Newton steps in its trained parameters, as exact rationals.

    Stops early where labels are met exactly or steps no longer shrink. Nothing is promised of the result.
    """
    last = np.inf
    for _ in range(steps):
        if all(r == 0 for r in view["residual"]):
            return view
        step = _step(view, side)
        length = float(np.linalg.norm(step))
        if not length < last:
            return view
        last, enough = length, length < ENOUGH * _size(view)
        view, side = in_cell(_moved(view, step)), "own"
        if enough:
            return view
    return view


def touches(view: View) -> bool:
    """Whether some hyperplane all but touches a datum."""
    return bool(_near(view).any())


def _near(view: View) -> NDArray[np.bool_]:
    """Pairs (datum, neuron) [n, k] whose preactivation is all but 0."""
    return np.asarray(np.abs(floats(view["preactivation"])) < NEAR * _sizes(view))


def _sizes(view: View) -> NDArray[np.float64]:
    """|(w1_i, b1_i)| |(x_j, 1)|, [n, k]."""
    x, w1, b1 = floats(view["x"]), floats(view["w1"]), floats(view["b1"])
    return np.asarray(np.sqrt((x * x).sum(1) + 1)[:, None] * np.sqrt((w1 * w1).sum(1) + b1 * b1))


def _step(view: View, side: Side) -> NDArray[np.float64]:
    """Minimum-norm solution of J u = -r in the trained parameters [P] that crosses no kink; NaN where floats overflow.

    Hyperplanes that all but touch a datum are moved away from it; those that a step would carry across are held.
    """
    z, residual, sizes = floats(view["preactivation"]), floats(view["residual"]), _sizes(view)
    held = _near(view)
    gates = np.where(held & (side != "own"), float(side == "active"), floats(view["active"]))
    features, x = _features(view, gates), floats(view["x"])
    distances = np.maximum(np.abs(z), (2 + np.arange(z.shape[1]) / z.shape[1]) * NEAR * sizes)
    targets = np.where(gates > 0, distances, -distances) - z
    step = np.full(features.shape[1], np.nan)
    for _ in range(REFINEMENTS):
        rows = _kinks(view, x, held, len(step))
        step = _least(np.concatenate([features, rows]), np.concatenate([-residual, targets[held]]))
        crossed = ((z + _moved_kinks(view, x, step)) > 0) != (gates > 0)
        if not (crossed & ~held).any():
            return step
        held = held | crossed
    return step


def _least(matrix: NDArray[np.float64], wanted: NDArray[np.float64]) -> NDArray[np.float64]:
    """Minimum-norm least-squares solution; NaN where floats overflow."""
    if not (np.isfinite(matrix).all() and np.isfinite(wanted).all()):
        return np.full(matrix.shape[1], np.nan)
    # Residuals may be far below the range that LAPACK likes.
    scale = float(np.abs(wanted).max()) or 1.0
    return np.asarray(np.linalg.lstsq(matrix, wanted / scale, rcond=None)[0] * scale)


def _kinks(view: View, x: NDArray[np.float64], held: NDArray[np.bool_], parameters: int) -> NDArray[np.float64]:
    """Gradients of the preactivations marked in ``held`` [n, k] in the trained parameters [m, P]."""
    k, d = view["w1"].shape
    inputs, biases = is_trained(view, "w1"), is_trained(view, "b1")
    pairs = np.argwhere(held)
    rows = np.zeros((len(pairs), parameters))
    for row, (j, i) in zip(rows, pairs, strict=True):
        if inputs:
            row[i * d : (i + 1) * d] = x[j]
        if biases:
            row[inputs * k * d + i] = 1
    return rows


def _moved_kinks(view: View, x: NDArray[np.float64], step: NDArray[np.float64]) -> NDArray[np.float64]:
    """How far a step [P] moves the preactivations [n, k]."""
    k, d = view["w1"].shape
    inputs, biases = is_trained(view, "w1"), is_trained(view, "b1")
    w1 = step[: k * d].reshape(k, d) if inputs else np.zeros((k, d))
    b1 = step[inputs * k * d :][:k] if biases else np.zeros(k)
    return np.asarray(x @ w1.T + b1)


def _features(view: View, gates: NDArray[np.float64]) -> NDArray[np.float64]:
    """Gradients of f [n, P] in floating point, in the order of ``features``."""
    x = floats(view["x"])
    slope = gates * floats(view["w2"])
    blocks = {
        "w1": (slope[:, :, None] * x[:, None, :]).reshape(len(x), -1),
        "b1": slope,
        "w2": floats(view["preactivation"]) * gates,
        "b2": np.ones((len(x), 1)),
    }
    return np.concatenate([blocks[group] for group in GROUPS if is_trained(view, group)], axis=1)


def _moved(view: View, step: NDArray[np.float64]) -> Instance:
    assert view.instance is not None
    changes: dict[str, Any] = {}
    start = 0
    for group in GROUPS:
        if is_trained(view, group):
            size, shape = np.size(view[group]), np.shape(view[group])
            part = step[start : start + size].reshape(shape)
            start += size
            changes[group] = view[group] + np.vectorize(_exactly, otypes=[object])(part)
    return view.instance.replace(**changes)


def _exactly(number: float) -> fmpq:
    return fmpq(*float(number).as_integer_ratio())


def _size(view: View) -> float:
    return max(float(np.abs(floats(view[group])).max()) for group in ("w1", "b1", "w2"))
