"""Evidence for a claim: drawn, constructed, trained and swept instances, each kind counted apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

import numpy as np

from refutable.strategies.supply import Boxes, TrainedInstance, TrainedKind
from refutable.theorems.claims import Claim
from refutable.theorems.instances import Instance
from refutable.theorems.records import Family, Theorem
from refutable.verify import mass
from refutable.verify.certificates import Certificates, certify_all
from refutable.verify.decide import Outcome, decide
from refutable.verify.drawing import draw
from refutable.verify.events import Event, Run, add_violation, event
from refutable.verify.headlines import ratio
from refutable.verify.keeping.sizes import sizes
from refutable.verify.paths import Part
from refutable.verify.shrink import smallest
from refutable.verify.sweep import Sweep, enforced, row_instance, sweep
from refutable.verify.tally import Tally


def assumed(claim: Claim) -> frozenset[str]:
    """Ids of the claim's assumptions: what a supply makes true by construction."""
    return frozenset(assumption.id for assumption in claim.assumes)


def drawn(theorem: Theorem, claim: Claim, part: Part, wanted: int, shard: int, run: Run) -> Event:
    """The claim on ``wanted`` distinct drawn instances; a violation is reduced and ends the search.

    Violations of an observation are counted.
    """
    tally = Tally()
    counts = theorem.observed and part == "claim"

    def look(instance: Instance) -> bool:
        tally.add(instance, decide(claim, instance))
        return tally.found is not None and not counts

    start = run.seed_for(theorem.id, claim.id, str(shard))
    strategy = run.supply(claim.domain.id).drawn(assumed(claim), run.profile.sizes)
    draw(strategy, look, tally, wanted, start)
    kind = "evidence" if part == "claim" else "link"
    out = event(kind, theorem, claim=claim.id, kind="drawn", strength="exact", shard=shard, **tally.summary())
    out["reason"] = tally.commonest_reason()
    if tally.found is not None and not counts:
        origin = f"drawn with --refutable-seed {run.seed}"
        report(out, theorem, claim, part, tally.found[0], run, origin)
    else:
        out["problems"] += _poverty(theorem, claim, tally)
    return out


def report(out: Event, theorem: Theorem, claim: Claim, part: Part, instance: Instance, run: Run, origin: str) -> None:
    """Make a violating instance small and report that; ``origin`` says how it was found."""
    small = smallest(claim, instance, run.profile.shrink)
    how = "no reduction of it is still a violation" if small.minimal else "the budget of reductions ended"
    method = f"{origin}, reduced in {small.evaluations} decisions: {how}"
    outcome = decide(claim, small.instance)
    ref = run.refs(theorem.id, part, claim.id)
    add_violation(out, theorem, ref, (small.instance, outcome), run, method, small.minimal)


def _poverty(theorem: Theorem, claim: Claim, tally: Tally) -> list[str]:
    """What is wrong with drawn instances that decide too little."""
    advice = (
        f"make the strategy of the domain {claim.domain.id} satisfy {', '.join(sorted(assumed(claim)))} by construction"
    )
    why = tally.commonest_reason()
    if tally.total == 0:
        return [f"{theorem.id}, {claim.id}: nothing was drawn; {advice}"]
    if 2 * tally.counts["vacuous"] > tally.total:
        vacuous = tally.counts["vacuous"]
        return [f"{theorem.id}, {claim.id}: {vacuous} of {tally.total} drawn cases are vacuous ({why}); {advice}"]
    if tally.decided == 0:
        return [f"{theorem.id}, {claim.id}: no drawn case was decided ({why}); {advice}"]
    return []


def constructed(theorem: Theorem, family: Family, run: Run) -> Event:
    """The theorem's claims on a family of the record: none violated, and the headline does what the record says."""
    tally, problems = Tally(), []
    out = event("evidence", theorem, claim=theorem.headline.id, kind="constructed", family=family.id)
    last = family.last()
    for instance in dict.fromkeys([*family.instances(run.profile.families), last]):
        outcome = _on_all_claims(theorem, instance)
        tally.add(instance, outcome)
        problems += _unlike(family, instance == last, outcome)
    out |= {"strength": "exact", "attains": family.attains, **tally.summary()}
    if tally.found is not None and not theorem.observed:
        claim = theorem.claim(tally.found[1].claim)
        report(out, theorem, claim, "claim", tally.found[0], run, f"family {family.id}")
    elif problems:
        where = f"{theorem.id}, family {family.id} (attains {family.attains})"
        out["problems"].append(f"{where}: {len(problems)} instances differ; first: {problems[0]}")
    return out


