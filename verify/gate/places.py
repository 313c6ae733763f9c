"""Files that a claims file names: inside its repository, ordinary, and found in bounded time."""

from __future__ import annotations

import fnmatch
import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path

from refutable.verify.gate.kinds import Wrong, nearest, shown
from refutable.verify.reading import ReadError

MAX_MATCHES = 1000
MAX_LOOKED_AT = 20_000
MAX_LOOKED_AT_IN_ALL = 400_000
MAX_PARTS = 32
_WILD = re.compile(r"[*?\[]")


class Places:
    """Where files are looked for.

    Attributes:
        folder: of the claims file; what it names is relative to it.
        root: of the repository; nothing outside of it is read.
    """

    def __init__(self, folder: Path, root: Path) -> None:
        self.folder = folder.resolve()
        self.root = root.resolve()
        self._looked_at = 0
        self._in_all = 0

    def file(self, written: str) -> Path:
        """The ordinary file of that name, with symbolic links followed.

        Raises:
            Wrong: outside of the repository, not there, a folder, a pipe or a device.
        """
        _refuse_absolute(written)
        return self.ordinary(self.folder / written, written)

    def files(self, pattern: str) -> list[Path]:
        """The files that a pattern of *, ?, [abc] and ** matches, sorted; names that begin with a dot only if written.

        Raises:
            Wrong: as `file`; nothing matches, too many do, or too much must be looked at.
        """
        if not _WILD.search(pattern):
            return [self.file(pattern)]
        _refuse_absolute(pattern)
        parts = tuple(part for part in pattern.split("/") if part not in ("", "."))
        if len(parts) > MAX_PARTS:
            raise Wrong(f"{shown(pattern)} has {len(parts)} parts; at most {MAX_PARTS} are read")
        self._looked_at = 0
        found: dict[Path, None] = {}
        for path in self._matches(pattern, parts):
            found[self.ordinary(path, str(path))] = None
            if len(found) > MAX_MATCHES:
                raise Wrong(f"{shown(pattern)} matches more than {MAX_MATCHES} files; name fewer")
        if not found:
            raise Wrong(f"{shown(pattern)} matches no file under {self.folder}")
        return sorted(found)

    def _matches(self, pattern: str, parts: tuple[str, ...]) -> Iterator[Path]:
        """Depth by depth, without recursion; each folder is entered once for each part of the pattern."""
        todo: list[tuple[Path, int]] = [(self.folder, 0)]
        seen = set(todo)

        def add(place: Path, index: int) -> None:
            if (place, index) not in seen:
                seen.add((place, index))
                todo.append((place, index))

        while todo:
            place, index = todo.pop()
            part, last = parts[index], index == len(parts) - 1
            if part == "**" and not last:
                add(place, index + 1)
            if part != "**" and not _WILD.search(part):
                if not last and os.path.isdir(place / part):
                    add(place / part, index + 1)
                elif last and os.path.exists(place / part):
                    yield place / part
                continue
            for entry in self._entries(place, pattern):
                if entry.name.startswith(".") and not part.startswith("."):
                    continue
                if part == "**":
                    if entry.is_dir(follow_symlinks=False):
                        add(Path(entry.path), index)
                    elif last:
                        yield Path(entry.path)
                elif fnmatch.fnmatchcase(entry.name, part):
                    if os.path.isdir(entry.path) and not last:
                        add(Path(entry.path), index + 1)
                    elif last and not os.path.isdir(entry.path):
                        yield Path(entry.path)

    def _entries(self, folder: Path, pattern: str) -> Iterator[os.DirEntry[str]]:
        self._inside(folder, str(folder))
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    self._count(pattern)
                    yield entry
        except OSError as problem:
            raise Wrong(f"{shown(pattern)}: {folder}: {problem.strerror or problem}") from None

    def _count(self, pattern: str) -> None:
        self._looked_at += 1
        self._in_all += 1
        if self._looked_at > MAX_LOOKED_AT:
            raise Wrong(
                f"{shown(pattern)} looks at more than {MAX_LOOKED_AT} files and folders; name the folder that it means"
            )
        if self._in_all > MAX_LOOKED_AT_IN_ALL:
            raise Wrong(f"the patterns of this file look at more than {MAX_LOOKED_AT_IN_ALL} files; name folders")

    def told(self, problem: ReadError) -> str:
        """What is wrong with a file of the repository, which is called as from the repository's folder."""
        return str(problem).replace(f"{self.root}/", "")

    def _inside(self, path: Path, written: str) -> Path:
        try:
            found = path.resolve()
        except (OSError, RuntimeError, ValueError) as problem:  # a loop of links
            raise Wrong(f"{shown(written)} names no file: {problem}") from None
        if not found.is_relative_to(self.root):
            raise Wrong(f"{shown(written)} is outside of the repository {self.root}; nothing outside of it is read")
        return found

    def ordinary(self, path: Path, written: str) -> Path:
        """The ordinary file at a path, which is called ``written`` in messages. Raises Wrong as `file`."""
        found = self._inside(path, written)
        try:
            mode = found.stat().st_mode
        except (OSError, ValueError):
            raise Wrong(f"there is no file {shown(written)}{_beside(path)}") from None
        if stat.S_ISDIR(mode):
            raise Wrong(f"{shown(written)} is a folder; name a file in it, or write {written[:60].rstrip('/')}/*.json")
        if not stat.S_ISREG(mode):
            raise Wrong(f"{shown(written)} is a pipe or a device, no ordinary file")
        return found


def _refuse_absolute(written: str) -> None:
    if "\0" in written or len(written) > 1000:
        raise Wrong(f"{shown(written)} can be the name of no file")
    if Path(written).is_absolute():
        raise Wrong(f"{shown(written)} is absolute; write it relative to the folder of the claims file")


def _beside(path: Path) -> str:
    """The nearest name in the same folder."""
    try:
        names = sorted(entry.name for entry in _first(path.parent, MAX_MATCHES))
    except OSError:
        return ""
    near = nearest(path.name, names)
    return near if near.startswith("; did") else ""


def _first(folder: Path, most: int) -> Iterator[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        for count, entry in enumerate(entries):
            if count == most:
                return
            yield entry


def ordinary_bytes(path: Path, most: int) -> bytes:
    """The bytes of an ordinary file.

    Raises:
        ReadError: not there, a folder, a pipe, a device, or larger than ``most`` bytes.
    """
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise ReadError(f"{path}: this is a folder; name a file in it")
        if not stat.S_ISREG(mode):
            raise ReadError(f"{path}: this is a pipe or a device, no ordinary file")
        with path.open("rb") as file:
            data = file.read(most + 1)
    except ReadError:
        raise
    except (OSError, ValueError) as problem:
        raise ReadError(f"{path}: {getattr(problem, 'strerror', None) or problem}") from None
    if len(data) > most:
        raise ReadError(f"{path}: larger than {most} bytes; this is no file of its kind")
    return data
