"""Reductions and variations of a quantised network. Those that make no sense are filtered by the domain's check."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from flint import fmpq

from refutable.theorems.domains.domain import Move
from refutable.theorems.domains.number_moves import NumberMoves, sealed
from refutable.theorems.instances import Instance

MAX_INPUTS, MAX_WIDTH, MAX_VALUES = 9, 3, 3
"""Variations add nothing beyond these sizes."""

PARAMETERS = ("weights", "biases", "output_weights", "output_bias", "scales", "output_scale")
NUMBERS = NumberMoves(("inputs", "epsilon", "delta"), positive=("epsilon", "delta"))


def plain(instance: Instance) -> Iterator[Instance]:
    """No output scale, no scales at all, no convolution, no sample."""
    if instance["output_scale"] is not None:
        yield instance.replace(output_scale=None)
    if instance["scales"] is not None:
        yield instance.replace(scales=None, output_scale=None)
    if instance["kernel"] == instance["inputs"].shape[1]:
        yield instance.replace(kernel=None)
    if instance["samples"] is not None:
        yield instance.replace(samples=None, epsilon=None, delta=None)


def drop_unit(instance: Instance) -> Iterator[Instance]:
    """One hidden unit of the teacher fewer, also with one of the student; one of the student fewer."""
    for i in range(len(instance["biases"])) if len(instance["biases"]) > 1 else ():
        names = [name for name in ("weights", "biases", "output_weights", "scales") if instance[name] is not None]
        fewer = instance.replace(**{name: sealed(np.delete(instance[name], i, 0)) for name in names})
        yield fewer
        if instance["width"] > 1:
            yield fewer.replace(width=instance["width"] - 1)
    if instance["width"] > 1:
        yield instance.replace(width=instance["width"] - 1)


def drop_dimension(instance: Instance) -> Iterator[Instance]:
    """One coordinate of the inputs fewer."""
    inputs, weights = instance["inputs"], instance["weights"]
    for c in range(inputs.shape[1]) if inputs.shape[1] > 1 else ():
        fewer = instance.replace(inputs=_distinct(np.delete(inputs, c, 1)))
        if instance["kernel"] is None:
            fewer = fewer.replace(weights=sealed(np.delete(weights, c, 1)))
        yield fewer


def _distinct(rows: Any) -> Any:
    """The rows without those that were there before."""
    kept = list(dict.fromkeys(tuple(row) for row in rows))
    out = np.empty((len(kept), rows.shape[1]), dtype=object)
    for i, row in enumerate(kept):
        out[i] = row
    return sealed(out)


def drop_input(instance: Instance) -> Iterator[Instance]:
    """One input fewer, or half of them."""
    n = len(instance["inputs"])
    if n > 3:
        yield instance.replace(inputs=sealed(instance["inputs"][: n // 2].copy()))
        yield instance.replace(inputs=sealed(instance["inputs"][n // 2 :].copy()))
    for i in range(n) if n > 1 else ():
        yield instance.replace(inputs=sealed(np.delete(instance["inputs"], i, 0)))


def drop_value(instance: Instance) -> Iterator[Instance]:
    """One value fewer; the teacher's parameters become the nearest of those that are left."""
    values = instance["values"]
    for i in range(len(values)) if len(values) > 1 else ():
        yield _with_values(instance, [v for j, v in enumerate(values) if j != i])


def plainer_values(instance: Instance) -> Iterator[Instance]:
    """Values 0 and 1; -1, 0 and 1; one value replaced by 0, 1, -1 or 2."""
    for plain_values in ((0, 1), (-1, 0, 1)):
        if len(plain_values) == len(instance["values"]):
            yield _mapped_values(instance, [fmpq(v) for v in plain_values])
    for i in range(len(instance["values"])):
        for plainer in (0, 1, -1, 2):
            if fmpq(plainer) not in set(instance["values"]):
                values = list(instance["values"])
                values[i] = fmpq(plainer)
                yield _mapped_values(instance, values)


