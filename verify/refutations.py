"""What a record says about itself, tried: mutants die, assumptions are necessary, closed forms are proved."""

from __future__ import annotations

import re
from typing import Any

from refutable.theorems.claims import Claim
from refutable.theorems.instances import Instance, canonical_json
from refutable.theorems.records import ClosedForm, Mutant, Necessity, Theorem, automatic_mutants
from refutable.verify import mass, visits
from refutable.verify.decide import Outcome, decide
from refutable.verify.events import Event, Run, add_violation, described, event, instance_document
from refutable.verify.headlines import comparison
from refutable.verify.honesty import hollow
from refutable.verify.paths import Part
from refutable.verify.record_document import record_document
from refutable.verify.shrink import smallest
from refutable.verify.standing import SOLVED
from refutable.verify.wellformed import complaints
from refutable.verify.witnesses import headline

LONG_NUMBER = re.compile(r"\d{10}")
"""A killer written with such numbers is reduced before it is shown."""


def mutant(theorem: Theorem, false: Mutant, run: Run) -> Event:
    """Whether a false variant is refuted by its killer, an honest instance that spares the theorem itself.

    Everything is decided on the record's killer. "instance", "described" and "headline" are of what it was "reduced"
    to where its numbers are long; "minimal" then says that no single reduction of it still refutes the variant.
    """
    outcome = decide(false.claim, false.witness())
    why = hollow(false.claim, false.witness(), outcome)
    automatic = false.id in {m.id for m in automatic_mutants(theorem)}
    out = event(
        "mutant",
        theorem,
        mutant=false.id,
        claim=false.claim.id,
        killed=outcome.verdict == "violated",
        verdict=outcome.verdict,
        substantive=not why,
        excuse=false.excuse,
        epsilon=false.id.removeprefix("right-side-") if automatic else None,
        collateral=[],
        **_killer(theorem, false, outcome, run),
    )
    out["problems"] += _complaints(theorem, false, outcome, why)
    _add_collateral(out, theorem, false, run)
    return out


def _killer(theorem: Theorem, false: Mutant, outcome: Outcome, run: Run) -> dict[str, Any]:
    """The killer as it is shown: the record's, and where that is written with long numbers, what it reduces to."""
    told = {"headline": headline(outcome), "reduced": False, "minimal": False, **_shown(theorem, false.witness())}
    if outcome.verdict != "violated" or not LONG_NUMBER.search(canonical_json(told["instance"])):
        return told
    small = smallest(false.claim, false.witness(), run.profile.shrink)
    told |= {"headline": headline(decide(false.claim, small.instance)), "reduced": True, "minimal": small.minimal}
    return told | _shown(theorem, small.instance)


def _shown(theorem: Theorem, instance: Instance | None) -> dict[str, Any]:
    """A witness of the record, as its document and as a person would write it."""
    if instance is None:
        return {"instance": None, "described": None}
    return {"instance": instance_document(instance), "described": described(theorem, instance)}


def _complaints(theorem: Theorem, false: Mutant, outcome: Outcome, why: str) -> list[str]:
    where = f"{theorem.id}, mutant {false.id}"
    if outcome.verdict != "violated":
        said = " ".join(part for part in (outcome.verdict, comparison(outcome), outcome.reason) if part)
        return [f"{where} is not refuted by its killer: {said}; a mutant must be violated there"]
    if why and false.substantive:
        advice = "find an honest one, or set substantive=False with an excuse"
        return [f"{where}: its witness is not substantive ({why}); {advice}"]
    return []


def _add_collateral(out: Event, theorem: Theorem, false: Mutant, run: Run) -> None:
    """A killer is an instance like any other: the theorem's own claims survive it, unless they are observations."""
    instance = false.witness()
    parts: tuple[tuple[Part, tuple[Claim, ...]], ...] = (
        ("claim", () if theorem.observed else theorem.claims),
        ("link", theorem.links),
    )
    for part, claims in parts:
        for claim in claims:
            outcome = decide(claim, instance)
            if outcome.verdict == "violated":
                out["collateral"].append(claim.id)
                ref = run.refs(theorem.id, part, claim.id)
                add_violation(out, theorem, ref, (instance, outcome), run, f"the killer of mutant {false.id}")


def necessity(theorem: Theorem, entry: Necessity) -> Event:
    """Whether the witness satisfies every other assumption and violates the claim without this one."""
    instance, claim = entry.instance(), theorem.claim(entry.claim)
    out = event("necessity", theorem, claim=claim.id, assumption=entry.drops, note=entry.note, shown=None)
    out |= _shown(theorem, instance)
    if instance is None:
        return out
    without, whole = decide(claim.without(entry.drops), instance), decide(claim, instance)
    where = f"{theorem.id}, necessity of {entry.drops}"
    if without.verdict != "violated":
        out["problems"].append(
            f"{where}: without it the claim {claim.id} is {without.verdict} on the witness ({without.reason}); "
            "it should be violated: correct the witness, or say None and that it is not known"
        )
    elif whole.verdict != "vacuous":
        out["problems"].append(f"{where}: with it the claim {claim.id} is {whole.verdict}; it should be vacuous")
    return out | {"shown": not out["problems"], "headline": headline(without)}


def closed_form(theorem: Theorem, form: ClosedForm) -> Event:
    """Whether an identity is proved."""
    from refutable.verify.closed_forms import prove

    result = prove(form)
    out = event(
        "closed-form",
        theorem,
        form=form.id,
        statement=form.statement,
        kind="symbolic",
        strength="symbolic",
        proved=result.proved,
        method=result.method,
        detail=result.detail,
    )
    if not result.proved:
        out["problems"].append(f"{theorem.id}, closed form {form.id} is not proved ({result.method}): {result.detail}")
    return out


def _not_applicable(theorem: Theorem) -> dict[str, str]:
    """Kinds of evidence that there cannot be, and why."""
    why: dict[str, str] = dict(theorem.evidence.items())
    if not mass.batches_of(theorem):
        why[mass.KIND] = why.get("trained-relabelled", "no minima trained in mass satisfy what it assumes")
    if not visits.offered_to(theorem):
        why.setdefault(visits.KIND, "no runs of a dynamics pass states that it speaks about")
    if not theorem.integrated:
        why.setdefault(SOLVED, "nothing of it needs an ODE solver")
    return why


def record(theorem: Theorem) -> Event:
    """Whether the record is complete; carries what is true of the theorem as a whole."""
    document = record_document(theorem)
    return event(
        "record",
        theorem,
        domain=theorem.domain.id,
        digest=document["digest"],
        mutants=len(theorem.mutants) + len(automatic_mutants(theorem)),
        not_tight=theorem.not_tight,
        not_applicable=_not_applicable(theorem),
        record=document,
    ) | {"problems": complaints(theorem)}
