"""Reductions of a shallow network instance, simplest first. Each keeps the instance well formed."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np
from flint import fmpq

from refutable.theorems.domains.domain import Move
from refutable.theorems.domains.number_moves import NumberMoves, sealed
from refutable.theorems.domains.shallow_relu.lines import lower_dimension
from refutable.theorems.domains.shallow_relu.pairs import MANY, ordered_pairs, unordered_pairs
from refutable.theorems.domains.shallow_relu.refitting import output, refit, refitted
from refutable.theorems.domains.shallow_relu.scalings import (
    common_scale,
    larger_network,
    normalise_neurons,
    shift_inputs,
    square_root,
)
from refutable.theorems.exact.simplest import simpler_near
from refutable.theorems.instances import Instance

NEURON_FIELDS = ("w1", "b1", "w2")
SETTINGS = ("y", "batch_size", "step_size", "frozen")


def plain_setting(instance: Instance) -> Iterator[Instance]:
    """Labels y_j := f(x_j), no batch size (or batches of one), no step size, everything trained."""
    for name in SETTINGS:
        if instance[name] is not None:
            yield instance.replace(**{name: None})
    if instance["batch_size"] not in (None, 1):
        yield instance.replace(batch_size=1)


def drop_neuron(instance: Instance) -> Iterator[Instance]:
    """One neuron fewer, or several."""
    for gone in groups(len(instance["b1"]), 1):
        yield _without(instance, gone, NEURON_FIELDS)


def drop_datum(instance: Instance) -> Iterator[Instance]:
    """One datum fewer, or several (never below the batch size)."""
    for gone in groups(len(instance["x"]), instance["batch_size"] or 1):
        yield _without(instance, gone, _data_fields(instance))


def drop_neuron_and_datum(instance: Instance) -> Iterator[Instance]:
    """One neuron fewer and one datum it is active on (of more than eight, most active on); or two of each."""
    z = instance["x"] @ instance["w1"].T + instance["b1"]
    n, k = z.shape
    highest = z.max(axis=0)
    pairs = [(j, i) for (j, i), v in np.ndenumerate(z) if v > 0 and (n <= MANY or v == highest[i])]
    if min(n, k) > 1 and n > (instance["batch_size"] or 1):
        for j, i in pairs:
            yield _without(_without(instance, (i,), NEURON_FIELDS), (j,), _data_fields(instance))
    if min(n, k) > 2 and n - 1 > (instance["batch_size"] or 1) and n * k <= MANY**2:
        for (j, i), (m, h) in itertools.combinations(pairs, 2):
            if i != h and j != m:
                yield _without(_without(instance, (i, h), NEURON_FIELDS), (j, m), _data_fields(instance))


def groups(count: int, least: int) -> Iterator[tuple[int, ...]]:
    """Positions to leave out, at least ``least`` staying: blocks of halves, quarters, ..., single ones, pairs."""
    size = count // 2
    while size > 2:
        yield from (tuple(range(start, min(start + size, count))) for start in range(0, count - 1, size))
        size //= 2
    # Blocks leave at least half, so only the batch size can be in their way: the domain's check refuses those.
    for together in (1, 2):
        if count - together >= least and (together == 1 or count <= MANY):
            yield from itertools.combinations(range(count), together)


def _without(instance: Instance, gone: tuple[int, ...], names: tuple[str, ...]) -> Instance:
    return instance.replace(**{name: sealed(np.delete(instance[name], gone, 0)) for name in names})


def _data_fields(instance: Instance) -> tuple[str, ...]:
    return ("x",) if instance["y"] is None else ("x", "y")


def drop_coordinate(instance: Instance) -> Iterator[Instance]:
    """One input dimension fewer."""
    d = instance["x"].shape[1]
    for c in range(d) if d > 1 else ():
        yield instance.replace(**{name: sealed(np.delete(instance[name], c, 1)) for name in ("w1", "x")})


def merge_neurons(instance: Instance) -> Iterator[Instance]:
    """Two neurons become one: the first with both output weights; where active on the same data, their sum.

    Of more than eight neurons only nearest pairs are tried.
    """
    z = instance["x"] @ instance["w1"].T + instance["b1"]
    sides = [tuple(v > 0 for v in column) for column in z.T]
    for i, j in unordered_pairs(_inner_weights(instance)):
        if sides[i] == sides[j]:
            yield from _summed(instance, i, j)
        w1, b1, w2 = (instance[name] for name in NEURON_FIELDS)
        yield _replaced_pair(instance, (i, j), w1[i], b1[i], w2[i] + w2[j])


def _inner_weights(instance: Instance) -> Any:
    return np.column_stack([instance["w1"], instance["b1"]])


def _summed(instance: Instance, i: int, j: int) -> Iterator[Instance]:
    w1, b1, w2 = (instance[name] for name in NEURON_FIELDS)
    row, bias = w1[i] * w2[i] + w1[j] * w2[j], b1[i] * w2[i] + b1[j] * w2[j]
    size = square_root(max(abs(v) for v in (*row, bias)))
    for weight in (w2[i], size, -size):
        if weight != 0:
            yield _replaced_pair(instance, (i, j), row / weight, bias / weight, weight)


def _replaced_pair(instance: Instance, pair: tuple[int, int], row: Any, bias: fmpq, weight: fmpq) -> Instance:
    """The first neuron of the pair becomes the given one, the second goes."""
    i, j = pair
    changes = {}
    for name, value in zip(NEURON_FIELDS, (row, bias, weight), strict=True):
        array = instance[name].copy()
        array[i] = value
        changes[name] = sealed(np.delete(array, j, 0))
    return instance.replace(**changes)


def merge_data(instance: Instance) -> Iterator[Instance]:
    """Two data become one: their mean, with the mean of their labels. Of more than eight only nearest pairs."""
    n = len(instance["x"])
    for i, j in unordered_pairs(instance["x"]) if n > max(1, instance["batch_size"] or 1) else ():
        changes = {}
        for name in _data_fields(instance):
            array = instance[name].copy()
            array[i] = (array[i] + array[j]) / 2
            changes[name] = sealed(array)
        yield _without(instance.replace(**changes), (j,), _data_fields(instance))


def simpler_residual(instance: Instance) -> Iterator[Instance]:
    """One label, or all, moved so that the residual f(x_j) - y_j is 0 or a plainer number."""
    if instance["y"] is None:
        return
    predicted = output(instance)
    residual = predicted - instance["y"]
    for j, r in enumerate(residual):
        for plainer in (fmpq(0), *simpler_near(r)) if r != 0 else ():
            y = instance["y"].copy()
            y[j] = predicted[j] - plainer
            yield from refit(instance, instance.replace(y=sealed(y)))


def mirror_neuron(instance: Instance) -> Iterator[Instance]:
    """A neuron becomes another one's mirror image in the origin, up to the sign of its output weight.

    Of more than eight neurons only the one whose image is nearest.
    """
    inner = _inner_weights(instance)
    sign = np.array([-1] * instance["w1"].shape[1] + [1], dtype=object)
    for i, j in ordered_pairs(inner, inner * sign):
        arrays = {name: instance[name].copy() for name in NEURON_FIELDS}
        arrays["w1"][i], arrays["b1"][i] = -arrays["w1"][j], arrays["b1"][j]
        arrays["w2"][i] = arrays["w2"][j] if instance["w2"][i] * instance["w2"][j] > 0 else -arrays["w2"][j]
        yield from refit(instance, instance.replace(**{name: sealed(a) for name, a in arrays.items()}))


def mirror_datum(instance: Instance) -> Iterator[Instance]:
    """A datum becomes minus another one; of more than eight data, the one whose negative is nearest."""
    for i, j in ordered_pairs(instance["x"], -instance["x"]):
        x = instance["x"].copy()
        x[i] = -x[j]
        yield from refit(instance, instance.replace(x=sealed(x)))


NUMBERS = NumberMoves(("w1", "b1", "w2", "b2", "x", "y"), refit, jointly=("w1", "b1", "w2", "b2", "x"))
STEP_SIZE = NumberMoves(("step_size",), positive=("step_size",))


def round_many(instance: Instance) -> Iterator[Instance]:
    """All numbers of a network with more than eight neurons or data rounded at once, before pairs of them are tried."""
    if max(len(instance["x"]), len(instance["b1"])) > MANY:
        yield from NUMBERS.round_jointly(instance)


def simpler_step_size(instance: Instance) -> Iterator[Instance]:
    """The step size replaced by a plainer fraction: any nearby, or the simplest just below the edge of stability."""
    plainer = [*STEP_SIZE.simplify(instance), *list(refit(instance, instance))[1:]]
    yield from sorted(plainer, key=lambda c: (int(c["step_size"].q), int(c["step_size"].p)))


def _dead_inputs(instance: Instance) -> int:
    return sum(all(v == 0 for v in row) for row in instance["w1"])


def with_inputs(move: Move) -> Move:
    """The move without candidates in which one more neuron has lost all its input weights: it would be a constant."""

    def reductions(instance: Instance) -> Iterator[Instance]:
        most = _dead_inputs(instance)
        yield from (candidate for candidate in move.reductions(instance) if _dead_inputs(candidate) <= most)

    reductions.__doc__ = move.reductions.__doc__
    return Move(move.id, reductions)


_STRUCTURE = (
    Move("plain setting", plain_setting),
    Move("drop neuron", refitted(drop_neuron)),
    Move("drop datum", refitted(drop_datum)),
    Move("round many numbers", round_many),
    Move("drop neuron and datum", refitted(drop_neuron_and_datum)),
    Move("drop coordinate", refitted(drop_coordinate)),
    Move("lower the dimension", refitted(lower_dimension)),
    Move("merge neurons", refitted(merge_neurons)),
    Move("merge data", refitted(merge_data)),
)
_POLISH = (
    NUMBERS.moves[0],
    Move("mirror a neuron", mirror_neuron),
    Move("mirror a datum", mirror_datum),
    Move("normalise neurons", normalise_neurons),
    Move("common scale", common_scale),
    Move("larger network", larger_network),
    Move("shift inputs", shift_inputs),
    *NUMBERS.moves[1:],
    Move("simplify a residual", simpler_residual),
    Move("simplify the step size", simpler_step_size),
)
STRUCTURE = tuple(map(with_inputs, _STRUCTURE))
"""Moves that drop parts."""
POLISH = tuple(map(with_inputs, _POLISH))
"""Moves that keep the sizes and simplify numbers."""
MOVES = (*STRUCTURE, *POLISH)
