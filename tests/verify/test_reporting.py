"""The table and the document, from synthetic events: every verdict, any order of arrival."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from refutable.verify.reporting import document, render_table
from refutable.verify.standing import KINDS, VERDICTS, standings

Event = dict[str, Any]


def common(theorem: str, event: str, status: str = "read", **more: Any) -> Event:
    return {
        "event": event, "theorem": theorem, "title": f"About {theorem}", "source": "A, B, C, Venue 2020, Theorem 1",
        "cited": "A et al., Venue 2020, Theorem 1", "status": status, "problems": [], "witnesses": [], **more,
    }  # fmt: skip


def evidence(theorem: str, kind: str = "drawn", status: str = "read", **counts: int) -> Event:
    full = dict.fromkeys(("holds", "violated", "vacuous", "undecided", "agrees", "inapplicable"), 0) | counts
    return common(
        theorem, "evidence", status, claim=theorem, kind=kind, strength="exact", counts=full, touching=1, tightest=0.5
    )


def mutant(theorem: str, id: str, killed: bool = True, epsilon: str | None = None) -> Event:
    return common(theorem, "mutant", mutant=id, claim=id, killed=killed, epsilon=epsilon, collateral=[])


def record(theorem: str, mutants: int = 1, status: str = "read", **more: Any) -> Event:
    return common(theorem, "record", status, mutants=mutants, not_tight="", not_applicable={}, digest="d") | more


CASES: dict[str, list[Event]] = {
    "held": [evidence("t", holds=5), mutant("t", "m"), record("t")],
    "refuted": [evidence("t", holds=5, violated=1), mutant("t", "m"), record("t")],
    "not refuted": [evidence("t", holds=5, status="conjecture"), record("t", status="conjecture")],
    "measured": [evidence("t", holds=5, status="empirical"), record("t", status="empirical")],
    "weak": [evidence("t", holds=5), mutant("t", "m", killed=False), record("t")],
    "vacuous": [evidence("t", vacuous=5), mutant("t", "m"), record("t")],
    "undecided": [evidence("t", undecided=5), mutant("t", "m"), record("t")],
    "suspect": [evidence("t", holds=5, suspect=1), mutant("t", "m"), record("t")],
    "untried": [mutant("t", "m"), record("t")],
    "error": [evidence("t", holds=5), record("t", problems=["t: no mutant"])],
}


def test_every_verdict_has_a_case() -> None:
    assert set(CASES) == set(VERDICTS)


@pytest.mark.parametrize("verdict", CASES)
def test_verdict(verdict: str) -> None:
    [row] = standings(CASES[verdict], [])
    assert row.verdict == verdict
    table = render_table(CASES[verdict], [])
    assert table[2].rstrip().endswith(verdict.upper())
    assert f"1 theorem: 1 {verdict}" in table
    assert document(CASES[verdict], [], {})["theorems"][0]["verdict"] == verdict


def test_exact_and_certified_decisions_at_converged_points_are_two_events_and_one_count() -> None:
    exact = evidence("t", kind="trained-converged", holds=3) | {"at_kinks": 2}
    certified = evidence("t", kind="trained-converged", holds=5, undecided=1)
    certified |= {"strength": "certified-float", "certified": 5}
    events = [exact, certified, mutant("t", "m"), record("t")]
    [row] = standings(events, [])
    assert row.supporting("trained-converged") == 8
    assert (row.certified["trained-converged"], row.exactly["trained-converged"]) == (5, 0)
    table = "\n".join(render_table(events, []))
    assert "2 trained minima at kinks that training found" in table
    assert "conv: 5 at exact minima certified" in table
    assert document(events, [], {})["events"] == document(events[::-1], [], {})["events"]
    assert "conv at exact minima" in table


def test_a_refutation_outweighs_everything() -> None:
    everything = [event for verdict in CASES for event in CASES[verdict]]
    assert standings(everything, [("t", "node")])[0].verdict == "refuted"


@pytest.mark.parametrize("status", ["conjecture", "own"])
def test_a_violated_conjecture_is_refuted(status: str) -> None:
    assert standings([evidence("t", status=status, holds=9, violated=1)], [])[0].verdict == "refuted"


def test_an_observation_is_measured_however_often_it_fails() -> None:
    states = evidence("t", "visited", status="empirical", holds=48, violated=2, vacuous=7)
    events = [states | {"runs": {"holding": 9, "tried": 10}}, record("t", status="empirical")]
    [row] = standings(events, [])
    assert row.verdict == "measured"
    assert (row.frequencies["visited"].successes, row.frequencies["visited"].trials) == (48, 50)
    table = "\n".join(render_table(events, []))
    assert "MEASURED" in table
    assert "HELD" not in table
    assert "visited: holds in 48 of 50 states (96.0 %)" in table
    assert "in 9 of 10 runs, 95 % interval [0.5550, 0.9975]" in table
    measured = document(events, [], {})["theorems"][0]["frequencies"]["runs"]
    assert (measured["successes"], measured["trials"], measured["level"]) == (9, 10, 0.95)


def test_a_step_that_an_observation_rests_on_is_refuted_like_any_other() -> None:
    link = evidence("t", status="empirical", violated=1) | {"event": "link", "claim": "step"}
    seen = evidence("t", "visited", status="empirical", holds=3)
    assert standings([seen, link], [])[0].verdict == "refuted"
    wrong = record("t", status="empirical", problems=["t: it claims nothing"])
    assert standings([seen, wrong], [])[0].verdict == "error"
    assert standings([record("t", status="empirical")], [])[0].verdict == "untried"


def test_a_violated_link_refutes() -> None:
    link = evidence("t", violated=1) | {"event": "link", "claim": "step"}
    events = [*CASES["held"], link]
    assert standings(events, [])[0].verdict == "refuted"
    assert any("a step of its proof is refuted" in line for line in render_table(events, []))


def test_a_killer_that_hits_the_theorem_refutes_it() -> None:
    hit = mutant("t", "m") | {"collateral": ["t"], "problems": ["t is violated"], "witnesses": ["w/t-1.json"]}
    table = render_table([evidence("t", holds=5), hit, record("t")], [])
    assert table[2].endswith("REFUTED")
    assert "t: witness w/t-1.json" in table


def test_a_test_that_died_before_its_event_is_an_error() -> None:
    table = render_table(CASES["held"], [("t", "verify/test_theorems.py::test_x[t]"), ("u", "node")])
    assert [line.split()[-1] for line in table[2:4]] == ["ERROR", "ERROR"]
    assert "t: verify/test_theorems.py::test_x[t] failed without an event" in table


def test_kinds_are_counted_apart() -> None:
    events = [evidence("t", kind, holds=10 + i) for i, kind in enumerate(KINDS[:8])]
    events += [evidence("t", "drawn", holds=100, shard=1), record("t")]
    cells = render_table(events, [])[2].split()
    assert cells[-14:-6] == ["110", "11", "12", "13", "14", "15", "16", "17"]


def test_resolution_and_mutants() -> None:
    events = [
        *CASES["held"],
        mutant("t", "right-side-1e-3", epsilon="1e-3"),
        mutant("t", "right-side-1e-6", epsilon="1e-6"),
        mutant("t", "other"),
    ]
    assert render_table(events, [])[2].split()[-3:] == ["1e-6", "4/4", "HELD"]


def test_a_ratio_below_one_is_never_shown_as_one() -> None:
    near = evidence("t", holds=3) | {"tightest": 1 - 1e-12}
    assert "1-1e-12" in render_table([near], [])[2]
    assert " 1-" not in render_table([near | {"tightest": 1.0}], [])[2]


def test_what_does_not_apply_and_what_is_missing_are_told_apart() -> None:
    missing = evidence("t", "trained-converged") | {"missing": ["digits: scikit-learn is not installed"]}
    says = record("t", not_applicable={"swept": "no floats"}, not_tight="no case known")
    table = render_table([evidence("t", holds=1), missing, says], [])
    assert table[2].split()[-14:-1] == ["1", "-", "-", "-", "-", "-", "-", ".", "-", "0.5", "0.5", ".", "0/0"]
    assert "evidence not collected: digits: scikit-learn is not installed (t)" in table
    assert "t: not known tight: no case known" in table


def test_the_largest_ratio_on_trained_minima_has_its_own_column() -> None:
    drawn = evidence("t", holds=3) | {"tightest": 1.0}
    trained = evidence("t", "trained-relabelled", holds=2) | {"tightest": 0.4125}
    cells = render_table([drawn, trained, record("t")], [])[2].split()
    assert cells[-5:-3] == ["1", "0.412"]


def test_a_claim_without_a_kind_is_silent_where_another_claim_has_it() -> None:
    none = evidence("t", "trained-converged") | {"missing": ["trained-converged: none is offered"]}
    assert any("none is offered" in line for line in render_table([none, record("t")], []))
    other = evidence("t", "trained-converged", holds=2) | {"claim": "u"}
    assert not any("none is offered" in line for line in render_table([none, other, record("t")], []))


def test_swept_cases_say_how_they_were_decided() -> None:
    swept = evidence("t", "swept", holds=10) | {"certified": 7}
    table = render_table([swept, record("t")], [])
    assert "t: swept: 7 decided by certified floats, 3 exactly" in table


def test_the_table_fits_and_explains_itself() -> None:
    names = ["a-rather-long-theorem-id-table", "b"]
    events = [
        event | {"theorem": name, "cited": "Author et al., Venue 2021, " * 4}
        for name in names
        for event in CASES["held"]
    ]
    table = render_table(events, [])
    assert max(map(len, table)) <= 160
    assert any("evidence, never a proof" in line for line in table)
    assert any("our encoding more than the theorem" in " ".join(table[i : i + 2]) for i in range(len(table)))


def test_order_of_arrival_does_not_matter() -> None:
    events = [event | {"theorem": verdict} for verdict in CASES for event in CASES[verdict]]
    errors = [("held", "b"), ("held", "a")]
    first = (render_table(events, errors), json.dumps(document(events, errors, {"seed": 0})))
    for seed in range(5):
        random.Random(seed).shuffle(events)
        assert (render_table(events, errors[::-1]), json.dumps(document(events, errors, {"seed": 0}))) == first


def test_the_document_is_versioned_json() -> None:
    told = json.loads(json.dumps(document(CASES["held"], [], {"seed": 3}), allow_nan=False))
    assert told["format"] == "refutable-report/1"
    assert told["info"] == {"seed": 3}
    assert told["theorems"][0]["evidence"]["drawn"]["holds"] == 5
    assert len(told["events"]) == 3
