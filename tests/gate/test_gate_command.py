"""`refutable gate`: exit codes, documents, untrusted code, interruption, places that cannot be written."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from refutable.verify.gate import publishing
from refutable.verify.keeping.whole_files import KeepError
from refutable.verify.schemas import schema
from tests.gate.commands import comparable
from tests.gate.tables import FALSE, THEOREM, TRUE, listed
from tests.said import Command, Writer


def test_as_claimed(gate: Command, claims: Writer) -> None:
    said = gate(claims(TRUE, listed(FALSE)))
    assert (said.code, said.err) == (0, "")
    assert "2 claims: all as claimed" in said.out
    assert "refutable gate" in said.out.splitlines()[-1]


def test_not_as_claimed(gate: Command, claims: Writer) -> None:
    said = gate(claims(TRUE, FALSE))
    assert said.code == 1
    assert "not: false" in said.out
    assert "f(x) = relu(x)" in said.out
    replay = next(line for line in said.out.splitlines() if "replay it: refutable replay" in line)
    assert Path(replay.split()[-1]).is_file()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["nowhere.toml"], "nowhere.toml"),
        (["claims.toml", "--only", "ture"], "there is no claim 'ture'; it has: true"),
        (["claims.toml", "--profile", "fast"], "there is no profile 'fast'; choose one of quick"),
        (["claims.toml", "--seed", "4294967296"], "--seed must be a whole number from 0 to 2^32 - 1"),
        (["claims.toml", "--fail-if", "tightness:-1%"], "name its JSON document with --frontier-baseline"),
        (["claims.toml", "--frontier-baseline", "none.json"], "none.json"),
        (["claims.toml", "--workers", "0"], "--workers"),
        (["claims.toml", "--device", "tpu"], "--device"),
    ],
)
def test_misuse_is_said_on_the_other_stream_before_anything_is_tried(
    gate: Command, claims: Writer, capsys: pytest.CaptureFixture[str], arguments: list[str], says: str
) -> None:
    claims(TRUE)
    try:
        said = gate(*arguments)
        code, out, err = said.code, said.out, said.err
    except SystemExit as refused:  # argparse
        captured = capsys.readouterr()
        code, out, err = refused.code, captured.out, captured.err
    assert (code, out) == (2, "")
    assert says in err


def test_every_mistake_of_a_file_is_told_with_its_line(gate: Command, claims: Writer) -> None:
    path = claims(TRUE, 'id = "two"\ntheorem = "weigthed-l1"', 'id = "three"\nexpression = "sharpnes <= 2"')
    said = gate(path)
    assert (said.code, said.out) == (2, "")
    lines = path.read_text().splitlines()
    for key, near in (("weigthed-l1", "weighted-l1"), ("sharpnes ", "sharpness")):
        number = 1 + next(i for i, line in enumerate(lines) if key in line)
        [told] = [line for line in said.err.splitlines() if f"{path.name}:{number}:" in line]
        assert near in told


def test_json_is_one_document_of_the_published_form(gate: Command, claims: Writer) -> None:
    said = gate(claims(TRUE, listed(FALSE)), "--json", "--json-file", "run.json")
    told = said.json
    assert json.loads(Path("run.json").read_text()) == told
    assert (said.code, said.err) == (0, "")
    assert (told["format"], told["as_claimed"]) == ("refutable-gate/1", True)
    assert told["counts"] == {"claims": 2, "as_claimed": 2}
    assert {"profile", "seed", "device", "code", "started", "seconds", "versions", "command"} <= set(told["info"])
    true, false = told["claims"]
    assert [part["kind"] for part in true["items"]] == ["drawn", "constructed"]
    assert true["items"][0]["counts"]["holds"] >= 5
    assert (false["expected"], false["verdict"], false["as_claimed"]) == ("refuted", "refuted", True)
    assert false["items"][0]["counterexample"]["minimal"] is True


def test_only_tries_one_claim(gate: Command, claims: Writer) -> None:
    path = claims(TRUE, FALSE)
    assert gate(path, "--only", "true").code == 0
    told = gate(path, "--only", "false", "--only", "true", "--json").json
    assert [one["id"] for one in told["claims"]] == ["true", "false"]


def test_without_a_file_it_is_the_one_of_this_folder(gate: Command, claims: Writer) -> None:
    claims(TRUE)
    assert gate().code == 0


def test_without_a_file_it_is_the_table_of_the_project(gate: Command, here: Path) -> None:
    table = TRUE.replace("sharpness", "1 + sharpness")
    (here / "pyproject.toml").write_text(f"[[tool.refutable.claim]]\n{table}\nevidence = {{ drawn = 2, hunt = 0 }}\n")
    told = gate("--json").json
    assert [(one["file"], one["id"]) for one in told["claims"]] == [("pyproject.toml", "true")]


def test_nowhere_to_look(gate: Command, here: Path) -> None:
    said = gate()
    assert said.code == 2
    assert "no claims.toml here" in said.err


CANARY = """
from pathlib import Path
import refutable
Path("canary").touch()
mine = refutable.claim("sharpness >= 1 + 2*stability_norm")
"""


REFUSED = "claim 'python' is Python code and --no-code refuses to run it"
PYTHON = 'id = "python"\npython = "mine.py:mine"'


@pytest.mark.parametrize("workers", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_no_code_runs_none_and_tries_the_others(gate: Command, claims: Writer, here: Path, workers: int) -> None:
    (here / "mine.py").write_text(CANARY)
    path = claims(PYTHON, TRUE)
    said = gate(path, "--no-code", "--json", "--sarif", "out.sarif", "--workers", workers)
    assert said.code == 1
    python, true = said.json["claims"]
    assert not list(Draft202012Validator(schema("gate")).iter_errors(said.json))
    assert (python["verdict"], python["statement"], python["digest"]) == ("refused", "not read: Python code", "")
    assert [item["kind"] for item in python["items"]] == ["refused"]
    assert python["problems"] == [f'{REFUSED}; say allow = ["refused"] if it may stay untried']
    assert true["as_claimed"]
    assert REFUSED in Path("out.sarif").read_text()
    assert "not: python" in gate(path, "--no-code").out
    assert not (here / "canary").exists()
    assert gate(path).code == 0
    assert (here / "canary").exists(), "the canary does sing"


@pytest.mark.parametrize("more", ["", '\nstatus = "refuted"\nreason = "none"', "\ntightness = 0.9\nmutants = 'all'"])
def test_what_is_allowed_to_be_refused_stays_untried(
    gate: Command, run_pytest: Command, claims: Writer, here: Path, more: str
) -> None:
    (here / "mine.py").write_text(CANARY)
    path = claims(TRUE, f'{PYTHON}\nallow = ["refused"]{more}')
    said = gate(path, "--no-code", "--json")
    assert said.code == 0, said.err
    assert said.json["claims"][1]["items"][0]["notes"] == [REFUSED]
    said = run_pytest(path, "--refutable-no-code")
    assert (said.code, "1 skipped" in said.out) == (0, True)
    assert not (here / "canary").exists()


def test_a_claims_file_that_cannot_be_used_is_told_in_the_summary(
    gate: Command, claims: Writer, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = here / "summary.md"
    page.write_text("# before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(page))
    claims('id = "two"\ntheorem = "weigthed-l1<b>```"', TRUE.replace("sharpness", "sharpnes"))
    assert gate().code == 2
    text = page.read_text()
    assert text.startswith("# before\n### refutable gate: error\n")
    assert "there is no theorem 'weigthed-l1<b>```'" in text
    assert "sharpnes" in text
    assert (text.count("````text\n"), text.endswith("\n````\n")) == (1, True), "the fence is longer than what it holds"


FAILING = """
import refutable

