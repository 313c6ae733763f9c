"""Small random training problems for the tests of a backend."""

from __future__ import annotations

import copy

import pytest
import torch

from refutable.strategies.engine.native import NATIVE
from refutable.strategies.engine.problem import Problem, State
from refutable.strategies.training.closed_form import Networks


def drawn(
    networks: int,
    inputs: int,
    neurons: int,
    samples: int,
    batch_size: int | None = None,
    delay: int = 0,
    momentum: float = 0.0,
    shared: bool = False,
) -> tuple[Problem, State]:
    """Networks that have taken no step, each with a step size of its own."""
    source = torch.Generator().manual_seed(1000 * inputs + 10 * neurons + samples)

    def uniform(*shape: int) -> torch.Tensor:
        return 2 * torch.rand(*shape, generator=source, dtype=torch.float64) - 1

    sets = 1 if shared else networks
    x, y = uniform(sets, samples, inputs), uniform(sets, samples)
    scale = neurons**-0.5
    now = Networks(uniform(networks, neurons, inputs), uniform(networks, neurons), uniform(networks, neurons) * scale,
                   uniform(networks))  # fmt: skip
    velocity = Networks(*(torch.zeros_like(part) for part in now)) if momentum else None
    history = None
    if delay:
        history = Networks(*(p.unsqueeze(1).repeat(1, delay, *(1,) * (p.dim() - 1)) for p in now))
    steps = torch.zeros(networks, dtype=torch.int64)
    state = State(*now, steps, torch.zeros(networks, dtype=torch.float64), velocity, history)
    step_size = torch.linspace(0.03, 0.1, networks, dtype=torch.float64) / inputs**0.5
    return Problem(x, y, step_size, batch_size, delay, momentum, 7, torch.arange(3, 3 + networks)), state


def same(state: State) -> State:
    """A copy that shares nothing."""
    return copy.deepcopy(state)


def native_is_missing() -> bool:
    """Whether this machine has no compiler."""
    return NATIVE.missing(*drawn(1, 1, 1, 1)) is not None


needs_native = pytest.mark.skipif(native_is_missing(), reason="there is no C compiler here")
