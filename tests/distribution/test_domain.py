"""The domain: what it refuses, documents, reductions, descriptions."""

from __future__ import annotations

from typing import Any

import mpmath
import pytest
from flint import fmpq

from refutable.theorems.domains.distribution import DISTRIBUTION, LAWS
from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.exact import compare
from refutable.theorems.instances import InstanceError
from refutable.theorems.papers.weight_closed_forms.families import CASES, law_at


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ({"law": ["uniform"], "parameters": [1, 0]}, "low < high"),
        ({"law": ["uniform"], "parameters": [0]}, "low, high; got 1"),
        ({"law": ["uniform"]}, "low, high; got 0"),
        ({"law": ["triangular"], "parameters": [1]}, "leave parameters null"),
        ({"law": ["gaussian"], "parameters": [0, 0]}, "deviation must be > 0"),
        ({"law": ["laplace"], "parameters": [-1]}, "scale must be > 0"),
        ({"law": ["beta"], "parameters": ["1/2", 1]}, "a must be an integer"),
        ({"law": ["beta"], "parameters": [1, 65]}, "b must be an integer from 1 to 64"),
        ({"law": ["ball"], "parameters": [0]}, "dimension must be an integer"),
        ({"law": ["grid"], "parameters": [0, 1, 100000]}, "number of points"),
        ({"law": ["grid"], "parameters": [0, -1, 3]}, "gap must be > 0"),
        ({"law": ["two-atoms"], "parameters": [0]}, "c must be > 0"),
        ({"law": ["empirical"]}, "needs atoms"),
        ({"law": ["uniform"], "parameters": [0, 1], "atoms": [1]}, "leave atoms null"),
        ({"law": ["uniform", "beta"], "parameters": [0, 1]}, "exactly one name"),
        ({"law": [], "parameters": [0, 1]}, "exactly one name"),
        ({"law": ["cauchy"], "parameters": [0, 1]}, "none of"),
        ({"law": ["empirical"], "atoms": []}, "empty"),
        ({"law": ["gaussian"], "parameters": [0, "nan"]}, "parameters"),
    ],
)
def test_senseless_laws_are_refused_with_a_reason(raw: dict[str, Any], said: str) -> None:
    with pytest.raises(InstanceError, match=said.replace("(", r"\(")):
        DISTRIBUTION.instance(point=0, **raw)


def test_documents_round_trip() -> None:
    for case in CASES:
        instance = law_at(*case)
        assert DISTRIBUTION.load(DISTRIBUTION.dump(instance)) == instance


def test_reductions_are_different_instances_that_still_make_sense() -> None:
    seen = 0
    for case in CASES:
        instance = law_at(*case, radius=7)
        for move in DISTRIBUTION.moves:
            for smaller in move.reductions(instance):
                seen += 1
                assert smaller != instance
                assert DISTRIBUTION.load(DISTRIBUTION.dump(smaller)) == smaller
    assert seen > 100


def test_every_law_is_described_with_its_parameters() -> None:
    lines = DISTRIBUTION.describe(law_at("gaussian", (1, "1/2"), "2/3", 4)) if DISTRIBUTION.describe else []
    assert lines == ["X ~ gaussian(mean = 1, deviation = 1/2): N(mean, deviation^2)", "t = 2/3", "R = 4"]


@pytest.mark.parametrize(("point", "is_hollow"), [(-1, True), (0, True), ("1/2", False), (1, True), (2, True)])
def test_a_point_without_mass_on_both_sides_is_hollow(point: Any, is_hollow: bool) -> None:
    view = DISTRIBUTION.view(law_at("uniform", (0, 1), point))
    assert (DISTRIBUTION.hollow(view) is not None) == is_hollow


def test_the_empirical_weight_is_the_weight_of_a_network_with_a_knot_there() -> None:
    data, t = (-2, 0, 1, "7/2"), fmpq(1, 3)
    network = SHALLOW_RELU.instance(w1=[[1], [-1]], b1=[-t, t], w2=[1, 1], b2=0, x=[[x] for x in data], step_size=None)
    weights, view = SHALLOW_RELU.view(network)["active_weight"], DISTRIBUTION.view(law_at("empirical", data, t))
    assert compare(view["weight_right"], weights[0]) == 0
    assert compare(view["weight_left"], weights[1]) == 0


def test_the_weight_at_the_centre_of_a_symmetric_law_is_decided() -> None:
    for name, numbers in (("ball", (4,)), ("laplace", (3,)), ("gaussian", (0, 2)), ("uniform", (-1, 1))):
        view = DISTRIBUTION.view(law_at(name, numbers, 0))
        assert compare(view["weight_left"], view["weight_right"]) == 0
        assert compare(view["weight"], view["weight_left"]) == 0


def test_known_values() -> None:
    with mpmath.workdps(30):
        phi = 1 / mpmath.sqrt(2 * mpmath.pi)
        normal = float(phi * mpmath.sqrt(mpmath.mpf(1) / 4 + phi**2))
    assert float(DISTRIBUTION.view(law_at("gaussian", (0, 1), 0))["weight"]) == pytest.approx(normal, rel=1e-15)
    triangular = DISTRIBUTION.view(law_at("triangular", (), 0))["weight"]
    assert compare(triangular * triangular, fmpq(10, 36**2)) == 0


def test_a_radius_is_the_least_one_unless_given() -> None:
    assert DISTRIBUTION.view(law_at("uniform", (-2, 1), 0))["radius_of_law"] == 2
    assert DISTRIBUTION.view(law_at("uniform", (-2, 1), 0, 3))["radius_of_law"] == 3


def test_the_vocabulary_names_every_law() -> None:
    field = next(f for f in DISTRIBUTION.fields if f.name == "law")
    assert set(field.vocabulary) == set(LAWS)
