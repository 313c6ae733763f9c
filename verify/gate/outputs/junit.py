"""Properties of one item for JUnit XML and other readers of pytest's ``user_properties``."""

from __future__ import annotations

from refutable.verify.gate.outputs.wording import Part, supporting
from refutable.verify.reading import printable

LONGEST = 300


def junit_properties(claim: Part, item: Part) -> list[tuple[str, str]]:
    """Short names and values: what was claimed, how it was tried, what came out.

    Args:
        claim: the claim's object of a gate document, or one with at least "id", "expected", "source".
        item: one of its items.
    """
    counts = item["counts"]
    found = item["counterexample"]
    pairs = [
        ("claim", claim["id"]),
        ("source", claim.get("source", "")),
        ("kind", item["kind"]),
        ("expected", claim["expected"]),
        ("verdict", item["verdict"]),
        ("strength", item.get("strength", "")),
        ("holds", str(supporting(item))),
        *((name, str(counts[name])) for name in ("violated", "vacuous", "undecided", "suspect") if counts.get(name)),
        ("tightest", item["tightness"]["text"] if item["tightness"] else ""),
        ("witness", (found or {}).get("file") or ""),
    ]
    return [(name, _short(value)) for name, value in pairs if value]


def _short(value: str) -> str:
    clean = printable(value)
    return clean if len(clean) <= LONGEST else f"{clean[: LONGEST - 3]}..."
