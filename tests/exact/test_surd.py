"""Surds against mpmath at 60 digits, and at exact ties."""

import random
from collections.abc import Callable

import mpmath
import numpy as np
import pytest
from flint import fmpq

from refutable.theorems.exact import Real, Surd, as_real, compare, sign, to_float
from refutable.theorems.exact.radicals import reduced, signature

TINY = fmpq(1, 10**30)


def reference(terms: list[tuple[fmpq, fmpq]]) -> mpmath.mpf:
    """The sum of q sqrt(r) in mpmath, at the caller's precision."""
    return mpmath.fsum(mpmath.mpf(int(q.p)) / int(q.q) * mpmath.sqrt(mpmath.mpf(int(r.p)) / int(r.q)) for q, r in terms)


def random_terms(generator: random.Random, count: int) -> list[tuple[fmpq, fmpq]]:
    return [
        (
            fmpq(generator.randint(-50, 50), generator.randint(1, 20)),
            fmpq(generator.randint(0, 60), generator.randint(1, 60)),
        )
        for _ in range(count)
    ]


def test_sums_products_and_signs_agree_with_mpmath() -> None:
    generator = random.Random(7)
    with mpmath.workdps(60):
        for _ in range(150):
            left, right = random_terms(generator, 5), random_terms(generator, 4)
            a, b = (Surd.total(Surd.root(r, q) for q, r in terms) for terms in (left, right))
            x, y = reference(left), reference(right)
            for value, expected in ((a + b, x + y), (a - b, x - y), (a * b, x * y)):
                assert close(value, expected)
            order = mpmath.sign(x - y) if abs(x - y) > mpmath.mpf(10) ** -50 else 0
            assert compare(a, b) == order


def close(value: Real, expected: mpmath.mpf) -> bool:
    ball = value.ball(160)
    middle = mpmath.mpf(int(ball.mid().fmpq().p)) / int(ball.mid().fmpq().q)
    return bool(abs(middle - expected) <= mpmath.mpf(10) ** -45 * (1 + abs(expected)))


def test_division_rationalises_one_and_two_terms() -> None:
    five = Surd.root(5)
    assert compare(1 / (five - 1), (five + 1) / 4) == 0
    assert compare(3 / Surd.root(fmpq(3, 4)), 2 * Surd.root(3)) == 0
    quotient = 1 / (Surd.root(2) + Surd.root(3) + five)
    assert quotient.exact() is None
    assert compare(quotient, fmpq(18, 100)) == 1
    assert compare(quotient, fmpq(19, 100)) == -1
    with pytest.raises(ZeroDivisionError):
        five / (Surd.root(20) - 2 * five)


def test_small_tie() -> None:
    zero = Surd.root(2) + Surd.root(8) - Surd.root(18)
    assert sign(zero) == 0
    assert zero.exact() == 0
    assert sign(zero + TINY) == 1
    assert sign(zero - TINY * Surd.root(7)) == -1


def nested_ties(generator: random.Random) -> tuple[list[tuple[fmpq, fmpq]], list[tuple[fmpq, fmpq]]]:
    """65 radicals q sqrt(r) of float size, and the same numbers as (q/s) sqrt(r s^2), shuffled."""
    first = [(fmpq(generator.getrandbits(53), 2**50), fmpq(generator.getrandbits(106) + 1, 2**99)) for _ in range(65)]
    second = []
    for q, r in first:
        s = fmpq(generator.randint(2, 10**6), generator.randint(1, 10**6))
        second.append((q / s, r * s * s))
    generator.shuffle(second)
    return first, second


def test_sums_of_65_radicals_tie_exactly() -> None:
    first, second = nested_ties(random.Random(3))
    a = sum((Surd.root(r, q) for q, r in first), start=as_real(0))
    b = Surd.total(Surd.root(r, q) for q, r in second)
    assert len(b.terms) == 65
    assert compare(a, b) == 0


