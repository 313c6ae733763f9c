"""Minima in mass: every batch is decided, controls are vacuous, and what is false dies on them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import torch

from refutable.strategies.engine.torch_batched import cores
from refutable.strategies.shallow_relu.mass import LINE, MASS, RECIPES
from refutable.strategies.supply import MinimaBatch
from refutable.theorems.catalogue import CATALOGUE, theorem
from refutable.theorems.claims import Claim
from refutable.theorems.records import Theorem
from refutable.verify import mass
from refutable.verify.decide import decide
from refutable.verify.events import Run
from refutable.verify.evidence import in_mass
from refutable.verify.exactly import PARALLEL_FROM, decide_asked
from refutable.verify.profiles import PROFILES
from refutable.verify.suite import in_order
from refutable.verify.sweep import row_instance, sweep
from refutable.verify.trials import trials

FEW = replace(PROFILES["quick"], minima=60)
CORE = ("sharpness-chain", "weighted-l1", "stability-norm", "critical-point-bound", "residual-bound")
OTHERS = ("gradient-smoothness", "output-only-chain", "region-count", "residual-bound-univariate")


def test_the_core_theorems_are_tried_in_mass() -> None:
    assert {t.id for t in CATALOGUE if mass.batches_of(t)} == {*CORE, *OTHERS}
    for id in CORE:
        count = sum(trial.kind == "mass" for trial in trials(theorem(id), FEW))
        assert count == (2 * len(LINE) if id == "weighted-l1" else len(RECIPES))


def test_the_default_profile_trains_a_hundred_thousand_for_each() -> None:
    least = min(len(mass.batches_of(theorem(id))) for id in CORE)
    assert least * PROFILES["default"].minima >= 100_000


def test_the_profile_for_ci_trains_none() -> None:
    assert [trial for id in CORE for trial in trials(theorem(id), PROFILES["ci"]) if trial.kind == "mass"] == []


@pytest.mark.parametrize("number", range(len(RECIPES)))
def test_every_batch_holds_and_its_controls_are_vacuous(number: int) -> None:
    for id in CORE:
        if number in mass.batches_of(theorem(id)):
            event = in_mass(theorem(id), number, Run(FEW))
            assert event["problems"] == []
            assert event["counts"]["holds"] + event["counts"]["vacuous"] + event["controls"] > 40
            assert event["counts"]["holds"] > 20
            assert event["certified"] > 0


def test_a_batch_agrees_with_exact_decisions_row_by_row() -> None:
    minima = MASS.batch(9, 40, 5)
    claim = theorem("weighted-l1").headline
    found = sweep(claim, minima.fields)
    rows = {name: part.numpy() for name, part in minima.fields.items()}
    verdicts = [decide(claim, row_instance(claim, rows, {}, row)).verdict for row in range(len(minima.controls))]
    assert {row for row, verdict in enumerate(verdicts) if verdict == "vacuous"} == found.vacuous
    assert found.counts["holds"] == verdicts.count("holds")


def with_headline(record: Theorem, claim: Claim) -> Theorem:
    return replace(record, claims=(claim, *record.claims[1:]))


def test_a_false_constant_dies_on_trained_minima() -> None:
    record = theorem("sharpness-chain")
    false = record.headline.scaled("1/2", record.headline.id)
    event = in_mass(with_headline(record, false), 5, Run(replace(FEW, minima=400)))
    assert event["counts"]["violated"] > 0
    assert "trained in mass, then decided exactly" in event["problems"][0]


def test_a_control_that_passes_for_a_minimum_is_a_problem() -> None:
    minima = MASS.batch(5, 60, 5)
    lying = MinimaBatch(minima.fields, ~minima.controls, minima.counts, minima.origin)
    claim = theorem("weighted-l1").headline
    found = sweep(claim, minima.fields)
    assert mass.missed_controls(claim, minima, found) == []
    assert len(mass.missed_controls(claim, lying, found)) > 0
    loose = theorem("residual-bound").headline
    assert mass.missed_controls(loose, lying, sweep(loose, minima.fields)) == []


@pytest.mark.slow
def test_other_processes_decide_near_ties_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many networks of this recipe end beside kinks, where floats leave it open."""
    record, counted = theorem("stability-norm"), []
    here = mass.decided(record, 32, 400, 3, "cpu")[1]

    def counting(subjects: Any, questions: Any, workers: int) -> Any:
        counted.append((len(questions), workers, [str(subject) for subject in subjects]))
        return decide_asked(subjects, questions, workers)

    monkeypatch.setattr("refutable.verify.sweep.decide_asked", counting)
    there = mass.decided(record, 32, 400, 3, "cpu", workers=2)[1]
    assert there == here
    [(questions, workers, names)] = counted
    assert (questions >= PARALLEL_FROM, workers) == (True, 2)
    assert "stability-norm claim stability-norm" in names


def test_only_a_thorough_run_alone_starts_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)
    assert mass.workers_for("thorough") == cores()
    assert mass.workers_for("default") == mass.workers_for("ci") == 1
    monkeypatch.setenv("PYTEST_XDIST_WORKER", "gw0")
    assert mass.workers_for("thorough") == 1


def test_exact_minima_are_certified_for_claims_about_them_alone() -> None:
    found = {t.id: {x.id for x in trials(t, FEW) if x.id.endswith("exact-minima")} for t in CATALOGUE}
    assert {id for id, names in found.items() if names} == {
        "weighted-l1", "stability-norm", "critical-point-bound", "output-only-chain",
    }  # fmt: skip
    [trial] = [x for x in trials(theorem("stability-norm"), FEW) if x.id.endswith("exact-minima")]
    event = trial.run(Run(FEW))
    assert (event["kind"], event["strength"]) == ("trained-converged", "certified-float")
    assert event["certified"] == event["counts"]["holds"] + event["controls"] > 10


def test_asking_twice_gives_the_same_counts() -> None:
    """Batches are kept: what is counted of them must not be changed by counting."""
    first, second = (in_mass(theorem("weighted-l1"), 5, Run(FEW)) for _ in range(2))
    assert first["controls"] > 0
    assert first["counts"] == second["counts"]
    assert sum(first["counts"].values()) + first["controls"] == sum(second["counts"].values()) + second["controls"]


def test_rows_are_numbered_as_they_were_given() -> None:
    minima = MASS.batch(5, 60, 5)
    claim = theorem("weighted-l1").headline
    expected = {row + 1 for row in sweep(claim, minima.fields).vacuous}
    fields = {name: torch.cat([part[:1], part]) for name, part in minima.fields.items()}
    fields["b2"][0] = torch.nan
    assert expected
    assert sweep(claim, fields).vacuous == expected


def test_seeds_differ_between_batches_and_runs() -> None:
    first, second, other = MASS.batch(0, 5, 1), MASS.batch(len(LINE), 5, 1), MASS.batch(0, 5, 2)
    assert not torch.equal(first.fields["x"], second.fields["x"])
    assert not torch.equal(first.fields["x"], other.fields["x"])
    assert torch.equal(first.fields["w1"], MASS.batch(0, 5, 1).fields["w1"])


def test_trials_on_one_batch_run_in_a_row() -> None:
    """They share what is computed on it, and only two batches are kept."""
    batches = [trial.batch for trial in in_order("mass", PROFILES["quick"])]
    assert batches == sorted(batches)
    assert len(set(batches)) == len(RECIPES)
