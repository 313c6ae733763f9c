"""A gate as SARIF 2.1.0: one rule for each theorem or own claim, one result for each claim, at its line.

Source: OASIS, Static Analysis Results Interchange Format (SARIF) Version 2.1.0, sections 3.19, 3.27, 3.49.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from refutable.verify.gate.outputs.wording import Part, counterexample, counterexample_lines, explanation, totals
from refutable.verify.gate.outputs.wording import verdict_word as word
from refutable.verify.reading import printable

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
FINGERPRINT = "refutableClaim/v1"
BASE = "SRCROOT"
LONGEST, LONGEST_DESCRIPTION, LONGEST_NAME = 20_000, 1000, 200
"""Characters; GitHub takes descriptions of 1024 and names of 255."""
_LINK = re.compile(r"\[(?=[^\[\]]*\]\()")


def sarif(document: Mapping[str, Any], *, problems_only: bool = False) -> dict[str, Any]:
    """The SARIF log of a gate document.

    A claim that is not as claimed is a failure of level "error"; one whose undecided, suspect or vacuous verdict the
    file allows, of level "warning". What is as claimed is of kind "pass" ("informational" where it is listed as
    refuted), level "none".

    Args:
        problems_only: leave out what is as claimed: GitHub shows every result as an alert, whatever its kind.
    """
    claims = document["claims"]
    rules, indices = _rules(claims)
    results = [_result(claim, name, index) for claim, (name, index) in zip(claims, indices, strict=True)]
    if problems_only:
        results = [result for result in results if result["kind"] == "fail"]
    run = {
        "tool": {"driver": _driver(document["info"], rules)},
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(document["info"], document["complete"])],
        "results": results,
        "properties": {"profile": document["info"].get("profile"), "asClaimed": document["as_claimed"]},
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _driver(info: Part, rules: Sequence[Part]) -> dict[str, Any]:
    version = (info.get("versions") or {}).get("refutable")
    return {"name": "refutable", **({"version": str(version)} if version else {}), "rules": list(rules)}


def _invocation(info: Part, complete: bool) -> dict[str, Any]:
    """Whether the gate ran to its end; the command is left out: it may name folders of the machine."""
    started = str(info.get("started") or "")
    whole = re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", started)
    return {"executionSuccessful": complete, **({"startTimeUtc": started} if whole else {})}


def _rules(claims: Sequence[Part]) -> tuple[list[dict[str, Any]], list[tuple[str, int]]]:
    """The rules, and for each claim its rule's id and place."""
    own = Counter(claim["id"] for claim in claims if _is_own(claim))
    rules: list[dict[str, Any]] = []
    places: dict[str, int] = {}
    indices = []
    for claim in claims:
        name = _rule_id(claim, own)
        if name not in places:
            places[name] = len(rules)
            rules.append(_rule(claim, name))
        indices.append((name, places[name]))
    return rules, indices


def _is_own(claim: Part) -> bool:
    return not claim["theorem"] or bool(claim["changed"])


def _rule_id(claim: Part, own: Mapping[str, int]) -> str:
    """A theorem's id, or claim/ID; with the file where two files have an own claim of that name."""
    if not _is_own(claim):
        return str(claim["theorem"])
    several = own[claim["id"]] > 1
    return printable(f"claim/{claim['file']}/{claim['id']}" if several else f"claim/{claim['id']}")


def _rule(claim: Part, name: str) -> dict[str, Any]:
    statement = _text([claim["statement"] or name], LONGEST_DESCRIPTION)
    assumed = [f"Assumes: {', '.join(claim['assumes'])}."] if claim["assumes"] else []
    source = [f"Source: {claim['paper']}."] if claim["paper"] else [f"Source: {claim['source']} (own claim)."]
    link = str(claim.get("link") or "")
    return {
        "id": name,
        "name": "".join(part.capitalize() for part in re.split(r"[^A-Za-z0-9]+", name))[:LONGEST_NAME],
        "shortDescription": {"text": statement},
        "fullDescription": {"text": _text([claim["statement"] or name, *assumed, *source], LONGEST_DESCRIPTION)},
        "defaultConfiguration": {"level": "error"},
        **({"helpUri": link} if re.fullmatch(r"https?://[!-;=?-~]+", link) else {}),
        "properties": {"domain": claim["domain"], "tags": ["mathematics", claim["domain"]]},
    }


def _result(claim: Part, name: str, index: int) -> dict[str, Any]:
    kind, level = _kind_and_level(claim)
    region = {"startLine": max(1, int(claim["line"]))}
    artifact = {"uri": quote(claim["file"], errors="surrogateescape"), "uriBaseId": BASE}
    return {
        "ruleId": name,
        "ruleIndex": index,
        "kind": kind,
        "level": level,
        "message": {"text": _message(claim)},
        "locations": [{"physicalLocation": {"artifactLocation": artifact, "region": region}}],
        "partialFingerprints": {FINGERPRINT: _fingerprint(claim)},
        "properties": {
            "claim": claim["id"],
            "expected": claim["expected"],
            "verdict": claim["verdict"],
            "asClaimed": claim["as_claimed"],
            "tightness": claim["tightness"],
            "counts": dict(sorted(totals(claim).items())),
            "digest": claim["digest"],
        },
    }


def _kind_and_level(claim: Part) -> tuple[str, str]:
    """Section 3.27.10: whatever is no failure has the level "none"."""
    if not claim["as_claimed"]:
        return "fail", "error"
    if claim["verdict"] in ("undecided", "suspect", "vacuous", "error"):
        return "fail", "warning"
    if claim["expected"] == "refuted":
        return "informational", "none"
    return ("notApplicable" if claim["verdict"] == "untried" else "pass"), "none"


def _message(claim: Part) -> str:
    head = f"{claim['id']}: {word(claim)}. Claimed: {claim['statement']}"
    lines = [head]
    if not claim["as_claimed"]:
        lines += explanation(claim)
    else:
        lines += [f"Listed as refuted: {claim['reason']}"] if claim["expected"] == "refuted" else []
        found = counterexample(claim)
        lines += [] if found is None else counterexample_lines(found)
    return _text(lines)


def _text(lines: Sequence[str], longest: int = LONGEST) -> str:
    r"""Lines as the text of a message: nothing steers a terminal, "\[" keeps "[a](b)" from being a link."""
    whole = "\n".join(printable(line) for line in lines)
    if len(whole) > longest:
        whole = f"{whole[:longest]}... ({len(whole):,} characters)"
    return _LINK.sub(r"\\[", whole)


def _fingerprint(claim: Part) -> str:
    """The same wherever the claim stands in its file and whichever counterexample a run finds."""
    problem = "as claimed" if claim["as_claimed"] else "not as claimed"
    said = "\0".join((claim["file"], claim["id"], claim["verdict"], problem))
    return hashlib.sha256(said.encode(errors="surrogateescape")).hexdigest()[:32]
