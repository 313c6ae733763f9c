"""`refutable show ID --diff OLD.json`: what changed between an older document and the record as it is."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from refutable.theorems.catalogue import theorem
from refutable.verify.gate.adjusted import adjusted
from refutable.verify.record_document import record_document
from refutable.verify.userclaims.paths import ExpressionClaim
from tests.said import Command

Document = dict[str, Any]
Write = Callable[[Document], Path]
OLD_DIGEST = "0" * 64


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(document: Document) -> Path:
        path = tmp_path / "old.json"
        path.write_text(json.dumps(document))
        return path

    return written


def shown(id: str = "weighted-l1") -> Document:
    """The record as `show --json` prints it, safe to change."""
    document: Document = json.loads(json.dumps(record_document(theorem(id))))
    return document


def report(*theorems: Document, events: list[Document] | None = None) -> Document:
    return {"format": "refutable-report/1", "theorems": list(theorems), "events": events or []}


def gate(*claims: Document) -> Document:
    return {"format": "refutable-gate/1", "claims": list(claims)}


def gate_claim(id: str = "ours", **constants: str) -> Document:
    ref = adjusted("weighted-l1", constants)
    claim = ref.resolve()
    return {
        "id": id,
        "theorem": "weighted-l1",
        "digest": ref.digest(),
        "statement": claim.statement,
        "latex": claim.latex,
        "assumes": [a.id for a in claim.assumes],
        "constants": constants,
    }


def changes(said: Document) -> dict[str, tuple[str | None, str | None]]:
    return {change["part"]: (change["old"], change["new"]) for change in said["changes"]}


def test_what_show_prints_now_shows_no_change(refutable: Command, write: Write) -> None:
    path = write(refutable("show", "weighted-l1", "--json").json)
    said = refutable("show", "weighted-l1", "--diff", path)
    assert said.code == 0
    assert said.out.startswith(f"weighted-l1: nothing changed since {path}\n")
    as_json = refutable("show", "weighted-l1", "--diff", path, "--json")
    digest = record_document(theorem("weighted-l1"))["digest"]
    assert as_json.code == 0
    assert as_json.json == {
        "format": "refutable-show-diff/1",
        "id": "weighted-l1",
        "same": True,
        "digest": {"old": digest, "new": digest},
        "changes": [],
        "note": "",
    }


def test_every_changed_part_is_said(refutable: Command, write: Write) -> None:
    old, new = shown(), shown()
    old["digest"] = OLD_DIGEST
    old["claims"][0] |= {"statement": "int |f''| g <= 1/eta", "latex": "x", "assumes": ["univariate", "gone"]}
    old["assumptions"][0]["statement"] = "one input"
    old["assumptions"] = [a for a in old["assumptions"] if a["id"] != "stable"]
    old["links"] = old["links"][1:]
    old["constants"]["offset"]["value"] = "0"
    old["mutants"][0] = {"id": "former", "why_false": "it was", "substantive": False, "excuse": "dead"}
    old["source"]["number"] = "Theorem 9"
    old["status"] = "recalled"
    old["necessity"][0]["note"] = "was needed"
    said = refutable("show", "weighted-l1", "--diff", write(old), "--json")
    assert said.code == 1
    assert said.json["digest"]["old"] == OLD_DIGEST
    assert not said.json["same"]
    assert said.json["note"] == ""
    found = changes(said.json)
    assert found["statement of claim weighted-l1"] == ("int |f''| g <= 1/eta", new["claims"][0]["statement"])
    assert found["LaTeX of claim weighted-l1"] == ("x", new["claims"][0]["latex"])
    assert found["assumptions of claim weighted-l1"] == ("univariate, gone", ", ".join(new["claims"][0]["assumes"]))
    assert found["assumption univariate"] == ("one input", "the input is one-dimensional")
    assert found["assumption stable"][0] is None
    assert found[f"statement of link {new['links'][0]['id']}"] == (None, new["links"][0]["statement"])
    assert found["constant offset"][0].startswith("0: ")  # type: ignore[union-attr]
    assert found["mutant former"] == ("it was (witness not substantive: dead)", None)
    assert found[f"mutant {new['mutants'][0]['id']}"][0] is None
    assert found["source, number"] == ("Theorem 9", new["source"]["number"])
    assert found["status"] == ("recalled", "read")
    assert found["necessity of univariate"][0] == "no witness; was needed"
    text = refutable("show", "weighted-l1", "--diff", write(old))
    assert text.code == 1
    assert all(part in text.out for part in found)
    assert "old: one input" in text.out
    assert "new: the input is one-dimensional" in text.out


def test_a_word_about_the_source_leaves_the_digest(refutable: Command, write: Write) -> None:
    old = shown()
    old["notes"] = "an older note"
    said = refutable("show", "weighted-l1", "--diff", write(old))
    assert said.code == 1
    assert "the mathematics did not change" in said.out
    assert "an older note" in said.out


@pytest.mark.parametrize("noise", [{}, {"notes": "an older note"}], ids=["digest-alone", "with-a-note"])
def test_a_digest_that_no_text_explains_is_explained(noise: Document, refutable: Command, write: Write) -> None:
    said = refutable("show", "weighted-l1", "--diff", write(shown() | noise | {"digest": OLD_DIGEST}), "--json")
    assert said.code == 1
    assert "the mathematics decided differently" in said.json["note"]
    assert set(changes(said.json)) == set(noise)


def test_sections_that_an_older_version_did_not_write_are_no_changes(refutable: Command, write: Write) -> None:
    old = shown()
    del old["constants"], old["families"]
    assert refutable("show", "weighted-l1", "--diff", write(old)).code == 0


def test_a_report_with_its_records(refutable: Command, write: Write) -> None:
    row = {"id": "weighted-l1", "digest": shown()["digest"]}
    event: Document = {"event": "record", "theorem": "weighted-l1", "record": shown()}
    other = {"event": "drawn", "theorem": "weighted-l1"}
    assert refutable("show", "weighted-l1", "--diff", write(report(row, events=[other, event]))).code == 0
    event["record"]["claims"][0]["latex"] = "old"
    said = refutable("show", "weighted-l1", "--json", "--diff", write(report(row, events=[other, event])))
    assert (said.code, list(changes(said.json))) == (1, ["LaTeX of claim weighted-l1"])


def test_a_report_with_digests_alone(refutable: Command, write: Write) -> None:
    row = {"id": "weighted-l1", "digest": shown()["digest"]}
    assert refutable("show", "weighted-l1", "--diff", write(report(row))).code == 0
    said = refutable("show", "weighted-l1", "--diff", write(report(row | {"digest": OLD_DIGEST})))
    assert said.code == 1
    assert "holds the digest alone" in said.out


def test_a_gate_with_the_theorem_as_it_is_and_with_other_constants(refutable: Command, write: Write) -> None:
    claims = [gate_claim("as-it-is", offset="1/2"), gate_claim("ours", offset="3/5"), {"theorem": ""}]
    assert refutable("show", "weighted-l1", "--diff", write(gate(*claims))).code == 0
    claims[1] |= {"statement": "weighted-l1 with offset = 3/5: as it was", "digest": OLD_DIGEST}
    said = refutable("show", "weighted-l1", "--json", "--diff", write(gate(*claims)))
    assert said.code == 1
    assert said.json["digest"]["old"] == said.json["digest"]["new"]
    found = changes(said.json)
    assert set(found) == {"statement of claim ours", "digest of ours"}
    assert found["digest of ours"] == (OLD_DIGEST, adjusted("weighted-l1", {"offset": "3/5"}).digest())


def test_a_constant_that_the_theorem_lost(refutable: Command, write: Write) -> None:
    old = gate_claim() | {"constants": {"slope": "2"}}
    said = refutable("show", "weighted-l1", "--json", "--diff", write(gate(old)))
    assert said.code == 1
    [(part, (before, now))] = changes(said.json).items()
    assert (part, before) == ("constants of ours", "slope = 2")
    assert now is not None
    assert "has no constant 'slope'" in now
    assert said.json["digest"]["new"] is None


@pytest.mark.parametrize(
    ("document", "says"),
    [
        (shown("laplacian"), "says nothing about weighted-l1; it is about 'laplacian'"),
        (report({"id": "laplacian", "digest": "x"}), "it is about: laplacian"),
        (gate({"theorem": ""}), "it is about no theorem of the catalogue"),
        ({"format": "refutable-instance/1"}, "format 'refutable-instance/1'; --diff reads"),
        ({"format": ["refutable-theorem/1"]}, "--diff reads"),
        ({}, "no format; --diff reads"),
        (shown() | {"claims": 3}, "not a document of format refutable-theorem/1"),
        (shown() | {"claims": [{"id": 1}]}, "not a document of format refutable-theorem/1"),
        (shown() | {"digest": None}, "not a document of format refutable-theorem/1"),
        (shown() | {"mutants": {"a": 1}}, "not a document of format refutable-theorem/1"),
        (shown() | {"source": []}, "not a document of format refutable-theorem/1"),
        ({"format": "refutable-theorem/1"}, "not a document of format refutable-theorem/1"),
        ({"format": "refutable-report/1", "theorems": [3]}, "not a document of format refutable-report/1"),
        ({"format": "refutable-gate/1", "claims": {"theorem": 1}}, "not a document of format refutable-gate/1"),
        (gate(gate_claim() | {"constants": 3}), "not a document of format refutable-gate/1"),
        (gate(gate_claim() | {"assumes": [3]}), "not a document of format refutable-gate/1"),
    ],
)
def test_foreign_documents_are_refused(document: Document, says: str, refutable: Command, write: Write) -> None:
    said = refutable("show", "weighted-l1", "--diff", write(document))
    assert (said.code, said.out) == (2, "")
    assert says in said.err
    assert said.err.count("\n") == 1


@pytest.mark.parametrize("content", ["{", "[]", '{"a": NaN}', "\x00", '{"format": "refutable-theorem/1"'])
def test_what_is_no_json_is_refused(content: str, refutable: Command, tmp_path: Path) -> None:
    path = tmp_path / "old.json"
    path.write_text(content)
    assert refutable("show", "weighted-l1", "--diff", path).code == 2
    assert refutable("show", "weighted-l1", "--diff", tmp_path / "none.json").code == 2
    assert refutable("show", "weighted-l1", "--diff", tmp_path).code == 2


def test_texts_of_an_older_document_do_not_steer_the_terminal(refutable: Command, write: Write) -> None:
    old = shown() | {"notes": "\x1b[2J\nred", "digest": "\x1b[31m"}
    said = refutable("show", "weighted-l1", "--diff", write(old))
    assert "\x1b" not in said.out
    assert r"\x1b[2J" in said.out


def test_constants_are_shown(refutable: Command) -> None:
    text = refutable("show", "weighted-l1").out
    assert "\nconstants, which a claims file may change\n  - numerator = 1: over the step size" in text
    assert "  - offset = 1/2: " in text
    document = refutable("show", "sharpness-chain", "--json").json
    assert {name: one["value"] for name, one in document["constants"].items()} == {
        "offset": "1",
        "factor": "2",
        "shift": "0",
    }
    assert refutable("show", "weight-closed-forms", "--json").json["constants"] == {}
    assert "constants, which" not in refutable("show", "weight-closed-forms").out


def own_claim(source: str, **changed: Any) -> Document:
    """A claim of the user's own as `refutable gate --json` writes it."""
    ref = ExpressionClaim("sharpness >= 1 + 2*stability_norm", "shallow-relu", ("minimum",))
    claim = ref.resolve()
    return {
        "id": "ours",
        "theorem": "",
        "source": source,
        "domain": "shallow-relu",
        "digest": ref.digest(),
        "statement": claim.statement,
        "latex": claim.latex,
        "assumes": [a.id for a in claim.assumes],
        "constants": {},
    } | changed


