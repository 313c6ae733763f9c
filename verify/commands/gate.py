"""`refutable gate [CLAIMS.toml]`: hold a repository to what its claims file says."""

from __future__ import annotations

import argparse
import os
import secrets
import shlex
import sys
import time
from collections.abc import Mapping
from contextlib import redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Any

from refutable.run_options import FAIL_IF
from refutable.verify.commands.exits import INTERRUPTED, MISUSE
from refutable.verify.commands.options import positive, whole
from refutable.verify.commands.output import Commands, complain, print_json
from refutable.verify.profiles import PREFIX, PROFILES
from refutable.verify.reading import ReadError, printable

if TYPE_CHECKING:
    from refutable.verify.gate.entries import ClaimsFile
    from refutable.verify.gate.run import GateRun
    from refutable.verify.gate.running import Tried

    Found = list[Tried | tuple[dict[str, Any], None]]

NOT_AS_CLAIMED = 1
EPILOG = (
    "Without a file: claims.toml in this folder, else [tool.refutable] of pyproject.toml. `pytest CLAIMS.toml` "
    "tries the same items as tests. Where $GITHUB_STEP_SUMMARY is set, a summary is appended to it. "
    "Exit code: 0 everything is as claimed, 1 something is not, 2 misuse or an unreadable file, 130 Ctrl-C, with what "
    "was found until then."
)


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "gate", help="hold a repository to the bounds that its claims file claims", epilog=EPILOG
    )
    parser.add_argument("file", metavar="CLAIMS.toml", nargs="?", type=Path, help="claims file, or a pyproject.toml")
    parser.add_argument("--only", metavar="ID", action="append", help="only this claim (may be repeated)")
    parser.add_argument(
        "--profile",
        metavar="NAME",
        help=f"how much is tried: {', '.join(PROFILES)} (default: $REFUTABLE_PROFILE, else default). ci repeats itself "
        "on every run and machine; nightly starts elsewhere each time, hunts by the clock and keeps what it finds",
    )
    parser.add_argument(
        "--seed", metavar="N", type=whole, help="of everything drawn (default: 0; nightly: a fresh one)"
    )
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto", help="where floats are computed")
    parser.add_argument("--workers", metavar="N", type=positive, default=1, help="processes (default: 1)")
    parser.add_argument("--no-code", action="store_true", help="refuse claims that are Python code (untrusted changes)")
    parser.add_argument("--out", metavar="DIR", type=Path, default=Path("refutable-witnesses"), help="witness files")
    parser.add_argument("--corpus", metavar="DIR", type=Path, help="what nightly hunts keep (./refutable-corpus)")
    parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")
    parser.add_argument("--json-file", metavar="FILE", type=Path, help="write that document, and print the table")
    parser.add_argument("--sarif", metavar="FILE", type=Path, help="write SARIF 2.1.0, for code scanning")
    parser.add_argument("--badge", metavar="FILE", type=Path, help="write a badge (a shields.io endpoint)")
    parser.add_argument("--frontier-baseline", metavar="FILE", type=Path, help="JSON document of an earlier gate")
    parser.add_argument(
        "--fail-if",
        metavar="RULE",
        help=f"what may not get worse, relative or absolute (default: {FAIL_IF})".replace("%", "%%"),
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Try every claim of the file and print what was found."""
    from refutable.verify.gate.claims_file import find_claims, read_claims

    try:
        _require_writable(arguments)
        path = arguments.file or find_claims(Path())
        asked = _run_of(arguments)
        whole_file = read_claims(path, code=not arguments.no_code)
        file = _chosen(whole_file, arguments.only)
    except ReadError as problem:
        return _refused(str(problem).splitlines())
    started = time.time()
    found, interrupted = _tried(file, asked, arguments)
    info = {**_information(asked, arguments, path, started), "gone": _gone(whole_file, asked)}
    return _told(found, info, arguments, interrupted)


def _gone(file: ClaimsFile, asked: GateRun) -> list[str]:
    """Claims that the baseline knows and the file has no longer."""
    from refutable.verify.gate.items import file_name

    if asked.baseline is None:
        return []
    return asked.baseline.gone((file_name(file), entry.id) for entry in file.entries)


def _require_writable(arguments: argparse.Namespace) -> None:
    from refutable.verify.keeping.writable import refusal

    for option in ("sarif", "badge", "json_file"):
        path = getattr(arguments, option)
        if path is not None and (why := refusal(path, makes_folders=True)):
            raise ReadError(f"--{option.replace('_', '-')} {path}: {why}")


def _refused(problems: list[str]) -> int:
    from refutable.verify.gate.publishing import publish_problems

    for line in [*problems, *publish_problems(problems)]:
        complain(printable(line))
    return MISUSE


def _run_of(arguments: argparse.Namespace) -> GateRun:
    from refutable.verify.gate.amounts import by_the_clock
    from refutable.verify.gate.baselines import baseline
    from refutable.verify.gate.run import GateRun
    from refutable.verify.keeping.corpus import corpus_folder

    name = (arguments.profile or os.environ.get("REFUTABLE_PROFILE") or "default").removeprefix(PREFIX)
    if name not in PROFILES:
        raise ReadError(f"there is no profile {name!r:.40}; choose one of {', '.join(PROFILES)}")
    if arguments.seed is not None and not 0 <= arguments.seed < 2**32:
        raise ReadError("--seed must be a whole number from 0 to 2^32 - 1")
    if arguments.fail_if is not None and arguments.frontier_baseline is None:
        raise ReadError("--fail-if compares with an earlier run: name its JSON document with --frontier-baseline")
    before = arguments.frontier_baseline
    seed = secrets.randbelow(2**32) if by_the_clock(name) else 0
    return GateRun(
        PREFIX + name,
        seed if arguments.seed is None else arguments.seed,
        arguments.device,
        arguments.out,
        corpus_folder(arguments.corpus),
        None if before is None else baseline(before, arguments.fail_if or FAIL_IF),
    )


def _chosen(file: ClaimsFile, only: list[str] | None) -> ClaimsFile:
    from dataclasses import replace

    known = [entry.id for entry in file.entries]
    for id in only or ():
        if id not in known:
            raise ReadError(f"{file.path}: there is no claim {id!r:.60}; it has: {', '.join(known)}")
    return replace(file, entries=tuple(entry for entry in file.entries if not only or entry.id in only))


def _tried(file: ClaimsFile, asked: GateRun, arguments: argparse.Namespace) -> tuple[Found, bool]:
    """What was found, and whether Ctrl-C ended it."""
    from refutable.verify.gate.running import headers, tried

    found: Found = [*headers(file, asked)]
    shown = sys.stderr.isatty()
    try:
        with redirect_stdout(sys.stderr):  # a user's claim may print; standard output is for the result
            for one in tried(file, asked, not arguments.no_code, arguments.workers):
                found.append(one)
                if shown:
                    sys.stderr.write(f"\r\x1b[K{one[0]['id']}: {one[1]['kind']} {one[1]['verdict']}"[:140])
                    sys.stderr.flush()
    except KeyboardInterrupt:
        return found, True
    finally:
        if shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
    return found, False


def _information(asked: GateRun, arguments: argparse.Namespace, path: Path, started: float) -> Mapping[str, Any]:
    from refutable.verify.witnesses import versions

    command = [
        "refutable",
        "gate",
        str(path),
        "--profile",
        asked.profile.removeprefix(PREFIX),
        "--seed",
        str(asked.seed),
    ]
    return {
        "profile": asked.profile,
        "seed": asked.seed,
        "device": asked.device,
        "code": not arguments.no_code,
        "started": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(started)),
        "seconds": round(time.time() - started, 3),
        "versions": versions(),
        "command": shlex.join(command + (["--no-code"] if arguments.no_code else [])),
    }


def _told(found: Found, info: Mapping[str, Any], arguments: argparse.Namespace, interrupted: bool) -> int:
    from refutable.verify.gate.documents import document
    from refutable.verify.gate.outputs import table
    from refutable.verify.gate.publishing import Places, publish

    whole_run = document(found, info)
    if arguments.json:
        print_json(whole_run)
    else:
        print("\n".join(table.render(whole_run)))
        print(f"\n{info['command']}   ({info['seconds']:.1f} s)")
    complaints = publish(whole_run, Places(arguments.sarif, arguments.badge, arguments.json_file))
    for line in complaints:
        complain(printable(line))
    if interrupted:
        complain("interrupted; claims whose evidence is missing were not tried to the end")
        return INTERRUPTED
    if complaints:
        return MISUSE
    return 0 if whole_run["as_claimed"] else NOT_AS_CLAIMED
