"""Arguments of the engine's functions as tensors and numbers; what makes no sense is refused in words."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from numbers import Real
from typing import Any

import numpy as np
import torch
from torch import Tensor

from refutable.strategies.training.closed_form import Networks


def device_kind(device: str) -> str:
    """``cpu`` or ``cuda``; ``auto`` is ``cuda`` where a device is present.

    Raises:
        ValueError: for any other name, or for ``cuda`` where there is none.
    """
    if device not in ("auto", "cpu", "cuda"):
        raise ValueError(f"device must be 'auto', 'cpu' or 'cuda', not {device!r}")
    present = device != "cpu" and torch.cuda.is_available()
    if device == "cuda" and not present:
        raise ValueError("device 'cuda' was asked for, but torch sees no CUDA device; use 'auto' or 'cpu'")
    return "cuda" if present else "cpu"


def device_of(device: str | torch.device) -> torch.device:
    """A name as in `device_kind`, one with a number such as ``cuda:1``, or a device of torch.

    Raises:
        ValueError: there is no such device here, or it is of another kind.
    """
    if isinstance(device, str) and ":" not in device:
        return torch.device(device_kind(device))
    try:
        found = torch.device(device)
    except (RuntimeError, TypeError):
        raise ValueError(f"device must be 'auto', 'cpu', 'cuda' or such as 'cuda:1', not {device!r}") from None
    device_kind(found.type)
    if found.type == "cuda" and found.index is not None and found.index >= torch.cuda.device_count():
        raise ValueError(f"device '{found}' was asked for, but torch sees {torch.cuda.device_count()} CUDA devices")
    return found


def whole_number(name: str, value: Any, least: int, most: int | None = None) -> int:
    """An integer of any type (no bool, no float) in the range given.

    Raises:
        ValueError: it is none.
    """
    span = f"a whole number >= {least}" if most is None else f"a whole number from {least} to {most}"
    try:
        found = None if isinstance(value, bool) else operator.index(value)
    except TypeError:
        found = None
    if found is None or found < least or (most is not None and found > most):
        raise ValueError(f"{name} must be {span}, not {value!r}")
    return found


def momentum_of(value: Any) -> float:
    """The momentum, in [0, 1).

    Raises:
        ValueError: it is no such number.
    """
    if not isinstance(value, Real) or isinstance(value, bool) or not 0 <= float(value) < 1:
        raise ValueError(f"momentum must be at least 0 and less than 1, not {value!r}")
    return float(value)


def real_tensor(name: str, values: Any) -> Tensor:
    """Real numbers in a tensor, a numpy array, nested lists, or one number; floats as they are, the rest float64.

    Raises:
        ValueError: they are no real numbers.
    """
    if isinstance(values, Tensor) and values.is_floating_point():
        return values
    try:
        found = _tensor(values)
    except (TypeError, ValueError, RuntimeError, OverflowError) as problem:
        raise ValueError(f"{name} must be numbers in a tensor or an array, not {_shown(values)} ({problem})") from None
    if found.is_complex() or found.dtype is torch.bool:
        raise ValueError(f"{name} must be real numbers, not {found.dtype}")
    return found if found.is_floating_point() else found.to(torch.float64)


def _tensor(values: Any) -> Tensor:
    if isinstance(values, Tensor):
        return values
    if isinstance(values, Real) and not isinstance(values, bool):
        return torch.tensor(float(values), dtype=torch.float64)
    if not isinstance(values, np.ndarray) and _of_tensors(values):
        return torch.stack([_tensor(value) for value in values])
    return torch.from_numpy(np.array(values, order="C"))  # lists become float64, which torch would round to float32


def _of_tensors(values: Any) -> bool:
    return isinstance(values, list | tuple) and any(isinstance(value, Tensor) for value in values)


def networks_of(networks: Networks | Sequence[Any]) -> Networks:
    """Networks w1 ``[B, k, d]``, b1 ``[B, k]``, w2 ``[B, k]``, b2 ``[B]`` as tensors; arrays are converted.

    Raises:
        ValueError: shapes that do not fit, no network, or no neuron.
    """
    if not isinstance(networks, tuple | list) or len(networks) != len(Networks._fields):
        raise ValueError(f"networks must be w1 [B, k, d], b1 [B, k], w2 [B, k], b2 [B], not {_shown(networks)}")
    found = Networks(*(real_tensor(name, part) for name, part in zip(Networks._fields, networks, strict=True)))
    w1, b1, w2, b2 = found
    if w1.dim() != 3 or b1.shape != w1.shape[:2] or w2.shape != w1.shape[:2] or b2.shape != w1.shape[:1]:
        shapes = ", ".join(f"{name} {list(part.shape)}" for name, part in found._asdict().items())
        raise ValueError(f"networks must be w1 [B, k, d], b1 [B, k], w2 [B, k], b2 [B]; got {shapes}")
    if 0 in w1.shape:
        count, k, d = w1.shape
        raise ValueError(f"there must be a network, a neuron and an input at least, not B = {count}, k = {k}, d = {d}")
    return found


def step_sizes(values: Any, count: int) -> Tensor:
    """Step sizes ``[count]``, float64, of one for all or one for each.

    Raises:
        ValueError: they are not positive, or not so many.
    """
    found = real_tensor("step_size", values).to(torch.float64)
    if found.shape not in ((), (1,), (count,)):
        raise ValueError(f"step_size must be one number, or [{count}], one for each network, not {list(found.shape)}")
    if not bool((torch.isfinite(found) & (found > 0)).all()):
        raise ValueError("step_size must be positive and finite")
    return found.expand(count).contiguous()


def stream_numbers(values: Any, count: int) -> Tensor:
    """Numbers ``[count]`` of networks in the batch generator, int64; None: 0, 1, 2, ...

    Raises:
        ValueError: they are no whole numbers from 0 to 2^32 - 1, or not so many.
    """
    if values is None:
        return torch.arange(count)
    try:
        found = _tensor(values)
    except (TypeError, ValueError, RuntimeError, OverflowError):
        found = torch.empty(0)
    whole = not (found.is_floating_point() or found.is_complex() or found.dtype is torch.bool)
    found = found.to(torch.int64)
    if not whole or found.shape != (count,) or bool(((found < 0) | (found >= 2**32)).any()):
        raise ValueError(f"streams must be {count} whole numbers from 0 to 2^32 - 1, not {_shown(values)}")
    return found


def _shown(values: Any) -> str:
    """A few words on a value, however large."""
    kind = type(values).__name__
    return f"{kind} {list(values.shape)} of {values.dtype}" if hasattr(values, "shape") else f"{values!r:.60}"
