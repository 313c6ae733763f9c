"""Networks with the largest density whose Radon transform stays below the weight g.

Points on a sphere put all hyperplanes at one distance from 0, so that R rho = g at all of them at once. (own)
"""

from __future__ import annotations

from typing import Any

from flint import fmpq

from refutable.theorems.domains.shallow_relu_density import SHALLOW_RELU_DENSITY
from refutable.theorems.exact import as_real, rational, sign
from refutable.theorems.families.edge import HAIR
from refutable.theorems.families.shattered_sphere import RADIUS, shattered_sphere
from refutable.theorems.families.two_atoms import two_atoms
from refutable.theorems.instances import Instance
from refutable.theorems.records import Family, Range


def with_density(network: Instance, **density: Any) -> Instance:
    """A shallow network instance with a density given by scale and radius_squared, power or variance."""
    return SHALLOW_RELU_DENSITY.instance(**network.values, **density)


def with_largest_density(network: Instance, **shape: Any) -> Instance:
    """The network with the largest density of the given shape for which R rho <= g at all its hyperplanes.

    Args:
        shape: radius_squared and power, or variance.

    Returns:
        Exactly the largest one where its scale is rational, else one smaller by a factor 1 - 2^-40.

    Raises:
        ValueError: the density meets no hyperplane, or g vanishes at one that it meets.
    """
    view = SHALLOW_RELU_DENSITY.view(with_density(network, scale=1, **shape))
    met = [s for s, mass in enumerate(view["merged_mass"]) if mass != 0 and sign(view["radon_mass"][s]) != 0]
    if not met or any(sign(view["weight"][s]) == 0 for s in met):
        raise ValueError("no positive density of this shape stays below g: it meets no hyperplane, or one with g = 0")
    factors = [as_real(view["weight"][s]) / as_real(view["radon_mass"][s]) for s in met]
    return with_density(network, scale=min(_rounded_down(factor) for factor in factors), **shape)


def _rounded_down(factor: Any) -> fmpq:
    exact = factor.exact()
    return exact if exact is not None else rational(float(factor)) * HAIR


def ball_density(
    shape: tuple[int, int] = (3, 6), power: int = 0, chord: fmpq = fmpq(1, 2), scale: fmpq = fmpq(8)
) -> Instance:
    """Points on a sphere in d = shape[0] dimensions, and (r^2 - |x|^2)_+^power with R rho = g at every hyperplane.

    Args:
        chord: sqrt(r^2 - t^2), half the chord that the hyperplanes cut from the ball.
    """
    network = shattered_sphere(shape, scale)
    offset = -network["b1"][0] / (scale * RADIUS)
    return with_largest_density(network, radius_squared=offset**2 + chord**2, power=power)


def bump_through_zero(variance: fmpq = fmpq(1), scale: fmpq = fmpq(4)) -> Instance:
    """The two-atom network, whose knot is at 0, and a Gaussian bump: rho(0) = g(0)."""
    return with_largest_density(two_atoms(scale=scale), variance=variance)


def bump_on_sphere(shape: tuple[int, int] = (3, 6), variance: fmpq = fmpq(1)) -> Instance:
    """Points on a sphere and a Gaussian bump a hair below g at every hyperplane: no comparison is an exact tie."""
    return with_largest_density(shattered_sphere(shape), variance=variance)


BALL_DENSITIES = Family(
    id="ball-densities",
    parameters={
        "shape": Range(choices=((3, 6), (2, 6), (2, 4), (5, 10))),
        "power": Range(choices=(0, 1, 3)),
        "chord": Range(choices=(fmpq(1, 2), fmpq(1, 10), fmpq(2))),
        "scale": Range(choices=(fmpq(8), fmpq(1), fmpq(256))),
    },
    build=ball_density,
    attains="equality",
    meaning="points on a sphere, a power density with R rho = g at every hyperplane",
)

BUMPS_THROUGH_ZERO = Family(
    id="bumps-through-zero",
    parameters={
        "variance": Range(choices=(fmpq(1), fmpq(1, 16), fmpq(100))),
        "scale": Range(choices=(fmpq(4), fmpq(1), fmpq(1, 64))),
    },
    build=bump_through_zero,
    attains="equality",
    meaning="two atoms with a knot at 0, a Gaussian bump with rho(0) = g(0)",
)

BUMPS_ON_SPHERE = Family(
    id="bumps-on-sphere",
    parameters={
        "shape": Range(choices=((3, 6), (2, 6), (5, 10))),
        "variance": Range(choices=(fmpq(1), fmpq(1, 4), fmpq(10))),
    },
    build=bump_on_sphere,
    attains="limit",
    reaches=fmpq(10**9 - 1, 10**9),
    meaning="points on a sphere, a Gaussian bump a hair below g",
)
