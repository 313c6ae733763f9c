"""Scaling up tiny counterexamples: laws in another unit, networks with step sizes of few digits."""

from __future__ import annotations

import pytest
from flint import fmpq

from refutable.theorems.catalogue import theorem
from refutable.theorems.domains.distribution import DISTRIBUTION
from refutable.theorems.domains.distribution.moves import UNITS, change_unit, scaled
from refutable.theorems.domains.shallow_relu.refitting import refit, sharpness
from refutable.theorems.domains.shallow_relu.scalings import larger_network
from refutable.theorems.exact import as_real, compare
from refutable.theorems.instances import Instance
from refutable.theorems.records import Mutant, all_mutants
from refutable.verify.shrink import smallest, substantive
from tests.hunting.test_shrink_mutants import assert_small, most_digits

COLD = DISTRIBUTION.instance(
    law=["uniform"], parameters=["-1/45812984491", "1/45812984491"], point="-1/50000000000"
)  # fmt: skip
PARAMETERS = {
    "uniform": ["-1/3", 2], "gaussian": ["1/5", "3/2"], "laplace": ["2/3"], "exponential": ["5/4"],
    "grid": [-1, "1/2", 7], "two-atoms": ["4/3"], "empirical": None,
}  # fmt: skip


def mutant(theorem_id: str, id: str) -> Mutant:
    return next(m for m in all_mutants(theorem(theorem_id)) if m.id == id)


@pytest.mark.parametrize("law", UNITS)
def test_a_law_in_another_unit_is_the_law_of_a_multiple(law: str) -> None:
    atoms = ["-1/2", 1, "7/3"] if law == "empirical" else None
    radius = 5 if law in ("uniform", "empirical") else None
    start = DISTRIBUTION.instance(law=[law], parameters=PARAMETERS[law], atoms=atoms, point="1/4", radius=radius)
    c = fmpq(3, 7)
    before, after = DISTRIBUTION.view(start), DISTRIBUTION.view(scaled(start, c))
    for name, power in (("probability_left", 0), ("moment_left", 1), ("moment_right", 1), ("excess_right", 1)):
        assert float(as_real(after[name])) == pytest.approx(float(as_real(before[name] * c**power)), rel=1e-12)
    if radius is not None:
        assert compare(after["radius_of_law"], before["radius_of_law"] * c) == 0


@pytest.mark.parametrize("law", [["triangular"], ["beta"], ["ball"]])
def test_laws_without_a_unit_stay(law: list[str]) -> None:
    parameters = {"triangular": None, "beta": [2, 3], "ball": [4]}[law[0]]
    assert not list(change_unit(DISTRIBUTION.instance(law=law, parameters=parameters, point="1/4")))


@pytest.mark.parametrize("id", ["outer-side-reversed", "loosened-no-one"])
def test_a_law_of_tiny_scale_comes_up_to_numbers_of_one_digit(id: str) -> None:
    false = mutant("weight-closed-forms", id)
    assert substantive(false.claim)(COLD)
    found = smallest(false.claim, COLD, 4000)
    assert found.minimal
    assert most_digits(found.instance) == 1


def tiny(instance: Instance, size: fmpq) -> Instance:
    return instance.replace(**{name: instance[name] * size for name in ("w1", "b1", "w2")})


@pytest.mark.parametrize("id", ["no-root", "second-moment"])
def test_a_tiny_network_comes_up_to_a_step_size_of_few_digits(id: str) -> None:
    false = mutant("weighted-l1", id)
    start = tiny(false.witness(), fmpq(1, 100003) if id == "no-root" else fmpq(1, 977))
    edge = [c for c in refit(false.witness(), start) if substantive(false.claim)(c)]
    assert most_digits(edge[0]) > 5
    assert_small(false, smallest(false.claim, edge[0], 4000).instance)


def test_larger_networks_have_short_step_sizes_at_their_edge() -> None:
    start = tiny(mutant("weighted-l1", "no-root").witness(), fmpq(1, 100003))
    found = list(larger_network(start))
    assert all(max(abs(c["w1"]).ravel()) > max(abs(start["w1"]).ravel()) for c in found)
    refitted = [c for c in found if c["step_size"] != start["step_size"]]
    assert any(1.9 < float(c["step_size"].p) / float(c["step_size"].q) * sharpness(c) <= 2 for c in refitted)
    assert min(most_digits(c.replace(w1=c["w1"] * 0, b1=c["b1"] * 0, w2=c["w2"] * 0)) for c in refitted) <= 3
