"""What changed for a theorem or a claim between an older document about it and what it is now."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from refutable.theorems.catalogue import UnknownId
from refutable.theorems.catalogue import theorem as catalogued
from refutable.theorems.exact import NumberError
from refutable.theorems.records import Theorem
from refutable.verify.gate.adjusted import adjusted
from refutable.verify.gate.kinds import Wrong
from refutable.verify.gate.places import Places
from refutable.verify.gate.python_claims import names_code, python_file
from refutable.verify.paths import ClaimRef
from refutable.verify.reading import ReadError, read_json
from refutable.verify.record_document import FORMAT, record_document
from refutable.verify.userclaims.loading import digest_of, read_source
from refutable.verify.userclaims.paths import ExpressionClaim
from refutable.verify.userclaims.surroundings import repository

REPORT = "refutable-report/1"
GATE = "refutable-gate/1"
DIFF = "refutable-show-diff/1"
MAX_BYTES = 64 * 2**20
"""A run's document with all its events is larger than an instance."""

ONLY_DIGEST = "the older document holds the digest alone, no statements: what changed cannot be said"
MATHEMATICS = (
    "no statement, formula or assumption reads differently: the mathematics decided differently on the instances that "
    "the digest looks at, or other instances are looked at"
)
CODE = "a claim that is Python code: the digest of its file alone is compared, nothing of it is run"
DIGESTED = ("status", "domain", "statement", "LaTeX", "assumptions", "assumption")
"""First words of the parts that the digest covers."""

Parts = dict[str, str]


@dataclass(frozen=True)
class Change:
    """One part that reads differently; None where there is no such part."""

    part: str
    old: str | None
    new: str | None


@dataclass(frozen=True)
class Difference:
    """What changed for a theorem.

    Attributes:
        old, new: digests; "" where there is no such claim any more.
        note: why the digests differ although no part that they cover does; "" otherwise.
    """

    id: str
    old: str
    new: str
    changes: tuple[Change, ...] = ()
    note: str = field(default="")

    @property
    def same(self) -> bool:
        """Nothing changed."""
        return self.old == self.new and not self.changes


def difference_document(found: Difference) -> dict[str, Any]:
    """JSON-ready (format refutable-show-diff/1)."""
    return {
        "format": DIFF,
        "id": found.id,
        "same": found.same,
        "digest": {"old": found.old, "new": found.new or None},
        "changes": [{"part": c.part, "old": c.old, "new": c.new} for c in found.changes],
        "note": found.note,
    }


def difference(record: Theorem, path: Path, max_bytes: int = MAX_BYTES) -> Difference:
    """What changed for a theorem since a document was written.

    Args:
        path: what `refutable show ID --json` printed, the JSON report of a run of the suite, or a gate's.

    Raises:
        ReadError: no such document, or it says nothing about the theorem.
    """
    document = read_json(path, max_bytes)
    known: Mapping[object, Callable[[Theorem, dict[str, Any]], Difference | None]] = {
        FORMAT: _since_record,
        REPORT: _since_report,
        GATE: _since_gate,
    }
    kind = document.get("format")
    if not isinstance(kind, str) or kind not in known:
        said = f"format {kind!r:.60}" if "format" in document else "no format"
        raise ReadError(
            f"{path}: {said}; --diff reads what `refutable show ID --json` printed ({FORMAT}), the JSON report of a "
            f"run ({REPORT}) or of a gate ({GATE})"
        )
    try:
        found = known[kind](record, document)
        others = "" if found else _subjects(document)
    except (AttributeError, KeyError, TypeError) as problem:
        what = f"a part is missing or senseless ({type(problem).__name__}: {problem!s:.80})"
        raise ReadError(f"{path}: not a document of format {kind}: {what}") from None
    if found is None:
        raise ReadError(f"{path}: says nothing about {record.id}; {others}")
    return found


def _subjects(document: Mapping[str, Any]) -> str:
    if document["format"] == FORMAT:
        return f"it is about {document['id']!r:.60}"
    rows, key = (document["theorems"], "id") if document["format"] == REPORT else (document["claims"], "theorem")
    known = sorted({str(row[key]) for row in rows if row[key]})
    return f"it is about: {', '.join(known):.300}" if known else "it is about no theorem of the catalogue"


