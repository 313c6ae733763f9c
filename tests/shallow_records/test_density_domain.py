"""The domain of networks with a density: reading, writing, refusing, shrinking."""

from typing import Any

import pytest
from flint import fmpq

from refutable.theorems.assumptions.shallow_relu_density import DENSITY_BELOW_WEIGHT
from refutable.theorems.domains.shallow_relu_density import SHALLOW_RELU_DENSITY
from refutable.theorems.exact import as_real, compare
from refutable.theorems.families.densities import (
    ball_density,
    bump_on_sphere,
    with_density,
    with_largest_density,
)
from refutable.theorems.families.shattered_sphere import shattered_sphere
from refutable.theorems.families.two_atoms import two_atoms
from refutable.theorems.instances import InstanceError

NETWORK: dict[str, Any] = {"w1": [[5]], "b1": [1], "w2": [3], "b2": 0, "x": [["-3/4"], ["3/4"]]}


@pytest.mark.parametrize(
    ("density", "message"),
    [
        ({"scale": 1}, "exactly one kind"),
        ({"scale": 1, "variance": 1, "radius_squared": 1, "power": 0}, "exactly one kind"),
        ({"scale": 1, "radius_squared": 1}, "belong together"),
        ({"scale": 1, "variance": 1, "power": 1}, "belong together"),
        ({"scale": 1, "radius_squared": 1, "power": 65}, "at most 64"),
        ({"scale": 1, "radius_squared": 1, "power": -1}, "at least 0"),
        ({"scale": 0, "variance": 1}, "density.scale must be > 0"),
        ({"scale": 1, "variance": -1}, "density.variance must be > 0"),
        ({"variance": 1}, "density.scale is missing"),
    ],
)
def test_senseless_densities_are_refused(density: dict[str, Any], message: str) -> None:
    with pytest.raises(InstanceError, match=message):
        SHALLOW_RELU_DENSITY.instance(**NETWORK, **density)


@pytest.mark.parametrize("density", [{"radius_squared": "9/4", "power": 2}, {"variance": "1/3"}])
def test_documents_round_trip(density: dict[str, Any]) -> None:
    instance = SHALLOW_RELU_DENSITY.instance(**NETWORK, scale="1/7", **density)
    document = SHALLOW_RELU_DENSITY.dump(instance)
    assert document["density"]["scale"] == "1/7"
    assert SHALLOW_RELU_DENSITY.load(document) == instance


def test_descriptions_name_the_density() -> None:
    assert SHALLOW_RELU_DENSITY.describe is not None
    ball = SHALLOW_RELU_DENSITY.describe(ball_density(scale=fmpq(16), chord=fmpq(1)))
    assert ball[-1] == "rho = 5/1728 / pi where |x|^2 < 13/9, 0 elsewhere"
    bump = SHALLOW_RELU_DENSITY.describe(with_density(two_atoms(), scale=2, variance="1/3"))
    assert bump[-1] == "rho = bump exp(-|x|^2 / (2 s^2)), s^2 = 1/3, largest Radon transform 2"


def test_an_instance_whose_density_misses_the_network_is_hollow() -> None:
    missing = SHALLOW_RELU_DENSITY.instance(**NETWORK, scale=1, radius_squared="1/100", power=0)
    meeting = SHALLOW_RELU_DENSITY.instance(**NETWORK, scale=1, radius_squared=1, power=0)
    assert SHALLOW_RELU_DENSITY.hollow(SHALLOW_RELU_DENSITY.view(missing)) is not None
    assert SHALLOW_RELU_DENSITY.hollow(SHALLOW_RELU_DENSITY.view(meeting)) is None


def test_reductions_are_valid_instances() -> None:
    instance = ball_density(power=3)
    for move in SHALLOW_RELU_DENSITY.moves:
        for smaller in move.reductions(instance):
            document = SHALLOW_RELU_DENSITY.dump(smaller)
            assert SHALLOW_RELU_DENSITY.load(document) == smaller
            assert smaller != instance


@pytest.mark.parametrize("shape", [(2, 6), (3, 6), (5, 10)])
@pytest.mark.parametrize("power", [0, 2])
def test_the_largest_density_touches_the_weight_everywhere(shape: tuple[int, int], power: int) -> None:
    view = SHALLOW_RELU_DENSITY.view(ball_density(shape, power, fmpq(1, 3)))
    for radon, weight in zip(view["radon_mass"], view["weight"], strict=True):
        assert compare(radon, weight) == 0


def test_the_largest_bump_is_a_hair_below_the_weight() -> None:
    view = SHALLOW_RELU_DENSITY.view(bump_on_sphere())
    for radon, weight in zip(view["radon_mass"], view["weight"], strict=True):
        assert compare(radon, weight) == -1
        assert float(as_real(radon)) == pytest.approx(float(as_real(weight)), rel=1e-11)


def test_no_density_fits_where_it_meets_nothing_or_where_the_weight_vanishes() -> None:
    with pytest.raises(ValueError, match="meets no hyperplane"):
        with_largest_density(shattered_sphere(), radius_squared=fmpq(1, 100), power=0)
    outside = two_atoms().replace(b1=two_atoms()["b1"] + fmpq(100))
    with pytest.raises(ValueError, match="g = 0"):
        with_largest_density(outside, variance=1)


def test_hyperplanes_without_mass_are_not_asked_for() -> None:
    """A cancelling pair outside the data has g = 0 and R rho > 0, but carries no mass."""
    network = SHALLOW_RELU_DENSITY.instance(
        w1=[[1], [2]], b1=[-4, -8], w2=[2, -1], b2=0, x=[[1], [-1]], scale=1, variance=1
    )
    (check,) = DENSITY_BELOW_WEIGHT.checks(SHALLOW_RELU_DENSITY.view(network))
    assert check.decide().truth is True
    (check,) = DENSITY_BELOW_WEIGHT.checks(SHALLOW_RELU_DENSITY.view(network.replace(w2=network["w2"] + 1)))
    assert check.decide().truth is False
