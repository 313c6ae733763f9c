"""`refutable check ID FILE...`: decide a theorem, or all, on instances."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from refutable.theorems.catalogue import CATALOGUE
from refutable.theorems.catalogue import theorem as catalogued
from refutable.verify.commands.examining import Examined, examined_in_order
from refutable.verify.commands.exits import CODES, MISUSE, gravest
from refutable.verify.commands.options import positive
from refutable.verify.commands.output import Commands, complain, print_json
from refutable.verify.digest import digest
from refutable.verify.reading import MAX_BYTES

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
    parser.add_argument("--max-bytes", type=positive, default=MAX_BYTES, help="largest file read (default: 8 MiB)")
    parser.add_argument("--workers", metavar="N", type=positive, default=1, help="processes (default: 1)")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Decide and print; raises UnknownId for an unknown theorem."""
    chosen = CATALOGUE if arguments.id == "all" else (catalogued(arguments.id),)
    digests = {theorem.id: digest(theorem) for theorem in chosen} if arguments.json else {}
    results: list[dict[str, Any]] = []
    codes: list[int] = []
    found = examined_in_order(
        arguments.files, arguments.id, chosen, arguments.max_bytes, arguments.json, arguments.workers
    )
    with closing(found):
        for one in found:
            codes += _codes_of(one, arguments.id == "all")
            if one.error:
                complain(one.error)
                results.append({"file": one.file, "error": one.error})
            elif arguments.json:
                results += [{**entry, "digest": digests[entry["theorem"]]} for entry in one.documents]
            else:
                print("\n  ".join((one.file, *one.lines)))
    if arguments.json:
        print_json({"format": FORMAT, "results": results})
    code = gravest(codes)
    if code is None:
        complain("nothing was decided: see the reasons given with each inapplicable result")
        return MISUSE
    return code


def _codes_of(one: Examined, every: bool) -> list[int]:
    if one.error:
        return [MISUSE]
    return [*_codes(one.verdicts, every), *(CODES["violated"] for verdict in one.links if verdict == "violated")]


def _codes(verdicts: Sequence[str], every: bool) -> list[int]:
    """Exit codes of verdicts; of all theorems on one instance, vacuous ones count only where none holds."""
    codes = [CODES[verdict] for verdict in verdicts if verdict in CODES]
    told = [code for code in codes if code != CODES["vacuous"]]
    return told if every and told else codes
