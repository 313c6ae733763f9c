"""Several methods timed side by side: each takes its turn in every round, so that a busy machine slows them alike."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from refutable.verify.bench.engine.settings import Settings

Shot = Callable[[int], float]
"""Does so much work (steps, repeats: a method knows) and returns how many units that made."""
PATIENCE = 4
"""A method whose smallest shot is long gets fewer rounds: those that begin within so many times the seconds."""
GROWTH = 10
"""Most by which the work grows between two trial shots."""


@dataclass(frozen=True)
class Contestant:
    """One method on one case.

    Attributes:
        ours: whether a slowdown of it is ours to answer for.
        amount: work of every shot, where it must not be chosen by time.
        least: work below which a shot would measure something else.
        about: what else is known of it, ready for JSON.
        after: what follows from its rates, ready for JSON.
    """

    name: str
    shot: Shot
    ours: bool = False
    amount: int | None = None
    least: int = 1
    about: dict[str, Any] = field(default_factory=dict)
    after: Callable[[Timing], dict[str, Any]] | None = None


@dataclass(frozen=True)
class Timing:
    """Units per second of a method by round; fewer rounds where a shot takes longer than it should."""

    rates: tuple[float, ...]

    @property
    def best(self) -> float:
        """The fastest round: what the machine allows when nobody disturbs."""
        return max(self.rates)

    def over(self, other: Timing) -> tuple[float, ...]:
        """How many times the other's speed, round by round."""
        return tuple(own / its for own, its in zip(self.rates, other.rates, strict=False) if its > 0)


@dataclass(frozen=True)
class Failed:
    """A method that gave up, and why."""

    reason: str


def middle(values: Sequence[float]) -> tuple[float, float, float] | None:
    """Median and quartiles (of the lower and the upper half, the middle in both); None of nothing."""
    ordered = sorted(values)
    if not ordered:
        return None
    half = (len(ordered) + 1) // 2
    return median(ordered), median(ordered[:half]), median(ordered[-half:])


def measure(
    contestants: Sequence[Contestant], settings: Settings, finish: Callable[[], None] = lambda: None
) -> list[Timing | Failed]:
    """Time every contestant, in their order.

    Args:
        contestants: the methods; each is warmed up by the shots that find out how much work to give it.
        settings: ``seconds`` is shared between the rounds.
        finish: called before the clock is read, for devices that work on their own.
    """
    share = settings.seconds / settings.rounds
    sized = [_sized(one, share, finish) for one in contestants]
    rates: list[list[float]] = [[] for _ in contestants]
    for turn in range(settings.rounds):
        for index, (one, size) in enumerate(zip(contestants, sized, strict=True)):
            if isinstance(size, Failed) or turn * size.seconds > PATIENCE * settings.seconds:
                continue
            try:
                rates[index].append(_rate(one.shot, size.amount, finish)[0])
            except Exception as error:
                sized[index] = _failed(error)
    return [
        size if isinstance(size, Failed) else Timing(tuple(found)) for size, found in zip(sized, rates, strict=True)
    ]


@dataclass(frozen=True)
class _Size:
    amount: int
    seconds: float


def _sized(one: Contestant, share: float, finish: Callable[[], None]) -> _Size | Failed:
    """How much work makes a shot of about ``share`` seconds, never less than the smallest."""
    amount = one.amount or one.least
    try:
        _rate(one.shot, amount, finish)  # the first shot fills caches and compiles
        while True:
            seconds = _rate(one.shot, amount, finish)[1]
            if one.amount is not None or seconds > share / 2:
                return _Size(amount, seconds)
            amount = math.ceil(amount * min(GROWTH, max(1.5, share / max(seconds, 1e-9))))
    except Exception as error:
        return _failed(error)


def _rate(shot: Shot, amount: int, finish: Callable[[], None]) -> tuple[float, float]:
    """Units per second of one shot, and its seconds."""
    begun = time.perf_counter()
    units = shot(amount)
    finish()
    seconds = max(time.perf_counter() - begun, 1e-9)
    return units / seconds, seconds


def _failed(error: Exception) -> Failed:
    text = " ".join(str(error).split())
    return Failed(f"{type(error).__name__}: {text[:200]}" if text else type(error).__name__)
