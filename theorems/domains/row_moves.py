"""Reductions and variations of domains whose instances are rows of data with vectors beside them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from flint import fmpq

from refutable.theorems.domains.domain import Move
from refutable.theorems.domains.number_moves import Refit, sealed, unchanged
from refutable.theorems.instances import Field, Instance, InstanceError, refuse_long

Axes = Mapping[str, int]
"""Which axis of each field counts one thing, by field name."""


@dataclass(frozen=True)
class RowMoves:
    """Moves that change how many data and inputs there are.

    Attributes:
        data: the axis that counts data, by field; every field that has one.
        inputs: the axis that counts inputs, by field; every field that has one.
        refit: what else is derived anew after a change.
        most: nothing is added beyond so many data or inputs.
    """

    data: Axes
    inputs: Axes
    refit: Refit = unchanged
    most: int = 4

    def drop_datum(self, instance: Instance) -> Iterator[Instance]:
        """One datum fewer."""
        yield from self._dropped(instance, self.data)

    def drop_input(self, instance: Instance) -> Iterator[Instance]:
        """One input fewer."""
        yield from self._dropped(instance, self.inputs)

    def add_datum(self, instance: Instance) -> Iterator[Instance]:
        """One datum twice, or negated in the data only."""
        for after in self._added(instance, self.data):
            yield from self.refit(instance, after)

    def add_input(self, instance: Instance) -> Iterator[Instance]:
        """One input twice."""
        for after in self._added(instance, self.inputs):
            yield from self.refit(instance, after)

    def scale(self, instance: Instance) -> Iterator[Instance]:
        """All data doubled or halved; one input mirrored."""
        x = instance["x"]
        for factor in (fmpq(2), fmpq(1, 2), fmpq(-1)):
            yield from self.refit(instance, instance.replace(x=sealed(x * factor)))
        for i in range(x.shape[-1]):
            mirrored = x.copy()
            mirrored[..., i] = -mirrored[..., i]
            yield from self.refit(instance, instance.replace(x=sealed(mirrored)))

    def _dropped(self, instance: Instance, axes: Axes) -> Iterator[Instance]:
        for i in range(_size(instance, axes) if _size(instance, axes) > 1 else 0):
            changes = {name: sealed(np.delete(instance[name], i, axis)) for name, axis in axes.items()}
            yield from self.refit(instance, instance.replace(**changes))

    def _added(self, instance: Instance, axes: Axes) -> Iterator[Instance]:
        size = _size(instance, axes)
        for i in range(size) if size < self.most else ():
            copied = {}
            for name, axis in axes.items():
                more = np.take(instance[name], [i], axis)
                copied[name] = sealed(np.concatenate([instance[name], more], axis))
            yield instance.replace(**copied)

    @property
    def reductions(self) -> tuple[Move, ...]:
        """Fewer data or inputs."""
        return (Move("drop a datum", self.drop_datum), Move("drop an input", self.drop_input))

    @property
    def variations(self) -> tuple[Move, ...]:
        """Other numbers of data and inputs, other scales."""
        return (
            Move("add a datum", self.add_datum),
            Move("add an input", self.add_input),
            *self.reductions,
            Move("scale the data", self.scale),
        )


def _size(instance: Instance, axes: Axes) -> int:
    name, axis = next(iter(axes.items()))
    return int(instance[name].shape[axis])


def check_rows(values: Mapping[str, Any], most: tuple[int, int], bits: int, fields: Sequence[Field]) -> None:
    """Neither too many data or inputs, nor too long numbers.

    Args:
        values: of an instance; ``x`` is [n, d].
        most: data and inputs.
        bits: of a numerator or denominator.
        fields: of the domain.

    Raises:
        InstanceError: otherwise.
    """
    n, d = values["x"].shape
    if n > most[0] or d > most[1]:
        raise InstanceError(f"{n} data with {d} inputs are too many; at most {most[0]} with {most[1]} here")
    refuse_long(fields, values, bits)


def plain_rows(instance: Instance, text: Callable[[fmpq], str], name: str = "x") -> list[str]:
    """One line a datum, as a person writes it."""
    return [f"x{j} = ({', '.join(text(q) for q in row)})" for j, row in enumerate(instance[name], 1)]
