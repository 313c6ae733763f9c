"""Choices from one draw: the first ones for 0, any of them, however late it is made, for others."""

from __future__ import annotations

from collections import Counter
from itertools import product

import pytest
from flint import fmpq
from hypothesis import HealthCheck, Phase, given, seed, settings

from refutable.strategies.coded_choices import CODES, Choices, built

CHOICES = (fmpq(0), fmpq(1, 2), fmpq(-1))
MANY = settings(max_examples=200, deadline=None, database=None, phases=[Phase.generate],
                suppress_health_check=list(HealthCheck))  # fmt: skip


def test_the_code_0_makes_every_choice_the_first() -> None:
    choose = Choices.of_code(0)
    assert choose.among("abc") == "a"
    assert choose.below(7) == 0
    assert choose.array((5, 6), 2, 3).tolist() == [[5] * 3] * 2


@pytest.mark.parametrize("count", [2, 3, 7, 9])
def test_codes_in_a_row_choose_evenly_and_apart(count: int) -> None:
    pairs = Counter(
        (choose.below(count), choose.below(count)) for choose in map(Choices.of_code, range(1, 200 * count**2))
    )
    assert len(pairs) == count**2
    assert max(pairs.values()) < 260
    assert min(pairs.values()) > 140


def test_an_array_holds_the_choices_in_order() -> None:
    one, other = Choices.of_code(CODES - 1), Choices.of_code(CODES - 1)
    assert one.array("abcde", 3, 4).ravel().tolist() == [other.among("abcde") for _ in range(12)]
    assert one.below(1000) == other.below(1000)


def test_choices_end_at_the_first() -> None:
    choose = Choices.of_code(3)
    assert len(set(choose.array(range(9), 200).tolist())) == 9
    choose.array(range(9), 100)
    assert set(choose.array(range(9), 50).tolist()) == {0}


def test_digits_0_make_every_choice_the_first() -> None:
    choose = Choices(0)
    assert (choose.among("abc"), choose.between(2, 5)) == ("a", 2)
    assert (choose.array(CHOICES, 2, 3) == fmpq(0)).all()


def test_every_combination_is_one_integer() -> None:
    found = {(d.among("abc"), d.between(-1, 2), d.among("xy")) for d in map(Choices, range(24))}
    assert found == set(product("abc", range(-1, 3), "xy"))


def test_arrays_have_their_shape() -> None:
    array = Choices(3**5).array(CHOICES, 2, 3)
    assert array.shape == (2, 3)
    assert [q for q in array.ravel() if q != 0] == [fmpq(1, 2)]


def test_late_choices_vary_as_early_ones_do() -> None:
    """Small integers would leave all later choose 0: what is drawn is as many bytes as there are."""
    seen: list[Counter[int]] = [Counter(), Counter()]

    @seed(1)
    @MANY
    @given(pair=built(lambda choose: [choose.between(0, 2) for _ in range(200)]))
    def collect(pair: list[int]) -> None:
        seen[0][pair[0]] += 1
        seen[1][pair[-1]] += 1

    collect()
    assert all(min(counts[i] for i in range(3)) > 20 for counts in seen)
