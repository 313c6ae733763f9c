"""Counterexamples on the page: the telling ones first, few at once, each named by what it violates."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from refutable.verify.report.documents import read_document
from refutable.verify.report.figures import Pictures
from refutable.verify.report.page import page
from tests.gate.sample_gate import claim, counterexample, gate, item
from tests.report.reading_html import Page

RECIPE = '{"data":"uniform","format":"refutable-recipe/2"}'


def _told(name: str, **changes: Any) -> dict[str, Any]:
    return counterexample(**({"described": [name], "hollow": "", "replay": None, "instance": None} | changes))


def _event(what: str, *told: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"event": what, "theorem": "bound", "claim": "bound", "counterexamples": told, **more}


def _page(tmp_path: Path, *events: dict[str, Any], problems: tuple[str, ...] = ()) -> Page:
    row = {"id": "bound", "title": "T", "verdict": "refuted", "source": "S", "status": "own", "problems": problems}
    said = {"claims": [{"id": "bound", "statement": "the left is below the right"}]}
    record = {"event": "record", "theorem": "bound", "record": said}
    file = tmp_path / "run.json"
    file.write_text(json.dumps({"format": "refutable-report/1", "theorems": [row], "events": [record, *events]}))
    return Page(page(read_document(file), Pictures(False)))


def _section(shown: Page) -> str:
    return shown.text[shown.text.index("Claim bound") :]


def test_the_telling_ones_stand_first_and_the_others_are_folded(tmp_path: Path) -> None:
    told = [
        _told("hollow", hollow="neuron 0 is active on no datum"),
        _told("negative", comparison="~-0.5 > -1"),
        _told("a telling one, longer"),
        _told("a telling one"),
    ]
    shown = _page(tmp_path, _event("evidence", *told, kind="drawn", counts={"violated": 4}))
    order = ["the left is below", *("a telling one", "a telling one, longer"), "2 more counterexamples", "negative"]
    text = _section(shown)
    places = [text.index(words) for words in [*order, "hollow"]]
    assert places == sorted(places)
    # The leading part shows the best one alone.
    assert "hollow" not in shown.text[: shown.text.index("Overview", shown.text.index("Counterexample to"))]


def test_violations_at_killers_are_those_of_the_theorem(tmp_path: Path) -> None:
    events = [
        _event("mutant", _told("one"), claim=mutant, mutant=mutant, collateral=["bound"])
        for mutant in ("average-side", "larger-side")
    ]
    text = _section(_page(tmp_path, *events))
    assert text.count("Counterexample to") == 1
    assert "Counterexample to bound, at the killers of average-side, larger-side" in text


def test_a_recipe_stands_in_a_fold(tmp_path: Path) -> None:
    method = f"trained in mass, then decided exactly: {RECIPE}, reduced in 3 decisions"
    shown = _page(tmp_path, _event("evidence", _told("one", method=method)))
    assert "exactly: recipe " in shown.text
    assert RECIPE in [data for tag, data in shown.texts if tag == "pre"]
    assert not any(RECIPE in data for tag, data in shown.texts if tag != "pre")


def test_problems_that_are_counterexamples_are_not_said_twice(tmp_path: Path) -> None:
    problems = ("bound is violated: it is not\n    one\n  2 > 1", "the record lacks a mutant")
    text = _section(_page(tmp_path, _event("evidence", _told("one")), problems=problems))
    assert "bound is violated" not in text
    assert "the record lacks a mutant" in text


@pytest.mark.parametrize("changed", [True, False])
def test_a_changed_theorem_is_named_as_changed(changed: bool, tmp_path: Path) -> None:
    file = tmp_path / "gate.json"
    constants = {"offset": "1/4"} if changed else {}
    file.write_text(json.dumps(gate(claim("mine", item("drawn", 1), changed=changed, constants=constants))))
    text = Page(page(read_document(file), Pictures(False))).text
    assert text.count("weighted-l1 (changed: offset = 1/4)") == (2 if changed else 0)


@pytest.mark.parametrize(
    ("reduced", "minimal", "said"),
    [
        (False, False, "the record's killer"),
        (True, True, "the record's killer, reduced: no single reduction of it still refutes this"),
        (True, False, "the record's killer, reduced: as far as the budget went"),
    ],
)
def test_a_killer_is_the_records_or_a_reduced_one(reduced: bool, minimal: bool, said: str, tmp_path: Path) -> None:
    killer = {"described": ["f"], "instance": None, "reduced": reduced, "minimal": minimal}
    shown = _page(tmp_path, _event("mutant", mutant="larger-side", killed=True, collateral=[], **killer))
    assert said in [data for tag, data in shown.texts if tag == "dd"]
