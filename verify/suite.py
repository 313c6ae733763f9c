"""The pytest side of the suite: one test for each trial of each theorem of the catalogue."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from refutable.run_options import RunOptions
from refutable.theorems import catalogue
from refutable.verify.events import Run
from refutable.verify.profiles import Profile, profile
from refutable.verify.trials import Trial, TrialKind, trials
from refutable_pytest import options_of

Record = Callable[[Mapping[str, Any]], None]


def parametrised(kinds: Mapping[str, TrialKind]) -> Callable[[pytest.Metafunc], None]:
    """A ``pytest_generate_tests`` that gives each named test function the trials of its kind."""

    def generate(metafunc: pytest.Metafunc) -> None:
        kind = kinds.get(metafunc.function.__name__)
        if kind is not None:
            metafunc.parametrize("trial", list(_cases(kind, options_of(metafunc.config))))

    return generate


def _cases(kind: TrialKind, options: RunOptions) -> list[Any]:
    return [
        pytest.param(trial, id=trial.id, marks=pytest.mark.refutable_theorem(trial.theorem))
        for trial in in_order(kind, profile(options.profile))
    ]


def in_order(kind: TrialKind, chosen: Profile) -> list[Trial]:
    """The trials of a kind, theorem by theorem; those on minima trained in mass batch by batch."""
    found = [trial for theorem in catalogue.CATALOGUE for trial in trials(theorem, chosen) if trial.kind == kind]
    return sorted(found, key=lambda trial: trial.batch)


def run_of(options: RunOptions) -> Run:
    """What the run's options ask for."""
    return Run(profile(options.profile), options.seed, options.device, Path(options.witnesses))


def attempt(trial: Trial, options: RunOptions, record: Record) -> None:
    """Run one trial, hand its event to the reporters, and fail with the event's problems if it has any."""
    event = trial.run(run_of(options))
    record(event)
    if event["problems"]:
        pytest.fail("\n\n".join(event["problems"]), pytrace=False)
