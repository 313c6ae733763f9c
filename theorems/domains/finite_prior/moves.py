"""Reductions and variations of a finite prior. Those that make no sense are filtered by the domain's check."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from flint import fmpq

from refutable.theorems.domains.domain import Move
from refutable.theorems.domains.number_moves import NumberMoves, sealed
from refutable.theorems.instances import Instance

MAX_CLASSES, MAX_BLOCKS, MAX_INPUTS = 6, 4, 24
"""Variations add nothing beyond these sizes."""

COARSER = ((1, 16), (1, 8), (1, 4), (1, 2), (3, 4), (7, 8), (15, 16))
"""Shares of the inputs that are kept: few first, since an instance of many is slow to decide."""
NUMBERS = NumberMoves(("prior", "epsilon", "delta"), positive=("epsilon", "delta"))


def drop_class(instance: Instance) -> Iterator[Instance]:
    """One class fewer."""
    for c in range(len(instance["prior"])) if len(instance["prior"]) > 1 else ():
        yield instance.replace(
            errors=sealed(np.delete(instance["errors"], c, 0)), prior=sealed(np.delete(instance["prior"], c, 0))
        )


def drop_block(instance: Instance) -> Iterator[Instance]:
    """One block fewer; all blocks in one."""
    blocks, errors = instance["blocks"], instance["errors"]
    for b in range(len(blocks)) if len(blocks) > 1 else ():
        yield instance.replace(blocks=sealed(np.delete(blocks, b, 0)), errors=sealed(np.delete(errors, b, 1)))
    if len(blocks) > 1:
        yield instance.replace(
            blocks=_array([sum(blocks)]), errors=sealed(np.array([[sum(row)] for row in errors], dtype=object))
        )


def fewer_inputs(instance: Instance) -> Iterator[Instance]:
    """Half of the inputs of a block with half of the errors; one input fewer, one error fewer, or both."""
    for b, size in enumerate(instance["blocks"]):
        for share in (2, 3, 5):
            if size >= 2 * share:
                yield _resized(instance, b, fmpq((size / share).floor()), share)
        yield _resized(instance, b, size - 1, 1)
        for c, row in enumerate(instance["errors"]):
            if row[b] > 0:
                yield _with_errors(instance, c, b, row[b] - 1)
                yield _resized(_with_errors(instance, c, b, row[b] - 1), b, size - 1, 1)


def _resized(instance: Instance, block: int, size: fmpq, share: int) -> Instance:
    """A block of another size; each class keeps 1/share of its errors there, rounded up."""
    blocks, errors = instance["blocks"].copy(), instance["errors"].copy()
    blocks[block] = size
    for c in range(len(errors)):
        errors[c, block] = fmpq((errors[c, block] / share).ceil())
    return instance.replace(blocks=sealed(blocks), errors=sealed(errors))


def _with_errors(instance: Instance, row: int, block: int, count: fmpq) -> Instance:
    errors = instance["errors"].copy()
    errors[row, block] = count
    return instance.replace(errors=sealed(errors))


def coarser(instance: Instance) -> Iterator[Instance]:
    """All blocks smaller with as many errors, larger epsilon and fewer samples: about as much of each is seen."""
    blocks, samples, epsilon = instance["blocks"], instance["samples"], instance["epsilon"]
    for kept, among in COARSER:
        sizes = [fmpq((size * kept / among).ceil()) for size in blocks]
        share = sum(sizes) / sum(blocks)
        if share < 1:
            fewer = int((samples * share).ceil())
            yield instance.replace(blocks=_array(sizes), samples=fewer, epsilon=epsilon / share)


def fewer_samples(instance: Instance) -> Iterator[Instance]:
    """No sample, one, half of them, one fewer; fewer with a larger epsilon, so that their product stays."""
    samples = instance["samples"]
    for fewer in sorted({0, 1, samples // 2, samples - 1}):
        if 0 <= fewer < samples:
            yield instance.replace(samples=fewer)
            if fewer > 0:
                yield instance.replace(samples=fewer, epsilon=instance["epsilon"] * fmpq(samples, fewer))


def error_epsilon(instance: Instance) -> Iterator[Instance]:
    """Epsilon equal to the risk of a class: nothing is bad by a wide margin."""
    inputs = sum(instance["blocks"])
    for risk in dict.fromkeys(sum(row) / inputs for row in instance["errors"]):
        if risk > 0 and risk != instance["epsilon"]:
            yield instance.replace(epsilon=risk)


MOVES = (
    Move("drop a class", drop_class),
    Move("drop a block", drop_block),
    Move("coarser inputs", coarser),
    Move("fewer samples", fewer_samples),
    Move("fewer inputs", fewer_inputs),
    Move("epsilon a risk", error_epsilon),
    *NUMBERS.moves,
)


def add_class(instance: Instance) -> Iterator[Instance]:
    """A class with one error more or fewer in a block, of the same weight."""
    errors, prior = instance["errors"], instance["prior"]
    if len(prior) >= MAX_CLASSES:
        return
    for c, row in enumerate(errors):
        for b in range(len(row)):
            for change in (1, -1):
                new = row.copy()
                new[b] += change
                yield instance.replace(
                    errors=sealed(np.concatenate([errors, new[None]])), prior=_array([*prior, prior[c]])
                )


def add_inputs(instance: Instance) -> Iterator[Instance]:
    """A block twice as large, with as many errors; twice as many of both; another block of one input."""
    blocks, errors = instance["blocks"], instance["errors"]
    if sum(blocks) > MAX_INPUTS:
        return
    for b, size in enumerate(blocks):
        for errors_too in (False, True):
            larger, more = blocks.copy(), errors.copy()
            larger[b] = 2 * size
            if errors_too:
                more[:, b] = more[:, b] * 2
            yield instance.replace(blocks=sealed(larger), errors=sealed(more))
    if len(blocks) < MAX_BLOCKS:
        column = np.full((len(errors), 1), fmpq(0), dtype=object)
        yield instance.replace(
            blocks=_array([*blocks, fmpq(1)]), errors=sealed(np.concatenate([errors, column], axis=1))
        )


def reweigh(instance: Instance) -> Iterator[Instance]:
    """A class with a tenth of its weight, or ten times it."""
    for c, weight in enumerate(instance["prior"]):
        for factor in (fmpq(1, 10), fmpq(10)):
            prior = instance["prior"].copy()
            prior[c] = weight * factor
            yield instance.replace(prior=sealed(prior))


def other_sample(instance: Instance) -> Iterator[Instance]:
    """More samples or fewer; delta halved or a tenth."""
    samples = instance["samples"]
    for other in dict.fromkeys((samples + 1, samples - 1, 2 * samples, samples // 2)):
        if 0 <= other != samples:
            yield instance.replace(samples=other)
    for factor in (fmpq(1, 2), fmpq(1, 10), fmpq(2)):
        yield instance.replace(delta=instance["delta"] * factor)


def _array(values: list[Any]) -> Any:
    out = np.empty(len(values), dtype=object)
    for i, value in enumerate(values):
        out[i] = value
    return sealed(out)


VARIATIONS = (
    Move("add a class", add_class),
    Move("drop a class", drop_class),
    Move("add inputs", add_inputs),
    Move("drop a block", drop_block),
    Move("reweigh a class", reweigh),
    Move("epsilon a risk", error_epsilon),
    Move("another sample", other_sample),
)
