"""Structural variations of a shallow network and its data, for a search by evolution. Deterministic.

Labels y stay where they are null (y_j := f(x_j)) and follow their data otherwise. A batch is never larger than the
data set.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise
from typing import Any

import numpy as np
from flint import fmpq

from refutable.theorems.domains.domain import Move
from refutable.theorems.exact import to_float
from refutable.theorems.instances import Instance

MAX_NEURONS, MAX_SAMPLES, MAX_INPUTS = 8, 12, 4
"""Nothing is added beyond these sizes."""
NEURON = ("w1", "b1", "w2")
Neuron = tuple[Any, fmpq, fmpq]


def _sealed(a: Any) -> Any:
    a.setflags(write=False)
    return a


def _neurons(instance: Instance) -> list[Neuron]:
    return list(zip(instance["w1"], instance["b1"], instance["w2"], strict=True))


def _with_neurons(instance: Instance, neurons: Sequence[Neuron]) -> Instance:
    parts: dict[str, list[Any]] = {name: [neuron[at] for neuron in neurons] for at, name in enumerate(NEURON)}
    arrays = {name: np.array([list(row) for row in part] if name == "w1" else part, dtype=object)
              for name, part in parts.items()}  # fmt: skip
    return instance.replace(**{name: _sealed(a) for name, a in arrays.items()})


def _exchanged(instance: Instance, i: int, *neurons: Neuron) -> Instance:
    """Neuron i replaced by others."""
    kept = _neurons(instance)
    return _with_neurons(instance, [*kept[:i], *neurons, *kept[i + 1 :]])


def _with_data(instance: Instance, rows: Sequence[Any], labels: Sequence[fmpq] | None) -> Instance:
    batch = instance["batch_size"]
    return instance.replace(
        x=_sealed(np.array([list(row) for row in rows], dtype=object)),
        y=None if labels is None else _sealed(np.array(list(labels), dtype=object)),
        batch_size=None if batch is None else min(batch, len(rows)),
    )


def _data(instance: Instance) -> tuple[list[Any], list[fmpq] | None]:
    return list(instance["x"]), None if instance["y"] is None else list(instance["y"])


def _mean(items: Sequence[Any]) -> Any:
    total = items[0]
    for item in items[1:]:
        total = total + item
    return total / len(items)


def add_neuron(instance: Instance) -> Iterator[Instance]:
    """A neuron along an input axis, its hyperplane midway between two data, the outer gaps and the middle one."""
    if len(instance["w2"]) >= MAX_NEURONS:
        return
    d = instance["x"].shape[1]
    size = max(max(abs(c) for c in instance["w2"]), fmpq(1, 64))
    for axis in range(d):
        places = sorted(set(instance["x"][:, axis]))
        middles = [(a + b) / 2 for a, b in pairwise(places)]
        for t in dict.fromkeys(middles[i] for i in (0, len(middles) // 2, -1)) if middles else ():
            for side, out in ((1, size), (-1, size), (1, -size)):
                w = np.array([fmpq(side if c == axis else 0) for c in range(d)], dtype=object)
                yield _with_neurons(instance, [*_neurons(instance), (w, -side * t, out)])


def split_neuron(instance: Instance) -> Iterator[Instance]:
    """A neuron as two with half of its output weight each; as one with 3/4 and one with 1/4, a step apart."""
    if len(instance["w2"]) >= MAX_NEURONS:
        return
    for i, (w, b, out) in enumerate(_neurons(instance)):
        yield _exchanged(instance, i, (w, b, out / 2), (w, b, out / 2))
        yield _exchanged(instance, i, (w, b, 3 * out / 4), (w, b + b / 16 + fmpq(1, 64), out / 4))


def merge_neurons(instance: Instance) -> Iterator[Instance]:
    """Two neurons as one: the sum of both output weights on the first's hyperplane, or the mean of both."""
    neurons = _neurons(instance)
    for i, j in combinations(range(len(neurons)), 2):
        (w, b, out), (v, c, other) = neurons[i], neurons[j]
        rest = [neuron for at, neuron in enumerate(neurons) if at not in (i, j)]
        if out + other != 0:
            yield _with_neurons(instance, [*rest, (w, b, out + other)])
            yield _with_neurons(instance, [*rest, ((w + v) / 2, (b + c) / 2, out + other)])


def drop_neuron(instance: Instance) -> Iterator[Instance]:
    """One neuron fewer."""
    neurons = _neurons(instance)
    for i in range(len(neurons)) if len(neurons) > 1 else ():
        yield _with_neurons(instance, neurons[:i] + neurons[i + 1 :])


def flip_neuron(instance: Instance) -> Iterator[Instance]:
    """A neuron active on the other side of its hyperplane; one with the other sign of its output weight."""
    for i, (w, b, out) in enumerate(_neurons(instance)):
        yield _exchanged(instance, i, (-w, -b, out))
        yield _exchanged(instance, i, (w, b, -out))


def mirror_neuron(instance: Instance) -> Iterator[Instance]:
    """A neuron reflected in the mean of the data, or in 0."""
    centre = _mean(list(instance["x"]))
    for i, (w, b, out) in enumerate(_neurons(instance)):
        yield _exchanged(instance, i, (-w, b + 2 * (w * centre).sum(), out))
        yield _exchanged(instance, i, (-w, b, out))


