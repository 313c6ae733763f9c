"""Arguments of a training run as a checked problem and a state of its own."""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor

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
        ValueError: what does not fit; see `train`.
    """
    networks = batch.networks if isinstance(batch, State) else batch
    where = torch.device(device) if device is not None else networks.b2.device
    x, y = _data(data, networks, batch.base if isinstance(batch, State) else None)
    count, n = len(networks.b2), x.shape[1]
    _check_rule(n, batch_size, delay, momentum, seed)
    eta = torch.as_tensor(step_size, dtype=torch.float64).expand(count).contiguous()
    if not (torch.isfinite(eta) & (eta > 0)).all():
        raise ValueError("step_size must be positive and finite")
    streams = torch.arange(count) if streams is None else streams.to(torch.int64)
    if streams.shape != (count,) or bool((streams < 0).any()) or bool((streams >= 2**32).any()):
        raise ValueError(f"streams must be {count} whole numbers from 0 to 2^32 - 1")
    x, y, eta, streams = (part.to(where).contiguous() for part in (x, y, eta, streams))
    problem = Problem(x, y, eta, batch_size, delay, float(momentum), seed, streams)
    return problem, _state(batch, delay, momentum, where)


def _state(batch: Networks | State, delay: int, momentum: float, where: torch.device) -> State:
    """A copy of the state, or a first one."""
    if isinstance(batch, State):
        if (batch.velocity is None) != (momentum == 0) or (batch.history is None) != (delay == 0):
            raise ValueError("the state was made with another momentum or delay; go on with the same")
        if batch.history is not None and batch.history.b2.shape[1] != delay:
            raise ValueError(f"the state was made with delay {batch.history.b2.shape[1]}, not {delay}")
        own = [_copied(part, where) for part in (batch.networks, batch.velocity, batch.history)]
        w1, b1, w2, b2 = own[0] or batch.networks
        base = None if batch.base is None else batch.base.to(where)
        return State(w1, b1, w2, b2, batch.steps.to(where, copy=True), batch.largest_loss.to(where, copy=True),
                     own[1], own[2], base)  # fmt: skip
    now = _copied(batch, where)
    assert now is not None
    count = len(now.b2)
    velocity = Networks(*(torch.zeros_like(part) for part in now)) if momentum else None
    history = None
    if delay:
        history = Networks(*(p.unsqueeze(1).repeat(1, delay, *(1,) * (p.dim() - 1)) for p in now))
    steps = torch.zeros(count, dtype=torch.int64, device=where)
    return State(*now, steps, torch.zeros(count, dtype=torch.float64, device=where), velocity, history)


def _copied(networks: Networks | None, where: torch.device) -> Networks | None:
    if networks is None:
        return None
    return Networks(*(p.detach().to(where, torch.float64, copy=True).contiguous() for p in networks))


def _data(data: Data, networks: Networks, base: Tensor | None) -> tuple[Tensor, Tensor]:
    """Inputs ``[B or 1, n, d]`` and labels ``[B or 1, n]``, checked against the networks."""
    x = torch.as_tensor(data[0], dtype=torch.float64)
    y = torch.as_tensor(data[1], dtype=torch.float64)
    x = x.unsqueeze(0) if x.dim() == 2 else x
    y = y.unsqueeze(0) if y.dim() == 1 else y
    count, k = networks.w2.shape
    d = (networks.w1 if base is None else base).shape[-1]
    if networks.w1.shape[:2] != (count, k) or networks.b1.shape != (count, k) or networks.b2.shape != (count,):
        raise ValueError(
            "networks must be w1 [B, k, d], b1 [B, k], w2 [B, k], b2 [B]; got "
            + ", ".join(f"{name} {list(part.shape)}" for name, part in networks._asdict().items())
        )
    if x.dim() != 3 or x.shape[0] not in (1, count) or x.shape[2] != d or 0 in x.shape or count == 0:
        raise ValueError(f"inputs must be [n, {d}] or [{count}, n, {d}] with n >= 1, got {list(x.shape)}")
    if y.dim() != 2 or y.shape[0] not in (1, count) or y.shape[1] != x.shape[1]:
        raise ValueError(f"labels must be [{x.shape[1]}] or [{count}, {x.shape[1]}], got {list(y.shape)}")
    if not (torch.isfinite(x).all() and torch.isfinite(y).all()):
        raise ValueError("the data hold NaN or infinite numbers; remove those rows")
    return x, y


def _check_rule(n: int, batch_size: int | None, delay: int, momentum: float, seed: int) -> None:
    if batch_size is not None and not 1 <= batch_size <= n:
        raise ValueError(f"batch_size must be from 1 to the {n} data, not {batch_size!r}")
    if not isinstance(delay, int) or delay < 0:
        raise ValueError(f"delay must be a whole number >= 0, not {delay!r}")
    if not (0 <= momentum < 1 and math.isfinite(momentum)):
        raise ValueError(f"momentum must be at least 0 and less than 1, not {momentum!r}")
    if not 0 <= seed < 2**63:
        raise ValueError(f"seed must be from 0 to 2^63 - 1, not {seed!r}")
