"""Training as anyone would write it first: one network at a time, one step at a time, by automatic differentiation.

Slow and obvious, so that the fast backends have something to agree with.
"""

from __future__ import annotations

import torch
from torch import Tensor

from refutable.strategies.engine.batches import chosen
from refutable.strategies.engine.interrupts import insist
from refutable.strategies.engine.problem import Control, Problem, State
from refutable.strategies.training.closed_form import Networks


class ReferenceBackend:
    """torch.autograd on each network."""

    name = "reference"

    def missing(self, problem: Problem, state: State) -> str | None:
        """It can always do it, in time."""
        return None

    def advance(self, problem: Problem, state: State, until: int, control: Control) -> None:
        """Take the steps; see `problem.Backend`."""
        done = 0
        for row in range(len(state.b2)):
            while int(state.steps[row]) < until and not control.stop.is_set():
                _step(problem, state, row)
                done += 1
                if control.progress is not None and done % 100 == 0:
                    control.progress(done)


def _step(problem: Problem, state: State, row: int) -> None:
    step = int(state.steps[row])
    now = Networks(*(part[row].clone() for part in state.networks))
    at = now
    if state.history is not None:
        slot = step % problem.delay
        at = Networks(*(part[row, slot].clone() for part in state.history))
    value, slope = _loss_and_gradient(problem, at, row, step)
    move = Networks(*(-problem.step_size[row] * grad for grad in slope))
    if state.velocity is not None:
        kept = zip(state.velocity, move, strict=True)
        move = Networks(*(problem.momentum * part[row] + change for part, change in kept))
    largest = torch.maximum(state.largest_loss[row], value)

    def write() -> None:
        for index, (part, change) in enumerate(zip(now, move, strict=True)):
            if state.velocity is not None:
                state.velocity[index][row] = change
            if state.history is not None:
                state.history[index][row, slot] = part
            state.networks[index][row] = part + change
        state.largest_loss[row] = largest
        state.steps[row] = step + 1

    insist(write)


def _loss_and_gradient(problem: Problem, at: Networks, row: int, step: int) -> tuple[Tensor, Networks]:
    w1, b1, w2, b2 = (part.clone().requires_grad_() for part in at)
    x, y = (part[row if len(part) > 1 else 0] for part in (problem.x, problem.y))
    if problem.stochastic and problem.batch_size is not None:
        stream, when = problem.streams[row : row + 1].cpu().numpy(), torch.tensor([step]).numpy()
        taken = torch.from_numpy(chosen(problem.seed, stream, when, problem.samples, problem.batch_size)[0])
        x, y = x[taken.to(x.device)], y[taken.to(x.device)]
    with torch.enable_grad():
        output = torch.relu(x @ w1.T + b1) @ w2 + b2
        loss = ((output - y) ** 2).mean() / 2
    return loss.detach(), Networks(*torch.autograd.grad(loss, (w1, b1, w2, b2)))
