"""Naming a theorem with other constants: as a claims file asks for it, and as a witness file remembers it."""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flint import fmpq

from refutable.theorems.adjusting import changed, described, with_constants
from refutable.theorems.adjusting import constants as constants_of
from refutable.theorems.catalogue import UnknownId
from refutable.theorems.catalogue import theorem as catalogued
from refutable.theorems.claims import Claim
from refutable.theorems.constants import Constant
from refutable.theorems.exact import NumberError, rational, text
from refutable.theorems.instances import canonical_json
from refutable.theorems.records import Theorem
from refutable.verify.paths import ClaimPath

MAX_LETTERS = 100
"""Longest constant that is read: floats must be able to hold it, and people to read it."""


@dataclass(frozen=True)
class AdjustedClaim:
    """The headline of a theorem with other constants than the record's.

    Attributes:
        constants: name and exact value as text of those that differ, sorted.
    """

    theorem: str
    id: str
    constants: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        return f"{self.theorem} with {described(self.values)}"

    @property
    def label(self) -> str:
        """Start of the names of its files: weighted-l1-adjusted."""
        return f"{self.theorem}-adjusted"

    @property
    def values(self) -> dict[str, fmpq]:
        """The constants that differ from the record's."""
        return {name: rational(value) for name, value in self.constants}

    def document(self) -> dict[str, Any]:
        """The claim's entry in a witness: as that of the theorem, and the constants as exact texts."""
        return {"theorem": self.theorem, "part": "claim", "id": self.id, "constants": dict(self.constants)}

    def digest(self) -> str:
        """SHA-256 (hex) of the theorem's digest and the constants. Raises UnknownId: no such theorem."""
        base = ClaimPath(self.theorem, "claim", self.id).digest()
        return hashlib.sha256(canonical_json([base, dict(self.constants)]).encode()).hexdigest()

    def resolve(self) -> Claim:
        """The claim. Raises UnknownId: the catalogue has no such theorem, or the theorem no such constant."""
        record = catalogued(self.theorem)
        _known(record, self.values)
        return with_constants(record, self.values)


def adjusted(theorem_id: str, constants: Mapping[str, Any], claim: str = "") -> ClaimPath | AdjustedClaim:
    """How files name a theorem with these constants: as the theorem itself if all are the record's.

    Args:
        constants: by name; a rational, an integer, or a text such as "3/5" or "0.6" (exactly that decimal).
        claim: id of the theorem's first claim, or ""; another claim of it only without constants.

    Raises:
        UnknownId: no such theorem, claim or constant; names the nearest and all known ones.
        NumberError: a constant is no exact number, too long, or below the least that makes sense.
    """
    record = catalogued(theorem_id)
    named = _claim_id(record, claim)
    read = {name: _read(record, name, value) for name, value in constants.items()}
    other = changed(record, read)
    if not other:
        return ClaimPath(record.id, "claim", named)
    if named != record.headline.id:
        raise UnknownId(
            f"{record.id}: the constants are those of its first claim, {record.headline.id}; {named} has none"
        )
    return AdjustedClaim(record.id, named, tuple((name, text(value)) for name, value in other.items()))


def from_document(document: Mapping[str, Any]) -> ClaimPath | AdjustedClaim:
    """The claim that a witness's entry with constants names.

    Raises:
        UnknownId: no such theorem, claim or constant.
        ValueError: the entry makes no sense.
    """
    constants = document["constants"]
    if document["part"] != "claim":
        raise ValueError(f"part {document['part']!r:.40} of a theorem has no constants; its claim has")
    if not isinstance(constants, Mapping) or not all(isinstance(value, str) for value in constants.values()):
        raise ValueError('the constants of its claim must be texts by name, such as {"offset": "3/5"}')
    return adjusted(document["theorem"], constants, document["id"])


def _claim_id(record: Theorem, claim: str) -> str:
    known = [one.id for one in record.claims]
    if claim and claim not in known:
        raise UnknownId(f"{record.id} has no claim {claim!r:.60}; it has: {', '.join(known)}")
    return claim or record.headline.id


def _read(record: Theorem, name: str, value: Any) -> fmpq:
    constant = _known(record, (name,))[name]
    where = f"constant {name} of {record.id}"
    if isinstance(value, float):
        raise NumberError(f'{where}: {value!r} is a binary fraction; write it as text, such as "{value!r}" or "1/3"')
    if isinstance(value, str) and len(value) > 2 * MAX_LETTERS:
        raise NumberError(f"{where}: a number of {len(value)} letters; at most {MAX_LETTERS} digits are read")
    read = rational(value, where)
    if max(abs(int(read.p)), int(read.q)) >= 10**MAX_LETTERS:
        raise NumberError(f"{where}: a number of more than {MAX_LETTERS} digits; shorten it")
    if constant.least is not None and read < constant.least:
        raise NumberError(f"{where}: {text(read)} is below {text(constant.least)} ({constant.meaning})")
    return read


def _known(record: Theorem, names: Any) -> dict[str, Constant]:
    """The record's constants, which must include all ``names``."""
    known = constants_of(record)
    for name in names:
        if name not in known:
            raise UnknownId(_unknown(record, str(name), known))
    return known


def _unknown(record: Theorem, name: str, known: Mapping[str, Constant]) -> str:
    if not known:
        return f"{record.id} has no constants: its first claim is no single inequality"
    near = difflib.get_close_matches(name, known, 1, 0.4)
    hint = f"did you mean {near[0]}? " if near else ""
    listed = ", ".join(f"{known_name} = {text(c.value)}" for known_name, c in known.items())
    return f"{record.id} has no constant {name!r:.60}; {hint}it has: {listed}"
