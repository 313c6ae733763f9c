"""Training: network-steps a second of every backend against plain PyTorch and what torch offers for batches."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import torch
from torch import Tensor

from refutable.strategies.engine.evaluation import sharpness
from refutable.strategies.engine.problem import Backend
from refutable.strategies.engine.train import Data, backends, prepared, train
from refutable.strategies.training.closed_form import Networks
from refutable.verify.bench.engine import machine
from refutable.verify.bench.engine.cases import Absent, Case, Column, Part
from refutable.verify.bench.engine.figures import multiple, percent, rate, scientific
from refutable.verify.bench.engine.settings import Settings
from refutable.verify.bench.engine.subjects import SHAPES, Shape, networks_and_data
from refutable.verify.bench.engine.timing import Contestant, Timing
from refutable.verify.bench.engine.trainers import (
    EngineTrainer,
    GraphTrainer,
    PlainTrainer,
    Trainer,
    Training,
    compiled,
    vmapped,
)
from refutable.verify.bench.engine.trainers import (
    closed_form as whole_batch,
)

PLAIN = "plain PyTorch"
COMPILED = "torch.compile of the whole batch"
COUNTS, WIDE_COUNTS, WIDE = (1, 64, 1024), (1, 64, 256), 100
"""Networks, and those where inputs are as many as `WIDE`: their data alone would fill the memory."""
MANY = 8192
"""Networks that a GPU is given besides: fewer leave most of it idle."""
REDUCED_STEPS, REDUCED_COUNT = 2000, 16
"""Steps over which the QR factorisation is paid off, and most networks for which that does not take minutes."""
LEAST_STEPS = 25
"""Of a run with as many inputs, that copying networks and data does not count for more than the steps."""
AGREEMENT_STEPS = 10
Make = Callable[[Training], Trainer]


def cases(settings: Settings) -> Iterator[Case]:
    """Every shape with one, some and many networks."""
    peak = None
    for shape in SHAPES:
        for count in _counts(shape, settings):
            found = machine.fma_peak()  # the best so far: others may be busy on this machine
            peak = found if found is None or peak is None else max(found, peak)
            yield _case(shape, count, settings, peak)


def _counts(shape: Shape, settings: Settings) -> tuple[int, ...]:
    if shape.inputs >= WIDE:
        return WIDE_COUNTS[:1] if settings.quick else WIDE_COUNTS
    counts = COUNTS if settings.device == "cpu" else (*COUNTS, MANY)
    return (counts[0], counts[1 if settings.device == "cpu" else -1]) if settings.quick else counts


def _case(shape: Shape, count: int, settings: Settings, peak: float | None) -> Case:
    networks, data = networks_and_data(shape, count, settings.seed)
    step_size = float(1 / sharpness(networks, data.x).max())
    here = Training(networks, data, step_size)
    there = Training(
        Networks(*(p.to(settings.device) for p in networks)), Data(*(p.to(settings.device) for p in data)), step_size
    )
    methods, absent = _methods(shape, here, there, settings)
    gpu = machine.gpu_peak() if settings.device == "cuda" else None
    expected = _reference(here)
    contestants = []
    for name, make, training, threads, amount in methods:
        try:
            trainer = make(training)
            difference = _difference(trainer, expected)
        except Exception as error:  # a compiler that is not there, a package that does not fit
            reason = f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"
            absent.append(Absent(name, reason, failed=name.partition(",")[0] in backends()))
            continue
        top = gpu if training.networks.b2.is_cuda else None if peak is None else peak * threads
        about = {"threads": threads, "difference": difference, "steps": amount}
        after = partial(_share_of_peak, shape, top)
        ours = isinstance(trainer, EngineTrainer)
        least = LEAST_STEPS if ours and shape.inputs >= WIDE else 1
        contestants.append(Contestant(name, trainer.shot, ours, amount, least, about, after))
    about = shape.document() | {"networks": count, "peak": peak}
    where = "" if settings.device == "cpu" else f", {settings.device}"
    words = f"{count} network{'s' if count > 1 else ''}"
    return Case(f"{shape}, {words}{where}", contestants, (PLAIN,), about, absent)


_Method = tuple[str, Make, Training, int, int | None]
"""Name, maker, what it trains, threads, steps of a shot where they are given."""


def _methods(shape: Shape, here: Training, there: Training, settings: Settings) -> tuple[list[_Method], list[Absent]]:
    methods: list[_Method] = [
        (PLAIN, PlainTrainer, there, 1, None),
        ("torch.func.vmap(grad)", vmapped, there, 1, None),
        ("torch closed form, whole batch", whole_batch, there, 1, None),
    ]
    absent = []
    if settings.quick:
        absent.append(Absent(COMPILED, "left out by --quick: compiling takes long"))
    else:
        methods.append((COMPILED, compiled, there, 1, None))
    for backend in _backends(settings.device):
        reason = backend.missing(*prepared(there.networks, there.data, 0.1, None, 0, 0.0, 0, None, None))
        training = there
        if reason is not None and backend.name == "native":
            reason, training = (
                backend.missing(*prepared(here.networks, here.data, 0.1, None, 0, 0.0, 0, None, None)),
                here,
            )
        if reason is not None:
            absent.append(Absent(backend.name, reason))
            continue
        methods += _engine(backend, shape, training, settings)
    return methods, absent


def _backends(device: str) -> list[Backend]:
    found = [backend for backend in backends().values() if backend.name != "reference"]
    if device == "cuda":
        from refutable.strategies.engine.cuda import GraphBackend

        found.append(GraphBackend())
    return found


def _engine(backend: Backend, shape: Shape, training: Training, settings: Settings) -> Iterator[_Method]:
    name = backend.name

    def make(threads: int, reduce: bool) -> Make:
        return lambda training: EngineTrainer(training, name, threads, reduce)

    if name not in backends():
        yield name, lambda training: GraphTrainer(training, backend), training, 1, None
        return
    yield name, make(1, False), training, 1, None
    wide = shape.inputs > shape.samples and training.count <= REDUCED_COUNT
    if wide:
        yield f"{name}, reduced by QR", make(1, True), training, 1, REDUCED_STEPS
    on_cpu = not training.networks.b2.is_cuda
    if settings.threads > 1 and training.count > 1 and on_cpu:
        yield f"{name}, {settings.threads} threads", make(settings.threads, False), training, settings.threads, None


def _reference(training: Training) -> Tensor:
    """Network 0 after a few steps of the engine's slow reference."""
    one = Networks(*(part[:1] for part in training.networks))
    data = Data(*(part[:1] for part in training.data))
    end = train(one, data, training.step_size, AGREEMENT_STEPS, backend="reference", reduce=False).networks
    return torch.cat([part[0].reshape(-1) for part in end])


def _difference(trainer: Trainer, expected: Tensor) -> float:
    """Largest difference from the reference in network 0, relative to its largest parameter."""
    trainer.shot(AGREEMENT_STEPS)
    return float((trainer.first().cpu() - expected).abs().max() / expected.abs().max())


def _share_of_peak(shape: Shape, peak: float | None, timing: Timing) -> dict[str, Any]:
    """Best rate over best peak: both are what the machine allows when nobody disturbs."""
    return {"share_of_peak": None if peak is None else timing.best * shape.operations / peak}


TRAINING = Part(
    "training",
    "gradient descent on all data, float64; one thread where no other number is given",
    "network-steps",
    cases,
    (
        Column("network-steps/s", "rate", rate),
        Column("x plain", "ratio", multiple),
        Column("of peak", "share_of_peak", percent),
        Column("difference", "difference", scientific),
    ),
)
"""Ratios to plain PyTorch, share of the measured multiply-add peak, and the difference from the reference."""
