"""The document a report is made of: read, recognised, its events sorted by what they are about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from refutable.verify.reading import ReadError, read_json
from refutable.verify.report.fields import Fields

RUN_FORMAT = "refutable-report/1"
GATE_FORMAT = "refutable-gate/1"
MAX_BYTES = 64 * 2**20
BINS = 20
STRENGTHS = {"exact": 0, "certified-float": 1, "symbolic": 2, "integrated": 3}


def size_name(sizes: Mapping[str, int]) -> str:
    """A size in one word or more: "d=1 k=2 n=3"."""
    return " ".join(f"{name}={value}" for name, value in sorted(sizes.items()))


@dataclass
class Evidence:
    """One claim (or link) under one kind of evidence, all its events together.

    Attributes:
        strengths: how its cases were decided, of events that have cases.
        tightest: largest left/right of an inequality that held, and its exact text where there is one.
        ratios: how many left/right fell into each twentieth of [0, 1]; empty in older documents.
        by_size: largest left/right and number of cases by size, such as "k=2 n=3".
    """

    claim: str
    kind: str
    strengths: set[str] = field(default_factory=set)
    counts: Counter[str] = field(default_factory=Counter)
    touching: int = 0
    tightest: float | None = None
    exactly: str = ""
    ratios: list[int] = field(default_factory=list)
    by_size: dict[str, tuple[float, int]] = field(default_factory=dict)
    families: list[str] = field(default_factory=list)

    @property
    def strength(self) -> str:
        """How its cases were decided, strongest first: "exact, certified-float"; "" without cases."""
        return ", ".join(sorted(self.strengths, key=lambda word: (STRENGTHS.get(word, len(STRENGTHS)), word)))

    @property
    def supporting(self) -> int:
        """Cases that hold or agree."""
        return self.counts["holds"] + self.counts["agrees"]

    def take(self, event: Fields) -> None:
        """Add one event."""
        counts, strength = event.count_by_name("counts"), event.text("strength")
        self.counts.update(counts)
        if strength and any(counts.values()):
            self.strengths.add(strength)
        self.touching += event.count("touching")
        self._tighter(event)
        self._spread(event)
        if event.text("family"):
            self.families.append(event.text("family"))

    def _tighter(self, event: Fields) -> None:
        value = event.number("tightest")
        if value is not None and (self.tightest is None or value > self.tightest):
            self.tightest, self.exactly = value, event.object("tightness").text("text")

    def _spread(self, event: Fields) -> None:
        bins = event.counts("ratios")[:BINS]
        if bins:
            known = self.ratios or [0] * BINS
            self.ratios = [a + b for a, b in zip(known, bins + [0] * (BINS - len(bins)), strict=True)]
        for row in event.objects("by_size"):
            size = size_name(row.count_by_name("sizes"))
            largest, count = self.by_size.get(size, (-1.0, 0))
            self.by_size[size] = max(largest, row.number("tightest") or 0.0), count + row.count("count")


@dataclass(frozen=True)
class Found:
    """One certified violation.

    Attributes:
        claim: what is violated.
        told: an entry of "counterexamples".
        killer: the mutant that the instance is known to kill, where it was tried for that; "" for others.
    """

    claim: str
    told: Fields
    killer: str = ""


@dataclass
class TheoremRun:
    """What a run saw of one theorem.

    Attributes:
        entry: its row of the run's table.
        cited: its source in short.
        record: what its record says (statement, proof, mutants); empty in older documents.
        settings: published settings, repeated.
        evidence: by claim and kind; links: the same of the links of its proof.
    """

    entry: Fields
    record: Fields
    cited: str = ""
    evidence: dict[tuple[str, str], Evidence] = field(default_factory=dict)
    links: dict[tuple[str, str], Evidence] = field(default_factory=dict)
    mutants: list[Fields] = field(default_factory=list)
    necessity: list[Fields] = field(default_factory=list)
    forms: list[Fields] = field(default_factory=list)
    settings: list[Fields] = field(default_factory=list)
    counterexamples: list[Found] = field(default_factory=list)

    @property
    def id(self) -> str:
        """The theorem's id."""
        return self.entry.text("id")

    @property
    def domain(self) -> str:
        """The kind of instances it speaks of; "" in older documents."""
        return self.record.text("domain")

    @staticmethod
    def _short_record(event: Fields) -> Fields:
        """What the record events of older documents say."""
        return Fields({"domain": event.text("domain")}, event.where)

    def take(self, event: Fields) -> None:
        """Add one event."""
        what = event.text("event")
        self.cited = self.cited or event.text("cited")
        if what in ("evidence", "link"):
            table = self.evidence if what == "evidence" else self.links
            key = event.text("claim"), event.text("kind")
            table.setdefault(key, Evidence(*key)).take(event)
        elif what in (tables := self._tables()):
            tables[what].append(event)
        elif what == "record":
            self.record = event.object("record") if "record" in event else self._short_record(event)
        self._violated(event)

    def _tables(self) -> dict[str, list[Fields]]:
        return {
            "mutant": self.mutants,
            "necessity": self.necessity,
            "closed-form": self.forms,
            "setting": self.settings,
        }

    def _violated(self, event: Fields) -> None:
        """Violations of the theorem's own claims and links: a mutant's killer may violate them as well."""
        told, killer = event.objects("counterexamples"), event.text("mutant")
        violated = event.texts("collateral") if killer else [event.text("claim")] * len(told)
        for number, one in enumerate(told):
            claim = violated[number] if number < len(violated) else self.id
            self.counterexamples.append(Found(claim, one, killer))


@dataclass
class RunDocument:
    """A run of the suite."""

    info: Fields
    verdicts: dict[str, str]
    theorems: list[TheoremRun]
    errors: list[Fields]


@dataclass
class GateDocument:
    """A run of a claims file."""

    info: Fields
    as_claimed: bool
    claims: list[Fields]


def read_document(path: Path, max_bytes: int = MAX_BYTES) -> RunDocument | GateDocument:
    """The document in a file.

    Raises:
        ReadError: as `read_json`, a format that is neither of a run nor of a gate, a wrong value.
    """
    whole = read_json(path, max_bytes)
    top = Fields(whole, str(path))
    known = whole.get("format")
    if known == GATE_FORMAT:
        return GateDocument(top.object("info"), top.flag("as_claimed"), top.objects("claims"))
    if known != RUN_FORMAT:
        found = f"format {known!r:.60}" if known is not None else "no format"
        raise ReadError(
            f"{path}: {found}; a report is made of what `pytest verify --refutable-json FILE` or "
            f'`refutable gate --json` writes ("{RUN_FORMAT}", "{GATE_FORMAT}")'
        )
    return _run(top)


def _run(top: Fields) -> RunDocument:
    table = {
        entry.text("id"): TheoremRun(entry, Fields({}, entry.where + ".record")) for entry in top.objects("theorems")
    }
    for event in top.objects("events"):
        theorem = table.get(event.text("theorem"))
        if theorem is None:
            raise ReadError(f"{event.where}: no theorem {event.text('theorem')!r:.60} in the document's table")
        theorem.take(event)
    return RunDocument(top.object("info"), top.text_by_name("verdicts"), list(table.values()), top.objects("errors"))
