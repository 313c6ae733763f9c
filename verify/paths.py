"""Naming a claim so that a file can refer to it: one of the catalogue, with its constants or others, or the user's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

from refutable.theorems.catalogue import theorem
from refutable.theorems.claims import Claim
from refutable.theorems.records import Theorem, all_mutants
from refutable.verify.digest import digest

Part = Literal["claim", "link", "mutant", "without"]
PARTS: tuple[Part, ...] = ("claim", "link", "mutant", "without")


class ClaimRef(Protocol):
    """What a file says to name a claim. Equal documents name equal claims."""

    @property
    def label(self) -> str:
        """Start of the names of its files."""

    def resolve(self) -> Claim:
        """The claim itself.

        Raises:
            KeyError: the catalogue has no such claim.
            ReadError: the user's file is missing or cannot be loaded.
        """

    def document(self) -> dict[str, Any]:
        """The "claim" entry of a witness file, JSON-ready."""

    def digest(self) -> str:
        """SHA-256 (hex) of the claim as it is now; of a file that is missing, as it was.

        Raises:
            KeyError: the catalogue has no such claim.
        """


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

    @property
    def label(self) -> str:
        """The theorem's id."""
        return self.theorem

    def document(self) -> dict[str, Any]:
        """Theorem, part and id."""
        return {"theorem": self.theorem, "part": self.part, "id": self.id}

    def digest(self) -> str:
        """Of the theorem as it stands in the catalogue. Raises UnknownId for one that is not there."""
        return _catalogued_digest(theorem(self.theorem))

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


_DIGESTS: dict[str, tuple[Theorem, str]] = {}


def _catalogued_digest(record: Theorem) -> str:
    """The digest, computed once for each record object: a folder of witnesses asks for the same few many times."""
    known = _DIGESTS.get(record.id)
    if known is None or known[0] is not record:
        known = _DIGESTS[record.id] = (record, digest(record))
    return known[1]


def claim_ref(document: Mapping[str, Any], folder: Path | None = None) -> ClaimRef:
    """The claim that the "claim" entry of a file names; nothing of the user's is run.

    Args:
        folder: where the file is: a claim's own file is looked for there first.

    Raises:
        KeyError: the catalogue has no such claim, or a part of the document is missing.
        ValueError: the document makes no sense.
    """
    if "theorem" in document:
        return _adjusted(document) if "constants" in document else _claim_path(document)
    if not isinstance(document, Mapping) or not {"file", "expression"} & set(document):
        raise ValueError("its claim names neither a theorem, nor a file, nor an expression")
    from refutable.verify.userclaims.files import FileClaim
    from refutable.verify.userclaims.paths import from_document

    ref = from_document(document)
    return ref.beside(folder) if isinstance(ref, FileClaim) and folder is not None else ref


def _adjusted(document: Mapping[str, Any]) -> ClaimRef:
    from refutable.verify.gate.adjusted import from_document

    _refuse_other_than_texts(document)
    return from_document(document)


def _refuse_other_than_texts(document: Mapping[str, Any]) -> None:
    if not all(isinstance(document[key], str) for key in ("theorem", "part", "id")):
        raise ValueError("theorem, part or id of its claim is no text")


def _claim_path(document: Mapping[str, Any]) -> ClaimPath:
    _refuse_other_than_texts(document)
    if document["part"] not in PARTS:
        raise ValueError(f"part {document['part']!r:.40} is none of {', '.join(PARTS)}")
    path = ClaimPath(document["theorem"], document["part"], document["id"])
    path.resolve()
    return path


def runs_code(ref: ClaimRef) -> bool:
    """Whether resolving the claim may run a Python file of the user's."""
    from refutable.verify.userclaims.files import FileClaim

    return isinstance(ref, FileClaim)


def is_missing(ref: ClaimRef) -> bool:
    """Whether it is a claim in a file that is not there."""
    from refutable.verify.userclaims.files import FileClaim, is_there

    return isinstance(ref, FileClaim) and not is_there(ref.path)
