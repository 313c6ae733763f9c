"""What the tests of the strategies share: drawing with a fixed seed, and counting regimes."""

from collections import Counter
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.strategies import SearchStrategy

from refutable.strategies.shallow_relu import choosers
from refutable.theorems.instances import Instance

Draw = Callable[[SearchStrategy[Instance], int], list[Instance]]


@pytest.fixture
def regimes(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Counts the regimes that strategies note."""
    seen: Counter[str] = Counter()
    monkeypatch.setattr(choosers, "event", lambda regime: seen.update([regime]))
    return seen


@pytest.fixture
def draw() -> Draw:
    """Instances of a strategy, always the same ones."""

    def drawn(strategy: SearchStrategy[Instance], count: int) -> list[Instance]:
        found: list[Instance] = []

        @seed(2021)
        @settings(
            max_examples=count,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(strategy)
        def collect(instance: Instance) -> None:
            found.append(instance)

        collect()
        return found

    return drawn
