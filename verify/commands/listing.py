"""`refutable list`: the theorems of the catalogue."""

from __future__ import annotations

import argparse
from typing import Any

from refutable.theorems.catalogue import CATALOGUE
from refutable.theorems.records import Theorem, all_mutants
from refutable.verify.commands.output import Commands, aligned, print_json

FORMAT = "refutable-list/1"


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = commands.add_parser("list", help="the theorems: id, source, domain, number of mutants")
    parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the catalogue; always 0."""
    if arguments.json:
        print_json({"format": FORMAT, "theorems": [_entry(theorem) for theorem in CATALOGUE]})
        return 0
    header = ("id", "domain", "mutants", "status", "source")
    rows = [(t.id, t.domain.id, str(len(all_mutants(t))), t.status, str(t.source)) for t in CATALOGUE]
    for line in aligned([header, *rows]):
        print(line)
    return 0


def _entry(theorem: Theorem) -> dict[str, Any]:
    return {
        "id": theorem.id,
        "title": theorem.title,
        "source": str(theorem.source),
        "status": theorem.status,
        "domain": theorem.domain.id,
        "mutants": len(all_mutants(theorem)),
    }
