"""What an ODE solver saw, in the report: residuals against error bounds, the published setting as a picture."""

from __future__ import annotations

import json
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from refutable.theorems.catalogue import theorem
from refutable.verify import integrations, refutations
from refutable.verify.events import Run
from refutable.verify.profiles import profile
from refutable.verify.reading import ReadError
from refutable.verify.report.documents import read_document
from refutable.verify.report.figures import Pictures
from refutable.verify.report.page import page
from refutable.verify.reporting import document
from tests.report.reading_html import Page
from tests.report.sample_run import INFO

RECORD = theorem("init-shape-diagonal")


@cache
def _written() -> str:
    run = Run(profile("quick"))
    events = [refutations.record(RECORD), integrations.setting(RECORD, run)]
    events += [integrations.integrated(RECORD, one, run) for one in RECORD.integrated]
    return json.dumps(document(events, [], INFO))


def shown(found: dict[str, Any], folder: Path, pictures: bool = True) -> Page:
    file = folder / "run.json"
    file.write_text(json.dumps(found))
    return Page(page(read_document(file), Pictures(pictures)))


def test_statements_residuals_and_the_setting_are_shown(tmp_path: Path) -> None:
    found = shown(json.loads(_written()), tmp_path)
    for one in RECORD.integrated:
        assert one.claim.statement in found.text
    assert "Seen with an ODE solver" in found.text
    assert "Scale and shape of the start" in found.text
    assert "they differ by at most" in found.text
    assert "of 1" in found.text


def test_without_pictures_the_statements_remain(tmp_path: Path) -> None:
    found = shown(json.loads(_written()), tmp_path, pictures=False)
    assert RECORD.integrated[0].claim.statement in found.text
    assert "Scale and shape of the start" not in found.text


def _without_events(found: dict[str, Any]) -> None:
    found["events"] = [event for event in found["events"] if event.get("kind") != "integrated"]


def _unknown_claim(found: dict[str, Any]) -> None:
    found["theorems"][0]["integrated"][0]["claim"] = "nope"


def _points_of_text(found: dict[str, Any]) -> None:
    setting = next(event for event in found["events"] if event["event"] == "setting")
    setting["curves"][0]["predicted"][0] = ["a", 1]


def _points_missing(found: dict[str, Any]) -> None:
    setting = next(event for event in found["events"] if event["event"] == "setting")
    setting["curves"] = 7


@pytest.mark.parametrize(
    ("damage", "complaint"),
    [
        (_without_events, "no event about"),
        (_unknown_claim, "no event about 'nope'"),
        (_points_of_text, "must be a pair of numbers"),
        (_points_missing, "must be a list"),
    ],
)
def test_damaged_documents_are_refused_in_words(damage: Any, complaint: str, tmp_path: Path) -> None:
    found = deepcopy(json.loads(_written()))
    damage(found)
    with pytest.raises(ReadError, match=complaint):
        shown(found, tmp_path)
