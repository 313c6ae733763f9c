"""`refutable hunt`: exit codes, what is printed and kept, misuse, Ctrl-C, nothing but the result on a pipe."""

from __future__ import annotations

import json
import os
import pty
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from refutable.theorems.catalogue import DOMAINS, theorem
from refutable.theorems.records import all_mutants
from refutable.verify.decide import decide

Command = Callable[..., Any]

FEW = ("--evaluations", "6000")
MUTANT = ("weighted-l1", "--mutant", "minus-one")


@pytest.fixture
def hunt(refutable: Command, tmp_path: Path) -> Command:
    """The command with a corpus of its own."""
    return lambda *arguments: refutable("hunt", *arguments, "--out", tmp_path / "corpus")


def test_a_false_variant_is_refuted_and_kept(hunt: Command, refutable: Command, tmp_path: Path) -> None:
    said = hunt(*MUTANT, *FEW)
    assert said.code == 1
    assert "refuted: certified counterexample, found by " in said.out
    assert "1/eta - 1 asks for more" in said.out
    assert "relu(" in said.out
    assert said.err == ""
    [file] = [line.split("kept in ")[1] for line in said.out.splitlines() if "kept in" in line]
    assert f"refutable replay {file}" in said.out
    replayed = refutable("replay", file)
    assert replayed.code == 0
    assert "minus-one  violated" in replayed.out


def test_a_theorem_is_not_refuted_and_that_is_no_proof(hunt: Command) -> None:
    said = hunt("weighted-l1", *FEW)
    assert said.code == 0
    assert "not refuted: no certified counterexample in " in said.out
    assert "this is no proof" in said.out
    assert "best certified ratio left/right = 1 (touching)" in said.out
    assert said.err == ""


def test_the_document_says_everything(hunt: Command) -> None:
    said = hunt(*MUTANT, *FEW, "--seed", 3, "--json")
    doc = said.json
    assert said.code == 1
    assert (doc["format"], doc["verdict"], doc["interrupted"]) == ("refutable-hunt/1", "refuted", False)
    assert doc["target"]["claim"] == {"theorem": "weighted-l1", "part": "mutant", "id": "minus-one"}
    assert (doc["options"]["seed"], doc["options"]["evaluations"]) == (3, 6000)
    assert {m["id"] for m in doc["methods"]} >= {"known", "drawn", "ascend"}
    found = doc["counterexample"]
    false = next(m.claim for m in all_mutants(theorem("weighted-l1")) if m.id == "minus-one")
    instance = DOMAINS[doc["target"]["domain"]].load(found["instance"])
    assert decide(false, instance).verdict == found["verdict"] == "violated"
    assert Fraction(found["lhs"]["lower"]) > Fraction(found["rhs"]["upper"])
    assert {a["verdict"] for a in found["assumptions"]} == {"holds"}
    assert Path(found["file"]).is_file()


def test_a_dropped_assumption_is_said(hunt: Command) -> None:
    doc = hunt("weighted-l1", "--drop", "stable", *FEW, "--json").json
    assert doc["target"]["dropped"] == "stable"
    assert "stable" not in [a["id"] for a in doc["target"]["assumptions"]]
    assert doc["target"]["claim"] == {"theorem": "weighted-l1", "part": "without", "id": "weighted-l1/stable"}
    assert doc["verdict"] == "refuted"


def test_the_same_evaluations_give_the_same_result(refutable: Command, tmp_path: Path) -> None:
    arguments = ("hunt", *MUTANT, "--cold", "--seed", 5, "--evaluations", 20000, "--json")
    first, second = (refutable(*arguments, "--out", tmp_path / name).json for name in ("a", "b"))
    for doc in (first, second):
        _forget_time(doc)
    assert first == second
    assert first["counterexample"] is not None


def _forget_time(doc: dict[str, Any]) -> None:
    for part in (doc, doc["counterexample"], *doc["methods"]):
        part.pop("seconds")
    doc["counterexample"]["file"] = Path(doc["counterexample"]["file"]).name


