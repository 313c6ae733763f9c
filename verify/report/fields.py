"""Reading a document that others wrote: what is absent is empty, what is of another kind is refused in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from refutable.verify.reading import ReadError

LARGEST = 10**15
"""No run counts as far."""


class Fields:
    """A JSON object and where it stands in its document.

    Every reader takes a key, gives an empty value where the key is absent or null, and raises ReadError where the
    value is of another kind.
    """

    def __init__(self, values: Mapping[str, Any], where: str) -> None:
        self.values = values
        self.where = where

    def __contains__(self, key: str) -> bool:
        return self.values.get(key) is not None

    def text(self, key: str) -> str:
        """A text."""
        return str(self._get(key, str, "a text") or "")

    def number(self, key: str) -> float | None:
        """A number, or None."""
        value = self._get(key, (int, float), "a number")
        return None if value is None or isinstance(value, bool) or abs(value) > 1e308 else float(value)

    def count(self, key: str) -> int:
        """A whole number of a sensible size, true and false as 1 and 0."""
        return self._count(self.values.get(key) or 0, key)

    def flag(self, key: str) -> bool:
        """True or false."""
        return bool(self._get(key, bool, "true or false"))

    def object(self, key: str) -> Fields:
        """An object."""
        return Fields(self._get(key, Mapping, "an object") or {}, f"{self.where}.{key}")

    def objects(self, key: str) -> list[Fields]:
        """A list of objects."""
        return [self._object(value, f"{key}[{i}]") for i, value in enumerate(self._list(key))]

    def texts(self, key: str) -> list[str]:
        """A list of texts."""
        return [self._text(value, f"{key}[{i}]") for i, value in enumerate(self._list(key))]

    def counts(self, key: str) -> list[int]:
        """A list of whole numbers."""
        return [self._count(value, f"{key}[{i}]") for i, value in enumerate(self._list(key))]

    def pairs(self, key: str) -> list[tuple[float, float]]:
        """A list of points (x, y)."""
        return [self._pair(value, f"{key}[{i}]") for i, value in enumerate(self._list(key))]

    def by_name(self, key: str) -> dict[str, Fields]:
        """An object of objects."""
        inner = self.object(key)
        return {name: inner._object(value, name) for name, value in inner.values.items()}

    def text_by_name(self, key: str) -> dict[str, str]:
        """An object of texts."""
        inner = self.object(key)
        return {name: inner._text(value, name) for name, value in inner.values.items()}

    def count_by_name(self, key: str) -> dict[str, int]:
        """An object of whole numbers."""
        inner = self.object(key)
        return {name: inner.count(name) for name in inner.values}

    def _list(self, key: str) -> list[Any]:
        return list(self._get(key, list, "a list") or [])

    def _get(self, key: str, kind: Any, named: str) -> Any:
        value = self.values.get(key)
        if value is not None and not isinstance(value, kind):
            raise self._wrong(key, named, value)
        return value

    def _object(self, value: Any, key: str) -> Fields:
        if not isinstance(value, Mapping):
            raise self._wrong(key, "an object", value)
        return Fields(value, f"{self.where}.{key}")

    def _pair(self, value: Any, key: str) -> tuple[float, float]:
        numbers = value if isinstance(value, list) and len(value) == 2 else [None]
        if not all(isinstance(n, int | float) and not isinstance(n, bool) and abs(n) < 1e308 for n in numbers):
            raise self._wrong(key, "a pair of numbers", value)
        return float(value[0]), float(value[1])

    def _text(self, value: Any, key: str) -> str:
        if not isinstance(value, str):
            raise self._wrong(key, "a text", value)
        return value

    def _count(self, value: Any, key: str) -> int:
        if not isinstance(value, int):
            raise self._wrong(key, "a whole number", value)
        if abs(value) > LARGEST:
            raise ReadError(f"{self.where}.{key} must be at most {LARGEST:.0e}; was the document edited?")
        return int(value)

    def _wrong(self, key: str, named: str, value: Any) -> ReadError:
        return ReadError(f"{self.where}.{key} must be {named}, got {type(value).__name__}; was the document edited?")
