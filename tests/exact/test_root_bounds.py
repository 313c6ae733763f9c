"""Bounds of square roots are bounds, and close ones."""

from __future__ import annotations

import random

import pytest
from flint import fmpq

from refutable.theorems.exact.root_bounds import rounded_up, sqrt_above, sqrt_below


def drawn(count: int) -> list[fmpq]:
    rng = random.Random(0)
    sizes = [rng.randint(1, 400) for _ in range(count)]
    return [fmpq(rng.getrandbits(size) + 1, rng.getrandbits(rng.randint(1, 400)) + 1) for size in sizes]


def test_roots_lie_between_their_bounds() -> None:
    for q in drawn(200):
        below, above = sqrt_below(q, 60), sqrt_above(q, 60)
        assert below > 0
        assert below * below <= q <= above * above
        assert (above - below) * 2**58 <= below


def test_roots_of_squares_are_exact() -> None:
    for q in [fmpq(0), fmpq(1), fmpq(4, 9), *(q * q for q in drawn(20))]:
        assert sqrt_below(q) == sqrt_above(q)
        assert sqrt_below(q) ** 2 == q


def test_negative_numbers_are_refused() -> None:
    for bound in (sqrt_below, sqrt_above):
        with pytest.raises(ValueError, match="nonnegative"):
            bound(fmpq(-1, 3))


def test_rounding_goes_up_and_little() -> None:
    for q in [fmpq(0), *drawn(100), *(-q for q in drawn(20))]:
        up = rounded_up(q, 40)
        assert q <= up <= q + abs(q) / 2**40
        assert up.p.bit_length() <= 43 or up.q == 1
        assert int(up.q) & (int(up.q) - 1) == 0
