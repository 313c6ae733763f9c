"""Error-free transformations: the rounding error of one float64 operation, itself a float64.

Knuth's TwoSum and Dekker's TwoProduct (Ogita, Rump, Oishi, SIAM J. Sci. Comput. 26, 2005, Algorithms 3.1 to 3.3).
The sum's error is exact unless it overflows; the product's while its factors lie within `SAFE` of 1.
"""

from __future__ import annotations

from typing import Any

import numpy as np

SPLITTER = 2.0**27 + 1
SAFE = 2.0**480
"""A product of numbers x with 1/SAFE <= |x| <= SAFE, or x = 0, has an exact error."""


def sum_error(a: Any, b: Any, total: Any) -> Any:
    """a + b - total for total = fl(a + b); NaN where it overflows."""
    with np.errstate(invalid="ignore", over="ignore"):
        part = total - a
        return (a - (total - part)) + (b - part)


def product_error(a: Any, b: Any, product: Any) -> Any:
    """a b - product for product = fl(a b), with a and b as `in_range` says."""
    a_high, a_low = _split(a)
    b_high, b_low = _split(b)
    return a_low * b_low - (((product - a_high * b_high) - a_low * b_high) - a_high * b_low)


def in_range(a: Any) -> Any:
    """Whether `product_error` is exact for products of these numbers."""
    size = np.abs(a)
    return (a == 0) | ((size >= 1 / SAFE) & (size <= SAFE))


def _split(a: Any) -> tuple[Any, Any]:
    scaled = SPLITTER * a
    high = scaled - (scaled - a)
    return high, a - high
