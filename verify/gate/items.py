"""The items of a gate: one for each claim and kind of evidence. A claim is as claimed if all its items pass."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from refutable.verify import mass, visits
from refutable.verify.gate import own_evidence, trying, variants
from refutable.verify.gate.amounts import LEAST_REFUTING, Amounts, amounts
from refutable.verify.gate.counterexamples import told
from refutable.verify.gate.entries import ClaimsFile, Entry
from refutable.verify.gate.findings import Finding
from refutable.verify.gate.run import GateRun
from refutable.verify.gate.subjects import Subject
from refutable.verify.gate.thresholds import not_looser, tight
from refutable.verify.gate.trying import Try, finding_of
from refutable.verify.reading import ReadError
from refutable.verify.userclaims.surroundings import checkout

EVIDENCE: Mapping[str, Try] = {
    "drawn": trying.drawn,
    "constructed": trying.constructed,
    "trained": trying.trained,
    "swept": trying.swept,
    "mass": trying.in_mass,
    "symbolic": trying.symbolic,
    "instances": own_evidence.instances,
    "networks": own_evidence.networks,
    "hunt": trying.hunted,
}
"""Kinds of evidence in the order they are tried."""
KINDS = (*EVIDENCE, "mutants", "tightness", "refutation", "refused", "nothing")
"""Kinds of items: of evidence, of what an entry asks of it, a listed refutation, code that is not run, none at all."""
EXACT = ("drawn", "constructed", "trained", "instances", "networks", "hunt")
"""Kinds of evidence whose tightness is known exactly."""
BEFORE_MUTANTS = ("instances", "networks", "constructed", "drawn")
"""Those whose tightest instances are tried on false variants, whatever else has run in this process."""
LENIENT = ("constructed", "trained", "swept", "mass", "hunt")
COUNTS = ("holds", "violated", "vacuous", "undecided", "agrees")
REFUTING = ("instances", "networks", "constructed", "drawn", "trained", "swept", "hunt")
"""Where the counterexample of a claim that is listed as refuted is looked for, the cheapest first."""
ASKED = ("drawn", "constructed", "trained", "mass", "swept", "hunt")


@dataclass(frozen=True)
class Item:
    """One claim and one kind of evidence; ``refutation`` stands for all kinds, ``tightness`` for the exact ones."""

    file: ClaimsFile
    entry: Entry
    kind: str

    @property
    def id(self) -> str:
        """Its name among the items of the file."""
        return f"{self.entry.id}::{self.kind}"

    def run(self, run: GateRun) -> dict[str, Any]:
        """Try it: the item's part of the gate document.

        What goes wrong in the user's own code or files is a finding, not an exception.
        """
        started = time.perf_counter()
        try:
            found = self._found(run)
        except ReadError as problem:
            found = Finding("error", problems=[str(problem)])
        except Exception as problem:
            kind = type(problem).__name__
            found = Finding("error", problems=[f"internal error, please report it ({kind}: {problem})"])
        return self.document(found, time.perf_counter() - started)

    def document(self, found: Finding, seconds: float = 0.0) -> dict[str, Any]:
        """What was found, as the item's part of the gate document."""
        passed, problems = self.passed(found)
        return {
            "kind": self.kind,
            "passed": passed,
            "verdict": self._verdict(found),
            "strength": found.strength,
            "counts": {name: found.counts[name] for name in COUNTS}
            | ({"suspect": s} if (s := found.counts["suspect"]) else {}),
            "tightness": found.tightness,
            "seconds": round(seconds, 3),
            "problems": problems,
            "notes": found.notes,
            "killed": found.killed,
            "counterexample": found.counterexample,
        }

    def _found(self, run: GateRun) -> Finding:
        if self.kind == "refused":
            allowed = "refused" in self.entry.allow
            said = f'{self.entry.refused}; say allow = ["refused"] if it may stay untried'
            return Finding("refused", problems=[] if allowed else [said], notes=[self.entry.refused] if allowed else [])
        subject = Subject(self.entry, self.file.path.resolve())
        amount = amounts(self.entry.evidence, run.profile)
        if self.kind == "nothing":
            return Finding("untried", problems=["nothing is tried: the entry leaves no kind of evidence that applies"])
        if self.kind == "refutation":
            return self._refutation(subject, amount, run)
        if self.kind == "tightness":
            found = tight(subject, self._findings(EXACT, subject, amount, run))
            return not_looser(found, file_name(self.file), subject, run)
        if self.kind == "mutants":
            if not subject.own:
                return variants.of_record(subject, amount, run)
            before = self._findings(BEFORE_MUTANTS, subject, amount, run)
            return variants.of_own(subject, amount, run, [one.tightest for one in before if one.tightest is not None])
        if not _applies(self.kind, subject, amount):
            why = subject.record.evidence.get(self.kind) or "there is none for such a claim"  # type: ignore[call-overload]
            return Finding("untried", notes=[str(why)])
        return finding_of(self.kind, EVIDENCE[self.kind], subject, amount, run)

    def _findings(self, kinds: Sequence[str], subject: Subject, amount: Amounts, run: GateRun) -> list[Finding]:
        """What some kinds of evidence found, tried if they have not been in this process."""
        wanted = [kind for kind in kinds if _applies(kind, subject, amount)]
        return [finding_of(kind, EVIDENCE[kind], subject, amount, run) for kind in wanted]

    def _refutation(self, subject: Subject, amount: Amounts, run: GateRun) -> Finding:
        """The first counterexample that any kind of evidence finds."""
        wanted = amount if self.entry.evidence.hunt is not None else _at_least(amount)
        seen = Finding(strength="exact")
        for kind in REFUTING:
            if not _applies(kind, subject, wanted):
                continue
            found = finding_of(kind, EVIDENCE[kind], subject, wanted, run)
            if found.counterexample is not None:
                return found
            seen.counts.update(found.counts)
        seen.verdict = "not refuted"
        seen.problems.append(
            "listed as refuted, and no counterexample was found: correct the listing, or raise evidence.hunt"
        )
        return seen

    def _verdict(self, found: Finding) -> str:
        verdict = found.judged()
        if verdict == "held" and self.kind in EVIDENCE and self.kind != "symbolic":
            return "held" if _proved(self.entry) else "not refuted"
        return verdict

    def _may_be_vacuous(self) -> bool:
        """Known instances need not satisfy what a user's claim assumes, as long as drawn ones do."""
        return self.kind in LENIENT and Subject(self.entry).own and self.entry.evidence.drawn != 0

    def passed(self, found: Finding) -> tuple[bool, list[str]]:
        """Whether it is as claimed, and why not."""
        verdict = found.judged()
        if self.kind == "refutation":
            return verdict == "refuted", [] if verdict == "refuted" else found.problems
        if verdict == "refuted":
            one = found.counterexample
            return False, found.problems if one is None else [told(one)]
        if found.problems or self.kind == "refused":
            return not found.problems, found.problems
        if verdict == "untried":
            asked = self._asked()
            why = f": {'; '.join(found.notes)}" if found.notes else ""
            return not asked, [f"{self.kind}: {asked} asked for, and nothing was tried{why}"] if asked else []
        told_of = [] if found.verdict == "held" else self._not_allowed(found)
        return not told_of, told_of

    def _asked(self) -> Any:
        """How much evidence of this kind the entry itself asks for."""
        return getattr(self.entry.evidence, self.kind) if self.kind in self.entry.asked else None

    def _not_allowed(self, found: Finding) -> list[str]:
        """What decides nothing, of each verdict that the entry does not allow."""
        said = []
        for verdict, texts in found.shortfalls().items():
            if verdict in self.entry.allow or (verdict == "vacuous" and self._may_be_vacuous()):
                continue
            why = texts or [f"{self.kind}: nothing but {verdict} decisions"]
            said += [*why[:-1], f'{why[-1]}; say allow = ["{verdict}"] if that is expected']
        return said


