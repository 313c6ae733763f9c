"""Every theorem of the catalogue, on instances of each kind of evidence."""

from __future__ import annotations

from refutable.run_options import RunOptions
from refutable.verify.suite import Record, attempt, parametrised
from refutable.verify.trials import Trial

pytest_generate_tests = parametrised(
    {
        "test_holds_on_drawn_cases": "drawn",
        "test_equality_families": "families",
        "test_trained_minima": "trained",
        "test_visited_states": "visited",
        "test_integrated_solutions": "integrated",
        "test_published_settings": "setting",
        "test_minima_trained_in_mass": "mass",
        "test_holds_on_swept_batches": "swept",
    }
)


def test_holds_on_drawn_cases(trial: Trial, refutable_options: RunOptions, refutable_event: Record) -> None:
    attempt(trial, refutable_options, refutable_event)


def test_equality_families(trial: Trial, refutable_options: RunOptions, refutable_event: Record) -> None:
    attempt(trial, refutable_options, refutable_event)


def test_trained_minima(trial: Trial, refutable_options: RunOptions, refutable_event: Record) -> None:
    attempt(trial, refutable_options, refutable_event)


def test_visited_states(trial: Trial, refutable_options: RunOptions, refutable_event: Record) -> None:
    attempt(trial, refutable_options, refutable_event)


def test_integrated_solutions(trial: Trial, refutable_options: RunOptions, refutable_event: Record) -> None:
    attempt(trial, refutable_options, refutable_event)


def test_published_settings(trial: Trial, refutable_options: RunOptions, refutable_event: Record) -> None:
    attempt(trial, refutable_options, refutable_event)


def test_minima_trained_in_mass(trial: Trial, refutable_options: RunOptions, refutable_event: Record) -> None:
    attempt(trial, refutable_options, refutable_event)


def test_holds_on_swept_batches(trial: Trial, refutable_options: RunOptions, refutable_event: Record) -> None:
    attempt(trial, refutable_options, refutable_event)
