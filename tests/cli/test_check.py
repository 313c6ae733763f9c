"""`refutable check`: verdicts, exit codes, documents."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures.process import BrokenProcessPool
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from refutable.theorems.catalogue import CATALOGUE
from refutable.theorems.records import all_mutants
from refutable.verify.commands import check, examining
from refutable.verify.processes import in_processes
from tests.process_groups import gone

Command = Callable[..., Any]
Writer = Callable[..., Path]


ABOVE = str(Fraction(32, 241) + Fraction(1, 10**30))


def test_two_atoms_touch_the_bound(refutable: Command, instance: Writer) -> None:
    path = instance()
    said = refutable("check", "weighted-l1", path)
    assert said.code == 0
    assert "weighted-l1  holds, touching   225/32 <= 225/32" in said.out
    [result] = refutable("check", "weighted-l1", path, "--json").json["results"]
    assert result["verdict"] == "holds"
    assert result["touching"] is True
    assert result["lhs"] == result["rhs"] == {"lower": "225/32", "upper": "225/32"}
    assert result["tightness"] == 1
    assert {"file": str(path), "theorem": "weighted-l1"}.items() <= result.items()
    assert len(result["digest"]) == 64
    assert {a["verdict"] for a in result["assumptions"]} == {"holds"}
    assert {link["verdict"] for link in result["links"]} == {"holds"}


def test_a_hair_beyond_the_edge_is_vacuous(refutable: Command, instance: Writer) -> None:
    path = instance(step_size=ABOVE)
    said = refutable("check", "weighted-l1", path)
    assert said.code == 3
    assert "vacuous" in said.out
    [result] = refutable("check", "weighted-l1", path, "--json").json["results"]
    assert [a["id"] for a in result["assumptions"] if a["verdict"] == "fails"] == ["stable"]
    assert result["lhs"] is None


def test_cancelling_masses_at_one_knot_are_merged(refutable: Command, instance: Writer) -> None:
    path = instance(network={"w1": [[5], [-5]], "b1": [0, 0], "w2": [3, -3], "b2": 0})
    said = refutable("check", "weighted-l1", path, "--json")
    [result] = said.json["results"]
    assert said.code == 0
    assert result["lhs"] == {"lower": "0", "upper": "0"}


def test_irrational_sides_are_enclosed(refutable: Command, instance: Writer) -> None:
    path = instance(data={"x": [[-1], [1]], "y": None}, step_size="1/100")
    [result] = refutable("check", "weighted-l1", path, "--json").json["results"]
    lower, upper = (Fraction(result["lhs"][end]) for end in ("lower", "upper"))
    # G(5, 0) for X = -1, 1: 5/2 * sqrt(1/2); mass 6 at the knot 0.
    assert lower**2 <= Fraction(225, 2) <= upper**2
    assert lower < upper
    assert upper - lower < Fraction(1, 10**25)


def test_violation_exits_1(refutable: Command, instance: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    record = next(t for t in CATALOGUE if t.id == "weighted-l1")
    false = next(m for m in all_mutants(record) if m.id == "right-side-1e-6")
    monkeypatch.setattr(check, "catalogued", lambda id: replace(record, claims=(false.claim,)))
    said = refutable("check", "weighted-l1", instance())
    assert said.code == 1
    assert "violated" in said.out
    assert "225/32 > " in said.out


def test_all_theorems_at_once(refutable: Command, instance: Writer) -> None:
    said = refutable("check", "all", instance(), "--json")
    results = {result["theorem"]: result["verdict"] for result in said.json["results"]}
    assert set(results) == {theorem.id for theorem in CATALOGUE}
    assert results["weighted-l1"] == results["sharpness-chain"] == "holds"
    assert "violated" not in results.values()


def test_theorems_about_other_instances_are_a_number(refutable: Command, instance: Writer) -> None:
    said = refutable("check", "all", instance()).out
    other = [theorem for theorem in CATALOGUE if theorem.domain.id != "shallow-relu"]
    assert said.splitlines()[-1] == f"  {len(other)} theorems are about other kinds of instances"
    assert "delayed-stability" not in said
    assert "inapplicable" in refutable("check", "delayed-stability", instance()).out


def test_a_theorem_about_two_kinds_of_instances_says_what_it_says_of_each(refutable: Command, tmp_path: Path) -> None:
    losses = {"hessians": [[[1]], [[1]]], "step_size": "1/2", "delay": 1, "gain": "1/2"}
    document = {"format": "refutable-instance/1", "model": "delayed-descent", **losses}
    path = tmp_path / "losses.json"
    path.write_text(json.dumps(document))
    said = refutable("check", "delayed-stability", path)
    assert said.code == 0
    assert "hessian-sufficient  holds" in said.out
    assert "delayed-iteration instances" not in said.out


def test_an_observation_that_fails_on_an_instance_refutes_nothing(
    refutable: Command, instance: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    from refutable.verify.commands import examining

    record = next(t for t in CATALOGUE if t.id == "weighted-l1")
    false = next(m for m in all_mutants(record) if m.id == "right-side-1e-6")
    observed = replace(record, claims=(false.claim,), status="empirical")
    monkeypatch.setattr(check, "CATALOGUE", (observed, record))
    monkeypatch.setattr(examining, "theorem", lambda id: observed)
    said = refutable("check", "all", instance())
    assert said.code == 0
    assert "violated" in said.out
    assert "one violation refutes nothing" in said.out


def test_several_files_exit_with_the_gravest(refutable: Command, instance: Writer, tmp_path: Path) -> None:
    good, vacuous = instance(), instance("above.json", step_size=ABOVE)
    assert refutable("check", "weighted-l1", good, vacuous, good).code == 3
    said = refutable("check", "weighted-l1", good, tmp_path / "none.json", vacuous, "--json")
    assert said.code == 2
    assert [("error" in r, r.get("verdict")) for r in said.json["results"]] == [
        (False, "holds"),
        (True, None),
        (False, "vacuous"),
    ]
    assert said.err.count("\n") == 1


@pytest.mark.parametrize(
    ("codes", "expected"),
    [([0], 0), ([0, 3], 3), ([3, 4, 0], 4), ([4, 1, 3], 1), ([1, 2, 0], 2), ([], None)],
)
def test_gravity(codes: list[int], expected: int | None) -> None:
    from refutable.verify.commands.exits import gravest

    assert gravest(codes) == expected


def test_nothing_decided_is_misuse(refutable: Command, instance: Writer) -> None:
    said = refutable("check", "weighted-l1", instance(step_size=None))
    assert said.code == 2
    assert "the instance gives no step size" in said.out
    assert "nothing was decided" in said.err


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("check", "weigted-l1", "x.json"), "did you mean weighted-l1"),
        (("show", "laplacianx"), "unknown theorem 'laplacianx'"),
        (("check", "weighted-l1"), "INSTANCE.json"),
        (("check", "weighted-l1", "none.json"), "none.json: No such file"),
        (("check", "weighted-l1", "x.json", "--max-bytes", "0"), "at least 1"),
        (("frobnicate",), "invalid choice"),
        ((), "COMMAND"),
    ],
)
def test_misuse_is_one_line_and_exit_2(refutable: Command, arguments: tuple[str, ...], why: str) -> None:
    said = refutable(*arguments)
    assert said.code == 2
    assert said.out == ""
    assert why in said.err
    assert said.err.count("\n") == 1


def test_ctrl_c_exits_130(refutable: Command, instance: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(examining, "read_instance", interrupted)
    assert refutable("check", "weighted-l1", instance()).code == 130


@pytest.mark.parametrize("form", [(), ("--json",)])
def test_workers_say_the_same_in_the_same_order(
    refutable: Command, instance: Writer, tmp_path: Path, form: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    irrational = instance("irrational.json", data={"x": [[-1], [1]], "y": None}, step_size="1/100")
    files = [instance(), tmp_path / "none.json", irrational, instance("above.json", step_size=ABOVE)] * 2
    here = refutable("check", "all", *files, *form)
    monkeypatch.setattr(examining, "examine", None)  # nothing is decided in this process
    there = refutable("check", "all", *files, *form, "--workers", "2")
    assert there == here
    assert here.code == 2
    assert "225/32" in here.out


@pytest.mark.slow
def test_a_worker_that_dies_costs_time_only(
    refutable: Command, instance: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = [instance(), instance("above.json", step_size=ABOVE)]
    here = refutable("check", "weighted-l1", *files)
    broken = in_processes(len, [[1]], 1, _no_such_worker, ())
    with pytest.raises(BrokenProcessPool):
        next(broken)
    monkeypatch.setattr(examining, "_begin", _no_such_worker)
    assert refutable("check", "weighted-l1", *files, "--workers", "2") == here


def _no_such_worker(*_: object) -> None:
    os._exit(3)


@pytest.mark.parametrize("workers", ["1", "2"])
def test_ctrl_c_ends_a_long_check_and_its_workers(instance: Writer, workers: str) -> None:
    files = [str(instance())] * 4000
    command = [sys.executable, "-P", "-m", "refutable", "check", "weighted-l1", *files, "--workers", workers]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        os.killpg(process.pid, signal.SIGINT)
        _, error = process.communicate(timeout=30)
    assert process.returncode == 130
    assert error == "refutable: interrupted; what was printed so far stands\n"
    assert gone(process.pid)


def test_a_closed_pipe_is_quiet(instance: Writer) -> None:
    files = [str(instance())] * 3000
    command = [sys.executable, "-P", "-m", "refutable", "check", "weighted-l1", *files]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == 141


def test_bad_input_reaches_no_traceback(tmp_path: Path) -> None:
    path = tmp_path / "bomb.json"
    path.write_text("[" * 200_000)
    command = [sys.executable, "-P", "-m", "refutable", "check", "all", str(path), "--json"]
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    assert said.returncode == 2
    assert said.stderr.count("\n") == 1
    assert "nested" in json.loads(said.stdout)["results"][0]["error"]
