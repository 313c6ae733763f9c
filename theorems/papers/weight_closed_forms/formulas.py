"""The weights of named laws as one prints them. X has the law, x is the point, inside the support.

g^-(x) belongs to {X < x}, g^+(x) to {X > x}. Written over `Ops`, so that the same lines run on exact numbers and
on SymPy symbols; special values (normal distribution function, arc cosine) are arguments.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import comb
from typing import Any

from refutable.theorems.ops import Ops


def from_mass(ops: Ops, mass: Any, moment: Any, x: Any) -> Any:
    """General law: (x F - M) sqrt(F^2 + M^2) with F = P(X < x), M = E[X; X < x]."""
    return (x * mass - moment) * ops.sqrt(mass * mass + moment * moment)


def whole(ops: Ops, mean: Any, distance: Any) -> Any:
    """All mass on one side, at a mean distance from the point: |E X - x| sqrt(1 + (E X)^2)."""
    return distance * ops.sqrt(1 + mean * mean)


def uniform_left(ops: Ops, a: Any, b: Any, x: Any) -> Any:
    """U[a, b]: (x - a)^3/(2 l^2) sqrt(1 + ((x + a)/2)^2), l = b - a."""
    length, middle = b - a, (x + a) / 2
    return (x - a) ** 3 / (2 * length * length) * ops.sqrt(1 + middle * middle)


def uniform_right(ops: Ops, a: Any, b: Any, x: Any) -> Any:
    """U[a, b]: (b - x)^3/(2 l^2) sqrt(1 + ((x + b)/2)^2), l = b - a."""
    length, middle = b - a, (x + b) / 2
    return (b - x) ** 3 / (2 * length * length) * ops.sqrt(1 + middle * middle)


def gaussian_left(ops: Ops, mu: Any, s: Any, z: Any, cdf: Any, pdf: Any) -> Any:
    """N(mu, s^2), z = (x - mu)/s: s (z Phi + phi) sqrt(Phi^2 + (mu Phi - s phi)^2)."""
    moment = mu * cdf - s * pdf
    return s * (z * cdf + pdf) * ops.sqrt(cdf * cdf + moment * moment)


def gaussian_right(ops: Ops, mu: Any, s: Any, z: Any, upper: Any, pdf: Any) -> Any:
    """N(mu, s^2), ``upper`` = 1 - Phi(z): s (phi - z (1 - Phi)) sqrt((1 - Phi)^2 + (mu (1 - Phi) + s phi)^2)."""
    moment = mu * upper + s * pdf
    return s * (pdf - z * upper) * ops.sqrt(upper * upper + moment * moment)


def laplace_outer(ops: Ops, b: Any, x: Any) -> Any:
    """Laplace(b), g^+ at x >= 0: (b/4) e^(-2x/b) sqrt(1 + (x + b)^2)."""
    far = x + b
    return b / 4 * ops.elementary("exp", -2 * x / b) * ops.sqrt(1 + far * far)


def laplace_inner(ops: Ops, b: Any, u: Any) -> Any:
    """Laplace(b), g^+ at x = -u < 0, e = e^(-u/b)/2: (u + b e) sqrt((1 - e)^2 + ((u + b) e)^2)."""
    e = ops.elementary("exp", -u / b) / 2
    mass, moment = 1 - e, (u + b) * e
    return (u + b * e) * ops.sqrt(mass * mass + moment * moment)


def exponential_right(ops: Ops, rate: Any, x: Any) -> Any:
    """Exp(rate), e = e^(-rate x): (e^2/rate) sqrt(1 + (x + 1/rate)^2)."""
    e, far = ops.elementary("exp", -rate * x), x + 1 / rate
    return e * e / rate * ops.sqrt(1 + far * far)


def exponential_left(ops: Ops, rate: Any, x: Any) -> Any:
    """Exp(rate): (x - (1 - e)/rate) sqrt((1 - e)^2 + (1/rate - (x + 1/rate) e)^2)."""
    e = ops.elementary("exp", -rate * x)
    moment = 1 / rate - (x + 1 / rate) * e
    return (x - (1 - e) / rate) * ops.sqrt((1 - e) ** 2 + moment * moment)


def triangular_outer(ops: Ops, x: Any) -> Any:
    """Density 1 - |x|, g^- at x <= 0: (1 + x)^5/12 sqrt(1 + ((2x - 1)/3)^2)."""
    mean = (2 * x - 1) / 3
    return (1 + x) ** 5 / 12 * ops.sqrt(1 + mean * mean)


def triangular_inner(ops: Ops, x: Any) -> Any:
    """Density 1 - |x|, g^- at x > 0: A sqrt(F^2 + (x F - A)^2), F = 1 - (1-x)^2/2, A = x + (1-x)^3/6."""
    mass, excess = 1 - (1 - x) ** 2 / 2, x + (1 - x) ** 3 / 6
    moment = x * mass - excess
    return excess * ops.sqrt(mass * mass + moment * moment)


def incomplete_beta(a: int, b: int, x: Any) -> Any:
    """I_x(a, b) for positive integers: sum_{j >= a} C(n, j) x^j (1 - x)^(n - j), n = a + b - 1."""
    n = a + b - 1
    return sum(comb(n, j) * x**j * (1 - x) ** (n - j) for j in range(a, n + 1))


def beta_mass(ops: Ops, a: int, b: int, x: Any) -> tuple[Any, Any]:
    """Beta(a, b): F = I_x(a, b) and M = a/(a+b) I_x(a+1, b)."""
    return incomplete_beta(a, b, x), ops.ratio(a, a + b) * incomplete_beta(a + 1, b, x)


def beta_left(ops: Ops, a: int, b: int, x: Any) -> Any:
    """Beta(a, b) by the general law."""
    return from_mass(ops, *beta_mass(ops, a, b, x), x)


def grid_left(ops: Ops, a: Any, h: Any, n: Any, k: Any, x: Any) -> Any:
    """Points a, a + h, ... (n of them), k below x: (k/n)^2 (x - m) sqrt(1 + m^2), m = (2a + (k-1) h)/2."""
    share, m = k / n, (2 * a + (k - 1) * h) / 2
    return share * share * (x - m) * ops.sqrt(1 + m * m)


def two_atoms_left(ops: Ops, c: Any, x: Any) -> Any:
    """Atoms +-c, |x| < c: (c + x) sqrt(1 + c^2)/4."""
    return (c + x) * ops.sqrt(1 + c * c) / 4


def ball_integral(ops: Ops, d: int, x: Any, start: Any) -> Any:
    """int_x^1 (1 - s^2)^((d-1)/2) ds by J_n = (2n J_{n-1} - x (1 - x^2)^n)/(2n + 1), n = (d-1)/2.

    Args:
        start: J_0 = 1 - x for odd d, J_{-1/2} = arccos x for even d.
    """
    q = 1 - x * x
    value, power = start, 1 if d % 2 else 1 / ops.sqrt(q)
    for twice in range(2 if d % 2 else 1, d, 2):
        power = power * q
        value = (twice * value - x * power) / (twice + 1)
    return value


def ball_mass(ops: Ops, d: int, c: Any, x: Any, start: Any) -> tuple[Any, Any]:
    """Unit ball of R^d: P = c int_x^1 (1 - s^2)^((d-1)/2) ds, M = c (1 - x^2)^((d+1)/2)/(d+1)."""
    q = 1 - x * x
    power = q ** ((d + 1) // 2) if d % 2 else q ** (d // 2) * ops.sqrt(q)
    return c * ball_integral(ops, d, x, start), c * power / (d + 1)


def ball_right(ops: Ops, d: int, c: Any, x: Any, start: Any) -> Any:
    """Unit ball of R^d: (M - x P) sqrt(P^2 + M^2)."""
    mass, moment = ball_mass(ops, d, c, x, start)
    return (moment - x * mass) * ops.sqrt(mass * mass + moment * moment)


def literal_left(ops: Ops, smaller: Sequence[Any], n: int, x: Any) -> Any:
    """n data, those below x: (k/n)^2 (x - m) sqrt(1 + m^2) with k their number and m their mean."""
    k = len(smaller)
    m = sum(smaller[1:], smaller[0]) / k
    return ops.ratio(k * k, n * n) * (x - m) * ops.sqrt(1 + m * m)
