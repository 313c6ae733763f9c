"""Reading a claims file: claims.toml, or [tool.refutable] in a pyproject.toml.

Everything is checked before anything of the user's is run, and every mistake is told at once, each with its line.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from refutable.verify.gate.claim_entries import Defaults, Draft, Reader
from refutable.verify.gate.entries import ClaimsFile, Entry
from refutable.verify.gate.kinds import Decimal, Wrong, shown
from refutable.verify.gate.networks import read_networks
from refutable.verify.gate.own_files import OwnFiles
from refutable.verify.gate.places import Places, ordinary_bytes
from refutable.verify.gate.problems import ClaimsError, Problems
from refutable.verify.gate.python_claims import PythonFile, RefusedPython, loaded
from refutable.verify.gate.specification import DEFAULTS, EVIDENCE, FORMAT, top_table
from refutable.verify.gate.tables import read_table
from refutable.verify.gate.toml_lines import Lines, TooMuch, scan
from refutable.verify.reading import ReadError, printable
from refutable.verify.userclaims.surroundings import repository

__all__ = ["MAX_BYTES", "MAX_CLAIMS", "ClaimsError", "find_claims", "read_claims"]

MAX_BYTES = 2**20
MAX_CLAIMS = 1000
MAX_NETWORKS = 100
NAME = "claims.toml"
PYPROJECT = "pyproject.toml"
SECTION = ("tool", "refutable")
_END = " (at end of document)"
_PLACE = re.compile(r" \(at line (\d+), column (\d+)\)")


def find_claims(folder: Path) -> Path:
    """The claims file of a folder: claims.toml, else a pyproject.toml with a table [tool.refutable].

    Raises:
        ClaimsError: it has neither, or the pyproject.toml cannot be read.
    """
    if (folder / NAME).exists():
        return folder / NAME
    if (folder / PYPROJECT).is_file():
        text = _text(folder / PYPROJECT)
        _lines(folder / PYPROJECT, text)
        if _section(_parsed(folder / PYPROJECT, text)) is not None:
            return folder / PYPROJECT
    raise ClaimsError(f"{folder}: no {NAME} here, and no {PYPROJECT} with a table [tool.refutable]; name the file")


def read_claims(path: Path, *, code: bool = True) -> ClaimsFile:
    """The claims of a file.

    Args:
        path: a claims.toml, or a pyproject.toml with a table [tool.refutable].
        code: whether Python files that it names may be run. They are run after all else was found in order; claims
            in such files are marked as refused otherwise.

    Raises:
        ClaimsError: one line for each problem, with file, line and key.
    """
    text = _text(path)
    lines = _lines(path, text)
    document = _parsed(path, text)
    in_project = path.name == PYPROJECT
    section = _section(document) if in_project else document
    if section is None:
        raise ClaimsError(f"{path}: has no table [tool.refutable], so it claims nothing; add one, or a {NAME}")
    folder = path.resolve().parent
    places = Places(folder, repository(folder))
    problems = Problems(path, lines, SECTION if in_project else ())
    entries = _entries(_top(section, in_project, problems), places, problems, code)
    return ClaimsFile(path, places.root, entries)


def _text(path: Path) -> str:
    try:
        data = ordinary_bytes(path, MAX_BYTES)
    except ReadError as problem:
        raise ClaimsError(str(problem)) from None
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as problem:
        line = data.count(b"\n", 0, problem.start) + 1
        raise ClaimsError(f"{path}:{line}: not UTF-8 text (byte {problem.start}); save it as UTF-8") from None


def _lines(path: Path, text: str) -> Lines:
    """Lines of all places; what would take tomllib too long is refused."""
    try:
        lines = scan(text)
    except TooMuch as problem:
        raise ClaimsError(f"{path}:{problem.line}: {problem}") from None
    for place, count in lines.tables.items():
        if count > MAX_CLAIMS and place in (("claim",), (*SECTION, "claim")):
            raise ClaimsError(f"{path}: {count} claims; at most {MAX_CLAIMS} are read, split the file")
    return lines


def _parsed(path: Path, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text, parse_float=Decimal)
    except (ValueError, RecursionError) as problem:
        raise ClaimsError(f"{path}{_syntax(text, problem)}") from None


def _syntax(text: str, problem: Exception) -> str:
    """Line and mistake as tomllib told it; a number that Python will not read has no line."""
    said = " ".join(printable(str(problem)).split())
    place = _PLACE.search(said)
    if place:
        return f":{place[1]}: not TOML: {_PLACE.sub('', said)[:200]} at column {place[2]}"
    if said.endswith(_END):
        return f":{text.rstrip().count(chr(10)) + 1}: not TOML: {said.removesuffix(_END)[:200]} at the end of the file"
    return f": not TOML: {said[:200]}"


def _section(document: dict[str, Any]) -> Any:
    """The table [tool.refutable]; None if there is none."""
    tool = document.get("tool")
    return tool.get("refutable") if isinstance(tool, dict) else None


def _top(section: Any, in_project: bool, problems: Problems) -> dict[str, Any]:
    """The tables of the file. What follows makes sense only if they are tables, and of this format."""
    if not isinstance(section, dict):
        problems.add((), f"[tool.refutable] must be a table, got {shown(section)}")
        problems.refuse()
    whole: dict[str, Any] = {"format": FORMAT, **section} if in_project else section
    if "format" not in whole:
        problems.add((), f"the key 'format' is missing; write format = \"{FORMAT}\" in the first line")
    elif whole["format"] != FORMAT:
        problems.add(("format",), f'is {shown(whole["format"])}, and this version reads "{FORMAT}"')
    problems.refuse()
    tables = ["claim", "network"] if "network" in whole else ["claim"]
    empty: dict[str, Any] = {key: {} for key in tables}  # each is read by itself, with its line
    read_table(top_table(), {**whole, **empty}, (), problems)
    if not whole.get("claim"):
        problems.add((), "holds no claim; write [[claim]] and below it an id and a theorem, say")
    for key, most in (("claim", MAX_CLAIMS), ("network", MAX_NETWORKS)):
        _refuse_many(whole.get(key, []), key, most, problems)
    if not all(isinstance(whole.get(key, []), list) and len(whole.get(key, [])) <= MAX_CLAIMS for key in tables):
        problems.refuse()
    return whole


def _refuse_many(raw: Any, key: str, most: int, problems: Problems) -> None:
    if not isinstance(raw, list):
        problems.add((key,), f"must be an array of tables, got {shown(raw)}; write [[{key}]] with two brackets")
    elif len(raw) > most:
        problems.add((key,), f"there are {len(raw)}; at most {most} are read, split the file")


def _entries(section: dict[str, Any], places: Places, problems: Problems, code: bool) -> tuple[Entry, ...]:
    own = OwnFiles()
    networks = read_networks(section.get("network", []), places, problems, own)
    reader = Reader(places, problems, _defaults(section, problems), networks, own)
    drafts = [reader.entry(raw, i) for i, raw in enumerate(section.get("claim", []))]
    _refuse_equal_ids([draft for draft in drafts if draft is not None], problems)
    sound = [draft for draft in drafts if draft is not None and draft.subject is not None]
    # Two rounds: a file of Python is run only if nothing else at all is wrong.
    entries = {
        draft.id: reader.finished(draft, draft.subject)
        for draft in sound
        if draft.subject is not None and not isinstance(draft.subject, PythonFile)
    }
    problems.refuse()
    for draft in sound:
        if isinstance(draft.subject, PythonFile):
            try:
                ref = loaded(draft.subject) if code else RefusedPython(draft.table["python"])
                entries[draft.id] = reader.finished(draft, ref)
            except Wrong as problem:
                problems.add((*draft.place, "python"), str(problem))
    problems.refuse()
    return tuple(entries[draft.id] for draft in sound)


def _defaults(section: dict[str, Any], problems: Problems) -> Defaults:
    table = read_table(DEFAULTS, section["defaults"], ("defaults",), problems) if "defaults" in section else {}
    evidence = table.get("evidence", {})
    place = ("defaults", "evidence")
    return Defaults(read_table(EVIDENCE, evidence, place, problems), tuple(table.get("allow", ())))


def _refuse_equal_ids(drafts: list[Draft], problems: Problems) -> None:
    first: dict[str, int] = {}
    for draft in drafts:
        line = problems.line(draft.place)
        if draft.id in first:
            problems.add((*draft.place, "id"), f"line {first[draft.id]} has a claim of that id; ids are unique")
        first.setdefault(draft.id, line)
