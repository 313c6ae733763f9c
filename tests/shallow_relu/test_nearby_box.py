"""The box about certified minima holds them, whatever rounding does."""

from __future__ import annotations

from dataclasses import replace

import mpmath as mp
import numpy as np
import pytest
from flint import fmpq

from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.domains.shallow_relu.nearby_box import box
from refutable.theorems.domains.shallow_relu.nearby_minimum import nearby_minimum
from refutable.theorems.ops.certified import CertifiedArray, CertifiedOps
from refutable.theorems.views import View
from tests.shallow_relu.test_nearby_minimum import DIGITS, Plain, certified, disturbed


def test_the_box_holds_the_minimum_and_its_sharpness() -> None:
    near = [certified(nearby_minimum(disturbed(seed, (2, 5, 3), 1e-5), 1)) for seed in (0, 1, 3)]
    rows = box(near)
    ops = CertifiedOps(len(near))
    view = View(SHALLOW_RELU, ops, {**rows, "y": None, "frozen": None, "batch_size": None})
    sharpness = view["sharpness"]
    assert not ops.unsafe.any()
    for row, found in enumerate(near):
        with mp.workdps(DIGITS):
            about = Plain(found.centre)
            theta, _ = about.minimum()
            flat = np.concatenate([rows[g].mid[row].ravel() for g in ("w1", "b1", "w2", "b2")])
            wide = np.concatenate([rows[g].rad[row].ravel() for g in ("w1", "b1", "w2", "b2")])
            assert all(abs(t - m) <= r for t, m, r in zip(theta, flat, wide, strict=True))
            assert abs(about.sharpness(theta) - sharpness.mid[row]) <= sharpness.rad[row]


@pytest.mark.parametrize("radius", [fmpq(0), fmpq(1, 10**40)])
def test_the_box_holds_centres_that_are_no_floats(radius: fmpq) -> None:
    network = SHALLOW_RELU.instance(w1=[["1/3"]], b1=["1/7"], w2=["5/3"], b2="1/11", x=[["2/3"], [-3]], step_size="1/9")
    rows = box([replace(certified(nearby_minimum(network)), radius=radius)])
    for name, moves in (("w1", 1), ("b1", 1), ("w2", 1), ("b2", 1), ("x", 0), ("step_size", 0)):
        exact = np.asarray(network[name], dtype=object).ravel()
        for value, mid, rad in zip(exact, rows[name].mid.ravel(), rows[name].rad.ravel(), strict=True):
            middle, reach = (fmpq(*float(number).as_integer_ratio()) for number in (mid, rad))
            assert abs(middle - value) + moves * radius <= reach
            assert reach < fmpq(1, 10**14)


def test_the_box_is_a_point_where_nothing_moves() -> None:
    network = disturbed(2, (2, 4, 3), 0.0)
    rows = box([certified(nearby_minimum(network))])
    for name in ("w1", "b1", "w2", "b2", "x", "step_size"):
        assert isinstance(rows[name], CertifiedArray)
        assert rows[name].radii is None
    with pytest.raises(ValueError, match="shape"):
        box([certified(nearby_minimum(n)) for n in (network, disturbed(2, (2, 5, 3), 0.0))])