def _since_record(record: Theorem, document: dict[str, Any]) -> Difference | None:
    if document["id"] != record.id:
        return None
    new = record_document(record)
    changes = tuple(_changes(*_common(document, new)))
    return _judged(record.id, _text(document["digest"]), new["digest"], changes)


def _since_report(record: Theorem, document: dict[str, Any]) -> Difference | None:
    row = next((row for row in document["theorems"] if row["id"] == record.id), None)
    if row is None:
        return None
    for event in document.get("events", []):
        carried = event.get("record") if event.get("event") == "record" else None
        if isinstance(carried, dict) and carried.get("id") == record.id:
            return _since_record(record, carried)
    new = record_document(record)["digest"]
    old = _text(row["digest"])
    return Difference(record.id, old, new, (), "" if old == new else ONLY_DIGEST)


def _since_gate(record: Theorem, document: dict[str, Any]) -> Difference | None:
    """All claims of the file about the theorem; the digests are those of the first."""
    found = [_since_claim(record, claim) for claim in document["claims"] if claim["theorem"] == record.id]
    return _merged(record.id, found) if found else None


def _merged(id: str, found: Sequence[Difference]) -> Difference:
    """Several claims as one; the digests are those of the first."""
    changes = [change for one in found for change in one.changes]
    changes += [Change(f"digest of {one.id}", one.old, one.new) for one in found[1:] if one.old != one.new]
    notes = dict.fromkeys(one.note for one in found if one.note)
    return Difference(id, found[0].old, found[0].new, tuple(changes), "; ".join(notes))


def claim_difference(id: str, path: Path, max_bytes: int = MAX_BYTES) -> Difference | None:
    """What changed for the claims of that id of a gate's document; None if it has none, or is another document.

    A claim about a theorem is compared with the record, an expression with what it states now, code by its digest.

    Raises:
        ReadError: no such document, or a damaged one.
    """
    document = read_json(path, max_bytes)
    if document.get("format") != GATE:
        return None
    try:
        found = [_since_own(claim) for claim in document["claims"] if claim.get("id") == id]
    except (AttributeError, KeyError, TypeError) as problem:
        what = f"a part is missing or senseless ({type(problem).__name__}: {problem!s:.80})"
        raise ReadError(f"{path}: not a document of format {GATE}: {what}") from None
    return _merged(id, found) if found else None


def claims_of(path: Path, max_bytes: int = MAX_BYTES) -> list[str]:
    """Ids of the claims of a gate's document, none of another one's. Raises ReadError: it cannot be read."""
    document = read_json(path, max_bytes)
    claims = document.get("claims") if document.get("format") == GATE else None
    return [str(one.get("id")) for one in claims if isinstance(one, dict)] if isinstance(claims, list) else []


def _since_own(old: Mapping[str, Any]) -> Difference:
    if old["theorem"]:
        try:
            return _since_claim(catalogued(_text(old["theorem"])), old)
        except UnknownId as problem:
            return _gone(old, "theorem", str(problem))
    if names_code(_text(old["source"])):
        return _since_code(old)
    try:
        ref = ExpressionClaim(_text(old["source"]), _text(old["domain"]), tuple(map(_text, old["assumes"])))
        return _against(old, ref)
    except ReadError as problem:
        return _gone(old, "expression", str(problem))


def _gone(old: Mapping[str, Any], part: str, problem: str) -> Difference:
    id = _text(old["id"])
    return Difference(id, _text(old["digest"]), "", (Change(f"{part} of claim {id}", _text(old["source"]), problem),))


def _since_code(old: Mapping[str, Any]) -> Difference:
    folder = (Path(_text(old["root"])) / _text(old["file"])).parent
    places = Places(folder, repository(folder))
    try:
        file = python_file(_text(old["source"]), places)
        new = digest_of(read_source(file.root / file.file))
    except (ReadError, Wrong) as problem:
        return _gone(old, "Python", str(problem))
    return Difference(_text(old["id"]), _text(old["digest"]), new, (), CODE)


def _since_claim(record: Theorem, old: Mapping[str, Any]) -> Difference:
    id, constants = _text(old["id"]), dict(old["constants"])
    try:
        ref = adjusted(record.id, constants)
    except (UnknownId, NumberError) as problem:
        listed = ", ".join(f"{name} = {value}" for name, value in constants.items())
        return Difference(id, _text(old["digest"]), "", (Change(f"constants of {id}", listed, str(problem)),))
    return _against(old, ref)


