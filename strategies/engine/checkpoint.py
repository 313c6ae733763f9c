"""Checkpoints: where the training of a recipe stood, on disk, so that a killed run loses at most the last of them.

A checkpoint holds a whole `State`, so training that goes on from it ends bit for bit where it would have ended.
The one before the last is kept: should the last turn out damaged, it is taken.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from math import prod
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from refutable.strategies.durable import sync_folder
from refutable.strategies.engine.problem import State
from refutable.strategies.engine.tensor_files import (
    Array,
    DamagedFile,
    read_metadata,
    read_tensors,
    write_tensors,
)
from refutable.strategies.training.closed_form import Networks
from refutable.strategies.training.recipes import Recipe

FORMAT = "refutable-checkpoint/1"
NAME, PREVIOUS = "checkpoint.safetensors", "checkpoint.previous.safetensors"
_PAST = ("velocity", "history")


class NoCheckpoint(ValueError):
    """There are checkpoints in a folder, but none can be gone on from: one line, which and why."""


@dataclass(frozen=True)
class Checkpoint:
    """A state read back.

    Attributes:
        state: on the CPU.
        about: what was written beside it, such as the backend.
        path: the file.
        skipped: why a newer file was not taken; "" if there was none.
    """

    state: State
    about: Mapping[str, str]
    path: Path
    skipped: str = ""


@dataclass
class Checkpoints:
    """The last two checkpoints of one recipe in a folder.

    Attributes:
        folder: it must exist.
        recipe: what is trained; checkpoints of another recipe are refused.
        about: metadata to write with each, such as the backend.
    """

    folder: Path
    recipe: Recipe
    about: Mapping[str, str] = field(default_factory=dict)

    @property
    def paths(self) -> tuple[Path, Path]:
        """The last checkpoint and the one before."""
        return self.folder / NAME, self.folder / PREVIOUS

    def save(self, state: State) -> Path:
        """Write a state; the last checkpoint becomes the one before.

        Raises:
            OSError: it cannot be written; what was there is untouched.
        """
        last, previous = self.paths
        fresh = self.folder / f"next.{NAME}"
        metadata = {**self.about, "format": FORMAT, "recipe": self.recipe.digest()}
        write_tensors(fresh, state_arrays(state), metadata)
        # Killed between the two renames, `load` finds the previous one and, beside it, the fresh one.
        with suppress(FileNotFoundError):
            os.replace(last, previous)
        os.replace(fresh, last)
        sync_folder(self.folder)
        return last

    def load(self) -> Checkpoint | None:
        """The last sound checkpoint; None if there is no file at all.

        Raises:
            NoCheckpoint: there are files, all damaged or of another recipe.
        """
        problems: list[str] = []
        for path in (self.folder / f"next.{NAME}", *self.paths):
            try:
                state, about = read_state(path, self.recipe)
            except FileNotFoundError:
                continue
            except (DamagedFile, OSError) as problem:
                problems.append(str(problem))
                continue
            return Checkpoint(state, about, path, "; ".join(problems))
        if problems:
            raise NoCheckpoint("; ".join(problems))
        return None

    def discard(self) -> None:
        """Remove the files."""
        for path in (self.folder / f"next.{NAME}", *self.paths):
            with suppress(OSError):
                path.unlink(missing_ok=True)


def state_arrays(state: State) -> dict[str, Array]:
    """Everything in a state by name, such as "velocity.w1"."""
    parts: dict[str, Tensor] = {**state.networks._asdict(), "steps": state.steps, "largest_loss": state.largest_loss}
    for past in _PAST:
        networks: Networks | None = getattr(state, past)
        if networks is not None:
            parts |= {f"{past}.{name}": part for name, part in networks._asdict().items()}
    if state.base is not None and state.data is not None:
        parts |= {"base": state.base, "data": state.data}
    return {name: part.detach().cpu().numpy() for name, part in parts.items()}


def state_of(arrays: Mapping[str, Array]) -> State:
    """The state of some arrays that fit together, on the CPU."""
    parts = {name: torch.from_numpy(np.ascontiguousarray(array)) for name, array in arrays.items()}
    velocity, history = (
        Networks(*(parts[f"{past}.{name}"] for name in Networks._fields)) if f"{past}.w1" in parts else None
        for past in _PAST
    )
    w1, b1, w2, b2, steps, largest = (parts[name] for name in (*Networks._fields, "steps", "largest_loss"))
    return State(w1, b1, w2, b2, steps, largest, velocity, history, parts.get("base"), parts.get("data"))


def read_state(path: Path, recipe: Recipe) -> tuple[State, dict[str, str]]:
    """The state in a checkpoint of a recipe, and its metadata.

    Raises:
        DamagedFile: damaged, of another recipe, or of a shape that this recipe has not.
        OSError: it cannot be opened.
    """
    if read_metadata(path, FORMAT).get("recipe") != recipe.digest():
        raise DamagedFile(f"{path} belongs to another recipe")
    most = max(8 * sum(prod(shape) for shape in shapes.values()) for shapes in _layouts(recipe))
    arrays, metadata = read_tensors(path, FORMAT, most)
    found = {name: array.shape for name, array in arrays.items()}
    if found not in list(_layouts(recipe)):
        raise DamagedFile(f"{path} is damaged: its arrays have not the names and shapes of its recipe's training")
    for name, array in arrays.items():
        wanted = np.int64 if name in ("steps", "data") else np.float64
        if array.dtype != wanted:
            raise DamagedFile(f"{path} is damaged: {name} is of type {array.dtype}, not {np.dtype(wanted)}")
    steps = arrays["steps"]
    if int(steps.min()) < 0 or int(steps.max()) > recipe.steps:
        raise DamagedFile(f"{path} is damaged: it counts steps outside 0 to {recipe.steps}")
    return state_of(arrays), metadata


def _layouts(recipe: Recipe) -> Iterator[dict[str, tuple[int, ...]]]:
    """Names and shapes of a state: as it is, and reduced to the row space of the data where that is smaller."""
    yield _layout(recipe, recipe.inputs)
    if recipe.inputs > recipe.samples:
        base = (recipe.networks, recipe.neurons, recipe.inputs)
        yield {**_layout(recipe, recipe.samples), "base": base, "data": (4,)}


def _layout(recipe: Recipe, inputs: int) -> dict[str, tuple[int, ...]]:
    b, k = recipe.networks, recipe.neurons
    own = {"w1": (b, k, inputs), "b1": (b, k), "w2": (b, k), "b2": (b,)}
    shapes: dict[str, tuple[int, ...]] = {**own, "steps": (b,), "largest_loss": (b,)}
    if recipe.momentum:
        shapes |= {f"velocity.{name}": shape for name, shape in own.items()}
    if recipe.delay:
        shapes |= {f"history.{name}": (b, recipe.delay, *shape[1:]) for name, shape in own.items()}
    return shapes
