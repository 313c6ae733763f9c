"""A certified counterexample as a gate tells it: minimal, written to a file, replayable."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from refutable.theorems.claims import Claim
from refutable.theorems.instances import Instance
from refutable.verify.decide import Outcome, decide
from refutable.verify.gate.amounts import SHRINK
from refutable.verify.gate.findings import Finding, replayed
from refutable.verify.gate.run import GateRun
from refutable.verify.gate.subjects import Subject
from refutable.verify.hunting.target import Target
from refutable.verify.keeping.whole_files import KeepError
from refutable.verify.shrink import smallest
from refutable.verify.violations import violation_document
from refutable.verify.witnesses import witness, write


def reduced(claim: Claim, instance: Instance) -> tuple[Instance, str, bool]:
    """A smaller instance that violates the claim, how it was made, and whether no reduction of it still does."""
    small = smallest(claim, instance, SHRINK)
    how = "no reduction of it is still a violation" if small.minimal else "the budget of reductions ended"
    return small.instance, f"reduced in {small.evaluations} decisions: {how}", small.minimal


def counterexample(
    subject: Subject,
    found: tuple[Instance, Outcome],
    method: str,
    minimal: bool,
    run: GateRun,
    target: Target | None = None,
) -> dict[str, Any]:
    """The JSON-ready counterexample; its witness file is written, or why not is said in its place."""
    instance, outcome = found
    claim = subject.claim if target is None else target.claim
    ref = subject.entry.ref if target is None else target.ref
    try:
        file = write(witness(ref, instance, outcome, method, run.seed), run.witnesses)
    except KeepError as problem:
        return violation_document(claim, found, method, minimal, None) | {"replay": str(problem)}
    return violation_document(claim, found, method, minimal, file) | replayed(str(file))


def violated(found: Finding, subject: Subject, run: GateRun, instance: Instance, method: str) -> Finding:
    """The finding with the counterexample that a violating instance is reduced to."""
    small, how, minimal = reduced(subject.claim, instance)
    pair = small, decide(subject.claim, small)
    found.counterexample = counterexample(subject, pair, f"{method}, {how}", minimal, run)
    return found


def told(found: Mapping[str, Any]) -> str:
    """A counterexample as a person reads it, several lines."""
    holding = ", ".join(one["id"] for one in found["assumptions"] if one["verdict"] == "holds")
    return "\n".join(
        [
            f"refuted: {found['method']}",
            *(f"    {line}" for line in found["described"]),
            f"  {found['comparison']}" + (f"   (no honest witness: {found['hollow']})" if found["hollow"] else ""),
            *([f"  assumptions, each decided to hold: {holding}"] if holding else []),
            f"  replay it: {found['replay']}",
        ]
    )


def simplest(found: Iterable[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """The honest one that takes the fewest letters to write down; None of none."""
    return min(
        found, key=lambda one: (bool(one["hollow"]), not one["minimal"], len("".join(one["described"]))), default=None
    )
