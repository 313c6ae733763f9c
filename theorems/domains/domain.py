"""What a domain is: fields, discrete structure, quantities, reductions. Drives JSON, validation and shrinking."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from refutable.theorems.instances import (
    Field,
    Instance,
    InstanceError,
    document,
    raw_from_document,
    read_values,
)
from refutable.theorems.views import Quantity, View


@dataclass(frozen=True)
class Move:
    """A named change of an instance, the same for the same instance.

    Among a domain's ``moves`` each yielded instance is simpler; among its ``variations`` it is of another structure.
    """

    id: str
    reductions: Callable[[Instance], Iterator[Instance]]


def _nothing_to_check(values: Mapping[str, Any]) -> None:
    return None


def _always_substantive(view: View) -> str | None:
    return None


@dataclass(frozen=True)
class Domain:
    """A kind of instance.

    Attributes:
        id: name in documents ("model": id) and on the command line.
        title: one line for people.
        fields: the numbers of an instance.
        structure: discrete facts of a view, decided exactly on exact views.
        quantities: formulas by name; usable in claims.
        moves: reductions for shrinking.
        variations: structural changes for a search by evolution: other sizes, pieces doubled, split, merged, mirrored.
        fit: new field values that make a float batch well formed (symmetric matrices, say), differentiable; for
            hunts. None: any floats are.
        check: raises InstanceError for values that make no sense together.
        hollow: why an instance is no honest witness (a dead neuron, say), or None; see `records.Mutant`.
        substance: numbers [..., m] that are all positive on float rows which are not hollow; for hunts. None: no
            formula says so.
        describe: an instance as a person would write it down, several lines.
    """

    id: str
    title: str
    fields: tuple[Field, ...]
    structure: Callable[[View], Mapping[str, Any]]
    quantities: Mapping[str, Quantity]
    moves: tuple[Move, ...] = ()
    variations: tuple[Move, ...] = ()
    fit: Callable[[View], dict[str, Any]] | None = None
    check: Callable[[Mapping[str, Any]], None] = _nothing_to_check
    hollow: Callable[[View], str | None] = _always_substantive
    substance: Callable[[View], Any] | None = None
    describe: Callable[[Instance], list[str]] | None = field(default=None)

    def instance(self, **raw: Any) -> Instance:
        """Instance from raw values by field name (numbers as `exact.rational` reads them).

        Raises:
            InstanceError: bad numbers, ragged or empty arrays, unknown names, senseless values.
        """
        values = read_values(self.fields, raw)
        self.check(values)
        return Instance(self.id, values)

    def load(self, doc: Mapping[str, Any]) -> Instance:
        """Instance from a JSON document.

        Raises:
            InstanceError: as `instance`, or wrong structure.
        """
        if doc.get("model") != self.id:
            raise InstanceError(f"model is {doc.get('model')!r:.60}, expected {self.id!r}")
        return self.instance(**raw_from_document(self.fields, doc))

    def dump(self, instance: Instance) -> dict[str, Any]:
        """JSON document of an instance."""
        return document(self.fields, instance)

    def view(self, instance: Instance) -> View:
        """Exact view of an instance of this domain."""
        return View.of(self, instance)


def quantities(*items: Quantity) -> dict[str, Quantity]:
    """Quantities by name.

    Raises:
        ValueError: a name twice.
    """
    table = {item.name: item for item in items}
    if len(table) != len(items):
        raise ValueError("two quantities share a name")
    return table
