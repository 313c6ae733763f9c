"""Computed numbers and elementary functions against mpmath at 60 digits."""

from collections.abc import Callable

import mpmath
import pytest
from flint import arb, fmpq

from refutable.theorems.exact import (
    PI,
    Computed,
    Number,
    Surd,
    agreement,
    as_real,
    asinh,
    compare,
    cos,
    cos_pi,
    enclose,
    exp,
    gamma_rational,
    log,
    normal_cdf,
    normal_pdf,
    pi,
    power,
    sign,
    sin,
    sin_pi,
    sinh,
    sqrt,
)

THIRD = fmpq(1, 3)


def holds(value: Number, expected: mpmath.mpf) -> bool:
    """Whether a ball of 150 bits is narrow and contains the reference."""
    ball = enclose(value, 150)
    middle = ball.mid().fmpq()
    error = abs(mpmath.mpf(int(middle.p)) / int(middle.q) - expected)
    return bool(ball.rel_accuracy_bits() >= 149 and error <= abs(expected) * mpmath.mpf(2) ** -148)


@pytest.mark.parametrize("q", [fmpq(1, 3), fmpq(-5, 4), fmpq(12), fmpq(1, 10**6), fmpq(-7)])
@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (exp, mpmath.exp),
        (sin, mpmath.sin),
        (cos, mpmath.cos),
        (sinh, mpmath.sinh),
        (asinh, mpmath.asinh),
        (normal_cdf, mpmath.ncdf),
        (normal_pdf, mpmath.npdf),
        (sin_pi, mpmath.sinpi),
        (cos_pi, mpmath.cospi),
        (lambda q: log(abs(q)), lambda x: mpmath.log(abs(x))),
        (lambda q: power(abs(q), fmpq(2, 5)), lambda x: abs(x) ** (mpmath.mpf(2) / 5)),
        (lambda q: gamma_rational(abs(q)), lambda x: mpmath.gamma(abs(x))),
        (lambda q: sqrt(exp(q)), lambda x: mpmath.exp(x / 2)),
    ],
)
def test_functions_agree_with_mpmath(
    ours: Callable[[fmpq], Number], theirs: Callable[[mpmath.mpf], mpmath.mpf], q: fmpq
) -> None:
    with mpmath.workdps(60):
        expected = theirs(mpmath.mpf(int(q.p)) / int(q.q))
        value = ours(q)
        if isinstance(value, fmpq):
            assert abs(mpmath.mpf(int(value.p)) / int(value.q) - expected) < mpmath.mpf(10) ** -55
        else:
            assert holds(value, expected)


def test_values_that_are_exact() -> None:
    zero, one = fmpq(0), fmpq(1)
    assert [exp(zero), cos(zero), log(one), sin(zero), sinh(zero), asinh(zero)] == [1, 1, 0, 0, 0, 0]
    assert normal_cdf(zero) == fmpq(1, 2)
    assert [gamma_rational(5), power(fmpq(8, 27), fmpq(-2, 3)), power(zero, 0)] == [24, fmpq(9, 4), 1]
    assert sqrt(fmpq(9, 4)) == fmpq(3, 2)
    assert power(fmpq(-2), 3) == -8
    root = power(fmpq(2), fmpq(3, 2))
    assert isinstance(root, Surd)
    assert compare(root, Surd.root(8)) == 0
    assert power(Surd.root(3), 4) == 9


def test_sines_of_rational_multiples_of_pi_by_niven() -> None:
    rational_angles = [fmpq(k, 6) for k in range(-12, 13)]
    expected = {0: 0, 1: fmpq(1, 2), 3: 1, 5: fmpq(1, 2), 6: 0, 7: fmpq(-1, 2), 9: -1, 11: fmpq(-1, 2)}
    for q in rational_angles:
        step = int((q * 6).p) % 12
        value = sin_pi(q)
        if step in expected:
            assert value == expected[step]
        else:
            assert isinstance(value, Surd)
            assert compare(value * value, fmpq(3, 4)) == 0
    closed = [fmpq(k, 60) for k in range(-70, 130) if isinstance(sin_pi(fmpq(k, 60)), Surd)]
    assert len(closed) == 40
    for q in closed:
        assert agreement(sin_pi(q), Computed(lambda bits, q=q: arb.sin_pi_fmpq(q))) is True
    assert compare(sin_pi(fmpq(1, 7)), sin_pi(fmpq(6, 7) + 2)) == 0
    assert compare(sin_pi(fmpq(8, 7)), -sin_pi(fmpq(1, 7))) == 0


