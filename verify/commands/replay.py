"""`refutable replay FILE...`: decide witnesses again from their files alone."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from refutable.verify.checking import outcome_document
from refutable.verify.commands.exits import MISUSE, gravest
from refutable.verify.commands.output import Commands, complain, print_json
from refutable.verify.headlines import comparison
from refutable.verify.reading import MAX_BYTES, ReadError, printable
from refutable.verify.witnesses import ReplayResult, replay

FORMAT = "refutable-replay/1"
EPILOG = (
    "Exit code: 0 every file says what comes out again, 1 one does not, 2 one is no witness: damaged, edited, "
    "truncated, foreign; or the Python file of a claim of one's own cannot be loaded. Replaying such a claim runs that "
    "file, so replay only files of people you trust."
)


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = commands.add_parser("replay", help="decide witness files again", epilog=EPILOG)
    parser.add_argument("files", metavar="WITNESS.json", nargs="+", type=Path, help="witness files")
    parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")
    parser.add_argument("--max-bytes", type=int, default=MAX_BYTES, help="largest file read (default: 8 MiB)")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Replay and print."""
    results: list[dict[str, Any]] = []
    codes = []
    for file in arguments.files:
        try:
            result = replay(file, arguments.max_bytes)
        except ReadError as problem:
            complain(printable(str(problem)))
            results.append({"file": str(file), "error": str(problem)})
            codes.append(MISUSE)
            continue
        codes.append(0 if result.reproduced else 1)
        results.append(_document(file, result))
        if not arguments.json:
            _print(file, result)
    if arguments.json:
        print_json({"format": FORMAT, "results": results})
    return gravest(codes) or 0


def _document(file: Path, result: ReplayResult) -> dict[str, Any]:
    return {
        "file": str(file),
        "claim": result.witness.claim.document(),
        "recorded": result.witness.verdict,
        **outcome_document(result.outcome),
        "reproduced": result.reproduced,
        "differences": list(result.differences),
        "independent": result.independent,
        "notes": list(result.notes),
    }


def _said(result: ReplayResult) -> str:
    """Whether the file's verdict came out again, and whether the second verifier contradicts it."""
    if result.reproduced:
        return "reproduced"
    contradicted = result.independent not in (None, result.outcome.verdict)
    if contradicted and len(result.differences) == 1 and result.outcome.verdict == result.witness.verdict:
        return "reproduced, but CONTRADICTED by the independent verifier: a bug in the record or in a verifier"
    return "NOT reproduced"


def _print(file: Path, result: ReplayResult) -> None:
    second = result.independent or "does not cover this claim"
    lines = (
        f"{result.witness.claim}  {result.outcome.verdict}   {comparison(result.outcome)}   {_said(result)}",
        *result.differences,
        *result.notes,
        f"independent verifier: {second}",
        *(f"assumption {assumption.id}: {assumption.verdict}" for assumption in result.outcome.assumptions),
    )
    print(printable(str(file)))
    for line in lines:
        print(f"  {printable(line)}")
