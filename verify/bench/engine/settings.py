"""What is asked of a run of the engine's measurements."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

SECONDS, QUICK_SECONDS = 0.6, 0.06
ROUNDS, QUICK_ROUNDS = 5, 3


@dataclass(frozen=True)
class Settings:
    """How long and on what to measure.

    Attributes:
        quick: fewer cases, and nothing that takes long to prepare.
        device: ``cpu`` or ``cuda``; the rows of a GPU are beside those of the CPU they are compared with.
        seconds: spent on each method in each case, all rounds together.
        rounds: every method takes its turn in each.
        threads: CPU threads of the rows that use several.
        seed: of networks and data.
    """

    quick: bool = False
    device: str = "cpu"
    seconds: float = SECONDS
    rounds: int = ROUNDS
    threads: int = 1
    seed: int = 0

    def document(self) -> dict[str, Any]:
        """All of it, ready for JSON."""
        return asdict(self)
