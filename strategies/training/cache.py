"""Trained networks kept on disk by recipe digest, so that a second run is quick.

A file is believed only if its checksum, its recipe and the shapes of its arrays are right; otherwise the
recipe is trained again, with a warning. Files are plain ``.npz`` without pickles, written atomically.
"""

from __future__ import annotations

import hashlib
import io
import os
import sys
import tempfile
import warnings
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from refutable.strategies.training.locks import LockFile
from refutable.strategies.training.progress import ProgressBar
from refutable.strategies.training.recipes import Recipe
from refutable.strategies.training.results import OUTCOMES, Array, Trained


class CacheWarning(UserWarning):
    """A cached result could not be used or kept; the recipe was trained again."""


def trained(recipe: Recipe, folder: str | os.PathLike[str] | None = None, device: str = "auto") -> Trained:
    """The end points of a recipe: from the cache where they are, else trained now and kept.

    Args:
        recipe: what to train.
        folder: where to keep results; by default ``$REFUTABLE_CACHE`` or the user's cache folder.
        device: ``auto``, ``cpu`` or ``cuda``; results of different kinds of device are kept apart.

    Raises:
        ValueError: if the device is not there, or the recipe needs an absent table.

    Warns:
        CacheWarning: if a cached file is damaged, or the folder cannot be written.
    """
    from refutable.strategies.training.train import (
        device_kind,
    )  # torch is heavy; a cache listing needs none of it

    kind = device_kind(device)
    path = cache_folder(folder) / f"{recipe.digest()}-{kind}.npz"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return _read(path, recipe) or _train_once(path, recipe, kind)
    except OSError as error:
        warnings.warn(f"cannot keep trained networks in {path.parent} ({error})", CacheWarning, stacklevel=2)
        return _train(recipe, kind, None)


def cache_folder(folder: str | os.PathLike[str] | None = None) -> Path:
    """The folder of cached results: the argument, ``$REFUTABLE_CACHE``, or the platform's usual one."""
    chosen = folder or os.environ.get("REFUTABLE_CACHE")
    if chosen:
        return Path(chosen)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home()) / "refutable" / "Cache"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "refutable"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "refutable"


def _train_once(path: Path, recipe: Recipe, kind: str) -> Trained:
    with LockFile(path.with_suffix(".lock")) as lock:
        # Another process may have finished while this one waited.
        found = _read(path, recipe)
        if found is None:
            found = _train(recipe, kind, lock)
            _write(path, found)
        return found


def _train(recipe: Recipe, kind: str, lock: LockFile | None) -> Trained:
    from refutable.strategies.training.train import train

    bar = ProgressBar(f"training {recipe.networks} networks on {recipe.data}")

    def progress(done: int, total: int) -> None:
        bar(done, total)
        if lock is not None:
            lock.refresh()

    try:
        return train(recipe, device=kind, progress=progress)
    finally:
        bar.close()


def _read(path: Path, recipe: Recipe) -> Trained | None:
    """The cached result, or ``None`` where there is none worth believing."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return None
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as file:
            return _believed(dict(file), recipe)
    except Exception as error:  # damage shows as an error of zipfile, zlib, struct or numpy, or as our own
        what = f"the cached result {path} is damaged ({type(error).__name__}: {error}); training again"
    warnings.warn(what, CacheWarning, stacklevel=4)
    return None


def _believed(stored: dict[str, NDArray[Any]], recipe: Recipe) -> Trained:
    claimed = bytes(stored.pop("checksum").astype(np.uint8))
    if claimed != _checksum(stored):
        raise ValueError("its checksum is wrong")
    if bytes(stored.pop("recipe").astype(np.uint8)) != recipe.to_json().encode("ascii"):
        raise ValueError("it holds another recipe")
    result = Trained(recipe, **stored)
    b, k, n, d = recipe.networks, recipe.neurons, recipe.samples, recipe.inputs
    shapes = {"w1": (b, k, d), "b1": (b, k), "w2": (b, k), "x": (b, n, d), "y": (b, n)}
    for name, array in result.arrays().items():
        if array.dtype != np.float64 or array.shape != shapes.get(name, (b,)):
            raise ValueError(f"its array {name!r} has the wrong shape or type")
    if not np.isin(result.codes, range(len(OUTCOMES))).all():
        raise ValueError("it has an unknown outcome")
    return result


def _write(path: Path, result: Trained) -> None:
    content: dict[str, NDArray[Any]] = dict(result.arrays())
    content["recipe"] = np.frombuffer(result.recipe.to_json().encode("ascii"), dtype=np.uint8)
    content["checksum"] = np.frombuffer(_checksum(content), dtype=np.uint8)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.stem, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            np.savez_compressed(file, allow_pickle=False, **content)
        os.replace(temporary, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)
        raise


def _checksum(content: Mapping[str, NDArray[Any]]) -> bytes:
    total = hashlib.sha256()
    for name in sorted(content):
        array: NDArray[Any] | Array = np.ascontiguousarray(content[name])
        total.update(f"{name} {array.dtype.str} {array.shape}\n".encode())
        total.update(array.tobytes())
    return total.digest()
