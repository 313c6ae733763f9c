"""Sharpness of interpolating networks: time for one and error, against what others use."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

import torch

from refutable.strategies.engine.evaluation import sharpness
from refutable.strategies.engine.train import Data
from refutable.strategies.training.closed_form import Networks
from refutable.verify.bench.engine.cases import Absent, Case, Column, Part
from refutable.verify.bench.engine.figures import duration, multiple, scientific
from refutable.verify.bench.engine.rivals import (
    CURVLINOPS,
    LARGEST_HESSIAN,
    PRODUCTS,
    RIVALS,
    Rival,
    full_hessian,
    jacobian_gram,
)
from refutable.verify.bench.engine.settings import Settings
from refutable.verify.bench.engine.subjects import SHAPES, Shallow, Shape, interpolated, networks_and_data
from refutable.verify.bench.engine.timing import Contestant

BATCH = 64
JUDGED, QUICK_JUDGED = 4, 1
"""Networks on which errors are measured; the largest error counts."""
OURS = "refutable"
Modules = list[tuple[Shallow, torch.Tensor, torch.Tensor]]


def cases(settings: Settings) -> Iterator[Case]:
    """One for each shape."""
    for shape in SHAPES:
        yield _case(shape, settings)


def _case(shape: Shape, settings: Settings) -> Case:
    networks, drawn = networks_and_data(shape, BATCH, settings.seed, settings.device)
    data = interpolated(networks, drawn)
    modules = [
        (Shallow(networks, row), data.x[row], data.y[row]) for row in range(QUICK_JUDGED if settings.quick else JUDGED)
    ]
    by_hessian = shape.parameters <= LARGEST_HESSIAN
    judge = full_hessian if by_hessian else jacobian_gram
    truth = torch.tensor([judge(*module) for module in modules], dtype=torch.float64)
    contestants = list(_ours(networks, data, truth, settings))
    absent = []
    for rival in RIVALS:
        reason = rival.missing or _too_large(rival, shape)
        try:
            contestants += [] if reason else [_rival(rival, modules, truth)]
        except Exception as error:
            reason = f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"
        if reason:
            absent.append(Absent(rival.name, reason))
    about = shape.document() | {"judge": "full Hessian" if by_hessian else "Jacobian by automatic differentiation"}
    where = "" if settings.device == "cpu" else f", {settings.device}"
    return Case(f"{shape}{where}", contestants, (CURVLINOPS, PRODUCTS), about, absent)


def _ours(networks: Networks, data: Data, truth: torch.Tensor, settings: Settings) -> Iterator[Contestant]:
    few = Networks(*(part[: len(truth)] for part in networks))
    error = _error(sharpness(few, data.x[: len(truth)]).cpu(), truth)
    rows = itertools.cycle(range(BATCH))

    def one_by_one(amount: int) -> float:
        for row in itertools.islice(rows, amount):
            sharpness(Networks(*(part[row : row + 1] for part in networks)), data.x[row : row + 1])
        return amount

    yield Contestant(f"{OURS}, {BATCH} networks", _batched(networks, data, 1), True, about={"error": error})
    yield Contestant(f"{OURS}, one network", one_by_one, True, about={"error": error})
    if settings.threads > 1 and settings.device == "cpu":
        name = f"{OURS}, {BATCH} networks, {settings.threads} threads"
        yield Contestant(name, _batched(networks, data, settings.threads), True, about={"error": error})


def _batched(networks: Networks, data: Data, threads: int) -> Callable[[int], float]:
    def shot(amount: int) -> float:
        for _ in range(amount):
            sharpness(networks, data.x, threads=threads)
        return amount * BATCH

    return shot


def _rival(rival: Rival, modules: Modules, truth: torch.Tensor) -> Contestant:
    found = torch.tensor([rival.sharpness(*module) for module in modules], dtype=torch.float64)
    turn = itertools.cycle(modules)

    def shot(amount: int) -> float:
        for module in itertools.islice(turn, amount):
            rival.sharpness(*module)
        return amount

    return Contestant(rival.name, shot, about={"error": _error(found, truth)})


def _too_large(rival: Rival, shape: Shape) -> str | None:
    if rival.largest is None or shape.parameters <= rival.largest:
        return None
    return f"left out at {shape}: a matrix of {shape.parameters:,} rows"


def _error(found: torch.Tensor, truth: torch.Tensor) -> float:
    return float(((found - truth) / truth).abs().max())


SHARPNESS = Part(
    "sharpness",
    "largest eigenvalue of the Hessian at interpolation, float64, one thread; errors against the full Hessian",
    "networks",
    cases,
    (
        Column("a network", "rate", duration),
        Column("x reference", "ratio", multiple),
        Column("reference", "reference", str),
        Column("relative error", "error", scientific),
    ),
)
"""Ratios to curvlinops + eigsh, or where that is absent to torch.func's products + eigsh."""
