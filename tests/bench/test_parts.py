import json
import os
from collections.abc import Callable
from typing import Any

import pytest
from flint import fmpq

from refutable.theorems.checks import Check, Decision
from refutable.verify.bench import pool, resolution
from refutable.verify.bench.jobs import Job, Plan
from refutable.verify.bench.parts import PARTS
from refutable.verify.bench.pool import attempt, done
from refutable.verify.bench.power import is_small
from refutable.verify.bench.searching import digits, shortfall
from refutable.verify.bench.side_by_side import METHODS
from refutable.verify.bench.subjects import Subject

TINY = Plan(seconds=0.3, claims=1, evaluations=3000)


def test_the_shortfall_is_exact_far_below_float_precision() -> None:
    left, right = fmpq(10**40 - 1), fmpq(10**40)
    assert shortfall(Check(left, "<=", right).decide()) == pytest.approx(1e-40, rel=1e-12)
    assert shortfall(Check(right, "<=", right).decide()) == 0.0
    assert shortfall(Decision(True)) is None
    assert shortfall(Check(fmpq(-2), "<=", fmpq(-1)).decide()) is None


def test_digits_are_those_of_the_longest_number() -> None:
    document = {"format": "refutable-instance/1", "model": "m2", "x": [["-12/3456"], [7]], "step": None}
    assert digits(document) == 4
    assert digits({"format": "refutable-instance/1", "model": "shallow-relu"}) == 0


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.slow
def test_every_part_measures_prints_and_serialises(part: str) -> None:
    jobs = PARTS[part].jobs(TINY)
    assert jobs
    rows = [attempt(job) for job in jobs]
    assert [row.get("error") for row in rows] == [None] * len(rows)
    lines = PARTS[part].lines(rows)
    assert all(isinstance(line, str) and len(line) < 200 for line in lines)
    text = json.dumps({"summary": PARTS[part].summary(rows), "rows": rows}, allow_nan=False)
    assert json.loads(text)["rows"]


def test_power_finds_and_measures_a_small_witness() -> None:
    row = attempt(Job("power", Subject("weighted-l1", mutant="minus-one"), 30.0, cold=False))
    assert row["refuted"]
    assert row["minimal"]
    assert row["sizes"] == {"k": 1, "d": 1, "n": 2}
    assert is_small(row)


def power_row(**changes: Any) -> dict[str, Any]:
    found = {"refuted": True, "seconds": 1.0, "minimal_seconds": 2.0, "budget": 60.0, "evaluations": 5}
    small = {"minimal": True, "hollow": "", "sizes": {"k": 1, "n": 2}, "digits": 2, "best": None, "excuse": ""}
    return {"theorem": "t", "mutant": "m", "cold": True, **found, **small, **changes}


def test_power_says_which_mutants_fail_and_why() -> None:
    rows = [
        power_row(),
        power_row(mutant="survivor", refuted=False, seconds=None, minimal_seconds=None, best=1e-5),
        power_row(mutant="broken", refuted=None, seconds=None, minimal_seconds=None, error="KeyError: x"),
        power_row(mutant="wide", sizes={"k": 4, "n": 2}),
        power_row(mutant="dead", hollow="neuron 0 is active on no datum"),
        power_row(mutant="late", seconds=61.0, hollow="no neuron", excuse="nothing is needed"),
    ]
    cold = PARTS["power"].summary(rows)["cold"]
    assert (cold["mutants"], cold["refuted"], cold["small"], cold["substantive"]) == (6, 4, 3, 2)
    assert cold["within_budget"] == 0.5
    assert cold["seconds_90"] is None
    assert cold["not_refuted"] == ["t survivor", "t broken"]
    text = "\n".join(PARTS["power"].lines(rows))
    for said in (
        "not refuted: t survivor",
        "nearest 1 - left/right = 1e-05",
        "KeyError",
        "large: k = 4",
        "active on no",
    ):
        assert said in text


