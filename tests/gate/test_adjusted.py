"""A theorem with other constants: how it is named, hunted, kept in a witness file and decided again from it."""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import Any

import pytest
from flint import fmpq

from refutable.theorems.catalogue import UnknownId, theorem
from refutable.theorems.exact import NumberError
from refutable.theorems.records import all_mutants
from refutable.verify.cli import main
from refutable.verify.decide import decide
from refutable.verify.gate.adjusted import AdjustedClaim, adjusted
from refutable.verify.hunting import Options, hunt, user_target
from refutable.verify.hunting.documents import target_from
from refutable.verify.keeping.corpus import Corpus
from refutable.verify.paths import ClaimPath, claim_ref
from refutable.verify.witnesses import read, replay

OFFSET = {"offset": "3/5"}


def offset_claim() -> AdjustedClaim:
    found = adjusted("weighted-l1", OFFSET)
    assert isinstance(found, AdjustedClaim)
    return found


@pytest.mark.parametrize(
    "constants", [{}, {"offset": "1/2"}, {"offset": "0.5", "numerator": 1, "factor": "1.0", "shift": "0/3"}]
)
def test_the_records_own_constants_name_the_theorem(constants: dict[str, Any]) -> None:
    assert adjusted("weighted-l1", constants) == ClaimPath("weighted-l1", "claim", "weighted-l1")
    assert adjusted("weighted-l1", constants, "weighted-l1") == ClaimPath("weighted-l1", "claim", "weighted-l1")


def test_another_claim_of_the_theorem_has_no_constants() -> None:
    assert adjusted("critical-point-bound", {}, "critical-sharpness").document()["id"] == "critical-sharpness"
    with pytest.raises(UnknownId, match="those of its first claim, critical-point-bound; critical-sharpness has none"):
        adjusted("critical-point-bound", OFFSET, "critical-sharpness")


def test_equal_constants_however_written_name_one_claim() -> None:
    ways: list[dict[str, Any]] = [
        OFFSET,
        {"offset": "0.6"},
        {"offset": fmpq(3, 5), "numerator": "2/2"},
        {"factor": 1, "offset": "6/10"},
    ]
    assert len({adjusted("weighted-l1", way) for way in ways}) == 1
    assert len({adjusted("weighted-l1", way).digest() for way in ways}) == 1


def test_document_reads_back() -> None:
    ref = adjusted("weighted-l1", {"offset": "0.6", "numerator": "-7"})
    document = json.loads(json.dumps(ref.document()))
    assert document == {
        "theorem": "weighted-l1",
        "part": "claim",
        "id": "weighted-l1",
        "constants": {"numerator": "-7", "offset": "3/5"},
    }
    again = claim_ref(document)
    assert again == ref
    assert pickle.loads(pickle.dumps(ref)) == ref
    assert str(again) == "weighted-l1 with numerator = -7, offset = 3/5"


def test_digest_depends_on_the_constants_and_on_the_theorem() -> None:
    digests = {
        adjusted(id, constants).digest()
        for id in ("weighted-l1", "stability-norm")
        for constants in ({}, OFFSET, {"offset": "2/5"}, {"shift": "3/5"})
    }
    assert len(digests) == 8


def test_the_claim_keeps_the_theorems_assumptions_and_is_refuted_by_its_equality_case() -> None:
    record, claim = theorem("weighted-l1"), offset_claim().resolve()
    assert (claim.domain, claim.assumes) == (record.domain, record.headline.assumes)
    assert decide(record.headline, record.equality[0].first()).verdict == "holds"
    assert decide(claim, record.equality[0].first()).verdict == "violated"
    assert decide(adjusted("weighted-l1", {"offset": "2/5"}).resolve(), record.equality[0].first()).verdict == "holds"


