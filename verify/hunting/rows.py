"""Float rows and exact instances: one made from the other."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from refutable.theorems.domains.domain import Domain
from refutable.theorems.instances import Instance, InstanceError
from refutable.verify.hunting.objective import Rows, rows_in


def is_float(value: Any) -> bool:
    """Whether a field varies from row to row: a float tensor, or a list of them."""
    parts = value if isinstance(value, tuple | list) else (value,)
    return bool(parts) and all(isinstance(p, Tensor) and p.is_floating_point() and p.ndim > 0 for p in parts)


def instance_at(domain: Domain, numbers: Rows, row: int) -> Instance | None:
    """One row as an exact instance, its floats taken as the rationals they are; None where it makes no sense."""
    raw = {name: _at(value, row) if is_float(value) else value for name, value in numbers.items()}
    try:
        return domain.instance(**raw)
    except InstanceError:
        return None


def _at(value: Any, row: int) -> Any:
    if isinstance(value, tuple | list):
        return [part[row].tolist() for part in value]
    return value[row].tolist()


def form(instance: Instance) -> tuple[Any, ...]:
    """What instances must share to be rows of one batch: shapes of the numbers, everything that is no number."""
    return tuple((name, *_form(value)) for name, value in sorted(instance.values.items()))


def _form(value: Any) -> tuple[Any, ...]:
    if isinstance(value, np.ndarray):
        return ("array", value.shape)
    if isinstance(value, tuple):
        return ("arrays", tuple(part.shape for part in value))
    if value is None or isinstance(value, int | frozenset):
        return ("same", value)
    return ("number",)


def batch_of(instances: Sequence[Instance], device: str = "cpu") -> Rows:
    """Instances of one form as float rows (rounded)."""
    rows: Rows = {}
    for name, value in instances[0].values.items():
        kind = _form(value)[0]
        values = [one[name] for one in instances]
        if kind == "arrays":
            rows[name] = tuple(_tensor([v[i] for v in values], device) for i in range(len(value)))
        elif kind == "same":
            rows[name] = value
        else:
            rows[name] = _tensor(values, device)
    return rows


def _tensor(values: Sequence[Any], device: str) -> Tensor:
    floats = np.vectorize(_float, otypes=[np.float64])(np.array([np.asarray(v, dtype=object) for v in values]))
    return torch.as_tensor(floats, dtype=torch.float64, device=device)


def _float(value: Any) -> float:
    """The nearest float; infinite beyond all floats: such rows score as hopeless."""
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def take(numbers: Rows, index: Any) -> Rows:
    """Some rows of a batch; what all rows share stays."""
    return mapped(numbers, lambda t: t[index])


def repeated(numbers: Rows, count: int) -> Rows:
    """Every row ``count`` times, one after the other."""
    index = torch.arange(rows_in(numbers)).repeat_interleave(count)
    return take(numbers, index)


def detached(numbers: Rows) -> Rows:
    """Copies that carry no gradient."""
    return mapped(numbers, lambda t: t.detach().clone())


def blended(mask: Tensor, new: Rows, old: Rows) -> Rows:
    """Rows of ``new`` where ``mask`` [B] is true, of ``old`` elsewhere."""
    return {
        name: _map2(value, old[name], mask) if is_float(value) and is_float(old.get(name)) else value
        for name, value in new.items()
    }


def mapped(numbers: Rows, change: Callable[[Tensor], Tensor]) -> Rows:
    """The batch with every float field changed."""
    return {name: _map(value, change) for name, value in numbers.items()}


def _map(value: Any, change: Any) -> Any:
    if not is_float(value):
        return value
    return tuple(change(part) for part in value) if isinstance(value, tuple | list) else change(value)


def _map2(new: Any, old: Any, mask: Tensor) -> Any:
    if isinstance(new, tuple | list):
        return tuple(_choose(mask, a, b) for a, b in zip(new, old, strict=True))
    return _choose(mask, new, old)


def _choose(mask: Tensor, new: Tensor, old: Tensor) -> Tensor:
    return torch.where(mask.reshape(-1, *(1,) * (new.ndim - 1)), new, old)
