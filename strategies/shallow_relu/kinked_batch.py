"""Float64 batches of networks with kinks exactly on data, in floats and in rationals alike."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from refutable.strategies.shallow_relu.batch import HAIR, float_batch
from refutable.strategies.shallow_relu.demands import Demands
from refutable.strategies.supply import Size
from refutable.theorems.assumptions.kink_fitting import float_opposed, onto_data, onto_opposed_data
from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.ops.torch import TorchOps
from refutable.theorems.views import View

SAMPLES = (13, 14, 16, 20)
"""Numbers of data for which 12 (1 + k - L) < n when all knots are distinct."""
MOST_NEURONS = 3
TRIES = 16
"""Networks drawn for each one with opposed kinks."""


def kinked_batch(
    wanted: Demands, count: int, size: Size, generator: torch.Generator, tune: bool = True
) -> dict[str, Any]:
    """Interpolating networks as `float_batch` draws them, one neuron's kink moved onto the nearest datum.

    All of them where a kink on a datum is asked for, else every second one. With opposed kinks two are moved; where
    none are found the rows do without. The step size is a hair below 2 / max over modes of sharpness.
    """
    make = _opposed if wanted.opposed else _smooth
    fields = make(wanted, count, size, generator, tune)
    if not wanted.opposed:
        chosen = torch.ones(count, dtype=torch.bool) if wanted.on_data else torch.arange(count) % 2 == 0
        fields = _where(chosen, {**fields, **onto_data(_view(fields))}, fields)
    sharpest = _view(fields)["mode_sharpnesses"].amax(dim=-1)
    return {**fields, "step_size": 2 * HAIR / sharpest}


def _smooth(wanted: Demands, count: int, size: Size, generator: torch.Generator, tune: bool) -> dict[str, Any]:
    most = replace(size, max_neurons=min(size.max_neurons, MOST_NEURONS))
    n = SAMPLES[int(torch.randint(len(SAMPLES), (), generator=generator))] if wanted.few_surplus else None
    settled, least = replace(wanted, interpolating=True), 2 if wanted.opposed else 1
    return float_batch(settled, count, most, generator, neurons=least, samples=n, tune=tune)


def _opposed(wanted: Demands, count: int, size: Size, generator: torch.Generator, tune: bool) -> dict[str, Any]:
    """Of `TRIES` times as many networks those with opposed kinks first, each neuron's side turned away from 0."""
    fields = _smooth(wanted, TRIES * count, size, generator, tune)
    fields.update(onto_opposed_data(_view(fields)))
    found = float_opposed(_view(fields))
    order = (~found).to(torch.int64).argsort(stable=True)[:count]
    return {name: value[order] if isinstance(value, Tensor) else value for name, value in fields.items()}


def _where(chosen: Tensor, here: dict[str, Any], there: dict[str, Any]) -> dict[str, Any]:
    out = dict(here)
    for name, value in here.items():
        if isinstance(value, Tensor):
            out[name] = torch.where(chosen.reshape(-1, *(1,) * (value.ndim - 1)), value, there[name])
    return out


def _view(fields: dict[str, Any]) -> View:
    return View(SHALLOW_RELU, TorchOps(), fields)
