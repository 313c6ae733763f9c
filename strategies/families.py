"""Families of instances as Hypothesis strategies: the parameters are drawn, the instance is built."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from refutable.theorems.instances import Instance
from refutable.theorems.records import Family


def instances(family: Family) -> SearchStrategy[Instance]:
    """Instances of a family; every parameter shrinks to the first value of its range."""
    positions = {name: st.integers(0, len(values) - 1) for name, values in family.parameters.items()}

    def build(chosen: dict[str, int]) -> Instance:
        return family.build(**{name: family.parameters[name].at(i) for name, i in chosen.items()})

    return st.fixed_dictionaries(positions).map(build)
