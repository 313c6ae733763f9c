"""Reductions and variations of a state: fewer data, fewer coordinates, fewer pairs, plainer numbers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from flint import fmpq

from refutable.theorems.domains.domain import Move
from refutable.theorems.domains.number_moves import NumberMoves, sealed
from refutable.theorems.instances import Instance


def drop_datum(instance: Instance) -> Iterator[Instance]:
    """One data tensor fewer, with its slope."""
    count = len(instance["slopes"])
    for i in range(count) if count > 1 else ():
        tensors, slopes = (sealed(np.delete(instance[name], i, 0)) for name in ("tensors", "slopes"))
        yield instance.replace(tensors=tensors, slopes=slopes)


def drop_coordinate(instance: Instance) -> Iterator[Instance]:
    """One coordinate fewer in all factors and along all axes."""
    layers, size = instance["factors"].shape
    for i in range(size) if size > 1 else ():
        changes = {"factors": sealed(np.delete(instance["factors"], i, 1))}
        changes["tensors"] = sealed(_without(instance["tensors"], i, layers, size))
        for name in ("left", "right", "start"):
            if instance[name] is not None:
                changes[name] = sealed(np.delete(instance[name], i, 1))
        yield instance.replace(**changes)


def _without(tensors: Any, i: int, layers: int, size: int) -> Any:
    whole = tensors.reshape((len(tensors), *[size] * layers))
    for axis in range(1, layers + 1):
        whole = np.delete(whole, i, axis)
    return whole.reshape(len(tensors), size - 1, (size - 1) ** (layers - 1))


def drop_pair(instance: Instance) -> Iterator[Instance]:
    """One singular pair fewer; none."""
    if instance["gains"] is None:
        return
    count = len(instance["gains"])
    for i in range(count) if count > 1 else ():
        yield instance.replace(**{n: sealed(np.delete(instance[n], i, 0)) for n in ("left", "right", "gains")})
    yield instance.replace(left=None, right=None, gains=None)


def plain_setting(instance: Instance) -> Iterator[Instance]:
    """All slopes 1; nothing said about the start."""
    slopes = instance["slopes"]
    if any(slope != 1 for slope in slopes):
        ones = np.empty(len(slopes), dtype=object)
        ones[:] = [fmpq(1)] * len(slopes)
        yield instance.replace(slopes=sealed(ones))
    if instance["start"] is not None or instance["clock"] is not None:
        yield instance.replace(start=None, clock=None)


def equal_factors(instance: Instance) -> Iterator[Instance]:
    """All factors equal to one of them."""
    factors = instance["factors"]
    for factor in factors:
        yield instance.replace(factors=sealed(np.array([factor] * len(factors), dtype=object)))


NUMBERS = NumberMoves(("factors", "tensors", "slopes"), jointly=("factors", "tensors"))

MOVES = (
    Move("drop a datum", drop_datum),
    Move("drop a coordinate", drop_coordinate),
    Move("drop a pair", drop_pair),
    Move("plain setting", plain_setting),
    Move("equal factors", equal_factors),
    *NUMBERS.moves,
)


def double_datum(instance: Instance) -> Iterator[Instance]:
    """One datum twice, or turned round."""
    tensors, slopes = instance["tensors"], instance["slopes"]
    if len(slopes) < 3:
        for sign in (1, -1):
            more = np.concatenate([tensors, sign * tensors[:1]])
            yield instance.replace(tensors=sealed(more), slopes=sealed(np.concatenate([slopes, slopes[:1]])))


def mirrored(instance: Instance) -> Iterator[Instance]:
    """One factor turned round; the factors in the opposite order."""
    factors = instance["factors"]
    for i in range(len(factors)):
        copy = factors.copy()
        copy[i] = -copy[i]
        yield instance.replace(factors=sealed(copy))
    yield instance.replace(factors=sealed(factors[::-1].copy()))


VARIATIONS = (Move("double a datum", double_datum), Move("mirror", mirrored))
