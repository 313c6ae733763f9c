"""Hunting in several processes: shares, merging, a worker that dies, what crosses the process boundary."""

from __future__ import annotations

import multiprocessing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flint import fmpq

from refutable.theorems.instances import Instance
from refutable.verify.decide import decide
from refutable.verify.hunting import Options, Progress, Result, Target, catalogue_target, hunt
from refutable.verify.hunting.documents import document, result_from, target_from
from refutable.verify.hunting.merging import Share, merged, merged_progress
from refutable.verify.hunting.results import Counterexample, MethodSummary, Suspicion, Tightest
from refutable.verify.hunting.workers import WorkersFailed, hunt_in_processes, kept_counterexample, options_of, seed_of
from refutable.verify.keeping.corpus import Corpus
from refutable.verify.paths import ClaimPath

MUTANT = catalogue_target("weighted-l1", mutant="minus-one")
THEOREM = catalogue_target("weighted-l1")


def ignore(progress: Progress) -> None:
    """Hear nothing."""


def timeless(result: Result) -> dict[str, Any]:
    """The document without what the clock and the corpus put there."""
    doc = document(result)
    for part in (doc, doc["counterexample"] or {}, *doc["methods"]):
        part.pop("seconds", None)
        part.pop("file", None)
    return doc


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("corpus")


@pytest.fixture(scope="module")
def found(folder: Path) -> Result:
    return hunt(MUTANT, Options(evaluations=5000, cold=True), ignore, Corpus(folder))


def test_a_result_survives_its_document(found: Result) -> None:
    again = result_from(document(found), MUTANT, found.options)
    assert again.counterexample is not None
    assert found.counterexample is not None
    assert again.counterexample.instance == found.counterexample.instance
    assert again.counterexample.first == found.counterexample.first
    assert document(again) == document(found)


def test_a_forged_counterexample_is_not_believed(found: Result) -> None:
    doc = document(found)
    doc["counterexample"]["instance"] = THEOREM.claim.domain.dump(harmless())
    with pytest.raises(ValueError, match="when it is decided again"):
        result_from(doc, MUTANT, found.options)


def harmless() -> Instance:
    """An instance on which the mutant holds: a long way below the edge."""
    instance = THEOREM.families[0].first().replace(step_size=fmpq(1, 1000))
    assert decide(MUTANT.claim, instance).verdict == "holds"
    return instance


@pytest.mark.parametrize(
    "target",
    [
        THEOREM,
        MUTANT,
        catalogue_target("weighted-l1", drop="stable"),
        catalogue_target("weighted-l1", claim=next(iter(catalogue_target("weighted-l1").theorem.links)).id),  # type: ignore[union-attr]
    ],
    ids=lambda t: t.title,
)
def test_a_target_is_built_again_from_its_document(target: Target) -> None:
    again = target_from(target.ref.document())
    assert (again.ref, again.claim.id, again.title) == (target.ref, target.claim.id, target.title)
    assert [a.id for a in again.claim.assumes] == [a.id for a in target.claim.assumes]
    assert decide(again.claim, harmless()).verdict == decide(target.claim, harmless()).verdict


def test_shares_add_up_and_seeds_differ() -> None:
    parts = [options_of(Options(evaluations=1001, seed=7), i, 4) for i in range(4)]
    assert [p.evaluations for p in parts] == [251, 250, 250, 250]
    assert len({p.seed for p in parts}) == 4
    assert seed_of(7, 1) != seed_of(8, 1)
    assert options_of(Options(seconds=3.0), 0, 4).seconds == 3.0


def made(seconds: float, evaluations: int, minimal: bool = True, hollow: str = "", method: str = "ascend") -> Result:
    """A result with a counterexample."""
    instance = MUTANT.hints[0]
    outcome = decide(MUTANT.claim, instance)
    counterexample = Counterexample(instance, outcome, instance, method, evaluations, seconds, minimal, hollow)
    methods = (MethodSummary("ascend", evaluations, seconds, 1, 0.5), MethodSummary("known", note="left out"))
    return Result(MUTANT, Options(), counterexample, None, (), evaluations, 3, 1, seconds, methods)


def nothing(proposed: float, evaluations: int, note: str = "") -> Result:
    """A result without one."""
    tightest = Tightest(harmless(), decide(MUTANT.claim, harmless()), "drawn")
    suspicion = Suspicion(harmless(), "ascend", 1e-14, tightest.outcome)
    methods = (MethodSummary("ascend", evaluations, 1.0, 2, proposed, note),)
    return Result(MUTANT, Options(), None, tightest, (suspicion,), evaluations, 5, 2, 1.0, methods)


