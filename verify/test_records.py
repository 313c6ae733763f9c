"""What each record says of itself: it is complete, its mutants are false, its assumptions are needed."""

from __future__ import annotations

from refutable.verify.suite import Record, attempt, parametrised
from refutable.verify.trials import Trial
from refutable_pytest import RunOptions

pytest_generate_tests = parametrised(
    {
        "test_record_is_well_formed": "record",
        "test_mutant_is_refuted": "mutant",
        "test_assumption_is_necessary": "necessity",
    }
)


def test_record_is_well_formed(trial: Trial, refutable_options: RunOptions, refutable_event: Record) -> None:
    attempt(trial, refutable_options, refutable_event)


def test_mutant_is_refuted(trial: Trial, refutable_options: RunOptions, refutable_event: Record) -> None:
    attempt(trial, refutable_options, refutable_event)


def test_assumption_is_necessary(trial: Trial, refutable_options: RunOptions, refutable_event: Record) -> None:
    attempt(trial, refutable_options, refutable_event)
