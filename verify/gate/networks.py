"""The [[network]] tables of a claims file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from refutable.theorems.catalogue import CATALOGUE
from refutable.theorems.domains.domain import Domain
from refutable.verify.gate.entries import NetworkFiles
from refutable.verify.gate.kinds import Wrong, shown
from refutable.verify.gate.network_files import PICKLES, REMEDY
from refutable.verify.gate.own_files import OwnFiles
from refutable.verify.gate.places import Places
from refutable.verify.gate.problems import Problems
from refutable.verify.gate.specification import NETWORK
from refutable.verify.gate.tables import read_table
from refutable.verify.reading import ReadError

GIVEN = frozenset({"w1", "b1", "w2", "b2", "frozen", "x", "y", "step_size", "batch_size"})
"""Fields of an instance that a trained network with its data gives."""


def is_about_networks(domain: Domain) -> bool:
    """Whether a trained network with its data is an instance of a domain."""
    names = {field.name for field in domain.fields}
    needed = {field.name for field in domain.fields if not field.optional}
    return names >= GIVEN and needed <= GIVEN


def read_networks(raw: list[Any], places: Places, problems: Problems, own: OwnFiles) -> dict[str, NetworkFiles | None]:
    """Networks by id, their files looked at; None for one that something is wrong with."""
    found: dict[str, NetworkFiles | None] = {}
    for i, one in enumerate(raw):
        place = ("network", i)
        if isinstance(one, dict) and isinstance(one.get("id"), str):
            problems.name(place, one["id"][:80])
        table = read_table(NETWORK, one, place, problems)
        files = {key: _file(table, key, place, places, problems) for key in ("weights", "data")}
        if "id" not in table:
            continue
        if table["id"] in found:
            problems.add((*place, "id"), f"another network is called {table['id']!r} too; ids are unique")
        weights, data = files["weights"], files["data"]
        found[table["id"]] = None
        if weights is not None and data is not None and "step_size" in table and "loss" in table:
            step, loss, batch = table["step_size"], table["loss"], table.get("batch_size")
            network = NetworkFiles(weights, data, step, loss, batch, problems.line(place), table["id"])
            found[table["id"]] = _looked_at(network, place, places, problems, own)
    return found


def _looked_at(
    network: NetworkFiles, place: tuple[str | int, ...], places: Places, problems: Problems, own: OwnFiles
) -> NetworkFiles | None:
    domain = next(record.domain for record in CATALOGUE if is_about_networks(record.domain))
    try:
        own.network(network, domain)
    except ReadError as problem:
        key = "data" if str(problem).startswith(f"{network.data}:") else "weights"
        problems.add((*place, key), places.told(problem))
        return None
    return network


def _file(
    table: dict[str, Any], key: str, place: tuple[str | int, ...], places: Places, problems: Problems
) -> Path | None:
    if key not in table:
        return None
    written = table[key]
    kinds = (".safetensors",) if key == "weights" else (".safetensors", ".csv")
    try:
        if written.lower().endswith(PICKLES):
            raise Wrong(f"{shown(written)}: {REMEDY}")
        if not written.lower().endswith(kinds):
            raise Wrong(f"{shown(written)} is neither of {', '.join(kinds)}")
        return places.file(written)
    except Wrong as problem:
        problems.add((*place, key), str(problem))
        return None
