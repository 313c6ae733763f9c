"""The profile ci: it trains nothing and asks for no accelerator, so that every machine sees the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from refutable.strategies.engine import converge, minima
from refutable.strategies.supplies import supply
from refutable.strategies.training import deep_linear
from refutable.theorems.catalogue import CATALOGUE, theorem
from refutable.theorems.records import Theorem
from refutable.verify.events import Run
from refutable.verify.evidence import assumed, at_exact_minima
from refutable.verify.gate.run import GateRun
from refutable.verify.profiles import PROFILES
from refutable.verify.reporting import render_table
from refutable.verify.trials import trials

CI = PROFILES["ci"]
TRAINED = [record for record in CATALOGUE if any(t.kind == "trained" for t in trials(record, CI))]


@pytest.fixture
def untrainable(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> Any:
        raise AssertionError("something was trained")

    monkeypatch.setattr(converge, "converge", refuse)
    monkeypatch.setattr(minima, "relabelled", refuse)
    monkeypatch.setattr(deep_linear, "train_deep_linear", refuse)
    monkeypatch.setattr("refutable.strategies.training.cache.trained", refuse)


@pytest.mark.usefixtures("untrainable")
@pytest.mark.parametrize("record", TRAINED, ids=[record.id for record in TRAINED])
def test_nothing_is_trained(record: Theorem) -> None:
    for claim in record.claims:
        offered = supply(claim.domain.id).trained(assumed(claim), "ci", "cpu")
        assert offered.boxes == ()
        assert set(offered.counts) <= {"frozen corpus"}


def test_what_only_training_gives_is_said_not_to_be_collected() -> None:
    record = theorem("stability-norm")
    [trial] = [t for t in trials(record, CI) if t.id.endswith("exact-minima")]
    event = trial.run(Run(CI))
    assert event["problems"] == []
    assert event["missing"] == ["exact minima beside converged networks: nothing is trained in this profile"]
    header, _, row, *rest = render_table([event], [])
    for column in ("conv", "mass"):
        assert row[: header.index(column) + len(column)].split()[-1] == "-"
    assert any(line.startswith("evidence not collected: exact minima beside converged") for line in rest)


def test_auto_is_the_cpu(tmp_path: Path) -> None:
    assert Run(CI).device == GateRun("refutable-ci", 0, "auto", tmp_path).device == "cpu"
    assert Run(CI, device="cuda").device == GateRun("ci", 0, "cuda", tmp_path).device == "cuda"
    assert Run(PROFILES["default"]).device == GateRun("default", 0, "auto", tmp_path).device == "auto"


def test_other_profiles_train() -> None:
    record = theorem("stability-norm")
    event = at_exact_minima(record, record.headline, Run(PROFILES["quick"], device="cpu"))
    assert event["certified"] > 0
    assert event["missing"] == []
