"""Claims that stand in Python: the file is found without importing anything, and run when all else is in order."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from refutable.verify.gate.kinds import Wrong, shown
from refutable.verify.gate.places import Places
from refutable.verify.reading import ReadError
from refutable.verify.userclaims.files import FileClaim, file_claim

WANTED = "write FILE.py:NAME or package.module:NAME"


@dataclass(frozen=True)
class PythonFile:
    """A claim in a file that was not run yet.

    Attributes:
        file: relative to the repository, where it is inside.
        root: of the repository.
    """

    file: Path
    root: Path
    name: str

    def load(self) -> FileClaim:
        """Run the file. Raises ReadError: it cannot be run, or has no such claim."""
        return file_claim(self.file, self.name, self.root)


@dataclass(frozen=True)
class RefusedPython:
    """Names a claim in Python that may not be run: it stays unread.

    Attributes:
        source: as the claims file writes it.
    """

    source: str

    @property
    def label(self) -> str:
        """Start of the names of files, of which it has none."""
        return "refused"

    def document(self) -> dict[str, Any]:
        """What is known of it."""
        return {"python": self.source}

    def digest(self) -> str:
        """That of no claim: empty."""
        return ""

    def resolve(self) -> NoReturn:
        """Refuse. Raises ReadError."""
        raise ReadError(f"{self.source} is Python code and --no-code refuses to run it")


def names_code(source: str) -> bool:
    """Whether the source of a claim, as a document has it, is Python: an expression has no colon and ends in no .py."""
    return ":" in source or source.endswith(".py")


def python_file(written: str, places: Places) -> PythonFile:
    """The file that FILE.py:NAME or package.module:NAME means. Raises Wrong."""
    file, colon, name = written.rpartition(":")
    if not colon and written.endswith(".py"):
        file, name = written, ""
    elif not colon or not file:
        raise Wrong(f"{shown(written)} names no claim; {WANTED}")
    if colon and not name.isidentifier():
        raise Wrong(f"{shown(name)} is no name in a file; {WANTED}")
    path = places.file(file) if file.endswith(".py") else _module(file, places)
    return PythonFile(path.relative_to(places.root), places.root, name)


def _module(dotted: str, places: Places) -> Path:
    names = dotted.split(".")
    if not all(name.isidentifier() for name in names) or len(names) > 20:
        raise Wrong(f"{shown(dotted)} is neither a file nor a module; {WANTED}")
    folders = dict.fromkeys((places.folder, places.folder / "src", places.root, places.root / "src"))
    below = Path(*names)
    for folder in folders:
        for place in (folder / below.with_suffix(".py"), folder / below / "__init__.py"):
            if place.is_file():
                return places.ordinary(place, dotted)
    raise Wrong(
        f"there is no module {shown(dotted)} in {places.root} or its src: neither {below}.py nor {below}/__init__.py"
    )


def loaded(file: PythonFile) -> FileClaim:
    """The claim in the file, which is run. Raises Wrong."""
    try:
        return file.load()
    except ReadError as problem:
        raise Wrong(str(problem)) from None
