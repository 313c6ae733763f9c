"""Square roots of integers up to rational multiples, without factoring.

sqrt(a) and sqrt(b) are rationally dependent exactly when a*b is a square, and square roots that are pairwise
independent are linearly independent over the rationals (Besicovitch, On the linear independence of fractional
powers of integers, 1940). Candidates for dependence are found by quadratic characters at small primes.
"""

from collections.abc import Iterable
from functools import lru_cache
from math import gcd, isqrt, prod

from flint import fmpq

__all__ = ["collect", "product", "reduced", "signature"]

_PRIMES = (3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47)
_PRIMORIAL = prod(_PRIMES)
_RESIDUES = {p: frozenset(x * x % p for x in range(1, p)) for p in _PRIMES}


@lru_cache(maxsize=65536)
def reduced(n: int) -> tuple[int, int]:
    """(s, m) with n = s^2 m for n >= 1: m is 1 if n is a square, and has no square factor of a prime < 50."""
    root = isqrt(n)
    if root * root == n:
        return root, 1
    twos = ((n & -n).bit_length() - 1) // 2
    outside, inside = 1 << twos, n >> (2 * twos)
    for p in _PRIMES:
        while inside % (p * p) == 0:
            outside, inside = outside * p, inside // (p * p)
    return outside, inside


@lru_cache(maxsize=65536)
def signature(n: int) -> tuple[int, ...]:
    """Quadratic characters of a reduced n: if n*m is a square, n and m have equal signatures."""
    odd = n if n % 2 else n // 2
    word = n % _PRIMORIAL
    characters = [2 * (odd % 8) + n % 2]
    for p in _PRIMES:
        divides = word % p == 0
        unit = n // p % p if divides else word % p
        characters.append(2 * divides + (unit in _RESIDUES[p]))
    return tuple(characters)


def product(a: int, b: int) -> tuple[int, int]:
    """(s, m) with sqrt(a) sqrt(b) = s sqrt(m), for reduced a and b."""
    common = gcd(a, b)
    outside, inside = reduced((a // common) * (b // common))
    return common * outside, inside


def collect(terms: Iterable[tuple[int, fmpq]]) -> dict[int, fmpq]:
    """Sum coefficients of dependent radicals: pairs (reduced n, coefficient of sqrt(n)).

    Returns:
        coefficients by radicand: none is zero, and no two radicands are dependent; so the sum of the radicals
        is zero exactly when the result is empty.
    """
    found: dict[int, fmpq] = {}
    classes: dict[tuple[int, ...], list[int]] = {}
    for n, coefficient in terms:
        if n in found:
            found[n] += coefficient
            continue
        members = classes.setdefault(signature(n), [])
        for m in members:
            root = isqrt(n * m)
            if root * root == n * m:
                found[m] += coefficient * fmpq(root, m)
                break
        else:
            members.append(n)
            found[n] = coefficient
    return {n: coefficient for n, coefficient in found.items() if coefficient != 0}
