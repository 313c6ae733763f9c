"""HTML that escapes what it is not sure of: elements are `Markup`, all other text is escaped."""

from __future__ import annotations

import re
from collections.abc import Iterable

from refutable.verify.report.text import escaped

VOID = frozenset({"br", "hr", "meta", "wbr"})


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


def element(name: str, /, *children: object, **attributes: object) -> Markup:
    """An element: children in order, None left out, iterables unfolded, what is no `Markup` escaped.

    Args:
        attributes: ``class_`` and ``for_`` without their underscore, other underscores as hyphens; None and False
            are left out, True stands alone.
    """
    opening = "".join(_attribute(key, value) for key, value in attributes.items())
    if name in VOID:
        return Markup(f"<{name}{opening}>")
    return Markup(f"<{name}{opening}>{together(*children)}</{name}>")


def together(*children: object) -> Markup:
    """Children one after the other, without an element around them."""
    return Markup("".join(_rendered(child) for child in children))


def _attribute(key: str, value: object) -> str:
    if value is None or value is False:
        return ""
    name = key.rstrip("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{escaped(value)}"'


def _rendered(child: object) -> str:
    if child is None:
        return ""
    if isinstance(child, Markup):
        return str(child)
    if isinstance(child, Iterable) and not isinstance(child, str):
        return "".join(_rendered(one) for one in child)
    return escaped(child)


class Anchors:
    """Ids of a page: readable, and each given once."""

    def __init__(self) -> None:
        self._given: dict[tuple[str, str], str] = {}
        self._taken: set[str] = set()

    def of(self, kind: str, name: str) -> str:
        """The id of the thing of that kind and name, the same whenever it is asked for."""
        if (kind, name) not in self._given:
            self._given[kind, name] = self._free(kind + "-" + re.sub(r"[^a-z0-9]+", "-", name.lower()[:60]).strip("-"))
        return self._given[kind, name]

    def _free(self, wanted: str) -> str:
        found, number = wanted, 1
        while found in self._taken:
            number += 1
            found = f"{wanted}-{number}"
        self._taken.add(found)
        return found
