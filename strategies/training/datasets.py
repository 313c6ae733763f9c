"""The data that networks are trained on: drawn families, and rows of the tables bundled with scikit-learn.

Every network of a batch has its own draw. Draws use numpy's PCG64 on the CPU, so they do not depend on the
device.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from refutable.strategies.training.recipes import TABLE_SHAPES, Recipe

Array = NDArray[np.float64]
Draw = Callable[[np.random.Generator, int, int, int], Array]

_STREAMS = {"inputs": 1, "labels": 2, "weights": 3}


def generator(recipe: Recipe, purpose: str) -> np.random.Generator:
    """The random generator of a recipe for one purpose: ``inputs``, ``labels`` or ``weights``."""
    return np.random.Generator(np.random.PCG64([recipe.seed, _STREAMS[purpose]]))


def draw_data(recipe: Recipe) -> tuple[Array, Array]:
    """Inputs ``[B, n, d]`` and labels ``[B, n]`` of a recipe, float64.

    Raises:
        ModuleNotFoundError: if the recipe asks for a table and scikit-learn is absent.
    """
    rng = generator(recipe, "inputs")
    if recipe.data in TABLE_SHAPES:
        x, table_target = _rows_of_table(recipe, rng)
    else:
        x = DRAWN[recipe.data](rng, recipe.networks, recipe.samples, recipe.inputs)
        table_target = np.zeros(x.shape[:2])
    if recipe.labels == "table":
        return x, table_target
    return x, _LABELLERS[recipe.labels](generator(recipe, "labels"), x)


def _uniform(rng: np.random.Generator, b: int, n: int, d: int) -> Array:
    return rng.uniform(-1, 1, (b, n, d))


def _gaussian(rng: np.random.Generator, b: int, n: int, d: int) -> Array:
    return rng.standard_normal((b, n, d))


def _heavy_tailed(rng: np.random.Generator, b: int, n: int, d: int) -> Array:
    return rng.standard_t(3, (b, n, d))


def _clustered(rng: np.random.Generator, b: int, n: int, d: int) -> Array:
    centres = rng.uniform(-1, 1, (b, 3, d))
    return _pick(rng, centres, n) + 0.05 * rng.standard_normal((b, n, d))


def _lattice(rng: np.random.Generator, b: int, n: int, d: int) -> Array:
    return rng.integers(-4, 5, (b, n, d)) / 4


def _two_atoms(rng: np.random.Generator, b: int, n: int, d: int) -> Array:
    atoms = rng.uniform(-1, 1, (b, 2, d))
    x = _pick(rng, atoms, n)
    x[:, :2] = atoms[:, : min(n, 2)]
    return x


def _sphere(rng: np.random.Generator, b: int, n: int, d: int) -> Array:
    return _unit(rng.standard_normal((b, n, d)))


def _outlier(rng: np.random.Generator, b: int, n: int, d: int) -> Array:
    x = rng.uniform(-1, 1, (b, n, d))
    x[:, 0] = 6 * _unit(x[:, 0])
    return x


def _duplicated(rng: np.random.Generator, b: int, n: int, d: int) -> Array:
    distinct = rng.uniform(-1, 1, (b, (n + 1) // 2, d))
    return np.concatenate([distinct, distinct], axis=1)[:, :n]


def _collinear(rng: np.random.Generator, b: int, n: int, d: int) -> Array:
    through, along = rng.uniform(-0.5, 0.5, (b, 1, d)), _unit(rng.standard_normal((b, 1, d)))
    return np.asarray(through + rng.uniform(-1, 1, (b, n, 1)) * along)


def _unit(vectors: Array) -> Array:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=-1, keepdims=True))


def _pick(rng: np.random.Generator, points: Array, n: int) -> Array:
    which = rng.integers(0, points.shape[1], (points.shape[0], n, 1))
    return np.take_along_axis(points, which, axis=1)


DRAWN: dict[str, Draw] = {
    "uniform": _uniform,
    "gaussian": _gaussian,
    "heavy-tailed": _heavy_tailed,
    "clustered": _clustered,
    "lattice": _lattice,
    "two-atoms": _two_atoms,
    "sphere": _sphere,
    "outlier": _outlier,
    "duplicated": _duplicated,
    "collinear": _collinear,
}
"""Each drawn family by name: (generator, networks, samples, inputs) -> ``[B, n, d]``."""


def _sine(rng: np.random.Generator, x: Array) -> Array:
    along = _unit(rng.standard_normal((x.shape[0], 1, x.shape[2])))
    phase = rng.uniform(0, 2 * np.pi, (x.shape[0], 1))
    return np.asarray(np.sin(np.pi * (x * along).sum(-1) + phase))


def _noise(rng: np.random.Generator, x: Array) -> Array:
    return rng.standard_normal(x.shape[:2])


def _teacher(rng: np.random.Generator, x: Array) -> Array:
    b, _, d = x.shape
    knots = _pick(rng, x, 3)
    w1, w2 = _unit(rng.standard_normal((b, 3, d))), rng.uniform(-1, 1, (b, 3))
    z = np.einsum("bnd,bkd->bnk", x, w1) - (w1 * knots).sum(-1)[:, None, :]
    return np.asarray(np.einsum("bnk,bk->bn", np.maximum(z, 0), w2))


_LABELLERS: dict[str, Callable[[np.random.Generator, Array], Array]] = {
    "sine": _sine,
    "noise": _noise,
    "teacher": _teacher,
}


def _rows_of_table(recipe: Recipe, rng: np.random.Generator) -> tuple[Array, Array]:
    features, target = _table(recipe.data)
    rows = _choices(rng, recipe.networks, len(target), recipe.samples)
    columns = _choices(rng, recipe.networks, features.shape[1], recipe.inputs)
    return features[rows[:, :, None], columns[:, None, :]], target[rows]


def _choices(rng: np.random.Generator, b: int, available: int, wanted: int) -> NDArray[np.int64]:
    return rng.random((b, available)).argsort(axis=1)[:, :wanted]


@lru_cache(maxsize=2)
def _table(name: str) -> tuple[Array, Array]:
    """All rows of a table, its varying columns and its target standardised to mean 0 and variance 1."""
    from sklearn import datasets  # optional: only recipes on tables need it

    features, target = getattr(datasets, f"load_{name}")(return_X_y=True)
    varying = np.asarray(features, float)[:, np.std(features, axis=0) > 0]
    return _standardised(varying), _standardised(np.asarray(target, float))


def _standardised(columns: Array) -> Array:
    return np.asarray((columns - columns.mean(axis=0)) / columns.std(axis=0))
