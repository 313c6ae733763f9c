"""The repository around a Python file: what it may import while it runs."""

from __future__ import annotations

import os
from pathlib import Path

MARKS = (".git", "pyproject.toml")
"""What the folder of a repository holds."""


def repository(folder: Path) -> Path:
    """The nearest folder, this one or one above it, that is a repository's; the folder itself if none is."""
    start = folder.resolve()
    return next((place for place in (start, *start.parents) if any((place / mark).exists() for mark in MARKS)), start)


def checkout(folder: Path) -> Path:
    """The folder that names in documents are relative to, as code hosts know them: nothing else is read there.

    The nearest one that holds a .git, else $GITHUB_WORKSPACE where that is above, else the `repository`.
    """
    start = folder.resolve()
    above = (start, *start.parents)
    found = next((place for place in above if (place / ".git").exists()), None)
    workspace = os.environ.get("GITHUB_WORKSPACE")
    if found is None and workspace and Path(workspace).resolve() in above:
        found = Path(workspace).resolve()
    return found or repository(start)


def package_of(file: Path) -> tuple[str, Path]:
    """The package that a file belongs to by the __init__.py beside and above it, and the folder that holds it.

    "" and the file's own folder for a file in no package. Nothing is imported.
    """
    folder = file.resolve().parent
    names: list[str] = []
    while (folder / "__init__.py").is_file() and folder.name.isidentifier() and folder != folder.parent:
        names.insert(0, folder.name)
        folder = folder.parent
    return ".".join(names), folder


def import_folders(file: Path) -> list[str]:
    """Where a file's imports are looked for first: beside it, beside its package, in the repository and its src."""
    root = repository(file.resolve().parent)
    places = [file.resolve().parent, package_of(file)[1], root, root / "src"]
    return [str(place) for place in dict.fromkeys(places) if place.is_dir()]
