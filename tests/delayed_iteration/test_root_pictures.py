"""Pictures of characteristic roots: where the theory says they are."""

from __future__ import annotations

import numpy as np
import pytest
from flint import fmpq

from refutable.strategies.pictures import drawing
from refutable.theorems.papers.giladi_2020.delayed_hessian import descent
from refutable.theorems.papers.giladi_2020.momentum_assumptions import with_momentum
from refutable.theorems.papers.giladi_2020.random_delay_instances import delays


def test_roots_of_a_random_delay_at_its_first_crossing() -> None:
    """(z + 1)(z^2 - z + 1): all on the circle."""
    chart = drawing("random-delay", delays((1, 0, 1), 2))
    assert chart is not None
    circle, roots = chart.series
    assert np.hypot(roots.x, roots.y) == pytest.approx(np.ones(3))
    assert np.hypot(circle.x, circle.y) == pytest.approx(np.ones(len(circle.x)))
    assert "3 roots, the largest of modulus 1" in chart.description


def test_roots_of_both_conventions() -> None:
    """z^2 - 3/2 z + 1/2 + a and (z - 1)(z^2 - 1/2) + a z at a = 1/4."""
    chart = drawing("delayed-momentum", with_momentum(fmpq(1, 4), 1, fmpq(1, 2)))
    assert chart is not None
    heavy_ball, shifted = (np.array(s.x) + 1j * np.array(s.y) for s in chart.series[1:])
    assert heavy_ball**2 - 1.5 * heavy_ball + 0.75 == pytest.approx(np.zeros(2))
    assert (shifted - 1) * (shifted**2 - 0.5) + shifted / 4 == pytest.approx(np.zeros(3))


def test_roots_of_a_hessian_are_those_of_its_eigenvalues() -> None:
    """Eigenvalues 1 and 3, step size 1/4, delay 1: z^2 - z + 1/4 and z^2 - z + 3/4."""
    chart = drawing("delayed-descent", descent(([[2, 1], [1, 2]],), fmpq(1, 4), 1))
    assert chart is not None
    roots = np.array(chart.series[1].x) + 1j * np.array(chart.series[1].y)
    products = (roots**2 - roots + 0.25) * (roots**2 - roots + 0.75)
    assert products == pytest.approx(np.zeros(4))


def test_numbers_beyond_floats_have_no_picture() -> None:
    huge = with_momentum(1, 1, 0, 2**200).replace(step_size=fmpq(2) ** 2000)
    assert drawing("delayed-momentum", huge) is None