def test_no_shrink_leaves_what_was_found(hunt: Command) -> None:
    said = hunt(*MUTANT, *FEW, "--no-shrink", "--json")
    found = said.json["counterexample"]
    assert found["instance"] == found["first"]
    assert not found["minimal"]
    assert "as it was found" in hunt(*MUTANT, *FEW, "--no-shrink").out


def test_an_inequality_is_hunted(hunt: Command) -> None:
    said = hunt("stability_norm <= 1/step_size - 1", *FEW)
    assert said.code == 1
    assert "stability_norm <= 1/step_size - 1" in said.out
    assert "output-bias-trained" in said.out


def test_a_file_is_hunted_and_what_it_prints_stays_off_the_document(hunt: Command, tmp_path: Path) -> None:
    file = tmp_path / "mybound.py"
    file.write_text("import refutable\nprint('noise')\nmine = refutable.claim('stability_norm <= 1/step_size - 1')\n")
    doc = hunt(file, *FEW, "--json").json
    assert doc["verdict"] == "refuted"
    assert (doc["target"]["claim"]["file"], doc["target"]["claim"]["name"]) == (str(file), "mine")


def test_a_picture_is_drawn(hunt: Command, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    picture = tmp_path / "found.png"
    assert hunt(*MUTANT, *FEW, "--plot", picture).code == 1
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_what_cannot_be_drawn_is_said_and_changes_no_verdict(hunt: Command, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    picture = tmp_path / "found.png"
    said = hunt("delayed-stability", "--evaluations", 2000, "--plot", picture)
    assert said.code == 0
    assert f"{picture} was not written" in said.err
    assert not picture.exists()


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ((), "CLAIM"),
        (("weighted-l2",), "did you mean weighted-l1"),
        (("weighted-l1", "--evaluations", "1e4"), "must be a whole number"),
        (("weighted-l1", "--plot", "picture.xyz"), ".png, .svg, .pdf"),
        (("weighted-l1", "--plot", "no-such-folder/picture.png"), "no folder no-such-folder"),
        (("weighted-l1", "--out", "/proc/no-such-folder"), "cannot be made"),
        (("weighted-l1", "--mutant", "plus-one"), "has no mutant 'plus-one'; it has: minus-one"),
        (("weighted-l1", "--claim", "other"), "has no claim or link 'other'"),
        (("weighted-l1", "--drop", "smooth"), "does not assume 'smooth'"),
        (("weighted-l1", "--mutant", "minus-one", "--drop", "stable"), "either --mutant or"),
        (("weighted-l1", "--assume", "stable"), "a theorem takes no --assume"),
        (("loss <= 1", "--mutant", "x"), "an inequality takes no --mutant"),
        (("none.py",), "none.py: No such file"),
        (("none.py:claim", "--drop", "stable"), "a file takes no --drop"),
        (("stabilty_norm <= 1",), "stability_norm"),
        (("loss <= 1", "--assume", "stabel"), "stable"),
        (("loss <= 1", "--domain", "deep"), "did you mean deep-linear"),
        (("weighted-l1", "--seconds", "0"), "positive number of seconds"),
        (("weighted-l1", "--seconds", "inf"), "positive number of seconds"),
        (("weighted-l1", "--evaluations", "0"), "at least 1"),
        (("weighted-l1", "--evaluations", "9", "--seconds", "9"), "not allowed with"),
        (("weighted-l1", "--workers", "0"), "at least 1"),
        (("weighted-l1", "--seed", "-1"), "from 0 to"),
    ],
)
def test_misuse_is_one_line_and_exit_2(refutable: Command, arguments: tuple[str, ...], why: str) -> None:
    said = refutable("hunt", *arguments)
    assert said.code == 2
    assert said.out == ""
    assert why in said.err
    assert said.err.count("\n") == 1


