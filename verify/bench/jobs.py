"""A measurement as jobs that any process can do, and what comes back as plain rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from refutable.verify.bench.subjects import Subject

Row = dict[str, Any]
"""What one job measured, ready for JSON."""


@dataclass(frozen=True)
class Plan:
    """What is asked of a run.

    Attributes:
        seconds: of each search.
        claims: at most so many claims a part, evenly spread; None: all.
        cold, warm: whether families, hints and named instances are left out, or used; both may be measured.
        evaluations: of the part that counts false alarms, all claims together.
    """

    seconds: float = 60.0
    workers: int = 2
    claims: int | None = None
    seed: int = 0
    cold: bool = True
    warm: bool = True
    evaluations: int = 10_000_000
    device: str = "cpu"

    def document(self) -> dict[str, Any]:
        """All of it, ready for JSON."""
        return asdict(self)


@dataclass(frozen=True)
class Job:
    """One search to do.

    Attributes:
        part: the measurement it belongs to.
        method: how to search, where a part compares methods.
        evaluations: budget instead of seconds, where given.
    """

    part: str
    subject: Subject
    seconds: float
    seed: int = 0
    method: str = ""
    cold: bool = True
    evaluations: int | None = None
    device: str = "cpu"


@dataclass(frozen=True)
class Part:
    """One measurement.

    Attributes:
        meaning: one line for people.
        jobs: what is to be done.
        run: does one job; called in another process.
        summary: of all rows, ready for JSON.
        lines: the table.
    """

    id: str
    meaning: str
    jobs: Callable[[Plan], list[Job]]
    run: Callable[[Job], Row]
    summary: Callable[[list[Row]], dict[str, Any]]
    lines: Callable[[list[Row]], list[str]]


@dataclass(frozen=True)
class Measured:
    """A part with its rows, in the order of its jobs."""

    part: Part
    rows: list[Row] = field(default_factory=list)

    def document(self) -> dict[str, Any]:
        """Ready for JSON."""
        return {"part": self.part.id, "summary": self.part.summary(self.rows), "rows": self.rows}
