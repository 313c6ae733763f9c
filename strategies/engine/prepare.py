"""Arguments of a training run as a checked problem and a state of its own."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from refutable.strategies.engine.arguments import (
    device_of,
    momentum_of,
    networks_of,
    real_tensor,
    step_sizes,
    stream_numbers,
    whole_number,
)
from refutable.strategies.engine.problem import Problem, State
from refutable.strategies.training.closed_form import Networks


class Data(NamedTuple):
    """What networks are trained on, float64."""

    x: Tensor
    """Inputs ``[B, n, d]``, or ``[n, d]`` for all networks."""
    y: Tensor
    """Labels ``[B, n]``, or ``[n]`` for all networks."""


def prepared(
    batch: Networks | State,
    data: Data,
    step_size: float | Tensor,
    batch_size: int | None,
    delay: int,
    momentum: float,
    seed: int,
    streams: Tensor | None,
    device: str | torch.device | None,
) -> tuple[Problem, State]:
    """The problem, and a state of its own to train, both checked.

    Raises:
        ValueError: what does not fit, is no number, or is not there; see `train`.
    """
    batch = batch if isinstance(batch, State) else networks_of(batch)
    networks = batch.networks if isinstance(batch, State) else batch
    where = networks.b2.device if device is None else device_of(device)
    x, y = _data(data, networks, batch.base if isinstance(batch, State) else None)
    count = len(networks.b2)
    if batch_size is not None:
        batch_size = _batch_size(batch_size, x.shape[1])
    delay, seed = whole_number("delay", delay, 0), whole_number("seed", seed, 0, 2**63 - 1)
    momentum = momentum_of(momentum)
    eta, numbers = step_sizes(step_size, count), stream_numbers(streams, count)
    x, y, eta, numbers = (part.to(where).contiguous() for part in (x, y, eta, numbers))
    return Problem(x, y, eta, batch_size, delay, momentum, seed, numbers), _state(batch, delay, momentum, where)


def _state(batch: Networks | State, delay: int, momentum: float, where: torch.device) -> State:
    """A copy of the state, or a first one."""
    if isinstance(batch, State):
        if (batch.velocity is None) != (momentum == 0) or (batch.history is None) != (delay == 0):
            raise ValueError("the state was made with another momentum or delay; go on with the same")
        if batch.history is not None and batch.history.b2.shape[1] != delay:
            raise ValueError(f"the state was made with delay {batch.history.b2.shape[1]}, not {delay}")
        _check_state(batch, delay)
        own = [_copied(part, where) for part in (batch.networks, batch.velocity, batch.history)]
        w1, b1, w2, b2 = own[0] or batch.networks
        steps, largest = batch.steps.to(where, copy=True), batch.largest_loss.to(where, torch.float64, copy=True)
        base = None if batch.base is None else batch.base.to(where)
        return State(w1, b1, w2, b2, steps.contiguous(), largest.contiguous(), own[1], own[2], base, batch.data)
    now = _copied(batch, where)
    assert now is not None
    count = len(now.b2)
    velocity = Networks(*(torch.zeros_like(part) for part in now)) if momentum else None
    history = None
    if delay:
        history = Networks(*(p.unsqueeze(1).repeat(1, delay, *(1,) * (p.dim() - 1)) for p in now))
    steps = torch.zeros(count, dtype=torch.int64, device=where)
    return State(*now, steps, torch.zeros(count, dtype=torch.float64, device=where), velocity, history)


def _check_state(state: State, delay: int) -> None:
    """Every array of a state fits the networks in it: the kernels trust the shapes."""
    shapes = [list(part.shape) for part in state.networks]
    count, k = len(state.b2), state.w2.shape[-1]
    asked = {"steps": (state.steps, [count]), "largest_loss": (state.largest_loss, [count])}
    if state.base is not None:
        asked["base"] = (state.base, [count, k, state.base.shape[-1]])
    for past, lead in (("velocity", []), ("history", [delay])):
        networks: Networks | None = getattr(state, past)
        for name, part, shape in zip(Networks._fields, networks or (), shapes, strict=False):
            asked[f"{past}.{name}"] = (part, [*shape[:1], *lead, *shape[1:]])
    for name, (part, shape) in asked.items():
        if list(part.shape) != shape:
            raise ValueError(f"the state's {name} must be {shape}, not {list(part.shape)}")
    if state.steps.dtype != torch.int64 or bool((state.steps < 0).any()):
        raise ValueError("the state's steps must be whole numbers >= 0 (int64)")


def _copied(networks: Networks | None, where: torch.device) -> Networks | None:
    if networks is None:
        return None
    return Networks(*(p.detach().to(where, torch.float64, copy=True).contiguous() for p in networks))


def _data(data: Data, networks: Networks, base: Tensor | None) -> tuple[Tensor, Tensor]:
    """Inputs ``[B or 1, n, d]`` and labels ``[B or 1, n]``, checked against the networks."""
    if len(data) != 2:
        raise ValueError(f"data must be inputs and labels, not {len(data)} things")
    x, y = real_tensor("inputs", data[0]).to(torch.float64), real_tensor("labels", data[1]).to(torch.float64)
    x = x.unsqueeze(0) if x.dim() == 2 else x
    y = y.unsqueeze(0) if y.dim() == 1 else y
    count, d = len(networks.b2), (networks.w1 if base is None else base).shape[-1]
    if x.dim() != 3 or x.shape[0] not in (1, count) or x.shape[2] != d or 0 in x.shape:
        raise ValueError(f"inputs must be [n, {d}] or [{count}, n, {d}] with n >= 1, got {list(x.shape)}")
    if y.dim() != 2 or y.shape[0] not in (1, count) or y.shape[1] != x.shape[1]:
        raise ValueError(f"labels must be [{x.shape[1]}] or [{count}, {x.shape[1]}], got {list(y.shape)}")
    if not (torch.isfinite(x).all() and torch.isfinite(y).all()):
        raise ValueError("the data hold NaN or infinite numbers; remove those rows")
    return x, y


def _batch_size(asked: int, n: int) -> int:
    try:
        return whole_number("batch_size", asked, 1, n)
    except ValueError:
        raise ValueError(f"batch_size must be from 1 to the {n} data, a whole number, not {asked!r}") from None
