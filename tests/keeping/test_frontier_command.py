"""`refutable frontier`: a table of the tightest instances, damaged files named, everything decided again on request."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from refutable.theorems.catalogue import theorem
from refutable.verify.cli import main
from refutable.verify.decide import decide
from refutable.verify.keeping.corpus import Corpus
from refutable.verify.paths import ClaimPath
from refutable.verify.witnesses import content_hash


@dataclass(frozen=True)
class Said:
    code: int
    out: str
    err: str


Command = Callable[..., Said]


@pytest.fixture
def refutable(capsys: pytest.CaptureFixture[str]) -> Command:
    def run(*arguments: object) -> Said:
        code = main([str(a) for a in arguments])
        said = capsys.readouterr()
        assert "Traceback" not in said.err
        return Said(code, said.out, said.err)

    return run


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
    believed = refutable("frontier", "--out", corpus.folder)
    assert (believed.code, believed.err) == (0, "")
    said = refutable("frontier", "--recheck", "--out", corpus.folder)
    assert said.code == 1
    assert f"not counted: {forged}" in said.err
    assert str(forged) not in said.out


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
