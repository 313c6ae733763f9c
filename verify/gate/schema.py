"""The JSON Schema of claims files, for editors: made from the specification and kept in claims.schema.json."""

from __future__ import annotations

import json
import sys
from importlib.resources import files
from typing import Any

from refutable.verify.gate.specification import DEFAULTS, EVIDENCE, NETWORK, Key, Table, claim_table, top_table

DIALECT = "https://json-schema.org/draft/2020-12/schema"
FILE = "claims.schema.json"
HINT = (
    "What a repository claims, for `refutable gate`. Editors that know TOML schemas (taplo, Even Better TOML) use this "
    "one when the file's first line is the comment `#:schema PATH-OR-ADDRESS-OF-THIS-FILE`."
)


def schema() -> dict[str, Any]:
    """The schema of a claims.toml, draft 2020-12; of [tool.refutable] it is that without ``format``."""
    whole = _table(top_table())
    whole["properties"]["defaults"] = _table(DEFAULTS)
    whole["properties"]["network"] = {"type": "array", "items": _table(NETWORK), "description": NETWORK.meaning}
    claims = _table(claim_table())
    whole["properties"]["claim"] = {
        "type": "array",
        "minItems": 1,
        "items": claims | _rules(),
        "description": claim_table().meaning,
    }
    return {"$schema": DIALECT, "title": "Claims of a repository", **whole, "description": HINT}


def shipped() -> dict[str, Any]:
    """The schema as it ships with the package."""
    found: dict[str, Any] = json.loads(files(__package__).joinpath(FILE).read_text("utf-8"))
    return found


def text() -> str:
    """The schema as the file has it."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


def _table(table: Table) -> dict[str, Any]:
    return {
        "type": "object",
        "description": table.meaning,
        "properties": {key.name: _key(key) for key in table.keys},
        "required": [key.name for key in table.keys if key.required],
        "additionalProperties": False,
    }


def _key(key: Key) -> dict[str, Any]:
    if key.name == "evidence":
        return _table(EVIDENCE) | {"description": key.meaning}
    default = f" Default: {key.default}." if key.default else ""
    described = {"description": f"{key.meaning[:1].upper()}{key.meaning[1:]}.{default}"}
    examples = {"examples": list(key.examples)} if key.examples else {}
    return {**key.kind.schema, **key.schema, **described, **examples}


def _rules() -> dict[str, Any]:
    """What goes with what in a claim."""
    return {
        "oneOf": [{"required": [name]} for name in claim_table().one_of],
        "dependentRequired": {"constants": ["theorem"], "domain": ["expression"], "assumes": ["expression"]},
        "if": {"required": ["status"], "properties": {"status": {"const": "refuted"}}},
        "then": {"required": ["reason"], "properties": {"tightness": False, "mutants": False}},
    }


if __name__ == "__main__":
    sys.stdout.write(text())
