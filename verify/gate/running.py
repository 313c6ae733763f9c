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
from refutable.verify.gate.findings import Finding
from refutable.verify.gate.items import Item, items
from refutable.verify.gate.run import GateRun
from refutable.verify.paths import runs_code
from refutable.verify.processes import in_processes

Tried = tuple[Document, Document]
"""Header of the claim and result of the item."""
LOST = "the process that tried it, or one beside it, died; `refutable gate --only {}` tries this claim alone"


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
            # What was lost is tried here, but for code: it may have ended the other process, and would end this one.
            for item in todo:
                if item.entry.id in claims[done:] and runs_code(item.entry.ref):
                    yield header(item, run), item.document(Finding("error", problems=[LOST.format(item.entry.id)]))
            todo = [item for item in todo if not runs_code(item.entry.ref)]
    for id in claims[done:]:
        for item in todo:
            if item.entry.id == id:
                yield attempt(item, run)


def attempt(item: Item, run: GateRun) -> Tried:
    """One item."""
    return header(item, run), item.run(run)


def headers(file: ClaimsFile, run: GateRun) -> list[tuple[Document, None]]:
    """What every claim of a file is, so that none is forgotten whatever happens to its items."""
    first = {item.entry.id: item for item in reversed(list(items(file, run)))}
    return [(header(item, run), None) for item in first.values()]


_TASK: dict[str, Any] = {}
"""What this process tries claims of, if it does so for another."""


def _begin(path: Path, code: bool, run: GateRun) -> None:
    sys.stdout = sys.stderr  # nothing but the parent prints the document
    _TASK.update(items=list(items(read_claims(path, code=code), run)), run=run)


def _try_claim(id: str) -> list[Tried]:
    return [attempt(item, _TASK["run"]) for item in _TASK["items"] if item.entry.id == id]