def test_equal_keys_are_ties_and_others_are_undecided() -> None:
    a, b = exp(THIRD), exp(THIRD)
    assert compare(a, b) == 0
    assert compare(2 * a + PI, PI + b * 2) == 0
    assert compare(a - b, fmpq(0)) == 0
    negative = -a
    assert sign(-negative - b) == 0
    assert compare(exp(fmpq(2)), exp(fmpq(1)) * exp(fmpq(1)), 512) is None
    assert compare(a, Computed(lambda bits: arb(1) / 3), 512) == 1


def test_keys_do_not_confuse_different_numbers() -> None:
    a, b = exp(THIRD), PI
    values = [a + b, a - b, b - a, a * b, a / b, b / a, -a, a, b, sqrt(a), sqrt(b), power(b, 2), power(b, 3)]
    for i, x in enumerate(values):
        assert [compare(x, y) == 0 for y in values] == [j == i for j in range(len(values))]


def test_neutral_elements_keep_the_number() -> None:
    assert (PI + 0) is PI
    assert (1 * PI) is PI
    assert compare(0 * PI, fmpq(0)) == 0


def test_agreement_and_disagreement() -> None:
    assert agreement(gamma_rational(fmpq(1, 2)), pi().sqrt()) is True
    assert agreement(PI, PI + fmpq(1, 10**50)) is False
    assert agreement(exp(fmpq(-500)), exp(fmpq(-500)) * (1 + fmpq(1, 10**50))) is False
    assert agreement(Computed(lambda bits: arb(0, 1)), fmpq(0)) is None
    assert agreement(sin(PI), fmpq(0)) is True


def test_comparisons_of_transcendental_numbers() -> None:
    assert compare(PI, fmpq(22, 7)) == -1
    assert compare(PI, fmpq(333, 106)) == 1
    assert compare(exp(PI * Surd.root(163)), fmpq(640320**3 + 744)) == -1  # Hermite: apart by 7.5e-13
    assert sign(sin(PI), 256) is None


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda: log(fmpq(0)), ValueError),
        (lambda: log(-PI), ValueError),
        (lambda: sqrt(-PI), ValueError),
        (lambda: power(fmpq(-2), THIRD), ValueError),
        (lambda: power(-PI, THIRD), ValueError),
        (lambda: power(fmpq(0), -1), ZeroDivisionError),
        (lambda: PI / 0, ZeroDivisionError),
        (lambda: gamma_rational(-3), ValueError),
    ],
)
def test_refuses_what_is_not_defined(call: Callable[[], object], error: type[Exception]) -> None:
    with pytest.raises(error):
        call()


def test_absolute_value_of_an_undecided_sign() -> None:
    nothing = sin(PI)
    assert agreement(abs(nothing), fmpq(0)) is True


def test_numbers_beyond_floats_are_0_or_infinite_as_floats() -> None:
    tiny, huge = exp(fmpq(-(10**12))), exp(fmpq(10**6))
    assert (float(tiny), float(huge)) == (0.0, float("inf"))
    assert float(exp(fmpq(1))) == 2.718281828459045


def test_keys_of_rationals_too_long_for_decimals_are_equal_for_equal_numbers() -> None:
    """Python writes no integer of more than 4300 decimal digits."""
    long = fmpq(2**20_001 + 1, 3**10_000)
    value = Computed(lambda bits: arb(long), ("long", long, (int(long.p), "x")))
    same = Computed(lambda bits: arb(long), ("long", fmpq(2**20_001 + 1, 3**10_000), (int(long.p), "x")))
    other = Computed(lambda bits: arb(long), ("long", long + 1, (int(long.p), "x")))
    keys = [(x * PI).key for x in (value, same, other)]
    assert keys[0] is not None
    assert keys[0] == keys[1] != keys[2]
    assert compare(exp(value), exp(same)) == 0
    assert (value + PI).key == (PI + same).key


@pytest.mark.parametrize("exponent", [1, 2, 3, 7, 8])
@pytest.mark.parametrize("middle", [0, fmpq(1, 10**11)])
def test_powers_of_balls_around_zero_are_finite(exponent: int, middle: fmpq | int) -> None:
    """python-flint's own power of a ball with the midpoint 0 is not a number."""
    wide = Computed(lambda bits: arb(middle, 1e-10))
    ball = as_real(power(wide, exponent)).approximate(64)
    for share in (fmpq(-9, 10), fmpq(0), fmpq(1, 2), fmpq(9, 10)):
        assert ball.contains((middle + share / 10**10) ** exponent)
    assert abs(ball) < arb(10) ** (-9 * exponent)
