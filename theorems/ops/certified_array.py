"""Float64 arrays whose every number carries an a-priori bound on its error.

Each operation bounds its own rounding, underflow included, and carries the radii of its operands on. Numbers that
are known exactly have radius 0 and cost nothing: `CertifiedArray` holds no radii at all where none is needed, and
knows masks (`gate`) and zeros (`null`).
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
from flint import fmpq

from refutable.theorems.exact import rational, to_float
from refutable.theorems.ops.error_free import sum_error
from refutable.theorems.ops.protocol import NotCertified

U = 2.0**-53
TINY = 2.0**-1070
SMALL = 2.0**-1000
"""Numbers below this may lose bits when scaled by a moderate power of two."""
INFLATE = 1.0 + 2.0**-48
"""Covers the rounding of the few operations that compute a radius."""


def gamma(m: int) -> float:
    """m u / (1 - m u), with a safe margin for the rounding of radii."""
    return 1.01 * m * U


class CertifiedArray:
    """Midpoints and radii, both float64 of one shape. Supports + - * /, indexing, reshape.

    Attributes:
        mid: the midpoints.
        radii: the radii; None where all numbers are exact.
        gate: all numbers are exact and 0 or 1.
        null: all numbers are exactly 0.
    """

    __array_ufunc__ = None
    __slots__ = ("_own", "gate", "mid", "null", "radii")

    def __init__(self, mid: Any, rad: Any = None, *, gate: bool = False, null: bool = False) -> None:
        self.mid = np.asarray(mid, dtype=np.float64)
        self.radii: Any = None if rad is None or not np.any(rad) else np.asarray(rad, dtype=np.float64)
        if self.radii is not None and self.radii.shape != self.mid.shape:
            self.radii = np.broadcast_to(self.radii, self.mid.shape)
        self.gate, self.null, self._own = gate or null, null, False

    @classmethod
    def zeros(cls, shape: tuple[int, ...]) -> CertifiedArray:
        """Exact zeros."""
        return cls(np.broadcast_to(0.0, shape), null=True)

    @property
    def rad(self) -> Any:
        """Radii, in the shape of ``mid``."""
        return np.broadcast_to(0.0, self.mid.shape) if self.radii is None else self.radii

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the batch array."""
        return tuple(self.mid.shape)

    def map(self, function: Any) -> CertifiedArray:
        """The same numbers in another arrangement: ``function`` of the midpoints and of the radii."""
        radii = None if self.radii is None else function(self.radii)
        return CertifiedArray(function(self.mid), radii, gate=self.gate, null=self.null)

    def __getitem__(self, index: Any) -> CertifiedArray:
        return self.map(lambda part: part[index])

    def __setitem__(self, index: Any, value: CertifiedArray) -> None:
        if not self._own:  # others may share the numbers
            self.mid, self.radii, self._own = np.array(self.mid), np.array(self.rad), True
        self.gate = self.null = False
        self.mid[index], self.radii[index] = value.mid, value.rad

    def reshape(self, *shape: int) -> CertifiedArray:
        """The same numbers in another shape."""
        return self.map(lambda part: part.reshape(*shape))

    def surely_zero(self) -> Any:
        """Boolean array: the number is exactly 0."""
        return self.mid == 0 if self.radii is None else (self.mid == 0) & (self.radii == 0)

    def possibly_zero(self) -> Any:
        """Boolean array: 0 is within the radius (also where nothing is known)."""
        return ~(np.abs(self.mid) > (0.0 if self.radii is None else self.radii))

    def __neg__(self) -> CertifiedArray:
        return CertifiedArray(-self.mid, self.radii)

    def __add__(self, other: Any) -> CertifiedArray:
        return _sum(self, certified(other))

    def __sub__(self, other: Any) -> CertifiedArray:
        b = certified(other)
        if self.gate and b.gate:
            difference = self.mid - b.mid
            return CertifiedArray(difference, gate=bool(difference.size) and difference.min() >= 0)
        return _sum(self, -b)

    def __rsub__(self, other: Any) -> CertifiedArray:
        return certified(other) - self

    def __mul__(self, other: Any) -> CertifiedArray:
        return _product(self, certified(other))

    def __truediv__(self, other: Any) -> CertifiedArray:
        b = certified(other)
        if _is_power_of_two(b):
            return _scaled(self, 1 / float(b.mid))
        return _quotient(self, b)

    def __rtruediv__(self, other: Any) -> CertifiedArray:
        return certified(other) / self

    def __pow__(self, exponent: Any) -> CertifiedArray:
        raise NotCertified("fractional powers have no certified float version; decide exactly")

    __radd__ = __add__
    __rmul__ = __mul__


