"""How nearly a claim is violated, on a float batch: differentiable where its formulas are. It only ever proposes.

The score of a row is log(left/right) of the worst comparison, less what the assumptions lack, and less again for
hollow rows. Above 0 the floats see a violation. Fields that an assumption can enforce (a step size, say) are made to
fit before anything is scored.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from refutable.theorems.checks import Check
from refutable.theorems.claims import Claim
from refutable.theorems.ops.torch import TorchOps
from refutable.theorems.views import View

LARGEST = 40.0
"""Scores are cut at +-40: beyond a ratio of e^40 nothing is gained."""
NOISE = 1e-12
"""Relative differences below this are float noise where an identity is hunted."""
PENALTY = 30.0
HOPELESS = -1e6
Rows = dict[str, Any]
FAILURES = (LookupError, TypeError, ArithmeticError, ValueError, NotImplementedError, RuntimeError)
"""What a formula without a float version raises."""


class Undifferentiable(TypeError):
    """The claim's formulas do not run on float batches; the message says why."""


class Objective:
    """Scores of a claim on float batches of one device; ``honest``: hollow rows are marked down.

    Raises (from every method):
        Undifferentiable: some formula of the claim has no float version.
    """

    def __init__(self, claim: Claim, device: str = "cpu", honest: bool = True) -> None:
        self.claim, self.device, self.honest = claim, device, honest
        self._checked = [a for a in claim.assumes if a.enforce is None or not a.sure]

    def numbers(self, free: Rows) -> Rows:
        """The rows with every enforceable assumption made to hold."""
        try:
            return self.claim.fitted(free, TorchOps(self.device))
        except FAILURES as error:
            raise Undifferentiable(f"{type(error).__name__}: {error}") from None

    def scores(self, numbers: Rows) -> Tensor:
        """Score [B] of each row: of the conclusion, less `PENALTY` times what the assumptions lack."""
        view = self._view(numbers)
        count = rows_in(numbers)
        try:
            violation = self._worst([_violation(c, count) for c in self.claim.concludes(view)], count)
            lack = self._worst([_lack(c, count) for a in self._checked for c in a.checks(view)], count)
        except FAILURES as error:
            raise Undifferentiable(f"{type(error).__name__}: {error}") from None
        scores = violation - PENALTY * torch.clamp(lack, min=0) - PENALTY * self._hollow(view, count)
        sensible = torch.isfinite(scores) & self._sensible(numbers, count)
        return torch.where(sensible, scores, torch.full_like(scores, HOPELESS))

    def _worst(self, parts: list[Tensor], count: int) -> Tensor:
        """The largest of some scores [B], row by row; 0 for none."""
        if not parts:
            return torch.zeros(count, dtype=torch.float64, device=self.device)
        return torch.stack([part.to(self.device).expand(count) for part in parts]).amax(dim=0)

    def _hollow(self, view: View, count: int) -> Tensor:
        """1 for rows that are no honest witnesses, networks with a dead neuron for instance [B]; else 0."""
        substance = self.claim.domain.substance
        if substance is None or not self.honest:
            return torch.zeros(count, dtype=torch.float64, device=self.device)
        shares: Tensor = substance(view).detach().reshape(count, -1)
        return (shares <= 0).any(dim=-1).to(torch.float64)

    def _sensible(self, numbers: Rows, count: int) -> Tensor:
        """Rows [B] whose positive fields are positive and all of whose numbers are finite."""
        good = torch.ones(count, dtype=torch.bool, device=self.device)
        positive = {f.name for f in self.claim.domain.fields if f.positive}
        for name, value in numbers.items():
            for part in value if isinstance(value, tuple | list) else (value,):
                if isinstance(part, Tensor) and part.ndim:
                    flat = part.detach().reshape(count, -1)
                    good &= (torch.isfinite(flat) & ((flat > 0) | (name not in positive))).all(dim=-1)
        return good

    def of(self, free: Rows) -> tuple[Tensor, Rows]:
        """Scores of free rows, and the rows with what was enforced."""
        numbers = self.numbers(free)
        return self.scores(numbers), numbers

    def left_varies(self, free: Rows) -> bool:
        """Whether the headline's left side depends on the instance; False where that cannot be seen."""
        try:
            check = next(iter(self.claim.concludes(self._view(self.numbers(free)))))
        except (*FAILURES, StopIteration):
            return False
        return isinstance(check.left, Tensor)

    def _view(self, numbers: Rows) -> View:
        return View(self.claim.domain, TorchOps(self.device), numbers)


