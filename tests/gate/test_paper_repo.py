"""The example of a paper's repository, end to end: green as it is, red with a wrong constant, green again."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from refutable.verify.witnesses import replay
from tests.gate.commands import EXAMPLE, changed, comparable
from tests.said import Command

RIGHT, WRONG = 'offset = "1/2"', 'offset = "3/5"'
LITTLE = "{ drawn = 10, constructed = 2, trained = 4, swept = 100, hunt = 0.1 }"


@pytest.fixture
def quick(paper: Path) -> Path:
    """The example with little evidence, so that it takes seconds; its claims file."""
    file = paper / "claims.toml"
    changed(file, "{ swept = 2000, hunt = 0.5 }", LITTLE)
    return file


@pytest.fixture
def summary(quick: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The page of the job."""
    page = quick.parent / "summary.md"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(page))
    return page


def verdicts(document: dict[str, Any]) -> dict[str, tuple[str, bool]]:
    return {claim["id"]: (claim["verdict"], claim["as_claimed"]) for claim in document["claims"]}


GREEN = {
    "theorem-1": ("held", True),
    "lemma-2": ("not refuted", True),
    "corollary-1": ("not refuted", True),
    "path-norm": ("refuted", True),
}


def the_counterexample(document: dict[str, Any]) -> dict[str, Any]:
    """That of the wrong constant: minimal, with every assumption decided, and it replays."""
    assert verdicts(document) == GREEN | {"theorem-1": ("refuted", False)}
    claim = next(one for one in document["claims"] if one["id"] == "theorem-1")
    assert (claim["changed"], claim["constants"]) == (True, {"offset": "3/5"})
    found: dict[str, Any] = claim["counterexample"]
    assert found["minimal"]
    assert len(found["instance"]["network"]["w2"]) <= 2
    assert {one["verdict"] for one in found["assumptions"]} == {"holds"}
    assert replay(Path(found["file"])).reproduced
    return found


def told_everywhere(found: dict[str, Any], printed: str, sarif: Path, page: Path) -> None:
    """The counterexample stands in the output, in SARIF at the claim's line, and in the job's summary."""
    results = [one for one in json.loads(sarif.read_text())["runs"][0]["results"] if one["level"] == "error"]
    [result] = results
    place = result["locations"][0]["physicalLocation"]
    lines = Path(place["artifactLocation"]["uri"]).read_text().splitlines()
    assert 'id = "theorem-1"' in lines[place["region"]["startLine"] - 1 :][:2]
    for text in (printed, result["message"]["text"], page.read_text()):
        for line in [*found["described"], found["comparison"], found["file"]]:
            assert line in text


def test_the_gate_is_green_then_red_with_a_wrong_constant_then_green(gate: Command, quick: Path, summary: Path) -> None:
    said = gate("--json-file", "run.json", "--sarif", "run.sarif")
    assert said.code == 0, said.out
    assert "4 claims: all as claimed" in said.out
    assert verdicts(json.loads(Path("run.json").read_text())) == GREEN
    summary.unlink()

    right = changed(quick, RIGHT, WRONG)
    said = gate("--json-file", "run.json", "--sarif", "run.sarif")
    assert said.code == 1
    found = the_counterexample(json.loads(Path("run.json").read_text()))
    told_everywhere(found, said.out, Path("run.sarif"), summary)

    quick.write_text(right)
    assert gate().code == 0


def test_pytest_is_green_then_red_with_a_wrong_constant_then_green(
    run_pytest: Command, quick: Path, summary: Path
) -> None:
    documents = ("--refutable-json=run.json", "--refutable-sarif=run.sarif")
    said = run_pytest("claims.toml", *documents)
    assert said.code == 0, said.out
    assert verdicts(json.loads(Path("run.json").read_text())) == GREEN
    summary.unlink()

    right = changed(quick, RIGHT, WRONG)
    said = run_pytest("claims.toml", *documents)
    assert said.code == 1
    found = the_counterexample(json.loads(Path("run.json").read_text()))
    told_everywhere(found, said.out, Path("run.sarif"), summary)

    quick.write_text(right)
    assert run_pytest("claims.toml").code == 0


