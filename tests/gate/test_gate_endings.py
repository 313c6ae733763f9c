"""What a user's code may not do: end the gate as if all were well, in this process or in others."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

import pytest

from refutable.verify.cli import main
from refutable.verify.commands import listing
from tests.gate.tables import TRUE
from tests.said import Command, Writer

ENDING = """
import sys
import pytest
import refutable
seen = []

@refutable.claim
def mine(view):
    seen.append(view)
    if len(seen) > 3:
        {}
    return refutable.Check(1 + 2 * view["stability_norm"], "<=", view["sharpness"])
"""
ENDINGS = [
    "sys.exit(0)",
    "pytest.exit('no', 0)",
    pytest.param("raise SystemExit", marks=pytest.mark.slow),
    pytest.param("pytest.skip('no')", marks=pytest.mark.slow),
]
PYTHON = 'id = "python"\npython = "mine.py:mine"'


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_function_that_ends_the_program_is_a_finding(
    gate: Command, run_pytest: Command, claims: Writer, here: Path, ending: str
) -> None:
    (here / "mine.py").write_text(ENDING.format(ending))
    path = claims(PYTHON, TRUE)
    said = gate(path, "--json")
    assert said.code == 1
    python, true = said.json["claims"]
    assert (python["verdict"], true["as_claimed"]) == ("undecided", True)
    assert "line 11" in python["problems"][0]
    said = run_pytest(path)
    assert said.code == 1
    assert "INTERNALERROR" not in said.out
    assert "skipped" not in said.out.splitlines()[-1]


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_function_that_never_answers_is_refused(gate: Command, claims: Writer, here: Path, ending: str) -> None:
    (here / "mine.py").write_text(ENDING.format(ending).replace("> 3", "> 0"))
    said = gate(claims(PYTHON))
    assert (said.code, said.out) == (2, "")
    assert "claim mine fails: mine.py, line 11" in said.err


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_file_that_ends_the_program_is_refused(
    gate: Command, run_pytest: Command, claims: Writer, here: Path, ending: str
) -> None:
    (here / "mine.py").write_text(f"import sys, pytest, refutable\n{ending}\n")
    path = claims(PYTHON)
    said = gate(path)
    assert said.code == 2
    assert "mine.py, line 2" in said.err
    assert run_pytest(path).code == 2


def test_code_that_kills_its_process_is_a_finding_where_there_are_others(
    gate: Command, claims: Writer, here: Path
) -> None:
    (here / "mine.py").write_text("import os\n" + ENDING.format(f"os.getpid() == {os.getpid()} or os._exit(0)"))
    said = gate(claims(PYTHON, TRUE), "--workers", 2, "--json")
    assert said.code == 1
    python, true = said.json["claims"]
    assert (python["verdict"], true["as_claimed"]) == ("error", True)
    assert "died; `refutable gate --only python`" in python["problems"][0]


def test_ctrl_c_stays_what_it_is(gate: Command, claims: Writer, here: Path) -> None:
    (here / "mine.py").write_text(ENDING.format("raise KeyboardInterrupt"))
    assert gate(claims(PYTHON)).code == 130


@pytest.mark.parametrize("code", [0, None, "no"])
def test_a_command_that_is_ended_on_its_way_is_no_success(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], code: object
) -> None:
    def run(arguments: argparse.Namespace) -> int:
        raise SystemExit(code)

    monkeypatch.setattr(listing, "run", run)
    assert main(["list"]) == 2
    assert "internal error" in capsys.readouterr().err


@pytest.mark.slow
def test_no_module_of_this_folder_is_run_by_other_processes(claims: Writer, here: Path) -> None:
    claims(TRUE, TRUE.replace('"true"', '"other"'))
    (here / "multiprocessing.py").write_text("open('canary', 'w')\n")
    command = "import sys; sys.path.pop(0); from refutable.__main__ import main; sys.exit(main(sys.argv[1:]))"
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONSAFEPATH"}
    done = subprocess.run(
        [sys.executable, "-c", command, "gate", "--no-code", "--workers", "2", "--profile", "quick"],
        cwd=here,
        env=environment | {"OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    assert not (here / "canary").exists()