OWN = "sharpness >= 1 + 2*stability_norm"


def test_a_gates_claim_of_a_theorem_by_its_own_id(refutable: Command, write: Write) -> None:
    claim = gate_claim("ours", offset="3/5")
    path = write(gate(gate_claim("other"), claim))
    assert refutable("show", "ours", "--diff", path).code == 0
    path = write(gate(gate_claim("other"), claim | {"statement": "another one", "digest": OLD_DIGEST}))
    said = refutable("show", "ours", "--diff", path, "--json")
    assert (said.code, said.json["id"], said.json["digest"]["old"]) == (1, "ours", OLD_DIGEST)
    assert changes(said.json)["statement of claim ours"][0] == "another one"
    gone = refutable(
        "show", "ours", "--diff", write(gate(claim | {"theorem": "nameless", "source": "nameless"})), "--json"
    )
    assert (gone.code, gone.json["digest"]["new"]) == (1, None)


def test_a_gates_own_expression(refutable: Command, write: Write) -> None:
    assert refutable("show", "ours", "--diff", write(gate(own_claim(OWN)))).code == 0
    old = own_claim(OWN, statement="s", assumes=["differentiable"])
    said = refutable("show", "ours", "--diff", write(gate(old)), "--json")
    assert said.code == 1
    assert set(changes(said.json)) == {"statement of claim ours"}
    assert said.json["digest"]["old"] != said.json["digest"]["new"], "it assumed something else"
    gone = refutable("show", "ours", "--diff", write(gate(own_claim(OWN, assumes=["forgotten"]))), "--json")
    assert (gone.code, gone.json["digest"]["new"]) == (1, None)
    assert "forgotten" in str(changes(gone.json)["expression of claim ours"][1])


