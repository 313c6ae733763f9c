"""Deep linear networks trained by gradient descent on white data, many at once.

The loss is 1/2 |W_m ... W_1 - M|_F^2 for a random target M: the half mean square for inputs with identity
covariance.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor

FORMAT = "refutable-instance/1"


def train_deep_linear(
    seed: int, widths: Sequence[int], networks: int, step_size: str, steps: int
) -> list[dict[str, Any]]:
    """Train from small random weights, and return the end points as instance documents.

    The target is not part of a document: relabelled, an end point is a minimum for the map that it computes.

    Args:
        seed: seed of weights and targets.
        widths: input width, hidden widths, output width; m = len(widths) - 1 layers.
        networks: how many networks are trained at once.
        step_size: rational text, such as ``"1/20"``.
        steps: number of gradient steps.

    Returns:
        One document per network that stayed finite; ``layers`` holds W_1 first, each as nested rows.

    Raises:
        ValueError: if the sizes, the step size or the number of steps make no sense.

    Warns:
        UserWarning: with the number of networks that diverged, if any did.
    """
    _validate(widths, networks, step_size, steps)
    layers, _ = descend(*initial_layers(seed, widths, networks), float(Fraction(step_size)), steps)
    finite = torch.stack([torch.isfinite(layer).all(-1).all(-1) for layer in layers]).all(0)
    if not finite.all():
        lost = int((~finite).sum())
        warnings.warn(f"{lost} of {networks} deep linear networks diverged at step size {step_size}", stacklevel=2)
    return [_document(layers, index) for index in torch.nonzero(finite).flatten().tolist()]


def initial_layers(seed: int, widths: Sequence[int], networks: int) -> tuple[list[Tensor], Tensor]:
    """Small random layers ``[B, widths[i+1], widths[i]]``, and targets ``[B, widths[-1], widths[0]]``."""
    source = torch.Generator().manual_seed(seed)

    def normal(rows: int, columns: int) -> Tensor:
        return torch.randn(networks, rows, columns, generator=source, dtype=torch.float64)

    layers = [0.5 * normal(after, before) for before, after in pairwise(widths)]
    return layers, normal(widths[-1], widths[0])


def product(layers: Sequence[Tensor]) -> Tensor:
    """W_m ... W_1, ``[B, widths[-1], widths[0]]``."""
    whole = layers[0]
    for layer in layers[1:]:
        whole = layer @ whole
    return whole


@torch.no_grad()
def descend(layers: list[Tensor], target: Tensor, step_size: float, steps: int) -> tuple[list[Tensor], Tensor]:
    """Gradient descent on 1/2 |W_m ... W_1 - M|_F^2.

    Returns:
        The layers at the end, and the loss there ``[B]``.
    """
    for _ in range(steps):
        layers = [
            layer.sub(slope, alpha=step_size) for layer, slope in zip(layers, slopes(layers, target), strict=True)
        ]
    return layers, (product(layers) - target).square().sum((-1, -2)) / 2


def slopes(layers: Sequence[Tensor], target: Tensor) -> list[Tensor]:
    """The gradient (W_m ... W_{i+1})' (W_m ... W_1 - M) (W_{i-1} ... W_1)' for each layer i."""
    before: list[Tensor | None] = [None]
    for layer in layers:
        last = before[-1]
        before.append(layer if last is None else layer @ last)
    back = before[-1] - target if before[-1] is not None else -target
    gradient: list[Tensor] = []
    for layer, below in zip(reversed(layers), reversed(before[:-1]), strict=True):
        gradient.append(back if below is None else back @ below.mT)
        back = layer.mT @ back
    return gradient[::-1]


def _document(layers: Sequence[Tensor], index: int) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "model": "deep-linear",
        "layers": [layer[index].tolist() for layer in layers],
        "loss_scale": "1",
    }


def _validate(widths: Sequence[int], networks: int, step_size: str, steps: int) -> None:
    if len(widths) < 2 or any(width < 1 for width in widths):
        raise ValueError(f"widths must be at least two positive sizes, not {list(widths)!r}")
    if networks < 1 or steps < 0:
        raise ValueError(f"need at least one network and no negative number of steps, not {networks} and {steps}")
    try:
        positive = Fraction(step_size) > 0
    except (ValueError, ZeroDivisionError):
        positive = False
    if not positive:
        raise ValueError(f"step_size must be a positive rational as text, such as '1/20', not {step_size!r}")
