"""JSON Schemas (draft 2020-12) of the documents that commands and runs write, one file for each format."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

SUFFIX = ".schema.json"


def names() -> list[str]:
    """The documents that have a schema: "check", "gate", ... in alphabetical order."""
    found = (entry.name for entry in files(__name__).iterdir())
    return sorted(name.removesuffix(SUFFIX) for name in found if name.endswith(SUFFIX))


def schema(name: str) -> dict[str, Any]:
    """The schema of a document.

    Raises:
        KeyError: there is none of that name; the message names those there are.
    """
    known = names()
    if name not in known:
        raise KeyError(f"no schema {name!r:.60}; there are {', '.join(known)}")
    document: dict[str, Any] = json.loads((files(__name__) / f"{name}{SUFFIX}").read_text(encoding="utf-8"))
    return document
