"""The free numbers of an instance as one vector, in units of each field's own scale."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from refutable.theorems.domains.domain import Domain
from refutable.theorems.instances import Instance, InstanceError
from refutable.verify.hunting.objective import Rows
from refutable.verify.hunting.rows import batch_of, is_float, mapped

SMALLEST_SCALE = 1e-2
BITS = 24
"""Binary digits after the point that exact instances are rounded to, relative to the scale."""


class Encoding:
    """Vectors around an instance; the origin is the instance itself.

    Args:
        fixed: fields that stay as they are.
    """

    def __init__(self, domain: Domain, instance: Instance, fixed: frozenset[str] = frozenset()) -> None:
        self.domain, self.instance = domain, instance
        self._base = batch_of([instance])
        self._positive = {f.name for f in domain.fields if f.positive}
        self._names = [n for n, v in self._base.items() if is_float(v) and n not in fixed]
        self.length = sum(int(p[0].numel()) for n in self._names for p in _parts(self._base[n]))

    def rows(self, vectors: Sequence[Any]) -> Rows:
        """Vectors [B, length] as float rows."""
        block = torch.as_tensor(np.asarray(vectors), dtype=torch.float64)
        rows = mapped(self._base, lambda t: t.expand(len(block), *t.shape[1:]))
        at = 0
        for name in self._names:
            moved = []
            for part in _parts(self._base[name]):
                size = int(part[0].numel())
                change = block[:, at : at + size].reshape(len(block), *part.shape[1:])
                moved.append(_moved(part, change, name in self._positive))
                at += size
            rows[name] = tuple(moved) if isinstance(self._base[name], tuple | list) else moved[0]
        return rows

    def instance_of(self, vector: Any) -> Instance | None:
        """A vector as an exact instance with few binary digits; None where it makes no sense."""
        rows = self.rows([vector])
        raw = {n: _rounded(v) if n in self._names else self.instance[n] for n, v in rows.items()}
        try:
            return self.domain.instance(**raw)
        except InstanceError:
            return None


def _parts(value: Any) -> list[torch.Tensor]:
    return list(value) if isinstance(value, tuple | list) else [value]


def _moved(part: torch.Tensor, change: torch.Tensor, positive: bool) -> torch.Tensor:
    if positive:
        return part * torch.exp(change.clamp(-30, 30))
    scale = part.square().mean().sqrt().clamp(min=SMALLEST_SCALE)
    return part + scale * change


def _rounded(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_rounded(part) for part in value]
    exponent = torch.floor(torch.log2(value.abs().amax().clamp(min=2.0**-200)))
    unit = 2.0 ** (float(exponent) - BITS)
    return (torch.round(value[0] / unit) * unit).tolist()
