"""Random rational networks and independent, slow references for the shallow-relu formulas."""

from __future__ import annotations

import random
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.exact import fraction
from refutable.theorems.instances import Instance


def random_network(rng: random.Random, d: int, k: int, n: int, labels: bool = False) -> Instance:
    """Small rationals; sometimes repeated data, parallel neurons, kinks on data."""

    def number() -> Fraction:
        return Fraction(rng.randint(-8, 8), rng.choice([1, 2, 3, 4]))

    x = [[number() for _ in range(d)] for _ in range(n)]
    w1 = [[number() for _ in range(d)] for _ in range(k)]
    b1 = [number() for _ in range(k)]
    if k > 1 and rng.random() < 0.3:
        c = rng.choice([-2, Fraction(1, 2), 3, -1])
        w1[1], b1[1] = [c * v for v in w1[0]], c * b1[0]
    if n > 1 and rng.random() < 0.3:
        x[1] = list(x[0])
    return SHALLOW_RELU.instance(
        w1=w1,
        b1=b1,
        w2=[number() for _ in range(k)],
        b2=number(),
        x=x,
        y=[number() for _ in range(n)] if labels else None,
        step_size="1/7",
    )


@dataclass(frozen=True)
class Plain:
    """An instance as nested lists of fractions."""

    w1: list[list[Fraction]]
    b1: list[Fraction]
    w2: list[Fraction]
    b2: Fraction
    x: list[list[Fraction]]


def plain(instance: Instance) -> Plain:
    def listed(a: Any) -> Any:
        return [listed(v) for v in a] if getattr(a, "ndim", 0) else fraction(a)

    return Plain(
        *(listed(instance[name]) for name in ("w1", "b1", "w2")), fraction(instance["b2"]), listed(instance["x"])
    )


@dataclass(frozen=True)
class Dual:
    """value + slope * epsilon over the rationals: derivatives without any formula for them."""

    value: Fraction
    slope: Fraction = Fraction(0)

    def __add__(self, other: Dual) -> Dual:
        return Dual(self.value + other.value, self.slope + other.slope)

    def __mul__(self, other: Dual) -> Dual:
        return Dual(self.value * other.value, self.value * other.slope + self.slope * other.value)

    def relu(self) -> Dual:
        return self if self.value > 0 else Dual(Fraction(0))


def dual_gradient(net: Plain, point: list[Fraction]) -> list[Fraction]:
    """Gradient of f(point) in (w1 row by row, b1, w2, b2), one dual evaluation a parameter."""
    k, d = len(net.b1), len(point)
    flat = [v for row in net.w1 for v in row] + net.b1 + net.w2 + [net.b2]
    gradient = []
    for chosen in range(len(flat)):
        theta = [Dual(v, Fraction(int(i == chosen))) for i, v in enumerate(flat)]
        total = theta[-1]
        for i in range(k):
            z = theta[k * d + i]
            for c in range(d):
                z = z + theta[i * d + c] * Dual(point[c])
            total = total + theta[k * d + k + i] * z.relu()
        gradient.append(total.slope)
    return gradient


def weight_square(net: Plain, i: int, sign: int) -> Fraction:
    """G(sign w1_i, sign b1_i)^2 from the definition, by conditional expectations."""
    n = len(net.x)
    z = [sign * (sum(w * v for w, v in zip(net.w1[i], p, strict=True)) + net.b1[i]) for p in net.x]
    side = [(p, v) for p, v in zip(net.x, z, strict=True) if v > 0]
    if not side:
        return Fraction(0)
    probability = Fraction(len(side), n)
    excess = sum(v for _, v in side) / len(side)
    mean = [sum(p[c] for p, _ in side) / len(side) for c in range(len(net.x[0]))]
    return (probability**2 * excess) ** 2 * (1 + sum(m * m for m in mean))
