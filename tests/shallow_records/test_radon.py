"""Radon transforms against quadrature, and the integral of |Laplace f| against the weak form int f Laplace rho."""

from math import gamma, pi

import mpmath
import numpy as np
import pytest
from flint import fmpq

from refutable.theorems.domains.shallow_relu_density import SHALLOW_RELU_DENSITY
from refutable.theorems.domains.shallow_relu_density.radon import power_constant
from refutable.theorems.exact import as_real
from refutable.theorems.instances import Instance


@pytest.mark.parametrize("d", range(1, 9))
@pytest.mark.parametrize("m", range(4))
def test_the_rational_constant_is_the_gamma_quotient(d: int, m: int) -> None:
    h = (d - 1) // 2
    expected = pi ** ((d - 1) / 2) * gamma(m + 1) / gamma(m + (d + 1) / 2)
    c = power_constant(d, m)
    assert float(c.p) / float(c.q) * pi**h == pytest.approx(expected, rel=1e-14)


def _one_neuron(d: int, **density: object) -> Instance:
    w = [3, 4, 0][:d] if d > 1 else [5]
    x = [[0] * d, [1] * d, [-1] * d, [2] + [0] * (d - 1)]
    return SHALLOW_RELU_DENSITY.instance(w1=[w], b1=[-4], w2=[2], b2=0, x=x, **density)


def _slice(d: int, profile: mpmath.mpf, reach: float) -> float:
    """Integral over the hyperplane at distance 4/5 of a radial function of |x|, by quadrature in d - 1 dimensions."""
    if d == 1:
        return float(profile(mpmath.mpf(4) / 5))
    surface = {2: 2, 3: 2 * mpmath.pi}[d]
    radial = lambda s: profile(mpmath.sqrt(s**2 + mpmath.mpf(16) / 25)) * s ** (d - 2)  # noqa: E731
    return float(surface * mpmath.quad(radial, mpmath.linspace(0, reach, 5)))


@pytest.mark.parametrize("d", [1, 2, 3])
@pytest.mark.parametrize("m", [0, 1, 3])
def test_power_densities_integrate_over_the_hyperplane(d: int, m: int) -> None:
    radius_squared = mpmath.mpf(9) / 4
    instance = _one_neuron(d, scale=7, radius_squared="9/4", power=m)
    found = float(as_real(SHALLOW_RELU_DENSITY.view(instance)["radon_mass"][0]))
    density = lambda r: 7 / mpmath.pi ** ((d - 1) // 2) * (radius_squared - r**2) ** m  # noqa: E731
    reach = mpmath.sqrt(radius_squared - mpmath.mpf(16) / 25)
    assert found == pytest.approx(5 * _slice(d, density, reach), rel=1e-10)


@pytest.mark.parametrize("d", [1, 2, 3])
def test_bumps_integrate_over_the_hyperplane(d: int) -> None:
    variance = mpmath.mpf(2) / 3
    instance = _one_neuron(d, scale=7, variance="2/3")
    found = float(as_real(SHALLOW_RELU_DENSITY.view(instance)["radon_mass"][0]))
    height = 7 / (2 * mpmath.pi * variance) ** (mpmath.mpf(d - 1) / 2)
    density = lambda r: height * mpmath.exp(-(r**2) / (2 * variance))  # noqa: E731
    assert found == pytest.approx(5 * _slice(d, density, 12), rel=1e-9)


def test_hyperplanes_outside_the_ball_and_neurons_without_one_carry_nothing() -> None:
    instance = SHALLOW_RELU_DENSITY.instance(
        w1=[[3, 4], [0, 0], [3, 4]], b1=[-5, 1, -4], w2=[1, 1, 1], b2=0, x=[[0, 0], [1, 1]],
        scale=1, radius_squared=1, power=2,
    )  # fmt: skip
    masses = SHALLOW_RELU_DENSITY.view(instance)["radon_mass"]
    assert as_real(masses[0]).exact() == 0  # touches the ball: t = r
    assert as_real(masses[1]).exact() == 0
    assert float(as_real(masses[2])) > 0


NETWORK = {
    "w1": [["1/2", 1], [-1, "1/3"], [1, 2]],
    "b1": ["1/4", "1/5", "1/2"],
    "w2": [1, 2, "1/4"],
    "b2": 3,
    "x": [[1, 0], [0, 1]],
}
"""All masses positive, two neurons on one hyperplane: |Laplace f| = Laplace f."""


def _weak_form(laplacian: np.ndarray, grid: np.ndarray) -> float:
    """int f Laplace rho over the plane, by the midpoint rule on a fine grid."""
    first, second = np.meshgrid(grid, grid, indexing="ij")
    f = 0.0
    for (a, b), c, v in zip([(0.5, 1), (-1, 1 / 3), (1, 2)], [0.25, 0.2, 0.5], [1, 2, 0.25], strict=True):
        f = f + v * np.maximum(a * first + b * second + c, 0)
    return float((f * laplacian).sum() * (grid[1] - grid[0]) ** 2)


def test_the_weak_form_agrees_for_a_bump() -> None:
    grid = np.linspace(-9, 9, 1601)
    square = grid[:, None] ** 2 + grid[None, :] ** 2
    rho = np.exp(-square / 2) / np.sqrt(2 * pi)  # Radon transform exp(-t^2 / 2)
    expected = _weak_form((square - 2) * rho, grid)
    instance = SHALLOW_RELU_DENSITY.instance(**NETWORK, scale=1, variance=1)
    found = float(as_real(SHALLOW_RELU_DENSITY.view(instance)["laplacian_mass"]))
    assert found == pytest.approx(expected, rel=1e-4)


def test_the_weak_form_agrees_for_a_power() -> None:
    grid = np.linspace(-1.5, 1.5, 1601)
    square = grid[:, None] ** 2 + grid[None, :] ** 2
    depth = np.maximum(2.0 - square, 0)
    laplacian = -12 * depth**2 + 24 * square * depth  # of (2 - |x|^2)^3
    instance = SHALLOW_RELU_DENSITY.instance(**NETWORK, scale=1, radius_squared=2, power=3)
    found = float(as_real(SHALLOW_RELU_DENSITY.view(instance)["laplacian_mass"]))
    assert found == pytest.approx(_weak_form(laplacian, grid), rel=1e-4)


def test_cancelling_masses_at_one_hyperplane_carry_nothing() -> None:
    changed = {**NETWORK, "w2": [1, 0, "-1/2"]}
    instance = SHALLOW_RELU_DENSITY.instance(**changed, scale=fmpq(1), variance=1)
    assert as_real(SHALLOW_RELU_DENSITY.view(instance)["laplacian_mass"]).exact() == 0
