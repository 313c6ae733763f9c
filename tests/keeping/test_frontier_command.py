"""`refutable frontier`: a table of the tightest instances, damaged files named, everything decided again on request."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from refutable.theorems.catalogue import theorem
from refutable.verify.decide import decide
from refutable.verify.keeping.corpus import Corpus
from refutable.verify.paths import ClaimPath
from refutable.verify.witnesses import content_hash
from tests.said import Command


@pytest.fixture
def kept(corpus: Corpus) -> list[Path]:
    """The first instance of each family of two theorems."""
    files = []
    for id in ("weighted-l1", "delayed-stability"):
        record = theorem(id)
        for family in record.equality:
            instance = family.first()
            path = ClaimPath(id, "claim", record.headline.id)
            outcome = decide(record.headline, instance)
            file = corpus.advance(path, record.headline, instance, outcome, f"family {family.id}", 0)
            files += [] if file is None else [file]
    return files


def test_the_table(refutable: Command, corpus: Corpus, kept: list[Path]) -> None:
    said = refutable("frontier", "--out", corpus.folder)
    assert (said.code, said.err) == (0, "")
    header, *rows = said.out.splitlines()
    assert header.split() == ["claim", "size", "left/right", "found", "by", "file"]
    assert len(rows) == len(corpus.frontier())
    row = next(row for row in rows if "two-atoms" in row)
    assert row.startswith("weighted-l1 ")
    for cell in ("k=2", "n=2", "d=1", "1 (touching)", "family two-atoms"):
        assert f" {cell} " in row
    assert Path(row.split()[-1]) in kept


def test_one_theorem_alone(refutable: Command, corpus: Corpus, kept: list[Path]) -> None:
    said = refutable("frontier", "weighted-l1", "--out", corpus.folder)
    assert "weighted-l1" in said.out
    assert "delayed-stability" not in said.out


def test_json(refutable: Command, corpus: Corpus, kept: list[Path]) -> None:
    document = json.loads(refutable("frontier", "--json", "--recheck", "--out", corpus.folder).out)
    assert document["format"] == "refutable-frontier/1"
    assert [entry["file"] for entry in document["entries"]] == [str(e.file) for e in corpus.frontier()]
    [atoms] = [e for e in document["entries"] if e["method"] == "family two-atoms"]
    assert atoms["claim"] == {"theorem": "weighted-l1", "part": "claim", "id": "weighted-l1"}
    assert atoms["sizes"] == {"k": 2, "d": 1, "n": 2}
    assert atoms["lhs"] == atoms["rhs"] == {"lower": "225/32", "upper": "225/32"}
    assert (atoms["gap"], atoms["touching"]) == ({"lower": 0.0, "upper": 0.0}, True)


def test_every_entry_is_a_witness_that_replays(refutable: Command, kept: list[Path]) -> None:
    said = refutable("replay", *kept)
    assert said.code == 0
    assert said.out.count("reproduced") == len(kept)


def test_damaged_files_are_named(refutable: Command, corpus: Corpus, kept: list[Path]) -> None:
    kept[0].write_text(kept[0].read_text()[:99])
    said = refutable("frontier", "--out", corpus.folder)
    assert said.code == 0
    assert said.err.count("\n") == 1
    assert str(kept[0]) in said.err
    assert str(kept[0]) not in said.out


def test_a_forged_entry_is_found_by_deciding_again(refutable: Command, corpus: Corpus, kept: list[Path]) -> None:
    forged = next(f for f in kept if f.name.startswith("weighted-l1"))
    document = json.loads(forged.read_text())
    document["instance"]["step_size"] = "1/100"
    document["hash"] = content_hash(document)
    forged.write_text(json.dumps(document))
    plain = refutable("frontier", "--out", corpus.folder)
    assert f"skipped: {forged}: does not come out again" in plain.err
    assert str(forged) not in plain.out
    said = refutable("frontier", "--recheck", "--out", corpus.folder)
    assert said.code == 1
    assert f"not counted: {forged}" in said.err
    assert str(forged) not in said.out


SENSELESS: dict[str, Callable[[dict[str, Any]], object]] = {
    "a headline without touching": lambda d: d["headline"].pop("touching"),
    "a headline with more": lambda d: d["headline"].update(more=1),
    "a headline that is a list": lambda d: d.update(headline=[]),
    "touching as a number": lambda d: d["headline"].update(touching=1),
    "an unknown operator": lambda d: d["headline"].update(operator=["<="]),
    "a side that is a text": lambda d: d["headline"].update(left="1"),
    "a side from more to less": lambda d: d["headline"].update(left={"lower": "2", "upper": "1"}),
    "a side of numbers": lambda d: d["headline"].update(left={"lower": 1, "upper": 1}),
    "a number as part id": lambda d: d["claim"].update(part="without", id=3),
    "a provenance of pairs": lambda d: d.update(provenance=[["method", "x"]]),
}


@pytest.mark.parametrize("kind", SENSELESS)
def test_a_file_of_wrong_shape_is_named(refutable: Command, corpus: Corpus, kept: list[Path], kind: str) -> None:
    rewrite(kept[0], SENSELESS[kind])
    said = refutable("frontier", "--out", corpus.folder)
    assert said.code == 0
    assert said.err.count("\n") == 1
    assert str(kept[0]) in said.err
    assert len(said.out.splitlines()) == len(kept)


def test_a_claim_file_with_a_name_too_long_is_missing(refutable: Command, corpus: Corpus, kept: list[Path]) -> None:
    claim = {"file": "a" * 300 + ".py", "name": "claim", "sha256": "0" * 64, "statement": "s"}
    rewrite(kept[0], lambda document: document.update(claim=claim))
    assert refutable("frontier", "--out", corpus.folder).code == 0
    said = refutable("replay", kept[0])
    assert said.code == 2
    assert "put it beside the witness" in said.err


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
def test_odd_files_are_named_and_hide_no_others(refutable: Command, corpus: Corpus, kept: list[Path]) -> None:
    folder = kept[0].parent
    (folder / "dangling.json").symlink_to(folder / "absent")
    (folder / "loop.json").symlink_to(folder / "loop.json")
    os.mkfifo(folder / "pipe.json")
    said = refutable("frontier", "--out", corpus.folder)
    assert len(said.out.splitlines()) == 1 + len(kept)
    for name in ("dangling", "loop", "pipe"):
        assert f"{name}.json: " in said.err
    assert refutable("replay", folder / "pipe.json").code == 2


def test_texts_of_files_steer_no_terminal(refutable: Command, corpus: Corpus, kept: list[Path]) -> None:
    rewrite(kept[0], lambda document: document["provenance"].update(method="\x1b[2J\nforged \x9b1m"))
    said = refutable("frontier", "--out", corpus.folder)
    assert r"\x1b[2J\nforged \x9b1m" in said.out
    foreign = {"file": "a\x1b[2J.py", "name": "claim", "sha256": "0" * 64, "statement": "s"}
    rewrite(kept[0], lambda document: document.update(claim=foreign))
    said = refutable("replay", kept[0])
    assert "\x1b" not in said.out + said.err
    assert r"a\x1b[2J.py" in said.err


def rewrite(file: Path, edit: Callable[[dict[str, Any]], object]) -> None:
    document = json.loads(file.read_text())
    edit(document)
    document["hash"] = content_hash(document)
    file.write_text(json.dumps(document))


def test_nothing_kept_yet(refutable: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("REFUTABLE_CORPUS", raising=False)
    said = refutable("frontier")
    assert said.code == 0
    assert "nothing is kept in refutable-corpus" in said.out
    assert list(tmp_path.iterdir()) == []


def test_the_folder_of_the_environment(
    refutable: Command, corpus: Corpus, kept: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REFUTABLE_CORPUS", str(corpus.folder))
    assert "two-atoms" in refutable("frontier").out


def test_misuse(refutable: Command, corpus: Corpus, kept: list[Path], tmp_path: Path) -> None:
    wrong = refutable("frontier", "weightd-l1", "--out", corpus.folder)
    assert wrong.code == 2
    assert "did you mean weighted-l1" in wrong.err
    absent = refutable("frontier", "--out", tmp_path / "absent")
    assert absent.code == 2
    assert "no such folder" in absent.err