def test_merging_sums_and_keeps_the_best() -> None:
    shares = [Share(0, nothing(0.9, 100)), Share(1, nothing(0.99, 50, "stuck"))]
    whole = merged(MUTANT, Options(), shares, interrupted=False)
    assert (whole.evaluations, whole.decided, whole.vacuous, whole.counterexample) == (150, 10, 4, None)
    [ascend] = whole.methods
    assert (ascend.evaluations, ascend.steps, ascend.proposed, ascend.note) == (150, 4, 0.99, "stuck")
    assert len(whole.suspicions) == 1


def test_by_time_the_first_counterexample_reduced_to_the_end_counts() -> None:
    shares = [Share(i, r) for i, r in enumerate([made(1.0, 10, minimal=False), made(3.0, 30), made(2.0, 20)])]
    whole = merged(MUTANT, Options(seconds=9.0), shares, interrupted=False)
    assert whole.counterexample is not None
    assert whole.counterexample.evaluations == 20
    assert any("worker 3 of 3" in note for note in whole.notes)


def test_by_evaluations_the_first_worker_counts() -> None:
    shares = [Share(0, nothing(0.9, 5)), Share(1, made(3.0, 30)), Share(2, made(2.0, 20))]
    whole = merged(MUTANT, Options(evaluations=99), shares, interrupted=False)
    assert whole.counterexample is not None
    assert whole.counterexample.evaluations == 30


def test_progress_of_all_is_one_line() -> None:
    one = Progress("searching", 10, 1.0, 0.5, 0.4, "drawn")
    two = Progress("shrinking", 20, 2.0, 0.7, None, "ascend")
    assert merged_progress([one, two]) == Progress("shrinking", 30, 2.0, 0.7, 0.4, "ascend")


@pytest.mark.slow
def test_a_killed_worker_is_named_and_the_others_go_on(tmp_path: Path) -> None:
    def kill_one(progress: Progress) -> None:
        children = multiprocessing.active_children()
        if len(children) == 2:
            min(children, key=lambda child: child.name).kill()

    result = hunt_in_processes(THEOREM, Options(seconds=1.0, cold=True), 2, kill_one, tmp_path)
    assert [note for note in result.notes if "(SIGKILL)" in note and "of 2 ended without a result" in note]
    assert result.evaluations > 0
    assert result.methods
    assert not result.interrupted
    assert multiprocessing.active_children() == []


@pytest.mark.slow
def test_no_worker_at_its_end_is_an_error(tmp_path: Path) -> None:
    lost = replace(THEOREM, ref=ClaimPath("weighted-l1", "mutant", "unheard-of"))
    with pytest.raises(WorkersFailed, match=r"worker 1 met an error \(KeyError: .*worker 2 met"):
        hunt_in_processes(lost, Options(evaluations=100), 2, ignore, tmp_path)
    assert multiprocessing.active_children() == []


def test_what_a_killed_worker_had_kept_is_not_lost(found: Result, folder: Path) -> None:
    assert found.counterexample is not None
    last = Progress("shrinking", 123, 4.5)
    rescued = kept_counterexample(MUTANT, folder, last)
    assert rescued is not None
    assert rescued.instance in (found.counterexample.instance, found.counterexample.first)
    assert (rescued.outcome.verdict, rescued.evaluations, rescued.minimal) == ("violated", 123, False)
    assert rescued.file is not None
    assert rescued.file.is_file()
    assert kept_counterexample(catalogue_target("weighted-l1", mutant="no-root"), folder, last) is None


@pytest.mark.slow
def test_the_same_evaluations_give_the_same_result_in_processes(tmp_path: Path) -> None:
    options = Options(evaluations=20_000, cold=True, seed=3)
    first, second = (hunt_in_processes(MUTANT, options, 2, ignore, tmp_path / name) for name in ("a", "b"))
    assert timeless(first) == timeless(second)
    assert first.counterexample is not None


@pytest.mark.slow
def test_ctrl_c_collects_the_summaries(tmp_path: Path) -> None:
    heard: list[Progress] = []

    def stop(progress: Progress) -> None:
        heard.append(progress)
        if len(heard) == 10:
            raise KeyboardInterrupt

    result = hunt_in_processes(THEOREM, Options(seconds=300.0, cold=True), 2, stop, tmp_path)
    assert result.interrupted
    assert result.evaluations >= heard[-1].evaluations
    assert {m.id for m in result.methods} >= {"ascend", "drawn"}
