"""Where in a TOML text each table and key stands: tomllib gives no positions, people need lines.

A small scanner that knows TOML's strings, comments, keys and brackets, and nothing of its values. It is run before
tomllib too, for what tomllib would take unbounded time or stack for.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

Path = tuple[str | int, ...]
"""Keys from the top of the document, with positions in arrays: ("claim", 0, "evidence", "drawn")."""

MAX_DEPTH = 24
"""Brackets in brackets, and parts of a dotted key."""
MAX_PLACES = 40_000
"""Keys, tables and items of arrays; a thousand claims with all their keys have half as many."""

_BLANK = re.compile(r"(?:[ \t]++|#[^\n]*+)*+")
_BLANK_LINES = re.compile(r"(?:[ \t\r\n]++|#[^\n]*+)*+")
_BARE = re.compile(r"[A-Za-z0-9_-]++")
_BARE_VALUE = re.compile(r"[^\n,#\[\]{}]++")
_STRINGS = {
    '"""': re.compile(r'"""(?:[^"\\]++|\\.|"(?!""))*+"{3,5}', re.DOTALL),
    "'''": re.compile(r"'''(?:[^']++|'(?!''))*+'{3,5}", re.DOTALL),
    '"': re.compile(r'"(?:[^"\\\n]++|\\.)*+"'),
    "'": re.compile(r"'[^'\n]*+'"),
}
"""By how they open; three quotes are tried first."""
_ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|.)")
_ESCAPES = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", "e": "\x1b", '"': '"', "\\": "\\"}


class TooMuch(ValueError):
    """Nested deeper, or longer, than anything that a person writes.

    Attributes:
        line: where it became too much.
    """

    def __init__(self, line: int, text: str) -> None:
        super().__init__(text)
        self.line = line


class _Lost(Exception):
    """Not TOML, or no TOML that the scanner knows: tomllib will say so."""


@dataclass(frozen=True)
class Lines:
    """Lines by place.

    Attributes:
        places: line (from 1) of each table's header, key and array element.
        tables: how many ``[[...]]`` of each name there are.
    """

    places: Mapping[Path, int] = field(default_factory=dict)
    tables: Mapping[Path, int] = field(default_factory=dict)

    def line(self, path: Path) -> int:
        """The line of a place, or of the nearest place around it that has one; 1 if none has."""
        for end in range(len(path), 0, -1):
            if path[:end] in self.places:
                return self.places[path[:end]]
        return 1

    def keys(self, path: Path) -> dict[str, int]:
        """The lines of the keys of one table."""
        return dict(self._by_table.get(path, {}))

    @cached_property
    def _by_table(self) -> dict[Path, dict[str, int]]:
        found: dict[Path, dict[str, int]] = {}
        for (*table, name), line in self.places.items():
            if isinstance(name, str):
                found.setdefault(tuple(table), {})[name] = line
        return found


def scan(text: str) -> Lines:
    """Lines of all places in a text; of a text that is no TOML, of those before the mistake.

    Raises:
        TooMuch: brackets or dotted keys of absurd depth, or absurdly many of them.
    """
    scanner = _Scanner(text)
    with contextlib.suppress(_Lost):
        scanner.document()
    return Lines(scanner.places, scanner.tables)


class _Scanner:
    def __init__(self, text: str) -> None:
        self.places: dict[Path, int] = {}
        self.tables: dict[Path, int] = {}
        self._text = text
        self._position = 0
        self._counted = 0
        self._line = 1

    def document(self) -> None:
        table: Path = ()
        while self._skip(_BLANK_LINES):
            if self._at("["):
                table = self._header()
            else:
                self._pair(table, 0)
            self._skip(_BLANK)

    def _header(self) -> Path:
        repeated = self._text.startswith("[[", self._position)
        line = self._here()
        self._position += 1 + repeated
        *outer, last = self._key()
        self._take("]")
        if repeated:
            self._take("]")
        path: Path = ()
        for part in outer:
            path = self._latest((*path, part))
            self._note(path, line)
        path = (*path, last)
        if not repeated:
            path = self._latest(path)
        else:
            self.tables[path] = self.tables.get(path, 0) + 1
            self._note(path, line)
            path = self._latest(path)
        self._note(path, line)
        return path

    def _latest(self, path: Path) -> Path:
        """A table's path; of an array of tables, the path of its last one."""
        return (*path, self.tables[path] - 1) if path in self.tables else path

    def _pair(self, table: Path, depth: int) -> None:
        line = self._here()
        path = table
        for part in self._key():
            path = (*path, part)
            self._note(path, line)
        self._take("=")
        self._skip(_BLANK)
        self._value(path, depth)

    def _key(self) -> list[str]:
        parts: list[str] = []
        while True:
            self._skip(_BLANK)
            if len(parts) == MAX_DEPTH:
                raise TooMuch(self._here(), f"a dotted key of more than {MAX_DEPTH} parts; write a table")
            parts.append(self._key_part())
            self._skip(_BLANK)
            if not self._at("."):
                return parts
            self._position += 1

    def _key_part(self) -> str:
        if self._at('"') or self._at("'"):
            written = self._string()
            return written[1:-1] if written[0] == "'" else _ESCAPE.sub(_unescaped, written[1:-1])
        return self._match(_BARE)

    def _value(self, path: Path, depth: int) -> None:
        if self._at("[") or self._at("{"):
            if depth == MAX_DEPTH:
                raise TooMuch(self._here(), f"brackets are nested more than {MAX_DEPTH} deep; nothing here needs that")
            (self._array if self._at("[") else self._inline_table)(path, depth + 1)
        elif self._at('"') or self._at("'"):
            self._string()
        else:
            self._match(_BARE_VALUE)

    def _array(self, path: Path, depth: int) -> None:
        self._position += 1
        index = 0
        while self._skip(_BLANK_LINES) and not self._at("]"):
            self._note((*path, index), self._here())
            self._value((*path, index), depth)
            index += 1
            self._skip(_BLANK_LINES)
            if not self._at("]"):
                self._take(",")
        self._take("]")

    def _inline_table(self, path: Path, depth: int) -> None:
        self._position += 1
        while self._skip(_BLANK_LINES) and not self._at("}"):
            self._pair(path, depth)
            self._skip(_BLANK_LINES)
            if not self._at("}"):
                self._take(",")
        self._take("}")

    def _string(self) -> str:
        return self._match(next(pattern for opening, pattern in _STRINGS.items() if self._at(opening)))

    def _note(self, path: Path, line: int) -> None:
        if len(self.places) == MAX_PLACES:
            raise TooMuch(line, f"more than {MAX_PLACES} keys, tables and items of lists; split the file")
        self.places.setdefault(path, line)

    def _here(self) -> int:
        """The line of the position; positions only grow."""
        self._line += self._text.count("\n", self._counted, self._position)
        self._counted = self._position
        return self._line

    def _skip(self, pattern: re.Pattern[str]) -> bool:
        """Pass over blanks; whether anything is left."""
        found = pattern.match(self._text, self._position)
        self._position = found.end() if found else self._position
        return self._position < len(self._text)

    def _at(self, letter: str) -> bool:
        return self._text.startswith(letter, self._position)

    def _take(self, letter: str) -> None:
        if not self._at(letter):
            raise _Lost
        self._position += 1

    def _match(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self._text, self._position)
        if not found:
            raise _Lost
        self._position = found.end()
        return found[0]


def _unescaped(found: re.Match[str]) -> str:
    code = found[1]
    if code[0] in "uU" and len(code) > 1:
        point = int(code[1:], 16)
        return chr(point) if point < 0x110000 else ""
    return _ESCAPES.get(code, "")
