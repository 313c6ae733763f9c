"""Stability thresholds of the raw gain a = curvature * step size, and of the effective one a/(1 - m).

At the first angle x the effective thresholds are sin(2x)/sin(2 tau x) (heavy ball) and
2 sin(x) cos((tau+1) x)/sin(tau x) (shifted momentum); both are Giladi et al.'s formulas divided by 1 - m.
Thresholds that are rational, or a square root away from it, are given exactly: delays 0, 1 and 2, momentum 0, and
what `rational_threshold` finds.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from flint import arb, fmpq, fmpq_poly

from refutable.theorems.domains.delayed_iteration import delay_threshold
from refutable.theorems.domains.delayed_momentum.first_angle import Crossing
from refutable.theorems.exact import Computed, Number, as_real, sqrt, text, working_precision
from refutable.theorems.exact.polynomials import cosine_multiples, real_roots, sine_multiples
from refutable.theorems.exact.simplest import simplest_between
from refutable.theorems.ops.exact import ExactOps

Polynomials = Callable[[], tuple[fmpq_poly, fmpq_poly]]
"""Makes equation and amplitude, in u = cos(x)^2."""
PLAIN = 2**64
"""Rational thresholds of larger denominators are not recognised: a gain that equals one stays undecided."""
FINE = 192
"""Bits to which a fraction must agree before it is tried."""
LONGEST_EXACT = 40
"""Beyond this delay no rational threshold is looked for."""


@lru_cache(maxsize=4096)
def heavy_ball_threshold(delay: int, momentum: fmpq) -> Number:
    """The gain up to which the delayed heavy ball is stable, 0 <= momentum < 1."""
    m = momentum
    if delay == 0:
        return 2 * (1 + m)
    if m == 0:
        return _number(delay_threshold(ExactOps(), delay))
    if delay == 1:
        return 1 - m
    if delay == 2:  # a^2 + (1 + m) a = 1 - m
        return _number((as_real(sqrt((1 - m) ** 2 + 4)) - (1 + m)) / 2)
    crossing = Crossing.heavy_ball(delay, m)

    def polynomials() -> tuple[fmpq_poly, fmpq_poly]:
        cosines, sines = cosine_multiples(delay), sine_multiples(delay)
        return cosines[delay] - m * cosines[delay - 1], sines[delay] - m * sines[delay - 1]

    return _threshold("heavy ball", crossing, lambda x: (2 * x).sin() / (2 * delay * x).sin(), polynomials)


@lru_cache(maxsize=4096)
def shifted_threshold(delay: int, momentum: fmpq) -> Number:
    """The gain up to which delayed gradient descent with shifted momentum is stable, 0 <= momentum < 1."""
    m = momentum
    if delay == 0:
        return 2 * (1 + m)
    if m == 0:
        return _number(delay_threshold(ExactOps(), delay))
    if delay == 1:
        return 1 - m * m
    if delay == 2:
        return _number((as_real(sqrt(5 + 4 * m)) - 1) * (1 - m) / 2)
    return _threshold(
        "shifted momentum",
        Crossing.shifted(delay, m),
        lambda x: 2 * x.sin() * ((delay + 1) * x).cos() / (delay * x).sin(),
        lambda: (cosine_multiples(delay)[delay] - m, sine_multiples(delay)[delay] + m),
    )


def _number(x: Number) -> Number:
    exact = as_real(x).exact()
    return x if exact is None else exact


def _threshold(name: str, crossing: Crossing, effective: Callable[[arb], arb], polynomials: Polynomials) -> Number:
    """(1 - m) effective(x) at the first angle x; as a rational where that is recognised."""

    def evaluate(bits: int) -> arb:
        return arb(crossing.rest) * effective(crossing.angle(bits))

    key = (f"{name} threshold", crossing.delay, text(crossing.rest))
    value = Computed(evaluate, key)
    return rational_threshold(value, crossing.delay, polynomials) or value


def rational_threshold(value: Computed, delay: int, polynomials: Polynomials) -> fmpq | None:
    """The threshold as a plain fraction if it is one.

    With u = cos(x)^2 it is 2 (1 - u) amplitude(u) at the root u of the equation, the only one in
    [cos(pi/(4 tau+2))^2, 1].
    """
    if delay > LONGEST_EXACT:
        return None
    ball = value.ball(FINE)
    q = simplest_between(ball.lower().fmpq(), ball.upper().fmpq())
    if not 0 < q.q < PLAIN:
        return None
    equation, amplitude = polynomials()
    common = equation.gcd(fmpq_poly([2, -2]) * amplitude - q)
    if common.degree() < 1:
        return None
    with working_precision(FINE):
        edge = (arb.pi() / (4 * delay + 2)).cos() ** 2
        found = any(edge < root < 1 for root in real_roots(common))
    return q if found else None


def heavy_ball_angle(delay: int, momentum: fmpq) -> Computed:
    """The first angle of the heavy ball, delay >= 1."""
    crossing = Crossing.heavy_ball(delay, momentum)
    return Computed(crossing.angle, ("heavy ball angle", delay, text(momentum)))


def shifted_angle(delay: int, momentum: fmpq) -> Computed:
    """The first angle of shifted momentum, delay >= 1."""
    crossing = Crossing.shifted(delay, momentum)
    return Computed(crossing.angle, ("shifted momentum angle", delay, text(momentum)))
