"""The shift to the product 1: closed forms, balls against mpmath, floats and their gradient."""

from __future__ import annotations

from random import Random

import mpmath
import numpy as np
import pytest
import sympy
import torch
from flint import fmpq

from refutable.theorems.exact import Surd, as_real, compare, sqrt
from refutable.theorems.ops.certified import CertifiedArray, CertifiedOps
from refutable.theorems.ops.exact import ExactOps
from refutable.theorems.ops.protocol import NotCertified
from refutable.theorems.ops.rounded import RoundedOps
from refutable.theorems.ops.symbolic import SymbolicOps
from refutable.theorems.ops.torch import TorchOps

EXACT = ExactOps()


def reference(gaps: list[fmpq]) -> mpmath.mpf:
    """The shift to 50 digits, by Newton's method for the logarithm, which comes from above."""
    with mpmath.workdps(60):
        values = [mpmath.mpf(int(gap.p)) / int(gap.q) for gap in gaps]
        log_size, step = mpmath.mpf(0), mpmath.mpf(1)
        while abs(step) > mpmath.mpf(10) ** -55:
            size = mpmath.e**log_size
            slope = sum(size / (size + value) for value in values)
            step = sum(mpmath.log(size + value) for value in values) / slope
            log_size -= step
        return mpmath.e**log_size


def random_gaps(random: Random, spread: float) -> list[fmpq]:
    drawn = [fmpq(*np.exp(random.gauss(0, spread)).item().as_integer_ratio()) for _ in range(random.randint(2, 7))]
    return [value - min(drawn) for value in drawn]


@pytest.mark.parametrize("spread", [0.5, 3.0, 20.0])
def test_balls_agree_with_mpmath_to_50_digits(spread: float) -> None:
    random = Random(f"{spread}")
    for _ in range(12):
        gaps = random_gaps(random, spread)
        ball = as_real(EXACT.product_shift(EXACT.array(gaps))).ball(170)
        assert ball.rel_accuracy_bits() >= 170
        with mpmath.workdps(60):
            found = mpmath.mpf(ball.str(55, radius=False))
            assert abs(found / reference(gaps) - 1) < mpmath.mpf(10) ** -49


@pytest.mark.parametrize("bits", [80, 700, 4096])
def test_balls_of_any_precision_narrow_onto_one_solution(bits: int) -> None:
    gaps = EXACT.array([0, fmpq(1, 10**30), 7, 10**12])
    ball = as_real(EXACT.product_shift(gaps)).ball(bits)
    assert ball.rel_accuracy_bits() >= bits
    low, high = (np.prod(gaps + side.fmpq()) for side in (ball.lower(), ball.upper()))
    assert low < 1 < high


def test_closed_forms_are_used_where_there_are_any() -> None:
    assert EXACT.product_shift(EXACT.array([5, 5, 5])) == -4
    assert EXACT.product_shift(EXACT.array([4, fmpq(1, 4)])) == 0
    assert EXACT.product_shift(EXACT.array([4, fmpq(1, 4), 1, 3, fmpq(1, 3)])) == 0
    doubled = EXACT.product_shift(EXACT.array([0, 3, 0, 3]))
    assert isinstance(doubled, Surd)
    assert compare(doubled, (sqrt(fmpq(13)) - 3) / 2) == 0


def test_the_order_of_rationals_does_not_matter() -> None:
    first, second = (EXACT.product_shift(EXACT.array(values)) for values in ([0, 1, 5], [5, 0, 1]))
    assert compare(first, second) == 0
    assert compare(first, EXACT.product_shift(EXACT.array([0, 1, 6]))) == 1


def test_irrational_numbers_are_shifted_too() -> None:
    roots = [as_real(sqrt(fmpq(n))) for n in (2, 3, 5)]
    ball = as_real(EXACT.product_shift(np.array(roots, dtype=object))).ball(200)
    with mpmath.workdps(60):
        shift = mpmath.mpf(ball.str(58, radius=False))
        assert abs(mpmath.fprod(mpmath.sqrt(n) + shift for n in (2, 3, 5)) - 1) < mpmath.mpf(10) ** -50


def test_floats_agree_and_have_the_derivative_of_the_implicit_function() -> None:
    ops, random = TorchOps(), Random(5)
    for _ in range(30):
        gaps = random_gaps(random, 4)
        shift = ops.product_shift(ops.array([[float(gap) for gap in gaps]]))
        assert float(shift[0]) == pytest.approx(float(reference(gaps)), rel=1e-11)
    rows = torch.tensor([[0.0, 1.0, 3.0], [2.0, 2.1, 2.5]], dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(ops.product_shift, rows, eps=1e-7)


def test_other_arithmetics_solve_two_numbers_or_refuse() -> None:
    a, b = sympy.symbols("a b", positive=True)
    shift = SymbolicOps().product_shift(np.array([a, b], dtype=object))
    assert sympy.expand((a + shift) * (b + shift)) == 1
    with pytest.raises(NotImplementedError, match="symbolic"):
        SymbolicOps().product_shift(np.array([a, b, a], dtype=object))
    with pytest.raises(NotCertified, match="exactly"):
        CertifiedOps(1).product_shift(CertifiedArray(np.ones((1, 2))))
    assert isinstance(RoundedOps().product_shift(EXACT.array([0, 1, 5])), fmpq)
