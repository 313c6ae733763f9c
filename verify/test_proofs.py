"""The steps of each proof: links hold, closed forms are proved."""

from __future__ import annotations

from refutable.run_options import RunOptions
from refutable.verify.suite import Record, attempt, parametrised
from refutable.verify.trials import Trial

pytest_generate_tests = parametrised({"test_link_holds": "link", "test_closed_form_is_proved": "closed-form"})


def test_link_holds(trial: Trial, refutable_options: RunOptions, refutable_event: Record) -> None:
    attempt(trial, refutable_options, refutable_event)


def test_closed_form_is_proved(trial: Trial, refutable_options: RunOptions, refutable_event: Record) -> None:
    attempt(trial, refutable_options, refutable_event)
