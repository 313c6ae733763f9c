"""A measurement as cases on which methods compete, and what comes back as plain rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from refutable.verify.bench.engine.settings import Settings
from refutable.verify.bench.engine.timing import Contestant, Failed, Timing, measure, middle

Row = dict[str, Any]
"""One method on one case, ready for JSON."""


@dataclass(frozen=True)
class Absent:
    """A method that was not measured, and why.

    Attributes:
        case: empty where that holds of all cases.
        failed: it is one of our own, and broke down.
    """

    method: str
    reason: str
    case: str = ""
    failed: bool = False

    def document(self) -> dict[str, Any]:
        """Ready for JSON."""
        return {"method": self.method, "case": self.case, "reason": self.reason, "failed": self.failed}


@dataclass(frozen=True)
class Case:
    """What methods compete on.

    Attributes:
        id: what it is, in words; with a method's name it is the key by which runs are compared.
        contestants: the first of those named in ``references`` that was measured is what ratios refer to.
        about: numbers that describe the case, ready for JSON.
    """

    id: str
    contestants: list[Contestant]
    references: tuple[str, ...] = ()
    about: Mapping[str, Any] = field(default_factory=dict)
    absent: list[Absent] = field(default_factory=list)


@dataclass(frozen=True)
class Column:
    """A column of a table: what it is called, where its value stands in a row, and how it is written."""

    header: str
    key: str
    text: Callable[[Any], str]


@dataclass(frozen=True)
class Part:
    """One measurement.

    Attributes:
        meaning: one line for people.
        unit: what rates count per second.
        cases: prepared one after the other, each before it is measured.
        columns: beside case and method.
        summary: of all rows, ready for JSON.
        remarks: lines under the table, from the summary.
    """

    id: str
    meaning: str
    unit: str
    cases: Callable[[Settings], Iterator[Case]]
    columns: tuple[Column, ...]
    summary: Callable[[list[Row]], dict[str, Any]] = lambda rows: {}
    remarks: Callable[[dict[str, Any]], list[str]] = lambda summary: []


@dataclass
class Measured:
    """A part with the cases it was measured on, their rows, and those methods that have none."""

    part: Part
    rows: list[Row] = field(default_factory=list)
    absent: list[Absent] = field(default_factory=list)
    seconds: float = 0.0
    cases: list[str] = field(default_factory=list)

    def document(self) -> dict[str, Any]:
        """Ready for JSON."""
        return {
            "part": self.part.id,
            "meaning": self.part.meaning,
            "unit": self.part.unit,
            "seconds": round(self.seconds, 3),
            "summary": self.part.summary(self.rows),
            "cases": self.cases,
            "rows": self.rows,
            "absent": [one.document() for one in self.absent],
        }


def rows_of(case: Case, settings: Settings, finish: Callable[[], None]) -> tuple[list[Row], list[Absent]]:
    """Measure one case: the rows of its methods, and those that gave up."""
    timings = measure(case.contestants, settings, finish)
    by_name = {
        one.name: timing
        for one, timing in zip(case.contestants, timings, strict=True)
        if isinstance(timing, Timing) and timing.rates
    }
    reference = next((name for name in case.references if name in by_name), None)
    rows, absent = [], list(case.absent)
    for one, timing in zip(case.contestants, timings, strict=True):
        if isinstance(timing, Failed):
            absent.append(Absent(one.name, timing.reason, case.id, one.ours))
        elif timing.rates:
            rows.append(_row(case, one, timing, reference, by_name))
    return rows, absent


def _row(case: Case, one: Contestant, timing: Timing, reference: str | None, by_name: Mapping[str, Timing]) -> Row:
    ratios = () if reference is None else timing.over(by_name[reference])
    rate, ratio = middle(timing.rates), middle(ratios)
    assert rate is not None
    return {
        "case": case.id,
        "method": one.name,
        "ours": one.ours,
        "rate": rate[0],
        "rate_quartiles": rate[1:],
        "rounds": len(timing.rates),
        "reference": reference,
        "ratio": None if ratio is None else ratio[0],
        "ratio_quartiles": None if ratio is None else ratio[1:],
        "ratio_rounds": len(ratios),
        **case.about,
        **one.about,
        **({} if one.after is None else one.after(timing)),
    }
