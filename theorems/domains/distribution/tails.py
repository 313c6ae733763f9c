"""Moments of laws without polynomial densities: right tails by incomplete gamma and beta functions.

E[|Z|^j; Z > z] of a symmetric law is an incomplete gamma or beta function of z; the left side is the right side
of -X. The printed formulas of these laws (error function, exponentials, arc cosine) are not used here.
"""

from __future__ import annotations

from flint import arb, fmpq

from refutable.theorems.domains.distribution.moments import EMPTY, LEFT, Moments, Side
from refutable.theorems.exact import Computed, Number, text

HALF, ONE, ZERO = fmpq(1, 2), fmpq(1), fmpq(0)


def _upper_gamma(order: fmpq, z: fmpq) -> Number:
    """Gamma(order, z) / Gamma(order) for z >= 0."""
    if z == 0:
        return ONE
    return Computed(lambda bits: arb(z).gamma_upper(arb(order), 1), ("upper gamma", text(order), text(z)))


def _beta_tail(order: fmpq, other: fmpq, z: fmpq) -> Number:
    """The regularised incomplete beta function I_z(order, other) for 0 <= z <= 1."""
    if z in (0, 1):
        return z
    key = ("beta", text(order), text(other), text(z))
    return Computed(lambda bits: arb(z).beta_lower(arb(order), arb(other), 1), key)


def _from_tail(probability: Number, moment: Number, t: fmpq) -> Moments:
    return Moments(probability, moment, moment - t * probability)


def _symmetric(z: fmpq, tail: Number) -> Number:
    """P(Z > z) of a law symmetric about 0 from ``tail`` = P(|Z| > |z|)."""
    return tail / 2 if z >= 0 else 1 - tail / 2


def gaussian_moments(mu: fmpq, s: fmpq, t: fmpq, side: Side) -> Moments:
    """N(mu, s^2): P(Z > z) = Q(1/2, z^2/2)/2 and E[Z; Z > z] = Q(1, z^2/2)/sqrt(2 pi)."""
    if side == LEFT:
        return gaussian_moments(-mu, s, -t, 1).reflected()
    z = (t - mu) / s
    probability = _symmetric(z, _upper_gamma(HALF, z * z / 2))
    first = _upper_gamma(ONE, z * z / 2) * _INVERSE_ROOT
    return _from_tail(probability, mu * probability + s * first, t)


_INVERSE_ROOT = Computed(lambda bits: (2 * arb.pi()).rsqrt(), "1/sqrt(2 pi)")


def laplace_moments(b: fmpq, t: fmpq, side: Side) -> Moments:
    """Density e^(-|x|/b)/(2b): P(|X| > u) = Q(1, u/b), E[X; X > t] = b Q(2, |t|/b)/2."""
    if side == LEFT:
        return laplace_moments(b, -t, 1).reflected()
    u = abs(t) / b
    return _from_tail(_symmetric(t, _upper_gamma(ONE, u)), b * _upper_gamma(fmpq(2), u) / 2, t)


def exponential_moments(rate: fmpq, t: fmpq, side: Side) -> Moments:
    """Density rate e^(-rate x), x > 0: P(X > t) = Q(1, rate t), E[X; X > t] = Q(2, rate t)/rate."""
    z = rate * max(t, ZERO)
    right = _from_tail(_upper_gamma(ONE, z), _upper_gamma(fmpq(2), z) / rate, t)
    if side != LEFT:
        return right
    if t <= 0:
        return EMPTY
    probability, moment = 1 - right.probability, 1 / rate - right.moment
    return Moments(probability, moment, t * probability - moment)


def even_ball_moments(d: int, t: fmpq, side: Side) -> Moments:
    """A coordinate of the uniform law on the unit ball of R^d, d even, density c (1 - x^2)^((d-1)/2).

    P(|X| > u) = I_(1-u^2)((d+1)/2, 1/2); E[X; X > t] = c (1 - t^2)^((d+1)/2)/(d+1) is c B_(1-t^2)((d+1)/2, 1)/2.
    """
    if side == LEFT:
        return even_ball_moments(d, -t, 1).reflected()
    if t >= 1:
        return EMPTY
    if t <= -1:
        return Moments(ONE, ZERO, -t)
    order, z = fmpq(d + 1, 2), 1 - t * t
    key = ("ball moment", d, text(z))
    # c B_z((d+1)/2, 1)/2 with 1/c = int_{-1}^1 (1 - x^2)^((d-1)/2) dx = B_1((d+1)/2, 1/2).
    moment = Computed(
        lambda bits: arb(z).beta_lower(arb(order), 1) / (2 * arb(1).beta_lower(arb(order), arb(HALF))), key
    )
    return _from_tail(_symmetric(t, _beta_tail(order, HALF, z)), moment, t)
