"""From and to ``torch.nn.Sequential(Linear, ReLU, Linear)``: exact, since float weights are exact rationals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from refutable.theorems.exact import to_float
from refutable.theorems.instances import Instance, InstanceError

if TYPE_CHECKING:
    import torch

WANTED = "torch.nn.Sequential(Linear(d, k), ReLU(), Linear(k, 1))"


def from_sequential(model: torch.nn.Module) -> dict[str, Any]:
    """Raw network fields (w1, b1, w2, b2, frozen) of a model; float32 weights are taken as they are.

    A layer without bias has that bias 0 and not trained; parameters with requires_grad=False are frozen too.

    Raises:
        InstanceError: the model has another shape, several outputs, or half-precision or complex weights.
    """
    first, last = _layers(model)
    frozen = {group for group, p in _groups(first, last).items() if p is None or not p.requires_grad}
    raw: dict[str, Any] = {
        "w1": _numbers(first.weight, "w1"),
        "b1": [0.0] * first.out_features if first.bias is None else _numbers(first.bias, "b1"),
        "w2": _numbers(last.weight[0], "w2"),
        "b2": None if last.bias is None else _numbers(last.bias, "b2")[0],
    }
    if last.bias is None:
        frozen.discard("b2")
    raw["frozen"] = sorted(frozen) or None
    return raw


def _layers(model: Any) -> tuple[Any, Any]:
    from torch import nn

    parts = list(model) if type(model) is nn.Sequential else []
    kinds = (nn.Linear, nn.ReLU, nn.Linear)
    if len(parts) != 3 or not all(type(p) is kind for p, kind in zip(parts, kinds, strict=True)):
        raise InstanceError(f"the model must be {WANTED}, got {type(model).__name__} of {_names(parts)}")
    for part in (model, *parts):
        if part._forward_hooks or part._forward_pre_hooks or "forward" in vars(part):
            raise InstanceError(f"the model must be a plain {WANTED}; {type(part).__name__} has hooks that change it")
    first, _, last = parts
    if last.out_features != 1:
        raise InstanceError(f"the theory is about scalar outputs; this model has {last.out_features} outputs")
    if first.out_features != last.in_features:
        raise InstanceError(f"layer sizes do not chain: {first.out_features} neurons, then {last.in_features}")
    return first, last


def _names(parts: list[Any]) -> str:
    return ", ".join(type(p).__name__ for p in parts) or "no parts"


def _groups(first: Any, last: Any) -> dict[str, Any]:
    return {"w1": first.weight, "b1": first.bias, "w2": last.weight, "b2": last.bias}


def _numbers(parameter: Any, where: str) -> Any:
    import torch

    if parameter.dtype not in (torch.float32, torch.float64):
        raise InstanceError(f"{where} is {parameter.dtype}; convert the model to float32 or float64")
    return parameter.detach().to("cpu", torch.float64).tolist()


def to_sequential(instance: Instance) -> torch.nn.Sequential:
    """The network as a float64 torch module (weights correctly rounded); frozen groups do not require gradients."""
    import torch

    k, d = instance["w1"].shape
    has_bias = instance["b2"] is not None
    model = torch.nn.Sequential(torch.nn.Linear(d, k), torch.nn.ReLU(), torch.nn.Linear(k, 1, bias=has_bias)).double()
    first, last = model[0], model[2]
    frozen = instance["frozen"] or frozenset()
    values = {"w1": instance["w1"], "b1": instance["b1"], "w2": instance["w2"][None, :]}
    if has_bias:
        values["b2"] = np.array([instance["b2"]], dtype=object)
    with torch.no_grad():
        for group, parameter in _groups(first, last).items():
            if parameter is not None:
                parameter.copy_(torch.tensor(floats(values[group]), dtype=torch.float64))
                parameter.requires_grad_(group not in frozen)
    return model


def floats(array: Any) -> Any:
    """Object array of rationals as a float64 array, each correctly rounded."""
    return np.vectorize(to_float, otypes=[np.float64])(array)
