"""Gradient ascent of many starts at once on the score of a claim: weights, data, and step size where it is free.

Scores are only piecewise smooth: masks flip, eigenvalues cross, the smaller side changes. Steps are relative to each
row's own scale and shrink towards the end of the run, so that rows settle on ridges to float precision; each row's
best point is kept whatever happens after it.
"""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor

from refutable.verify.hunting.objective import HOPELESS, Objective, Rows, Undifferentiable, rows_in
from refutable.verify.hunting.rows import blended, detached, is_float

FIRST_STEP, LAST_STEP = 0.06, 1e-9
LATE = 3
"""Steps stay long for most of the run and become short at its end: the exponent of its elapsed share."""
DECAY, DECAY_SQUARE = 0.85, 0.97
SMALLEST_SCALE = 1e-2


class Ascent:
    """A batch on its way up.

    Args:
        rows: start, as `Supply.batch` gives it; fields that assumptions enforce are made to fit.
        iterations: length of the whole run; `advance` may be called until they are spent.
    """

    def __init__(self, objective: Objective, rows: Rows, iterations: int) -> None:
        self.objective, self.iterations, self.spent = objective, iterations, 0
        with torch.no_grad():
            numbers = objective.numbers(rows)
        self._rows, self._free = dict(rows), free_names(objective, rows)
        self._positive = {f.name for f in objective.claim.domain.fields if f.positive}
        self._parameters = {name: _parts(rows[name], name in self._positive) for name in self._free}
        self._moments = {name: [_Moments(p) for p in ps] for name, ps in self._parameters.items()}
        self.count = rows_in(rows)
        self.scores = torch.full((self.count,), HOPELESS, dtype=torch.float64, device=objective.device)
        self.best: Rows = detached(numbers)

    @property
    def done(self) -> bool:
        """All iterations are spent."""
        return self.spent >= self.iterations

    def advance(self, iterations: int) -> int:
        """Some more iterations; returns the evaluations made (rows times iterations)."""
        made = min(iterations, self.iterations - self.spent)
        for _ in range(made):
            self._step(FIRST_STEP * (LAST_STEP / FIRST_STEP) ** (self.spent / self.iterations) ** LATE)
            self.spent += 1
        return made * self.count

    def _step(self, size: float) -> None:
        leaves = {n: [p.detach().requires_grad_() for p in ps] for n, ps in self._parameters.items()}
        scores, numbers = self.objective.of(self._assembled(leaves))
        self._keep(scores.detach(), numbers)
        if not scores.requires_grad:
            raise Undifferentiable("the score does not depend differentiably on any free field")
        flat = [leaf for ps in leaves.values() for leaf in ps]
        gradients = iter(torch.autograd.grad(scores.sum(), flat, allow_unused=True))
        with torch.no_grad():
            for name, ps in leaves.items():
                self._parameters[name] = [
                    _moved(p, next(gradients), m, size, self.spent, name in self._positive)
                    for p, m in zip(ps, self._moments[name], strict=True)
                ]

    def _assembled(self, leaves: dict[str, list[Tensor]]) -> Rows:
        rows = dict(self._rows)
        for name, ps in leaves.items():
            shown = [p.exp() for p in ps] if name in self._positive else ps
            rows[name] = tuple(shown) if isinstance(rows[name], tuple | list) else shown[0]
        return rows

    def _keep(self, scores: Tensor, numbers: Rows) -> None:
        with torch.no_grad():
            better = scores > self.scores
            if bool(better.any()):
                self.best = blended(better, detached(numbers), self.best)
                self.scores = torch.where(better, scores, self.scores)


class _Moments:
    def __init__(self, like: Tensor) -> None:
        self.first, self.second = torch.zeros_like(like), torch.zeros_like(like)


def free_names(objective: Objective, rows: Rows) -> list[str]:
    """Float fields that no assumption sets: what is enforced for them still depends on them."""
    leaves = {n: [p.detach().clone().requires_grad_() for p in _list(v)] for n, v in rows.items() if is_float(v)}
    shown = {n: tuple(ps) if isinstance(rows[n], tuple | list) else ps[0] for n, ps in leaves.items()}
    fitted = objective.numbers({**rows, **shown})
    return [name for name, ps in leaves.items() if _depends(fitted.get(name), ps)]


def _list(value: Any) -> list[Tensor]:
    return list(value) if isinstance(value, tuple | list) else [value]


def _depends(value: Any, leaves: list[Tensor]) -> bool:
    parts = [p for p in _list(value) if isinstance(p, Tensor) and p.requires_grad]
    if not parts:
        return False
    total = torch.stack([p.sum() for p in parts]).sum()
    return any(g is not None for g in torch.autograd.grad(total, leaves, allow_unused=True))


def _parts(value: Any, positive: bool) -> list[Tensor]:
    return [p.detach().clone().log() if positive else p.detach().clone() for p in _list(value)]


def _moved(p: Tensor, gradient: Tensor | None, moments: _Moments, size: float, t: int, logarithmic: bool) -> Tensor:
    """One Adam step whose length is relative to the row's own scale."""
    if gradient is None:
        return p.detach()
    g = torch.nan_to_num(gradient, nan=0.0, posinf=0.0, neginf=0.0)
    moments.first = DECAY * moments.first + (1 - DECAY) * g
    moments.second = DECAY_SQUARE * moments.second + (1 - DECAY_SQUARE) * g * g
    mean = moments.first / (1 - DECAY ** (t + 1))
    spread = (moments.second / (1 - DECAY_SQUARE ** (t + 1))).sqrt()
    direction = mean / (spread + 1e-300)
    axes = tuple(range(1, p.ndim))
    scale = p.square().mean(dim=axes, keepdim=True).sqrt() if axes else p.abs()
    relative = 1.0 if logarithmic else scale.clamp(min=SMALLEST_SCALE)
    return p.detach() + size * relative * direction


def log_ratio(score: float) -> float:
    """The ratio left/right that a score stands for."""
    return math.exp(min(score, 700.0))
