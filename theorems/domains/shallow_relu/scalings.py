"""Reductions that keep the function: a neuron's scale moves between layers, the inputs change unit and origin."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from flint import fmpq

from refutable.theorems.domains.number_moves import sealed
from refutable.theorems.domains.shallow_relu.pairs import unordered_pairs
from refutable.theorems.domains.shallow_relu.refitting import refit
from refutable.theorems.exact import sqrt_exact
from refutable.theorems.exact.simplest import simplest_between
from refutable.theorems.instances import Instance


def square_root(q: fmpq) -> fmpq:
    """The square root of q >= 0 where it is rational, else a simple rational within 1/1000 of it."""
    exact = sqrt_exact(q)
    if exact is not None:
        return exact
    root = fmpq((q.p * q.q * 2**128).isqrt(), q.q * 2**64)
    return simplest_between(root * fmpq(999, 1000), root * fmpq(1001, 1000))


def normalise_neurons(instance: Instance) -> Iterator[Instance]:
    """(w1, b1) times c and w2 over c, for all neurons or one: output weight 1, an input weight 1, or balanced."""
    k = len(instance["b1"])
    for factors in (_unit_outputs, _unit_inputs, _balanced):
        found = [factors(instance, i) for i in range(k)]
        if None not in found:
            yield from refit(instance, scaled_neurons(instance, found))
        for i, factor in enumerate(found):
            if factor is not None:
                alone = [fmpq(1)] * k
                alone[i] = factor
                yield from refit(instance, scaled_neurons(instance, alone))


def _unit_outputs(instance: Instance, i: int) -> fmpq | None:
    weight = abs(instance["w2"][i])
    return weight if weight != 0 else None


def _unit_inputs(instance: Instance, i: int) -> fmpq | None:
    largest = max(abs(v) for v in instance["w1"][i])
    return 1 / largest if largest != 0 else None


def _balanced(instance: Instance, i: int) -> fmpq | None:
    inner = sum((v * v for v in (*instance["w1"][i], instance["b1"][i])), fmpq(0))
    weight = abs(instance["w2"][i])
    return square_root(weight / square_root(inner)) if inner != 0 and weight != 0 else None


def scaled_neurons(instance: Instance, factors: list[Any]) -> Instance:
    """(w1_i, b1_i) times factor_i, w2_i over it: the same function."""
    c = np.array(factors, dtype=object)
    return instance.replace(
        w1=sealed(instance["w1"] * c[:, None]), b1=sealed(instance["b1"] * c), w2=sealed(instance["w2"] / c)
    )


def common_scale(instance: Instance) -> Iterator[Instance]:
    """Inputs times c with input weights over c; hidden biases or output weights with output bias and labels times c."""
    for c in _scales(instance["x"]):
        yield from refit(instance, instance.replace(x=sealed(instance["x"] * c), w1=sealed(instance["w1"] / c)))
        changes = {"x": sealed(instance["x"] * c), "b1": sealed(instance["b1"] * c)}
        yield from refit(instance, instance.replace(**changes))
    for c in _scales(instance["w2"]):
        changes = {"w2": sealed(instance["w2"] * c)}
        changes |= {name: instance[name] * c for name in ("b2", "y") if instance[name] is not None}
        if instance["y"] is not None:
            sealed(changes["y"])
        yield from refit(instance, instance.replace(**changes))


def larger_network(instance: Instance) -> Iterator[Instance]:
    """All weights of a small network times c (output bias times c^2), the largest 1, or c a power of 2 or 10.

    The step size is derived anew: 1 / step size - 1/2 is of the size of the network, so that those of tiny networks
    take many digits. Also with the inputs, and the hidden biases with them, times c.
    """
    largest = max(abs(q) for name in ("w1", "b1", "w2") for q in instance[name].ravel())
    if not 0 < largest < 1:
        return
    factors = [1 / largest, *(fmpq(base) ** zeros for zeros in range(6, 0, -1) for base in (10, 2))]
    for c in dict.fromkeys(c for c in factors if c <= 4 / largest):
        changes = {name: sealed(instance[name] * c) for name in ("w1", "b1", "w2")}
        if instance["b2"] is not None:
            changes["b2"] = instance["b2"] * c * c
        grown = instance.replace(**changes)
        yield from refit(instance, grown)
        yield from refit(instance, grown.replace(x=sealed(grown["x"] * c), b1=sealed(grown["b1"] * c)))


def _scales(array: Any) -> list[fmpq]:
    """Factors that make the largest entry, or each other one, 1, or all of them whole."""
    sizes = sorted({abs(q) for q in array.ravel() if q != 0}, reverse=True)
    whole = fmpq(math.lcm(*(int(q.q) for q in sizes))) if sizes else fmpq(1)
    return [c for c in dict.fromkeys((whole, *(1 / q for q in sizes))) if c != 1]


def shift_inputs(instance: Instance) -> Iterator[Instance]:
    """The origin of the inputs moved to a datum, half way between two (of many, nearest ones) or onto a knot."""
    x, w1, b1 = instance["x"], instance["w1"], instance["b1"]
    origins = [tuple(row) for row in x]
    origins += [tuple((x[i] + x[j]) / 2) for i, j in unordered_pairs(x)]
    if x.shape[1] == 1:
        origins += [(-b / w,) for (w,), b in zip(w1, b1, strict=True) if w != 0]
    for origin in dict.fromkeys(origins):
        start = np.array(origin, dtype=object)
        yield from refit(instance, instance.replace(x=sealed(x - start), b1=sealed(b1 + w1 @ start)))
