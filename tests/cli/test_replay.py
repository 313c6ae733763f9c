"""`refutable replay`: a kept witness is reproduced; edited, truncated and foreign files are named as such."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from refutable.theorems.catalogue import theorem
from refutable.theorems.records import all_mutants
from refutable.verify.decide import decide
from refutable.verify.paths import ClaimPath
from refutable.verify.witnesses import content_hash, witness, write

Command = Callable[..., Any]


Edit = Callable[[dict[str, Any]], None]


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """A witness against a mutant of weighted-l1."""
    record = theorem("weighted-l1")
    false = next(m for m in all_mutants(record) if m.id == "minus-one")
    instance = false.witness()
    path = ClaimPath("weighted-l1", "mutant", "minus-one")
    return write(witness(path, instance, decide(false.claim, instance), "by hand", 7), tmp_path)


def changed(path: Path, edit: Edit, rehash: bool) -> Path:
    document = json.loads(path.read_text())
    edit(document)
    if rehash:
        document["hash"] = content_hash(document)
    path.write_text(json.dumps(document))
    return path


def test_a_kept_witness_is_reproduced(refutable: Command, kept: Path) -> None:
    said = refutable("replay", kept)
    assert said.code == 0
    assert "weighted-l1 mutant minus-one  violated   225/32 > 209/32   reproduced" in said.out
    [result] = refutable("replay", kept, "--json").json["results"]
    assert (result["verdict"], result["reproduced"], result["independent"]) == ("violated", True, None)


def test_the_file_is_named_by_its_content(kept: Path) -> None:
    assert content_hash(json.loads(kept.read_text())).startswith(kept.stem.removeprefix("weighted-l1-"))


def test_the_independent_verifier_agrees_on_a_core_theorem(refutable: Command, tmp_path: Path) -> None:
    record = theorem("weighted-l1")
    instance = record.equality[0].first()
    path = ClaimPath("weighted-l1", "claim", "weighted-l1")
    file = write(witness(path, instance, decide(record.headline, instance), "family", 0), tmp_path)
    [result] = refutable("replay", file, "--json").json["results"]
    assert (result["independent"], result["verdict"], result["reproduced"]) == ("holds", "holds", True)


def test_disagreement_of_the_two_verifiers_is_said(
    refutable: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from refutable.verify import independent

    monkeypatch.setitem(independent.CLAIMS, "weighted-l1", lambda net, z: "violated")
    record = theorem("weighted-l1")
    instance = record.equality[0].first()
    path = ClaimPath("weighted-l1", "claim", "weighted-l1")
    file = write(witness(path, instance, decide(record.headline, instance), "family", 0), tmp_path)
    said = refutable("replay", file)
    assert said.code == 1
    assert "the independent verifier says violated, the main one holds" in said.out


EDITS: dict[str, Edit] = {
    "verdict": lambda doc: doc.update(verdict="holds"),
    "instance": lambda doc: doc["instance"].update(step_size="1/1000"),
    "digest": lambda doc: doc.update(digest="0" * 64),
    "provenance": lambda doc: doc["provenance"].update(seed=8),
    "hash": lambda doc: doc.update(hash="0" * 64),
}


@pytest.mark.parametrize("edit", EDITS)
def test_an_edited_witness_is_not_believed(refutable: Command, kept: Path, edit: str) -> None:
    said = refutable("replay", changed(kept, EDITS[edit], rehash=False))
    assert said.code == 2
    assert "edited" in said.err
    assert said.out == ""


def test_a_forged_verdict_with_a_good_hash_is_not_reproduced(refutable: Command, kept: Path) -> None:
    said = refutable("replay", changed(kept, EDITS["verdict"], rehash=True))
    assert said.code == 1
    assert "the verdict is violated, the file says holds" in said.out


def test_a_forged_instance_with_a_good_hash_is_not_reproduced(refutable: Command, kept: Path) -> None:
    said = refutable("replay", changed(kept, EDITS["instance"], rehash=True))
    assert said.code == 1
    assert "the verdict is holds, the file says violated" in said.out


def test_a_changed_record_is_said(refutable: Command, kept: Path) -> None:
    said = refutable("replay", changed(kept, EDITS["digest"], rehash=True))
    assert said.code == 0
    assert "another digest" in said.out


FOREIGN: dict[str, Edit] = {
    "unknown theorem": lambda doc: doc["claim"].update(theorem="riemann"),
    "unknown mutant": lambda doc: doc["claim"].update(id="riemann"),
    "unknown part": lambda doc: doc["claim"].update(part="__import__"),
    "claim is a text": lambda doc: doc.update(claim="weighted-l1"),
    "no instance": lambda doc: doc.update(instance=None),
    "a key too many": lambda doc: doc.update(more=1),
    "a key too few": lambda doc: doc.pop("provenance"),
    "sides are words": lambda doc: doc["headline"]["left"].update(lower="much"),
    "assumptions are words": lambda doc: doc.update(assumptions=["stable"]),
    "nan": lambda doc: doc["instance"].update(step_size="nan"),
}


@pytest.mark.parametrize("edit", FOREIGN)
def test_a_foreign_document_is_refused_in_one_line(refutable: Command, kept: Path, edit: str) -> None:
    said = refutable("replay", changed(kept, FOREIGN[edit], rehash=True))
    assert said.code == 2
    assert said.err.count("\n") == 1
    assert str(kept) in said.err


def test_an_instance_is_no_witness(refutable: Command, instance: Callable[[], Path]) -> None:
    said = refutable("replay", instance())
    assert said.code == 2
    assert "no witness file" in said.err


@pytest.mark.parametrize("part", [0.1, 0.5, 0.99])
def test_a_truncated_witness_is_named(refutable: Command, kept: Path, part: float) -> None:
    text = kept.read_text()
    kept.write_text(text[: int(len(text) * part)])
    said = refutable("replay", kept)
    assert said.code == 2
    assert "not JSON" in said.err


def test_check_decides_the_instance_of_a_witness_afresh(refutable: Command, kept: Path) -> None:
    said = refutable("check", "weighted-l1", changed(kept, EDITS["instance"], rehash=False))
    assert said.code == 0