@pytest.mark.parametrize(
    ("id", "constants", "says"),
    [
        ("wieghted-l1", {}, r"unknown theorem 'wieghted-l1'; did you mean weighted-l1"),
        (
            "weighted-l1",
            {"ofset": 1},
            r"no constant 'ofset'; did you mean offset\? it has: numerator = 1, offset = 1/2",
        ),
        ("weighted-l1", {"?": 1}, r"no constant '\?'; it has: numerator = 1, offset = 1/2, factor = 1, shift = 0"),
        ("weight-closed-forms", {"factor": 1}, r"has no constants: its first claim is no single inequality"),
        ("linear-stability", {"factor": "9/10"}, r"has no constants: its first claim is no single inequality"),
    ],
)
def test_unknown_names_are_refused_with_the_nearest(id: str, constants: dict[str, Any], says: str) -> None:
    with pytest.raises(UnknownId, match=says):
        adjusted(id, constants)


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (0.1, "constant offset of weighted-l1: 0.1 is a binary fraction"),
        (True, "truth value"),
        (None, "NoneType is not a number"),
        ([1], "list is not a number"),
        ("half", "'half' is not a finite number"),
        ("1/0", "constant offset of weighted-l1"),
        ("inf", "not a finite number"),
        ("1e300", "more than 100 digits"),
        ("1e-300", "more than 100 digits"),
        pytest.param("1" * 100_000, "100000 letters", id="a long text"),
        pytest.param(10**5000, "more than", id="a huge integer"),
    ],
)
def test_what_is_no_exact_short_number_is_refused(value: Any, says: str) -> None:
    with pytest.raises(NumberError, match=says):
        adjusted("weighted-l1", {"offset": value})


def test_a_number_under_a_root_may_not_be_negative() -> None:
    with pytest.raises(NumberError, match=r"-1 is below 0 .*under the root"):
        adjusted("common-eigenvector", {"square": -1})


@pytest.mark.parametrize(
    "change",
    [
        {"part": "mutant"},
        {"constants": [["offset", "3/5"]]},
        {"constants": {"offset": 0.6}},
        {"constants": {"offset": "x"}},
        {"constants": {"ofset": "3/5"}},
        {"theorem": 3},
        {"id": None},
        {"id": "another"},
        {"theorem": "no-such"},
    ],
)
def test_senseless_documents_are_refused(change: dict[str, Any]) -> None:
    with pytest.raises((ValueError, KeyError)):
        claim_ref(offset_claim().document() | change)


def test_hunted_kept_and_replayed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    corpus = Corpus(tmp_path)
    target = user_target(offset_claim())
    assert target.families[0].id == theorem("weighted-l1").equality[0].id
    assert target.theorem is None
    result = hunt(target, Options(evaluations=20_000, shrink=200, device="cpu"), corpus=corpus)
    assert result.counterexample is not None
    files = sorted((tmp_path / "witnesses").glob("*.json"))
    assert result.counterexample.instance in [read(file).instance for file in files]
    for file in files:
        assert file.name.startswith("weighted-l1-adjusted-")
        assert read(file).claim == offset_claim()
        assert read(file).digest == offset_claim().digest()
        again = replay(file)
        assert (again.outcome.verdict, again.differences, again.notes) == ("violated", (), ())
    assert main(["replay", *map(str, files)]) == 0
    assert "weighted-l1 with offset = 3/5" in capsys.readouterr().out


def test_a_hunt_knows_every_instance_that_the_theorems_record_names() -> None:
    record = theorem("weighted-l1")
    named = {m.witness() for m in all_mutants(record)} | {entry.instance() for entry in record.necessity}
    hints = user_target(offset_claim()).hints
    assert len(hints) == len(set(hints)) > 5
    assert set(hints) == {one for one in named if one is not None and one.domain == record.domain.id}


def test_a_hunt_without_known_cases_refutes_it_too() -> None:
    options = Options(evaluations=150_000, shrink=200, device="cpu", cold=True)
    result = hunt(user_target(offset_claim()), options)
    assert result.counterexample is not None
    assert verdict_on(result.counterexample.instance) == "violated"


def verdict_on(instance: Any) -> str:
    return decide(offset_claim().resolve(), instance).verdict


def test_a_weaker_claim_is_not_refuted() -> None:
    ref = adjusted("weighted-l1", {"offset": "2/5"})
    result = hunt(user_target(ref), Options(evaluations=1_000, shrink=50, device="cpu"))
    assert result.counterexample is None


def test_a_hunt_in_another_process_finds_the_claim_by_its_document() -> None:
    target = target_from(json.loads(json.dumps(offset_claim().document())))
    assert target.ref == offset_claim()
    assert target.families == user_target(offset_claim()).families