def _against(old: Mapping[str, Any], ref: ClaimRef) -> Difference:
    """An older claim and the one that a reference names now."""
    id, claim = _text(old["id"]), ref.resolve()
    new = {"statement": claim.statement, "latex": claim.latex, "assumes": [a.id for a in claim.assumes]}
    kept = {key: old[key] for key in new}
    changes = tuple(_changes(_claims("claim", [kept | {"id": id}]), _claims("claim", [new | {"id": id}])))
    return _judged(id, _text(old["digest"]), ref.digest(), changes)


def _judged(id: str, old: str, new: str, changes: tuple[Change, ...]) -> Difference:
    seen = any(change.part.split()[0] in DIGESTED for change in changes)
    return Difference(id, old, new, changes, "" if old == new or seen else MATHEMATICS)


def _changes(old: Parts, new: Parts) -> Iterator[Change]:
    for part in dict.fromkeys((*old, *new)):
        if old.get(part) != new.get(part):
            yield Change(part, old.get(part), new.get(part))


def _common(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[Parts, Parts]:
    """The parts of the sections that both documents have: an older version may not have written all."""
    sections = [key for key in SECTIONS if key in old and key in new]
    first: Parts = {}
    second: Parts = {}
    for key in sections:
        first |= SECTIONS[key](old[key])
        second |= SECTIONS[key](new[key])
    return first, second


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r:.40} is no text")
    return value


def _plain(part: str) -> Callable[[Any], Parts]:
    return lambda value: {part: _text(value)} if value else {}


def _source(value: Any) -> Parts:
    return {f"source, {key}": _text(value[key]) for key in ("paper", "number", "link", "note") if value[key]}


def _claims(word: str, values: Any) -> Parts:
    """Statement, LaTeX and assumptions of each claim."""
    parts: Parts = {}
    for one in values:
        id = _text(one["id"])
        parts[f"statement of {word} {id}"] = _text(one["statement"])
        parts[f"LaTeX of {word} {id}"] = _text(one["latex"])
        parts[f"assumptions of {word} {id}"] = ", ".join(one["assumes"]) or "none"
    return parts


def _mutants(values: Any) -> Parts:
    parts: Parts = {}
    for one in values:
        excuse = "" if one["substantive"] else f" (witness not substantive: {_text(one['excuse'])})"
        parts[f"mutant {_text(one['id'])}"] = f"{_text(one['why_false'])}{excuse}"
    return parts


def _listed(word: str, name: str, *told: str) -> Callable[[Any], Parts]:
    """A part for each entry of a list: what its keys ``told`` say."""
    return lambda values: {f"{word} {one[name]}": "; ".join(_text(one[key]) for key in told) for one in values}


def _constants(values: Any) -> Parts:
    return {f"constant {name}": f"{_text(one['value'])}: {_text(one['meaning'])}" for name, one in values.items()}


def _inapplicable(values: Any) -> Parts:
    return {f"evidence that does not apply, {kind}": _text(reason) for kind, reason in values.items()}


def _necessity(values: Any) -> Parts:
    parts: Parts = {}
    for one in values:
        where = f"{_text(one['assumption'])}{one['claim'] and ', ' + one['claim']}"
        parts[f"necessity of {where}"] = f"{'shown' if one['known'] else 'no witness'}; {_text(one['note'])}"
    return parts


SECTIONS: Mapping[str, Callable[[Any], Parts]] = {
    "title": _plain("title"),
    "source": _source,
    "status": _plain("status"),
    "domain": _plain("domain"),
    "claims": lambda values: _claims("claim", values),
    "constants": _constants,
    "assumptions": _listed("assumption", "id", "statement"),
    "links": lambda values: _claims("link", values),
    "closed_forms": _listed("closed form", "id", "statement", "method"),
    "families": _listed("family", "id", "attains", "meaning"),
    "not_tight": _plain("why it is not known tight"),
    "mutants": _mutants,
    "necessity": _necessity,
    "not_applicable": _inapplicable,
    "notes": _plain("notes"),
}
"""Keys of a theorem's document, and how each is told part by part."""
