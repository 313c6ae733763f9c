"""Views: the named quantities of an instance (or of a float batch) in one arithmetic, each computed once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from refutable.theorems.ops import Ops
from refutable.theorems.ops.exact import ExactOps

if TYPE_CHECKING:
    from refutable.theorems.domains.domain import Domain
    from refutable.theorems.instances import Instance


class MissingNumber(LookupError):
    """A quantity needs a field that the instance leaves null; the message names it."""


@dataclass(frozen=True)
class Quantity:
    """A named quantity of a domain: its formula over a view, what it means, its units."""

    name: str
    formula: Callable[[View], Any]
    meaning: str
    scalar: bool = False


class View:
    """Numbers, structure and quantities of one instance or batch, by name, in one arithmetic.

    ``view["stability_norm"]`` computes a quantity on first use and keeps it. Numbers are the domain's fields;
    structure holds the discrete facts, decided once.
    """

    def __init__(
        self,
        domain: Domain,
        ops: Ops,
        numbers: Mapping[str, Any],
        structure: Mapping[str, Any] | None = None,
        instance: Instance | None = None,
    ) -> None:
        self.domain, self.ops, self.instance = domain, ops, instance
        self._known: dict[str, Any] = dict(numbers)
        self._structure = structure

    @classmethod
    def of(cls, domain: Domain, instance: Instance) -> View:
        """Exact view of an instance."""
        return cls(domain, ExactOps(), instance.values, instance=instance)

    def has(self, name: str) -> bool:
        """Whether a field is given (not null)."""
        return self._known.get(name) is not None

    def __getitem__(self, name: str) -> Any:
        """Number, structure fact or quantity called ``name``.

        Raises:
            MissingNumber: the name is a field that is null here.
            KeyError: no such name in the domain.
        """
        if name in self._known:
            value = self._known[name]
            if value is None:
                raise MissingNumber(f"the instance gives no {name.replace('_', ' ')}")
            return value
        quantity = self.domain.quantities.get(name)
        value = self.structure[name] if quantity is None else quantity.formula(self)
        if isinstance(value, np.ndarray):
            value.setflags(write=False)  # shared by all who ask: nobody may change it
        self._known[name] = value
        return value

    @property
    def structure(self) -> Mapping[str, Any]:
        """The discrete facts of the instance, decided once."""
        if self._structure is None:
            self._structure = self.domain.structure(self)
        return self._structure
