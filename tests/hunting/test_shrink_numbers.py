"""Simple fractions: against brute force over denominators."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest
from flint import fmpq

from refutable.theorems.exact.simplest import digits, plainness, simpler_near, simplest_between


def least_denominator(low: fmpq, high: fmpq) -> Fraction:
    """The fraction of least denominator in an interval, nearest to 0, by trying every denominator."""
    q = 1
    while (low * q).ceil() > high * q:
        q += 1
    inside = range(int((low * q).ceil()), int((high * q).floor()) + 1)
    return Fraction(min(inside, key=abs), q)


def test_the_simplest_fraction_between_two_is_that_of_least_denominator() -> None:
    source = random.Random(5)
    for _ in range(400):
        low = fmpq(source.randint(-900, 900), source.randint(1, 400))
        high = low + fmpq(source.randint(0, 30), source.randint(1, 3000))
        found = simplest_between(low, high)
        assert Fraction(int(found.p), int(found.q)) == least_denominator(low, high)


def test_an_interval_must_be_in_order() -> None:
    with pytest.raises(ValueError, match="wrong order"):
        simplest_between(fmpq(1), fmpq(0))


@pytest.mark.parametrize("value", [fmpq(355, 113), fmpq(-7), fmpq(3, 4), fmpq(*(0.1).as_integer_ratio()), fmpq(123456)])
def test_plainer_numbers_nearby_come_plainest_first(value: fmpq) -> None:
    found = simpler_near(value)
    assert found
    assert [plainness(q) for q in found] == sorted(plainness(q) for q in found)
    assert all(plainness(q) < plainness(value) and q != 0 for q in found)
    assert all(abs(q - value) <= max(abs(value), fmpq(1)) for q in found)


def test_a_noisy_fraction_is_found_again() -> None:
    noisy = fmpq(*(32 / 241 * (1 - 2**-40)).as_integer_ratio())
    assert fmpq(32, 241) in simpler_near(noisy)


@pytest.mark.parametrize(("q", "count"), [(fmpq(0), 1), (fmpq(-12), 2), (fmpq(3, 40), 3), (fmpq(-100, 7), 4)])
def test_digits_are_those_a_person_writes(q: fmpq, count: int) -> None:
    assert digits(q) == count
