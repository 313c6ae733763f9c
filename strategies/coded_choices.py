"""Choices made one after the other from one draw: drawing each by itself costs more than most decisions take."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import cache
from hashlib import shake_256
from typing import Any, TypeVar

import numpy as np
from hypothesis import strategies as st

T = TypeVar("T")
CODES = 2**24
"""As many codes as Hypothesis draws evenly: of larger ranges it prefers the small ones."""
CODE_BYTES, DRAWN_BYTES = 96, 64
"""Of digits: what a code is spread to, and what `built` draws. Beyond them every choice is the first."""


class Choices:
    """Choices by the digits of one integer; 0 makes the first of all."""

    def __init__(self, digits: int) -> None:
        self._rest = digits

    @classmethod
    def of_code(cls, code: int) -> Choices:
        """The choices that a code from 0 to CODES - 1 stands for, spread evenly and without pattern; of 0 the first."""
        return cls(int.from_bytes(shake_256(code.to_bytes(4, "big")).digest(CODE_BYTES), "big") if code else 0)

    def below(self, count: int) -> int:
        """A number from 0 to count - 1."""
        self._rest, digit = divmod(self._rest, count)
        return digit

    def between(self, least: int, most: int) -> int:
        """An integer in [least, most]."""
        return least + self.below(most - least + 1)

    def among(self, options: Sequence[T]) -> T:
        """One of the options."""
        return options[self.below(len(options))]

    def array(self, options: Sequence[Any], *shape: int) -> Any:
        """An object array [shape] with entries among the options."""
        flat = np.empty(math.prod(shape), dtype=object)
        for place in range(flat.size):
            flat[place] = self.among(options)
        return flat.reshape(shape)


def choices() -> st.SearchStrategy[Choices]:
    """Choices of a drawn code, each to be made once; always the first come first. They do not shrink."""
    return st.integers(0, CODES - 1).map(Choices.of_code)


@cache
def _bytes() -> st.SearchStrategy[bytes]:
    return st.binary(min_size=DRAWN_BYTES, max_size=DRAWN_BYTES)


def built(build: Callable[[Choices], T]) -> st.SearchStrategy[T]:
    """What ``build`` makes of the choices of drawn digits, the first of all choices first; it shrinks."""
    return _bytes().map(lambda drawn: build(Choices(int.from_bytes(drawn, "little"))))
