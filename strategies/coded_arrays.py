"""Arrays of small fractions from one drawn integer: drawing every entry by itself costs several times as much."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
from flint import fmpq
from hypothesis import strategies as st


def coded_arrays(choices: Sequence[fmpq], *shape: int) -> st.SearchStrategy[Any]:
    """Object arrays with entries among ``choices``; those full of the first one come first.

    The integer's digits, to the base of the number of choices, choose the entries.
    """
    base, size = len(choices), math.prod(shape)

    def decoded(code: int) -> Any:
        flat = np.empty(size, dtype=object)
        for place in range(size):
            code, digit = divmod(code, base)
            flat[place] = choices[digit]
        return flat.reshape(shape)

    return st.integers(0, base**size - 1).map(decoded)


def digits(code: int, *bases: int) -> list[int]:
    """The digits of an integer to mixed bases, last ones first: one drawn integer makes many choices."""
    found = []
    for base in bases:
        code, digit = divmod(code, base)
        found.append(digit)
    return found


@cache
def choices(*bases: int) -> st.SearchStrategy[list[int]]:
    """Numbers below each base."""
    return st.integers(0, math.prod(bases) - 1).map(lambda code: digits(code, *bases))
