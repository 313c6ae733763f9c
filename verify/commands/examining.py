"""Files for `refutable check`: each read and decided, here or in other processes, with the text and document of it."""

from __future__ import annotations

import sys
from collections.abc import Generator, Iterator, Mapping, Sequence
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from refutable.theorems.catalogue import CATALOGUE, theorem
from refutable.theorems.records import Theorem
from refutable.theorems.views import View
from refutable.verify.checking import TheoremOutcome, decide_theorem, outcome_document
from refutable.verify.decide import Outcome
from refutable.verify.headlines import comparison, ratio
from refutable.verify.processes import in_processes
from refutable.verify.reading import ReadError, read_instance


@dataclass(frozen=True)
class Examined:
    """What was found of one file; only plain text and numbers, so that it crosses between processes unchanged.

    Attributes:
        error: why it could not be read, or "".
        verdicts: of each theorem; links: of all links of their proofs.
        lines: the text to print; documents: one for each theorem, JSON-ready. Only those that were asked for.
    """

    file: str
    error: str = ""
    verdicts: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    documents: tuple[Mapping[str, Any], ...] = ()


def examined_in_order(
    files: Sequence[Path], id: str, theorems: Sequence[Theorem], max_bytes: int, as_json: bool, workers: int
) -> Generator[Examined, None, None]:
    """Every file, in order; by other processes where there are several ``workers`` and files.

    Args:
        id: what names the theorems: the id of one, or "all".
        as_json: documents are wanted, not lines.
    """
    done = 0
    if workers > 1 and len(files) > 1:
        found = in_processes(_examine_again, files, workers, _begin, (id, max_bytes, as_json))
        try:
            with closing(found):
                for one in found:
                    yield one
                    done += 1
        except BrokenProcessPool:
            pass  # what was lost is decided here
    for file in files[done:]:
        yield examine(file, theorems, max_bytes, as_json)


def examine(file: Path, theorems: Sequence[Theorem], max_bytes: int, as_json: bool) -> Examined:
    """Read and decide one file, for its documents or for its lines.

    Of several theorems, those that are observations give no verdict: where one fails, nothing is refuted.
    """
    try:
        instance = read_instance(file, max_bytes)
    except ReadError as problem:
        return Examined(str(file), error=str(problem))
    views: dict[str, View] = {}
    outcomes = [decide_theorem(one, instance, views) for one in theorems]
    return Examined(
        str(file),
        verdicts=tuple(
            outcome.leading.verdict
            for one, outcome in zip(theorems, outcomes, strict=True)
            if len(theorems) == 1 or not one.observed
        ),
        links=tuple(link.verdict for outcome in outcomes for link in outcome.links),
        lines=() if as_json else tuple(_lines(outcomes)),
        documents=tuple(_document(str(file), outcome) for outcome in outcomes if as_json),
    )


_TASK: dict[str, Any] = {}
"""What this process examines files for, if it does so for another."""


def _begin(id: str, max_bytes: int, as_json: bool) -> None:
    sys.stdout = sys.stderr  # nothing but the parent prints the document
    _TASK.update(theorems=CATALOGUE if id == "all" else (theorem(id),), max_bytes=max_bytes, as_json=as_json)


def _examine_again(file: Path) -> Examined:
    return examine(file, **_TASK)


def _document(file: str, outcome: TheoremOutcome) -> dict[str, Any]:
    return {
        "file": file,
        "theorem": outcome.theorem,
        "digest": None,
        **outcome_document(outcome.leading),
        "claims": [{"id": claim.claim, **outcome_document(claim)} for claim in outcome.claims],
        "links": [{"id": link.claim, **outcome_document(link)} for link in outcome.links],
    }


def _lines(outcomes: Sequence[TheoremOutcome]) -> Iterator[str]:
    """What each theorem says; of many, those that are about other kinds of instances only as a number."""
    silent = (
        [] if len(outcomes) == 1 else [one for one in outcomes if not any(map(_reached, (*one.claims, *one.links)))]
    )
    for outcome in outcomes:
        if outcome not in silent:
            yield from _text(outcome)
    if silent:
        yield f"{len(silent)} theorem{'s are' if len(silent) > 1 else ' is'} about other kinds of instances"


def _text(outcome: TheoremOutcome) -> Iterator[str]:
    leading = outcome.leading
    yield _headline(outcome.theorem, leading)
    claims, links = ([one for one in group if _reached(one)] for group in (outcome.claims, outcome.links))
    if not claims and not links:
        return
    if theorem(outcome.theorem).observed:
        yield "  an observation, no theorem: how often it holds is measured, and one violation refutes nothing"
    if len(outcome.claims) > 1:
        yield from (f"  {_headline(claim.claim, claim)}" for claim in claims)
    yield from _assumptions(leading)
    for link in links:
        yield f"  link {_headline(link.claim, link)}"


def _reached(outcome: Outcome) -> bool:
    """Whether a claim is about such instances at all: its assumptions were looked at, or it was decided."""
    return outcome.verdict != "inapplicable" or bool(outcome.assumptions)


def _assumptions(outcome: Outcome) -> Iterator[str]:
    """Those that do not hold with the reason, one line each; the others in one line."""
    for a in outcome.assumptions:
        if a.verdict != "holds":
            yield f"  assumption {a.id} {a.verdict}" + (f": {a.reason}" if a.reason else "")
    holding = [a.id for a in outcome.assumptions if a.verdict == "holds"]
    if holding:
        yield f"  assumptions that hold: {', '.join(holding)}"


def _headline(name: str, outcome: Outcome) -> str:
    verdict = outcome.verdict + (", touching" if outcome.touching else "")
    sides = comparison(outcome)
    tightness = ratio(outcome)
    parts = [f"{name}  {verdict}", sides, "" if tightness is None else f"left/right = {tightness:.6g}"]
    if outcome.verdict not in ("holds", "violated"):
        parts.append(outcome.reason)
    return "   ".join(part for part in parts if part)
