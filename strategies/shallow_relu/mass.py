"""Trained minima in mass: short real training of very many small networks, labelled by themselves."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from refutable.strategies.shallow_relu.demands import PLAIN, TRAINED, demands
from refutable.strategies.shallow_relu.exact import about_exact_minima
from refutable.strategies.supply import MinimaBatch
from refutable.strategies.training.recipes import Recipe


def _recipe(data: str, labels: str, sizes: tuple[int, int, int], step_size: str, steps: int, **rule: Any) -> Recipe:
    d, k, n = sizes
    return Recipe(0, 1, d, k, n, data, labels, step_size, steps, **rule)


# Sizes are (inputs, neurons, samples); then step size, steps, and what is not plain gradient descent.
LINE = (
    _recipe("uniform", "sine", (1, 8, 8), "1/5", 1000),
    _recipe("uniform", "sine", (1, 16, 8), "1/5", 1000),
    _recipe("uniform", "teacher", (1, 8, 6), "1/4", 1000),
    _recipe("gaussian", "noise", (1, 8, 6), "1/10", 1000, batch_size=2),
    _recipe("gaussian", "sine", (1, 12, 8), "1/5", 3000),
    _recipe("heavy-tailed", "sine", (1, 8, 8), "1/5", 1000),
    _recipe("heavy-tailed", "noise", (1, 6, 6), "1/4", 30),
    _recipe("clustered", "noise", (1, 8, 8), "1/5", 1000, batch_size=4),
    _recipe("outlier", "sine", (1, 8, 8), "1/5", 1000),
    _recipe("uniform", "noise", (1, 4, 4), "1/3", 1000),
    _recipe("uniform", "sine", (1, 16, 16), "1/5", 1000),
    _recipe("gaussian", "teacher", (1, 8, 8), "1/5", 300, momentum=0.5),
    _recipe("uniform", "sine", (1, 8, 6), "1/8", 1000, delay=2),
    _recipe("uniform", "noise", (1, 8, 2), "1/5", 300),
)
SPACE = (
    _recipe("uniform", "sine", (2, 8, 8), "1/4", 1000),
    _recipe("sphere", "teacher", (2, 8, 6), "1/3", 1000),
    _recipe("gaussian", "noise", (3, 8, 8), "1/5", 1000, batch_size=4),
    _recipe("collinear", "noise", (2, 6, 6), "1/5", 1000),
    _recipe("gaussian", "noise", (5, 8, 4), "1/5", 1000),
    _recipe("gaussian", "sine", (12, 8, 6), "1/10", 500),
)
RECIPES = (*LINE, *LINE, *SPACE)
"""Each with its own seed, so that the line's come twice: most of these theorems are about d = 1."""
_UNITS = 2**20
"""Room between the seeds of two batches."""


class Mass:
    """The recipes, numbered. A claim about d = 1 is tried on those of the line alone."""

    def numbers(self, assumes: frozenset[str]) -> tuple[int, ...]:
        """Batches to which a claim with these assumptions applies; () for one without any: it is not about minima."""
        if not assumes or not assumes <= PLAIN | TRAINED.keys():
            return ()
        line = 2 * len(LINE)
        return tuple(range(line if demands(assumes).univariate else len(RECIPES)))

    def certifies(self, assumes: frozenset[str]) -> bool:
        """Claims about interpolating or critical points."""
        return assumes <= PLAIN | TRAINED.keys() and about_exact_minima(demands(assumes))

    def controlled(self, assumes: frozenset[str]) -> bool:
        """Controls are beyond 2/step size."""
        return "stable" in assumes

    def batch(self, number: int, count: int, seed: int, device: str = "auto") -> MinimaBatch:
        """Train the recipe of that number.

        Raises:
            IndexError: there is none.
            ValueError: the device is not there.
        """
        from refutable.strategies.engine.minima import relabelled

        recipe = replace(RECIPES[number], networks=count, seed=seed * _UNITS + number)
        found = relabelled(recipe, device=device)
        return MinimaBatch(found.fields, found.controls, found.counts, recipe.to_json())


MASS = Mass()
