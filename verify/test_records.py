"""What each record says of itself: it is complete, its mutants are false, its assumptions are needed."""

from __future__ import annotations

import pytest

from refutable.run_options import RunOptions
from refutable.theorems.catalogue import BROKEN, PAPERS
from refutable.verify.suite import Record, attempt, parametrised
from refutable.verify.trials import Trial

_generate = parametrised(
    {
        "test_record_is_well_formed": "record",
        "test_mutant_is_refuted": "mutant",
        "test_assumption_is_necessary": "necessity",
    }
)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test a paper for the first test, one a trial for the others."""
    if "paper" in metafunc.fixturenames:
        metafunc.parametrize("paper", PAPERS)
    else:
        _generate(metafunc)


def test_records_of_a_paper_can_be_built(paper: str) -> None:
    reason = BROKEN.get(paper)
    assert reason is None, f"a record of theorems/papers/{paper} fails when it is built: {reason}"


def test_record_is_well_formed(trial: Trial, refutable_options: RunOptions, refutable_event: Record) -> None:
    attempt(trial, refutable_options, refutable_event)


def test_mutant_is_refuted(trial: Trial, refutable_options: RunOptions, refutable_event: Record) -> None:
    attempt(trial, refutable_options, refutable_event)


def test_assumption_is_necessary(trial: Trial, refutable_options: RunOptions, refutable_event: Record) -> None:
    attempt(trial, refutable_options, refutable_event)