def _proved(entry: Entry) -> bool:
    """Whether its survival is called held: a theorem of the catalogue that is no conjecture."""
    subject = Subject(entry)
    return not subject.own and subject.record.status != "conjecture"


def _at_least(amount: Amounts) -> Amounts:
    return replace(amount, hunt=max(amount.hunt, LEAST_REFUTING))


def _applies(kind: str, subject: Subject, amount: Amounts) -> bool:
    """Whether there can be evidence of a kind for the claim, and some is wanted."""
    entry, known = subject.entry, subject.record.evidence
    return {
        "drawn": lambda: amount.drawn > 0 and "drawn" not in known,
        "constructed": lambda: amount.constructed > 0 and bool(subject.families) and "constructed" not in known,
        "trained": lambda: amount.trained > 0 and _trains(subject),
        "swept": lambda: amount.swept > 0 and "swept" not in known,
        "mass": lambda: amount.mass > 0 and bool(mass.batches_of(subject.record)),
        "symbolic": lambda: not subject.own and bool(subject.record.closed_forms) and "symbolic" not in known,
        "instances": lambda: bool(entry.instances),
        "networks": lambda: bool(entry.networks),
        "hunt": lambda: amount.hunt > 0,
    }[kind]()


def _trains(subject: Subject) -> bool:
    """Whether minima are trained, or states of a dynamics visited, for its record."""
    none = {"trained-relabelled", "trained-converged"} <= set(subject.record.evidence)
    return not none or visits.offered_to(subject.record)


def kinds_of(entry: Entry, run: GateRun) -> list[str]:
    """The kinds of items of an entry. Raises ReadError: its Python file cannot be loaded."""
    if entry.refused:
        return ["refused"]
    if entry.expected == "refuted":
        return ["refutation"]
    subject, amount = Subject(entry), amounts(entry.evidence, run.profile)
    applying = [kind for kind in EVIDENCE if _applies(kind, subject, amount)]
    # What the entry itself asks for and there cannot be is an item too: it fails, with the reason.
    asked = [kind for kind in ASKED if kind in entry.asked and getattr(entry.evidence, kind)]
    kinds = [kind for kind in EVIDENCE if kind in applying or kind in asked]
    if not set(applying) - {"symbolic"}:
        kinds.append("nothing")
    if entry.mutants:
        kinds.append("mutants")
    if entry.tightness is not None or run.baseline is not None:
        kinds.append("tightness")
    return kinds


def items(file: ClaimsFile, run: GateRun) -> Iterator[Item]:
    """Every item of a file, in the order of its entries."""
    for entry in file.entries:
        for kind in kinds_of(entry, run):
            yield Item(file, entry, kind)


def file_name(file: ClaimsFile) -> str:
    """The claims file's name in documents: from the root of the checkout, of which ``file.root`` may be a part."""
    path = file.path.resolve()
    return path.relative_to(checkout(path.parent)).as_posix()
