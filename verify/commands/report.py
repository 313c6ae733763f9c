"""`refutable report RUN.json -o report.html`: a run as one HTML page."""

from __future__ import annotations

import argparse
from pathlib import Path

from refutable.verify.commands.exits import MISUSE
from refutable.verify.commands.options import positive
from refutable.verify.commands.output import Commands, complain
from refutable.verify.keeping.corpus import Corpus
from refutable.verify.keeping.whole_files import KeepError, write_whole
from refutable.verify.reading import ReadError, printable
from refutable.verify.report.documents import MAX_BYTES, read_document
from refutable.verify.report.figures import Pictures
from refutable.verify.report.page import page
from refutable.verify.report.sizes import Kept

EPILOG = (
    "RUN.json is what `pytest --pyargs refutable.verify --refutable-json RUN.json` or "
    "`refutable gate --json` writes. The page needs no network and no script. Exit code: 0, 2 misuse."
)


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = commands.add_parser("report", help="a run as one self-contained HTML page", epilog=EPILOG)
    parser.add_argument("document", metavar="RUN.json", type=Path, help="document of a run of the suite, or of a gate")
    parser.add_argument("-o", "--out", metavar="FILE", type=Path, default=Path("report.html"), help="(report.html)")
    parser.add_argument("--corpus", metavar="DIR", type=Path, help="also show the tightest instances hunts kept there")
    parser.add_argument("--no-pictures", action="store_true", help="draw no instances and no theory (faster, smaller)")
    parser.add_argument(
        "--max-bytes", metavar="N", type=positive, default=MAX_BYTES, help="refuse larger documents (default: 64 MiB)"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Write the page."""
    if arguments.corpus is not None and not arguments.corpus.is_dir():
        complain(f"{arguments.corpus}: no such folder; `refutable hunt ID --out DIR` makes one")
        return MISUSE
    if arguments.out.is_dir():
        complain(f"{arguments.out}: this is a folder; name a file in it, such as {arguments.out / 'report.html'}")
        return MISUSE
    try:
        document = read_document(arguments.document, arguments.max_bytes)
        write_whole(arguments.out, page(document, Pictures(not arguments.no_pictures), _kept(arguments.corpus)))
    except (ReadError, KeepError) as problem:
        complain(printable(str(problem)))
        return MISUSE
    print(f"wrote {printable(str(arguments.out))}")
    return 0


def _kept(folder: Path | None) -> Kept:
    """What a corpus keeps; its tightest entries are decided again before they are believed."""
    if folder is None:
        return Kept()
    corpus = Corpus(folder)
    found = corpus.tightest(corpus.entries())
    for line in corpus.damaged:
        complain(f"skipped: {printable(line)}")
    return Kept(found)
