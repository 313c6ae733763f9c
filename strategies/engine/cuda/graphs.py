"""The competitor: the batched closed form of torch, its steps captured once in a CUDA graph and replayed.

This is what the persistent kernel must beat: Python launches nothing any more, but every step still writes the
preactivations, masks and gradients of all networks to device memory.
"""

from __future__ import annotations

import torch
from torch import Tensor

from refutable.strategies.engine.problem import Control, Problem, State
from refutable.strategies.training.closed_form import Networks, gradient

UNROLLED = 20
"""Steps in the captured graph."""
LOOK = 50
"""Replays between two looks at `Control.stop`."""


class GraphBackend:
    """Full-batch gradient descent by replays of one CUDA graph; for measurement only."""

    name = "cuda-graph"

    def missing(self, problem: Problem, state: State) -> str | None:
        """Why it cannot do it here: no GPU, or a rule it does not know; None if it can."""
        if problem.x.device.type != "cuda":
            return f"the networks are on the device {problem.x.device}, and CUDA graphs need an NVIDIA GPU"
        if problem.stochastic or problem.delay or problem.momentum:
            return "only full-batch gradient descent without delay and momentum is captured in a graph"
        if bool((state.steps != state.steps[0]).any()):
            return "all networks must stand at the same step"
        return None

    def advance(self, problem: Problem, state: State, until: int, control: Control) -> None:
        """Take the steps; see `problem.Backend`."""
        left, done, count = until - int(state.steps[0]), 0, len(state.b2)
        if left <= 0:
            return
        work = _Steps(problem, state)
        graph = _captured(work) if left >= UNROLLED else None
        while left > 0 and not control.stop.is_set():
            if graph is not None and left >= UNROLLED:
                replays = min(LOOK, left // UNROLLED)
                for _ in range(replays):
                    graph.replay()
                taken = replays * UNROLLED
            else:
                work.step()
                taken = 1
            left, done = left - taken, done + taken
            torch.cuda.synchronize(problem.x.device)
            if control.progress is not None:
                control.progress(done * count)
        state.steps += done


class _Steps:
    """One step of the batched closed form on tensors that stay where they are, as a graph needs."""

    def __init__(self, problem: Problem, state: State) -> None:
        count = len(state.b2)
        self.x = problem.x.expand(count, *problem.x.shape[1:])
        self.y = problem.y.expand(count, -1)
        self.rates = [-problem.step_size.reshape(-1, *(1,) * (part.dim() - 1)) for part in state.networks]
        self.state = state

    @torch.no_grad()
    def step(self) -> None:
        """Change the state by one step, in place."""
        slope, residuals = gradient(self.state.networks, self.x, self.y, 1 / self.x.shape[1])
        self._loss(residuals)
        for part, rate, grad in zip(self.state.networks, self.rates, slope, strict=True):
            part.addcmul_(rate, grad)

    def _loss(self, residuals: Tensor) -> None:
        loss = residuals.square().mean(-1) / 2
        torch.maximum(self.state.largest_loss, loss, out=self.state.largest_loss)

    def copied(self) -> Networks:
        """The parameters now, kept elsewhere."""
        return Networks(*(part.clone() for part in self.state.networks))

    def restore(self, networks: Networks, largest: Tensor) -> None:
        """Undo what was done since."""
        for part, old in zip(self.state.networks, networks, strict=True):
            part.copy_(old)
        self.state.largest_loss.copy_(largest)


def _captured(work: _Steps) -> torch.cuda.CUDAGraph:
    """A graph of `UNROLLED` steps. The libraries are warmed up first, as capture requires, and the state put back."""
    before, largest = work.copied(), work.state.largest_loss.clone()
    aside: torch.cuda.Stream = torch.cuda.Stream()  # type: ignore[no-untyped-call]
    aside.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(aside):
        for _ in range(3):
            work.step()
    torch.cuda.current_stream().wait_stream(aside)
    work.restore(before, largest)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        for _ in range(UNROLLED):
            work.step()
    return graph
