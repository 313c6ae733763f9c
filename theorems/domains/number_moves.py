"""Reductions that change numbers and keep shapes: zero, tie, simplify one number, or round all of them at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias

import numpy as np
from flint import fmpq

from refutable.theorems.domains.domain import Move
from refutable.theorems.exact.simplest import DENOMINATORS, WIDTHS, nearest, simpler_near, simplest_between
from refutable.theorems.instances import Instance

Refit: TypeAlias = Callable[[Instance, Instance], Iterator[Instance]]
"""(before, after) -> ``after`` as it is, then with numbers that depend on the changed ones derived anew."""
Place: TypeAlias = tuple[str, int | None, tuple[int, ...]]
"""A number of an instance: field, which matrix of a list of matrices (None: no list), index in the array."""

MANY = 24
"""With more different sizes of numbers than this in a field, each is tied with the nearest ones only."""


def sealed(array: Any) -> Any:
    """The array, closed for writing, as instances hold it."""
    array.setflags(write=False)
    return array


def unchanged(before: Instance, after: Instance) -> Iterator[Instance]:
    """The refit of domains in which no number depends on the others."""
    yield after


@dataclass(frozen=True)
class NumberMoves:
    """Moves over the rational numbers of some fields.

    Attributes:
        names: fields whose numbers are changed one by one and tied with each other.
        refit: what else is derived anew after a change.
        jointly: fields rounded together; () for the same as ``names``.
        symmetric: array fields whose last two axes mirror each other.
        positive: fields that must stay > 0.
    """

    names: tuple[str, ...]
    refit: Refit = unchanged
    jointly: tuple[str, ...] = ()
    symmetric: tuple[str, ...] = ()
    positive: tuple[str, ...] = ()

    def places(self, instance: Instance) -> list[tuple[Place, fmpq]]:
        """The numbers that may be changed, each with its place; one of a mirrored pair."""
        found: list[tuple[Place, fmpq]] = []
        for name in self.names:
            for part, array in _arrays(instance[name]):
                for index, value in np.ndenumerate(array):
                    if name not in self.symmetric or index[-2] <= index[-1]:
                        found.append(((name, part, index), value))
        return found

    def put(self, instance: Instance, place: Place, value: fmpq) -> Instance:
        """The instance with one number (and its mirror image) changed."""
        name, part, index = place
        old = instance[name]
        if isinstance(old, fmpq):
            return instance.replace(**{name: value})
        array = (old if part is None else old[part]).copy()
        array[index] = value
        if name in self.symmetric:
            array[(*index[:-2], index[-1], index[-2])] = value
        array = sealed(array)
        return instance.replace(**{name: array if part is None else (*old[:part], array, *old[part + 1 :])})

    def zero(self, instance: Instance) -> Iterator[Instance]:
        """One number set to 0."""
        for place, value in self.places(instance):
            if value != 0 and place[0] not in self.positive:
                yield from self.refit(instance, self.put(instance, place, fmpq(0)))

    def tie(self, instance: Instance) -> Iterator[Instance]:
        """One number set to another one of its field, or to minus that; of many others, to the nearest four."""
        places = [(place, value) for place, value in self.places(instance) if value != 0]
        for place, value in places:
            others = {abs(other) for at, other in places if at[0] == place[0]} - {abs(value)}
            nearest_first = sorted(others, key=lambda size: abs(size - abs(value)))
            for size in nearest_first if len(nearest_first) <= MANY else nearest_first[:4]:
                yield from self.refit(instance, self.put(instance, place, size if value > 0 else -size))

    def simplify(self, instance: Instance) -> Iterator[Instance]:
        """One number replaced by a plainer fraction nearby, the plainest first."""
        for place, value in self.places(instance):
            for plainer in simpler_near(value):
                yield from self.refit(instance, self.put(instance, place, plainer))

    def round_jointly(self, instance: Instance) -> Iterator[Instance]:
        """All numbers rounded at once: to one denominator, or to the simplest within a share of the largest."""
        for denominator in DENOMINATORS:
            yield from self._mapped(instance, partial(_to_denominator, denominator))
        for width in WIDTHS:
            yield from self._mapped(instance, partial(_within_largest, width))
            yield from self._mapped(instance, partial(_within_own, width))

    def round_within(self, instance: Instance, width: fmpq) -> Iterator[Instance]:
        """All numbers replaced by the simplest within a share of each."""
        yield from self._mapped(instance, partial(_within_own, width))

    def _mapped(self, instance: Instance, change: Callable[[fmpq, fmpq], fmpq]) -> Iterator[Instance]:
        names = self.jointly or self.names
        after = instance.replace(**{name: _map(instance[name], change) for name in names})
        if after != instance:
            yield from self.refit(instance, after)

    @property
    def moves(self) -> tuple[Move, ...]:
        """The moves, in the order in which they are tried."""
        return (
            Move("round all numbers", self.round_jointly),
            Move("zero an entry", self.zero),
            Move("tie two entries", self.tie),
            Move("simplify an entry", self.simplify),
        )


def _to_denominator(denominator: int, q: fmpq, largest: fmpq) -> fmpq:
    return nearest(q, denominator)


def _within_largest(width: fmpq, q: fmpq, largest: fmpq) -> fmpq:
    return simplest_between(q - width * largest, q + width * largest)


def _within_own(width: fmpq, q: fmpq, largest: fmpq) -> fmpq:
    return _within_largest(width, q, abs(q))


def _arrays(value: Any) -> Iterator[tuple[int | None, Any]]:
    if isinstance(value, tuple):
        yield from enumerate(value)
    elif isinstance(value, fmpq):
        box = np.empty((), dtype=object)
        box[()] = value
        yield None, box
    elif value is not None:
        yield None, value


def _map(value: Any, change: Callable[[fmpq, fmpq], fmpq]) -> Any:
    if isinstance(value, tuple):
        return tuple(_map(matrix, change) for matrix in value)
    if isinstance(value, fmpq):
        return change(value, abs(value))
    if value is None:
        return None
    largest = max(abs(q) for q in value.ravel())
    out = np.empty(value.shape, dtype=object)
    for index, q in np.ndenumerate(value):
        out[index] = change(q, largest)
    return sealed(out)


def proper(check: Callable[[Any], None], positive: tuple[str, ...], moves: tuple[Move, ...]) -> tuple[Move, ...]:
    """The moves without candidates that change nothing or are no instance of the domain.

    Args:
        check: the domain's check of values.
        positive: fields that must be > 0 where given.
        moves: the moves to be filtered.
    """
    return tuple(Move(move.id, _filtered(check, positive, move)) for move in moves)


def _filtered(
    check: Callable[[Any], None], positive: tuple[str, ...], move: Move
) -> Callable[[Instance], Iterator[Instance]]:
    def reductions(instance: Instance) -> Iterator[Instance]:
        for candidate in move.reductions(instance):
            if candidate != instance and _sensible(candidate, check, positive):
                yield candidate

    reductions.__doc__ = move.reductions.__doc__
    return reductions


def _sensible(instance: Instance, check: Callable[[Any], None], positive: tuple[str, ...]) -> bool:
    if any(instance[name] is not None and not instance[name] > 0 for name in positive):
        return False
    try:
        check(instance.values)
    except ValueError:
        return False
    return True
