"""What an entry of a claims file is tried as: a record of the catalogue, or one made for a claim of the user's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from refutable.strategies.supplies import supply as registered_supply
from refutable.strategies.supply import Effort, MinimaSource, Size, Supply, TrainedSupply, VisitedSource, buildable
from refutable.theorems.catalogue import theorem as catalogued
from refutable.theorems.claims import Claim
from refutable.theorems.domains.domain import Domain
from refutable.theorems.instances import Instance
from refutable.theorems.records import Family, Source, Theorem
from refutable.verify.gate.entries import Entry
from refutable.verify.hunting.target import Target, catalogue_target, families_of, user_target
from refutable.verify.paths import ClaimPath, ClaimRef, Part

if TYPE_CHECKING:
    import torch
    from hypothesis.strategies import SearchStrategy


@dataclass(frozen=True)
class Subject:
    """An entry's claim with everything it is tried with; ``file`` tells claims of the same id in two files apart."""

    entry: Entry
    file: Path = Path()

    @property
    def own(self) -> bool:
        """A claim that is not the catalogue's as it stands there."""
        return not self.entry.theorem or self.entry.changed

    @cached_property
    def claim(self) -> Claim:
        """The headline. Raises ReadError: the user's file cannot be loaded."""
        return self.entry.ref.resolve()

    @cached_property
    def record(self) -> Theorem:
        """The catalogue's record; for a claim of the user's own one with that claim alone."""
        if not self.own:
            return catalogued(self.entry.theorem)
        source = Source(f"own claim: {self.entry.source}")
        return Theorem(self.entry.id, self.claim.statement, source, "conjecture", (self.claim,))

    @cached_property
    def families(self) -> tuple[Family, ...]:
        """Known families: the record's equality cases, or everything known in the domain."""
        if not self.own:
            return self.record.equality
        base = catalogued(self.entry.theorem) if self.entry.theorem else None
        return families_of(self.claim, base)

    @cached_property
    def target(self) -> Target:
        """For hunts."""
        return user_target(self.entry.ref) if self.own else catalogue_target(self.entry.theorem)

    def ref(self, theorem: str, part: Part, id: str) -> ClaimRef:
        """How a witness file names one of the record's claims."""
        return self.entry.ref if self.own else ClaimPath(theorem, part, id)

    def supply(self, domain_id: str) -> Supply:
        """The domain's supply; it builds instances for the assumptions it knows, the others are checked afterwards."""
        found = registered_supply(domain_id)
        return _Known(found) if self.own else found


class _Known:
    """A supply that leaves out assumptions it has never heard of: those of a user's own."""

    def __init__(self, supply: Supply) -> None:
        self._supply = supply
        self.domain: Domain = supply.domain
        self.minima: MinimaSource | None = supply.minima
        self.visited: VisitedSource | None = supply.visited

    def drawn(self, assumes: frozenset[str], size: Size, known: bool = True) -> SearchStrategy[Instance]:
        return self._supply.drawn(buildable(self._supply, assumes), size, known)

    def batch(
        self, assumes: frozenset[str], count: int, size: Size, generator: torch.Generator, known: bool = True
    ) -> dict[str, Any] | None:
        return self._supply.batch(buildable(self._supply, assumes), count, size, generator, known)

    def trained(self, assumes: frozenset[str], effort: Effort, device: str = "auto") -> TrainedSupply:
        return self._supply.trained(buildable(self._supply, assumes), effort, device)


def interior(family: Family) -> Family:
    """A family of which nothing is promised."""
    return replace(family, attains="interior", reaches=None)


def constants_of(entry: Entry) -> Mapping[str, str]:
    """The constants of an entry's claim that differ from the record's, as text."""
    document = entry.ref.document()
    found: Mapping[str, str] = document.get("constants", {})
    return found