def test_a_gates_own_code_is_not_run(refutable: Command, write: Write, tmp_path: Path) -> None:
    text = b"open('canary', 'w')\nimport refutable\n"
    (tmp_path / "bounds.py").write_bytes(text)
    code = {"root": str(tmp_path), "file": "claims.toml", "domain": "not read"}
    old = own_claim("bounds.py:path", digest=hashlib.sha256(text).hexdigest(), **code)
    assert refutable("show", "ours", "--diff", write(gate(old))).code == 0
    (tmp_path / "bounds.py").write_bytes(text + b"#")
    said = refutable("show", "ours", "--diff", write(gate(old)), "--json")
    assert (said.code, said.json["digest"]["new"]) == (1, hashlib.sha256(text + b"#").hexdigest())
    assert "nothing of it is run" in said.json["note"]
    (tmp_path / "bounds.py").unlink()
    assert refutable("show", "ours", "--diff", write(gate(old)), "--json").json["digest"]["new"] is None
    assert not list(tmp_path.rglob("canary"))
    assert not Path("canary").exists()


def test_an_id_that_neither_the_catalogue_nor_the_gate_has(refutable: Command, write: Write) -> None:
    said = refutable("show", "orus", "--diff", write(gate(own_claim(OWN))))
    assert said.code == 2
    assert "ours" in said.err
    damaged = own_claim(OWN)
    del damaged["assumes"]
    said = refutable("show", "ours", "--diff", write(gate(damaged)))
    assert said.code == 2
    assert "a part is missing" in said.err
