"""The page of a run: well-formed, self-contained, safe, and it says what the document says."""

from __future__ import annotations

import argparse
import json
import re
from copy import deepcopy
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from refutable.theorems.catalogue import theorem
from refutable.verify.commands import report
from refutable.verify.decide import decide
from refutable.verify.keeping.corpus import Corpus
from refutable.verify.paths import ClaimPath
from refutable.verify.reading import ReadError
from refutable.verify.report.documents import read_document
from refutable.verify.report.fields import Fields
from refutable.verify.report.figures import Pictures
from refutable.verify.report.mathml import formula
from refutable.verify.report.page import page
from tests.gate.sample_gate import counterexample, gate, hostile, item, own, red
from tests.report.reading_html import Page
from tests.report.sample_run import old_document, planted, run_document

HARM = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>&amp;\x00\ud800"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("witnesses")


def _page(document: dict[str, Any], folder: Path, pictures: bool = False) -> Page:
    file = folder / "run-document.txt"
    file.write_text(json.dumps(document))
    return Page(page(read_document(file), Pictures(pictures)))


@pytest.fixture(scope="module")
def full(folder: Path) -> Page:
    return _page(run_document(folder), folder, pictures=True)


@pytest.fixture(params=["run", "old", "gate", "hostile gate"])
def any_page(request: pytest.FixtureRequest, folder: Path) -> Page:
    if request.param == "run":
        return _page(run_document(folder), folder, pictures=False)
    if request.param == "old":
        return _page(old_document(folder), folder)
    return _page(gate(*red()["claims"]) if request.param == "gate" else hostile(), folder)


def test_ids_are_unique_and_every_link_has_its_target(any_page: Page) -> None:
    assert len(any_page.ids) == len(set(any_page.ids))
    targets = [a["href"] for a in any_page.of("a")]
    assert targets
    for target in targets:
        assert target[1:] in any_page.ids if target.startswith("#") else target.startswith(("http://", "https://"))


def test_nothing_is_loaded_or_run(full: Page, any_page: Page) -> None:
    for shown in (full, any_page):
        names = {name for name, _ in shown.elements}
        assert not names & {"script", "link", "img", "iframe", "object", "embed", "form", "input", "base", "use"}
        for _, attributes in shown.elements:
            assert not any(key.startswith("on") or key in ("src", "srcset", "xlink:href") for key in attributes)
            assert "url(" not in attributes.get("style", "")
        assert all("url(" not in data and "@import" not in data for tag, data in shown.texts if tag == "style")
        for link in shown.of("a"):
            assert link["href"].startswith("#") or "noopener" in link["rel"]


def test_headings_go_down_by_one_level_and_sections_are_named(full: Page, any_page: Page) -> None:
    for shown in (full, any_page):
        levels = [int(name[1]) for name, _ in shown.elements if name in ("h1", "h2", "h3", "h4", "h5")]
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(after <= before + 1 for before, after in pairwise(levels))
        for attributes in shown.of("section"):
            assert attributes.get("aria-labelledby", attributes.get("class")) in [*shown.ids, "claim"]


def test_tables_have_captions_and_scoped_headers(full: Page) -> None:
    assert len(full.of("caption")) == len(full.of("table")) > 0
    assert all(header["scope"] in ("col", "row") for header in full.of("th"))


def test_every_picture_has_a_name_and_a_description(full: Page) -> None:
    pictures = [svg for svg in full.of("svg") if svg.get("role") == "img"]
    assert len(pictures) == len(full.of("desc")) == len(full.of("title")) - 1 > 0


def test_verdicts_statements_and_numbers_stand_on_the_page(full: Page, folder: Path) -> None:
    document = run_document(folder)
    for entry in document["theorems"]:
        assert entry["title"] in full.text
        assert f"{entry['mutants']['killed']} of {entry['mutants']['tried']} false variants refuted" in full.text
    for event in document["events"]:
        if event["event"] == "record":
            record = event["record"]
            for part in (*record["claims"], *record["links"], *record["assumptions"]):
                assert part["statement"] in full.text
    assert "--refutable-profile refutable-quick --refutable-seed 7" in full.text


def test_formulas_are_mathml(full: Page) -> None:
    assert len(full.of("math")) > 5
    assert not any("\\" in data for tag, data in full.texts if tag.startswith("m"))


def test_the_shortest_counterexample_stands_before_the_overview(full: Page, folder: Path) -> None:
    events = [e for e in run_document(folder)["events"] if e["theorem"] == planted().id]
    found = [one for event in events for one in event["counterexamples"]]
    assert found
    shortest = min(("\n".join(one["described"]) for one in found), key=len)
    assert full.text.index(shortest) < full.text.index("cases that hold by kind of evidence")
    for one in found:
        assert "\n".join(one["described"]) in full.text
    assert any(f"refutable replay {one['file']}" in full.text for one in found)


