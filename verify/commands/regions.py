"""`refutable regions`: count the regions of networks exactly, or measure them on networks trained for that."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from refutable.theorems.exact import NumberError, rational
from refutable.verify.commands.exits import INTERRUPTED, MISUSE
from refutable.verify.commands.options import positive, whole
from refutable.verify.commands.output import Commands, aligned, complain, print_json
from refutable.verify.commands.picture import step_sizes
from refutable.verify.reading import ReadError, printable, read_instance
from refutable.verify.region_table import FORMAT

if TYPE_CHECKING:
    from refutable.region_counts import RegionReport
    from refutable.strategies.regions.measuring import Grid, Plan
    from refutable.theorems.instances import Instance

EPILOG = (
    "A decision region on a segment between two data is a maximal part on which f - level has one sign, zeros ignored; "
    "a linear region has one activation pattern. In files they are counted exactly, by `refutable.regions`. --measure "
    "trains networks at every step size and batch size, each from the same weights on the same data, and counts in "
    "floating point: the numbers are measurements with intervals over independent networks (Student's for means, "
    "Clopper and Pearson's for shares), and no verdict. Exit code: 0 counted, 2 misuse or files that cannot be used, "
    "130 Ctrl-C, with what is done."
)
MEASURED = ("step_sizes", "batch_sizes", "networks", "neurons", "inputs", "samples", "steps", "labels", "spread")


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = commands.add_parser("regions", help="count linear and decision regions between data", epilog=EPILOG)
    parser.add_argument(
        "files", metavar="INSTANCE.json", nargs="*", type=Path, help="networks, or folders of `refutable train`"
    )
    parser.add_argument("--level", metavar="L", type=_level, default="0", help="decisions are the sign of f - L (0)")
    parser.add_argument("--pairs", metavar="N", type=_from_zero, default=1000, help="segments at most (1000)")
    parser.add_argument("--planes", metavar="N", type=_from_zero, default=20, help="triangles of data at most (20)")
    parser.add_argument("--seed", metavar="N", type=_from_zero, default=0, help="of what is drawn (0)")
    parser.add_argument(
        "-o", "--out", metavar="FILE.svg", type=_svg, help="draw the regions (two inputs), or --measure"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")
    _add_measured(parser)
    parser.set_defaults(run=run)


def _add_measured(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--measure", action="store_true", help="train networks at several step sizes and batch sizes")
    group = parser.add_argument_group("measurement", argument_default=argparse.SUPPRESS)
    group.add_argument("--step-sizes", metavar="A,B,...", type=_several, help="(0.02,0.05,0.1,0.2)")
    group.add_argument("--batch-sizes", metavar="A,B,...", type=_wholes, help="(2,6,24); n is gradient descent")
    for name, what, usual in (
        ("networks", "independent networks at each setting", 20),
        ("neurons", "hidden neurons k", 32),
        ("inputs", "input dimension d", 4),
        ("samples", "data per network n", 24),
        ("steps", "at the largest step size; in all, time = step size times steps is the same", 2000),
    ):
        group.add_argument(f"--{name}", metavar="N", type=positive, help=f"{what} ({usual})")
    group.add_argument("--labels", choices=("noise", "teacher"), help="random signs, or those of a network (noise)")
    group.add_argument("--spread", metavar="S", type=_positive_float, help="scale of the first weights (1)")


def _from_zero(written: str) -> int:
    value = whole(written)
    if not 0 <= value < 2**63:
        raise argparse.ArgumentTypeError("must be from 0 to 2^63 - 1")
    return value


def _level(written: str) -> str:
    try:
        rational(written, "the level")
    except NumberError as problem:
        raise argparse.ArgumentTypeError(printable(str(problem))) from None
    return written


def _svg(written: str) -> Path:
    path = Path(written)
    if path.suffix != ".svg":
        raise argparse.ArgumentTypeError(f"must end in .svg, not {path.suffix or 'nothing'!r:.20}")
    return path


def _several(written: str) -> tuple[float, ...]:
    found = step_sizes(written if "," in written else f"{written},")
    if isinstance(found, int) or not found:
        raise argparse.ArgumentTypeError("must be positive numbers with commas between them")
    return found


def _wholes(written: str) -> tuple[int, ...]:
    return tuple(positive(part) for part in written.split(",") if part.strip())


def _positive_float(written: str) -> float:
    return _several(written)[0]


def run(arguments: argparse.Namespace) -> int:
    """Count or measure, print and draw; 2 for misuse, 130 for Ctrl-C."""
    given = {name: getattr(arguments, name) for name in MEASURED if hasattr(arguments, name)}
    problem = _misused(arguments, given)
    if problem:
        complain(problem)
        return MISUSE
    return _measure(arguments, given) if arguments.measure else _count(arguments)


def _misused(arguments: argparse.Namespace, given: dict[str, Any]) -> str:
    if arguments.measure and arguments.files:
        return "--measure trains networks of its own; leave the files out, or leave --measure out"
    if not arguments.measure and not arguments.files:
        return "name instance files, or use --measure to train networks"
    if given and not arguments.measure:
        return f"--{next(iter(given)).replace('_', '-')} says how to train; it goes with --measure"
    return ""


def _measure(arguments: argparse.Namespace, given: dict[str, Any]) -> int:
    from refutable.strategies.regions.measuring import Plan, PlanError, measured

    try:
        grid = measured(Plan(**_samples_first(given), seed=arguments.seed))
    except PlanError as problem:
        complain(printable(str(problem)))
        return MISUSE
    return _told(grid, arguments)


def _samples_first(given: dict[str, Any]) -> dict[str, Any]:
    """Where only the number of data is said, the batch sizes follow it: 2, a quarter, all."""
    if "samples" in given and "batch_sizes" not in given:
        n = given["samples"]
        return {**given, "batch_sizes": tuple({min(2, n), max(1, n // 4), n})}
    return given


def _told(grid: Grid, arguments: argparse.Namespace) -> int:
    from refutable.verify.keeping.whole_files import write_whole
    from refutable.verify.region_table import chart, document
    from refutable.verify.report.svg import standalone

    if arguments.json:
        print_json(document(grid))
    else:
        for line in _measured_text(grid):
            print(printable(line))
    if arguments.out is not None and grid.cells:
        try:
            write_whole(arguments.out, standalone(chart(grid)))
        except OSError as problem:
            complain(printable(str(problem)))
            return MISUSE
        if not arguments.json:
            print(printable(f"  {arguments.out}"))
    if grid.interrupted:
        complain("interrupted; settings that were not trained to their end are left out")
    return INTERRUPTED if grid.interrupted else 0


def _measured_text(grid: Grid) -> Iterator[str]:
    from refutable.verify.region_table import rows, said

    yield _plan_text(grid.plan)
    yield from (f"  {line}" for line in aligned(rows(grid)))
    yield "networks that fit all signs at two settings at least, smallest against largest setting:"
    yield from (f"  {line}" for line in said(grid))
    yield "measured in floating point, with intervals over independent networks; no verdict"


def _plan_text(plan: Plan) -> str:
    return (
        f"{plan.networks} networks at each setting: k = {plan.neurons}, d = {plan.inputs}, n = {plan.samples}, "
        f"labels: {plan.labels}, seed {plan.seed}; "
        f"time {plan.steps * plan.step_sizes[-1]:g} = step size times steps"
    )


def _count(arguments: argparse.Namespace) -> int:
    found, failed = [], False
    for file in _files(arguments.files):
        try:
            instance = read_instance(file)
            if arguments.out is not None:
                _refuse_drawing(instance, len(arguments.files) > 1 or file not in arguments.files)
            report = _report(instance, arguments)
            if arguments.out is not None:
                report.picture(arguments.out)
        except (ReadError, ValueError, OSError) as problem:
            message = str(problem) if isinstance(problem, ReadError) else f"{file}: {problem}"
            complain(printable(message))
            failed = True
            continue
        found.append({"file": str(file), **report.to_dict()})
        if not arguments.json:
            _print_report(file, report)
    if arguments.json:
        print_json({"format": FORMAT, "kind": "counted", "networks": found})
    elif arguments.out is not None and not failed:
        print(printable(f"  {arguments.out}"))
    return MISUSE if failed or not found else 0


def _print_report(file: Path, report: RegionReport) -> None:
    print(printable(str(file)))
    for line in str(report).splitlines():
        print(printable(f"  {line}".rstrip()))


def _report(instance: Instance, arguments: argparse.Namespace) -> RegionReport:
    from refutable.region_counts import regions

    return regions(instance, level=arguments.level, pairs=arguments.pairs, planes=arguments.planes, seed=arguments.seed)


def _refuse_drawing(instance: Instance, several: bool) -> None:
    """Before anything is counted."""
    from refutable.strategies.regions.drawing import drawable

    if several:
        raise ValueError("--out draws one network; name one file")
    drawable(instance)


def _files(named: Sequence[Path]) -> Iterator[Path]:
    """The files, and those of folders: a folder of `refutable train` keeps its instances in one of its own."""
    for path in named:
        if not path.is_dir():
            yield path
            continue
        inner = path / "instances"
        found = sorted((inner if inner.is_dir() else path).glob("*.json"))
        yield from found or [path]
