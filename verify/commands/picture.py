"""`refutable picture`: networks trained on images at several step sizes, their sharpness between its bounds."""

from __future__ import annotations

import argparse
import math
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from refutable.verify.commands.exits import INTERRUPTED, MISUSE
from refutable.verify.commands.options import positive, whole
from refutable.verify.commands.output import Commands, aligned, complain, print_json
from refutable.verify.reading import printable

if TYPE_CHECKING:
    from refutable.strategies.pictures import Table
    from refutable.verify.commands.picture_page import Decided

USUAL = {"digits": {"samples": 48, "steps": 60_000}, "mnist": {"samples": 128, "steps": 30_000}}
"""Where nothing else is said: enough that most networks come to rest, within about a minute on two cores."""
SUFFIXES = (".html", ".svg", ".json")
SHOWN = {
    "lower": "1 + 2||f|| <= sharpness",
    "upper": "sharpness <= 2/eta",
    "bound": "||f|| <= 1/eta - 1/2 where the network is stable",
}
HEADER = ("eta", "2/eta", "sharpness", "1 + 2||f||", "of 2/eta", "loss", "ended", "certified")
EPILOG = (
    "At every step size the networks start from the same weights, --networks of them. "
    "Numbers are floating-point measurements of where training ends; "
    "`certified` says what was decided, by error bounds or exactly, of the end point with the labels that it produces "
    "itself: `chain` 1 + 2||f|| <= sharpness <= 2/eta, `lower` its first half only (the network is sharper than 2/eta: "
    "gradient descent would leave it). Exit code: 0, 1 where a bound is violated, 2 misuse or files that cannot be "
    "used, 130 Ctrl-C, with what is done."
)


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "picture", help="train on images at several step sizes and draw the sharpness between its bounds", epilog=EPILOG
    )
    parser.add_argument("source", nargs="?", choices=("digits",), help="scikit-learn's digits: no download")
    parser.add_argument("--mnist", metavar="DIR", type=Path, help="a folder with MNIST's IDX files, .gz or unpacked")
    parser.add_argument("-o", "--out", metavar="FILE", type=_picture, help="write FILE, .html, .svg or .json")
    parser.add_argument("--classes", metavar="A,B", type=_classes, default=(0, 1), help="labelled -1 and +1 (0,1)")
    parser.add_argument("--samples", metavar="N", type=positive, help=f"images ({_usual('samples')})")
    parser.add_argument("--neurons", metavar="K", type=positive, default=64, help="hidden neurons (64)")
    parser.add_argument(
        "--step-sizes", metavar="A,B,...|N", type=step_sizes, default=8, help="these, or how many to choose (8)"
    )
    parser.add_argument("--networks", metavar="N", type=positive, default=1, help="beginnings per step size (1)")
    parser.add_argument("--steps", metavar="N", type=positive, help=f"of each network, at most ({_usual('steps')})")
    parser.add_argument("--seed", metavar="N", type=_seed, default=0, help="of images and beginnings (0)")
    parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")
    parser.set_defaults(run=run)


def _usual(option: str) -> str:
    return ", ".join(f"{source}: {values[option]}" for source, values in USUAL.items())


def _picture(written: str) -> Path:
    path = Path(written)
    if path.suffix not in SUFFIXES:
        raise argparse.ArgumentTypeError(f"must end in {', '.join(SUFFIXES)}, not {path.suffix or 'nothing'!r:.20}")
    return path


def _classes(written: str) -> tuple[int, int]:
    found = [whole(part) for part in written.split(",")]
    if len(found) != 2 or found[0] == found[1] or not all(0 <= one <= 9 for one in found):
        raise argparse.ArgumentTypeError("must be two different digits, such as 0,1")
    return found[0], found[1]


def step_sizes(written: str) -> tuple[float, ...] | int:
    """How many, or which ones: a list with commas, or one number with a point or a slash."""
    if written.strip().isdecimal():
        return positive(written)
    return tuple(_number(part.strip()) for part in written.split(",") if part.strip())


def _number(written: str) -> float:
    top, slash, bottom = written.partition("/")
    try:
        value = float(top) / float(bottom) if slash else float(top)
    except (ValueError, ZeroDivisionError):
        value = math.nan
    if not 0 < value < math.inf:
        raise argparse.ArgumentTypeError(f"a step size must be a positive number, not {written!r:.40}")
    return value


def _seed(written: str) -> int:
    value = whole(written)
    if not 0 <= value < 2**63:
        raise argparse.ArgumentTypeError("must be from 0 to 2^63 - 1")
    return value


def run(arguments: argparse.Namespace) -> int:
    """Train, decide, print and draw; 1 where a bound is violated, 2 for misuse, 130 for Ctrl-C."""
    if (arguments.source is None) == (arguments.mnist is None):
        complain("name what to train on: `refutable picture digits`, or `refutable picture --mnist DIR`")
        return MISUSE
    try:
        table = _trained(arguments)
    except ValueError as problem:
        complain(printable(str(problem)))
        return MISUSE
    except MemoryError:
        complain("this needs more memory than there is; take fewer samples, neurons, networks or step sizes")
        return MISUSE
    return _told(table, arguments)


def _trained(arguments: argparse.Namespace) -> Table:
    """Raises ValueError, in words for people."""
    from refutable.strategies.pictures import across_step_sizes, images, training_plan

    usual = USUAL["mnist" if arguments.source is None else arguments.source]
    samples, steps = arguments.samples or usual["samples"], arguments.steps or usual["steps"]
    plan = training_plan(arguments.neurons, arguments.step_sizes, arguments.networks, steps, arguments.seed)
    data = images(arguments.mnist, arguments.classes, samples, arguments.seed)
    return across_step_sizes(data, plan)


def _told(table: Table, arguments: argparse.Namespace) -> int:
    from refutable.verify.commands.picture_page import decided, document, written

    try:
        found = decided(table)
        interrupted = table.interrupted
    except KeyboardInterrupt:
        found, interrupted = [], True
    if arguments.json:
        print_json(document(table, found))
    else:
        for line in _text(table, found):
            print(printable(line))
    if arguments.out is not None:
        try:
            written(arguments.out, table, found)
        except OSError as problem:
            complain(printable(str(problem)))
            return MISUSE
        if not arguments.json:
            print(printable(f"  {arguments.out}"))
    if interrupted:
        complain("interrupted; networks stand where Ctrl-C found them, nothing was decided of them")
        return INTERRUPTED
    return int(any(one.violated for one in found))


def _text(table: Table, found: list[Decided]) -> Iterator[str]:
    from refutable.verify.commands.picture_page import cells

    data, plan = table.data, table.plan
    n, d = data.x.shape
    yield f"{data.origin}: n = {n}, d = {d}, k = {plan.neurons}, at most {plan.steps:,} steps"
    words = [one.word for one in found] or ["-"] * len(table.rows)
    rows = [HEADER, *(cells(row, word) for row, word in zip(table.rows, words, strict=True))]
    yield from (f"  {line}" for line in aligned(rows))
    yield "  " + ", ".join(f"{count} {outcome}" for outcome, count in table.counts().items())
    if found:
        yield from _said(found)


def _said(found: list[Decided]) -> Iterator[str]:
    """The verdicts, counted, for each statement."""
    width = max(len(shown) for shown in SHOWN.values())
    for id, shown in SHOWN.items():
        seen = Counter(one.verdicts[id] for one in found if one.verdicts)
        counts = ", ".join(f"{count} {verdict}" for verdict, count in sorted(seen.items()))
        yield f"  {shown:<{width}}  {counts or 'no network to decide on'}"
