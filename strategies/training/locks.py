"""A lock file that lets two processes agree on which of them trains a recipe."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType


class LockFile:
    """Held by whoever created the file; given up to others once its owner has been silent for too long.

    Breaking a stale lock is not watertight: two waiting processes may then both go ahead. Both compute the
    same result and replace the file atomically, so that costs time, never correctness.

    Args:
        path: the lock file.
        stale_after: seconds without a sign of life (see :meth:`refresh`) after which others break the lock.
        poll: seconds between two attempts.
    """

    def __init__(self, path: Path, stale_after: float = 120.0, poll: float = 0.05) -> None:
        """Nothing is locked until the lock is entered."""
        self._path, self._stale_after, self._poll = path, stale_after, poll

    def __enter__(self) -> LockFile:
        """Wait for the lock, and hold it.

        Raises:
            OSError: if the folder cannot be written.
        """
        while not self._created():
            self._break_if_stale()
            time.sleep(self._poll)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give the lock up."""
        self._path.unlink(missing_ok=True)

    def refresh(self) -> None:
        """A sign of life from the owner."""
        with suppress(FileNotFoundError):  # broken by another process: harmless, see above
            os.utime(self._path)

    def _created(self) -> bool:
        try:
            handle = os.open(self._path, os.O_CREAT | os.O_EXCL | os.O_WRONLY)
        except FileExistsError:
            return False
        except PermissionError:
            if self._path.exists():  # Windows answers so while another process deletes it
                return False
            raise
        os.write(handle, str(os.getpid()).encode())
        os.close(handle)
        return True

    def _break_if_stale(self) -> None:
        try:
            age = time.time() - self._path.stat().st_mtime
        except FileNotFoundError:
            return
        if age > self._stale_after:
            self._path.unlink(missing_ok=True)
