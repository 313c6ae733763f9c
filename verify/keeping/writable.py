"""Whether a file can be written, asked before minutes are spent on what it is to hold. Imports nothing heavy."""

from __future__ import annotations

import tempfile
from pathlib import Path


def refusal(path: Path, *, makes_folders: bool = False) -> str:
    """Why no file can be written at a path, for people; "" if one can.

    Args:
        makes_folders: whoever writes the file makes the folders that it is in.
    """
    folder = path.parent
    try:
        if path.is_dir():
            return "this is a folder; name a file in it"
        if path.exists() and not path.is_file():
            return "this is a pipe or a device; name an ordinary file"
        while makes_folders and not folder.exists() and folder != folder.parent:
            folder = folder.parent
        with tempfile.TemporaryFile(dir=folder):
            return ""
    except OSError as problem:
        remedy = "name a file elsewhere" if makes_folders else "create it or name a file elsewhere"
        return f"cannot write into the folder {folder} ({problem.strerror}); {remedy}"
