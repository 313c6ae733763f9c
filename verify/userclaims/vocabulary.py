"""The names an expression may use in a domain: fields, quantities, sizes, and short forms that people know."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from flint import fmpq, fmpz

from refutable.theorems.catalogue import domain as known_domain
from refutable.theorems.domains.domain import Domain
from refutable.theorems.instances import Field
from refutable.theorems.ops.protocol import Ops
from refutable.theorems.views import MissingNumber, View
from refutable.verify.userclaims.grammar import ExpressionError

ALIASES = {
    "weighted_l1": "stability_norm",
    "lambda_max": "sharpness",
    "eta": "step_size",
    "learning_rate": "step_size",
}
"""Other names of a quantity, in every domain that has it."""

DERIVED = {
    "gradient_norm": ("norm(loss_gradient)", "norm of the gradient of the loss"),
    "data_radius": ("max(row_norms(x))", "max_j |x_j|"),
    "path_norm": ("sum(abs(w2) * row_norms(w1))", "sum_i |w2_i| |w1_i|"),
    "weight_norm": ("sqrt(sum(w1**2) + sum(b1**2) + sum(w2**2))", "norm of w1, b1 and w2 as one vector"),
}
"""Formulas in the language of expressions, in every domain that has their names, of the shapes that they need."""

_SHAPE = re.compile(r",? \[([\w+]+(?:, ?[\w+]+)*)\]$")
"""How the meaning of an array quantity ends: ", [n, k]" or " [n, k]"."""


@dataclass(frozen=True)
class Term:
    """A name or a part of an expression: names of its dimensions, () for a scalar, and its value on a view.

    On a float batch a scalar is [B] or a plain constant and an array [B, ...].
    """

    dims: tuple[str, ...]
    value: Callable[[View], Any]
    meaning: str = ""

    @property
    def kind(self) -> str:
        """For messages: "a number" or "an array [n, k]"."""
        return f"an array [{', '.join(self.dims)}]" if self.dims else "a number"


class Vocabulary:
    """All names of one domain, with their terms."""

    def __init__(self, domain: Domain) -> None:
        self.domain = domain
        self._refused: dict[str, str] = {}
        self.terms: dict[str, Term] = {}
        for name, quantity in domain.quantities.items():
            self._add_quantity(name, quantity.scalar, quantity.meaning)
        for field in domain.fields:
            self._add_field(field)
        self.terms.update(_sizes(domain, self.terms))
        for alias, target in ALIASES.items():
            if target in self.terms and alias not in self.terms:
                found = self.terms[target]
                self.terms[alias] = Term(found.dims, found.value, f"the same as {target}")

    def _add_quantity(self, name: str, scalar: bool, meaning: str) -> None:
        shape = _SHAPE.search(meaning)
        if scalar or shape:
            dims = () if scalar or shape is None else tuple(re.split(", ?", shape[1]))
            self.terms[name] = Term(dims, lambda view: _read(view, name), meaning)
        else:
            self._refused[name] = f"{name} is no number or array of numbers ({meaning})"

    def _add_field(self, field: Field) -> None:
        if field.kind in ("words", "matrices"):
            kind = "a list of words" if field.kind == "words" else "a list of matrices"
            self._refused[field.name] = f"{field.name} is {kind}, not a number; use a quantity of the domain"
            return
        self.terms[field.name] = Term(field.shape, lambda view: _given(view, field.name), field.meaning)

    def term(self, name: str) -> Term:
        """The term called ``name``.

        Raises:
            ExpressionError: the domain has no such name (the nearest ones are said), or it is no number.
        """
        if name in self._refused:
            raise ExpressionError(self._refused[name])
        if name not in self.terms:
            raise ExpressionError(unknown("name", name, sorted(self.terms), f"in {self.domain.id}"))
        return self.terms[name]

    def describe(self) -> list[tuple[str, str, str]]:
        """Every name with what it is and what it means, for people."""
        return [(name, term.kind, term.meaning) for name, term in sorted(self.terms.items())]


@cache
def vocabulary(domain_id: str) -> Vocabulary:
    """The names of a domain, `DERIVED` included.

    Raises:
        UnknownId: no such domain.
    """
    from refutable.verify.userclaims.formulas import derived_terms

    found = Vocabulary(known_domain(domain_id))
    for name, term in derived_terms(DERIVED, found).items():
        found.terms.setdefault(name, term)
    return found


def unknown(kind: str, id: str, known: list[str], where: str) -> str:
    """One line about an unknown name: the nearest ones, then all."""
    near = difflib.get_close_matches(id, known, 3, 0.5) or (known if len(known) <= 3 else [])
    guess = f"; did you mean {' or '.join(near)}?" if near else ";"
    return f"unknown {kind} {id!r:.60} {where}{guess} Known: {', '.join(known)}"


def _read(view: View, name: str) -> Any:
    return as_number(view.ops, view[name])


def _given(view: View, name: str) -> Any:
    if not view.has(name):
        # Labels that are null mean y_j := f(x_j).
        if name == "y" and "output" in view.domain.quantities:
            return view["output"]
        raise MissingNumber(f"the instance gives no {name.replace('_', ' ')}")
    return _read(view, name)


def as_number(ops: Ops, value: Any) -> Any:
    """Integers, and rationals beside floats, as constants of the view's arithmetic; all else as it is."""
    if isinstance(value, int | np.integer | fmpz):
        return ops.ratio(int(value))
    if isinstance(value, fmpq) and not ops.exact:
        return ops.ratio(int(value.p), int(value.q))
    return value


def _sizes(domain: Domain, taken: Mapping[str, Term]) -> dict[str, Term]:
    """n, k, d, ...: the sizes of the dimensions of the domain's fields."""
    found: dict[str, Term] = {}
    for field in sorted(domain.fields, key=lambda f: f.optional):
        for i, dimension in enumerate(field.shape if field.kind == "rational" else ()):
            if dimension not in found and dimension not in taken:
                from_end = i - len(field.shape)
                found[dimension] = Term((), _size(field.name, from_end), f"a size of {field.name}")
    return found


def _size(name: str, axis: int) -> Callable[[View], Any]:
    def value(view: View) -> Any:
        if not view.has(name):
            raise MissingNumber(f"the instance gives no {name.replace('_', ' ')}")
        return view.ops.ratio(int(view[name].shape[axis]))

    return value
