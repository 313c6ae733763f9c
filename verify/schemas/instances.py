"""The schema of instance documents, built from the fields of every domain; a test keeps the shipped file in step."""

from __future__ import annotations

from typing import Any

from refutable.theorems.catalogue import DOMAINS
from refutable.theorems.domains.domain import Domain
from refutable.theorems.instances import FORMAT, Field

Schema = dict[str, Any]
DRAFT = "https://json-schema.org/draft/2020-12/schema"
QUOTIENT, DECIMAL = r"[+-]?[0-9]+(/[0-9]+)?", r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?"
NUMBER: Schema = {
    "description": 'an exact number: an integer, "p/q", "0.125", "1e-30", or a float (its exact binary value)',
    "anyOf": [{"type": "number"}, {"type": "string", "pattern": rf"^\s*({QUOTIENT}|{DECIMAL})\s*$"}],
}


def instance_schema() -> Schema:
    """The schema of refutable-instance/1: the model says which fields there are."""
    models = sorted(DOMAINS)
    return {
        "$schema": DRAFT,
        "$id": "instance.schema.json",
        "title": "An instance: what theorems are decided on",
        "type": "object",
        "required": ["format", "model"],
        "properties": {"format": {"const": FORMAT}, "model": {"enum": models}},
        "allOf": [{"if": {"properties": {"model": {"const": id}}}, "then": {"$ref": f"#/$defs/{id}"}} for id in models],
        "$defs": {"number": NUMBER} | {id: _model(DOMAINS[id]) for id in models},
    }


def _model(domain: Domain) -> Schema:
    whole = _empty(domain.title)
    whole["properties"] |= {"format": True, "model": True}
    for field in domain.fields:
        node = whole
        for part in field.path[:-1]:
            inner = node["properties"].setdefault(part, _empty())
            _require(node, part, field)
            node = inner
        node["properties"][field.path[-1]] = _field(field)
        _require(node, field.path[-1], field)
    return whole


def _empty(title: str = "") -> Schema:
    described = {"description": title} if title else {}
    return {**described, "type": "object", "required": [], "properties": {}, "additionalProperties": False}


def _require(node: Schema, part: str, field: Field) -> None:
    if not field.optional and part not in node["required"]:
        node["required"].append(part)


def _field(field: Field) -> Schema:
    value = _value(field)
    described = {"description": field.meaning} if field.meaning else {}
    return {**described, "anyOf": [value, {"type": "null"}]} if field.optional else {**described, **value}


def _value(field: Field) -> Schema:
    if field.kind == "integer":
        return {"type": "integer"} | ({} if field.minimum is None else {"minimum": field.minimum})
    if field.kind == "words":
        return {"type": "array", "items": {"enum": list(field.vocabulary)}}
    if field.kind == "matrices":
        return _array(3)
    return _array(len(field.shape))


def _array(depth: int) -> Schema:
    if depth == 0:
        return {"$ref": "#/$defs/number"}
    return {"type": "array", "minItems": 1, "items": _array(depth - 1)}
