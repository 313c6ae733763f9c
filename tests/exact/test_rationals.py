"""Reading, writing and enclosing rational numbers."""

import math
import random
from fractions import Fraction

import numpy as np
import pytest
from flint import arb, ctx, fmpq, fmpz

from refutable.theorems.exact import (
    NumberError,
    enclosure,
    fraction,
    is_square,
    rational,
    root_exact,
    sqrt_exact,
    text,
    to_float,
    working_precision,
)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2/3", Fraction(2, 3)),
        ("-6/4", Fraction(-3, 2)),
        ("0.125", Fraction(1, 8)),
        ("1e-30", Fraction(1, 10**30)),
        ("-.5E+2", Fraction(-50)),
        (" 7 ", Fraction(7)),
        (0.1, Fraction(0.1)),
        (np.float32(0.1), Fraction(float(np.float32(0.1)))),
        (np.int64(-5), Fraction(-5)),
        (Fraction(3, 9), Fraction(1, 3)),
        (fmpz(4), Fraction(4)),
        (fmpq(4, 6), Fraction(2, 3)),
        ("9" * 4300, Fraction(10**4300 - 1)),
    ],
)
def test_reads_the_exact_value(written: object, meant: Fraction) -> None:
    assert fraction(rational(written)) == meant


@pytest.mark.parametrize(
    "bad",
    [
        *(True, np.bool_(False), None, [], 1j, math.nan, math.inf, -math.inf, np.float64("nan")),
        *("1/0", "nan", "inf", "-Infinity", "1e999", "1e-401", "", ".", "e5", "1_000", "0x10", "1/2/3"),
        *("1.5/2", "9" * 4301, "1e" + "9" * 4000, "\u0661", "--1"),
    ],
)
def test_refuses_with_one_line_that_says_where(bad: object) -> None:
    with pytest.raises(NumberError, match=r"^w1\[2\]: ") as caught:
        rational(bad, "w1[2]")
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 200


def test_refuses_huge_integers() -> None:
    for huge in (10**4300, -(10**4300), Fraction(1, 10**4300)):
        with pytest.raises(NumberError, match="4300 digits"):
            rational(huge)


def test_text_is_canonical_and_read_back() -> None:
    assert [text(fmpq(6, 4)), text(fmpq(-4)), text(fmpq(0, 3))] == ["3/2", "-4", "0"]
    q = fmpq(-(3**500), 2**400)
    assert rational(text(q)) == q


def test_to_float_rounds_correctly() -> None:
    generator = random.Random(0)
    for _ in range(200):
        p, q = generator.getrandbits(200) + 1, generator.getrandbits(180) + 1
        assert to_float(fmpq(-p, q)) == float(Fraction(-p, q))
    assert to_float(-(fmpq(10) ** 400)) == -math.inf
    assert to_float(fmpq(10) ** -400) == 0.0


def test_exact_roots() -> None:
    assert sqrt_exact(fmpq(49, 225)) == fmpq(7, 15)
    assert sqrt_exact(fmpq(2)) is None
    assert sqrt_exact(fmpq(-4)) is None
    assert is_square(fmpq(0))
    assert not is_square(fmpq(1, 3))
    assert root_exact(fmpq(27, 64), 3) == fmpq(3, 4)
    assert root_exact(fmpq(28, 64), 3) is None
    assert root_exact(fmpq(0), 5) == 0
    assert root_exact(fmpq(2), 10**6) is None
    with pytest.raises(ValueError):
        root_exact(fmpq(-8), 3)


def test_enclosures_bracket_and_are_tight() -> None:
    generator = random.Random(1)
    for _ in range(300):
        q = fmpq(generator.randint(-(10**12), 10**12), generator.randint(1, 10**9)) * fmpq(10) ** generator.randint(
            -60, 60
        )
        digits = generator.randint(2, 25)
        with working_precision(200):
            ball = arb(q)
        lower, upper = (Fraction(side) for side in enclosure(ball, digits))
        assert lower <= fraction(q) <= upper
        assert upper - lower <= abs(fraction(q)) * Fraction(10) ** (3 - digits)


def test_an_exact_ball_has_equal_bounds() -> None:
    assert enclosure(arb(-2.5)) == ("-2.5", "-2.5")
    assert enclosure(arb(0)) == ("0", "0")
    assert enclosure(arb("nan")) == ("-inf", "inf")


def test_working_precision_is_restored_after_an_error() -> None:
    before = ctx.prec
    seen = []
    with pytest.raises(ZeroDivisionError), working_precision(333):
        seen.append(ctx.prec / 0)
    with working_precision(333):
        seen.append(ctx.prec)
    assert seen == [333]
    assert ctx.prec == before
    with pytest.raises(ValueError), working_precision(1):
        pass
