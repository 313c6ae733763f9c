"""`refutable check ID FILE...`: decide a theorem, or all, on instances."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from refutable.theorems.catalogue import CATALOGUE
from refutable.theorems.catalogue import theorem as catalogued
from refutable.theorems.instances import Instance
from refutable.theorems.records import Theorem
from refutable.theorems.views import View
from refutable.verify.checking import TheoremOutcome, decide_theorem, outcome_document
from refutable.verify.commands.exits import CODES, MISUSE, gravest
from refutable.verify.commands.output import Commands, complain, print_json
from refutable.verify.decide import Outcome
from refutable.verify.digest import digest
from refutable.verify.headlines import comparison, ratio
from refutable.verify.reading import MAX_BYTES, ReadError, read_instance

FORMAT = "refutable-check/1"
EPILOG = (
    "Exit code: 0 holds, 1 violated, 2 misuse or unreadable input, 3 vacuous (an assumption is false; with ID all: of "
    "every theorem that is about such an instance), 4 undecided "
    "or agrees; of several results the gravest, in the order 2, 1, 4, 3, 0. Inapplicable results count as nothing; "
    "where nothing else came out it is 2."
)


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = commands.add_parser("check", help="decide a theorem on instances, exactly", epilog=EPILOG)
    parser.add_argument("id", metavar="ID", help="id of a theorem, or all")
    parser.add_argument("files", metavar="INSTANCE.json", nargs="+", type=Path, help="instance documents")
    parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")
    parser.add_argument("--max-bytes", type=_positive, default=MAX_BYTES, help="largest file read (default: 8 MiB)")
    parser.set_defaults(run=run)


def _positive(written: str) -> int:
    value = int(written)
    if value < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return value


def run(arguments: argparse.Namespace) -> int:
    """Decide and print; raises UnknownId for an unknown theorem."""
    chosen = CATALOGUE if arguments.id == "all" else (catalogued(arguments.id),)
    digests = {theorem.id: digest(theorem) for theorem in chosen} if arguments.json else {}
    results: list[dict[str, Any]] = []
    codes: list[int] = []
    for file in arguments.files:
        try:
            instance = read_instance(file, arguments.max_bytes)
        except ReadError as problem:
            complain(str(problem))
            results.append({"file": str(file), "error": str(problem)})
            codes.append(MISUSE)
            continue
        outcomes = _decided(chosen, instance)
        codes += _codes([o.leading.verdict for o in outcomes], arguments.id == "all")
        codes += [CODES["violated"] for o in outcomes for link in o.links if link.verdict == "violated"]
        results += [_document(str(file), digests, outcome) for outcome in outcomes]
        if not arguments.json:
            _print(file, outcomes)
    if arguments.json:
        print_json({"format": FORMAT, "results": results})
    code = gravest(codes)
    if code is None:
        complain("nothing was decided: see the reasons given with each inapplicable result")
        return MISUSE
    return code


def _codes(verdicts: list[str], every: bool) -> list[int]:
    """Exit codes of verdicts; of all theorems on one instance, vacuous ones count only where none holds."""
    codes = [CODES[verdict] for verdict in verdicts if verdict in CODES]
    told = [code for code in codes if code != CODES["vacuous"]]
    return told if every and told else codes


def _decided(theorems: Sequence[Theorem], instance: Instance) -> list[TheoremOutcome]:
    views: dict[str, View] = {}
    return [decide_theorem(theorem, instance, views) for theorem in theorems]


def _document(file: str, digests: dict[str, str], outcome: TheoremOutcome) -> dict[str, Any]:
    return {
        "file": file,
        "theorem": outcome.theorem,
        "digest": digests.get(outcome.theorem),
        **outcome_document(outcome.leading),
        "claims": [{"id": claim.claim, **outcome_document(claim)} for claim in outcome.claims],
        "links": [{"id": link.claim, **outcome_document(link)} for link in outcome.links],
    }


def _print(file: Path, outcomes: Sequence[TheoremOutcome]) -> None:
    print(file)
    for outcome in outcomes:
        for line in _text(outcome):
            print(f"  {line}")


def _text(outcome: TheoremOutcome) -> Iterator[str]:
    leading = outcome.leading
    yield _headline(outcome.theorem, leading)
    if leading.verdict == "inapplicable" and not leading.assumptions:
        return
    if len(outcome.claims) > 1:
        yield from (f"  {_headline(claim.claim, claim)}" for claim in outcome.claims)
    yield from _assumptions(leading)
    for link in outcome.links:
        yield f"  link {_headline(link.claim, link)}"


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
