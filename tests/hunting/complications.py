"""Counterexamples made worse: data twice, an input and a neuron too many, 53-bit noise; each only while it violates."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from flint import fmpq

from refutable.theorems.claims import Claim
from refutable.theorems.domains.shallow_relu.refitting import refit
from refutable.theorems.instances import Instance, InstanceError
from refutable.verify.shrink import substantive, violates

NOISE = (1e-3, 1e-6, 1e-9, 1e-13)


def complicated(claim: Claim, simple: Instance, seed: int) -> Instance:
    """A larger, noisier counterexample that comes from a simple one; as it was where nothing can be added."""
    judge = substantive(claim)
    keeps = judge if judge(simple) else violates(claim)
    source = random.Random(seed)
    found = simple
    if {"w1", "y"} <= simple.values.keys():
        for larger in (doubled, with_input, with_neuron):
            found = _first(claim, keeps, larger(found)) or found
    for size in NOISE:
        noisier = _first(claim, keeps, noisy(found, source, size))
        if noisier is not None:
            return noisier
    return found


def _first(claim: Claim, keeps: Callable[[Instance], bool], candidates: Iterable[Instance]) -> Instance | None:
    for candidate in candidates:
        try:
            claim.domain.check(candidate.values)
        except InstanceError:
            continue
        if keeps(candidate):
            return candidate
    return None


def doubled(instance: Instance) -> Iterable[Instance]:
    names = [name for name in ("x", "y") if instance[name] is not None]
    yield instance.replace(**{name: np.concatenate([instance[name], instance[name]]) for name in names})


def with_input(instance: Instance) -> Iterable[Instance]:
    wider = {name: np.concatenate([instance[name], 0 * instance[name][:, :1]], axis=1) for name in ("w1", "x")}
    yield instance.replace(**wider)


def with_neuron(instance: Instance) -> Iterable[Instance]:
    """A small copy of the first neuron beside it."""
    for size in (fmpq(1, 8), fmpq(1, 1000), fmpq(1, 10**5)):
        more = {name: np.concatenate([instance[name], size * instance[name][:1]]) for name in ("w1", "b1", "w2")}
        yield from refit(instance, instance.replace(**more))


def noisy(instance: Instance, source: random.Random, size: float) -> Iterable[Instance]:
    """Every number, or all but the data or the step size, moved by a relative error of that size, as floats are."""
    for kept in ((), ("x", "y"), ("step_size",)):
        moved = {name: _moved(v, source, size) for name, v in instance.values.items() if name not in kept}
        after = instance.replace(**moved)
        yield from refit(instance, after) if {"w1", "y"} <= instance.values.keys() else [after]


def _moved(value: Any, source: random.Random, size: float) -> Any:
    if isinstance(value, fmpq):
        shifted = int(value.p) / int(value.q) * (1 + size * source.uniform(-1, 1))
        return fmpq(*shifted.as_integer_ratio())
    if isinstance(value, np.ndarray):
        out = np.empty(value.shape, dtype=object)
        for index, entry in np.ndenumerate(value):
            out[index] = _moved(entry, source, size)
        return out
    if isinstance(value, tuple):
        return tuple(_moved(matrix, source, size) for matrix in value)
    return value
