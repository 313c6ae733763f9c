"""Instances: what a claim is decided on. Exact numbers only, read from and written to JSON without code.

Format ``refutable-instance/1``: numbers are strings "p/q" or decimal strings, integers, or JSON floats taken as
the exact binary float64.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from flint import fmpq

from refutable.theorems.exact import NumberError, rational, text

FORMAT = "refutable-instance/1"


class InstanceError(ValueError):
    """An instance that cannot be read or makes no sense; the message says what, where and what to do."""


@dataclass(frozen=True)
class Field:
    """One named entry of a domain's instances.

    Attributes:
        name: the name formulas use.
        path: where it stands in the JSON document, e.g. ("network", "w1").
        shape: names of its dimensions, e.g. ("k", "d"); () for a scalar. Equal names must have equal sizes >= 1.
        kind: rational numbers, one integer, a set of words, or a list of matrices (the exact layers of a
            deep network: each a (rows, columns) matrix).
        optional: may be null or absent, and is then None.
        positive: the number must be > 0.
        vocabulary: the words a ``words`` field may hold.
        minimum: least value of an ``integer`` field.
        meaning: one line for people, with units.
    """

    name: str
    path: tuple[str, ...]
    shape: tuple[str, ...] = ()
    kind: Literal["rational", "integer", "words", "matrices"] = "rational"
    optional: bool = False
    positive: bool = False
    vocabulary: tuple[str, ...] = ()
    minimum: int | None = None
    meaning: str = ""

    @property
    def where(self) -> str:
        """The place in a document, as people write it: network.w1."""
        return ".".join(self.path)


@dataclass(frozen=True, eq=False, repr=False)
class Instance:
    """Named exact values of one domain. Immutable; equality and hash by content."""

    domain: str
    values: Mapping[str, Any]

    def __getitem__(self, name: str) -> Any:
        """Value of a field: fmpq, object ndarray of fmpq, int, frozenset of words, tuple of matrices, or None."""
        return self.values[name]

    def replace(self, **changes: Any) -> Instance:
        """A copy with some fields changed (arrays of rationals; not validated again)."""
        return Instance(self.domain, {**self.values, **changes})

    def _content(self) -> tuple[Any, ...]:
        return (self.domain, *((name, _frozen(value)) for name, value in sorted(self.values.items())))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Instance) and self._content() == other._content()

    def __hash__(self) -> int:
        return hash(self._content())

    def __repr__(self) -> str:
        plain = {name: plain_value(value) for name, value in self.values.items()}
        return f"instance({self.domain!r}, {', '.join(f'{k}={v!r}' for k, v in plain.items())})"


def _frozen(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return (value.shape, tuple(value.ravel()))
    if isinstance(value, tuple):
        return tuple(_frozen(v) for v in value)
    return value


def plain_value(value: Any) -> Any:
    """JSON-ready form of a field's value: strings "p/q", nested lists, integers, sorted words, None."""
    if value is None or isinstance(value, int):
        return value
    if isinstance(value, fmpq):
        return text(value)
    if isinstance(value, frozenset):
        return sorted(value)
    return [plain_value(v) for v in value]


def read_field(field: Field, raw: Any, sizes: dict[str, int]) -> Any:
    """Value of ``field`` from its raw form, checked against and adding to the known dimension ``sizes``.

    Raises:
        InstanceError: missing, not numbers, ragged, empty, wrong size, not positive, unknown word.
    """
    if raw is None:
        if field.optional:
            return None
        raise InstanceError(f"{field.where} is missing; it must be {_expected(field)}")
    if field.kind == "integer":
        return _read_integer(field, raw)
    if field.kind == "words":
        return _read_words(field, raw)
    if field.kind == "matrices":
        return _read_matrices(field, raw)
    value = _read_array(field, raw, field.shape, field.where, sizes)
    if field.positive and not value > 0:
        raise InstanceError(f"{field.where} must be > 0, got {text(value)}")
    return value


def _expected(field: Field) -> str:
    kinds = {"integer": "an integer", "words": "a list of words", "matrices": "a list of matrices"}
    if field.kind in kinds:
        return kinds[field.kind]
    return "a number" if not field.shape else f"numbers of shape [{', '.join(field.shape)}]"


def _read_array(field: Field, raw: Any, shape: tuple[str, ...], where: str, sizes: dict[str, int]) -> Any:
    if not shape:
        try:
            return rational(raw, where)
        except NumberError as error:
            raise InstanceError(str(error)) from None
    items = as_list(raw, where, _expected(field))
    size = sizes.setdefault(shape[0], len(items))
    if len(items) != size:
        raise InstanceError(
            f"{where} has {len(items)} entries, expected {shape[0]} = {size} as elsewhere in the instance"
        )
    if size == 0:
        raise InstanceError(f"{where} is empty; {shape[0]} must be at least 1")
    parts = [_read_array(field, v, shape[1:], f"{where}[{i}]", sizes) for i, v in enumerate(items)]
    out = np.empty((size, *(np.shape(parts[0]))), dtype=object)
    for i, part in enumerate(parts):
        out[i] = part
    out.setflags(write=False)
    return out