def test_resolution_goes_down_until_something_survives(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def pretended(job: Job, target: Any) -> str:
        asked.append(target.title)
        return "found" if len(asked) < 3 else "nothing"

    rows = {"found": {"refuted": True, "seconds": 1.0, "method": "ascend"}, "nothing": {"refuted": False, "best": 1e-6}}
    monkeypatch.setattr(resolution, "hunted", pretended)
    monkeypatch.setattr(resolution, "refutation", rows.__getitem__)
    row = attempt(Job("resolution", Subject("weighted-l1"), 1.0))
    assert row["resolution"] == "1e-4"
    assert asked == [f"weighted-l1 times 1 - 1e-{j}" for j in (3, 4, 5)]
    assert PARTS["resolution"].lines([row])[1].split() == ["weighted-l1", "1e-4", "1", "s", "ascend", "1e-06"]


@pytest.mark.slow
def test_frontier_keeps_to_the_prescribed_dimension() -> None:
    row = attempt(Job("frontier", Subject("stability-norm", sizes=(("d", 2),)), 30.0, evaluations=30000))
    assert row["sizes"]["d"] == 2
    assert 0 <= row["shortfall"] < 1
    assert not row["refuted"]


def test_side_by_side_has_every_method_on_every_claim() -> None:
    jobs = PARTS["side-by-side"].jobs(Plan(claims=3))
    assert [job.method for job in jobs] == list(METHODS) * 3
    rows = [
        {"theorem": "t", "mutant": "m", "method": method, "refuted": method == METHODS[-1], "seconds": seconds}
        for method, seconds in zip(METHODS, (None, None, None, None, 0.5), strict=True)
    ]
    summary = PARTS["side-by-side"].summary(rows)
    assert [summary[method]["share"] for method in METHODS] == [0.0] * 4 + [1.0]
    assert PARTS["side-by-side"].lines(rows)[len(METHODS) + 3].split()[-4:] == ["never", "never", "0.5", "s"]


def floats(subject: Subject) -> dict[str, Any]:
    return attempt(Job("false-alarms", subject, 1.0, method="floats", cold=False, evaluations=5000))


@pytest.mark.slow
def test_floats_propose_violations_at_ties_and_none_is_certified() -> None:
    row = floats(Subject("weighted-l1"))
    assert row["evaluations"] >= 5000
    assert row["ties"] > 0
    assert row["proposed"] >= row["decided"] > 0
    assert row["certified"] == 0


@pytest.mark.slow
def test_a_false_claim_would_be_seen() -> None:
    row = floats(Subject("weighted-l1", mutant="minus-one"))
    assert row["certified"] > 0
    assert any("CERTIFIED" in line for line in PARTS["false-alarms"].lines([row]))


@pytest.mark.slow
def test_true_claims_are_decided_on_ties_as_they_are() -> None:
    row = floats(Subject("sharpness-chain"))
    assert (row["certified"], row["ties"] > 0) == (0, True)


def test_what_a_job_raises_becomes_its_row() -> None:
    row = attempt(Job("power", Subject("no-such-theorem", mutant="m"), 1.0))
    assert row["error"].startswith("UnknownId")
    assert (row["theorem"], row["cold"]) == ("no-such-theorem", True)


@pytest.mark.slow
def test_processes_answer_in_the_order_of_the_jobs() -> None:
    names = ("weighted-l1", "no-such-theorem", "stability-norm")
    jobs = [Job("power", Subject(name, mutant="minus-one"), 20.0, cold=False) for name in names]
    heard: list[str] = []
    listener: Callable[[Job, dict[str, Any]], None] = lambda job, row: heard.append(job.subject.theorem)  # noqa: E731
    rows = done(jobs, 2, listener)
    assert [row["theorem"] for row in rows] == list(names)
    assert ["error" in row for row in rows] == [False, True, False]
    assert sorted(heard) == sorted(names)


def dying(job: Job) -> dict[str, Any]:
    if job.subject.theorem == "fatal":
        os._exit(9)
    return {"theorem": job.subject.theorem}


@pytest.mark.slow
def test_a_process_that_dies_takes_only_its_own_job_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "attempt", dying)
    jobs = [Job("power", Subject(name), 1.0) for name in ("a", "fatal", "b")]
    rows = done(jobs, 1, lambda job, row: None)
    assert [row.get("error") for row in rows] == [None, "its process died", None]
