"""The standard recipes: what a verification run trains, by name.

Sizes are small on purpose: with at most 16 neurons and 16 data every end point is afterwards decided in exact
rational arithmetic within milliseconds. Step sizes are large enough that many runs end near the edge of
stability, and some a little above it: those are the negative controls.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from refutable.strategies.training.recipes import Recipe


def _recipe(
    seed: int,
    data: str,
    labels: str,
    sizes: tuple[int, int, int, int],
    step_size: str,
    steps: int,
    batch: int | None,
) -> Recipe:
    networks, inputs, neurons, samples = sizes
    return Recipe(seed, networks, inputs, neurons, samples, data, labels, step_size, steps, batch)


# Sizes are (networks, inputs, neurons, samples); then step size, steps, batch size.
QUICK: Mapping[str, Recipe] = MappingProxyType(
    {
        "line-sine": _recipe(101, "uniform", "sine", (24, 1, 8, 8), "1/5", 2000, None),
        "line-heavy": _recipe(102, "heavy-tailed", "sine", (16, 1, 6, 6), "1/4", 1000, None),
        "line-sgd": _recipe(103, "gaussian", "noise", (16, 1, 8, 6), "1/10", 1000, 2),
        "plane-sine": _recipe(104, "uniform", "sine", (16, 2, 8, 8), "1/4", 1000, None),
        "space-wide": _recipe(105, "gaussian", "noise", (24, 5, 8, 3), "1/5", 1000, None),
        "diabetes": _recipe(106, "diabetes", "table", (16, 3, 6, 8), "1/4", 1000, None),
        "digits-sgd": _recipe(107, "digits", "table", (16, 4, 8, 8), "1/10", 500, 4),
    }
)
"""About a second of training: one recipe of each kind."""

DEFAULT: Mapping[str, Recipe] = MappingProxyType(
    {
        "line-sine": _recipe(201, "uniform", "sine", (32, 1, 8, 8), "1/5", 5000, None),
        "line-noise-sgd": _recipe(202, "gaussian", "noise", (24, 1, 8, 6), "1/10", 2000, 2),
        "line-lattice": _recipe(203, "lattice", "teacher", (24, 1, 4, 5), "1/4", 3000, None),
        "line-heavy": _recipe(204, "heavy-tailed", "sine", (24, 1, 8, 8), "1/5", 3000, None),
        "line-heavy-early": _recipe(205, "heavy-tailed", "noise", (16, 1, 6, 6), "1/4", 30, None),
        "line-clustered-sgd": _recipe(206, "clustered", "noise", (24, 1, 6, 8), "1/5", 2000, 4),
        "line-two-atoms": _recipe(207, "two-atoms", "noise", (16, 1, 4, 4), "1/3", 2000, None),
        "line-outlier": _recipe(208, "outlier", "sine", (24, 1, 8, 8), "1/5", 3000, None),
        "line-two-data": _recipe(209, "uniform", "noise", (24, 1, 8, 2), "1/5", 2000, None),
        "line-larger": _recipe(210, "uniform", "sine", (16, 1, 16, 16), "1/5", 5000, None),
        "plane-sine": _recipe(211, "uniform", "sine", (24, 2, 8, 8), "1/4", 3000, None),
        "plane-collinear-sgd": _recipe(212, "collinear", "noise", (24, 2, 6, 6), "1/5", 2000, 2),
        "plane-sphere": _recipe(213, "sphere", "teacher", (24, 2, 8, 6), "1/3", 3000, None),
        "plane-larger": _recipe(214, "gaussian", "sine", (12, 2, 16, 16), "1/5", 3000, None),
        "space-duplicated": _recipe(215, "duplicated", "noise", (24, 3, 8, 6), "1/4", 2000, None),
        "space-wide": _recipe(216, "gaussian", "noise", (32, 5, 8, 3), "1/5", 2000, None),
        "space-wide-sgd": _recipe(217, "uniform", "noise", (24, 5, 8, 4), "1/5", 3000, 1),
        "space-wider": _recipe(218, "gaussian", "noise", (16, 8, 16, 4), "1/10", 2000, None),
        "diabetes": _recipe(219, "diabetes", "table", (24, 3, 8, 8), "1/5", 3000, None),
        "diabetes-line-sgd": _recipe(220, "diabetes", "table", (16, 1, 6, 8), "1/5", 1000, 4),
        "digits": _recipe(221, "digits", "table", (16, 4, 8, 8), "1/5", 2000, None),
        "digits-sgd": _recipe(222, "digits", "table", (16, 6, 8, 8), "1/10", 1000, 4),
    }
)
"""A few seconds of training: every family of data, on the line and in higher dimension, by GD and by SGD."""

PROFILES: Mapping[str, Mapping[str, Recipe]] = MappingProxyType({"quick": QUICK, "default": DEFAULT})


def standard(profile: str) -> Mapping[str, Recipe]:
    """The recipes of a profile, by name.

    Raises:
        ValueError: if there is no such profile.
    """
    if profile not in PROFILES:
        raise ValueError(f"no standard recipes named {profile!r}; there are {', '.join(PROFILES)}")
    return PROFILES[profile]
