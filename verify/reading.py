"""Reading instance documents: everything that is no honest instance is refused with one clear line."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

from refutable.theorems.catalogue import UnknownId, domain
from refutable.theorems.instances import FORMAT, Instance, InstanceError

MAX_BYTES = 8 * 2**20
MAX_DEPTH = 64
MAX_DIGITS = 4300
WITNESS_FORMAT = "refutable-witness/1"
_STRINGS = re.compile(rb'"(?:[^"\\]|\\.)*"?', re.DOTALL)


class ReadError(ValueError):
    """A file that cannot be read as what it should be: one line, what is wrong, where, what to do."""


def printable(text: str) -> str:
    r"""The text with what steers a terminal (escape sequences, line ends) written out: "\x1b"."""
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in text)


def read_json(path: Path, max_bytes: int = MAX_BYTES) -> dict[str, Any]:
    """The JSON object in a file.

    Raises:
        ReadError: no such file, too large, not UTF-8, not JSON, truncated, duplicate keys, NaN or infinite
            numbers, integers of more than 4300 digits, nested too deeply, not an object.
    """
    return parse_json(_bytes(path, max_bytes), str(path))


def _bytes(path: Path, max_bytes: int) -> bytes:
    try:
        if path.is_dir():
            raise ReadError(f"{path}: this is a folder; name a file in it")
        if path.is_fifo() and not path.is_relative_to("/dev"):  # nobody may ever write into it
            raise ReadError(f"{path}: this is a pipe, not a file; remove it, or write what it gives into a file")
        with path.open("rb") as file:
            data = file.read(max_bytes + 1)
    except OSError as problem:
        raise ReadError(f"{path}: {problem.strerror or problem}") from None
    except ReadError:
        raise
    except ValueError as problem:
        raise ReadError(f"{path}: {_line(problem)}") from None
    if len(data) > max_bytes:
        raise ReadError(f"{path}: larger than {max_bytes} bytes; raise --max-bytes if that is meant")
    return data


def parse_json(data: bytes, name: str) -> dict[str, Any]:
    """The JSON object in ``data``; ``name`` is the file's in messages. Raises ReadError as `read_json`."""
    try:
        _refuse_depth(data)
        value = json.loads(
            data.decode("utf-8-sig"),
            object_pairs_hook=_without_duplicates,
            parse_constant=_refuse_constant,
            parse_float=_finite_float,
            parse_int=_short_integer,
        )
    except ReadError as problem:
        raise ReadError(f"{name}: {problem}") from None
    except UnicodeDecodeError as problem:
        raise ReadError(f"{name}: not UTF-8 text (byte {problem.start})") from None
    except json.JSONDecodeError as problem:
        raise ReadError(f"{name}: {_syntax(problem)}") from None
    if not isinstance(value, dict):
        raise ReadError(f"{name}: the document must be a JSON object, got {type(value).__name__}")
    return value


def _syntax(problem: json.JSONDecodeError) -> str:
    rest = problem.doc[problem.pos :].strip()
    truncated = not rest or problem.msg.startswith("Unterminated string")
    hint = "; the file ends too early, is it truncated?" if truncated else ""
    return f"not JSON: {problem.msg} at line {problem.lineno} column {problem.colno}{hint}"


def _refuse_depth(data: bytes) -> None:
    depth = 0
    for byte in _STRINGS.sub(b"", data):
        if byte in b"[{":
            depth += 1
            if depth > MAX_DEPTH:
                raise ReadError(f"brackets are nested more than {MAX_DEPTH} deep; an instance needs 5")
        elif byte in b"]}":
            depth -= 1


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    seen: dict[str, Any] = {}
    for key, value in pairs:
        if key in seen:
            raise ReadError(f"the key {key!r:.60} stands twice in one object; keep one")
        seen[key] = value
    return seen


def _refuse_constant(word: str) -> NoReturn:
    raise ReadError(f"{word} is not a finite number; remove or replace it")


def _finite_float(written: str) -> float:
    value = float(written)
    if value in (float("inf"), float("-inf")):
        raise ReadError(f"{written:.40} is beyond the range of a float; write it as a string such as '1e300'")
    return value


def _short_integer(written: str) -> int:
    if len(written.lstrip("-")) > MAX_DIGITS:
        raise ReadError(f"an integer of {len(written)} digits; at most {MAX_DIGITS} are read")
    limit = sys.get_int_max_str_digits()
    if limit and len(written) > limit:
        raise ReadError(f"an integer of {len(written)} digits; this Python reads at most {limit}")
    return int(written)


def instance_of(doc: Mapping[str, Any], name: str) -> Instance:
    """The instance in a document; a witness document stands for its instance.

    Raises:
        ReadError: unknown format or model, missing or senseless values.
    """
    if doc.get("format") == WITNESS_FORMAT and isinstance(doc.get("instance"), Mapping):
        doc = doc["instance"]
    if doc.get("format") != FORMAT:
        found = "no format" if "format" not in doc else f"format {doc['format']!r:.60}"
        raise ReadError(f'{name}: {found}; the document must say "format": "{FORMAT}"')
    if not isinstance(doc.get("model"), str):
        raise ReadError(f'{name}: "model" must be the id of a domain, such as those of `refutable list`')
    try:
        return domain(doc["model"]).load(doc)
    except (InstanceError, UnknownId) as problem:
        raise ReadError(f"{name}: {_line(problem)}") from None


def read_instance(path: Path, max_bytes: int = MAX_BYTES) -> Instance:
    """The instance in a file. Raises ReadError as `read_json` and `instance_of`."""
    return instance_of(read_json(path, max_bytes), str(path))


def _line(problem: Exception) -> str:
    return " ".join(str(problem).split())
