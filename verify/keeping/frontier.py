"""The tightness frontier: per claim and size, the instance that comes closest to a bound."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from refutable.theorems.catalogue import DOMAINS
from refutable.theorems.claims import Claim
from refutable.theorems.instances import Instance, canonical_json
from refutable.verify.decide import decide
from refutable.verify.keeping.sizes import sizes
from refutable.verify.keeping.tightness import Tightness, tightness
from refutable.verify.paths import ClaimRef
from refutable.verify.reading import ReadError
from refutable.verify.witnesses import Witness, departures, headline

FORMAT = "refutable-frontier/1"
Key = tuple[str, tuple[tuple[str, int], ...]]
"""A claim and a size, sortable."""


@dataclass(frozen=True)
class FrontierEntry:
    """A kept instance on which a claim holds tightly.

    Attributes:
        tightness: left/right between two rationals.
        file: the witness file it was read from.
    """

    witness: Witness
    tightness: Tightness
    file: Path

    @property
    def ref(self) -> ClaimRef:
        """The claim."""
        return self.witness.claim

    @property
    def instance(self) -> Instance:
        """Where it holds tightly."""
        return self.witness.instance

    @property
    def sizes(self) -> dict[str, int]:
        """Dimensions of the instance by name."""
        return sizes(DOMAINS[self.instance.domain], self.instance)

    @property
    def touching(self) -> bool:
        """Both sides are equal."""
        return self.tightness.touching

    @property
    def method(self) -> str:
        """How the instance was found."""
        return str(self.witness.provenance.get("method", ""))

    @property
    def key(self) -> Key:
        """The claim and the size it stands for."""
        return key_of(self.ref, self.instance)

    @property
    def order(self) -> tuple[Any, ...]:
        """Tighter entries have a greater one; of equal ones the first by file name."""
        return self.touching, self.tightness.lower, [-ord(letter) for letter in self.file.name]


def key_of(ref: ClaimRef, instance: Instance) -> Key:
    """The claim and size that an instance stands for on the frontier."""
    found = sizes(DOMAINS[instance.domain], instance)
    return canonical_json([str(ref), ref.document()]), tuple(sorted(found.items()))


def entry_of(witness: Witness, file: Path) -> FrontierEntry | None:
    """The entry a file stands for; None where its claim did not hold, is no inequality, or has changed since."""
    mark = tightness(witness.headline) if witness.verdict == "holds" else None
    if mark is None or not _current(witness):
        return None
    return FrontierEntry(witness, mark, file)


def _current(witness: Witness) -> bool:
    try:
        return witness.claim.digest() == witness.digest
    except (KeyError, ReadError):
        return False


def confirmed(entry: FrontierEntry, claim: Claim) -> FrontierEntry | None:
    """The entry as it comes out when ``claim`` is decided on its instance; None where it is no record after all.

    A file says what its writer wants, within the width of its enclosures too: the sides are those of the decision.
    """
    try:
        outcome = decide(claim, entry.instance)
        mark = tightness(headline(outcome)) if outcome.verdict == "holds" else None
        if mark is None or departures(entry.witness, outcome):
            return None
        if claim.domain.hollow(claim.domain.view(entry.instance)):
            return None
    except Exception:  # whatever a senseless instance, or the formula of a user, raises
        return None
    return replace(entry, witness=replace(entry.witness, headline=headline(outcome)), tightness=mark)


Confirm = Callable[[FrontierEntry], FrontierEntry | None]


def best(entries: Iterable[FrontierEntry], confirm: Confirm = lambda entry: entry) -> dict[Key, FrontierEntry]:
    """The tightest entry per claim and size, of those that ``confirm`` lets through; it is asked for few others."""
    groups: dict[Key, list[FrontierEntry]] = {}
    for entry in sorted(entries, key=lambda e: e.order, reverse=True):
        groups.setdefault(entry.key, []).append(entry)
    found = {key: _first(group, confirm) for key, group in groups.items()}
    return {key: entry for key, entry in found.items() if entry is not None}


def _first(group: list[FrontierEntry], confirm: Confirm) -> FrontierEntry | None:
    """The tightest confirmed entry of a group that is sorted by what its files say, tightest first."""
    top: FrontierEntry | None = None
    for entry in group:
        if top is not None and entry.order <= top.order:
            return top
        sound = confirm(entry)
        if sound is not None and (top is None or sound.order > top.order):
            top = sound
    return top
