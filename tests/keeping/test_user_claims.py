"""Witnesses of a user's own claims: kept, read without running anything, replayed, named when something is wrong."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from refutable.theorems.catalogue import DOMAINS
from refutable.verify.cli import main
from refutable.verify.decide import decide
from refutable.verify.keeping.corpus import Corpus
from refutable.verify.paths import ClaimRef, claim_ref
from refutable.verify.userclaims.files import file_claim
from refutable.verify.userclaims.paths import ExpressionClaim
from refutable.verify.witnesses import WitnessError, content_hash, read, replay, witness

ITERATION = DOMAINS["delayed-iteration"]
TEXT = """import refutable
claim = refutable.claim("step_size <= 1", domain="delayed-iteration", assumes=())
"""
LOOSER = TEXT.replace("<= 1", "<= 3")
SAME = TEXT + "# the same claim, other bytes\n"
TATTLING = TEXT + "from pathlib import Path\nPath('was-run').touch()\n"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def mine(here: Path) -> Path:
    file = Path("mybound.py")
    file.write_text(TEXT)
    return file


def keep(corpus: Corpus, ref: ClaimRef, step: str = "2") -> Path:
    instance = ITERATION.instance(curvature=1, step_size=step, delay=1)
    return corpus.add(witness(ref, instance, decide(ref.resolve(), instance), "by hand", 0))


def advance(corpus: Corpus, ref: ClaimRef, step: str) -> Path | None:
    instance = ITERATION.instance(curvature=1, step_size=step, delay=1)
    return corpus.advance(ref, ref.resolve(), instance, decide(ref.resolve(), instance), "by hand", 0)


def test_an_expression_needs_no_file(corpus: Corpus) -> None:
    ref = ExpressionClaim("step_size <= 1", "delayed-iteration", ())
    file = keep(corpus, ref)
    assert file.name.startswith("expression-")
    assert json.loads(file.read_text())["claim"] == ref.document()
    result = replay(file)
    assert (result.reproduced, result.outcome.verdict, result.independent, result.notes) == (True, "violated", None, ())


def test_a_claim_in_a_file_is_replayed(corpus: Corpus, mine: Path) -> None:
    file = keep(corpus, file_claim(mine))
    assert file.name.startswith("mybound-")
    result = replay(file)
    assert (result.reproduced, result.outcome.verdict, result.notes) == (True, "violated", ())


def test_the_file_beside_the_witness_comes_before_the_current_folder(corpus: Corpus, mine: Path) -> None:
    file = keep(corpus, file_claim(mine))
    mine.write_text(LOOSER)
    (file.parent / mine.name).write_text(TEXT)
    assert replay(file).reproduced
    (file.parent / mine.name).unlink()
    assert not replay(file).reproduced


def test_a_changed_file_is_said(corpus: Corpus, mine: Path) -> None:
    file = keep(corpus, file_claim(mine))
    mine.write_text(SAME)
    result = replay(file)
    assert result.reproduced
    assert result.notes == ("the claim's file has changed since this witness was written (another digest)",)
    mine.write_text(LOOSER)
    result = replay(file)
    assert "the verdict is holds, the file says violated" in result.differences
    assert len(result.notes) == 1


BROKEN: dict[str, tuple[Callable[[Path], object], str]] = {
    "missing": (lambda file: file.unlink(), "mybound.py: No such file or directory; put it beside the witness"),
    "syntax": (lambda file: file.write_text("import refutable\nclaim = ("), "line 2: SyntaxError"),
    "renamed": (lambda file: file.write_text(TEXT.replace("claim =", "other =")), "unknown claim 'claim'"),
    "no claim": (lambda file: file.write_text("import refutable\nclaim = 3\n"), "claim"),
}


@pytest.mark.parametrize("how", BROKEN)
def test_a_file_that_cannot_be_loaded_is_told_in_one_line(corpus: Corpus, mine: Path, how: str) -> None:
    file = keep(corpus, file_claim(mine))
    spoil, said = BROKEN[how]
    spoil(mine)
    with pytest.raises(WitnessError) as caught:
        replay(file)
    message = str(caught.value)
    assert message.startswith(f"{file}: its claim mybound.py:claim cannot be loaded: mybound.py")
    assert said in message
    assert "\n" not in message


def test_reading_a_corpus_runs_nothing(corpus: Corpus, mine: Path, here: Path) -> None:
    ran = here / "was-run"
    mine.write_text(TATTLING)
    ref = file_claim(mine)
    keep(corpus, ref)
    advance(corpus, ref, "1/2")
    ran.unlink()
    mine.write_text(TATTLING + "# so that it would have to be run again\n")
    fresh = Corpus(corpus.folder)
    assert len(fresh.witnesses()) == 1
    assert len(fresh.instances(ITERATION.id)) == 2
    assert fresh.frontier() == []
    assert fresh.damaged == []
    assert not ran.exists()
    assert replay(next((corpus.folder / "witnesses").iterdir())).reproduced
    assert ran.exists()


FOREIGN: dict[str, dict[str, object]] = {
    "no words of ours": {"statement": "1 <= 2"},
    "a code": {"expression": "__import__('os').getcwd() <= 1", "domain": "delayed-iteration", "assumes": []},
    "an unknown domain": {"expression": "x <= 1", "domain": "riemann", "assumes": []},
    "an unknown assumption": {"expression": "step_size <= 1", "domain": "delayed-iteration", "assumes": ["riemann"]},
    "a short hash": {"file": "mybound.py", "name": "claim", "sha256": "12", "statement": ""},
    "a number": {"file": 3, "name": "claim", "sha256": "0" * 64, "statement": ""},
    "a key too many": {"expression": "step_size <= 1", "domain": "delayed-iteration", "assumes": [], "more": 1},
}


@pytest.mark.parametrize("kind", FOREIGN)
def test_a_foreign_claim_is_refused_and_named(corpus: Corpus, kind: str) -> None:
    file = keep(corpus, ExpressionClaim("step_size <= 1", "delayed-iteration", ()))
    document = json.loads(file.read_text()) | {"claim": FOREIGN[kind]}
    document["hash"] = content_hash(document)
    file.write_text(json.dumps(document))
    with pytest.raises(WitnessError, match="not a witness of this catalogue") as caught:
        read(file)
    assert "\n" not in str(caught.value)
    [line] = [(corpus.witnesses(), corpus.damaged)[1][0]]
    assert line == str(caught.value)


def test_the_frontier_of_a_claim_of_ones_own(corpus: Corpus, mine: Path) -> None:
    ref = file_claim(mine)
    assert advance(corpus, ref, "1/2") is not None
    best = advance(corpus, ref, "1")
    [entry] = Corpus(corpus.folder).frontier()
    assert (entry.file, entry.touching, str(entry.ref)) == (best, True, "mybound.py:claim")
    mine.write_text(LOOSER)
    assert Corpus(corpus.folder).frontier() == [], "its bound is no longer the one that was decided"
    mine.unlink()
    assert len(Corpus(corpus.folder).frontier()) == 1, "a missing file has not changed"


def test_references_survive_their_documents(mine: Path) -> None:
    for ref in (file_claim(mine), ExpressionClaim("step_size  <=  1", "delayed-iteration", ())):
        again = claim_ref(json.loads(json.dumps(ref.document())))
        assert (again, again.digest(), again.label) == (ref, ref.digest(), ref.label)


def test_the_command_replays_claims_of_ones_own(corpus: Corpus, mine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    expression = ExpressionClaim("step_size <= 1", "delayed-iteration", ())
    files = [str(keep(corpus, ref)) for ref in (file_claim(mine), expression)]
    assert main(["replay", *files]) == 0
    said = capsys.readouterr()
    for name in ("mybound.py:claim", "step_size <= 1"):
        assert f"  {name}  violated   2 > 1   reproduced" in said.out
    mine.unlink()
    assert main(["replay", "--json", *files]) == 2
    missing, kept = json.loads(capsys.readouterr().out)["results"]
    assert "No such file" in missing["error"]
    assert (kept["claim"], kept["reproduced"], kept["independent"]) == (expression.document(), True, None)


def test_the_command_finds_a_claim_of_ones_own_on_the_frontier(
    corpus: Corpus, mine: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    advance(corpus, file_claim(mine), "2/3")
    for name in ("mybound", "mybound.py:claim"):
        assert main(["frontier", name, "--recheck", "--out", str(corpus.folder)]) == 0
        assert "mybound.py:claim  delay=1  0.6666      by hand" in capsys.readouterr().out
    mine.write_text("import refutable\n")
    assert main(["frontier", "--recheck", "--out", str(corpus.folder)]) == 0
    assert "nothing is kept" in capsys.readouterr().out
    mine.unlink()
    assert main(["frontier", "--recheck", "--out", str(corpus.folder)]) == 1
    assert "mybound.py: No such file" in capsys.readouterr().err
