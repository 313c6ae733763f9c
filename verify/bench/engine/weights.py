"""The weights g and the norm built on them: batches against one neuron at a time in numpy."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch

from refutable.strategies.engine.evaluation import evaluate, norms
from refutable.strategies.training.closed_form import Networks
from refutable.verify.bench.engine.cases import Case, Column, Part
from refutable.verify.bench.engine.figures import duration, multiple, scientific
from refutable.verify.bench.engine.settings import Settings
from refutable.verify.bench.engine.subjects import SHAPES, Shape, networks_and_data
from refutable.verify.bench.engine.timing import Contestant

LOOPS = "numpy, one neuron at a time"
MASKS = "numpy, one product and masks"
LARGE = Shape(1, 512, 512)
JUDGED = 4
"""Networks on which errors are measured; every method is timed on all networks of the case."""
Arrays = tuple[Any, Any, Any, Any]
"""w1 ``[k, d]``, b1 and w2 ``[k]``, x ``[n, d]``, numpy."""
Both = tuple[Any, float]
"""The weight of every neuron ``[k]``, and sum_i |w2_i| of it."""


def neuron_by_neuron(w1: Any, b1: Any, w2: Any, x: Any) -> Both:
    """As the definition reads: the smaller of both sides' P E[z|A] sqrt(1 + |E[X|A]|^2) P, each from its data."""
    found = np.zeros(len(w1))
    for i, (w, b) in enumerate(zip(w1, b1, strict=True)):
        z = x @ w + b
        found[i] = min(_side(z[z > 0], x[z > 0], len(x)), _side(-z[z < 0], x[z < 0], len(x)))
    return found, float(sum(abs(v) * g for v, g in zip(w2, found, strict=True)))


def _side(above: Any, x: Any, n: int) -> float:
    if not len(x):
        return 0.0
    probability = len(x) / n
    return float(probability**2 * above.mean() * np.sqrt(1 + np.square(x.mean(0)).sum()))


def by_masks(w1: Any, b1: Any, w2: Any, x: Any) -> Both:
    """All neurons at once, one network at a time."""
    z, n = x @ w1.T + b1, len(x)
    sides = []
    for sign in (1.0, -1.0):
        mask = (sign * z > 0).astype(float)
        excess, probability, moment = (sign * z * mask).sum(0) / n, mask.mean(0), mask.T @ x / n
        sides.append(excess * np.sqrt(probability**2 + np.square(moment).sum(1)))
    found = np.minimum(*sides)
    return found, float((np.abs(w2) * found).sum())


def cases(settings: Settings) -> Iterator[Case]:
    """Every shape, and a large one on the line."""
    for shape in (*SHAPES, LARGE):
        yield _case(shape, 8 if shape.samples * shape.neurons > 2**17 else 64, settings)


def _case(shape: Shape, batch: int, settings: Settings) -> Case:
    networks, data = networks_and_data(shape, batch, settings.seed, settings.device)
    arrays = [_arrays(networks, data.x, row) for row in range(batch)]
    truth = [neuron_by_neuron(*one) for one in arrays[:JUDGED]]
    few = Networks(*(part[:JUDGED] for part in networks))
    found = norms(few, data.x[:JUDGED])
    ours = list(zip(found.weights.cpu().numpy(), found.stability_norm.tolist(), strict=True))

    def batched(amount: int) -> float:
        for _ in range(amount):
            norms(networks, data.x)
        return amount * batch

    def everything(amount: int) -> float:
        for _ in range(amount):
            evaluate(networks, data.x)
        return amount * batch

    error, masked = _error(ours, truth), _error([by_masks(*one) for one in arrays[:JUDGED]], truth)
    contestants = [
        Contestant(LOOPS, _one_by_one(neuron_by_neuron, arrays), about={"error": 0.0}),
        Contestant(MASKS, _one_by_one(by_masks, arrays), about={"error": masked}),
        Contestant(f"refutable, {batch} networks", batched, True, about={"error": error}),
        Contestant(f"refutable, {batch} networks, with sharpness and margin", everything, True),
    ]
    where = "" if settings.device == "cpu" else f", {settings.device}"
    return Case(f"{shape}{where}", contestants, (LOOPS,), shape.document())


def _arrays(networks: Networks, x: torch.Tensor, row: int) -> Arrays:
    w1, b1, w2, _ = (part[row].cpu().numpy() for part in networks)
    return w1, b1, w2, x[row].cpu().numpy()


def _one_by_one(function: Callable[..., Both], arrays: list[Arrays]) -> Callable[[int], float]:
    turn = itertools.cycle(arrays)

    def shot(amount: int) -> float:
        for one in itertools.islice(turn, amount):
            function(*one)
        return amount

    return shot


def _error(found: list[Both], truth: list[Both]) -> float:
    """Largest relative error of a norm, and of a weight relative to the network's largest."""
    each = [abs(a[1] - b[1]) / (b[1] or 1.0) for a, b in zip(found, truth, strict=True)]
    each += [float(np.abs(a[0] - b[0]).max() / (b[0].max() or 1.0)) for a, b in zip(found, truth, strict=True)]
    return max(each)


WEIGHTS = Part(
    "weights",
    "both weights of every neuron and the norm built on them, float64, one thread",
    "networks",
    cases,
    (
        Column("a network", "rate", duration),
        Column("x loops", "ratio", multiple),
        Column("relative error", "error", scientific),
    ),
)
"""Ratios to a loop over neurons."""
