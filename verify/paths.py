"""Naming a claim so that a file can refer to it: theorem, part of its record, id."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from refutable.theorems.catalogue import theorem
from refutable.theorems.claims import Claim
from refutable.theorems.records import Theorem, all_mutants

Part = Literal["claim", "link", "mutant", "without"]
PARTS: tuple[Part, ...] = ("claim", "link", "mutant", "without")


@dataclass(frozen=True)
class ClaimPath:
    """Where a claim stands in the catalogue.

    Attributes:
        part: one of the theorem's claims, a link of its proof, a mutant, or a claim without an assumption.
        id: of the claim, link or mutant; for ``without``: "claim/assumption".
    """

    theorem: str
    part: Part
    id: str

    def __str__(self) -> str:
        return f"{self.theorem} {self.part} {self.id}"

    def resolve(self, record: Theorem | None = None) -> Claim:
        """The claim itself, from the catalogue or from a given record.

        Raises:
            KeyError: the catalogue has no such theorem or the theorem no such part.
        """
        found = theorem(self.theorem) if record is None else record
        if self.part == "mutant":
            for mutant in all_mutants(found):
                if mutant.id == self.id:
                    return mutant.claim
            raise KeyError(f"theorem {found.id} has no mutant {self.id!r:.60}")
        if self.part == "without":
            claim, _, assumption = self.id.partition("/")
            return found.claim(claim).without(assumption)
        claims = found.claims if self.part == "claim" else found.links
        for claim_ in claims:
            if claim_.id == self.id:
                return claim_
        raise KeyError(f"theorem {found.id} has no {self.part} {self.id!r:.60}")