@refutable.claim
def mine(view):
    return refutable.Check(view["sharpness"], "<=", {}["forgotten"])
"""


@pytest.mark.parametrize(
    ("text", "code", "says"),
    [
        (FAILING, 2, "line 6: KeyError"),
        ("import refutable\nraise RuntimeError('on import')\n", 2, "on import"),
        ("import sys\nsys.exit(0)\n", 2, "mine.py"),
        ("import refutable\nmine = 3\n", 2, "mine"),
    ],
)
def test_code_that_fails_is_a_finding_with_its_name(
    gate: Command, claims: Writer, here: Path, text: str, code: int, says: str
) -> None:
    (here / "mine.py").write_text(text)
    said = gate(claims('id = "python"\npython = "mine.py:mine"'))
    assert said.code == code
    assert says in said.out + said.err
    assert "internal error" not in said.out + said.err


@pytest.mark.slow
def test_two_workers_find_what_one_finds(gate: Command, claims: Writer) -> None:
    path = claims(TRUE, FALSE, THEOREM)
    one, two = (gate(path, "--json", "--profile", "ci", "--workers", n).json for n in (1, 2))
    assert comparable(one) == comparable(two)


def test_a_summary_is_appended_for_the_job(
    gate: Command, claims: Writer, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = here / "summary.md"
    page.write_text("# before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(page))
    gate(claims(TRUE, FALSE))
    text = page.read_text()
    assert text.startswith("# before\n")
    assert "relu(x)" in text
    assert "refutable replay" in text


@pytest.mark.parametrize("option", ["--sarif", "--badge", "--json-file"])
@pytest.mark.parametrize("place", ["file/out.json", "file/new/out.json", ".", "pipe"])
def test_a_place_that_cannot_be_written_is_refused_before_anything_is_tried(
    gate: Command, claims: Writer, here: Path, option: str, place: str
) -> None:
    (here / "file").touch()
    (here / "mine.py").write_text(CANARY)
    os.mkfifo(here / "pipe")
    said = gate(claims(PYTHON), option, place)
    assert (said.code, said.out) == (2, "")
    assert f"{option} {place}: " in said.err
    assert "internal error" not in said.err
    assert not (here / "canary").exists()


@pytest.mark.parametrize("option", ["--sarif", "--badge", "--json-file"])
def test_what_cannot_be_written_in_the_end_is_said_after_the_table(
    gate: Command, claims: Writer, here: Path, monkeypatch: pytest.MonkeyPatch, option: str
) -> None:
    def full(path: Path, text: str) -> None:
        raise KeepError(f"{path} is not kept: no space")

    monkeypatch.setattr(publishing, "write_whole", full)
    said = gate(claims(TRUE), option, "new/out.json")
    assert said.code == 2
    assert "1 claim: as claimed" in said.out
    assert "out.json is not kept" in said.err


@pytest.mark.parametrize("option", ["--sarif", "--badge", "--json-file"])
def test_folders_are_made(gate: Command, claims: Writer, here: Path, option: str) -> None:
    assert gate(claims(TRUE), option, "new/folder/out.json").code == 0
    assert (here / "new" / "folder" / "out.json").is_file()


def test_witnesses_that_cannot_be_written_take_nothing_from_the_finding(
    gate: Command, claims: Writer, here: Path
) -> None:
    (here / "file").touch()
    said = gate(claims(FALSE), "--out", "file/witnesses", "--json")
    assert said.code == 1
    [told] = said.json["claims"]
    assert told["counterexample"]["file"] is None
    assert told["counterexample"]["instance"]["network"]["w2"] == ["1"]
    assert "no witness was written: file/witnesses" in told["items"][0]["notes"][0]


def test_a_summary_that_cannot_be_written_is_said(
    gate: Command, claims: Writer, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(here / "nowhere" / "summary.md"))
    said = gate(claims(TRUE))
    assert said.code == 2
    assert "GITHUB_STEP_SUMMARY" in said.err


def test_ctrl_c_ends_with_what_was_found(gate: Command, claims: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    from refutable.verify.gate import running

    attempt, seen = running.attempt, []

    def interrupted(item: Any, run: Any) -> Any:
        if seen:
            raise KeyboardInterrupt
        seen.append(item)
        return attempt(item, run)

    monkeypatch.setattr(running, "attempt", interrupted)
    said = gate(claims(TRUE, FALSE), "--json")
    assert said.code == 130
    assert "interrupted" in said.err
    begun, untouched = said.json["claims"]
    assert [part["kind"] for part in begun["items"]] == ["drawn"]
    assert (begun["verdict"], untouched["verdict"], untouched["items"]) == ("incomplete", "incomplete", [])
    assert begun["missing"]
    assert (said.json["complete"], said.json["as_claimed"]) == (False, False)


@pytest.mark.slow
@pytest.mark.parametrize("workers", ["1", "2"])
def test_ctrl_c_ends_a_real_run_at_once(claims: Writer, here: Path, workers: str) -> None:
    long = "\nevidence = { drawn = 0, constructed = 0, hunt = 3600 }"
    path = claims(TRUE + long, THEOREM + long)
    command = [sys.executable, "-P", "-m", "refutable", "gate", str(path), "--profile", "nightly", "--json"]
    command += ["--workers", workers]
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=here, env=environment
    )
    until = time.monotonic() + 120
    while not list(here.glob("refutable-corpus/**/*.json")) and time.monotonic() < until:
        time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert json.loads(out)["format"] == "refutable-gate/1"
    assert "Traceback" not in err


def test_nightly_starts_elsewhere_and_its_corpus_grows(gate: Command, claims: Writer, here: Path) -> None:
    path = claims(TRUE + "\nevidence = { drawn = 0, constructed = 0, hunt = 0.3 }")
    seeds, kept = [], []
    for _ in range(2):
        told = gate(path, "--profile", "nightly", "--json").json
        seeds.append(told["info"]["seed"])
        kept.append(sum(one.is_file() for one in (here / "refutable-corpus").rglob("*")))
    assert seeds[0] != seeds[1]
    assert 0 < kept[0] <= kept[1]


def test_ci_keeps_nothing_and_repeats_itself(gate: Command, claims: Writer, here: Path) -> None:
    path = claims(TRUE + "\nevidence = { drawn = 20, constructed = 2, hunt = 0.1 }")
    one, two = (gate(path, "--profile", "ci", "--json").json for _ in range(2))
    assert comparable(one) == comparable(two)
    assert one["info"]["seed"] == two["info"]["seed"] == 0
    assert not (here / "refutable-corpus").exists()


def test_the_command_in_the_document_repeats_the_run(gate: Command, claims: Writer) -> None:
    told = gate(claims(TRUE), "--seed", "7", "--json").json
    words = told["info"]["command"].split()
    assert words[:2] == ["refutable", "gate"]
    assert gate(*words[2:], "--json").json["info"]["seed"] == 7
