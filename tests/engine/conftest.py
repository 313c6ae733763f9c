"""Fixtures of the engine's tests."""

from __future__ import annotations

import pytest

from refutable.strategies.engine.evaluation import hyperplanes


@pytest.fixture(params=["masks", "sorted"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both ways to weights are taken at every size."""
    monkeypatch.setattr(hyperplanes, "LINE", 0 if request.param == "sorted" else 10**12)
    monkeypatch.setattr(hyperplanes, "LINE_DATA", 1)
    return str(request.param)