def balance_neuron(instance: Instance) -> Iterator[Instance]:
    """The same function with |(w1_i, b1_i)| near |w2_i|; or with both derivatives of its mean about as large."""
    for i, (w, b, out) in enumerate(_neurons(instance)):
        for factor in _balancing(instance["x"], w, b, out):
            yield _exchanged(instance, i, (w * factor, b * factor, out / factor))


def _balancing(x: Any, w: Any, b: fmpq, out: fmpq) -> Iterator[fmpq]:
    weights = [to_float(c) for c in (*w, b)]
    active = [(to_float((row * w).sum() + b), [to_float(c) for c in row]) for row in x if (row * w).sum() + b > 0]
    mean = sum(z for z, _ in active) / len(x)
    slopes = [len(active) / len(x), *(sum(c) / len(x) for c in zip(*(row for _, row in active), strict=True))]
    for below, above in ((math.hypot(*weights), 1.0), (mean, math.hypot(*slopes))):
        square = abs(to_float(out)) * above / below if below > 0 else 0.0
        if 0 < square < math.inf and abs(square - 1) > 2.0**-10:
            yield _twelve_bits(math.sqrt(square))


def _twelve_bits(value: float) -> fmpq:
    mantissa, exponent = math.frexp(value)
    return fmpq(round(mantissa * 2**12)) * fmpq(2) ** (exponent - 12)


def add_datum(instance: Instance) -> Iterator[Instance]:
    """A datum twice, or one more at the mean of all."""
    rows, labels = _data(instance)
    if len(rows) >= MAX_SAMPLES:
        return
    for j in range(len(rows)):
        yield _with_data(instance, [*rows, rows[j]], None if labels is None else [*labels, labels[j]])
    yield _with_data(instance, [*rows, _mean(rows)], None if labels is None else [*labels, _mean(labels)])


def double_data(instance: Instance) -> Iterator[Instance]:
    """Every datum twice; every datum and its reflection in the mean."""
    rows, labels = _data(instance)
    if 2 * len(rows) <= MAX_SAMPLES:
        twice = None if labels is None else [*labels, *labels]
        yield _with_data(instance, [*rows, *rows], twice)
        centre = _mean(rows)
        yield _with_data(instance, [*rows, *(2 * centre - row for row in rows)], twice)


def drop_datum(instance: Instance) -> Iterator[Instance]:
    """One datum fewer."""
    rows, labels = _data(instance)
    for j in range(len(rows)) if len(rows) > 1 else ():
        left = None if labels is None else labels[:j] + labels[j + 1 :]
        yield _with_data(instance, rows[:j] + rows[j + 1 :], left)


def merge_data(instance: Instance) -> Iterator[Instance]:
    """Two data moved to their mean; both replaced by one there."""
    rows, labels = _data(instance)
    for i, j in combinations(range(len(rows)), 2):
        middle = (rows[i] + rows[j]) / 2
        label = None if labels is None else (labels[i] + labels[j]) / 2
        both = [middle if at in (i, j) else row for at, row in enumerate(rows)]
        yield _with_data(instance, both, _relabelled(labels, (i, j), label))
        if len(rows) > 2:
            fewer = _relabelled(labels, (i,), label)
            yield _with_data(instance, both[:j] + both[j + 1 :], None if fewer is None else fewer[:j] + fewer[j + 1 :])


def _relabelled(labels: list[fmpq] | None, where: tuple[int, ...], label: Any) -> list[fmpq] | None:
    return None if labels is None else [label if at in where else y for at, y in enumerate(labels)]


def mirror_datum(instance: Instance) -> Iterator[Instance]:
    """A datum reflected in the mean of all, or in 0."""
    rows, labels = _data(instance)
    centre = _mean(rows)
    for j, row in enumerate(rows):
        for image in (2 * centre - row, -row):
            yield _with_data(instance, [*rows[:j], image, *rows[j + 1 :]], labels)


def add_coordinate(instance: Instance) -> Iterator[Instance]:
    """An input coordinate with weights 0: 1 for every datum, or 1 and -1 in turn."""
    n, d = instance["x"].shape
    if d >= MAX_INPUTS:
        return
    weights = np.concatenate([instance["w1"], np.full((len(instance["w2"]), 1), fmpq(0), dtype=object)], axis=1)
    for column in ([1] * n, [1 if j % 2 == 0 else -1 for j in range(n)]):
        new = np.array([[fmpq(c)] for c in column], dtype=object)
        yield instance.replace(w1=_sealed(weights.copy()), x=_sealed(np.concatenate([instance["x"], new], axis=1)))


def drop_coordinate(instance: Instance) -> Iterator[Instance]:
    """One input coordinate fewer."""
    d = instance["x"].shape[1]
    for c in range(d) if d > 1 else ():
        yield instance.replace(**{name: _sealed(np.delete(instance[name], c, 1)) for name in ("w1", "x")})


VARIATIONS = (
    Move("add a neuron", add_neuron),
    Move("split a neuron", split_neuron),
    Move("merge neurons", merge_neurons),
    Move("drop a neuron", drop_neuron),
    Move("flip a neuron", flip_neuron),
    Move("mirror a neuron", mirror_neuron),
    Move("balance a neuron", balance_neuron),
    Move("add a datum", add_datum),
    Move("double the data", double_data),
    Move("drop a datum", drop_datum),
    Move("merge data", merge_data),
    Move("mirror a datum", mirror_datum),
    Move("add a coordinate", add_coordinate),
    Move("drop a coordinate", drop_coordinate),
)
