"""Formats of the files that are read and written, from their JSON Schemas."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from reference_pages.markup import code, page, plain, prose, table
from refutable.verify import schemas

Schema = Mapping[str, Any]


def pages() -> dict[str, str]:
    """One page."""
    return {"reference/formats.md": page("File formats", _body())}


def _body() -> Iterator[str]:
    yield "Every document is JSON, names its format and version in `format`, and holds no code. The schemas are in the"
    yield "package: `refutable.verify.schemas.schema(NAME)`."
    for name in schemas.names():
        schema = schemas.schema(name)
        yield f"\n## {name}\n"
        said = [schema.get("title", ""), schema.get("description", "")]
        yield "\n\n".join(prose(text) for text in said if text) + "\n"
        yield from table(("key", "is", "must be there", "meaning"), _rows(schema))


def _rows(schema: Schema) -> Iterator[tuple[str, str, str, str]]:
    required = schema.get("required", ())
    for key, one in schema.get("properties", {}).items():
        found = _found(one, schema)
        meaning = prose(found.get("description", ""))
        yield code(key), _kind(found, schema), "yes" if key in required else "no", meaning


def _found(one: Schema, schema: Schema) -> Schema:
    """What a reference inside the document points at, its own description first."""
    reference = one.get("$ref", "")
    if not reference.startswith("#/"):
        return one
    found: Any = schema
    for step in reference.removeprefix("#/").split("/"):
        found = found[step]
    return {**found, **{key: value for key, value in one.items() if key != "$ref"}}


def _kind(one: Schema, schema: Schema) -> str:
    """What a value is: a constant, a choice, a type with the keys that are inside."""
    if "const" in one:
        return code(f'"{one["const"]}"')
    if "enum" in one:
        return ", ".join(code(f'"{value}"' if isinstance(value, str) else str(value)) for value in one["enum"])
    for several in ("oneOf", "anyOf"):
        if several in one:
            return " or ".join(dict.fromkeys(_kind(_found(part, schema), schema) for part in one[several]))
    kind = one.get("type", "")
    said = plain(" or ".join(kind) if isinstance(kind, list) else kind)
    inside = _found(one.get("items") or {}, schema) if "array" in said else one
    keys = ", ".join(code(key) for key in inside.get("properties", {}))
    return f"{said} of {keys}" if keys else said