def _on_all_claims(theorem: Theorem, instance: Instance) -> Outcome:
    """The outcome that counts: a violation, else the first claim whose assumptions hold, else the headline's."""
    view = theorem.domain.view(instance) if instance.domain == theorem.domain.id else instance
    outcomes = [decide(claim, view) for claim in theorem.claims]
    for verdicts in (("violated",), ("holds", "agrees"), ("undecided",)):
        for outcome in outcomes:
            if outcome.verdict in verdicts:
                return outcome
    return outcomes[0]


def _unlike(family: Family, last: bool, outcome: Outcome) -> list[str]:
    """How an instance departs from what its family promises."""
    if outcome.verdict not in ("holds", "agrees"):
        return [f"the claim {outcome.claim} is {outcome.verdict} there: {outcome.reason}"]
    if family.attains == "equality" and not outcome.touching:
        return [f"the two sides of {outcome.claim} are not equal (left/right = {ratio(outcome)})"]
    if family.attains == "violation":
        return ["it should violate the claim and does not; a violating family belongs to a mutant"]
    reached = ratio(outcome)
    if family.attains == "limit" and last and family.reaches is not None:
        floor = float(family.reaches.p) / float(family.reaches.q)
        return [] if reached is not None and reached > floor else [f"left/right is {reached}, promised > {floor}"]
    return []


def trained(theorem: Theorem, claim: Claim, kind: TrainedKind, run: Run) -> Event:
    """The claim on trained minima of one reading; negative controls (beyond 2/step size) should be vacuous."""
    tally, controls, at_kinks = Tally(), 0, 0
    supply = run.supply(claim.domain.id).trained(assumed(claim), run.profile.effort, run.device)
    offered = [item for item in supply.instances if item.kind == kind]
    out = event("evidence", theorem, claim=claim.id, kind=kind, strength="exact")
    for item in _spread(offered, run.profile.trained):
        outcome = decide(claim, item.instance)
        at_kinks += item.at_kink
        if item.control and outcome.verdict == "vacuous":
            controls += 1
            continue
        tally.add(item.instance, outcome)
        if outcome.verdict == "violated" and not theorem.observed:
            report(out, theorem, claim, "claim", item.instance, run, f"trained, {item.origin}")
            break
    return out | {
        **tally.summary(),
        "controls": controls,
        "at_kinks": at_kinks,
        "missing": [*supply.missing, *([] if offered else [f"{kind}: none is offered"])],
        "training": dict(supply.counts),
        "reason": tally.commonest_reason(),
    }


def at_exact_minima(theorem: Theorem, claim: Claim, run: Run) -> Event:
    """The claim at exact minima beside converged networks, certified by floats: the labels are those of training."""
    tally = Tally()
    out = event("evidence", theorem, claim=claim.id, kind="trained-converged", strength="certified-float")
    supply = run.supply(claim.domain.id).trained(assumed(claim), run.profile.effort, run.device)
    controls = certified = 0
    for one in supply.boxes:
        found = _certificates(claim, one)
        if found is not None:
            vacuous = int((found.vacuous & one.controls).sum())
            controls, certified = controls + vacuous, certified + _count(found, vacuous, tally, _size(claim, one))
            out["problems"] += _falsehood(theorem, claim, found, one)
    return out | {
        **tally.summary(),
        "controls": controls,
        "certified": certified,
        "missing": [] if supply.boxes else list(supply.missing),
        "training": dict(sum((Counter(one.counts) for one in supply.boxes), Counter[str]())),
        "reason": tally.commonest_reason(),
    }


def _certificates(claim: Claim, boxes: Boxes) -> Certificates | None:
    """What is certain on all of each box; None of a claim that no box can decide."""
    fixed = {field.name: None for field in claim.domain.fields if field.name not in boxes.fields}
    found = certify_all([claim], boxes.fields, fixed)[0]
    return None if found is None or found.identity else found


