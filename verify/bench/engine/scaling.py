"""How time and memory of training and sharpness grow with data, neurons, inputs and networks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import torch

from refutable.strategies.engine.evaluation import sharpness
from refutable.strategies.engine.train import Data, choose, prepared
from refutable.strategies.training.closed_form import Networks
from refutable.verify.bench.engine.cases import Case, Column, Part, Row
from refutable.verify.bench.engine.exponents import exponents, words
from refutable.verify.bench.engine.figures import megabytes, rate
from refutable.verify.bench.engine.memory import peak
from refutable.verify.bench.engine.settings import Settings
from refutable.verify.bench.engine.subjects import Shape, networks_and_data
from refutable.verify.bench.engine.timing import Contestant, Shot
from refutable.verify.bench.engine.trainers import EngineTrainer, Training

BASE, BATCH = Shape(8, 64, 64), 16
SIZES = {"n": (16, 32, 64, 128, 256), "k": (16, 32, 64, 128, 256), "d": (2, 4, 8, 16, 32), "batch": (4, 8, 16, 32, 64)}
QUICK_SIZES = {"n": (16, 64, 256), "k": (16, 64, 256), "d": (2, 8, 32), "batch": (4, 16, 64)}
STEP_SIZE = 1e-3


def cases(settings: Settings) -> Iterator[Case]:
    """One size after the other is varied around a base."""
    for axis, sizes in (QUICK_SIZES if settings.quick else SIZES).items():
        for size in sizes:
            yield _case(axis, size, settings)


def _case(axis: str, size: int, settings: Settings) -> Case:
    names = {"n": "samples", "k": "neurons", "d": "inputs"}
    shape = replace(BASE, **{names[axis]: size}) if axis in names else BASE
    batch = size if axis == "batch" else BATCH
    networks, data = networks_and_data(shape, batch, settings.seed, settings.device)
    backend = choose("auto", *prepared(networks, data, STEP_SIZE, None, 0, 0.0, 0, None, None)).name
    training = EngineTrainer(Training(networks, data, STEP_SIZE), backend).shot
    about = shape.document() | {"axis": axis, "size": size, "batch": batch}
    contestants = [
        _contestant(f"training, {backend}", training, settings.device),
        _contestant("sharpness", partial(_sharpness, networks, data), settings.device),
    ]
    return Case(f"{axis}={size} ({shape}, {batch} networks)", contestants, (), about)


def _contestant(name: str, shot: Shot, device: str) -> Contestant:
    return Contestant(name, shot, True, after=lambda timing: {"peak_bytes": _peak(shot, device)})


def _sharpness(networks: Networks, data: Data, amount: int) -> float:
    for _ in range(amount):
        sharpness(networks, data.x)
    return amount * len(networks.b2)


def _peak(shot: Shot, device: str) -> int | None:
    if device == "cpu":
        return peak(lambda: shot(1))
    torch.cuda.reset_peak_memory_stats()
    before = torch.cuda.memory_allocated()
    shot(1)
    return int(torch.cuda.max_memory_allocated()) - before


def summary(rows: list[Row]) -> dict[str, Any]:
    """Exponents of the seconds that the whole batch takes, for each method and what is varied."""
    out: dict[str, Any] = {}
    for method in dict.fromkeys(row["method"] for row in rows):
        out[method] = {}
        for axis in SIZES:
            chosen = [row for row in rows if row["method"] == method and row["axis"] == axis]
            seconds = [row["batch"] / row["rate"] for row in chosen]
            out[method] |= exponents([{axis: row["size"]} for row in chosen], seconds)
    return out


def remarks(found: dict[str, Any]) -> list[str]:
    """One line for each method."""
    return [f"{method}: time of the whole batch grows like {words(powers)}" for method, powers in found.items()]


SCALING = Part(
    "scaling",
    f"one size varied at a time around {BASE} with {BATCH} networks; one thread",
    "network-steps or networks",
    cases,
    (Column("a second", "rate", rate), Column("peak memory", "peak_bytes", megabytes)),
    summary,
    remarks,
)
"""Exponents of time, and peak memory beyond networks and data."""
