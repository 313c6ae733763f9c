"""The items of a gate: one for each claim and kind of evidence. A claim is as claimed if all its items pass."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from refutable.verify import mass
from refutable.verify.gate import trying
from refutable.verify.gate.amounts import LEAST_REFUTING, Amounts, amounts
from refutable.verify.gate.counterexamples import told
from refutable.verify.gate.entries import ClaimsFile, Entry
from refutable.verify.gate.findings import Finding
from refutable.verify.gate.run import GateRun
from refutable.verify.gate.subjects import Subject
from refutable.verify.gate.trying import Try, finding_of
from refutable.verify.reading import ReadError

EVIDENCE: Mapping[str, Try] = {
    "drawn": trying.drawn,
    "constructed": trying.constructed,
    "trained": trying.trained,
    "swept": trying.swept,
    "mass": trying.in_mass,
    "symbolic": trying.symbolic,
    "instances": trying.instances,
    "networks": trying.networks,
    "hunt": trying.hunted,
    "mutants": trying.mutants,
}
"""Kinds of evidence in the order they are tried."""
EXACT = ("drawn", "constructed", "trained", "instances", "networks", "hunt")
"""Those whose tightness is known exactly."""
LENIENT = ("constructed", "trained", "swept", "mass", "hunt")
COUNTS = ("holds", "violated", "vacuous", "undecided", "agrees")
REFUTING = ("instances", "networks", "constructed", "drawn", "trained", "swept", "hunt")
"""Where the counterexample of a claim that is listed as refuted is looked for, the cheapest first."""


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
        except (ArithmeticError, LookupError, TypeError, ValueError, RuntimeError) as problem:
            found = Finding(
                "error", problems=[f"internal error, please report it ({type(problem).__name__}: {problem})"]
            )
        passed, problems = self._passed(found)
        return {
            "kind": self.kind,
            "passed": passed,
            "verdict": self._verdict(found),
            "strength": found.strength,
            "counts": {name: found.counts[name] for name in COUNTS}
            | ({"suspect": s} if (s := found.counts["suspect"]) else {}),
            "tightness": found.tightness,
            "seconds": round(time.perf_counter() - started, 3),
            "problems": problems,
            "notes": found.notes,
            "killed": found.killed,
            "counterexample": found.counterexample,
        }

    def _found(self, run: GateRun) -> Finding:
        subject = Subject(self.entry)
        amount = amounts(self.entry.evidence, run.profile)
        if self.kind == "refutation":
            return self._refutation(subject, amount, run)
        if self.kind == "tightness":
            kinds = {kind: EVIDENCE[kind] for kind in kinds_of(self.entry, run) if kind in EXACT}
            found = trying.tight(subject, amount, run, kinds)
            return trying.not_looser(found, file_name(self.file), subject, run)
        return finding_of(self.kind, EVIDENCE[self.kind], subject, amount, run)

    def _refutation(self, subject: Subject, amount: Amounts, run: GateRun) -> Finding:
        """The first counterexample that any kind of evidence finds."""
        wanted = amount if amount.hunt and self.entry.evidence.hunt is not None else _at_least(amount)
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
        if verdict == "held" and self.kind in EVIDENCE and self.kind not in ("mutants", "symbolic"):
            return "held" if _proved(self.entry) else "not refuted"
        return verdict

    def _may_be_vacuous(self) -> bool:
        """Known instances need not satisfy what a user's claim assumes, as long as drawn ones do."""
        return self.kind in LENIENT and Subject(self.entry).own and self.entry.evidence.drawn != 0

    def _passed(self, found: Finding) -> tuple[bool, list[str]]:
        """Whether it is as claimed, and why not."""
        verdict = found.judged()
        if self.kind == "refutation":
            return verdict == "refuted", [] if verdict == "refuted" else found.problems
        if verdict == "refuted":
            one = found.counterexample
            return False, found.problems if one is None else [told(one)]
        if verdict in self.entry.allow or (verdict == "vacuous" and self._may_be_vacuous()):
            return True, []
        if verdict == "untried":
            asked = getattr(self.entry.evidence, self.kind, None)
            return not asked, [f"{self.kind}: {asked} asked for, and there is none of this kind"] if asked else []
        if verdict in ("undecided", "vacuous", "suspect"):
            hint = f'; say allow = ["{verdict}"] if that is expected'
            said = found.problems or [_why(self.kind, verdict, found)]
            return False, [*said[:-1], said[-1] + hint]
        return not found.problems, found.problems


def _why(kind: str, verdict: str, found: Finding) -> str:
    if verdict == "undecided":
        return f"{kind}: {'; '.join(found.notes) or 'undecided decisions'}"
    return f"{kind}: nothing but {verdict} decisions"


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
        "trained": lambda: amount.trained > 0 and not {"trained-relabelled", "trained-converged"} <= set(known),
        "swept": lambda: amount.swept > 0 and "swept" not in known,
        "mass": lambda: amount.mass > 0 and bool(mass.batches_of(subject.record)),
        "symbolic": lambda: not subject.own and bool(subject.record.closed_forms) and "symbolic" not in known,
        "instances": lambda: bool(entry.instances),
        "networks": lambda: bool(entry.networks),
        "hunt": lambda: amount.hunt > 0,
        "mutants": lambda: bool(entry.mutants),
    }[kind]()


def kinds_of(entry: Entry, run: GateRun) -> list[str]:
    """The kinds of evidence that an entry's items are about. Raises ReadError: its Python file cannot be loaded."""
    if entry.expected == "refuted":
        return ["refutation"]
    subject, amount = Subject(entry), amounts(entry.evidence, run.profile)
    kinds = [kind for kind in EVIDENCE if _applies(kind, subject, amount)]
    if entry.tightness is not None or run.baseline is not None:
        kinds.append("tightness")
    return kinds


def items(file: ClaimsFile, run: GateRun) -> Iterator[Item]:
    """Every item of a file, in the order of its entries."""
    for entry in file.entries:
        for kind in kinds_of(entry, run):
            yield Item(file, entry, kind)


def file_name(file: ClaimsFile) -> str:
    """The claims file's name in documents: from the repository's root."""
    path = file.path.resolve()
    root = file.root.resolve()
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name