def test_a_mutant_shows_both_sides_with_the_sign_that_is_true(folder: Path) -> None:
    document = run_document(folder)
    mutant = next(e for e in document["events"] if e["event"] == "mutant" and e["killed"])
    mutant["headline"]["operator"] = "<="
    mutant["headline"]["left"] = {"lower": "2", "upper": "2"}
    mutant["headline"]["right"] = {"lower": "999/500", "upper": "999/500"}
    assert "2 > 999/500" in _page(document, folder).text


def test_old_documents_say_what_they_lack(folder: Path) -> None:
    assert "not in this document" in _page(old_document(folder), folder).text


def test_every_text_of_a_document_is_only_text(folder: Path) -> None:
    document = _harmed(run_document(folder))
    shown = _page(document, folder, pictures=True)
    names = {name for name, _ in shown.elements}
    assert not names & {"script", "img"}
    assert "<script>alert(1)</script>" in shown.text
    page_text = page(read_document(folder / "run-document.txt"), Pictures(True))
    assert "\x00" not in page_text
    page_text.encode()


KEPT = {"format", "event", "theorem", "kind", "id", "lower", "upper", "operator", "model"}


def _harmed(value: Any, key: str = "") -> Any:
    """The document with every text that is not structure replaced by one that means harm."""
    if isinstance(value, dict):
        return {k: _harmed(v, k) for k, v in value.items()}
    if isinstance(value, list):
        return [_harmed(v, key) for v in value]
    return HARM if isinstance(value, str) and key not in KEPT else value


@pytest.mark.parametrize("link", ["javascript:alert(1)", "http:x", "//x", "data:text/html,x", "file:///etc/passwd"])
def test_a_link_that_is_no_web_address_is_no_link(link: str, folder: Path) -> None:
    document = run_document(folder)
    for event in document["events"]:
        if event["event"] == "record":
            event["record"]["source"]["link"] = link
    assert all(a["href"].startswith("#") for a in _page(document, folder).of("a"))


@pytest.mark.parametrize("number", [-3, 10**14, True])
def test_unlikely_numbers_are_shown(number: int, folder: Path) -> None:
    assert "nan" not in _page(_numbered(run_document(folder), number), folder).text.split()


@pytest.mark.parametrize("number", [10**15 + 1, 10**4000, 1e308, -1e308, 0.5])
def test_senseless_numbers_are_refused_in_words(number: float, folder: Path) -> None:
    with pytest.raises(ReadError, match=r"must be (a whole number|at most)"):
        _page(_numbered(run_document(folder), number), folder)


def _numbered(value: Any, number: Any, key: str = "") -> Any:
    """The document with every number replaced."""
    if isinstance(value, dict):
        return {k: v if k == "instance" else _numbered(v, number, k) for k, v in value.items()}
    if isinstance(value, list):
        return [_numbered(v, number, key) for v in value]
    return number if isinstance(value, (int, float)) and not isinstance(value, bool) else value


