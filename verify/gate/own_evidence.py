"""The user's own instances and trained networks: each must be decided, and in favour."""

from __future__ import annotations

from collections.abc import Iterable

from refutable.theorems.instances import Instance
from refutable.verify.decide import Outcome, decide
from refutable.verify.gate.amounts import Amounts
from refutable.verify.gate.counterexamples import violated
from refutable.verify.gate.findings import Finding
from refutable.verify.gate.own import own_instances, own_networks
from refutable.verify.gate.run import GateRun
from refutable.verify.gate.subjects import Subject
from refutable.verify.headlines import comparison

Readings = list[tuple[str, Instance]]
BEST = ("held", "vacuous", "undecided")
"""Of several readings of one network the first of these counts."""


def instances(subject: Subject, amount: Amounts, run: GateRun) -> Finding:
    """The user's own instances."""
    return _own(subject, run, [(name, [(name, one)]) for name, one in own_instances(subject.entry)])


def networks(subject: Subject, amount: Amounts, run: GateRun) -> Finding:
    """The user's own trained networks: as trained and relabelled; one of the two readings must be decided."""
    groups = [(id, [(f"{id} {name}", one) for name, one in found]) for id, found in own_networks(subject.entry)]
    return _own(subject, run, groups)


def _own(subject: Subject, run: GateRun, groups: Iterable[tuple[str, Readings]]) -> Finding:
    found = Finding(strength="exact")
    for name, readings in groups:
        verdicts = []
        for reading, instance in readings:
            outcome = decide(subject.claim, instance)
            found.add(instance, outcome)
            found.notes.append(_line(reading, outcome))
            if outcome.verdict == "violated":
                return violated(found, subject, run, instance, reading)
            verdicts.append(_verdict(outcome))
        best = min(verdicts, key=BEST.index)
        if best != "held":
            found.short.setdefault(best, []).append(f"{best} on {name}: {found.notes[-1]}")
    # What a reading that does not count came to is in the counts, and nobody need allow it.
    found.verdict = "" if found.short or not found.supported else "held"
    return found


def _verdict(outcome: Outcome) -> str:
    return {"holds": "held", "agrees": "held", "undecided": "undecided"}.get(outcome.verdict, "vacuous")


def _line(name: str, outcome: Outcome) -> str:
    ratio = "" if outcome.tightness is None or outcome.verdict != "holds" else f" (left/right {outcome.tightness:.4g})"
    said = comparison(outcome) if outcome.headline is not None else outcome.reason
    return f"{name}: {outcome.verdict}{'   ' + said if said else ''}{ratio}"