def _with_values(instance: Instance, values: list[fmpq]) -> Instance:
    """Other values, the teacher's parameters moved to the nearest."""

    def nearest(q: fmpq) -> fmpq:
        return min(values, key=lambda value: (abs(value - q), value))

    return _changed_parameters(instance, nearest).replace(values=_array(values))


def _mapped_values(instance: Instance, values: list[fmpq]) -> Instance:
    """Other values one by one, the teacher's parameters with them."""
    table = dict(zip(instance["values"], values, strict=True))
    return _changed_parameters(instance, lambda q: table.get(q, q)).replace(values=_array(values))


def _changed_parameters(instance: Instance, change: Any) -> Instance:
    changes: dict[str, Any] = {}
    for name in PARAMETERS:
        old = instance[name]
        if isinstance(old, fmpq):
            changes[name] = change(old)
        elif old is not None:
            new = np.empty(old.shape, dtype=object)
            for index, q in np.ndenumerate(old):
                new[index] = change(q)
            changes[name] = sealed(new)
    return instance.replace(**changes)


def plainer_parameter(instance: Instance) -> Iterator[Instance]:
    """A parameter of the teacher replaced by another value, plainer ones first."""
    yield from other_parameter(instance)


def other_parameter(instance: Instance) -> Iterator[Instance]:
    """A parameter of the teacher replaced by another value."""
    values = sorted(instance["values"], key=lambda q: (abs(q), q))
    for name in PARAMETERS:
        old = instance[name]
        if isinstance(old, fmpq):
            yield from (instance.replace(**{name: q}) for q in values if q != old)
        elif old is not None:
            for index, value in np.ndenumerate(old):
                for q in values:
                    if q != value:
                        new = old.copy()
                        new[index] = q
                        yield instance.replace(**{name: sealed(new)})


def fewer_samples(instance: Instance) -> Iterator[Instance]:
    """No sample, half of them, one fewer."""
    samples = instance["samples"]
    for fewer in sorted({0, 1, samples // 2, samples - 1}) if samples is not None else ():
        if 0 <= fewer < samples:
            yield instance.replace(samples=fewer)


def _array(values: list[fmpq]) -> Any:
    out = np.empty(len(values), dtype=object)
    for i, value in enumerate(values):
        out[i] = value
    return sealed(out)


MOVES = (
    Move("plain", plain),
    Move("drop a unit", drop_unit),
    Move("drop a value", drop_value),
    Move("drop a coordinate", drop_dimension),
    Move("drop an input", drop_input),
    Move("fewer samples", fewer_samples),
    Move("plainer values", plainer_values),
    Move("plainer parameter", plainer_parameter),
    *NUMBERS.moves,
)


def widen(instance: Instance) -> Iterator[Instance]:
    """One more hidden unit of the student."""
    if instance["width"] < MAX_WIDTH:
        yield instance.replace(width=instance["width"] + 1)


def other_inputs(instance: Instance) -> Iterator[Instance]:
    """One more input beside another, mirrored or doubled; one moved there."""
    inputs = instance["inputs"]
    for i, x in enumerate(inputs):
        for c in range(len(x)):
            for new in (x[c] + 1, x[c] - 1, -x[c], 2 * x[c]):
                row = x.copy()
                row[c] = new
                if tuple(row) in {tuple(known) for known in inputs}:
                    continue
                moved = inputs.copy()
                moved[i] = row
                yield instance.replace(inputs=sealed(moved))
                if len(inputs) < MAX_INPUTS:
                    yield instance.replace(inputs=sealed(np.concatenate([inputs, row[None]])))


def add_value(instance: Instance) -> Iterator[Instance]:
    """One more value."""
    if len(instance["values"]) < MAX_VALUES:
        for value in (fmpq(0), fmpq(1), fmpq(-1), fmpq(2)):
            if value not in set(instance["values"]):
                yield instance.replace(values=_array([*instance["values"], value]))


VARIATIONS = (
    Move("widen", widen),
    Move("drop a unit", drop_unit),
    Move("other inputs", other_inputs),
    Move("drop an input", drop_input),
    Move("add a value", add_value),
    Move("drop a value", drop_value),
    Move("plainer values", plainer_values),
    Move("another parameter", other_parameter),
)
