"""Sums of exponentials against mpmath at 60 digits."""

from __future__ import annotations

from random import Random

import mpmath
import pytest
from flint import fmpq

from refutable.theorems.exact import Surd, as_real, compare, sign
from refutable.theorems.exact.exponential_sums import ExponentialSum, exponential


def drawn(random: Random, size: int = 3) -> ExponentialSum:
    return ExponentialSum(
        (fmpq(random.randint(-6, 6), random.randint(1, 3)), fmpq(random.randint(-5, 5), random.randint(1, 3)))
        for _ in range(size)
    )


def value(x: ExponentialSum) -> mpmath.mpf:
    terms = ((mpmath.mpf(int(q.p)) / int(q.q), mpmath.mpf(int(r.p)) / int(r.q)) for r, q in x.terms.items())
    return mpmath.fsum(q * mpmath.exp(r) for q, r in terms)


def test_arithmetic_and_order_agree_with_mpmath() -> None:
    random = Random(5)
    with mpmath.workdps(60):
        for _ in range(60):
            a, b = drawn(random), drawn(random)
            references = ((a + b, value(a) + value(b)), (a * b, value(a) * value(b)), (a - b, value(a) - value(b)))
            for found, reference in references:
                assert isinstance(found, ExponentialSum)
                assert abs(value(found) - reference) < mpmath.mpf(10) ** -45
            assert compare(a, b) == mpmath.sign(value(a) - value(b))


def test_ties_are_decided() -> None:
    e, root = as_real(exponential(fmpq(1))), as_real(exponential(fmpq(1, 2)))
    assert compare(root * root, e) == 0
    assert compare(e * e - e, e * (e - 1)) == 0
    assert sign(e - root * root) == 0
    assert compare(e / root, root) == 0
    assert compare((e * 4).sqrt(), root * 2) == 0
    assert exponential(fmpq(0)) == 1


def test_nearly_equal_sums_differ() -> None:
    tiny = fmpq(1, 10**60)
    assert compare(as_real(exponential(tiny)), Surd.of(1 + tiny)) == 1
    assert compare(as_real(exponential(tiny)), Surd.of(1 + 2 * tiny)) == -1


def test_mixed_with_other_numbers() -> None:
    e = as_real(exponential(fmpq(1)))
    assert float(e * Surd.root(2) + 1) == pytest.approx(float(mpmath.e * mpmath.sqrt(2) + 1), rel=1e-14)
    with pytest.raises(ZeroDivisionError):
        1 / ExponentialSum([])
