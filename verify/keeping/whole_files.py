"""Files that are there whole or not at all, whoever is killed while writing and however full the disk is."""

from __future__ import annotations

import os
import secrets
import time
from contextlib import suppress
from pathlib import Path

from refutable.strategies.durable import sync_folder

PARTIAL = ".partial"
STALE_SECONDS = 3600.0


class KeepError(OSError):
    """Something could not be kept; nothing was half-written. The message says what, why and what to do."""

    def __str__(self) -> str:
        return str(self.args[0])


def write_whole(path: Path, text: str) -> None:
    """Write a file through a partial one beside it: synced to disk first, then renamed.

    A file that already says the same is left alone.

    Raises:
        KeepError: the folder cannot be made, or the file cannot be written; no trace of it is left.
    """
    data = text.encode()
    if _says(path, data):
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, data)
    except OSError as problem:
        raise _cannot_keep(path, problem) from problem


def _cannot_keep(path: Path, problem: OSError) -> KeepError:
    why = problem.strerror or str(problem)
    error = KeepError(f"{path} is not kept: {why}; nothing was half-written. Free space there, or name another folder")
    error.errno = problem.errno
    return error


def _says(path: Path, data: bytes) -> bool:
    try:
        return path.read_bytes() == data
    except OSError:
        return False


def _write(path: Path, data: bytes) -> None:
    partial = path.with_name(f".{path.name}.{os.getpid()}-{secrets.token_hex(4)}{PARTIAL}")
    try:
        handle = os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0), 0o666)
        try:
            _write_all(handle, data)
            os.fsync(handle)
        finally:
            os.close(handle)
        os.replace(partial, path)
    finally:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
    sync_folder(path.parent)


def _write_all(handle: int, data: bytes) -> None:
    """All of it: a disk that fills up takes a part first and fails at the next attempt."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(handle, rest) :]


def remove_stale_partials(folder: Path, older_than: float = STALE_SECONDS) -> None:
    """Remove what killed processes left half-written; partial files younger than that may still be in use."""
    now = time.time()
    with suppress(OSError):
        for partial in folder.glob(f".*{PARTIAL}"):
            with suppress(OSError):
                if now - partial.stat().st_mtime > older_than:
                    partial.unlink()
