"""The frontier by size: how tight a claim was for each size of instance, in this run and in a corpus."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from refutable.verify.keeping.frontier import FrontierEntry
from refutable.verify.paths import ClaimPath
from refutable.verify.report.documents import Evidence, size_name
from refutable.verify.report.markup import Markup, element
from refutable.verify.report.numbers import ratio
from refutable.verify.report.parts import fold, table
from refutable.verify.report.words import KIND_NAMES

MOST = 25
"""Rows shown of a table of sizes: the tightest."""


class Kept:
    """The tightest instances that hunts kept in a corpus, by theorem and claim."""

    def __init__(self, entries: Iterable[FrontierEntry] = ()) -> None:
        self._entries: dict[tuple[str, str], dict[str, str]] = {}
        for entry in entries:
            if isinstance(entry.ref, ClaimPath):
                size = size_name(entry.sizes)
                self._entries.setdefault((entry.ref.theorem, entry.ref.id), {})[size] = str(entry.tightness)

    def of(self, theorem: str, claim: str) -> Mapping[str, str]:
        """Tightness as text by size, such as "k=2 n=3"."""
        return self._entries.get((theorem, claim), {})


def size_table(claim: str, evidence: Sequence[Evidence], kept: Mapping[str, str]) -> Markup | None:
    """The tightest left/right for each size, tightest first; None where no size is known."""
    best: dict[str, tuple[float, str]] = {}
    cases: dict[str, int] = {}
    for found in evidence:
        for size, (largest, count) in found.by_size.items():
            best[size] = max(best.get(size, (-1.0, "")), (largest, KIND_NAMES.get(found.kind, found.kind)))
            cases[size] = cases.get(size, 0) + count
    if not best and not kept:
        return None
    sizes = sorted({*best, *kept}, key=lambda size: (-best.get(size, (2.0, ""))[0], size))
    header = ("size", "tightest", "by", "cases", *(("kept by hunts",) if kept else ()))
    rows = [_row(size, best, cases, kept) for size in sizes[:MOST]]
    more = element("p", f"{len(sizes) - MOST} more sizes, less tight.", class_="soft") if len(sizes) > MOST else None
    shown = table(f"Tightest left/right of {claim} by size", header, rows, (1, 3))
    return fold("Frontier by size", 4, shown, more, summary=f"{len(sizes)} size{'s' if len(sizes) != 1 else ''}")


def _row(
    size: str, best: Mapping[str, tuple[float, str]], cases: Mapping[str, int], kept: Mapping[str, str]
) -> Sequence[object]:
    largest, kind = best.get(size, (None, ""))
    return (size, ratio(largest, 6), kind, cases.get(size, 0), *((kept.get(size, ""),) if kept else ()))
