"""What is measured: claims of the catalogue by name, scaled or restricted in size; any process can build them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from flint import fmpq

from refutable.strategies.supply import Size
from refutable.theorems.catalogue import CATALOGUE
from refutable.theorems.checks import Check
from refutable.theorems.claims import Assumption
from refutable.theorems.domains.domain import Domain
from refutable.theorems.records import all_mutants
from refutable.theorems.views import View
from refutable.verify.hunting.target import Target, catalogue_target

PROVED = ("read", "recalled", "own")
LIMITS = {"k": "max_neurons", "n": "max_samples", "d": "max_inputs"}
"""Which limit of `Size` bounds a dimension of a domain's fields."""


@dataclass(frozen=True)
class Subject:
    """A claim to measure a search on.

    Attributes:
        claim: one of the theorem's claims or links; "" is the first claim.
        mutant: a false variant instead.
        epsilon: "1e-6": the headline's right side times 1 - 10^-6; "" leaves it.
        sizes: dimensions that are prescribed, by the names in the domain's fields: (("d", 2),).
    """

    theorem: str
    claim: str = ""
    mutant: str = ""
    epsilon: str = ""
    sizes: tuple[tuple[str, int], ...] = ()

    def __str__(self) -> str:
        parts = [self.theorem, self.claim, self.mutant, self.epsilon and f"times 1 - {self.epsilon}"]
        return " ".join([part for part in parts if part] + [f"{name} = {value}" for name, value in self.sizes])

    def document(self) -> dict[str, Any]:
        """Its names, those that say something, ready for JSON."""
        named = {"theorem": self.theorem, "claim": self.claim, "mutant": self.mutant, "epsilon": self.epsilon}
        out: dict[str, Any] = {key: value for key, value in named.items() if value}
        return {**out, "prescribed": dict(self.sizes)} if self.sizes else out

    def target(self) -> Target:
        """The claim with what is known about it.

        Raises:
            UnknownId: the catalogue has no such theorem, claim or mutant.
            ValueError: a size names no dimension of the domain.
        """
        found = catalogue_target(self.theorem, claim=self.claim, mutant=self.mutant or None)
        claim = found.claim
        if self.epsilon:
            claim = claim.scaled(1 - fraction(self.epsilon), f"{claim.id} with the right side times 1 - {self.epsilon}")
        for name, value in self.sizes:
            claim = replace(claim, assumes=(*claim.assumes, _exactly(claim.domain, name, value)))
        return replace(found, claim=claim, title=str(self))

    def size(self) -> Size:
        """Limits of what is drawn: no prescribed dimension may be exceeded."""
        return replace(Size(), **{LIMITS[name]: value for name, value in self.sizes if name in LIMITS})


def fraction(epsilon: str) -> fmpq:
    """The rational number that "1e-6" writes.

    Raises:
        ValueError: it is no power of ten below 1.
    """
    mantissa, _, exponent = epsilon.partition("e-")
    if mantissa != "1" or not exponent.isdecimal() or int(exponent) == 0:
        raise ValueError(f"epsilon is {epsilon!r}; it must be written 1e-3, 1e-4, ...")
    return fmpq(1, 10 ** int(exponent))


def _exactly(domain: Domain, name: str, value: int) -> Assumption:
    """The assumption that a dimension of the domain's fields has one size."""
    places = [(f.name, f.shape.index(name) - len(f.shape)) for f in domain.fields if name in f.shape]
    if not places:
        known = sorted({dimension for f in domain.fields for dimension in f.shape})
        raise ValueError(f"no field of {domain.id} has a dimension {name!r}; known: {', '.join(known) or 'none'}")
    field, axis = places[0]

    def checks(view: View) -> Iterable[Check]:
        size = view[field].shape[axis]
        yield Check(size == value, "true", reason=f"{name} is {size}")

    return Assumption(f"{name}-is-{value}", f"the dimension {name} is {value}", checks)


@cache
def chosen() -> Mapping[str, Any]:
    """The claims that the parts measure, by part, from subjects.json."""
    found: Mapping[str, Any] = json.loads(Path(__file__).with_name("subjects.json").read_text("utf-8"))
    return found


def listed(part: str) -> list[Subject]:
    """The subjects of a part that names them one by one."""
    entries = chosen()[part]
    return [Subject(**{**entry, "sizes": tuple(entry.get("sizes", {}).items())}) for entry in entries]


def mutants() -> list[Subject]:
    """Every mutant of the catalogue."""
    return [Subject(theorem.id, mutant=mutant.id) for theorem in CATALOGUE for mutant in all_mutants(theorem)]


def proved_claims() -> list[Subject]:
    """Every claim and link of the theorems that are proved; conjectures and observations could be false."""
    return [
        Subject(theorem.id, claim=claim.id)
        for theorem in CATALOGUE
        if theorem.status in PROVED
        for claim in (*theorem.claims, *theorem.links)
    ]


def spread(subjects: list[Subject], count: int | None) -> list[Subject]:
    """At most ``count`` of them, evenly spread; all for None."""
    if count is None or count >= len(subjects):
        return subjects
    return [subjects[i * len(subjects) // count] for i in range(count)]