def certified(value: Any) -> CertifiedArray:
    """``value`` as a certified array: floats are exact, rationals and integers correctly rounded with their error.

    Raises:
        NotCertified: an object without a float value and error.
    """
    if isinstance(value, CertifiedArray):
        return value
    if isinstance(value, int | Fraction | fmpq) and not isinstance(value, bool):
        exact = rational(value)
        mid = to_float(exact)
        rad = 0.0 if fmpq(*mid.as_integer_ratio()) == exact else U * abs(mid) + TINY
        return CertifiedArray(mid, rad, null=mid == 0 and rad == 0)
    if isinstance(value, float | np.floating) or (isinstance(value, np.ndarray) and value.dtype == np.float64):
        return CertifiedArray(value)
    raise NotCertified(f"a {type(value).__name__} has no certified float version; decide exactly")


def plus(a: Any, b: Any) -> Any:
    """Sum of two arrays of radii, None meaning zeros."""
    if a is None or b is None:
        return b if a is None else a
    return a + b


def _sum(a: CertifiedArray, b: CertifiedArray) -> CertifiedArray:
    shape = np.broadcast_shapes(a.shape, b.shape)
    for zero, other in ((a, b), (b, a)):
        if zero.null and other.shape == shape:
            return CertifiedArray(other.mid, other.radii, gate=other.gate, null=other.null)
    mid = a.mid + b.mid
    carried = plus(a.radii, b.radii)
    if carried is None:
        return CertifiedArray(mid, np.abs(sum_error(a.mid, b.mid, mid)))
    rad = np.asarray((carried + U * np.abs(mid)) * INFLATE)
    exact = np.broadcast_to(carried == 0, shape)
    if exact.any():
        parts = [np.broadcast_to(part, shape)[exact] for part in (a.mid, b.mid, mid)]
        rad[exact] = np.abs(sum_error(*parts))
    return CertifiedArray(mid, rad)


def _product(a: CertifiedArray, b: CertifiedArray) -> CertifiedArray:
    for scalar, other in ((b, a), (a, b)):
        if _is_power_of_two(scalar):
            return _scaled(other, float(scalar.mid))
    for gate, other in ((b, a), (a, b)):
        if gate.gate:
            # An infinite radius times 0 is NaN: what is not known stays unknown.
            radii = None if other.radii is None else other.radii * gate.mid
            null = radii is None and (gate.null or other.null)
            return CertifiedArray(other.mid * gate.mid, radii, gate=other.gate, null=null)
    mid = a.mid * b.mid
    rad = U * np.abs(mid) + TINY
    zero = mid == 0
    if zero.any():
        rad *= ~(zero & (a.surely_zero() | b.surely_zero()))
    if b.radii is not None:
        rad += np.abs(a.mid) * b.radii
    if a.radii is not None:
        rad += a.radii * (np.abs(b.mid) if b.radii is None else np.abs(b.mid) + b.radii)
    rad *= INFLATE
    return CertifiedArray(mid, rad)


def _is_power_of_two(x: CertifiedArray) -> bool:
    """Whether x is one exact number, a power of two (or minus one) of moderate size."""
    if x.mid.ndim or x.radii is not None:
        return False
    mantissa, exponent = math.frexp(float(x.mid))
    return abs(mantissa) == 0.5 and abs(exponent) < 60


def _scaled(x: CertifiedArray, factor: float) -> CertifiedArray:
    """x times a power of two between 2^-60 and 2^60: exact, but for underflow and overflow."""
    if factor == 1:
        return x
    mid, rad = x.mid * factor, None if x.radii is None else x.radii * abs(factor)
    if abs(factor) > 1:
        lost = np.where(np.isfinite(mid), 0.0, np.inf)
    else:
        small = (np.abs(mid) < SMALL) & (x.mid != 0)
        lost = TINY * (small if rad is None else small | ((rad < SMALL) & (x.radii != 0)))
    if lost.any():
        rad = lost if rad is None else (rad + lost) * INFLATE
    return CertifiedArray(mid, rad, null=x.null)


def _quotient(a: CertifiedArray, b: CertifiedArray) -> CertifiedArray:
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        mid = a.mid / b.mid
        least = np.abs(b.mid) - b.rad
        rad = (a.rad + np.abs(mid) * b.rad * INFLATE + TINY) / least * INFLATE + U * np.abs(mid) + TINY
    good = (least > 0) & np.isfinite(mid)
    return CertifiedArray(np.where(good, mid, 0.0), np.where(good, rad * INFLATE, np.inf))
