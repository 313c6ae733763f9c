"""The trials of a theorem: every test the suite makes of it, as a list that pytest and `verify_theorem` share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Literal

from refutable.strategies.solutions import SETTINGS
from refutable.strategies.supply import TrainedKind
from refutable.theorems.records import Theorem, all_mutants
from refutable.verify import evidence, integrations, mass, refutations, visits
from refutable.verify.events import Event, Run
from refutable.verify.profiles import Profile

TrialKind = Literal[
    "drawn", "families", "trained", "visited", "integrated", "setting", "mass", "swept", "link", "mutant", "necessity",
    "closed-form", "record",
]  # fmt: skip
READINGS: tuple[TrainedKind, ...] = ("trained-relabelled", "trained-converged")


@dataclass(frozen=True)
class Trial:
    """One test: its kind, its id among tests of that kind, and what to run.

    Attributes:
        batch: number of the batch of minima that it is tried on; those of one batch share work and run in a row.
    """

    kind: TrialKind
    id: str
    theorem: str
    run: Callable[[Run], Event]
    batch: int = 0


def trials(theorem: Theorem, profile: Profile) -> Iterator[Trial]:
    """Every trial of a theorem."""
    yield Trial("record", theorem.id, theorem.id, lambda run: refutations.record(theorem))
    for claims in (_drawn, _trained, _visited, _integrated, _swept):
        yield from claims(theorem, profile)
    yield from _mass(theorem, profile)
    yield from _families(theorem)
    yield from _links(theorem)
    yield from _about_the_record(theorem)


def verify_theorem(theorem: Theorem, run: Run) -> list[Event]:
    """All events of one theorem, in process: what `pytest verify` would see."""
    return [trial.run(run) for trial in trials(theorem, run.profile)]


CHEAP_FIRST: tuple[TrialKind, ...] = ("families", "mutant", "drawn", "link", "swept", "visited", "trained")


def first_refutation(theorem: Theorem, run: Run) -> Event | None:
    """The first event that violates a claim or link, the cheap trials first; None if all survive."""
    chosen = (trial for trial in trials(theorem, run.profile) if trial.kind in CHEAP_FIRST)
    for trial in sorted(chosen, key=lambda trial: CHEAP_FIRST.index(trial.kind)):
        event = trial.run(run)
        if event.get("collateral") or event.get("counts", {}).get("violated"):
            return event
    return None


def _name(theorem: Theorem, claim: str) -> str:
    return theorem.id if len(theorem.claims) == 1 else f"{theorem.id}-{claim}"


def _drawn(theorem: Theorem, profile: Profile) -> Iterator[Trial]:
    if "drawn" in theorem.evidence:
        return
    for shard in range(profile.shards):
        suffix = f"-shard{shard + 1}" if profile.shards > 1 else ""
        run = partial(evidence.drawn, theorem, theorem.headline, "claim", profile.share(shard), shard)
        yield Trial("drawn", _name(theorem, theorem.headline.id) + suffix, theorem.id, run)
    for claim in theorem.claims[1:]:
        run = partial(evidence.drawn, theorem, claim, "claim", profile.further, 0)
        yield Trial("drawn", _name(theorem, claim.id), theorem.id, run)


def _trained(theorem: Theorem, profile: Profile) -> Iterator[Trial]:
    for kind in READINGS:
        if kind in theorem.evidence:
            continue
        for claim in theorem.claims:
            suffix = kind.removeprefix("trained-")
            run = partial(evidence.trained, theorem, claim, kind)
            yield Trial("trained", f"{_name(theorem, claim.id)}-{suffix}", theorem.id, run)
            if kind == "trained-converged" and mass.at_exact_minima(claim):
                certified = partial(evidence.at_exact_minima, theorem, claim)
                yield Trial("trained", f"{_name(theorem, claim.id)}-exact-minima", theorem.id, certified)


def _visited(theorem: Theorem, profile: Profile) -> Iterator[Trial]:
    if visits.KIND in theorem.evidence or not profile.visited:
        return
    for claim in theorem.claims:
        if visits.offered(claim):
            run = partial(visits.visited, theorem, claim)
            yield Trial("visited", _name(theorem, claim.id), theorem.id, run)


def _integrated(theorem: Theorem, profile: Profile) -> Iterator[Trial]:
    if not profile.integrated:
        return
    for one in theorem.integrated:
        run = partial(integrations.integrated, theorem, one)
        yield Trial("integrated", f"{theorem.id}-{one.claim.id}", theorem.id, run)
    if theorem.id in SETTINGS:
        yield Trial("setting", theorem.id, theorem.id, partial(integrations.setting, theorem))


def _mass(theorem: Theorem, profile: Profile) -> Iterator[Trial]:
    numbers = mass.batches_of(theorem) if profile.minima else ()
    for number in numbers:
        run = partial(evidence.in_mass, theorem, number)
        yield Trial("mass", f"{theorem.id}-{number + 1:02}of{len(numbers)}", theorem.id, run, number)


def _swept(theorem: Theorem, profile: Profile) -> Iterator[Trial]:
    if "swept" in theorem.evidence:
        return
    for claim in theorem.claims:
        run = partial(evidence.swept, theorem, claim)
        yield Trial("swept", _name(theorem, claim.id), theorem.id, run)


def _families(theorem: Theorem) -> Iterator[Trial]:
    if "constructed" in theorem.evidence:
        return
    for family in theorem.equality:
        run = partial(evidence.constructed, theorem, family)
        yield Trial("families", f"{theorem.id}-{family.id}", theorem.id, run)


def _links(theorem: Theorem) -> Iterator[Trial]:
    for link in theorem.links:
        yield Trial("link", f"{theorem.id}-{link.id}", theorem.id, partial(_link, theorem, link.id))


def _link(theorem: Theorem, link: str, run: Run) -> Event:
    return evidence.drawn(theorem, theorem.claim(link), "link", run.profile.links, 0, run)


def _about_the_record(theorem: Theorem) -> Iterator[Trial]:
    for mutant in all_mutants(theorem):
        yield Trial("mutant", f"{theorem.id}-{mutant.id}", theorem.id, partial(refutations.mutant, theorem, mutant))
    for entry in theorem.necessity:
        id = f"{theorem.id}-{entry.drops}" + (f"-{entry.claim}" if entry.claim else "")
        yield Trial("necessity", id, theorem.id, _fixed(refutations.necessity, theorem, entry))
    for form in () if "symbolic" in theorem.evidence else theorem.closed_forms:
        id = f"{theorem.id}-{form.id}"
        yield Trial("closed-form", id, theorem.id, _fixed(refutations.closed_form, theorem, form))


def _fixed(function: Callable[..., Event], *arguments: object) -> Callable[[Run], Event]:
    """A trial that draws nothing and so needs no run."""
    return lambda run: function(*arguments)
