"""How claims of a gate document are said in words: verdicts, counts, reasons and counterexamples, as plain lines."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

SUPPORTING = ("holds", "agrees")
OWN = ("instances", "networks")
"""Kinds of evidence that the user brought along."""
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "drawn": ("drawn",),
    "built": ("constructed",),
    "trained": ("trained",),
    "mass": ("mass",),
    "swept": ("swept",),
    "hunt": ("hunt",),
    "own": OWN,
}
"""Columns of a table and the kinds of evidence that each counts."""
Part = Mapping[str, Any]
"""An object of a gate document: a claim, an item, a counterexample."""


def verdict_word(claim: Part) -> str:
    """The verdict as tables say it: "HELD", "REFUTED (as listed)", "UNDECIDED (allowed)", ..."""
    word = str(claim["verdict"]).upper()
    if claim["expected"] == "refuted":
        if claim["verdict"] == "refuted":
            return f"{word} (as listed)" if claim["as_claimed"] else f"{word} (not as claimed)"
        return f"{word} (listed as refuted)"
    if claim["verdict"] in ("undecided", "suspect", "vacuous", "refused") and claim["as_claimed"]:
        return f"{word} (allowed)"
    if claim["verdict"] in ("held", "not refuted") and not claim["as_claimed"]:
        return f"{word} (not as claimed)"
    return word


def tally(document: Part) -> str:
    """One line: "4 claims: 3 as claimed, 1 not: folklore"."""
    claims = document["claims"]
    incomplete = [claim for claim in claims if claim["verdict"] == "incomplete"]
    failing = [str(c["id"])[:60] for c in claims if not c["as_claimed"] and c["verdict"] != "incomplete"]
    counted = f"{len(claims)} claim{'s' if len(claims) != 1 else ''}"
    if not claims:
        return f"{counted}: nothing was claimed"
    aside = f", {len(incomplete)} not tried to the end" if incomplete else ""
    if not failing and not incomplete:
        return f"{counted}: all as claimed" if len(claims) > 1 else f"{counted}: as claimed"
    if not failing:
        return f"{counted}: {len(claims) - len(incomplete)} as claimed{aside}"
    named = ", ".join(failing[:8]) + (f" and {len(failing) - 8} more" if len(failing) > 8 else "")
    return f"{counted}: {len(claims) - len(failing) - len(incomplete)} as claimed, {len(failing)} not: {named}{aside}"


def cell(claim: Part, column: str) -> str:
    """Supporting decisions of one column's kinds: "-" where none was tried, "!" marks what is not as claimed."""
    items = [item for item in claim["items"] if item["kind"] in COLUMNS[column]]
    if not items:
        return "-"
    count = sum(supporting(item) for item in items)
    return f"{count}{'' if all(item['passed'] for item in items) else '!'}"


def supporting(item: Part) -> int:
    """Decisions of one item that hold or agree."""
    return sum(int(item["counts"].get(name, 0)) for name in SUPPORTING)


def totals(claim: Part) -> Counter[str]:
    """Decisions of all items by verdict."""
    out: Counter[str] = Counter()
    for item in claim["items"]:
        out.update(item["counts"])
    return out


def mutants_cell(claim: Part) -> str:
    """False variants refuted of those that must be: "12/12", "3/4!"; "-" where none was asked for."""
    item = next((item for item in claim["items"] if item["kind"] == "mutants"), None)
    wanted = len((claim.get("thresholds") or {}).get("mutants") or ())
    if item is None:
        return "-"
    killed = "?" if item["killed"] is None else item["killed"]
    return f"{killed}/{wanted}" + ("" if item["passed"] else "!")


def tightest(claim: Part) -> str:
    """The largest left/right as people write it, "-" where none is known."""
    found = claim["tightness"]
    return str(found["text"]) if found else "-"


def counterexample(claim: Part) -> Part | None:
    """The simplest one that any item found, or None."""
    if claim.get("counterexample") is not None:
        chosen: Part = claim["counterexample"]
        return chosen
    return next((item["counterexample"] for item in claim["items"] if item["counterexample"] is not None), None)


def counterexample_lines(found: Part) -> list[str]:
    """A counterexample as a person reads it: the instance, both sides, assumptions, how it was found, how to replay it.

    Lines may hold anything that names and texts of users hold; whoever prints them makes them printable.
    """
    assumptions = [f"assumption {one['id']}: {one['verdict']}" for one in found["assumptions"]]
    hollow = f"   (no honest witness: {found['hollow']})" if found.get("hollow") else ""
    return [
        *_lines(found["described"]),
        *_lines([found["comparison"] + hollow]),
        *assumptions,
        *_lines([f"found: {found['method']}"]),
        *replay_lines(found),
    ]


def replay_lines(found: Part) -> list[str]:
    """The command that decides a counterexample again, or why there is none."""
    if not found.get("file"):
        return [f"no witness was written: {found['replay']}" if found.get("replay") else "no witness was written"]
    command = found.get("replay") or f"refutable replay {shlex.quote(found['file'])}"
    return [f"replay it: {command}"]


def reasons(claim: Part) -> list[str]:
    """Why a claim is not as claimed, each reason once; texts of several lines."""
    items = [problem for item in claim["items"] if not item["passed"] for problem in item["problems"]]
    return list(dict.fromkeys(claim["problems"] or items)) or ["nothing more is known"]


def told_in(texts: Iterable[str], found: Part) -> bool:
    """Whether a counterexample already stands in some text."""
    described = [line.strip() for line in _lines(found["described"])]
    return bool(described) and any(all(line in text for line in described) for text in texts)


def explanation(claim: Part) -> list[str]:
    """Why a claim is not as claimed and what refutes it, line by line."""
    texts = reasons(claim)
    lines = _lines(texts)
    found = counterexample(claim)
    if found is not None and not told_in(texts, found):
        lines += counterexample_lines(found)
    return lines


def _lines(texts: Iterable[str]) -> list[str]:
    return [line.rstrip("\r") for text in texts for line in str(text).split("\n")]


def evidence(claim: Part) -> str:
    """The supporting decisions of each column in words: "200 drawn, 12 built"."""
    counted = [f"{cell(claim, column)} {column}" for column in COLUMNS if cell(claim, column) != "-"]
    killed = mutants_cell(claim)
    return ", ".join([*counted, f"{killed} mutants"] if killed != "-" else counted) or "none"
