"""The law of an instance, its numbers, and how a person would write it down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flint import fmpq

from refutable.theorems.domains.distribution.laws import LAWS, Law
from refutable.theorems.exact import text
from refutable.theorems.instances import Instance


def law_of(values: Mapping[str, Any] | Instance) -> Law:
    """The law of an instance."""
    (name,) = values["law"]
    return LAWS[name]


def law_numbers(values: Mapping[str, Any] | Instance) -> Sequence[fmpq]:
    """The law's parameters, or the empirical law's atoms."""
    (name,) = values["law"]
    numbers = values["atoms" if name == "empirical" else "parameters"]
    return () if numbers is None else tuple(numbers)


def describe(instance: Instance) -> list[str]:
    """Lines: the law, the point, the radius where one is given."""
    law, numbers = law_of(instance), law_numbers(instance)
    shown = [text(q) for q in numbers]
    if law.parameters:
        shown = [f"{name} = {q}" for name, q in zip(law.parameters, shown, strict=True)]
    lines = [f"X ~ {law.id}({', '.join(shown)}): {law.meaning}", f"t = {text(instance['point'])}"]
    if instance["radius"] is not None:
        lines.append(f"R = {text(instance['radius'])}")
    return lines
