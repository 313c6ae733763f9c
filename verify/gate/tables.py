"""A table of a claims file against its specification: unknown keys, missing keys, values of the wrong kind."""

from __future__ import annotations

from typing import Any

from refutable.verify.gate.kinds import Wrong, nearest, shown
from refutable.verify.gate.problems import Problems
from refutable.verify.gate.specification import Table
from refutable.verify.gate.toml_lines import Path as Place

MAX_UNKNOWN = 20
"""Unknown keys told of one table."""


def read_table(table: Table, raw: Any, place: Place, problems: Problems) -> dict[str, Any]:
    """The values of a table by key; what is wrong is told and left out."""
    if not isinstance(raw, dict):
        problems.add(place, f"must be a table, got {shown(raw)}; write {table.header} above its keys")
        return {}
    for name in [name for name in raw if name not in _names(table)][:MAX_UNKNOWN]:
        problems.add((*place, name), f"there is no such key in {table.header}{nearest(name, _names(table))}")
    for key in table.keys:
        if key.required and key.name not in raw:
            example = key.examples[0] if key.examples else "..."
            problems.add(place, f'the key {key.name!r} is missing: {key.meaning}; write {key.name} = "{example}"')
    _refuse_several(table, raw, place, problems)
    found: dict[str, Any] = {}
    for key in table.keys:
        if key.name in raw:
            try:
                found[key.name] = key.kind.read(raw[key.name])
            except Wrong as problem:
                problems.add((*place, key.name, *problem.at), str(problem))
    return found


def _names(table: Table) -> list[str]:
    return [key.name for key in table.keys]


def _refuse_several(table: Table, raw: dict[str, Any], place: Place, problems: Problems) -> None:
    given = [name for name in table.one_of if name in raw]
    if len(given) > 1:
        problems.add((*place, given[1]), f"stands beside {given[0]!r}; write one of {', '.join(table.one_of)}")
    elif table.one_of and not given:
        problems.add(place, f"says no claim: write one of the keys {', '.join(table.one_of)}")