def rows_in(numbers: Rows) -> int:
    """The number of rows B of a batch.

    Raises:
        Undifferentiable: nothing in it is a tensor.
    """
    for value in numbers.values():
        first = value[0] if isinstance(value, tuple | list) and value else value
        if isinstance(first, Tensor) and first.ndim:
            return int(first.shape[0])
    raise Undifferentiable("the batch has no float field")


def _violation(check: Check, count: int) -> Tensor:
    """How much a comparison is violated [B]; > 0: violated in floats."""
    if check.op == "true":
        return _truth(check.left, count, 1.0, -LARGEST)
    if check.op == "psd":
        return -_least_eigenvalue(check.left)
    left, right = _sides(check, count)
    if check.op == "==":
        gap = (left - right).abs() / _scale(left, right)
        return torch.log(torch.clamp(gap, min=1e-300) / NOISE).clamp(-LARGEST, LARGEST).amax(dim=-1)
    return _log_ratio(left, right).amax(dim=-1)


def _log_ratio(left: Tensor, right: Tensor) -> Tensor:
    """log left - log right where both are positive; signed and bounded elsewhere, without a jump in sign."""
    positive = (left > 0) & (right > 0)
    one = torch.ones_like(left)
    logs = torch.log(torch.where(positive, left, one)) - torch.log(torch.where(positive, right, one))
    # Where the right side is not positive, the larger left sides are less likely to be those of dead networks.
    certain = LARGEST / 2 + torch.log(left.clamp(min=1e-300)).clamp(-LARGEST / 2, LARGEST / 2) / 2
    others = torch.where((left > 0) & (right <= 0), certain, (left - right) / _scale(left, right))
    if bool((right == 0).all()):  # a claim written as a difference: nothing to take a ratio with
        return torch.where(left > 0, certain, left / (1 + left.abs()))
    slope = (left - right) / (1 + left.abs() + right.abs())
    hopeless = torch.where((left <= 0) & (right >= 0), slope - LARGEST, others)
    return torch.where(positive, logs.clamp(-LARGEST, LARGEST), hopeless)


def _lack(check: Check, count: int) -> Tensor:
    """How much an assumption's comparison lacks [B], relative; <= 0: it holds in floats."""
    if check.op == "true":
        return _truth(check.left, count, 1.0, 0.0)
    if check.op == "psd":
        return _least_eigenvalue(check.left).neg().clamp(min=0)
    left, right = _sides(check, count)
    gap = (left - right) / _scale(left, right)
    if check.op == "<":  # equal sides fail it wholly: data that must be distinct, say, are not
        return (gap.clamp(min=0) + (gap >= 0).to(gap.dtype)).amax(dim=-1)
    return (gap.abs() if check.op == "==" else gap.clamp(min=0)).amax(dim=-1)


def _truth(value: Any, count: int, false: float, true: float) -> Tensor:
    """``true`` where a fact holds or is not known [B]."""
    if isinstance(value, Tensor):
        return torch.where(value.bool(), true, false).to(torch.float64)
    return torch.full((count,), false if value is False else true, dtype=torch.float64)


def _least_eigenvalue(matrix: Any) -> Tensor:
    eigenvalues: Tensor = torch.linalg.eigvalsh(torch.nan_to_num(matrix))
    scale = eigenvalues.abs().amax(dim=-1).clamp(min=1e-300)
    least: Tensor = eigenvalues[..., 0] / scale
    return least


def _sides(check: Check, count: int) -> tuple[Tensor, Tensor]:
    """Both sides as [B, m]: scalars are [B] or plain numbers, arrays have their elements on the last axis."""
    device = next((s.device for s in (check.left, check.right) if isinstance(s, Tensor)), None)
    left, right = (torch.as_tensor(s, dtype=torch.float64, device=device) for s in (check.left, check.right))
    most = max(left.ndim, right.ndim, 1)
    left, right = (side[(..., *(None,) * (most - side.ndim))] if side.ndim else side for side in (left, right))
    shape = np.broadcast_shapes(left.shape, right.shape)
    left, right = left.expand(shape), right.expand(shape)
    return _per_row(left, count), _per_row(right, count)


def _per_row(side: Tensor, count: int) -> Tensor:
    whole = side if side.ndim and side.shape[0] == count else side.expand(count, *side.shape[1:])
    return whole.reshape(count, -1)


def _scale(left: Tensor, right: Tensor) -> Tensor:
    return (left.abs() + right.abs()).clamp(min=1e-300)
