"""Every document that is written fits its schema, and a damaged one does not."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from refutable.theorems.catalogue import CATALOGUE, DOMAINS, theorem
from refutable.theorems.instances import InstanceError
from refutable.theorems.records import all_mutants
from refutable.verify import evidence, refutations
from refutable.verify.cli import main
from refutable.verify.events import Run
from refutable.verify.profiles import PROFILES
from refutable.verify.record_document import record_document
from refutable.verify.reporting import document as report_document
from refutable.verify.schemas import names, schema
from refutable.verify.schemas.instances import instance_schema
from tests.gate.sample_gate import INSTANCE, gate, green, hostile, red

Document = dict[str, Any]
Printed = Callable[..., Document]

CLAIMS = """
format = "refutable-claims/1"
[defaults]
evidence = { drawn = 5, constructed = 2, trained = 0, swept = 0, mass = 0, hunt = 0 }
[[claim]]
id = "stability-bound"
theorem = "weighted-l1"
tightness = "1/2"
mutants = ["minus-one"]
[[claim]]
id = "wrong"
expression = "sharpness >= 10"
"""


def errors(name: str, document: Document) -> list[str]:
    found = jsonschema.Draft202012Validator(schema(name)).iter_errors(document)
    return [f"{'/'.join(map(str, one.absolute_path))}: {one.message[:200]}" for one in found]


@pytest.fixture
def printed(capsys: pytest.CaptureFixture[str]) -> Printed:
    """What a command prints with --json."""

    def run(*arguments: object) -> Document:
        main([*map(str, arguments), "--json"])
        said = capsys.readouterr()
        assert said.out, said.err
        found: Document = json.loads(said.out)
        return found

    return run


def hunted(printed: Printed, folder: Path) -> Document:
    return printed("hunt", "weighted-l1", "--mutant", "minus-one", "--evaluations", 3000, "--out", folder)


@pytest.mark.parametrize("name", names())
def test_every_schema_is_one(name: str) -> None:
    jsonschema.Draft202012Validator.check_schema(schema(name))
    assert schema(name)["$id"] == f"{name}.schema.json"


def test_there_is_none_of_another_name() -> None:
    with pytest.raises(KeyError, match=r"no schema 'gates'; there are .*gate, "):
        schema("gates")


def test_the_list(printed: Printed) -> None:
    assert errors("list", printed("list")) == []


@pytest.mark.parametrize("id", [record.id for record in CATALOGUE])
def test_every_record(id: str) -> None:
    assert errors("theorem", record_document(theorem(id))) == []


def test_a_record_that_is_printed_and_its_changes(printed: Printed, tmp_path: Path) -> None:
    record = printed("show", "weighted-l1")
    assert errors("theorem", record) == []
    old = tmp_path / "old.json"
    old.write_text(json.dumps(record | {"digest": "0" * 64, "title": "another"}))
    changed = printed("show", "weighted-l1", "--diff", old)
    assert not changed["same"]
    assert errors("show-diff", changed) == []


def test_checks_and_files_that_cannot_be_read(printed: Printed, tmp_path: Path) -> None:
    (tmp_path / "two.json").write_text(json.dumps(INSTANCE))
    found = printed("check", "all", tmp_path / "two.json", tmp_path / "none.json")
    assert [("error" in one) for one in found["results"]].count(True) == 1
    assert errors("check", found) == []


def test_a_hunt_what_it_keeps_and_its_replay(printed: Printed, tmp_path: Path) -> None:
    found = hunted(printed, tmp_path)
    assert errors("hunt", found) == []
    kept = Path(found["counterexample"]["file"])
    assert errors("witness", json.loads(kept.read_text())) == []
    assert errors("instance", found["counterexample"]["instance"]) == []
    assert errors("replay", printed("replay", kept, tmp_path / "none.json")) == []


def test_a_hunt_of_an_own_claim_and_the_frontier(printed: Printed, tmp_path: Path) -> None:
    found = printed("hunt", "sharpness >= 0", "--evaluations", 500, "--cold", "--out", tmp_path)
    assert errors("hunt", found) == []
    assert errors("hunt", printed("hunt", "weighted-l1", "--evaluations", 3000, "--out", tmp_path)) == []
    frontier = printed("frontier", "--out", tmp_path)
    assert frontier["entries"]
    assert errors("frontier", frontier) == []


def test_training_and_the_instances_it_writes(printed: Printed, tmp_path: Path) -> None:
    small = ("--networks", 3, "--neurons", 3, "--samples", 4, "--steps", 20, "--relabel", "--export", 1)
    found = printed("train", *small, "--backend", "reference", "--out", tmp_path)
    assert errors("train", found) == []
    assert errors("instance", json.loads(Path(found["instances"][0]).read_text())) == []


def pictured(printed: Printed) -> Document:
    pytest.importorskip("sklearn")
    return printed("picture", "digits", "--samples", 6, "--neurons", 6, "--steps", 60, "--step-sizes", "0.05,1/4,1e200")


def test_a_picture(printed: Printed) -> None:
    found = pictured(printed)
    assert found["networks"][0]["verdicts"]["lower"] == "holds"
    assert found["networks"][-1]["sharpness"] is None
    assert errors("picture", found) == []
    assert errors("picture", found | {"interrupted": True, "statements": {}}) == []
    for key in found:
        assert errors("picture", damaged(found, **{key: None})), key
        assert errors("picture", damaged(found, **{key: []})) or key == "networks", key
    for key, value in {"bound": None, "outcome": "lost", "verdicts": {"lower": "fine"}, "network": -1}.items():
        assert errors("picture", damaged(found, "networks", 0, **{key: value})), key


def events() -> Iterator[Document]:
    record, run = theorem("weighted-l1"), Run(PROFILES["quick"])
    yield evidence.drawn(record, record.headline, "claim", 5, 0, run)
    yield evidence.drawn(record, record.links[0], "link", 5, 0, run)
    yield evidence.constructed(record, record.equality[0], run)
    yield refutations.record(record)
    yield from (refutations.mutant(record, false, run) for false in all_mutants(record)[:2])
    yield from (refutations.necessity(record, entry) for entry in record.necessity)


def test_a_report_of_the_suite() -> None:
    report = report_document(list(events()), [("weighted-l1", "test_x failed")], {"seed": 0})
    assert {one["event"] for one in report["events"]} == {"evidence", "link", "mutant", "necessity", "record"}
    assert errors("report", json.loads(json.dumps(report))) == []


def test_a_gate(printed: Printed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    (tmp_path / "claims.toml").write_text(CLAIMS)
    found = printed("gate", tmp_path / "claims.toml", "--out", tmp_path / "kept")
    assert {one["id"]: one["verdict"] for one in found["claims"]} == {"stability-bound": "held", "wrong": "refuted"}
    assert errors("gate", found) == []


@pytest.mark.parametrize("document", [green(), red(), hostile(), gate()])
def test_documents_of_gates_made_by_hand(document: Document) -> None:
    assert errors("gate", document) == []


# What is damaged.


def damaged(document: Document, *path: str | int, **changes: Any) -> Document:
    """A copy in which the object at a path has other values; None removes a key."""
    whole = copy.deepcopy(document)
    node: Any = whole
    for part in path:
        node = node[part]
    for key, value in changes.items():
        if value is None:
            del node[key]
        else:
            node[key] = value
    return whole


DAMAGES: list[tuple[tuple[str | int, ...], dict[str, Any]]] = [
    ((), {"format": "refutable-gate/2"}),
    ((), {"claims": None}),
    ((), {"extra": 1}),
    (("counts",), {"claims": -1}),
    (("claims", 0), {"line": 0}),
    (("claims", 0), {"verdict": "fine"}),
    (("claims", 0), {"expected": "true"}),
    (("claims", 0), {"allow": ["refuted"]}),
    (("claims", 0), {"tightness": {"lower": "about 1"}}),
    (("claims", 0), {"typo": ""}),
    (("claims", 0, "items", 0), {"kind": "guessed"}),
    (("claims", 0, "items", 0), {"counts": {"holds": "many"}}),
    (("claims", 2, "items", 0, "counterexample"), {"instance": {}}),
    (("claims", 2, "items", 0, "counterexample"), {"minimal": None}),
]


@pytest.mark.parametrize(("path", "changes"), DAMAGES, ids=lambda value: str(value)[:60])
def test_a_damaged_gate_document_is_refused(path: tuple[str | int, ...], changes: dict[str, Any]) -> None:
    assert errors("gate", damaged(green(), *path, **changes))


def test_other_damaged_documents_are_refused(printed: Printed, tmp_path: Path) -> None:
    hunt = hunted(printed, tmp_path)
    witness = json.loads(Path(hunt["counterexample"]["file"]).read_text())
    whole = {
        "hunt": hunt,
        "witness": witness,
        "list": printed("list"),
        "theorem": printed("show", "weighted-l1"),
        "replay": printed("replay", hunt["counterexample"]["file"]),
        "frontier": printed("frontier", "--out", tmp_path),
        "report": report_document(list(events()), [], {}),
    }
    for name, document in whole.items():
        assert not errors(name, document), name
        assert errors(name, damaged(document, unheard_of=1)), name
        assert errors(name, damaged(document, format="refutable-other/1")), name
        for key in document:
            assert errors(name, damaged(document, **{key: None})), f"{name} without {key}"
    assert errors("report", damaged(whole["report"], "events", 0, theorem=None))
    assert errors("report", damaged(whole["report"], "theorems", 0, unheard_of=1))
    assert errors("witness", damaged(witness, hash="short"))


# Instances: the schema says what the reader says.


def test_the_schema_of_instances_is_that_of_the_fields() -> None:
    assert schema("instance") == instance_schema(), "write instance_schema() into instance.schema.json"


@pytest.mark.parametrize("id", [record.id for record in CATALOGUE])
def test_instances_of_every_domain_fit(id: str) -> None:
    for false in all_mutants(theorem(id))[:3]:
        instance = false.witness()
        assert errors("instance", DOMAINS[instance.domain].dump(instance)) == []


BAD: list[tuple[tuple[str | int, ...], dict[str, Any]]] = [
    ((), {"extra": 1}),
    ((), {"network": None}),
    (("network",), {"w1": None}),
    (("network",), {"w3": [1]}),
    (("network",), {"b1": [[0], [0]]}),
    (("network",), {"b1": []}),
    (("network",), {"w2": [3, "three"]}),
    (("network",), {"frozen": ["everything"]}),
    (("data",), {"x": [["1/2/3"], ["3/4"]]}),
    ((), {"step_size": True}),
    ((), {"batch_size": 0}),
    ((), {"batch_size": "1"}),
]


@pytest.mark.parametrize(("path", "changes"), BAD, ids=lambda value: str(value)[:60])
def test_what_the_reader_refuses_the_schema_refuses(path: tuple[str | int, ...], changes: dict[str, Any]) -> None:
    bad = damaged(INSTANCE, *path, **changes)
    with pytest.raises(InstanceError):
        DOMAINS["shallow-relu"].load(bad)
    assert errors("instance", bad)


@pytest.mark.parametrize("number", [1, 0.5, "1", "-1/2", "0.25", ".5", "1.", "1e-30", " 2 ", "+3"])
def test_numbers_that_the_reader_takes_the_schema_takes(number: Any) -> None:
    good = damaged(INSTANCE, "network", w2=[number, number])
    DOMAINS["shallow-relu"].load(good)
    assert errors("instance", good) == []


def test_an_instance_of_an_unknown_model_is_refused() -> None:
    assert errors("instance", damaged(INSTANCE, model="perceptron"))