def test_a_folder_that_is_a_file_is_misuse(refutable: Command, tmp_path: Path) -> None:
    file = tmp_path / "taken"
    file.touch()
    said = refutable("hunt", "weighted-l1", "--out", file)
    assert said.code == 2
    assert "must be a folder" in said.err


class Terminal:
    """A real hunt whose standard error is a terminal."""

    def __init__(self, *arguments: object) -> None:
        self.seen = b""
        self.ours, theirs = pty.openpty()
        command = [sys.executable, "-P", "-m", "refutable", "hunt", *map(str, arguments)]
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=theirs, stdin=subprocess.DEVNULL, start_new_session=True
        )
        os.close(theirs)

    def read(self, until: Callable[[bytes], bool], seconds: float) -> bool:
        """Read what it shows until that is so."""
        deadline = time.monotonic() + seconds
        while not until(self.seen) and time.monotonic() < deadline:
            if select.select([self.ours], [], [], 0.1)[0]:
                try:
                    self.seen += os.read(self.ours, 4096)
                except OSError:  # all who had it open are gone
                    break
        return until(self.seen)

    def close(self) -> None:
        if not self.gone(0):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()
        os.close(self.ours)

    def gone(self, seconds: float) -> bool:
        """Whether no process of the hunt is left, soon."""
        deadline = time.monotonic() + seconds
        while running(self.process.pid) and time.monotonic() < deadline:
            time.sleep(0.05)
        return not running(self.process.pid)


def running(group: int) -> list[int]:
    """Processes of a group, those apart that have ended and wait for their parent to notice."""
    found = []
    for file in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            state, _, of_group = file.read_text().rpartition(")")[2].split()[:3]
            if int(of_group) == group and state != "Z":
                found.append(int(file.parent.name))
    return found


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Callable[..., Terminal]]:
    started: list[Terminal] = []

    def start(*arguments: object) -> Terminal:
        started.append(Terminal(*arguments, "--out", tmp_path / "corpus"))
        return started[-1]

    yield start
    for one in started:
        one.close()


@pytest.mark.parametrize("workers", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_ctrl_c_ends_with_the_summary_and_no_process_left(terminal: Callable[..., Terminal], workers: int) -> None:
    hunter = terminal("weighted-l1", "--cold", "--seconds", 300, "--workers", workers)
    assert hunter.read(lambda seen: b"searching" in seen and b"evaluations" in seen, 120)
    os.killpg(hunter.process.pid, signal.SIGINT)  # as a terminal does: to every process of the group
    out, _ = hunter.process.communicate(timeout=60)
    assert hunter.process.returncode == 130
    assert b"interrupted before its budget ended" in out
    assert b"not refuted" in out
    assert b"ascend" in out
    hunter.read(lambda seen: False, 0.2)
    assert b"Traceback" not in hunter.seen
    assert hunter.seen.endswith(b"\r\x1b[K")
    assert b"did not answer" not in out
    assert hunter.gone(10)


@pytest.mark.slow
def test_workers_end_when_their_parent_is_killed(terminal: Callable[..., Terminal]) -> None:
    hunter = terminal("weighted-l1", "--cold", "--seconds", 300, "--workers", 2)
    assert hunter.read(lambda seen: b"searching" in seen, 120)
    hunter.process.kill()
    hunter.process.wait()
    assert hunter.gone(60)


@pytest.mark.slow
def test_a_pipe_gets_the_result_and_nothing_else(tmp_path: Path) -> None:
    command = [sys.executable, "-P", "-m", "refutable", "hunt", *MUTANT, *FEW, "--json", "--out", str(tmp_path)]
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    assert said.returncode == 1
    assert said.stderr == ""
    assert json.loads(said.stdout)["verdict"] == "refuted"


def test_a_bare_mutant_option_lists_them(refutable: Command) -> None:
    said = refutable("hunt", "weighted-l1", "--mutant")
    assert said.code == 0
    assert said.out.splitlines()[0].startswith("minus-one ")
    assert "right-side-1e-6" in said.out
