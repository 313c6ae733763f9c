"""The folder of one training run: its recipe, checkpoints while it lasts, its minima at the end.

    recipe.json                     what is trained, written first
    checkpoint.safetensors          where training stood a while ago, and checkpoint.previous.safetensors before that
    minima.safetensors              the end points; the checkpoints are gone then

One process at a time trains in a folder; the system gives its lock back even when the process is killed.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path

from refutable.strategies.durable import sync_folder
from refutable.strategies.engine.checkpoint import NAME as LAST_CHECKPOINT
from refutable.strategies.engine.checkpoint import Checkpoint, Checkpoints, NoCheckpoint
from refutable.strategies.engine.tensor_files import DamagedFile, remove_partials
from refutable.strategies.training.end_points import EndPoints, read_end_points, write_end_points
from refutable.strategies.training.recipes import Recipe

RECIPE, MINIMA, LOCK = "recipe.json", "minima.safetensors", ".lock"
LARGEST_RECIPE = 2**16
"""Bytes of a recipe that are read."""


class FolderError(ValueError):
    """A folder that this run cannot use: one line, why and what to do."""


class RunFolder:
    """A folder that one recipe is trained in.

    Args:
        path: made when a run begins.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.minima_path = path / MINIMA
        self.recipe_path = path / RECIPE
        self.checkpoint_path = path / LAST_CHECKPOINT

    def recipe(self) -> Recipe | None:
        """The recipe that was begun here; None where none was.

        Raises:
            FolderError: its file cannot be read, or there are results of an unknown recipe.
        """
        if self.recipe_path.exists() and not self.recipe_path.is_file():
            raise FolderError(f"{self.recipe_path} is no ordinary file; take another --out, or remove it")
        try:
            with self.recipe_path.open("rb") as file:
                text = file.read(LARGEST_RECIPE).decode("utf-8")
            return Recipe.from_json(text)
        except FileNotFoundError:
            self._refuse_strays()
            return None
        except OSError as problem:
            raise FolderError(f"{self.recipe_path} cannot be read: {problem.strerror}") from None
        except (ValueError, RecursionError) as problem:
            line = " ".join(str(problem).split())[:200] or type(problem).__name__
            raise FolderError(f"{self.recipe_path} is no recipe ({line}); take another --out, or remove it") from None

    def _refuse_strays(self) -> None:
        for path in (self.minima_path, *Checkpoints(self.path, _ANY).paths):
            if os.path.lexists(path):
                raise FolderError(f"{path} is there, but no {RECIPE} beside it; take another --out")

    def claim(self, recipe: Recipe) -> None:
        """Make the folder this recipe's.

        Raises:
            FolderError: another recipe was begun there, or the folder cannot be made.
        """
        found = self.recipe()
        if found is not None and found != recipe:
            raise FolderError(
                f"{self.path} holds a run of another recipe ({_difference(found, recipe)}); "
                "take another --out, or go on with that one: --resume without recipe options"
            )
        if found is None:
            self._write_recipe(recipe)

    def _write_recipe(self, recipe: Recipe) -> None:
        partial = self.recipe_path.with_name(f".{RECIPE}.partial")
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            with partial.open("w", encoding="ascii") as file:
                file.write(recipe.to_json() + "\n")
                file.flush()
                os.fsync(file.fileno())
            os.replace(partial, self.recipe_path)
        except OSError as problem:
            raise FolderError(f"{self.path} cannot be written: {problem.strerror or problem}") from None
        sync_folder(self.path)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the folder's lock, where the system has such locks.

        Raises:
            FolderError: another process trains here, or the folder cannot be made.
        """
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            handle = os.open(self.path / LOCK, os.O_CREAT | os.O_RDWR, 0o666)
        except OSError as problem:
            raise FolderError(f"{self.path} cannot be used: {problem.strerror or problem}") from None
        try:
            if not _locked(handle):
                raise FolderError(f"another process trains in {self.path}; wait for it, or take another --out")
            remove_partials(self.path)
            yield
        finally:
            os.close(handle)

    def checkpoints(self, recipe: Recipe, about: Mapping[str, str]) -> Checkpoints:
        """The checkpoints of this folder."""
        return Checkpoints(self.path, recipe, about)

    def checkpoint(self, recipe: Recipe) -> Checkpoint | None:
        """Where an unfinished run stood; None if it has no checkpoint yet.

        Raises:
            FolderError: every checkpoint is damaged.
        """
        try:
            return Checkpoints(self.path, recipe).load()
        except NoCheckpoint as problem:
            raise FolderError(f"{problem}; to train from the start, remove the checkpoints") from None

    def minima(self, recipe: Recipe) -> EndPoints | None:
        """The end points, if the run has ended.

        Raises:
            FolderError: their file is damaged, or of another recipe.
        """
        try:
            found = read_end_points(self.minima_path)
        except FileNotFoundError:
            return None
        except DamagedFile as problem:
            raise FolderError(f"{problem}; to train again, remove it") from None
        except OSError as problem:
            raise FolderError(f"{self.minima_path} cannot be read: {problem.strerror}") from None
        if found.trained.recipe != recipe:
            raise FolderError(f"{self.minima_path} belongs to another recipe than {RECIPE} beside it; remove one")
        return found

    def finish(self, end: EndPoints) -> None:
        """Write the end points, then remove the checkpoints.

        Raises:
            OSError: they cannot be written; the checkpoints stay.
        """
        write_end_points(self.minima_path, end)
        Checkpoints(self.path, end.trained.recipe).discard()


_ANY = Recipe(0, 1, 1, 1, 1, "uniform", "sine", "1", 0)


def _locked(handle: int) -> bool:
    """Take the lock of an open file; True where the system has none to give."""
    try:
        import fcntl
    except ImportError:
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # some network file systems have no locks
        return True
    return True


def _difference(there: Recipe, asked: Recipe) -> str:
    names = [one.name for one in fields(Recipe) if getattr(there, one.name) != getattr(asked, one.name)]
    return ", ".join(f"{name} {getattr(there, name)}, not {getattr(asked, name)}" for name in names)
