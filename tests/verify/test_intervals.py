"""Intervals for frequencies, against the tails of the binomial law summed in rationals."""

from __future__ import annotations

from fractions import Fraction
from math import comb

import pytest

from refutable.verify.intervals import clopper_pearson


def tail(trials: int, least: int, chance: float) -> float:
    """P(at least ``least`` successes)."""
    p = Fraction(chance)
    return float(sum(comb(trials, k) * p**k * (1 - p) ** (trials - k) for k in range(least, trials + 1)))


@pytest.mark.parametrize(("successes", "trials"), [(0, 5), (1, 5), (5, 5), (7, 12), (48, 50)])
@pytest.mark.parametrize("level", [0.5, 0.95])
def test_the_ends_are_where_a_tail_has_half_of_what_is_left(successes: int, trials: int, level: float) -> None:
    found = clopper_pearson(successes, trials, level)
    assert found.lower <= found.share <= found.upper
    if successes == 0:
        assert found.lower == 0
    else:
        assert tail(trials, successes, found.lower) == pytest.approx((1 - level) / 2, rel=1e-9)
    if successes == trials:
        assert found.upper == 1
    else:
        assert 1 - tail(trials, successes + 1, found.upper) == pytest.approx((1 - level) / 2, rel=1e-9)


@pytest.mark.parametrize("level", [0.9])
@pytest.mark.parametrize("chance", [0.03, 0.5, 0.88])
def test_it_contains_the_truth_as_often_as_it_says(chance: float, level: float) -> None:
    trials, p = 15, Fraction(chance)
    covered = Fraction(0)
    for k in range(trials + 1):
        found = clopper_pearson(k, trials, level)
        if found.lower <= chance <= found.upper:
            covered += comb(trials, k) * p**k * (1 - p) ** (trials - k)
    assert covered >= level


@pytest.mark.parametrize(("successes", "trials", "level"), [(0, 0, 0.95), (3, 2, 0.95), (-1, 2, 0.95), (1, 2, 1.0)])
def test_senseless_counts_are_refused(successes: int, trials: int, level: float) -> None:
    with pytest.raises(ValueError):
        clopper_pearson(successes, trials, level)
