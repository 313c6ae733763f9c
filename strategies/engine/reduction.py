"""More inputs than data: gradient descent stays in w1 + (row space of the data), so it can run there.

With X' = Q R (X ``[n, d]``, d > n) the network w1 on X and the network w1 Q on R' have the same preactivations, the
same loss and the same gradient kernel, and a step moves w1 by a combination of the rows of X alone. So training on R'
in n dimensions and lifting back, w1_0 + (v - w1_0 Q) Q', gives the same trajectory (own; exact, up to rounding).
"""

from __future__ import annotations

import hashlib
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from refutable.strategies.engine.problem import Problem, State
from refutable.strategies.training.closed_form import Networks


def basis(x: Tensor) -> tuple[Tensor, Tensor]:
    """Inputs ``[*, n, n]`` in the coordinates of an orthonormal basis Q ``[*, d, n]`` of their row space, and Q."""
    q, r = torch.linalg.qr(x.mT)
    return r.mT.contiguous(), q


def reduced(problem: Problem, state: State) -> tuple[Problem, State, Tensor]:
    """The problem and the state in the row space of the data, and its basis; a state with a base is there already.

    Raises:
        ValueError: it is in the row space of other data.
    """
    digest = _digest(problem.x)
    if state.base is not None and (state.data is None or not torch.equal(state.data.cpu(), digest)):
        raise ValueError(
            "the state stands in the row space of other data; give the networks of that run, not its state"
        )
    x, q = basis(problem.x)
    problem = replace(problem, x=x)
    if state.base is not None:
        return problem, state, q
    velocity, history = _moved(state.velocity, q), _moved(state.history, q.unsqueeze(1))
    return problem, replace(state, w1=state.w1 @ q, base=state.w1, data=digest, velocity=velocity, history=history), q


def lifted(state: State, q: Tensor) -> Networks:
    """The parameters of a reduced state in the original inputs."""
    if state.base is None:
        return state.networks
    w1 = state.base + (state.w1 - state.base @ q) @ q.mT
    return Networks(w1, state.b1, state.w2, state.b2)


def _digest(x: Tensor) -> Tensor:
    content = hashlib.sha256(x.cpu().numpy().tobytes()).digest()
    return torch.from_numpy(np.frombuffer(content, dtype=np.int64).copy())


def _moved(networks: Networks | None, q: Tensor) -> Networks | None:
    return None if networks is None else networks._replace(w1=(networks.w1 @ q).contiguous())
