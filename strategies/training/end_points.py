"""Trained end points as one safetensors file: every array of `Trained`, and what is needed to make them again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from math import prod
from pathlib import Path

import numpy as np
import torch

from refutable.strategies.engine.tensor_files import DamagedFile, read_metadata, read_tensors, write_tensors
from refutable.strategies.training.closed_form import Networks, forward
from refutable.strategies.training.documents import Document, converged, relabelled
from refutable.strategies.training.recipes import Recipe
from refutable.strategies.training.results import CONVERGED, DEAD, DIVERGED, OUTCOMES, Array, Trained

FORMAT = "refutable-minima/1"
TRAINING_LABELS, TRAINING_LOSS = RELABELLED = ("training_y", "training_loss")
"""Arrays that only the file of a relabelled batch has."""


@dataclass(frozen=True)
class EndPoints:
    """The end points of a recipe, in one of two readings that are never mixed.

    Attributes:
        trained: as they were trained, with the labels of the training.
        relabelled: whether the file gives them the labels y := f(x) instead, so that each interpolates.
        about: metadata, such as the backend.
    """

    trained: Trained
    relabelled: bool
    about: Mapping[str, str]

    def document(self, index: int) -> Document:
        """One end point as an instance document in the reading of this file.

        Raises:
            IndexError: there is no such network.
            ValueError: it diverged; or, with the labels of the training, it did not converge.
        """
        return relabelled(self.trained, index) if self.relabelled else converged(self.trained, index)

    def exportable(self) -> list[int]:
        """Indices of the networks that are minima in this reading, dead ones left out."""
        if not self.relabelled:
            return self.trained.with_outcome(CONVERGED)
        return [i for i, outcome in enumerate(self.trained.outcome) if outcome not in (DEAD, DIVERGED)]


def write_end_points(path: Path, end: EndPoints) -> None:
    """Write end points, whole or not at all.

    The arrays are those of `Trained`, ``codes`` as ``outcome`` (int64). Relabelled, ``y`` is f(x) in floating point,
    ``loss`` is 0 and ``training_y`` holds the labels of the training, ``training_loss`` their loss.

    Raises:
        OSError: it cannot be written.
    """
    trained = end.trained
    arrays: dict[str, np.ndarray] = {**trained.arrays(), "outcome": trained.codes.astype(np.int64)}
    del arrays["codes"]
    if end.relabelled:
        arrays |= {
            "y": values(trained),
            "loss": np.zeros_like(trained.loss),
            TRAINING_LABELS: trained.y,
            TRAINING_LOSS: trained.loss,
        }
    metadata = {
        **end.about,
        "format": FORMAT,
        "recipe": trained.recipe.to_json(),
        "recipe_digest": trained.recipe.digest(),
        "labels": "y := f(x)" if end.relabelled else "of the training",
        "outcomes": ",".join(OUTCOMES),
    }
    write_tensors(path, arrays, metadata)


def values(trained: Trained) -> Array:
    """The values f(x_j) of every network on its data, ``[B, n]``."""
    networks = Networks(*(torch.from_numpy(part) for part in (trained.w1, trained.b1, trained.w2, trained.b2)))
    return forward(networks, torch.from_numpy(trained.x)).numpy()


def read_end_points(path: Path) -> EndPoints:
    """What `write_end_points` wrote.

    Raises:
        DamagedFile: damaged, or no such file.
        OSError: it cannot be opened.
    """
    try:
        recipe = Recipe.from_json(read_metadata(path, FORMAT).get("recipe", ""))
    except (ValueError, RecursionError) as problem:
        if isinstance(problem, DamagedFile):
            raise
        raise DamagedFile(f"{path} is damaged: its recipe makes no sense ({problem})") from None
    shapes = _shapes(recipe)
    arrays, metadata = read_tensors(path, FORMAT, 8 * sum(prod(shape) for shape in shapes.values()))
    again = TRAINING_LABELS in arrays
    wanted = {name: shape for name, shape in shapes.items() if again or name not in RELABELLED}
    for name in arrays.keys() | wanted.keys():
        _check(path, name, arrays.get(name), wanted.get(name))
    if not np.isin(arrays["outcome"], range(len(OUTCOMES))).all():
        raise DamagedFile(f"{path} is damaged: it has an unknown outcome")
    codes = arrays["outcome"].astype(np.float64)
    if again:
        arrays |= {"y": arrays[TRAINING_LABELS], "loss": arrays[TRAINING_LOSS]}
    named = {one.name: arrays[one.name] for one in fields(Trained) if one.name not in ("recipe", "codes")}
    return EndPoints(Trained(recipe, codes=codes, **named), again, metadata)


def _check(path: Path, name: str, array: np.ndarray | None, shape: tuple[int, ...] | None) -> None:
    wanted = np.int64 if name == "outcome" else np.float64
    if array is None or array.shape != shape or array.dtype != wanted:
        found = "absent" if array is None else f"{array.dtype} {list(array.shape)}"
        raise DamagedFile(f"{path} is damaged: its array {name!r:.40} is {found}")


def _shapes(recipe: Recipe) -> dict[str, tuple[int, ...]]:
    """Names and shapes of all arrays that a file may hold."""
    b, k, n, d = recipe.networks, recipe.neurons, recipe.samples, recipe.inputs
    large: dict[str, tuple[int, ...]] = {"w1": (b, k, d), "b1": (b, k), "w2": (b, k), "x": (b, n, d), "y": (b, n)}
    scalars = [one.name for one in fields(Trained) if one.name not in ("recipe", "codes", *large)]
    large |= dict.fromkeys((*scalars, "outcome", TRAINING_LOSS), (b,))
    return {**large, TRAINING_LABELS: (b, n)}