def test_without_code_the_python_claim_is_refused_and_nothing_runs(gate: Command, quick: Path) -> None:
    changed(quick.parent / "bounds.py", '"""What', 'open("canary", "w")\n"""What')
    said = gate("--no-code")
    assert said.code == 1
    assert "claim 'corollary-1' is Python code and --no-code refuses to run it" in said.out
    assert "4 claims: 3 as claimed, 1 not: corollary-1" in said.out
    assert not Path("canary").exists()


def test_the_network_is_decided_in_the_reading_with_its_own_labels(gate: Command, quick: Path) -> None:
    document = gate("--json", "--only", "theorem-1", "--only", "lemma-2", "--only", "corollary-1").json
    for claim in document["claims"]:
        [item] = [one for one in claim["items"] if one["kind"] == "networks"]
        assert item["passed"]
        assert (item["counts"]["holds"], item["counts"]["vacuous"]) == (1, 1), item["notes"]
        assert any("relabelled: holds" in note for note in item["notes"])


def test_the_instances_are_decided_and_named_as_in_the_repository(gate: Command, quick: Path) -> None:
    [claim] = gate("--json", "--only", "lemma-2").json["claims"]
    [item] = [one for one in claim["items"] if one["kind"] == "instances"]
    assert [note.partition(": ")[0] for note in item["notes"]] == [
        "three-points.json",
        "two-atoms.json",
    ]
    assert item["counts"]["holds"] == 2


def test_a_plain_pytest_collects_the_claims(run_pytest: Command, quick: Path) -> None:
    said = run_pytest("--co", "-q")
    assert "claims.toml::corollary-1::networks" in said.out.splitlines()


@pytest.mark.slow
def test_the_network_is_what_the_script_trains(paper: Path) -> None:
    before = {path.name: load_file(path) for path in sorted((paper / "model").iterdir())}
    assert sum(path.stat().st_size for path in (paper / "model").iterdir()) < 20_000
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    done = subprocess.run([sys.executable, "train.py"], cwd=paper, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    for name, arrays in before.items():
        again = load_file(paper / "model" / name)
        assert again.keys() == arrays.keys()
        for key, array in arrays.items():
            torch.testing.assert_close(again[key], array, rtol=1e-6, atol=1e-8)


def test_the_readme_names_the_claims_of_the_file() -> None:
    named = re.findall(r"^\|.*?\| `([\w-]+)` \|", (EXAMPLE / "README.md").read_text(), re.MULTILINE)
    assert named == list(GREEN)


@dataclass(frozen=True)
class Run:
    """A run in a process of its own."""

    code: int
    document: dict[str, Any]


def runs(folder: Path, command: list[str], times: int) -> Iterator[Run]:
    """The same command several times, each in a process of its own; it writes run.json."""
    for _ in range(times):
        done = subprocess.run(
            [sys.executable, "-P", "-m", *command],
            cwd=folder,
            env=os.environ | {"OMP_NUM_THREADS": "1"},
            capture_output=True,
            text=True,
        )
        assert done.returncode in (0, 1), done.stdout + done.stderr
        yield Run(done.returncode, json.loads((folder / "run.json").read_text()))


GATE = ["refutable", "gate", "--profile", "ci", "--json-file", "run.json"]
PYTEST = ["pytest", "claims.toml", "--refutable-profile", "ci", "--refutable-json", "run.json"]


@pytest.mark.slow
@pytest.mark.parametrize("constant", [RIGHT, WRONG])
def test_ten_runs_of_ci_find_the_same(paper: Path, constant: str) -> None:
    if constant != RIGHT:
        changed(paper / "claims.toml", RIGHT, constant)
    first, *others = runs(paper, GATE, 10)
    assert first.code == (constant != RIGHT)
    for other in others:
        assert (other.code, comparable(other.document)) == (first.code, comparable(first.document))


@pytest.mark.slow
def test_two_workers_and_pytest_find_what_one_process_finds(paper: Path) -> None:
    [alone] = runs(paper, GATE, 1)
    assert verdicts(alone.document) == GREEN
    for command in ([*GATE, "--workers", "2"], PYTEST, [*PYTEST, "-n", "2"]):
        [other] = runs(paper, command, 1)
        assert comparable(other.document) == comparable(alone.document), command
