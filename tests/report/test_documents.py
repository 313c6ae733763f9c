"""The document as the page reads it: events put together by claim and kind."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from refutable.verify.report.documents import RunDocument, read_document

ROW = {"id": "t", "title": "T", "verdict": "held", "source": "S", "status": "own"}


def _event(strength: str, **counts: int) -> Mapping[str, Any]:
    return {
        "event": "evidence",
        "theorem": "t",
        "claim": "c",
        "kind": "trained-converged",
        "strength": strength,
        "counts": counts,
    }


@pytest.mark.parametrize(
    ("events", "said"),
    [
        ([_event("certified-float", holds=13), _event("exact", holds=0)], "certified-float"),
        ([_event("exact", holds=0), _event("certified-float", holds=13)], "certified-float"),
        ([_event("certified-float", holds=2), _event("exact", vacuous=1)], "exact, certified-float"),
        ([_event("exact", holds=0)], ""),
    ],
)
def test_a_kind_is_as_strong_as_the_events_that_have_cases(
    events: list[Mapping[str, Any]], said: str, tmp_path: Path
) -> None:
    file = tmp_path / "run.json"
    file.write_text(
        json.dumps({"format": "refutable-report/1", "info": {}, "theorems": [ROW], "events": events, "errors": []})
    )
    read = read_document(file)
    assert isinstance(read, RunDocument)
    [found] = read.theorems[0].evidence.values()
    assert found.strength == said
