"""States that runs of a dynamics visit, as evidence: counted, reported when they violate, measured for observations."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from refutable.strategies.supply import Visited
from refutable.theorems.catalogue import theorem
from refutable.theorems.domains.delayed_iteration import DELAYED_ITERATION
from refutable.verify import trials, visits
from refutable.verify.events import Run
from refutable.verify.evidence import drawn
from refutable.verify.profiles import profile
from refutable.verify.refutations import mutant

RECORD = theorem("delayed-stability")
FALSE = replace(RECORD, claims=(RECORD.mutants[0].claim,), mutants=(), equality=())


class Runs:
    """Iterations of delay 2 whose gain falls by steps of 1/8 from 1: unstable first."""

    def offers(self, assumes: frozenset[str]) -> bool:
        return True

    def states(self, assumes: frozenset[str], count: int, seed: int) -> Iterable[Visited]:
        for i in range(count):
            instance = DELAYED_ITERATION.instance(curvature=1, step_size=f"{8 - i % 8}/8", delay=2)
            yield Visited(instance, f"run {i // 8}, step {i % 8}", i // 8)


class Supply:
    visited = Runs()


def run_on(tmp_path: Any = None) -> Run:
    return Run(profile("quick"), witnesses=tmp_path, supply=lambda _: Supply())  # type: ignore[arg-type,return-value]


def test_states_are_counted_and_runs_apart() -> None:
    event = visits.visited(RECORD, RECORD.headline, run_on())
    assert event["kind"] == "visited"
    assert event["counts"]["violated"] == 0
    assert event["counts"]["holds"] + event["counts"]["vacuous"] == 20
    assert event["counts"]["vacuous"] > 0
    # The third run has got no further than unstable gains, which decide nothing.
    assert event["runs"] == {"holding": 2, "tried": 2}


def test_a_violation_is_reduced_and_reported(tmp_path: Any) -> None:
    event = visits.visited(FALSE, FALSE.headline, run_on(tmp_path))
    assert event["counts"]["violated"] == 1
    assert "visited by a run, run 0, step" in event["problems"][0]
    assert event["runs"] == {"holding": 0, "tried": 1}
    assert len(event["witnesses"]) == 1


def test_violations_of_an_observation_are_counted() -> None:
    observed = replace(FALSE, status="empirical")
    event = visits.visited(observed, observed.headline, run_on())
    assert event["problems"] == []
    assert event["counts"]["violated"] > 1
    assert sum(event["counts"].values()) == visits.OFTENER * profile("quick").visited
    assert event["runs"] == {"holding": 0, "tried": 25}
    random = drawn(observed, observed.headline, "claim", 40, 0, Run(profile("quick")))
    assert random["counts"]["violated"] > 1
    assert random["problems"] == []


def test_a_killer_may_violate_an_observation() -> None:
    observed = replace(FALSE, status="empirical", mutants=RECORD.mutants[:1])
    assert mutant(observed, observed.mutants[0], Run(profile("quick")))["collateral"] == []
    believed = replace(observed, status="read")
    assert mutant(believed, believed.mutants[0], Run(profile("quick")))["collateral"] == [FALSE.headline.id]


def test_no_trial_where_nothing_is_visited(monkeypatch: pytest.MonkeyPatch) -> None:
    assert [one for one in trials.trials(RECORD, profile("quick")) if one.kind == "visited"] == []
    monkeypatch.setattr(visits, "supply", lambda _: Supply())
    kinds = [one.kind for one in trials.trials(RECORD, profile("quick"))]
    assert kinds.count("visited") == len(RECORD.claims)
    without = replace(RECORD, evidence={**RECORD.evidence, "visited": "no dynamics"})
    assert not visits.offered_to(without)
