"""The command line, from its own parser."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from reference_pages.markup import code, fence, page, plain, table
from refutable.verify.cli import parser

WIDTH = 88


def pages() -> dict[str, str]:
    """One page with every command."""
    return {"reference/command-line.md": page("Command line", _body())}


def _body() -> Iterator[str]:
    yield "`refutable COMMAND`, or `python -m refutable COMMAND`. This page is written from the program's own help."
    top = parser()
    (commands,) = (a for a in top._actions if isinstance(a, argparse._SubParsersAction))
    meaning = {choice.dest: choice.help or "" for choice in commands._choices_actions}
    yield from table(("command", ""), [(f"[{code(name)}](#{name})", plain(meaning[name])) for name in commands.choices])
    for name, command in commands.choices.items():
        yield from _command(name, meaning[name], command, 2)


def _command(name: str, meaning: str, command: argparse.ArgumentParser, level: int) -> Iterator[str]:
    yield f"\n{'#' * level} {name}\n"
    if meaning:
        yield f"{plain(meaning[:1].upper() + meaning[1:])}.\n"
    formatter = command._get_formatter()
    formatter._width = WIDTH
    formatter.add_usage(command.usage, command._actions, command._mutually_exclusive_groups)
    yield fence(formatter.format_help().removeprefix("usage: "))
    for paragraph in (command.description, command.epilog):
        if paragraph and paragraph != meaning:
            yield f"\n{plain(paragraph)}\n"
    yield from table(("argument", "meaning"), [_row(a, formatter) for a in command._actions if _shown(a)])
    for action in command._actions:
        if isinstance(action, argparse._SubParsersAction):
            told = {choice.dest: choice.help or "" for choice in action._choices_actions}
            for inner, nested in action.choices.items():
                yield from _command(f"{name} {inner}", told.get(inner, ""), nested, level + 1)


def _shown(action: argparse.Action) -> bool:
    hidden = isinstance(action, argparse._HelpAction | argparse._SubParsersAction)
    return not hidden and action.help != argparse.SUPPRESS


def _row(action: argparse.Action, formatter: argparse.HelpFormatter) -> tuple[str, str]:
    if not action.option_strings:
        return code(str(action.metavar or action.dest)), plain(_help(action, formatter))
    value = "" if action.nargs == 0 else f" {formatter._format_args(action, action.dest.upper())}"
    return code(", ".join(action.option_strings) + value), plain(_help(action, formatter))


def _help(action: argparse.Action, formatter: argparse.HelpFormatter) -> str:
    return formatter._expand_help(action) if action.help else ""
