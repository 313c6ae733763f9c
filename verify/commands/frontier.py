"""`refutable frontier [ID...]`: the tightest instances known, per claim and size."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from math import inf, nextafter
from pathlib import Path
from typing import Any

from refutable.theorems.catalogue import theorem
from refutable.theorems.exact.rationals import to_float
from refutable.verify.commands.exits import MISUSE
from refutable.verify.commands.output import Commands, aligned, complain, print_json
from refutable.verify.keeping.corpus import Corpus, corpus_folder
from refutable.verify.keeping.frontier import FORMAT, FrontierEntry
from refutable.verify.paths import ClaimPath, ClaimRef
from refutable.verify.reading import ReadError, printable
from refutable.verify.witnesses import redecide

LONGEST = 60
HEADER = ("claim", "size", "left/right", "found by", "file")
EPILOG = (
    "left/right is rounded towards 0: 1 - 2.3e-13 means at least that tight; 1 (touching) means equal sides. "
    "The tightest entries are decided again before they are shown, up to 200; those of Python files by --recheck only. "
    "Exit code: 0, or 1 where --recheck finds an entry that does not come out again, 2 misuse."
)


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = commands.add_parser("frontier", help="the tightest instances known, per claim and size", epilog=EPILOG)
    parser.add_argument(
        "ids", metavar="ID", nargs="*", help="theorems, or claims of your own as in the table (default: all)"
    )
    parser.add_argument(
        "--out", metavar="DIR", type=Path, help="the corpus (default: $REFUTABLE_CORPUS or ./refutable-corpus)"
    )
    parser.add_argument(
        "--recheck",
        action="store_true",
        help="decide every entry again, exactly, not just the tightest (runs the Python files of claims of your own)",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the frontier."""
    corpus = Corpus(corpus_folder(arguments.out))
    if arguments.out is not None and not arguments.out.is_dir():
        complain(f"{arguments.out}: no such folder; `refutable hunt ID --out DIR` makes one")
        return MISUSE
    entries = _asked(corpus.entries(), arguments.ids)
    sound = [entry for entry in entries if not arguments.recheck or _comes_out_again(entry)]
    found = corpus.tightest(sound)
    for line in corpus.damaged:
        complain(f"skipped: {printable(line)}")
    if arguments.json:
        print_json(_document(corpus, found))
    else:
        _print(corpus, found)
    return 0 if len(sound) == len(entries) else 1


def _asked(entries: Sequence[FrontierEntry], ids: Sequence[str]) -> list[FrontierEntry]:
    """The entries of the claims named; raises UnknownId for a name that is neither a theorem nor kept."""
    known = {name for entry in entries for name in _names(entry)}
    for id in ids:
        if id not in known:
            theorem(id)
    return [entry for entry in entries if not ids or not _names(entry).isdisjoint(ids)]


def _names(entry: FrontierEntry) -> set[str]:
    return {entry.ref.label, str(entry.ref)}


def _comes_out_again(entry: FrontierEntry) -> bool:
    try:
        differences = redecide(entry.witness).differences
    except ReadError as problem:
        differences = (str(problem),)
    for difference in differences[:1]:
        complain(printable(f"not counted: {entry.file}: {difference}"))
    return not differences


def _print(corpus: Corpus, found: Sequence[FrontierEntry]) -> None:
    if not found:
        print(f"nothing is kept in {corpus.folder / 'frontier'}; `refutable hunt ID` keeps the tightest instances")
        return
    rows = [(_claim(e.ref), _size(e), str(e.tightness), e.method, str(e.file)) for e in found]
    for line in aligned([HEADER, *([printable(cell) for cell in row] for row in rows)]):
        print(line)


def _claim(ref: ClaimRef) -> str:
    if isinstance(ref, ClaimPath) and ref.part == "claim":
        return ref.theorem if ref.id == ref.theorem else f"{ref.theorem} {ref.id}"
    name = str(ref)  # of a long one the end is kept: the claim's file and name
    return name if len(name) <= LONGEST else f"...{name[3 - LONGEST :]}"


def _size(entry: FrontierEntry) -> str:
    return " ".join(f"{name}={size}" for name, size in entry.sizes.items())


def _document(corpus: Corpus, found: Sequence[FrontierEntry]) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "folder": str(corpus.folder),
        "entries": [_entry(entry) for entry in found],
        "damaged": corpus.damaged,
    }


def _entry(entry: FrontierEntry) -> dict[str, Any]:
    least, most = (to_float(end) for end in entry.tightness.gap)
    return {
        "claim": entry.ref.document(),
        "domain": entry.instance.domain,
        "sizes": entry.sizes,
        "lhs": entry.witness.headline["left"],
        "rhs": entry.witness.headline["right"],
        "gap": {"lower": max(0.0, nextafter(least, -inf)), "upper": most if entry.touching else nextafter(most, inf)},
        "touching": entry.touching,
        "method": entry.method,
        "seed": entry.witness.provenance.get("seed"),
        "file": str(entry.file),
    }
