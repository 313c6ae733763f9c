"""The gate document: what a claims file says and what was found, as plain JSON. Every output is made from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from refutable.theorems.exact import text
from refutable.verify.gate.baselines import FORMAT
from refutable.verify.gate.counterexamples import simplest, told
from refutable.verify.gate.findings import tightest_of
from refutable.verify.gate.items import KINDS, Item, file_name, kinds_of
from refutable.verify.gate.run import GateRun
from refutable.verify.gate.subjects import Subject, constants_of
from refutable.verify.userclaims.surroundings import checkout

GRAVEST = ("refuted", "error", "refused", "suspect", "undecided", "weak", "vacuous")
"""Verdicts of items that decide the claim's, the gravest first."""
Document = dict[str, Any]


def header(item: Item, run: GateRun) -> Document:
    """What a claim is and what its entry asks for; without what was found."""
    entry, subject = item.entry, Subject(item.entry)
    claim = None if entry.refused else subject.claim
    name = file_name(item.file)
    known = None if run.baseline is None else run.baseline.of(name, entry.id, entry.ref)
    before = {"tightness": dict(known), "allowed": run.baseline.allowed} if run.baseline and known else None
    return {
        "file": name,
        "root": str(checkout(item.file.path.resolve().parent)),
        "line": entry.line,
        "id": entry.id,
        "statement": "not read: Python code" if claim is None else claim.statement,
        "latex": "" if claim is None else claim.latex,
        "source": entry.source,
        "theorem": entry.theorem,
        "changed": entry.changed,
        "constants": dict(constants_of(entry)),
        "domain": "not read" if claim is None else claim.domain.id,
        "assumes": [] if claim is None else [assumption.id for assumption in claim.assumes],
        "digest": entry.ref.digest(),
        "paper": str(subject.record.source) if entry.theorem and not entry.changed else "",
        "link": subject.record.source.link if entry.theorem else "",
        "expected": entry.expected,
        "reason": entry.reason,
        "thresholds": {
            "tightness": None if entry.tightness is None else text(entry.tightness),
            "mutants": list(entry.mutants),
            "baseline": before,
        },
        "allow": sorted(entry.allow),
        "kinds": kinds_of(entry, run),
    }


def document(found: Iterable[tuple[Document, Document | None]], info: Mapping[str, Any]) -> Document:
    """The document of a run.

    Args:
        found: header and result of each item, in any order; None in place of a result for a claim of which nothing
            has run, so that it is not forgotten.
        info: of the run: profile, seed, versions, times.
    """
    grouped: dict[tuple[str, str, str], tuple[Document, list[Document]]] = {}
    for head, item in found:
        parts = grouped.setdefault((head["root"], head["file"], head["id"]), (head, []))[1]
        parts += [] if item is None else [item]
    claims = [_claim(head, parts) for head, parts in grouped.values()]
    claims.sort(key=lambda claim: (claim["root"], claim["file"], claim["line"], claim["id"]))
    kept = sum(claim["as_claimed"] for claim in claims)
    return {
        "format": FORMAT,
        "info": dict(info),
        "complete": bool(claims) and not any(claim["missing"] for claim in claims),
        "as_claimed": bool(claims) and kept == len(claims),
        "counts": {"claims": len(claims), "as_claimed": kept},
        "claims": claims,
    }


def _claim(head: Document, parts: Sequence[Document]) -> Document:
    ordered = sorted(parts, key=lambda part: KINDS.index(part["kind"]))
    missing = [kind for kind in head["kinds"] if kind not in {part["kind"] for part in ordered}]
    verdict = _verdict(ordered)
    failed = any(not part["passed"] for part in ordered)
    return {
        **head,
        "as_claimed": not failed and not missing and verdict != "untried",
        "missing": missing,
        "verdict": "incomplete" if missing and not failed else verdict,
        "tightness": tightest_of(part["tightness"] for part in ordered),
        "counterexample": simplest(found for part in ordered if (found := part["counterexample"]) is not None),
        "items": ordered,
        "problems": _problems(ordered) + ([f"not tried in this run: {', '.join(missing)}"] if missing else []),
    }


def _problems(parts: Sequence[Document]) -> list[str]:
    """Why the claim is not as claimed: one counterexample, the simplest, and where others were found."""
    failed = [part for part in parts if not part["passed"]]
    refuting = [part for part in failed if part["counterexample"] is not None]
    best = simplest(part["counterexample"] for part in refuting)
    problems = [] if best is None else [told(best)]
    if len(refuting) > 1:
        problems.append(f"refuted by {len(refuting)} kinds of evidence: {', '.join(p['kind'] for p in refuting)}")
    return problems + [text for part in failed if part["counterexample"] is None for text in part["problems"]]


def _verdict(parts: Sequence[Document]) -> str:
    verdicts = [part["verdict"] for part in parts]
    evidence = [part["verdict"] for part in parts if part["kind"] not in ("mutants", "tightness")]
    for grave in GRAVEST:
        if grave in verdicts and not (grave == "vacuous" and {"held", "not refuted"} & set(evidence)):
            return grave
    return next((one for one in ("held", "not refuted") if one in evidence), "untried")