@pytest.mark.parametrize("shift", [TINY, -TINY])
def test_sums_of_65_radicals_a_hair_apart(shift: fmpq) -> None:
    first, second = nested_ties(random.Random(4))
    a = Surd.total(Surd.root(r, q) for q, r in first)
    changed = [(second[0][0] + shift, second[0][1]), *second[1:]]
    b = Surd.total(Surd.root(r, q) for q, r in changed)
    assert compare(a, b) == (-1 if shift > 0 else 1)


def test_a_dependent_radical_is_found_through_a_large_common_prime() -> None:
    prime = 2**89 - 1
    total = Surd.root(3 * prime) + Surd.root(fmpq(prime, 3)) - Surd.root(fmpq(16 * prime, 3))
    assert total.exact() == 0


def test_equal_signatures_where_the_product_is_a_square() -> None:
    generator = random.Random(5)
    for _ in range(300):
        core = generator.randint(1, 10**6)
        n, m = (reduced(core * generator.randint(1, 500) ** 2)[1] for _ in range(2))
        assert signature(n) == signature(m)


@pytest.mark.parametrize("n", [1, 2, 4, 12, 49 * 6, 2**101, 53**2, 53**2 * 2, 47**3])
def test_reduced_keeps_the_number(n: int) -> None:
    outside, inside = reduced(n)
    assert outside**2 * inside == n


@pytest.mark.parametrize("exact", [lambda x: x, fmpq], ids=["int", "fmpq"])
def test_arithmetic_from_both_sides(exact: Callable[[int], object]) -> None:
    two, root = exact(2), Surd.root(2)
    for value, expected in [
        (two + root, 2 + 2**0.5),
        (root + two, 2 + 2**0.5),
        (two - root, 2 - 2**0.5),
        (root - two, 2**0.5 - 2),
        (two * root, 2 * 2**0.5),
        (two / root, 2**0.5),
        (root / two, 2**-0.5),
        (abs(root - two), 2 - 2**0.5),
        (-root, -(2**0.5)),
    ]:
        assert float(value) == pytest.approx(expected, rel=1e-15)


def test_object_arrays_mix_rationals_and_surds() -> None:
    rationals = np.array([fmpq(1), fmpq(2)], dtype=object)
    surds = np.array([[Surd.root(2)], [fmpq(3)]], dtype=object)
    product = rationals * surds
    assert product.shape == (2, 2)
    assert compare(product[0, 1], Surd.root(8)) == 0
    assert compare((rationals + surds)[0, 0], 1 + Surd.root(2)) == 0
    assert compare((Surd.root(2) - rationals).sum(), 2 * Surd.root(2) - 3) == 0
    assert compare(np.sqrt(np.array([Surd.of(4)]))[0], fmpq(2)) == 0


def test_roots_of_surds() -> None:
    assert compare(Surd.of(fmpq(9, 2)).sqrt(), Surd.root(fmpq(9, 2))) == 0
    nested = (3 + 2 * Surd.root(2)).sqrt()  # 1 + sqrt(2), which only balls know
    assert compare(nested, 1 + Surd.root(2) + TINY) == -1
    assert compare(nested, 1 + Surd.root(2), max_bits=512) is None
    for negative in (lambda: Surd.root(-1), (1 - Surd.root(2)).sqrt):
        with pytest.raises(ValueError, match="negative"):
            negative()


def test_floats_are_not_exact_numbers() -> None:
    with pytest.raises(TypeError):
        Surd.root(2) + 0.5
    with pytest.raises(TypeError, match="rational"):
        as_real(0.5)


def test_balls_are_narrow_in_spite_of_cancellation() -> None:
    near = Surd.root(10**40 + 1) - 10**20
    assert near.ball(100).rel_accuracy_bits() >= 100
    assert float(near) == pytest.approx(to_float(fmpq(1, 2 * 10**20)))
