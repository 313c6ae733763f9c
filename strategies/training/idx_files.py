"""Images and labels in the IDX files that MNIST is distributed as, gzipped or not; nothing is downloaded.

A file begins with two zero bytes, the type of its numbers (8: unsigned bytes) and how many dimensions it has, then the
sizes as big-endian 32-bit numbers, then the numbers, the last index running fastest.
"""

from __future__ import annotations

import gzip
import math
import zlib
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

LARGEST = 1 << 28
"""Bytes that a file may hold once unpacked: five times those of the largest file of MNIST."""
BYTES = 8
PARTS = ("train", "t10k")
SEPARATORS = ("-", ".")
"""``train-images-idx3-ubyte`` as distributed, ``train-images.idx3-ubyte`` as some archives unpack it."""


class IdxError(ValueError):
    """A folder or file that is not what it should be; the message says which, why and what to do."""


class Images(NamedTuple):
    """Images and what they show."""

    pixels: NDArray[np.uint8]
    """``[n, height, width]``"""
    labels: NDArray[np.uint8]
    """``[n]``"""
    part: str
    """``train`` or ``t10k``"""


def read_images(folder: Path) -> Images:
    """The training images of a folder, or where there are none the test images.

    Raises:
        IdxError: no such folder, no such files, or files that are damaged, foreign or do not fit together.
    """
    if not folder.is_dir():
        raise IdxError(f"{folder}: there is no such folder")
    for part in PARTS:
        found = _found(folder, part, "images", 3), _found(folder, part, "labels", 1)
        if found[0] is not None and found[1] is not None:
            return _fitting(found[0], found[1], part)
    wanted = f"{PARTS[0]}-images-idx3-ubyte and {PARTS[0]}-labels-idx1-ubyte, or those of {PARTS[1]}"
    raise IdxError(f"{folder}: no MNIST files; it needs {wanted}, as distributed (.gz) or unpacked")


def _found(folder: Path, part: str, what: str, dimensions: int) -> Path | None:
    stems = [f"{part}-{what}{separator}idx{dimensions}-ubyte" for separator in SEPARATORS]
    paths = [folder / f"{stem}{ending}" for stem in stems for ending in ("", ".gz")]
    return next((path for path in paths if path.is_file()), None)


def _fitting(images: Path, labels: Path, part: str) -> Images:
    pixels, shown = read_idx(images, 3), read_idx(labels, 1)
    if len(pixels) != len(shown):
        raise IdxError(f"{labels}: {len(shown)} labels for the {len(pixels)} images of {images.name}; take one set")
    return Images(pixels, shown, part)


def read_idx(path: Path, dimensions: int) -> NDArray[np.uint8]:
    """The unsigned bytes of one IDX file, gzipped if it says so.

    Raises:
        IdxError: it cannot be read, is no such file, is cut short or is larger than `LARGEST`.
    """
    content = _content(path)
    start = 4 + 4 * dimensions
    if len(content) < start or content[:4] != bytes((0, 0, BYTES, dimensions)):
        raise IdxError(f"{path}: not an IDX file of bytes with {dimensions} {_noun(dimensions)}; is it another file?")
    shape = tuple(int(size) for size in np.frombuffer(content[4:start], ">u4"))
    wanted, there = math.prod(shape), len(content) - start
    if wanted != there:
        how = "is cut short" if there < wanted else "is too long"
        raise IdxError(f"{path}: {how}: {there:,} bytes of numbers where {wanted:,} are announced; get it again")
    return np.frombuffer(content, np.uint8, offset=start).reshape(shape)


def _noun(dimensions: int) -> str:
    return "dimension" if dimensions == 1 else "dimensions"


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as raw:
            zipped = raw.read(2) == b"\x1f\x8b"
        with gzip.open(path) if zipped else path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except (OSError, EOFError, zlib.error) as problem:
        why = getattr(problem, "strerror", None) or str(problem) or type(problem).__name__
        raise IdxError(f"{path}: cannot be read: {why}") from None
    if len(content) > LARGEST:
        raise IdxError(f"{path}: more than {LARGEST >> 20} MiB; the files of MNIST are smaller")
    return content
