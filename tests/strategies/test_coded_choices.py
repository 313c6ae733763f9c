"""Choices from one integer: the first ones for 0, all of them evenly for others."""

from __future__ import annotations

from collections import Counter

import pytest

from refutable.strategies.coded_choices import CODES, Choices


def test_the_code_0_makes_every_choice_the_first() -> None:
    choose = Choices(0)
    assert choose.among("abc") == "a"
    assert choose.below(7) == 0
    assert choose.array((5, 6), 2, 3).tolist() == [[5] * 3] * 2


@pytest.mark.parametrize("count", [2, 3, 7, 9])
def test_codes_in_a_row_choose_evenly_and_apart(count: int) -> None:
    pairs = Counter((choose.below(count), choose.below(count)) for choose in map(Choices, range(1, 200 * count**2)))
    assert len(pairs) == count**2
    assert max(pairs.values()) < 260
    assert min(pairs.values()) > 140


def test_an_array_holds_the_choices_in_order() -> None:
    one, other = Choices(CODES - 1), Choices(CODES - 1)
    assert one.array("abcde", 3, 4).ravel().tolist() == [other.among("abcde") for _ in range(12)]
    assert one.below(1000) == other.below(1000)


def test_choices_end_at_the_first() -> None:
    choose = Choices(3)
    assert len(set(choose.array(range(9), 200).tolist())) == 9
    choose.array(range(9), 100)
    assert set(choose.array(range(9), 50).tolist()) == {0}
