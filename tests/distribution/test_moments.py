"""Moments of every law against mpmath's quadrature of its density, and against sums by hand."""

from __future__ import annotations

from collections.abc import Callable

import mpmath
import pytest
from flint import fmpq

from refutable.theorems.domains.distribution import LAWS
from refutable.theorems.domains.distribution.moments import LEFT, RIGHT, Side
from refutable.theorems.exact import enclose, rational

Density = Callable[[mpmath.mpf], mpmath.mpf]


def ball_density(d: int) -> Density:
    def density(x: mpmath.mpf) -> mpmath.mpf:
        c = mpmath.gamma(mpmath.mpf(d) / 2 + 1) / (mpmath.sqrt(mpmath.pi) * mpmath.gamma(mpmath.mpf(d + 1) / 2))
        return c * (1 - x * x) ** (mpmath.mpf(d - 1) / 2)

    return density


CASES: list[tuple[str, tuple[str, ...], Density, tuple[float, float], tuple[str, ...]]] = [
    ("uniform", ("-2", "3"), lambda x: mpmath.mpf(1) / 5, (-2, 3), ("-3", "-2", "-1/3", "2", "3", "4")),
    ("gaussian", ("1", "2"), lambda x: mpmath.npdf(x, 1, 2), (-mpmath.inf, mpmath.inf), ("-7", "0", "1", "9/2")),
    ("laplace", ("2",), lambda x: mpmath.exp(-abs(x) / 2) / 4, (-mpmath.inf, mpmath.inf), ("-3", "0", "1/2", "5")),
    ("exponential", ("3",), lambda x: 3 * mpmath.exp(-3 * x), (0, mpmath.inf), ("-1", "0", "1/3", "2")),
    ("triangular", (), lambda x: 1 - abs(x), (-1, 1), ("-1", "-1/3", "0", "1/2", "1", "2")),
    ("beta", ("2", "3"), lambda x: 12 * x * (1 - x) ** 2, (0, 1), ("-1", "0", "1/3", "9/10", "1")),
    ("ball", ("1",), ball_density(1), (-1, 1), ("-1/2", "1/3")),
    ("ball", ("2",), ball_density(2), (-1, 1), ("-2", "-1", "-1/2", "0", "1/3", "1")),
    ("ball", ("5",), ball_density(5), (-1, 1), ("-1/2", "0", "1/3", "1")),
    ("ball", ("6",), ball_density(6), (-1, 1), ("-1/2", "0", "9/10")),
]


def quadrature(density: Density, ends: tuple[float, float], t: mpmath.mpf, side: Side) -> list[mpmath.mpf]:
    low, high = (max(ends[0], t), ends[1]) if side == RIGHT else (ends[0], min(ends[1], t))
    if low >= high:
        return [mpmath.mpf(0)] * 3
    breaks = sorted({mpmath.mpf(low), *(mpmath.mpf(b) for b in (-1, 0, 1) if low < b < high), mpmath.mpf(high)})
    factors = (lambda x: 1, lambda x: x, lambda x: abs(x - t))
    return [mpmath.quad(lambda x, f=f: density(x) * f(x), breaks) for f in factors]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[0]}{list(case[1])}")
@pytest.mark.parametrize("side", [LEFT, RIGHT])
def test_moments_are_integrals_of_the_density(case: tuple, side: Side) -> None:
    name, parameters, density, ends, points = case
    numbers = tuple(rational(p) for p in parameters)
    with mpmath.workdps(40):
        for point in points:
            t = rational(point)
            found = LAWS[name].moments(numbers, t, side)
            expected = quadrature(density, ends, mpmath.mpf(int(t.p)) / int(t.q), side)
            for value, reference in zip((found.probability, found.moment, found.excess), expected, strict=True):
                shown = mpmath.mpf(enclose(value, 150).str(40, radius=False))
                assert abs(shown - reference) < mpmath.mpf(10) ** -20, (point, shown, reference)


@pytest.mark.parametrize("side", [LEFT, RIGHT])
def test_an_atom_at_the_point_is_on_neither_side(side: Side) -> None:
    atoms = tuple(fmpq(x) for x in (0, 0, 1, 5))
    found = LAWS["empirical"].moments(atoms, fmpq(1), side)
    by_hand = {LEFT: (fmpq(1, 2), fmpq(0), fmpq(1, 2)), RIGHT: (fmpq(1, 4), fmpq(5, 4), fmpq(1))}[side]
    assert (found.probability, found.moment, found.excess) == by_hand


def test_atomic_laws_are_their_lists_of_atoms() -> None:
    grid, listed = (fmpq(-1), fmpq(1, 2), fmpq(4)), tuple(fmpq(j - 2, 2) for j in range(4))
    for t in (fmpq(-2), fmpq(-1), fmpq(1, 3), fmpq(1, 2), fmpq(3)):
        assert LAWS["grid"].moments(grid, t, LEFT) == LAWS["empirical"].moments(listed, t, LEFT)
    pair = (fmpq(-3), fmpq(3))
    assert LAWS["two-atoms"].moments((fmpq(3),), fmpq(1), RIGHT) == LAWS["empirical"].moments(pair, fmpq(1), RIGHT)


def test_a_one_dimensional_ball_is_an_interval_and_beta_1_1_is_uniform() -> None:
    for t in (fmpq(-1, 2), fmpq(0), fmpq(1, 3)):
        interval = LAWS["uniform"].moments((fmpq(-1), fmpq(1)), t, RIGHT)
        assert LAWS["ball"].moments((fmpq(1),), t, RIGHT) == interval
    one = (fmpq(1), fmpq(1))
    unit = LAWS["uniform"].moments((fmpq(0), fmpq(1)), fmpq(1, 3), LEFT)
    assert LAWS["beta"].moments(one, fmpq(1, 3), LEFT) == unit