def test_gate_pages_show_claims_thresholds_and_counterexamples(folder: Path) -> None:
    document = red()
    shown = _page(document, folder, pictures=True)
    for claim in document["claims"]:
        assert claim["statement"] in shown.text
        assert f"{claim['file']}:{claim['line']}" in shown.text
    assert "Counterexample to" in shown.text
    assert "not as claimed" in shown.text


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"format": "refutable-instance/1"}, "refutable-instance/1"),
        ({"format": None}, "no format"),
        ({"theorems": {}}, "theorems must be a list"),
        ({"events": [3]}, "events[0] must be an object"),
        ({"events": [{"theorem": "unheard-of"}]}, "unheard-of"),
        ({"info": []}, "info must be an object"),
    ],
)
def test_foreign_and_damaged_documents_are_refused_in_words(
    change: dict[str, Any], complaint: str, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "run.json"
    file.write_text(json.dumps(deepcopy(run_document(folder)) | change))
    assert _command(file, "-o", tmp_path / "report.html") == 2
    assert complaint in capsys.readouterr().err
    assert not (tmp_path / "report.html").exists()


def test_truncated_documents_are_refused(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "run.json"
    file.write_text(json.dumps(run_document(folder))[:5000])
    with pytest.raises(ReadError, match="truncated"):
        read_document(file)


def test_the_command_writes_the_page(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "run.json"
    file.write_text(json.dumps(run_document(folder)))
    assert _command(file, "-o", tmp_path / "new" / "report.html", "--no-pictures") == 0
    assert str(tmp_path / "new" / "report.html") in capsys.readouterr().out
    assert Page((tmp_path / "new" / "report.html").read_text()).of("table")


def test_the_command_refuses_folders(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "run.json"
    file.write_text(json.dumps(run_document(folder)))
    assert _command(file, "-o", tmp_path) == 2
    assert _command(file, "-o", tmp_path / "a.html", "--corpus", tmp_path / "absent") == 2
    assert "folder" in capsys.readouterr().err


def test_a_corpus_stands_beside_the_sizes_of_the_run(folder: Path, tmp_path: Path) -> None:
    record = theorem("weighted-l1")
    instance = record.equality[0].first()
    path = ClaimPath(record.id, "claim", record.headline.id)
    outcome = decide(record.headline, instance)
    assert Corpus(tmp_path / "corpus").advance(path, record.headline, instance, outcome, "by hand", 0) is not None
    file = tmp_path / "run.json"
    file.write_text(json.dumps(run_document(folder)))
    assert _command(file, "-o", tmp_path / "a.html", "--no-pictures", "--corpus", tmp_path / "corpus") == 0
    said = (tmp_path / "a.html").read_text()
    assert "kept by hunts" in said
    assert said.count("kept by hunts") == 1
    assert re.search(r"d=1 k=\d+ n=\d+</th>.*?1 \(touching\)</td></tr>", said)


def test_a_formula_that_is_no_latex_stays_as_it_is_written() -> None:
    assert formula("\\unheardof{x}") == "<code>\\unheardof{x}</code>"
    for harm in ("\\href{javascript:alert(1)}{x}", "<script>", "\\text{<img src=x>}", "{" * 5000, "\\unheardof{x}"):
        shown = Page(formula(harm))
        assert not {name for name, _ in shown.elements} & {"a", "script", "img"}
        assert not any("href" in attributes or "style" in attributes for _, attributes in shown.elements)
        assert shown.text


def test_only_so_many_instances_are_drawn(folder: Path) -> None:
    claims = [own(f"claim-{i}", item("drawn", 1, counterexample=counterexample(described=[str(i)]))) for i in range(5)]
    (folder / "gate.json").write_text(json.dumps(gate(*claims)))
    pages = [Page(page(read_document(folder / "gate.json"), Pictures(most=most))) for most in (0, 3, 9)]
    none, some, all_ = (len(shown.of("figcaption")) for shown in pages)
    assert (some - none, all_ - none) == (3, 5)


NETWORK = {
    "format": "refutable-instance/1",
    "model": "shallow-relu",
    "network": {"w1": [[1]], "b1": [0], "w2": [1], "b2": 0},
    "data": {"x": [[1], [2]], "y": None},
    "step_size": "1/4",
    "batch_size": None,
}


def _wide(size: int, inputs: int = 1) -> dict[str, Any]:
    network = {"w1": [[1] * inputs] * size, "b1": [0] * size, "w2": [1] * size, "b2": 0}
    return NETWORK | {"network": network, "data": {"x": [[1] * inputs] * size, "y": None}}


def test_equal_instances_are_drawn_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    monkeypatch.setattr("refutable.strategies.pictures.drawing", lambda domain, instance: asked.append(instance))
    pictures = Pictures()
    first, again = (pictures.instance(Fields(dict(NETWORK), "here")) for _ in range(2))
    assert first == again
    assert pictures.instance(Fields(NETWORK | {"step_size": "1/5"}, "here")) is not None
    assert len(asked) == 2


def test_large_instances_are_not_drawn_and_all_together_only_so_many(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    monkeypatch.setattr("refutable.strategies.pictures.drawing", lambda domain, instance: asked.append(instance))
    assert "the instance is too large" in str(Pictures().instance(Fields(_wide(150), "here")))
    assert not asked
    pictures = Pictures(work=2 * 90 * 90)
    told = [pictures.instance(Fields(_wide(90) | {"step_size": f"1/{eta}"}, "here")) for eta in range(1, 5)]
    assert ["enough drawings" in str(one) for one in told] == [False, False, True, True]
    assert len(asked) == 2


def test_what_has_no_picture_is_said_in_words() -> None:
    said = str(Pictures().instance(Fields(_wide(2, inputs=3), "here")))
    assert "Not drawn: networks have pictures only for one input or two" in said


def _command(*arguments: object) -> int:
    parser = argparse.ArgumentParser()
    report.add(parser.add_subparsers())
    parsed = parser.parse_args(["report", *map(str, arguments)])
    return int(parsed.run(parsed))
