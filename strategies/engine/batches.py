"""The data of each step of SGD, from a counter-based generator: the same on every backend, in any order.

Step t of network s uses the words of Philox 4x32-10 (Salmon, Moraes, Dror, Shaw, SC 2011) with key (seed mod 2^32,
seed div 2^32) and counter (q, s, t mod 2^32, t div 2^32): word j is entry j mod 4 at q = j div 4. Floyd's algorithm
(Bentley, Floyd, CACM 1987) turns m words into a uniform subset of m of n data: for j = 0..m-1 let i = n - m + j and
c = (word_j (i + 1)) div 2^32; take c, or i where c has been taken.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Words = NDArray[np.uint64]

_MULTIPLIERS = (np.uint64(0xD2511F53), np.uint64(0xCD9E8D57))
_INCREMENTS = (np.uint64(0x9E3779B9), np.uint64(0xBB67AE85))
_LOW, _HALF = np.uint64(0xFFFFFFFF), np.uint64(32)
ROUNDS = 10


def philox(counter: Sequence[Words], key: tuple[int, int]) -> tuple[Words, Words, Words, Words]:
    """Four random 32-bit words for each counter, as uint64 arrays of the counters' common shape."""
    c0, c1, c2, c3 = counter
    k0, k1 = np.uint64(key[0]), np.uint64(key[1])
    for _ in range(ROUNDS):
        first, second = c0 * _MULTIPLIERS[0], c2 * _MULTIPLIERS[1]
        c0, c1, c2, c3 = (second >> _HALF) ^ c1 ^ k0, second & _LOW, (first >> _HALF) ^ c3 ^ k1, first & _LOW
        k0, k1 = (k0 + _INCREMENTS[0]) & _LOW, (k1 + _INCREMENTS[1]) & _LOW
    return c0, c1, c2, c3


def words(seed: int, streams: NDArray[np.int64], steps: NDArray[np.int64], count: int) -> Words:
    """``count`` words for each pair of a stream and a step (broadcast together): shape ``[..., count]``."""
    stream, step = (a[..., None].astype(np.uint64) for a in np.broadcast_arrays(streams, steps))
    quads = np.arange((count + 3) // 4, dtype=np.uint64)
    counter = np.broadcast_arrays(quads, stream, step & _LOW, step >> _HALF)
    out = np.stack(philox(counter, (seed & 0xFFFFFFFF, seed >> 32)), axis=-1)
    return out.reshape(*out.shape[:-2], -1)[..., :count]


def chosen(
    seed: int, streams: NDArray[np.int64], steps: NDArray[np.int64], samples: int, batch_size: int
) -> NDArray[np.bool_]:
    """Which data each step uses: True for ``batch_size`` of ``samples``, shape ``[..., samples]``.

    Args:
        seed: 0 <= seed < 2^63.
        streams: number of each network.
        steps: number of each step, from 0; broadcast with ``streams``.
        samples: n.
        batch_size: m <= n.
    """
    drawn = words(seed, streams, steps, batch_size)
    taken = np.zeros((*drawn.shape[:-1], samples), dtype=bool)
    for j in range(batch_size):
        last = samples - batch_size + j
        candidate = (drawn[..., j] * np.uint64(last + 1) >> _HALF).astype(np.int64)[..., None]
        before = np.take_along_axis(taken, candidate, -1)
        np.put_along_axis(taken, np.where(before, last, candidate), True, -1)
    return taken
