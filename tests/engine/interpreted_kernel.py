"""Run under TRITON_INTERPRET=1 by `test_cuda_kernel`: the CUDA kernel on the CPU beside the reference; prints JSON."""

from __future__ import annotations

import json
from typing import Any
from unittest.mock import patch

import torch
from torch import Tensor

from refutable.strategies.engine.cuda import backend
from refutable.strategies.engine.train import Data, Run, train
from refutable.strategies.training.closed_form import Networks

STEPS = 50
CASES: dict[str, dict[str, Any]] = {
    "descent": {"d": 1, "k": 5, "n": 7},
    "descent with tensor cores": {"d": 19, "k": 9, "n": 12},
    "sgd": {"d": 2, "k": 5, "n": 6, "shared": True, "batch_size": 2, "seed": 2**40 + 3},
    "sgd of more than 64 data": {"d": 1, "k": 3, "n": 70, "batch_size": 6, "seed": 2**63 - 1},
    "momentum": {"d": 10, "k": 6, "n": 9, "shared": True, "momentum": 0.7},
    "delay": {"d": 3, "k": 5, "n": 5, "delay": 3},
    "everything": {"d": 9, "k": 4, "n": 6, "batch_size": 3, "seed": 5, "delay": 2, "momentum": 0.5},
    "one neuron, one datum": {"d": 1, "k": 1, "n": 1},
}


def drawn(d: int, k: int, n: int, shared: bool = False) -> tuple[Networks, Data]:
    """Two networks and their data."""
    draw = torch.Generator().manual_seed(d + k + n)

    def normal(*shape: int) -> Tensor:
        return torch.randn(*shape, generator=draw, dtype=torch.float64)

    lead = () if shared else (2,)
    networks = Networks(normal(2, k, d) / d**0.5, normal(2, k), normal(2, k) / k, normal(2))
    return networks, Data(normal(*lead, n, d), normal(*lead, n))


def distance(left: Run, right: Run) -> float:
    """Largest difference of a parameter, relative where it is more than 1; infinite where one is not finite."""
    worst = 0.0
    for a, b in zip(left.networks, right.networks, strict=True):
        gap = ((a - b).abs() / b.abs().clamp_min(1)).max()
        worst = max(worst, float(gap) if torch.isfinite(gap) else float("inf"))
    return worst


def case(d: int, k: int, n: int, shared: bool = False, steps: int = STEPS, **rule: Any) -> dict[str, Any]:
    """How far the kernel and the reference are apart; and a run in two parts from one in one."""
    networks, data = drawn(d, k, n, shared)
    eta = torch.tensor([0.01, 0.03], dtype=torch.float64)
    asked: dict[str, Any] = {"step_size": eta, "reduce": False, **rule}
    found = train(networks, data, steps=steps, backend="triton", **asked)
    expected = train(networks, data, steps=steps, backend="reference", **asked)
    return {
        "backend": found.backend,
        "steps": found.state.steps.tolist(),
        "distance": distance(found, expected),
        "moved": float((found.networks.b2 - networks.b2).abs().min()),
        "largest": float((found.largest_loss / expected.largest_loss - 1).abs().max()),
    }


def resumed() -> float:
    """A run that goes on from networks at different steps, as after an interruption, beside one that was not."""
    networks, data = drawn(9, 4, 6)
    asked: dict[str, Any] = {"step_size": 0.03, "batch_size": 3, "delay": 2, "momentum": 0.5}
    early = train(networks, data, steps=4, backend="reference", **asked).state
    late = train(networks, data, steps=9, backend="triton", **asked).state
    assert early.velocity is not None
    assert late.velocity is not None
    assert early.history is not None
    assert late.history is not None
    pairs = zip(
        (*early.networks, *early.velocity, *early.history, early.steps, early.largest_loss),
        (*late.networks, *late.velocity, *late.history, late.steps, late.largest_loss),
        strict=True,
    )
    for ours, theirs in pairs:
        ours[1] = theirs[1]
    rest = train(early, data, steps=16, backend="triton", **asked)
    return distance(rest, train(networks, data, steps=16, backend="reference", **asked))


def explosion() -> dict[str, Any]:
    """One of two networks diverges; the other, trained alone."""
    networks, data = drawn(1, 4, 5)
    eta = torch.tensor([0.05, 1e6], dtype=torch.float64)
    run = train(networks, data, eta, 24, backend="triton")
    alone = train(Networks(*(p[:1] for p in networks)), Data(*(p[:1] for p in data)), 0.05, 24, backend="triton")
    same = all(torch.equal(a[:1], b) for a, b in zip(run.networks, alone.networks, strict=True))
    return {"finite": run.finite.tolist(), "loss": torch.isfinite(run.largest_loss).tolist(), "same": same}


def padded() -> dict[str, Any]:
    """The cases that take the tensor cores, laid out for a Triton that multiplies no small blocks."""
    with patch.object(backend, "least_inner", lambda: 16):
        return {name: case(**asked) for name, asked in CASES.items() if asked["d"] > 2}


if __name__ == "__main__":
    cases = {name: case(**asked) for name, asked in CASES.items()}
    print(json.dumps({"cases": cases, "padded": padded(), "resumed": resumed(), "explosion": explosion()}))
