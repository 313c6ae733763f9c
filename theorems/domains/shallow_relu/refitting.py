"""After a change of a network or its data: labels that keep the residuals, step sizes at the new edge of stability.

Floats only propose here; whoever takes a proposal decides it exactly.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache, partial
from typing import Any

import numpy as np
from flint import fmpq

from refutable.theorems.domains.number_moves import Refit, sealed
from refutable.theorems.domains.shallow_relu.conversion import floats
from refutable.theorems.exact.simplest import simplest_between
from refutable.theorems.instances import Instance

COARSE = tuple(fmpq(1, 2**bits) for bits in (8, 20, 34))
TIGHT = (fmpq(1, 2**34),)
"""How far below the edge a new step size may lie, relative: 2^-8 leaves one or two digits, 2^-34 ten."""
_FLOAT_ERROR = fmpq(1, 2**44)


def refit(before: Instance, after: Instance, widths: tuple[fmpq, ...] = COARSE) -> Iterator[Instance]:
    """``after``, then with new step sizes, then with new labels: y := f(x) - old residual, and both."""
    for candidate in _relabelled(before, after):
        yield candidate
        for step_size in _step_sizes(before, candidate, widths):
            yield candidate.replace(step_size=step_size)


refit_tightly: Refit = partial(refit, widths=TIGHT)
"""`refit` with one new step size only, just below the edge: for reductions that drop whole parts."""


def refitted(move: Callable[[Instance], Iterator[Instance]]) -> Callable[[Instance], Iterator[Instance]]:
    """The move with each reduction refitted, all as they are first: losing a part matters more than the numbers."""

    def reductions(instance: Instance) -> Iterator[Instance]:
        found = list(move(instance))
        yield from found
        for candidate in found:
            yield from list(refit_tightly(instance, candidate))[1:]

    reductions.__doc__ = move.__doc__
    return reductions


def output(instance: Instance) -> Any:
    """f(x_j) exactly, [n]."""
    z = instance["x"] @ instance["w1"].T + instance["b1"]
    active = np.vectorize(lambda v: int(v > 0), otypes=[object])(z)
    shift = fmpq(0) if instance["b2"] is None else instance["b2"]
    return (z * active) @ instance["w2"] + shift


def _relabelled(before: Instance, after: Instance) -> Iterator[Instance]:
    yield after
    if before["y"] is not None and after["y"] is not None and len(before["y"]) == len(after["y"]):
        kept = output(after) - (output(before) - before["y"])
        if (kept != after["y"]).any():
            yield after.replace(y=sealed(kept))


def _step_sizes(before: Instance, after: Instance, widths: tuple[fmpq, ...]) -> Iterator[fmpq]:
    """Simple step sizes at most 2 / sharpness, and at most the one that keeps step size times sharpness."""
    if after["step_size"] is None:
        return
    new, old = sharpness(after), _known_sharpness(before)
    if not (0 < new < np.inf and 0 < old < np.inf):
        return
    # Rationals: the floats 2 / new and old / new overflow for tiny networks.
    sharper = exactly(new)
    edge = 2 / sharper * (1 + _FLOAT_ERROR)
    kept = after["step_size"] * exactly(old) / sharper
    tops = [edge, kept] if abs(kept - edge) > edge * widths[-1] else [edge]
    seen = {after["step_size"]}
    for top in tops:
        for width in widths:
            step_size = simplest_between(top * (1 - width), top)
            if step_size not in seen and step_size > 0:
                seen.add(step_size)
                yield step_size


def exactly(x: float) -> fmpq:
    """The rational that a finite float is."""
    return fmpq(*float(x).as_integer_ratio())


@np.errstate(over="ignore", invalid="ignore")
def sharpness(instance: Instance) -> float:
    """lambda_max of the Hessian of the loss in floats; kinks on data count as active and as inactive, the larger."""
    parts = {name: floats(instance[name]) for name in ("x", "w1", "b1", "w2")}
    z = parts["x"] @ parts["w1"].T + parts["b1"]
    slack = 1e-12 * (np.abs(parts["x"]) @ np.abs(parts["w1"]).T + np.abs(parts["b1"]))
    masks = [z > slack, z >= -slack]
    if (masks[0] == masks[1]).all():
        masks.pop()
    return max(_top_eigenvalue(_hessian(instance, parts, mask * 1.0, z)) for mask in masks)


_known_sharpness = lru_cache(64)(sharpness)
"""Of an instance that many candidates come from."""


def _hessian(instance: Instance, parts: dict[str, Any], mask: Any, z: Any) -> Any:
    """The smaller Gram matrix of the per-sample gradients; with labels, the whole Hessian."""
    n = len(mask)
    slope = mask * parts["w2"]
    blocks = {
        "w1": (slope[:, :, None] * parts["x"][:, None, :]).reshape(n, -1),
        "b1": slope,
        "w2": mask * z,
        "b2": np.ones((n, 0 if instance["b2"] is None else 1)),
    }
    frozen = instance["frozen"] or frozenset()
    trained = {name: block for name, block in blocks.items() if name not in frozen}
    features = np.concatenate(list(trained.values()), axis=1)
    if instance["y"] is None:
        return features @ features.T / n
    return features.T @ features / n + _residual_part(instance, trained, mask, parts["x"])


def _residual_part(instance: Instance, trained: dict[str, Any], mask: Any, x: Any) -> Any:
    """Second derivatives times residuals: they couple a neuron's input side with its output weight."""
    residual = floats(output(instance) - instance["y"])
    n, k = mask.shape
    starts, size = {}, 0
    for name, block in trained.items():
        starts[name], size = size, size + block.shape[1]
    part = np.zeros((size, size))
    gated = (mask * residual[:, None]).T / n
    for name, inputs in (("w1", x), ("b1", np.ones((n, 1)))):
        if name in starts and "w2" in starts:
            d = inputs.shape[1]
            for i in range(k):
                rows = slice(starts[name] + i * d, starts[name] + (i + 1) * d)
                part[rows, starts["w2"] + i] = gated[i] @ inputs
                part[starts["w2"] + i, rows] = gated[i] @ inputs
    return part


def _top_eigenvalue(matrix: Any) -> float:
    return float(np.linalg.eigvalsh(matrix)[-1]) if np.isfinite(matrix).all() else float("inf")
