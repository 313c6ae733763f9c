"""Kinds of values in a claims file: how each is read, what it is called, and its JSON Schema."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flint import fmpq

from refutable.theorems.exact import NumberError, rational

MAX_TEXT = 4000
MAX_ITEMS = 1000
MAX_COUNT = 10_000_000
MAX_SECONDS = 7 * 24 * 3600
MAX_LETTERS = 400
NUMBER_PATTERN = r"^\s*[+-]?([0-9]+(/[0-9]+)?|([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?)\s*$"
ID_PATTERN = r"^[a-z0-9._-]{1,80}$"


class Decimal(str):
    """A TOML float as it was written: 0.1 is 1/10, not the float nearest to it."""

    __slots__ = ()


class Wrong(ValueError):
    """A value that is not of its kind.

    Attributes:
        at: where in the value, () for the value as a whole.
    """

    def __init__(self, text: str, at: tuple[str | int, ...] = ()) -> None:
        super().__init__(text)
        self.at = at


@dataclass(frozen=True)
class Kind:
    """A kind of value.

    Attributes:
        name: for people: "a string", "a list of strings".
        schema: its JSON Schema.
        read: the value from what TOML gave; raises Wrong.
    """

    name: str
    schema: Mapping[str, Any]
    read: Callable[[Any], Any]


def shown(value: Any) -> str:
    """A TOML value for messages: short, on one line, without control characters."""
    if isinstance(value, Decimal):
        return f"the number {value!s:.40}"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return f"the number {value}" if value.bit_length() <= 128 else "a number of too many digits"
    if isinstance(value, str):
        return repr(value if len(value) <= 60 else value[:57] + "...")
    if isinstance(value, dict | list):
        return "a table" if isinstance(value, dict) else "a list"
    return f"a {type(value).__name__}"  # TOML has dates and times


def _a_text(value: Any) -> str:
    if not isinstance(value, str) or isinstance(value, Decimal):
        raise Wrong(f"must be a string, got {shown(value)}{_quote(value)}")
    if not value.strip():
        raise Wrong("is empty")
    if len(value) > MAX_TEXT:
        raise Wrong(f"has {len(value)} characters; at most {MAX_TEXT} are read")
    if odd := next((letter for letter in value if not letter.isprintable() and letter not in "\n\t"), ""):
        raise Wrong(f"holds the control character {odd!r}; remove it")
    return value


def _quote(value: Any) -> str:
    return "; put it in quotes" if isinstance(value, int | Decimal) and not isinstance(value, bool) else ""


def _an_id(value: Any) -> str:
    id = _a_text(value)
    if not re.fullmatch(ID_PATTERN, id):
        raise Wrong(f"{shown(id)} is no id; ids have up to 80 of the characters a-z, 0-9, '.', '_' and '-'")
    return id


def _an_exact_number(value: Any) -> fmpq:
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise Wrong(f"must be a number, got {shown(value)}; write an integer, 0.9 or '9/10'")
    if (isinstance(value, int) and value.bit_length() > 1300) or (isinstance(value, str) and len(value) > MAX_LETTERS):
        raise Wrong(f"is a number of too many digits; at most {MAX_LETTERS} letters are read")
    try:
        return rational(str(value).replace("_", "") if isinstance(value, Decimal) else value)
    except NumberError as problem:
        raise Wrong(str(problem)) from None


def _a_positive_number(value: Any) -> fmpq:
    number = _an_exact_number(value)
    if number <= 0:
        raise Wrong(f"must be > 0, got {shown(value)}")
    return number


def _a_ratio(value: Any) -> fmpq:
    number = _an_exact_number(value)
    if not 0 < number <= 1:
        raise Wrong(f"must be above 0 and at most 1, got {shown(value)}; it is the ratio of the claim's sides")
    return number


def _a_count(value: Any, least: int = 0) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise Wrong(f"must be a whole number, got {shown(value)}")
    if not least <= value <= MAX_COUNT:
        raise Wrong(f"must be between {least} and {MAX_COUNT}, got {shown(value)}")
    return value


def _seconds(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise Wrong(f"must be a number of seconds, got {shown(value)}")
    number = _an_exact_number(value)
    if not 0 <= number <= MAX_SECONDS:
        raise Wrong(f"must be between 0 and {MAX_SECONDS} seconds, got {shown(value)}")
    return float(int(number.p) / int(number.q))


def listed(item: Callable[[Any], Any], value: Any, what: str) -> list[Any]:
    """The items of a list. Raises Wrong: no list, too long, an item is wrong (at its place)."""
    if not isinstance(value, list):
        raise Wrong(f"must be {what}, got {shown(value)}; put brackets around it")
    if len(value) > MAX_ITEMS:
        raise Wrong(f"has {len(value)} items; at most {MAX_ITEMS} are read")
    found = []
    for i, one in enumerate(value):
        try:
            found.append(item(one))
        except Wrong as problem:
            raise Wrong(str(problem), (i, *problem.at)) from None
    return found


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(dict.fromkeys(listed(_a_text, value, "a list of strings")))


def _texts_or_all(value: Any) -> tuple[str, ...]:
    if value == "all":
        return ("all",)
    if isinstance(value, str):
        raise Wrong(f'must be "all" or a list of ids, got {shown(value)}; put brackets around it')
    return _texts(value)


def nearest(name: str, known: Iterable[str]) -> str:
    """What to say after an unknown name: the nearest ones, or what there is."""
    names = list(known)
    near = difflib.get_close_matches(name[:80], names, 2, 0.5)
    if near:
        return f"; did you mean {' or '.join(near)}?"
    return f"; there are {', '.join(names)}" if names else "; there are none"


def choice(*names: str) -> Kind:
    """One of a few words."""

    def read(value: Any) -> str:
        word = _a_text(value)
        if word not in names:
            raise Wrong(f"{shown(word)} is none of {', '.join(names)}{_near(word, names)}")
        return word

    return Kind("one of " + ", ".join(f'"{name}"' for name in names), {"enum": list(names)}, read)


def choices(*names: str) -> Kind:
    """A list of a few words."""
    one = choice(*names)
    schema = {"type": "array", "items": one.schema, "uniqueItems": True}
    name = "a list of " + ", ".join(f'"{name}"' for name in names)
    return Kind(name, schema, lambda value: tuple(dict.fromkeys(listed(one.read, value, "a list of strings"))))


def _near(word: str, names: Iterable[str]) -> str:
    found = difflib.get_close_matches(word[:80], list(names), 1, 0.5)
    return f"; did you mean {found[0]}?" if found else ""


def raw_table(value: Any) -> dict[str, Any]:
    """A TOML table as it is. Raises Wrong."""
    if not isinstance(value, dict):
        raise Wrong(f"must be a table, got {shown(value)}")
    return value


def _numbers_by_name(value: Any) -> dict[str, fmpq]:
    found = {}
    for name, number in raw_table(value).items():
        try:
            found[name] = _an_exact_number(number)
        except Wrong as problem:
            raise Wrong(str(problem), (name,)) from None
    return found


_NUMBER = {"anyOf": [{"type": "number"}, {"type": "string", "pattern": NUMBER_PATTERN}]}
_STRING = {"type": "string", "minLength": 1, "maxLength": MAX_TEXT}

TEXT = Kind("a string", _STRING, _a_text)
ID = Kind("an id: a-z, 0-9, '.', '_', '-'", {"type": "string", "pattern": ID_PATTERN}, _an_id)
TEXTS = Kind("a list of strings", {"type": "array", "items": _STRING, "maxItems": MAX_ITEMS}, _texts)
TEXTS_OR_ALL = Kind('"all" or a list of strings', {"anyOf": [{"const": "all"}, TEXTS.schema]}, _texts_or_all)
POSITIVE = Kind("an exact number > 0", _NUMBER, _a_positive_number)
RATIO = Kind("an exact number in (0, 1]", _NUMBER, _a_ratio)
NUMBERS = Kind("a table of exact numbers", {"type": "object", "additionalProperties": _NUMBER}, _numbers_by_name)
COUNT = Kind("a whole number", {"type": "integer", "minimum": 0, "maximum": MAX_COUNT}, _a_count)
SIZE = Kind("a whole number >= 1", {"type": "integer", "minimum": 1, "maximum": MAX_COUNT}, lambda v: _a_count(v, 1))
SECONDS = Kind("seconds", {"type": "number", "minimum": 0, "maximum": MAX_SECONDS}, _seconds)
TABLE = Kind("a table", {"type": "object"}, raw_table)
