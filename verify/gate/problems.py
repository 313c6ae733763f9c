"""What is wrong with a claims file: every mistake with its line, told at once."""

from __future__ import annotations

from pathlib import Path

from refutable.verify.gate.toml_lines import Lines
from refutable.verify.gate.toml_lines import Path as Place
from refutable.verify.reading import ReadError, printable

MAX_SHOWN = 20
MAX_FOUND = 500
"""Problems after which nothing more is looked at."""


class ClaimsError(ReadError):
    """A claims file that cannot be used: one line for each problem, with file, line and key."""


class Problems:
    """Collects problems by place.

    Attributes:
        prefix: of places in the document, ("tool", "refutable") in a pyproject.toml.
    """

    def __init__(self, path: Path, lines: Lines, prefix: Place = ()) -> None:
        self.path = path
        self.lines = lines
        self.prefix = prefix
        self._found: list[tuple[int, str]] = []
        self._names: dict[Place, str] = {}

    def name(self, table: Place, id: str) -> None:
        """From now on a table is called by its id: claim 'ours'."""
        self._names[table] = id

    def line(self, place: Place) -> int:
        """The line of a place below the prefix."""
        return self.lines.line((*self.prefix, *place))

    def add(self, place: Place, text: str) -> None:
        """Something is wrong at a place. Raises ClaimsError: too much is."""
        line = self.line(place)
        said = " ".join(printable(text.replace("\n", " ")).split())
        self._found.append((line, f"{self.path}:{line}: {self._owner(place)}{said}"))
        if len(self._found) == MAX_FOUND:
            self.refuse()

    def _owner(self, place: Place) -> str:
        table, key = self._split(place)
        owner = ""
        if table:
            owner = str(table[0])
            if len(table) > 1:
                owner += f" {self._names[table]!r}" if table in self._names else f" {int(table[1]) + 1}"
        named = [owner] if owner else []
        if key:
            named.append("key " + repr(".".join(str(part) for part in key if isinstance(part, str))[:80]))
        return ", ".join(named) + ": " if named else ""

    @staticmethod
    def _split(place: Place) -> tuple[Place, Place]:
        if place and place[0] in ("claim", "network") and len(place) > 1 and isinstance(place[1], int):
            return place[:2], place[2:]
        return (place[:1], place[1:]) if len(place) > 1 and place[0] == "defaults" else ((), place)

    def __bool__(self) -> bool:
        return bool(self._found)

    def refuse(self) -> None:
        """Raise ClaimsError if anything is wrong."""
        if self._found:
            told = [text for _, text in sorted(self._found, key=lambda one: one[0])]
            left = f"{'at least ' if len(told) == MAX_FOUND else ''}{len(told) - MAX_SHOWN}"
            more = [f"{self.path}: and {left} more"] if len(told) > MAX_SHOWN else []
            raise ClaimsError("\n".join([*told[:MAX_SHOWN], *more]))
