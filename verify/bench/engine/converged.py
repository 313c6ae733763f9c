"""Minima that training reaches by itself: descended to, certified to be exact and stable, and a claim decided there."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import replace

from flint import fmpq

from refutable.strategies.engine.converge import Rule, converge
from refutable.strategies.engine.exact_minima import ExactMinima, exact_minima
from refutable.strategies.training.recipes import Recipe
from refutable.strategies.training.train import initial
from refutable.theorems.claims import Claim
from refutable.verify.bench.engine.cases import Case
from refutable.verify.bench.engine.settings import Settings
from refutable.verify.bench.engine.subjects import Shape
from refutable.verify.bench.engine.timing import Contestant, Timing
from refutable.verify.certificates import certify_all

PLAIN_DESCENT = "converged and certified, plain descent, 1 claim"
ACCELERATED = "converged and certified, 1 claim"
RECIPES = (
    Recipe(0, 32, 5, 16, 8, "gaussian", "sine", "1/5", 5000),
    Recipe(0, 8, 10, 64, 48, "gaussian", "noise", "1/10", 20_000),
)
"""More parameters than data, so that all labels can be met: easily, and after thousands of steps.

On the line most descents rest where labels are not met, and no exact minimum is certified.
"""
MEMORY = 10
"""Differences that an accelerated descent mixes."""


def cases(settings: Settings, asked: Callable[[int], Claim]) -> Iterator[Case]:
    """One a recipe; ``asked`` tells the claim that is decided for so many inputs."""
    for recipe in RECIPES[:1] if settings.quick else RECIPES:
        yield _case(replace(recipe, seed=settings.seed), asked(recipe.inputs))


def _case(recipe: Recipe, claim: Claim) -> Case:
    counters = {PLAIN_DESCENT: _Counter(recipe, claim, 0), ACCELERATED: _Counter(recipe, claim, MEMORY)}
    contestants = [
        Contestant(name, one.shot, one.memory > 0, about={"claims": 1}, after=one.shares)
        for name, one in counters.items()
    ]
    shape = Shape(recipe.inputs, recipe.neurons, recipe.samples)
    name = f"{shape}, {recipe.labels} labels, step size {recipe.step_size}, at most {recipe.steps} steps"
    about = shape.document() | {"steps": recipe.steps, "networks": recipe.networks}
    return Case(name, contestants, (PLAIN_DESCENT,), about)


class _Counter:
    """Descends batch after batch, every batch a fresh one, and counts the exact minima on which the claim holds."""

    def __init__(self, recipe: Recipe, claim: Claim, memory: int) -> None:
        self.recipe, self.claim, self.memory = recipe, claim, memory
        self.seeds = itertools.count(1000 * recipe.seed)
        self.made = self.converged = self.certified = self.decided = self.held = 0

    def shot(self, amount: int) -> float:
        """Exact stable minima on which the claim certainly holds."""
        before = self.held
        for seed in itertools.islice(self.seeds, amount):
            exact = self._minima(seed)
            self.certified += len(exact.found)
            if exact.found:
                self._decide(exact)
        return self.held - before

    def _minima(self, seed: int) -> ExactMinima:
        recipe = replace(self.recipe, seed=seed)
        networks, x, y = initial(recipe)
        end = converge(networks, x, y, float(recipe.eta), recipe.steps, Rule(memory=self.memory), threads=1)
        if end.interrupted:
            raise KeyboardInterrupt
        self.made += recipe.networks
        self.converged += int(end.converged.sum())
        return exact_minima(end, x, y, fmpq(recipe.eta.numerator, recipe.eta.denominator))

    def _decide(self, exact: ExactMinima) -> None:
        """Certified floats decide on a whole box around each minimum, labelled by itself, and so at the minimum."""
        rows = exact.rows(sorted(exact.found))
        others = {field.name: None for field in self.claim.domain.fields if field.name not in rows}
        found = certify_all([self.claim], rows, others)[0]
        if found is not None:
            self.held += int(found.holds.sum())
            self.decided += int((found.holds | found.vacuous).sum())

    def shares(self, timing: Timing) -> dict[str, float]:
        """Of all that set out: rest in floats, are certified, were decided (by floats, all of them), and hold."""
        made = self.made or 1
        return {
            "held": self.held / made,
            "by_floats": self.decided / made,
            "converged": self.converged / made,
            "certified": self.certified / made,
        }
