"""Printing: aligned columns, wrapped paragraphs, one JSON document."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
else:
    Commands = argparse._SubParsersAction


def print_json(document: Any) -> None:
    """One JSON document on standard output."""
    print(json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False))


def complain(message: str) -> None:
    """One line on standard error."""
    print(f"refutable: {message}", file=sys.stderr)


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Columns padded to their widest cell."""
    widths = [max(len(row[c]) for row in rows) for c in range(len(rows[0]))]
    return ["  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip() for row in rows]


def wrapped(label: str, text: str, indent: int = 2) -> list[str]:
    """A labelled paragraph, later lines indented under the text."""
    width = min(shutil.get_terminal_size((110, 24)).columns, 120)
    first = " " * indent + label
    return textwrap.wrap(
        text, max(width, 40), initial_indent=first, subsequent_indent=" " * (indent + 4), break_on_hyphens=False
    ) or [first]
