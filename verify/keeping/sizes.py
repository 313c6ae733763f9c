"""The size of an instance: what the frontier keeps apart."""

from __future__ import annotations

from typing import Any

import numpy as np

from refutable.theorems.domains.domain import Domain
from refutable.theorems.instances import Field, Instance


def sizes(domain: Domain, instance: Instance) -> dict[str, int]:
    """Dimensions by name (neurons k, data n, inputs d), integer fields that are always given, numbers of matrices."""
    found: dict[str, int] = {}
    for field in domain.fields:
        found |= _of_field(field, instance[field.name])
    return found


def _of_field(field: Field, value: Any) -> dict[str, int]:
    if value is None:
        return {}
    if field.kind == "integer":  # one that may be left out, such as a batch size, is a setting and no size
        return {} if field.optional else {field.name: int(value)}
    if field.kind == "matrices":
        return {field.name: len(value)}
    return dict(zip(field.shape, np.shape(value), strict=True)) if field.shape else {}