def as_list(raw: Any, where: str, expected: str) -> list[Any]:
    """``raw`` as a list (lists, tuples, arrays).

    Raises:
        InstanceError: it is something else.
    """
    if isinstance(raw, np.ndarray) and raw.ndim > 0:
        return list(raw)
    if isinstance(raw, Sequence) and not isinstance(raw, str | bytes):
        return list(raw)
    raise InstanceError(f"{where} must be {expected}, got {type(raw).__name__}")


def _read_integer(field: Field, raw: Any) -> int:
    if isinstance(raw, bool) or not isinstance(raw, int | np.integer):
        raise InstanceError(f"{field.where} must be an integer, got {raw!r:.60}")
    if field.minimum is not None and raw < field.minimum:
        raise InstanceError(f"{field.where} must be at least {field.minimum}, got {raw}")
    return int(raw)


def _read_words(field: Field, raw: Any) -> frozenset[str]:
    words = sorted(raw) if isinstance(raw, frozenset | set) else as_list(raw, field.where, "a list of words")
    for word in words:
        if word not in field.vocabulary:
            known = ", ".join(field.vocabulary)
            raise InstanceError(f"{field.where} holds {word!r:.60}, which is none of {known}")
    return frozenset(words)


def _read_matrices(field: Field, raw: Any) -> tuple[Any, ...]:
    items = as_list(raw, field.where, "a list of matrices")
    if not items:
        raise InstanceError(f"{field.where} is empty; it needs at least one matrix")
    matrices = []
    for i, item in enumerate(items):
        where = f"{field.where}[{i}]"
        matrices.append(_read_array(field, item, ("rows", "columns"), where, {}))
    return tuple(matrices)


def read_values(fields: Sequence[Field], raw: Mapping[str, Any]) -> dict[str, Any]:
    """All fields' values from raw values by field name.

    Raises:
        InstanceError: an unknown name, or any field cannot be read.
    """
    known = {field.name for field in fields}
    for name in raw:
        if name not in known:
            raise InstanceError(f"unknown field {name!r:.60}; known fields: {', '.join(sorted(known))}")
    sizes: dict[str, int] = {}
    return {field.name: read_field(field, raw.get(field.name), sizes) for field in fields}


def document(fields: Sequence[Field], instance: Instance) -> dict[str, Any]:
    """JSON document of an instance (format refutable-instance/1); fields that are None stay null."""
    out: dict[str, Any] = {"format": FORMAT, "model": instance.domain}
    for field in fields:
        node = out
        for part in field.path[:-1]:
            node = node.setdefault(part, {})
        node[field.path[-1]] = plain_value(instance[field.name])
    return out


def raw_from_document(fields: Sequence[Field], doc: Mapping[str, Any]) -> dict[str, Any]:
    """Raw values by field name from a JSON document; unknown keys are refused (a typo must not pass).

    Raises:
        InstanceError: wrong structure or unknown keys.
    """
    tree: dict[str, Any] = {"format": None, "model": None}
    for field in fields:
        node = tree
        for part in field.path[:-1]:
            node = node.setdefault(part, {})
        node[field.path[-1]] = field
    raw: dict[str, Any] = {}
    _collect(tree, doc, "", raw)
    return raw


def _collect(tree: Mapping[str, Any], doc: Any, where: str, raw: dict[str, Any]) -> None:
    if doc is None and where and _all_optional(tree):
        return
    if not isinstance(doc, Mapping):
        raise InstanceError(f"{where or 'the document'} must be a JSON object, got {type(doc).__name__}")
    for key, value in doc.items():
        place = f"{where}.{key}" if where else str(key)
        if key not in tree:
            raise InstanceError(f"unknown key {place!r:.80}; known here: {', '.join(tree)}")
        target = tree[key]
        if isinstance(target, Field):
            raw[target.name] = value
        elif isinstance(target, Mapping):
            _collect(target, value, place, raw)


def _all_optional(tree: Mapping[str, Any]) -> bool:
    """Whether every field below may be null, so that they may be so together."""
    return all(node.optional if isinstance(node, Field) else _all_optional(node) for node in tree.values())


def canonical_json(value: Any) -> str:
    """The one JSON text of a value that digests and file names are made from."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def numbers(value: Any) -> Iterator[fmpq]:
    """The rational numbers of a field's value: one, an array, matrices, or none."""
    if isinstance(value, fmpq):
        yield value
    elif isinstance(value, np.ndarray):
        yield from value.ravel()
    elif isinstance(value, tuple):
        for part in value:
            yield from numbers(part)


def refuse_long(fields: Sequence[Field], values: Mapping[str, Any], most: int) -> None:
    """Refuse numerators and denominators of more than ``most`` bits: exact work with them takes too long.

    Raises:
        InstanceError: a field holds one.
    """
    for field in fields:
        if any(max(int(q.p).bit_length(), int(q.q).bit_length()) > most for q in numbers(values[field.name])):
            raise InstanceError(f"{field.where} holds a fraction of more than {most} bits; round it")
