"""The batches of SGD: the published generator, uniform subsets, and a slow twin that draws them one by one."""

from __future__ import annotations

import itertools
from collections import Counter
from typing import Any

import numpy as np
import pytest

from refutable.strategies.engine.batches import chosen, philox, words

PUBLISHED = [
    ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((2**32 - 1,) * 4, (2**32 - 1,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]


@pytest.mark.parametrize(("counter", "key", "expected"), PUBLISHED)
def test_the_generator_gives_the_published_words(counter: Any, key: Any, expected: Any) -> None:
    """Known answers of Philox 4x32-10 that come with Random123."""
    found = philox(tuple(np.array(c, np.uint64) for c in counter), key)  # type: ignore[arg-type]
    assert tuple(int(word) for word in found) == expected


def test_words_are_where_the_counter_says() -> None:
    seed, stream, step = 2**40 + 7, 5, 2**33 + 1
    found = words(seed, np.array(stream), np.array(step), 6)
    for j in range(6):
        counter = tuple(np.array(c, np.uint64) for c in (j // 4, stream, step % 2**32, step >> 32))
        assert int(found[j]) == int(philox(counter, (seed % 2**32, seed >> 32))[j % 4])  # type: ignore[arg-type]


def test_subsets_are_those_of_floyds_algorithm_drawn_one_by_one() -> None:
    seed, n, m = 11, 9, 4
    found = chosen(seed, np.arange(6)[None], np.arange(7)[:, None], n, m)
    assert found.shape == (7, 6, n)
    for step, stream in itertools.product(range(7), range(6)):
        drawn = words(seed, np.array(stream), np.array(step), m)
        taken: set[int] = set()
        for j in range(m):
            i = n - m + j
            candidate = int(drawn[j]) * (i + 1) >> 32
            taken.add(i if candidate in taken else candidate)
        assert set(np.flatnonzero(found[step, stream])) == taken
        assert len(taken) == m


def test_every_subset_is_drawn_equally_often() -> None:
    found = chosen(0, np.arange(30000), np.array(0), 5, 2)
    counts = Counter(map(tuple, (np.flatnonzero(row) for row in found)))
    assert len(counts) == 10
    # 3000 each, standard deviation 52.
    assert all(abs(count - 3000) < 5 * 52 for count in counts.values())


def test_a_whole_batch_is_all_data() -> None:
    assert chosen(3, np.arange(4), np.array(2), 6, 6).all()
