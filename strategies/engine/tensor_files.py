"""Arrays in a safetensors file that is there whole or not at all, and is believed only if nothing in it has changed.

The SHA-256 of all metadata and arrays stands in the metadata. It reveals damage, not malice: what is read must still be
checked for sense by whoever asked for it.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from stat import S_ISREG
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save_file

from refutable.strategies.durable import sync_folder

Array = NDArray[Any]

CHECKSUM = "sha256"
LARGEST_HEADER = 2**16
"""Bytes; a header written here has a few thousand."""
PARTIAL = ".partial"


class DamagedFile(ValueError):
    """A file that is not what was written: one line, which file and what is wrong with it."""


def write_tensors(path: Path, arrays: Mapping[str, Array], metadata: Mapping[str, str]) -> None:
    """Write arrays through a partial file beside ``path``: synced to disk first, then renamed.

    The same arrays and metadata give the same bytes.

    Raises:
        OSError: it cannot be written; an older file of that name is untouched.
    """
    dense = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    described = {**metadata, CHECKSUM: checksum(dense, metadata)}
    partial = path.with_name(f".{path.name}.{os.getpid()}-{secrets.token_hex(4)}{PARTIAL}")
    try:
        _write(partial, dense, described)
        os.replace(partial, path)
    finally:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
    sync_folder(path.parent)


def _write(path: Path, arrays: Mapping[str, Array], metadata: dict[str, str]) -> None:
    with path.open("xb") as file:
        usual = os.fstat(file.fileno()).st_mode
    try:
        save_file(dict(arrays), path, metadata)
    except SafetensorError as problem:
        raise OSError(str(problem)) from None
    path.chmod(usual)  # safetensors makes files that only their owner can read
    with path.open("rb+") as file:
        _sort_header(file)
        file.flush()
        os.fsync(file.fileno())


def _sort_header(file: BinaryIO) -> None:
    """Put what the header says in order, for safetensors writes metadata at random: equal content, equal bytes."""
    length = int.from_bytes(file.read(8), "little")
    said = json.loads(file.read(length))
    header = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    if len(header) > length:
        raise OSError(f"a header of {length} bytes cannot be put in order")
    file.seek(8)
    file.write(header.ljust(length))


def remove_partials(folder: Path) -> None:
    """Remove what killed processes left half-written; for the only process that writes there."""
    with suppress(OSError):
        for partial in folder.glob(f".*.safetensors.*{PARTIAL}"):
            with suppress(OSError):
                partial.unlink()


def read_tensors(path: Path, format: str, most: int | None = None) -> tuple[dict[str, Array], dict[str, str]]:
    """Arrays and metadata of a file that `write_tensors` wrote.

    Args:
        path: the file.
        format: what its metadata must say under "format".
        most: bytes of arrays at most; more is refused unread.

    Raises:
        DamagedFile: truncated, changed, of another format, or no such file at all.
        OSError: it cannot be opened.
    """
    data = _whole(path, most)
    metadata = read_metadata(path, format)
    try:
        arrays = {name: array.copy() for name, array in load(data).items()}
    except (SafetensorError, KeyError, ValueError, TypeError) as problem:
        raise DamagedFile(f"{path} is damaged: {_line(problem)}") from None
    claimed = metadata.pop(CHECKSUM, "")
    if claimed != checksum(arrays, metadata):
        raise DamagedFile(f"{path} is damaged: its checksum is wrong")
    return arrays, metadata


def read_metadata(path: Path, format: str) -> dict[str, str]:
    """What a file says of itself, its arrays unread. Raises as `read_tensors`."""
    header = _header(path)
    try:
        metadata = json.loads(header)["__metadata__"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise DamagedFile(f"{path} is damaged: its header makes no sense") from None
    if not isinstance(metadata, dict) or not all(isinstance(value, str) for value in metadata.values()):
        raise DamagedFile(f"{path} is damaged: its metadata make no sense")
    if metadata.get("format") != format:
        raise DamagedFile(f"{path} is of format {metadata.get('format')!r:.60}, not {format}")
    return metadata


def _header(path: Path) -> bytes:
    if not S_ISREG(path.stat().st_mode):
        raise DamagedFile(f"{path} is no ordinary file")
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        if length > LARGEST_HEADER:
            raise DamagedFile(f"{path} is damaged: it begins with a header of {length} bytes")
        header = file.read(length)
    if len(header) < max(length, 2):
        raise DamagedFile(f"{path} is damaged: it ends within its header")
    return header


def _whole(path: Path, most: int | None) -> bytes:
    header = len(_header(path))
    size = path.stat().st_size
    if most is not None and size > 8 + header + most:
        raise DamagedFile(f"{path} is damaged: {size} bytes are more than its arrays can need")
    return path.read_bytes()


def checksum(arrays: Mapping[str, Array], metadata: Mapping[str, str]) -> str:
    """SHA-256 (hex) of names, types, shapes and bytes of arrays, and of metadata."""
    total = hashlib.sha256(json.dumps(dict(metadata), sort_keys=True).encode())
    for name in sorted(arrays):
        array = arrays[name]
        total.update(f"\n{name} {array.dtype.str} {array.shape}\n".encode())
        total.update(np.ascontiguousarray(array).reshape(-1).view(np.uint8).data)
    return total.hexdigest()


def _line(problem: Exception) -> str:
    return " ".join(str(problem).split())[:200]
