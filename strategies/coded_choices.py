"""Choices made one after the other from one drawn integer: drawing each by itself costs many times as much."""

from __future__ import annotations

import math
from collections.abc import Sequence
from hashlib import shake_256
from typing import Any, TypeVar

import numpy as np
from hypothesis import strategies as st

T = TypeVar("T")
CODES = 2**24
"""As many codes as Hypothesis draws evenly: of larger ranges it prefers the small ones."""
BYTES = 96
"""Digits that a code is spread to: 240 choices among nine. Beyond them every choice is the first."""


class Choices:
    """The choices that a code stands for: always the first for 0, spread evenly and without pattern for the others."""

    def __init__(self, code: int) -> None:
        """The code, from 0 to CODES - 1."""
        self._rest = int.from_bytes(shake_256(code.to_bytes(4, "big")).digest(BYTES), "big") if code else 0

    def below(self, count: int) -> int:
        """A number from 0 to count - 1."""
        self._rest, digit = divmod(self._rest, count)
        return digit

    def among(self, options: Sequence[T]) -> T:
        """One of the options."""
        return options[self.below(len(options))]

    def array(self, options: Sequence[Any], *shape: int) -> Any:
        """An object array of options."""
        flat = np.empty(math.prod(shape), dtype=object)
        base, rest = len(options), self._rest
        for place in range(len(flat)):
            rest, digit = divmod(rest, base)
            flat[place] = options[digit]
        self._rest = rest
        return flat.reshape(shape)


def choices() -> st.SearchStrategy[Choices]:
    """Choices of a drawn code, each to be made once; always the first come first."""
    return st.integers(0, CODES - 1).map(Choices)
