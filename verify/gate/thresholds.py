"""What a claim must reach: the tightness its entry asks for, and that of an earlier run. Decided exactly."""

from __future__ import annotations

from collections.abc import Iterable

from flint import fmpq

from refutable.theorems.exact import rational, text
from refutable.verify.decide import decide
from refutable.verify.gate.findings import Finding, tighter
from refutable.verify.gate.run import GateRun
from refutable.verify.gate.subjects import Subject


def tight(subject: Subject, findings: Iterable[Finding]) -> Finding:
    """Whether the tightest exact evidence reaches what the entry asks for."""
    found = Finding(verdict="held", strength="exact")
    for one in findings:
        if tighter(one.tightness, found.tightness):
            found.tightness, found.tightest = one.tightness, one.tightest
    asked = subject.entry.tightness
    if asked is not None and not reaches(subject, found, asked):
        found.problems.append(f"tightness: left/right reaches {_said(found)}, the entry asks for {text(asked)}")
    return found


def not_looser(found: Finding, file: str, subject: Subject, run: GateRun) -> Finding:
    """The finding with a complaint if an earlier run was tighter by more than may be lost, or of another claim."""
    if run.baseline is None:
        return found
    known = run.baseline.of(file, subject.entry.id, subject.entry.ref)
    if known is None:
        found.notes.append("not in the baseline")
        return found
    if known.get("digest") not in (None, subject.entry.ref.digest()):
        found.notes.append("the claim has changed since the baseline (another digest): it is compared all the same")
    if not reaches(subject, found, run.baseline.floor(known["lower"])):
        found.problems.append(
            f"tightness: left/right was {known['text']} in the baseline and is {_said(found)}; "
            f"{run.baseline.allowed} is allowed"
        )
    return found


def reaches(subject: Subject, found: Finding, least: fmpq) -> bool:
    """Whether left/right is at least a rational: by its enclosure, else by deciding least * right <= left itself."""
    if found.tightness is None:
        return False
    if rational(found.tightness["lower"]) >= least:
        return True
    if rational(found.tightness["upper"]) < least or found.tightest is None or least <= 0:
        return False
    # The sides lie within the width of an enclosure of the threshold: the claim with its right side times that is
    # then violated, or touched, on the tightest instance.
    outcome = decide(subject.claim.scaled(least, "threshold"), found.tightest)
    return outcome.verdict == "violated" or (outcome.verdict == "holds" and outcome.touching)


def _said(found: Finding) -> str:
    return "nothing (no instance has a ratio)" if found.tightness is None else str(found.tightness["text"])
