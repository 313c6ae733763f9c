"""A whole claims file tried, here or in several processes, one item at a time."""

from __future__ import annotations

import sys
from collections.abc import Generator
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from pathlib import Path
from typing import Any

from refutable.verify.gate.claims_file import read_claims
from refutable.verify.gate.documents import Document, header
from refutable.verify.gate.entries import ClaimsFile
from refutable.verify.gate.items import Item, items
from refutable.verify.gate.run import GateRun
from refutable.verify.processes import in_processes

Tried = tuple[Document, Document]
"""Header of the claim and result of the item."""


def tried(file: ClaimsFile, run: GateRun, code: bool, workers: int = 1) -> Generator[Tried, None, None]:
    """Every item of a file, in order; in other processes where there are several ``workers``.

    One claim's items stay in one process, which shares what they find.
    """
    todo = list(items(file, run))
    claims = list(dict.fromkeys(item.entry.id for item in todo))
    done = 0
    if workers > 1 and len(claims) > 1:
        begin = (file.path, code, run)
        found = in_processes(_try_claim, claims, workers, _begin, begin)
        try:
            with closing(found):
                for answers in found:
                    yield from answers
                    done += 1
        except BrokenProcessPool:
            pass  # what was lost is tried here
    for id in claims[done:]:
        for item in todo:
            if item.entry.id == id:
                yield attempt(item, run)


def attempt(item: Item, run: GateRun) -> Tried:
    """One item."""
    return header(item, run), item.run(run)


_TASK: dict[str, Any] = {}
"""What this process tries claims of, if it does so for another."""


def _begin(path: Path, code: bool, run: GateRun) -> None:
    sys.stdout = sys.stderr  # nothing but the parent prints the document
    _TASK.update(items=list(items(read_claims(path, code=code), run)), run=run)


def _try_claim(id: str) -> list[Tried]:
    return [attempt(item, _TASK["run"]) for item in _TASK["items"] if item.entry.id == id]
