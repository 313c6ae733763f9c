"""`refutable bench`: the kinds of measurement, and `bench hunt`: how strong the search is, as tables."""

from __future__ import annotations

import argparse
import os
import platform
import sys
import time
from typing import TYPE_CHECKING, Any

from refutable.verify.commands import bench_engine
from refutable.verify.commands.exits import MISUSE
from refutable.verify.commands.options import parts, positive, seconds
from refutable.verify.commands.output import Commands, print_json

if TYPE_CHECKING:
    from refutable.verify.bench.jobs import Job, Measured, Part, Plan, Row

FORMAT = "refutable-bench/1"
NAMES = ("power", "resolution", "frontier", "side-by-side", "false-alarms")
ALARM = 1
"""Exit code where a claim that is proved was refuted."""


def add(commands: Commands) -> None:
    """Declare the command."""
    bench = commands.add_parser("bench", help="measure the library itself, side by side with what others would use")
    kinds = bench.add_subparsers(metavar="KIND", required=True)
    bench_engine.add(kinds)
    parser = kinds.add_parser("hunt", help="how strong the search for counterexamples is")
    parser.add_argument("--part", default=",".join(NAMES), metavar="P,Q", help=f"some of {','.join(NAMES)} (all)")
    parser.add_argument("--seconds", type=seconds, default=60.0, metavar="S", help="of each search (60)")
    parser.add_argument("--workers", type=positive, default=2, metavar="N", help="searches at a time (2)")
    parser.add_argument("--claims", type=positive, metavar="K", help="at most K claims a part, evenly spread")
    parser.add_argument("--seed", type=int, default=0, metavar="N")
    parser.add_argument(
        "--evaluations", type=positive, default=10_000_000, metavar="N", help="of false-alarms, in all (10 million)"
    )
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu", help="of the hunts (cpu)")
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--cold", action="store_true", help="power: only without families, hints and named instances")
    mode.add_argument("--warm", action="store_true", help="power: only with them")
    parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Measure and print; 1 if a proved claim was refuted, 2 for an unknown part."""
    wanted = parts(arguments.part, NAMES)
    if not wanted:
        return MISUSE
    from refutable.verify.bench.parts import PARTS

    plan = _plan(arguments)
    measured = [_measured(PARTS[name], plan, quiet=arguments.json) for name in wanted]
    if arguments.json:
        print_json(_document(plan, measured))
    return ALARM if any(row.get("certified") for one in measured for row in one.rows) else 0


def _plan(arguments: argparse.Namespace) -> Plan:
    from refutable.verify.bench.jobs import Plan

    return Plan(
        seconds=arguments.seconds,
        workers=arguments.workers,
        claims=arguments.claims,
        seed=arguments.seed,
        cold=not arguments.warm,
        warm=not arguments.cold,
        evaluations=arguments.evaluations,
        device=arguments.device,
    )


def _measured(part: Part, plan: Plan, quiet: bool) -> Measured:
    """One part; its table is printed as soon as it is complete."""
    from refutable.verify.bench.jobs import Measured
    from refutable.verify.bench.pool import done

    started = time.perf_counter()
    jobs = part.jobs(plan)
    meter = _Meter(part.id, len(jobs))
    measured = Measured(part, done(jobs, min(plan.workers, len(jobs)), meter.tell))
    meter.erase()
    if not quiet:
        print(f"{part.id}: {part.meaning}")
        each = "" if part.id == "false-alarms" else f"{plan.seconds:g} s each, "
        spent = time.perf_counter() - started
        print(f"  {len(jobs)} searches, {each}{plan.workers} at a time, seed {plan.seed}; took {spent:.0f} s")
        print("\n".join([*part.lines(measured.rows), ""]), flush=True)
    return measured


class _Meter:
    """One line on a terminal that says how far a part is; silent elsewhere."""

    def __init__(self, part: str, jobs: int) -> None:
        self.part, self.jobs, self.done, self.shown = part, jobs, 0, sys.stderr.isatty()

    def tell(self, job: Job, row: Row) -> None:
        """Another job has ended."""
        self.done += 1
        if self.shown:
            sys.stderr.write(f"\r\x1b[K{self.part}: {self.done}/{self.jobs}, last {job.subject} {job.method}"[:140])
            sys.stderr.flush()

    def erase(self) -> None:
        """Leave no trace."""
        if self.shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


def _document(plan: Plan, measured: list[Measured]) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "plan": plan.document(),
        "machine": {"processor": platform.machine(), "cores": os.cpu_count(), "python": platform.python_version()},
        "parts": [one.document() for one in measured],
    }
