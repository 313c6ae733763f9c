"""Witness files: an instance with what was decided on it, checkable by anyone from the file alone."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Any

from refutable.theorems.catalogue import DOMAINS
from refutable.theorems.claims import Claim
from refutable.theorems.exact import rational
from refutable.theorems.instances import Instance, canonical_json
from refutable.verify import independent
from refutable.verify.decide import Outcome, decide
from refutable.verify.keeping.whole_files import write_whole
from refutable.verify.paths import ClaimPath, ClaimRef, claim_ref, is_missing
from refutable.verify.reading import MAX_BYTES, WITNESS_FORMAT, ReadError, instance_of, read_json
from refutable.verify.sides import Bounds, bounds

HEADLINE = {"operator", "left", "right", "touching"}
OPERATORS = ("<=", "<", "==", "psd", "true")
KEYS = {"format", "claim", "digest", "verdict", "headline", "assumptions", "instance", "provenance", "hash"}


class WitnessError(ReadError):
    """A file that is no witness, or not the one that was written: damaged, edited, foreign."""


@dataclass(frozen=True)
class Witness:
    """A decided claim on one instance.

    Attributes:
        claim: names it: a claim of the catalogue or one of the user's own.
        digest: of the theorem the claim belongs to, or of the user's text, when it was decided.
        headline: "operator", "left", "right" (see `sides.Bounds`) and "touching", or empty.
        assumptions: id, verdict and reason of each.
        provenance: how it was found: seed, method, versions.
    """

    claim: ClaimRef
    instance: Instance
    digest: str
    verdict: str
    headline: Mapping[str, Any] = field(default_factory=dict)
    assumptions: tuple[Mapping[str, str], ...] = ()
    provenance: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class ReplayResult:
    """What deciding a witness again found.

    Attributes:
        differences: how it departs from the file; empty means reproduced.
        independent: verdict of the standard-library verifier, None where it does not cover the claim.
        notes: what is no difference but worth saying, such as a changed digest.
    """

    witness: Witness
    outcome: Outcome
    differences: tuple[str, ...]
    independent: str | None
    notes: tuple[str, ...] = ()

    @property
    def reproduced(self) -> bool:
        """Verdict, sides and assumptions are what the file says."""
        return not self.differences


def versions() -> dict[str, str]:
    """Versions that a verdict may depend on."""
    found = {"python": platform.python_version()}
    for name in ("refutable", "python-flint", "hypothesis", "torch"):
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = "absent"
    return found


def witness(
    ref: ClaimRef, instance: Instance, outcome: Outcome, method: str, seed: int | None, digest: str | None = None
) -> Witness:
    """The witness of an outcome.

    Args:
        method: how the instance was found.
        digest: of the record that was decided, where it is not the one the catalogue has.
    """
    provenance = {"method": method, "seed": seed, "versions": versions()}
    known = ref.digest() if digest is None else digest
    return Witness(ref, instance, known, outcome.verdict, headline(outcome), _assumptions(outcome), provenance)


def headline(outcome: Outcome) -> dict[str, Any]:
    """The headline comparison of an outcome, JSON-ready; empty if it was not reached."""
    decision = outcome.headline
    if decision is None:
        return {}
    left, right = bounds(decision.left), bounds(decision.right)
    return {
        "operator": outcome.operators[0],
        "left": left,
        "right": right,
        "touching": decision.touching,
    }


def _assumptions(outcome: Outcome) -> tuple[dict[str, str], ...]:
    return tuple({"id": a.id, "verdict": a.verdict, "reason": a.reason} for a in outcome.assumptions)


def dump(witness: Witness) -> dict[str, Any]:
    """The JSON document of a witness, content hash included."""
    content = {
        "format": WITNESS_FORMAT,
        "claim": witness.claim.document(),
        "digest": witness.digest,
        "verdict": witness.verdict,
        "headline": dict(witness.headline),
        "assumptions": [dict(a) for a in witness.assumptions],
        "instance": DOMAINS[witness.instance.domain].dump(witness.instance),
        "provenance": dict(witness.provenance),
    }
    return content | {"hash": content_hash(content)}


def content_hash(content: Mapping[str, Any]) -> str:
    """SHA-256 (hex) of everything in a witness document but its hash."""
    rest = {key: value for key, value in content.items() if key != "hash"}
    return hashlib.sha256(canonical_json(rest).encode()).hexdigest()


def write(witness: Witness, folder: Path) -> Path:
    """Write a witness file named by its content hash, whole or not at all; return its path.

    Raises:
        KeepError: the folder cannot be made or written; an OSError.
    """
    document = dump(witness)
    path = folder / f"{witness.claim.label}-{document['hash'][:16]}.json"
    write_whole(path, json.dumps(document, indent=1, ensure_ascii=True) + "\n")
    return path


def read(path: Path, max_bytes: int = MAX_BYTES) -> Witness:
    """The witness in a file, exactly as it was written.

    Raises:
        ReadError: not readable JSON (see `reading.read_json`).
        WitnessError: no witness file, damaged or edited, of an unknown theorem.
    """
    doc = read_json(path, max_bytes)
    if doc.get("format") != WITNESS_FORMAT:
        found = f"format {doc['format']!r:.60}" if "format" in doc else "no format"
        raise WitnessError(f"{path}: this is no witness file ({found}); `refutable check` decides instances")
    if doc.get("hash") != content_hash(doc):
        raise WitnessError(
            f"{path}: damaged or edited after it was written (its content hash differs); nothing in it is "
            "believed; `refutable check` decides the instance in it afresh"
        )
    if set(doc) != KEYS:
        raise WitnessError(f"{path}: not a witness of this format: keys {sorted(set(doc) ^ KEYS)!r:.80}")
    return _load(doc, path)


def _load(doc: Mapping[str, Any], path: Path) -> Witness:
    if not all(isinstance(doc[key], dict) for key in ("claim", "headline", "provenance")):
        raise WitnessError(f"{path}: not a witness of this format: claim, headline and provenance must be objects")
    instance = instance_of(doc["instance"] if isinstance(doc["instance"], dict) else {}, str(path))
    try:
        return Witness(
            claim_ref(doc["claim"], path.parent),
            instance,
            str(doc["digest"]),
            str(doc["verdict"]),
            _headline(doc["headline"]),
            tuple({key: str(a[key]) for key in ("id", "verdict", "reason")} for a in doc["assumptions"]),
            dict(doc["provenance"]),
        )
    except (KeyError, TypeError, ValueError) as problem:
        what = problem.args[0] if problem.args else problem
        raise WitnessError(f"{path}: not a witness of this catalogue: {what}") from None


def _headline(raw: Mapping[str, Any]) -> dict[str, Any]:
    """A recorded headline, empty or whole, whose sides are numbers; raises TypeError or ValueError otherwise."""
    if not isinstance(raw, dict) or set(raw) not in (set(), HEADLINE):
        raise ValueError(f"its headline has not the keys {', '.join(sorted(HEADLINE))}")
    if raw and (raw["operator"] not in OPERATORS or not isinstance(raw["touching"], bool)):
        raise ValueError("the operator or the touching of its headline makes no sense")
    for side in ("left", "right"):
        if raw and raw[side] is not None:
            _refuse_senseless(raw[side])
    return dict(raw)


def _refuse_senseless(side: Any) -> None:
    if not isinstance(side, dict) or set(side) != {"lower", "upper"}:
        raise ValueError("a side of its headline has not the keys lower, upper")
    if not all(isinstance(end, str) for end in side.values()) or rational(side["lower"]) > rational(side["upper"]):
        raise ValueError("a side of its headline is not between two numbers")


def replay(path: Path, max_bytes: int = MAX_BYTES) -> ReplayResult:
    """Decide a witness again from its file alone, with the independent verifier beside it.

    A claim of the user's own is loaded, which runs the Python file it is in.

    Raises:
        ReadError, WitnessError: as `read`; or that Python file is missing or cannot be loaded.
    """
    found = read(path, max_bytes)
    try:
        return redecide(found)
    except ReadError as problem:
        raise WitnessError(f"{path}: its claim {found.claim} cannot be loaded: {problem}") from None


def redecide(found: Witness) -> ReplayResult:
    """Decide a witness again.

    Raises:
        ReadError: the claim is the user's own, and its file is missing or cannot be loaded.
    """
    outcome = decide(_resolved(found.claim), found.instance)
    second = _second_opinion(found)
    differences = departures(found, outcome)
    if second is not None and second not in ("undecided", outcome.verdict):
        differences.append(f"the independent verifier says {second}, the main one {outcome.verdict}")
    return ReplayResult(found, outcome, tuple(differences), second, _notes(found))


def _resolved(ref: ClaimRef) -> Claim:
    try:
        return ref.resolve()
    except ReadError as problem:
        if is_missing(ref):
            raise ReadError(f"{problem}; put it beside the witness, or run this in the folder it is in") from None
        raise


def _notes(found: Witness) -> tuple[str, ...]:
    if found.claim.digest() == found.digest:
        return ()
    what = "the theorem's record has" if "theorem" in found.claim.document() else "the claim's file has"
    return (f"{what} changed since this witness was written (another digest)",)


def _second_opinion(found: Witness) -> str | None:
    if not isinstance(found.claim, ClaimPath) or found.claim.part != "claim":
        return None
    document = DOMAINS[found.instance.domain].dump(found.instance)
    return independent.decide(found.claim.id, document)


def departures(found: Witness, outcome: Outcome) -> list[str]:
    """How an outcome on its instance departs from what a witness says, one line each; [] where it does not."""
    out = []
    if outcome.verdict != found.verdict:
        out.append(f"the verdict is {outcome.verdict}, the file says {found.verdict}")
    now = headline(outcome)
    then = found.headline
    out += [
        f"{key} is {now.get(key)}, the file says {then.get(key)}"
        for key in ("operator", "touching")
        if now.get(key) != then.get(key)
    ]
    out += [f"the {side} side differs" for side in ("left", "right") if _apart(now, then, side)]
    recorded = {a["id"]: a["verdict"] for a in found.assumptions}
    if recorded != {a.id: a.verdict for a in outcome.assumptions}:
        out.append("the verdicts of the assumptions differ")
    return out


def _apart(now: Mapping[str, Any], then: Mapping[str, Any], side: str) -> bool:
    """Whether two enclosures of one side cannot be the same number."""
    a: Bounds | None = now.get(side)
    b: Bounds | None = then.get(side)
    if a is None or b is None:
        return a is not b
    return bool(rational(a["upper"]) < rational(b["lower"]) or rational(b["upper"]) < rational(a["lower"]))
