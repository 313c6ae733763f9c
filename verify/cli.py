"""The command line: arguments in, exit code out; the commands do the work."""

from __future__ import annotations

import argparse
import errno
import io
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from refutable.theorems.catalogue import BROKEN, UnknownId
from refutable.verify.commands import (
    bench,
    check,
    frontier,
    gate,
    hunt,
    listing,
    picture,
    regions,
    replay,
    report,
    show,
    train,
)
from refutable.verify.commands.exits import INTERRUPTED, MISUSE
from refutable.verify.commands.output import complain

BROKEN_PIPE = 141
FULL = frozenset({errno.ENOSPC, errno.EFBIG, errno.EIO, getattr(errno, "EDQUOT", errno.ENOSPC)})
"""Errors of a place that takes no more, such as a full disk behind standard output."""


class _Parser(argparse.ArgumentParser):
    """Misuse in one line, not a page of usage."""

    def error(self, message: str) -> NoReturn:
        self.exit(MISUSE, f"{self.prog}: {message}; see {self.prog} --help\n")


def parser() -> argparse.ArgumentParser:
    """The parser of the command line."""
    from refutable import __version__

    top = _Parser(prog="refutable", description="Executable theorems: list, read, decide and replay them.")
    top.add_argument("--version", action="version", version=f"refutable {__version__}")
    commands = top.add_subparsers(metavar="COMMAND", required=True)
    for command in (listing, show, check, hunt, replay, gate, report, train, picture, regions, frontier, bench):
        command.add(commands)
    return top


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code.

    Misuse and output that cannot be written exit 2, Ctrl-C 130, a closed pipe 141 without a word.
    """
    _tolerate_any_name()
    try:
        arguments = parser().parse_args(argv)
    except SystemExit as end:
        return int(end.code or 0)
    for paper, reason in BROKEN.items():
        complain(f"the records of {paper} are left out, they could not be built: {reason}")
    try:
        code = int(arguments.run(arguments))
        sys.stdout.flush()
        return code
    except UnknownId as problem:
        complain(str(problem))
        return MISUSE
    except KeyboardInterrupt:
        complain("interrupted; what was printed so far stands")
        return INTERRUPTED
    except BrokenPipeError:
        _print_no_more()
        return BROKEN_PIPE
    except SystemExit as end:
        complain(f"internal error, please report it: something ended the program on its way ({end.code!r:.60})")
        return MISUSE
    except Exception as bug:
        if isinstance(bug, OSError) and bug.errno in FULL and bug.filename is None:
            complain(f"what was found could not be written: {bug.strerror}")
            _print_no_more()
            return MISUSE
        if sys.flags.dev_mode:
            raise
        kind = type(bug).__name__
        complain(f"internal error, please report it ({kind}: {bug}); python -X dev -m refutable shows where")
        return MISUSE


def _print_no_more() -> None:
    """Let what is left be lost without a word when Python ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _tolerate_any_name() -> None:
    """Print file names and texts that the terminal cannot show with escapes instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
