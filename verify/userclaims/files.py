"""A claim in a Python file, as files and the command line refer to it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from refutable.theorems.claims import Claim
from refutable.verify.reading import ReadError
from refutable.verify.userclaims.loading import ClaimFileError, digest_of, load, loaded, read_source


@dataclass(frozen=True)
class FileClaim:
    """A claim in a Python file.

    Attributes:
        file: as the user gave it.
        name: of the variable or function.
        sha256: of the file when the claim was taken from it, hex.
        statement: for people who do not have the file.
        folder: where a relative file is looked for before the current folder.
        pinned: taken from the file by this run, which must not go on with another content of it.
    """

    file: Path
    name: str
    sha256: str
    statement: str = field(default="", compare=False)
    folder: Path | None = field(default=None, compare=False)
    pinned: bool = field(default=False, compare=False)

    @property
    def label(self) -> str:
        """Stem of witness files: the file's name, and the claim's where the two differ."""
        stem = self.file.stem
        return _plain(stem if self.name in ("claim", stem) else f"{stem}-{self.name}")

    @property
    def path(self) -> Path:
        """The file: in the folder, under its relative path or its bare name, if it is there; else as given."""
        if self.folder is not None:
            for place in (() if self.file.is_absolute() else (self.file,)), (Path(self.file.name),):
                found = next((self.folder / p for p in place if is_there(self.folder / p)), None)
                if found is not None:
                    return found
        return self.file

    def beside(self, folder: Path) -> FileClaim:
        """The same claim, its relative file looked for in ``folder`` first."""
        return replace(self, folder=folder)

    def resolve(self) -> Claim:
        """The claim in the file as it is now, see `changed`; a pinned one as it was taken.

        Raises:
            ReadError: the file is missing, cannot be run, or has no such claim; it was edited during a run.
        """
        known = loaded(self.path, self.sha256) if self.pinned else None
        if known is None:
            known = load(self.path)
            if self.pinned and known.sha256 != self.sha256:
                raise ClaimFileError(f"{self.path}: was edited while it was in use; start again")
        return known.claim(self.name)

    def changed(self) -> bool:
        """Whether the file is no longer the one the claim was taken from. Raises ReadError: it is missing."""
        return digest_of(read_source(self.path)) != self.sha256

    def document(self) -> dict[str, Any]:
        """The claim's entry in a witness."""
        statement = self.statement or self.resolve().statement
        return {"file": self.file.as_posix(), "name": self.name, "sha256": self.sha256, "statement": statement}

    def digest(self) -> str:
        """SHA-256 of the file whose claim `resolve` gives; the recorded one where the file is missing."""
        if self.pinned:
            return self.sha256
        try:
            return digest_of(read_source(self.path))
        except ReadError:
            return self.sha256

    def __str__(self) -> str:
        return f"{self.file}:{self.name}"


def is_there(path: Path) -> bool:
    """Whether there is a file of that name; a name that no file can have, one too long say, is nowhere."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def _plain(name: str) -> str:
    """A name that any file system takes."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-.")[:80] or "claim"


def file_claim(file: Path, name: str = "", folder: Path | None = None) -> FileClaim:
    """The claim called ``name`` in a file; "" is the only one, or the one called ``claim``.

    Args:
        folder: what a relative file is relative to; None: the current folder.

    Raises:
        ReadError: the file cannot be read or run, it has no such claim, or several and no name is given.
    """
    found = load(file if folder is None else folder / file)
    chosen = name or found.only()
    return FileClaim(file, chosen, found.sha256, found.claim(chosen).statement, folder, pinned=True)


def names_a_file(written: str) -> bool:
    """Whether an argument is FILE.py or FILE.py:NAME rather than an id or an expression."""
    return _split(written) is not None


def from_argument(written: str) -> FileClaim:
    """The claim meant by FILE.py or FILE.py:NAME. Raises ReadError as `file_claim`, or the argument is neither."""
    parts = _split(written)
    if parts is None:
        raise ReadError(f"{written!r:.80} names no claim file; write FILE.py or FILE.py:NAME")
    return file_claim(Path(parts[0]), parts[1])


def _split(written: str) -> tuple[str, str] | None:
    if written.endswith(".py"):
        return written, ""
    file, colon, name = written.rpartition(":")
    return (file, name) if colon and file.endswith(".py") and (name.isidentifier() or not name) else None
