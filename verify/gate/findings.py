"""What one item of a gate found: events of the suite put together, and whether that is as claimed. Plain JSON."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from refutable.theorems.exact import rational
from refutable.theorems.instances import Instance
from refutable.verify.decide import Outcome
from refutable.verify.keeping.tightness import Tightness, tightness
from refutable.verify.reading import instance_of
from refutable.verify.tally import honest
from refutable.verify.witnesses import headline

SUPPORTING = ("holds", "agrees")
STRENGTHS = ("exact", "certified-float", "symbolic")
GRAVEST = ("suspect", "undecided", "vacuous")
Numbers = dict[str, Any]


@dataclass
class Finding:
    """The outcome of one item.

    Attributes:
        verdict: held, refuted, undecided, suspect, vacuous, untried, weak, error; "" for what the counts say.
        tightness: "lower", "upper", "touching", "text" of the claim's largest left/right, exactly; None: none is known.
        tightest: the instance where it is reached.
        counterexample: JSON-ready, see `violations`; None if nothing was refuted.
        short: what decides nothing, by verdict (suspect, undecided, vacuous), in words; an entry may allow these.
        killed: false variants that were refuted, of the kind mutants.
        problems: why it is not as claimed, whatever is allowed; notes: worth saying all the same.
    """

    verdict: str = ""
    strength: str = ""
    counts: Counter[str] = field(default_factory=Counter)
    tightness: Numbers | None = None
    tightest: Instance | None = None
    counterexample: dict[str, Any] | None = None
    short: dict[str, list[str]] = field(default_factory=dict)
    killed: int | None = None
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def supported(self) -> bool:
        """Something was decided in favour."""
        return any(self.counts[name] for name in SUPPORTING)

    def judged(self) -> str:
        """The verdict, the gravest first."""
        if self.verdict:
            return self.verdict
        if self.counts["violated"] or self.counterexample is not None:
            return "refuted"
        if self.problems:
            return "error"
        short = self.shortfalls()
        grave = next((name for name in GRAVEST if name in short), None)
        return grave or ("held" if self.supported else "untried")

    def shortfalls(self) -> dict[str, list[str]]:
        """What decides nothing, by verdict: as was said, else as the counts say."""
        if self.short:
            return self.short
        told = {name: self.notes for name in ("suspect", "undecided") if self.counts[name]}
        if self.counts["vacuous"] and not self.supported:
            told["vacuous"] = []
        return told

    def add(self, instance: Instance, outcome: Outcome) -> None:
        """Count one exact decision."""
        self.counts[outcome.verdict] += 1
        if outcome.verdict == "holds":
            found = enclosed(tightness(headline(outcome)))
            if tighter(found, self.tightness) and honest(instance):
                self.take_tightness(found, instance)
        elif outcome.verdict == "undecided" and self.counts["undecided"] == 1:
            self.notes.append(f"undecided: {outcome.reason}")

    def take_tightness(self, found: Numbers | None, instance: Instance | None = None) -> None:
        """Keep the tighter of what is known and ``found``."""
        if tighter(found, self.tightness):
            self.tightness, self.tightest = found, instance


def enclosed(found: Tightness | None) -> Numbers | None:
    """A tightness as plain texts."""
    if found is None:
        return None
    return {
        "lower": str(found.lower),
        "upper": str(found.upper),
        "touching": found.touching,
        "text": str(found),
    }


def tighter(one: Mapping[str, Any] | None, other: Mapping[str, Any] | None) -> bool:
    """Whether ``one`` is known and its lower end is above the other's."""
    if one is None or other is None:
        return one is not None
    return bool(rational(one["lower"]) > rational(other["lower"]))


def tightest_of(found: Iterable[Mapping[str, Any] | None]) -> Numbers | None:
    """The tightest of several."""
    best: Mapping[str, Any] | None = None
    for one in found:
        best = one if tighter(one, best) else best
    return None if best is None else dict(best)


def of_events(events: Sequence[Mapping[str, Any]], headline_id: str, tolerant: bool) -> Finding:
    """Events of the suite put together.

    Args:
        headline_id: of the claim whose tightness counts; other claims of a record are decided too.
        tolerant: what a strategy draws in vain is no mistake of the claim's (it is one of a record's).
    """
    out, strengths = Finding(), []
    for event in events:
        counts = event.get("counts", {})
        out.counts.update(counts)
        if event.get("claim") == headline_id:
            out.take_tightness(event.get("tightness"), _tightest(event))
        strengths += [event["strength"]] if any(counts.values()) and "strength" in event else []
        found = event.get("counterexamples") or []
        if found and out.counterexample is None:
            out.counterexample = {**found[0], **replayed(found[0]["file"])}
        if counts.get("violated") or found or not tolerant or event.get("kind") != "drawn":
            out.problems += event["problems"]
        out.notes += _asides(event)
    if not out.supported:
        out.notes += dict.fromkeys(text for event in events for text in event.get("missing", ()))
    out.strength = " and ".join(name for name in STRENGTHS if name in strengths)
    return out


def _asides(event: Mapping[str, Any]) -> list[str]:
    said = [f"no witness was written: {text}" for text in event.get("unkept", ())]
    undecided = event.get("counts", {}).get("undecided")
    if undecided and event.get("reason"):
        said.append(f"{undecided} undecided, mostly {event['reason'].removeprefix('undecided: ')}")
    return said


def _tightest(event: Mapping[str, Any]) -> Instance | None:
    document = event.get("tightest_instance")
    return None if document is None else instance_of(document, "tightest_instance")


def replayed(file: str | None) -> dict[str, str | None]:
    """The witness file of a counterexample, from here if it is below this folder, and how to replay it."""
    if file is None:
        return {"file": None, "replay": "no witness was written"}
    path, here = Path(file), Path.cwd()
    shown = path.relative_to(here) if path.is_absolute() and path.is_relative_to(here) else path
    return {"file": shown.as_posix(), "replay": f"refutable replay {shlex.quote(shown.as_posix())}"}
