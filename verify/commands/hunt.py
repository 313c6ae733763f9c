"""`refutable hunt CLAIM`: search for a counterexample, certify it, make it small, keep it."""

from __future__ import annotations

import argparse
import importlib.util
import re
import sys
from contextlib import redirect_stdout
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from refutable.theorems.catalogue import CATALOGUE
from refutable.theorems.records import all_mutants
from refutable.verify.commands.exits import INTERRUPTED, MISUSE
from refutable.verify.commands.options import positive, seconds, whole
from refutable.verify.commands.output import Commands, aligned, complain, print_json
from refutable.verify.reading import ReadError

if TYPE_CHECKING:
    from refutable.verify.hunting.results import Options, Result
    from refutable.verify.hunting.target import Target

NOTHING, FOUND = 0, 1
EPILOG = (
    "CLAIM is the id of a theorem (see `refutable list`), a Python file with a claim (mybound.py or mybound.py:name), "
    'or an inequality between named quantities ("stability_norm <= 1/step_size - 1"). '
    "Exit code: 0 nothing found, which is no proof, 1 a certified counterexample, 2 misuse, 130 Ctrl-C, with the "
    "summary of what was done until then."
)
COMPARISON = re.compile(r"[<>=≤≥]")
PICTURES = (".png", ".svg", ".pdf")
LARGEST_SEED = 2**32 - 1


class Misuse(ValueError):
    """Arguments that do not go together; the message says which and what to do."""


class _Listing(Exception):
    """Something to print in place of a hunt."""


def _mutants(theorem: str) -> str:
    record = next(record for record in CATALOGUE if record.id == theorem)
    rows = [(mutant.id, mutant.why_false) for mutant in all_mutants(record)]
    return "\n".join(aligned(rows))


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = commands.add_parser("hunt", help="search for a certified counterexample to a claim", epilog=EPILOG)
    parser.add_argument("claim_text", metavar="CLAIM", help="id of a theorem, FILE.py[:NAME], or an inequality")
    parser.add_argument("--claim", metavar="ID", help="another claim or link of the theorem than its first")
    parser.add_argument("--mutant", metavar="ID", nargs="?", const="", help="a false variant; without ID: list them")
    parser.add_argument("--drop", metavar="ASSUMPTION", help="hunt the claim without one of its assumptions")
    parser.add_argument(
        "--domain", metavar="ID", help="what an inequality is about (default: networks with one hidden layer)"
    )
    parser.add_argument(
        "--assume", metavar="A,B", help='what an inequality assumes, "" for nothing (default: a stable minimum)'
    )
    _add_budget(parser)
    parser.add_argument("--out", metavar="DIR", type=Path, help="corpus folder (./refutable-corpus)")
    parser.add_argument("--no-shrink", action="store_true", help="leave a counterexample as it was found")
    parser.add_argument("--plot", metavar="FILE", type=Path, help="draw the instance found (needs matplotlib)")
    parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")
    parser.set_defaults(run=run)


def _add_budget(parser: argparse.ArgumentParser) -> None:
    budget = parser.add_mutually_exclusive_group()
    budget.add_argument("--seconds", metavar="S", type=seconds, help="time budget (default: 60)")
    budget.add_argument(
        "--evaluations",
        metavar="N",
        type=positive,
        help="budget that gives the same result again, from the same kept corpus",
    )
    parser.add_argument("--cold", action="store_true", help="no known equality cases, kept instances or hints")
    parser.add_argument("--workers", metavar="N", type=positive, default=1, help="processes (default: 1)")
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto", help="where floats are computed")
    parser.add_argument("--seed", metavar="N", type=_seed, default=0, help="the search follows from it (default: 0)")


def _seed(written: str) -> int:
    value = whole(written)
    if not 0 <= value <= LARGEST_SEED:
        raise argparse.ArgumentTypeError(f"must be a whole number from 0 to {LARGEST_SEED}")
    return value


def run(arguments: argparse.Namespace) -> int:
    """Hunt and print; raises UnknownId for an unknown theorem, claim, mutant or assumption."""
    from refutable.verify.hunting.workers import WorkersFailed

    try:
        _check(arguments)
        with redirect_stdout(sys.stderr):  # a user's file may print; standard output is for the result
            target = _target(arguments)
    except _Listing as listing:
        print(listing)
        return NOTHING
    except (Misuse, ReadError) as problem:
        complain(str(problem))
        return MISUSE
    try:
        result = _hunt(target, _options(arguments), arguments.workers, arguments.out)
    except WorkersFailed as problem:
        complain(f"no worker came to an end: {problem}")
        return MISUSE
    _print(result, arguments.json)
    if arguments.plot is not None:
        _plot(result, arguments.plot)
    if result.interrupted:
        return INTERRUPTED
    return FOUND if result.counterexample is not None else NOTHING


