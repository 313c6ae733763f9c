"""How long an exact decision takes, against the numbers of data and neurons."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import torch

from refutable.strategies.engine.minima import constructed
from refutable.theorems.claims import Claim
from refutable.theorems.instances import Instance
from refutable.verify.bench.engine.cases import Case, Column, Part, Row
from refutable.verify.bench.engine.exponents import exponents, words
from refutable.verify.bench.engine.figures import duration
from refutable.verify.bench.engine.minima import claims_on
from refutable.verify.bench.engine.settings import Settings
from refutable.verify.bench.engine.subjects import Shape
from refutable.verify.bench.engine.timing import Contestant
from refutable.verify.decide import decide
from refutable.verify.sweep import row_instance

SIZES, QUICK_SIZES = (4, 8, 16, 32, 64), (4, 16, 64)
INPUTS = (1, 2)
INSTANCES = 4


def cases(settings: Settings) -> Iterator[Case]:
    """A grid of data and neurons, on the line and in the plane."""
    sizes = QUICK_SIZES if settings.quick else SIZES
    for d, k, n in itertools.product(INPUTS, sizes, sizes):
        yield _case(Shape(d, k, n), settings)


def _case(shape: Shape, settings: Settings) -> Case:
    claim = claims_on(shape.inputs)[0]
    generator = torch.Generator().manual_seed(settings.seed)
    minima = constructed(INSTANCES, shape.inputs, shape.neurons, shape.samples, generator)
    fields = {name: part.numpy() for name, part in minima.fields.items()}
    instances = [row_instance(claim, fields, {}, row) for row in range(INSTANCES)]
    about = shape.document() | {"claim": claim.id}
    return Case(str(shape), [Contestant("exact decision", _deciding(claim, instances), True)], (), about)


def _deciding(claim: Claim, instances: list[Instance]) -> Callable[[int], float]:
    turn = itertools.cycle(instances)

    def shot(amount: int) -> float:
        for instance in itertools.islice(turn, amount):
            decide(claim, instance)
        return amount

    return shot


def summary(rows: list[Row]) -> dict[str, Any]:
    """Exponents of the seconds of a decision in n and k, for each d."""
    out = {}
    for d in sorted({row["d"] for row in rows}):
        chosen = [row for row in rows if row["d"] == d]
        powers = exponents([{"n": r["n"], "k": r["k"]} for r in chosen], [1 / r["rate"] for r in chosen])
        out[f"d={d}"] = {"claim": chosen[0]["claim"], "exponents": powers}
    return out


def remarks(found: dict[str, Any]) -> list[str]:
    """One line for each d."""
    return [f"{d}, {one['claim']}: time grows like {words(one['exponents'])}" for d, one in found.items()]


EXACT = Part(
    "exact",
    "one exact decision, assumptions included, of a random network at 2/sharpness; one process",
    "decisions",
    cases,
    (Column("claim", "claim", str), Column("a decision", "rate", duration)),
    summary,
    remarks,
)
"""No ratios: nothing else decides exactly."""
