"""All measurements of the engine, in the order in which they are made, and how one is made."""

from __future__ import annotations

import time
from collections.abc import Callable

import torch

from refutable.strategies.engine.torch_batched import one_thread
from refutable.verify.bench.engine.cases import Case, Measured, Part, rows_of
from refutable.verify.bench.engine.exact import EXACT
from refutable.verify.bench.engine.minima import MINIMA
from refutable.verify.bench.engine.scaling import SCALING
from refutable.verify.bench.engine.settings import Settings
from refutable.verify.bench.engine.sharpness import SHARPNESS
from refutable.verify.bench.engine.training import TRAINING
from refutable.verify.bench.engine.weights import WEIGHTS

PARTS: dict[str, Part] = {part.id: part for part in (TRAINING, SHARPNESS, WEIGHTS, MINIMA, EXACT, SCALING)}
"""By id."""


def measured(part: Part, settings: Settings, tell: Callable[[Case], None] = lambda case: None) -> Measured:
    """Measure a part; ``tell`` hears of each case before its methods are timed."""
    begun, found = time.perf_counter(), Measured(part)
    finish = torch.cuda.synchronize if settings.device == "cuda" else _nothing
    with one_thread():
        for case in part.cases(settings):
            tell(case)
            found.cases.append(case.id)
            rows, absent = rows_of(case, settings, finish)
            found.rows += rows
            found.absent += [one for one in absent if one not in found.absent]
    found.seconds = time.perf_counter() - begun
    return found


def _nothing() -> None:
    """A processor is done when a call returns."""