def _check(arguments: argparse.Namespace) -> None:
    """Raise Misuse for what is better said before a search than after it."""
    if arguments.plot is not None and importlib.util.find_spec("matplotlib") is None:
        raise Misuse("--plot needs matplotlib: pip install 'refutable[plot]'")
    if arguments.device == "cuda":
        import torch

        if not torch.cuda.is_available():
            raise Misuse("--device cuda: torch finds no CUDA device here; leave the option out or say cpu")
    if arguments.plot is not None:
        _check_picture(arguments.plot)
    if arguments.out is not None and arguments.out.exists() and not arguments.out.is_dir():
        raise Misuse(f"--out {arguments.out} is a file; it must be a folder, or a name for a new one")
    if arguments.out is not None:
        try:
            arguments.out.mkdir(parents=True, exist_ok=True)
        except OSError as problem:
            raise Misuse(f"--out {arguments.out} cannot be made: {problem.strerror}") from None


def _check_picture(path: Path) -> None:
    if path.suffix.lower() not in PICTURES:
        raise Misuse(f"--plot {path} must end in one of {', '.join(PICTURES)}")
    if not path.parent.is_dir():
        raise Misuse(f"--plot {path}: there is no folder {path.parent}")


def _target(arguments: argparse.Namespace) -> Target:
    """The claim that is meant: a theorem's id first, then a Python file, then an inequality."""
    from refutable.verify.hunting.target import catalogue_target, user_target
    from refutable.verify.userclaims.files import from_argument, names_a_file

    text: str = arguments.claim_text
    known = any(record.id == text for record in CATALOGUE)
    if not known and names_a_file(text):
        _refuse(arguments, "a file", "claim", "mutant", "drop", "domain", "assume")
        return user_target(from_argument(text))
    if known and arguments.mutant == "":
        raise _Listing(_mutants(text))
    if not known and COMPARISON.search(text):
        _refuse(arguments, "an inequality", "claim", "mutant", "drop")
        return _expression_target(text, arguments.domain, arguments.assume)
    _refuse(arguments, "a theorem", "domain", "assume")
    try:
        return catalogue_target(text, claim=arguments.claim or "", mutant=arguments.mutant, drop=arguments.drop)
    except ValueError as problem:
        raise Misuse(str(problem)) from None


def _refuse(arguments: argparse.Namespace, what: str, *options: str) -> None:
    """Raise Misuse for options that the kind of claim does not take."""
    given = [f"--{name}" for name in options if getattr(arguments, name) is not None]
    if given:
        instead = {
            "a file": "say in the file what the claim assumes",
            "an inequality": "say what it assumes with --assume",
            "a theorem": "it has a domain and assumptions of its own; --drop leaves one out",
        }
        raise Misuse(f"{what} takes no {' or '.join(given)}: {instead[what]}")


def _expression_target(text: str, domain: str | None, assume: str | None) -> Target:
    from refutable.verify.hunting.target import user_target
    from refutable.verify.userclaims.assumptions import usual
    from refutable.verify.userclaims.building import DOMAIN
    from refutable.verify.userclaims.paths import ExpressionClaim

    about = domain or DOMAIN
    names = usual(about) if assume is None else [name.strip() for name in assume.split(",")]
    return user_target(ExpressionClaim(text, about, tuple(name for name in names if name)))


def _options(arguments: argparse.Namespace) -> Options:
    from refutable.verify.hunting.results import Options

    plain = Options(
        evaluations=arguments.evaluations, seed=arguments.seed, cold=arguments.cold, device=arguments.device
    )
    seconds = None if arguments.evaluations is not None else arguments.seconds or plain.seconds
    return replace(plain, seconds=seconds, shrink=0 if arguments.no_shrink else plain.shrink)


def _hunt(target: Target, options: Options, workers: int, out: Path | None) -> Result:
    from refutable.verify.hunting.hunt import hunt
    from refutable.verify.hunting.live import LiveLine
    from refutable.verify.hunting.workers import hunt_in_processes
    from refutable.verify.keeping.corpus import Corpus, corpus_folder

    folder = corpus_folder(out)
    with LiveLine(sys.stderr, options) as live, redirect_stdout(sys.stderr):
        if workers == 1:
            return hunt(target, options, live, Corpus(folder))
        return hunt_in_processes(target, options, workers, live, folder)


def _print(result: Result, as_json: bool) -> None:
    from refutable.verify.hunting.documents import document
    from refutable.verify.hunting.printing import text

    if as_json:
        print_json(document(result))
        return
    for line in text(result):
        print(line)


def _plot(result: Result, path: Path) -> None:
    """Draw the counterexample, or the tightest instance; what hinders it is said and changes no exit code."""
    from refutable.instance_plot import plot

    shown = result.counterexample or result.tightest
    if shown is None:
        complain(f"{path} was not written: no instance was found to draw")
        return
    try:
        plot(shown.instance, path)
        complain(f"drawn in {path}")
    except (ImportError, ValueError, OSError) as problem:
        complain(f"{path} was not written: {problem}")
