"""Minima that training reaches by itself: converged a second, and certified to be beside an exact, stable minimum."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from refutable.strategies.engine.converge import Rule, converge
from refutable.strategies.engine.exact_minima import exactly_stable, instance_of
from refutable.strategies.training.recipes import Recipe
from refutable.strategies.training.results import CONVERGED, OUTCOMES
from refutable.strategies.training.train import initial
from refutable.theorems.instances import Instance
from refutable.verify.bench.engine.cases import Absent, Case
from refutable.verify.bench.engine.settings import Settings
from refutable.verify.bench.engine.subjects import Shape
from refutable.verify.bench.engine.timing import Contestant, Timing

PLAIN_DESCENT = "converged, plain descent"
RECIPES = (
    Recipe(0, 32, 5, 16, 8, "gaussian", "sine", "1/5", 5000),
    Recipe(0, 32, 10, 64, 16, "gaussian", "sine", "1/20", 5000),
)
"""More parameters than data, so that all labels can be met; on the line too many descents do not end."""
CERTIFIED = 4
"""Networks of a batch that are certified: exact arithmetic takes its time."""
MEMORY = 10
"""Differences that an accelerated descent mixes."""
CERTIFICATE = "certificate of an exact stable minimum"


def cases(settings: Settings) -> Iterator[Case]:
    """One a recipe."""
    for recipe in RECIPES[:1] if settings.quick else RECIPES:
        yield _case(replace(recipe, seed=settings.seed))


def _case(recipe: Recipe) -> Case:
    counters = {PLAIN_DESCENT: _Descents(recipe, 0), "converged": _Descents(recipe, MEMORY)}
    contestants = [Contestant(name, one.shot, one.memory > 0, after=one.shares) for name, one in counters.items()]
    absent = []
    try:
        certificates = _Certificates(_Descents(recipe, MEMORY))
        contestants.append(Contestant(CERTIFICATE, certificates.shot, True, after=certificates.shares))
    except ValueError as error:
        absent.append(Absent(CERTIFICATE, str(error)))
    shape = Shape(recipe.inputs, recipe.neurons, recipe.samples)
    name = f"{shape}, step size {recipe.step_size}, at most {recipe.steps} steps"
    return Case(name, contestants, (PLAIN_DESCENT,), shape.document() | {"steps": recipe.steps}, absent)


class _Descents:
    """Descends batch after batch and counts who rests at a minimum that is stable in floats."""

    def __init__(self, recipe: Recipe, memory: int) -> None:
        self.recipe, self.memory, self.seeds = recipe, memory, itertools.count(1000 * recipe.seed)
        self.made = self.held = 0

    def shot(self, amount: int) -> float:
        """Minima reached."""
        before = self.held
        for seed in itertools.islice(self.seeds, amount):
            self.batch(seed)
        return self.held - before

    def batch(self, seed: int) -> tuple[Any, Any, Any]:
        """Where a batch ends, its inputs and its labels."""
        recipe = replace(self.recipe, seed=seed)
        networks, x, y = initial(recipe)
        end = converge(networks, x, y, float(recipe.eta), recipe.steps, Rule(memory=self.memory), threads=1)
        if end.interrupted:
            raise KeyboardInterrupt
        self.made += recipe.networks
        self.held += int((end.codes == OUTCOMES.index(CONVERGED)).sum())
        return end, x, y

    def shares(self, timing: Timing) -> dict[str, float]:
        """Of all that set out."""
        return {"held": self.held / max(1, self.made)}


class _Certificates:
    """Certifies converged networks one after the other, and counts exact minima that are exactly stable."""

    def __init__(self, descents: _Descents) -> None:
        self.instances = itertools.cycle(_instances(descents))
        self.made = self.held = 0

    def shot(self, amount: int) -> float:
        """Certificates made."""
        before = self.held
        for instance in itertools.islice(self.instances, amount):
            self.made += 1
            self.held += exactly_stable(instance)
        return self.held - before

    def shares(self, timing: Timing) -> dict[str, float]:
        """Of all converged networks that were looked at."""
        return {"held": self.held / max(1, self.made)}


def _instances(descents: _Descents) -> list[Instance]:
    """Some converged networks of a first batch, with the labels they were trained on."""
    end, x, y = descents.batch(1000 * descents.recipe.seed)
    rows = [row for row, code in enumerate(end.codes.tolist()) if OUTCOMES[code] == CONVERGED][:CERTIFIED]
    if not rows:
        raise ValueError("no network of the first batch has converged")
    step_size = float(descents.recipe.eta)
    return [instance_of(end, x, y, step_size, row) for row in rows]
