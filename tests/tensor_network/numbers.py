"""Rationals as mpmath numbers and floats."""

from __future__ import annotations

from typing import Any

import mpmath
import numpy as np
from flint import fmpq

from refutable.theorems.exact import Number, as_real


def precise(q: fmpq) -> Any:
    return mpmath.mpf(int(q.p)) / int(q.q)


def digits(x: Number, count: int = 40) -> Any:
    return mpmath.mpf(as_real(x).ball(4 * count).mid().str(count, radius=False))


def floats(array: Any) -> np.ndarray:
    return np.vectorize(lambda q: int(q.p) / int(q.q), otypes=[float])(array)