def _count(found: Certificates, controls: int, tally: Tally, size: Mapping[str, int]) -> int:
    """Count the minima in the boxes: one that is certain on a whole box is decided at the minimum in it."""
    holds, vacuous, fails = (int(part.sum()) for part in (found.holds, found.vacuous, found.fails))
    undecided = len(found.holds) - holds - vacuous - fails
    tally.counts.update(holds=holds, vacuous=vacuous - controls, undecided=undecided, suspect=fails)
    if undecided:
        tally.reasons["undecided: not certain on the whole neighbourhood of an exact minimum"] += undecided
    ratios = found.ratio[found.holds & np.isfinite(found.ratio)]
    if ratios.size:
        tally.tightest = max(float(ratios.max()), tally.tightest or 0.0)
    tally.ratios.add_all(ratios, size)
    return holds + vacuous + fails


def _size(claim: Claim, boxes: Boxes) -> dict[str, int]:
    rows = {name: value.mid for name, value in boxes.fields.items()}
    absent = {field.name: None for field in claim.domain.fields if field.name not in rows}
    return sizes(claim.domain, row_instance(claim, rows, absent, 0))


def _falsehood(theorem: Theorem, claim: Claim, found: Certificates, boxes: Boxes) -> list[str]:
    """A claim that is certainly false on all of a box is false at the minimum in it, which is no rational point."""
    if not found.fails.any():
        return []
    return [
        f"{theorem.id}, {claim.id} is certainly false at {int(found.fails.sum())} exact minima beside converged "
        f"networks ({boxes.origin}, row {int(found.fails.argmax())}). Such a minimum need have no rational weights, "
        f"and so no witness file; look for one that has: refutable hunt {theorem.id}"
    ]


def _spread(items: list[TrainedInstance], most: int) -> Iterable[TrainedInstance]:
    """At most ``most`` items, evenly over the list; of those at kinks as many as half of ``most`` allows."""
    at_kinks = _evenly([item for item in items if item.at_kink], most // 2)
    others = _evenly([item for item in items if not item.at_kink], most - len(at_kinks))
    return [*others, *at_kinks]


def _evenly(items: list[TrainedInstance], most: int) -> list[TrainedInstance]:
    step = max(1.0, len(items) / max(1, most))
    return [items[int(i * step)] for i in range(min(most, len(items)))]


def _tallied(found: Sweep) -> Tally:
    """What a sweep counted, with counts of its own: sweeps are kept."""
    counts = Counter(found.counts)
    return Tally(counts, touching=found.touching, tightest=found.tightest, ratios=found.ratios)


def in_mass(theorem: Theorem, number: int, run: Run) -> Event:
    """The headline on one numbered batch of trained minima: certified by floats, near ties decided exactly."""
    headline = theorem.headline
    out = event("evidence", theorem, claim=headline.id, kind=mass.KIND, strength="certified-float", shard=number)
    workers = mass.workers_for(run.profile.effort)
    minima, found = mass.decided(theorem, number, run.profile.minima, run.seed_for("minima"), run.device, workers)
    tally = _tallied(found)
    for instance, _ in found.violations[:1]:
        origin = f"trained in mass, then decided exactly: {minima.origin}"
        report(out, theorem, headline, "claim", instance, run, origin)
    missed = mass.missed_controls(headline, minima, found)
    if missed:
        out["problems"].append(
            f"{theorem.id}, {headline.id}: {len(missed)} negative controls are not vacuous, the first in row "
            f"{missed[0]} of {minima.origin}: a point that misses an assumption was taken for an instance"
        )
    controls = len(found.vacuous & {row for row, control in enumerate(minima.controls.tolist()) if control})
    tally.counts["vacuous"] -= controls
    return out | {
        **tally.summary(),
        "controls": controls,
        "certified": found.certified,
        "missing": [],
        "training": dict(minima.counts),
    }


def swept(theorem: Theorem, claim: Claim, run: Run) -> Event:
    """The claim on a float batch: certified by a-priori error bounds, near ties decided exactly."""
    import torch

    out = event("evidence", theorem, claim=claim.id, kind="swept", strength="certified-float")
    generator = torch.Generator().manual_seed(run.seed_for(theorem.id, claim.id, "swept"))
    batch = run.supply(claim.domain.id).batch(assumed(claim), run.profile.batch, run.profile.sizes, generator)
    if batch is None:
        return out | Tally().summary() | {"missing": ["swept: no float batch is offered"]}
    found = sweep(claim, enforced(claim, batch))
    tally = _tallied(found)
    for instance, _ in () if theorem.observed else found.violations[:1]:
        report(out, theorem, claim, "claim", instance, run, "swept, then decided exactly")
    return out | tally.summary() | {"certified": found.certified, "missing": []}
