"""Minima in mass are what they say: labelled by themselves, at the step size of the run or at their own edge."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from refutable.strategies.engine import minima
from refutable.strategies.engine.minima import Minima, constructed, relabelled
from refutable.strategies.training.closed_form import Networks, nearest_kink
from refutable.strategies.training.recipes import Recipe
from refutable.strategies.training.train import train
from refutable.theorems.catalogue import theorem
from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.exact import rational
from refutable.theorems.instances import Instance
from refutable.verify.decide import decide

RECIPE = Recipe(7, 60, 1, 6, 6, "heavy-tailed", "sine", "1/4", 1000)


def instance(made: Minima, row: int) -> Instance:
    return SHALLOW_RELU.instance(**{name: part[row].tolist() for name, part in made.fields.items()})


def test_end_points_are_those_of_training() -> None:
    recipe = replace(RECIPE, steps=400)  # fewer than training takes between two looks at who has finished
    found, expected = relabelled(recipe), train(recipe)
    alive = expected.alive()
    assert sum(found.counts.values()) - found.counts["beyond 2/step size"] == 60 + 60 - len(alive)
    for name in ("w1", "b1", "w2", "b2", "x"):
        assert torch.equal(found.fields[name], torch.from_numpy(getattr(expected, name)[alive]))


def test_controls_are_exactly_those_that_are_not_stable() -> None:
    found = relabelled(RECIPE)
    claim = theorem("weighted-l1").headline
    verdicts = [decide(claim, instance(found, row)).verdict for row in range(len(found.controls))]
    assert 0 < found.controls.sum() < len(verdicts)
    for verdict, control in zip(verdicts, found.controls.tolist(), strict=True):
        assert verdict == ("vacuous" if control else "holds")


def test_step_sizes_are_that_of_the_run_and_the_networks_own_by_turns() -> None:
    found = relabelled(RECIPE)
    steps = found.fields["step_size"]
    assert (steps[::2] == 0.25).all()
    odd = torch.arange(len(steps)) % 2 == 1
    assert (steps[odd & ~found.controls] >= 0.25).all()
    row = int(torch.nonzero(odd & ~found.controls)[0])
    edge = instance(found, row)
    claim = theorem("weighted-l1").headline
    assert decide(claim, edge).verdict == "holds"
    beyond = edge.replace(step_size=edge["step_size"] * (1 + rational("1e-9")))
    assert decide(claim, beyond).verdict == "vacuous"


def test_a_network_that_rests_on_a_kink_is_no_control_on_the_word_of_floats() -> None:
    """Training ends on kinks; there the float sharpness may be that of the side on which the datum is not."""
    w1 = torch.tensor([[[1.0]], [[1.0]], [[1.0]]], dtype=torch.float64)
    b1 = torch.tensor([[-0.5], [-1.0 + 1e-16], [-0.5]], dtype=torch.float64)
    networks = Networks(w1, b1, torch.full((3, 1), 5.0, dtype=torch.float64), torch.zeros(3, dtype=torch.float64))
    x = torch.tensor([[0.0], [1.0]], dtype=torch.float64).expand(3, 2, 1)
    assert (nearest_kink(networks, x) > 1e-9).tolist() == [True, False, True]
    steps = torch.tensor([1.0, 1.0, 1e-3], dtype=torch.float64)
    sharp = torch.full((3,), 9.0, dtype=torch.float64)
    assert minima._at(networks, x, steps, sharp, {}).controls.tolist() == [True, False, False]
    barely = minima._at(networks, x, torch.full_like(sharp, 2 / 9 * (1 + 1e-12)), sharp, {})
    assert not barely.controls.any()


@pytest.mark.parametrize(("step_size", "lost"), [("3/2", "dead"), ("9", "diverged")])
def test_diverged_and_dead_networks_are_counted_and_left_out(step_size: str, lost: str) -> None:
    found = relabelled(replace(RECIPE, data="two-atoms", labels="noise", step_size=step_size))
    assert found.counts[lost] > 0
    assert len(found.controls) == 60 - found.counts["diverged"] - found.counts["dead"]


@pytest.mark.parametrize("inputs", [1, 3])
def test_constructed_networks_are_stable_minima(inputs: int) -> None:
    found = constructed(40, inputs, 5, 6, torch.Generator().manual_seed(1))
    claim = theorem("stability-norm").headline
    assert not found.controls.any()
    assert {decide(claim, instance(found, row)).verdict for row in range(40)} == {"holds"}


def test_a_recipe_determines_its_minima() -> None:
    first, second = relabelled(RECIPE), relabelled(RECIPE)
    assert all(torch.equal(first.fields[name], second.fields[name]) for name in first.fields)
