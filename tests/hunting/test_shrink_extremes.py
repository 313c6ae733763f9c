"""Numbers far from 1: reductions are proposed without overflow, and without warnings."""

from __future__ import annotations

import warnings

import pytest
from flint import fmpq

from refutable.theorems.domains.quadratic import QUADRATIC
from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.exact.simplest import digits, simpler_near
from refutable.verify.shrink import reductions, shrink

SIZES = [fmpq(1, 10**160), fmpq(1, 10**400), fmpq(10**160), fmpq(10**400)]


@pytest.mark.parametrize("size", SIZES)
def test_networks_of_any_scale_are_reduced(size: fmpq) -> None:
    """The sharpness of the first is below the least float whose inverse is one; of the last it is infinite."""
    start = SHALLOW_RELU.instance(
        w1=[[size]], b1=[-size], w2=[2 * size], b2=0, frozen=["b2"], x=[[3], [2]], step_size=1
    )
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert list(reductions(SHALLOW_RELU, start))
        assert shrink(SHALLOW_RELU, start, lambda found: len(found["x"]) == 2, 60).evaluations


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.slow
def test_quadratic_losses_of_any_scale_are_reduced(size: fmpq) -> None:
    start = QUADRATIC.instance(
        hessians=[[[size**2, 0], [0, size**2]], [[2 * size**2, 0], [0, size**2]]],
        displacement=[1, 2], step_size=1, steps=1,
    )  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert list(reductions(QUADRATIC, start))


@pytest.mark.slow
def test_numbers_too_long_for_python_to_write_are_measured() -> None:
    q = fmpq(10**5000 + 1, 3)
    assert digits(q) == 5002
    assert simpler_near(q)
