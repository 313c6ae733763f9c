"""What a run says about each theorem: events gathered, one verdict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from refutable.verify.intervals import Frequency, clopper_pearson

Event = Mapping[str, Any]
NONE_OFFERED = "is offered"
"""How a reason ends that speaks of one claim only."""
KINDS = (
    "drawn",
    "constructed",
    "trained-relabelled",
    "trained-converged",
    "trained-mass",
    "visited",
    "integrated",
    "swept",
    "symbolic",
)
SOLVED = "integrated"
"""The kind that rests on an ODE solver: it supports no verdict."""
NEAR_TIES = ("trained-mass", "swept")
"""Kinds that certified floats decide, and exact numbers where those leave it open."""
VERDICTS = {
    "held": "no trial refuted it, its false variants were refuted; evidence, never a proof",
    "refuted": "an exact counterexample was found and written",
    "not refuted": "a conjecture that no trial refuted; never counted as held",
    "measured": "an observation, no theorem: how often it holds, with an interval; it is never held",
    "weak": "it survived, but a false variant of it survived too, or none is known",
    "vacuous": "the assumptions held in no case",
    "undecided": "no case could be decided",
    "suspect": "floats or an ODE solver saw a violation that did not certify",
    "untried": "no case was tried in this run",
    "error": "a trial failed for another reason, see above",
}


@dataclass
class Standing:
    """Everything a run saw of one theorem.

    Attributes:
        counts: verdict counts by kind of evidence, over the theorem's claims.
        links: verdict counts of the links of its proof.
        proved: closed forms proved and tried.
        survivors: mutants not refuted.
        collateral: true claims that the killer of a mutant violates.
        epsilons: 1 - factor of the automatic mutants that were refuted.
        broken: problems that refute nothing: errors.
        at_kinks: minima tried at which training ended at a kink.
        solved: of each statement about solutions: its residual nearest to its error bound, the bound, its decoys.
        runs: of a dynamics, whose states were visited: how many were tried, and in how many every state held.
        certified: by kind of evidence, cases decided by certified floats; exactly: those that were near ties.
        tightest: largest left/right of a headline that held; tightest_trained: on trained minima.
        absent: by kind of evidence, why some claim has none; said only if the theorem has none at all.
        record: the record's own event, if it was seen.
    """

    theorem: str
    source: str = ""
    cited: str = ""
    title: str = ""
    status: str = ""
    counts: dict[str, Counter[str]] = field(default_factory=dict)
    links: Counter[str] = field(default_factory=Counter)
    controls: int = 0
    at_kinks: int = 0
    runs: Counter[str] = field(default_factory=Counter)
    solved: list[Event] = field(default_factory=list)
    touching: int = 0
    certified: Counter[str] = field(default_factory=Counter)
    exactly: Counter[str] = field(default_factory=Counter)
    tightest: float | None = None
    tightest_trained: float | None = None
    proved: int = 0
    forms: int = 0
    killed: int = 0
    mutants: int = 0
    survivors: list[str] = field(default_factory=list)
    epsilons: list[str] = field(default_factory=list)
    shown: int = 0
    necessity: int = 0
    collateral: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    absent: dict[str, set[str]] = field(default_factory=dict)
    witnesses: set[str] = field(default_factory=set)
    record: Event | None = None

    def take(self, event: Event) -> None:
        """Add one event."""
        self.source, self.cited, self.title = event["source"], event["cited"], event["title"]
        self.status = event["status"]
        self.witnesses.update(event["witnesses"])
        {
            "evidence": self._evidence,
            "link": self._link,
            "mutant": self._mutant,
            "necessity": self._necessity,
            "closed-form": self._form,
            "record": self._record,
            "setting": self._setting,
        }[event["event"]](event)
        counts = event["counts"] if event["event"] in ("evidence", "link") else {}
        counted = self.observed and event["event"] == "evidence"
        refutes = not counted and (counts.get("violated", 0) > 0 or counts.get("suspect", 0) > 0)
        if not refutes and event["event"] != "mutant" and not event.get("unsuspected"):
            self.broken += event["problems"]

    def _evidence(self, event: Event) -> None:
        self.counts.setdefault(event["kind"], Counter()).update(event["counts"])
        self.controls += event.get("controls", 0)
        self.touching += event["touching"]
        if "certified" in event:
            self.certified[event["kind"]] += event["certified"]
        if event["kind"] in NEAR_TIES and "certified" in event:
            cases = sum(event["counts"].values()) + event.get("controls", 0)
            self.exactly[event["kind"]] += cases - event["certified"]
        self.at_kinks += event.get("at_kinks", 0)
        self.runs.update(event.get("runs", {}))
        if "residual" in event:
            self._solution(event)
        self.absent.setdefault(event["kind"], set()).update(event.get("missing", ()))
        self.tightest = larger(self.tightest, event["tightest"])
        if event["kind"].startswith("trained"):
            self.tightest_trained = larger(self.tightest_trained, event["tightest"])

    def _solution(self, event: Event) -> None:
        self.solved.append({name: event[name] for name in ("claim", "statement", "residual", "bound", "decoys")})
        self.survivors += [f"{event['claim']}: {decoy}" for decoy in event["unsuspected"]]

    def _setting(self, event: Event) -> None:
        """A picture: it says nothing about the verdict."""

    def _link(self, event: Event) -> None:
        self.links.update(event["counts"])

    def _mutant(self, event: Event) -> None:
        self.mutants += 1
        self.killed += event["killed"]
        self.collateral += event["collateral"]
        if not event["killed"]:
            self.survivors.append(event["mutant"])
        elif not event["collateral"]:
            self.broken += event["problems"]
        if event["killed"] and event["epsilon"]:
            self.epsilons.append(event["epsilon"])

    def _necessity(self, event: Event) -> None:
        self.necessity += 1
        self.shown += bool(event["shown"])

    def _form(self, event: Event) -> None:
        self.forms += 1
        self.proved += event["proved"]

    def _record(self, event: Event) -> None:
        self.record = event

    @property
    def missing(self) -> set[str]:
        """Evidence not collected: kinds with no case at all, and tables that are not installed."""
        found: set[str] = set()
        for kind, reasons in self.absent.items():
            none = not self.supporting(kind)
            found |= {reason for reason in reasons if none or not reason.endswith(NONE_OFFERED)}
        return found

    def supporting(self, kind: str) -> int:
        """Cases of one kind that hold or agree."""
        return self.counts.get(kind, Counter())["holds"] + self.counts.get(kind, Counter())["agrees"]

    def total(self, verdict: str) -> int:
        """Cases of all kinds with one verdict."""
        return sum(counts[verdict] for counts in self.counts.values())

    def without_solver(self, verdict: str) -> int:
        """The same, solutions of differential equations left out."""
        return self.total(verdict) - self.counts.get(SOLVED, Counter())[verdict]

    @property
    def resolution(self) -> str:
        """Smallest relative error of the right side that was told apart, or ""."""
        return min(self.epsilons, key=float, default="")

    @property
    def observed(self) -> bool:
        """An observation, no theorem: violations are counted, and refute nothing."""
        return self.status == "empirical"

    def decided(self, kind: str) -> int:
        """Cases of one kind that hold, agree or are violated."""
        return self.supporting(kind) + self.counts.get(kind, Counter())["violated"]

    @property
    def frequencies(self) -> dict[str, Frequency]:
        """Of an observation: how often it holds, by kind of evidence, and in how many whole "runs"."""
        if not self.observed:
            return {}
        counted = {kind: (self.supporting(kind), self.decided(kind)) for kind in KINDS if kind != SOLVED}
        counted["runs"] = (self.runs["holding"], self.runs["tried"])
        return {kind: clopper_pearson(held, tried) for kind, (held, tried) in counted.items() if tried}

    @property
    def verdict(self) -> str:
        """The verdict on the theorem, the gravest first."""
        if self.observed:
            return self._of_observation()
        if self.total("violated") or self.links["violated"] or self.collateral:
            return "refuted"
        if self.broken:
            return "error"
        if self.total("suspect"):
            return "suspect"
        if self.survivors or (self.record is not None and self.record["mutants"] == 0):
            return "weak"
        return self._without_refutation()

    def _of_observation(self) -> str:
        if self.links["violated"] or self.collateral:
            return "refuted"
        if self.broken:
            return "error"
        return "measured" if self.frequencies else "untried"

    def _without_refutation(self) -> str:
        if sum(self.supporting(kind) for kind in self.counts if kind != SOLVED):
            return "not refuted" if self.status == "conjecture" else "held"
        if self.total("undecided"):
            return "undecided"
        return "vacuous" if self.total("vacuous") else "untried"


def larger(a: float | None, b: float | None) -> float | None:
    """The larger of two ratios that may be unknown."""
    return max((x for x in (a, b) if x is not None), default=None)


def standings(events: Iterable[Event], errors: Sequence[tuple[str, str]]) -> list[Standing]:
    """One standing for each theorem, by id, whatever the order of the events."""
    table: dict[str, Standing] = {}
    for event in sorted(events, key=order):
        table.setdefault(event["theorem"], Standing(event["theorem"])).take(event)
    for theorem, node in sorted(errors):
        table.setdefault(theorem, Standing(theorem)).broken.append(f"{node} failed without an event")
    return [table[id] for id in sorted(table)]


def order(event: Event) -> tuple[str, ...]:
    """A key that puts events in one order, however they came from several processes."""
    names = ("theorem", "event", "claim", "kind", "strength", "family", "mutant", "assumption", "form", "shard")
    return tuple(str(event.get(name, "")) for name in names)
