"""What is hunted: a claim, how files name it, and what is known about it."""

from __future__ import annotations

from dataclasses import dataclass

from refutable.theorems.catalogue import CATALOGUE, UnknownId
from refutable.theorems.catalogue import theorem as catalogued
from refutable.theorems.claims import Claim
from refutable.theorems.instances import Instance
from refutable.theorems.records import Family, Theorem, all_mutants
from refutable.verify.gate.adjusted import AdjustedClaim
from refutable.verify.paths import ClaimPath, ClaimRef, Part


@dataclass(frozen=True)
class Target:
    """A claim to refute.

    Attributes:
        ref: names the claim in witness files.
        theorem: the record it belongs to, None for a user's claim and for a theorem with other constants.
        families: known equality, limit and violation families of the domain, the record's own first.
        hints: instances that the record gives (killers of mutants, witnesses of necessity).
        title: for people.
    """

    ref: ClaimRef
    claim: Claim
    theorem: Theorem | None
    families: tuple[Family, ...]
    hints: tuple[Instance, ...]
    title: str


def catalogue_target(theorem: str, *, claim: str = "", mutant: str | None = None, drop: str | None = None) -> Target:
    """A claim of the catalogue, one of its mutants, or a claim without one of its assumptions.

    Args:
        claim: one of the theorem's claims or links; "" is the first claim.

    Raises:
        UnknownId: no such theorem, claim, mutant or assumption; the message lists the known ones.
        ValueError: both ``mutant`` and ``claim`` or ``drop`` are given.
    """
    record = catalogued(theorem)
    if mutant is not None:
        if claim or drop:
            raise ValueError("a mutant is a claim of its own: give either --mutant or --claim and --drop")
        return _mutant(record, mutant)
    chosen = _claim(record, claim)
    part: Part = "link" if chosen in record.links else "claim"
    path = ClaimPath(record.id, part, chosen.id)
    title = record.id if chosen.id in ("", record.headline.id) else f"{record.id}, {part} {chosen.id}"
    if drop is not None:
        known = [a.id for a in chosen.assumes]
        if drop not in known:
            raise UnknownId(f"{chosen.id} does not assume {drop!r:.60}; it assumes: {', '.join(known) or 'nothing'}")
        path = ClaimPath(record.id, "without", f"{chosen.id}/{drop}")
        chosen, title = chosen.without(drop), f"{title} without {drop}"
    return Target(path, chosen, record, families_of(chosen, record), _hints(record, chosen), title)


def user_target(ref: ClaimRef) -> Target:
    """A claim of the user's own; every known family of its domain is tried on it.

    A theorem with other constants is one: the theorem's own families come first, and the record's instances are hints.

    Raises:
        ReadError: its file cannot be loaded.
    """
    claim = ref.resolve()
    base = catalogued(ref.theorem) if isinstance(ref, AdjustedClaim) else None
    hints = () if base is None else _hints(base, claim)
    return Target(ref, claim, None, families_of(claim, base), hints, str(ref))


def families_of(claim: Claim, record: Theorem | None) -> tuple[Family, ...]:
    """The known families of a claim's domain, once each, those of ``record`` first."""
    records = ([] if record is None else [record]) + list(CATALOGUE)
    found: dict[str, Family] = {}
    for one in records:
        if one.domain.id == claim.domain.id:
            for family in one.equality:
                found.setdefault(family.id, family)
    return tuple(found.values())


def _mutant(record: Theorem, id: str) -> Target:
    mutants = {m.id: m for m in all_mutants(record)}
    if id not in mutants:
        raise UnknownId(f"{record.id} has no mutant {id!r:.60}; it has: {', '.join(mutants)}")
    found = mutants[id]
    path = ClaimPath(record.id, "mutant", id)
    title = f"{record.id}, mutant {id}"
    return Target(path, found.claim, record, families_of(found.claim, record), (found.witness(),), title)


def _claim(record: Theorem, id: str) -> Claim:
    try:
        return record.claim(id)
    except KeyError:
        known = ", ".join(c.id for c in (*record.claims, *record.links))
        raise UnknownId(f"{record.id} has no claim or link {id!r:.60}; it has: {known}") from None


def _hints(record: Theorem, claim: Claim) -> tuple[Instance, ...]:
    """Every instance the record names in the claim's domain: killers and witnesses of necessity."""
    witnesses = [m.witness() for m in all_mutants(record)]
    witnesses += [w for entry in record.necessity if (w := entry.instance()) is not None]
    return tuple(w for w in dict.fromkeys(witnesses) if w.domain == claim.domain.id)
