"""Float64 batches in PyTorch, on CPU or GPU, differentiable. Its numbers only ever propose."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from refutable.theorems.ops.protocol import Array, Ops

NEWTON_STEPS = 24
"""More than enough for numbers of moderate size: hunts only propose."""


class _SafeSqrt(torch.autograd.Function):
    """Square root whose gradient at 0 is 0, so that norms of zero vectors do not poison a batch."""

    @staticmethod
    def forward(ctx: Any, a: torch.Tensor) -> torch.Tensor:
        root = torch.sqrt(torch.clamp(a, min=0.0))
        ctx.save_for_backward(root)
        return root

    @staticmethod
    def backward(ctx: Any, *grads: torch.Tensor) -> torch.Tensor:
        (root,) = ctx.saved_tensors
        safe = torch.where(root > 0, root, torch.ones_like(root))
        return torch.where(root > 0, grads[0] / (2 * safe), torch.zeros_like(root))


class _ProductShift(torch.autograd.Function):
    """t with prod(a + t) = 1: Newton's method for log(t + min a), where the log of the product is convex."""

    @staticmethod
    def forward(ctx: Any, a: torch.Tensor) -> torch.Tensor:
        least = a.amin(dim=-1)
        gaps = a - least[..., None]
        log_size = torch.zeros_like(least)
        for _ in range(NEWTON_STEPS):
            size = log_size.exp()[..., None]
            slope = (size / (size + gaps)).sum(-1)
            log_size = log_size - (size + gaps).log().sum(-1) / slope
        inverse = 1 / (log_size.exp()[..., None] + gaps)
        ctx.save_for_backward(inverse)
        return log_size.exp() - least

    @staticmethod
    def backward(ctx: Any, *grads: torch.Tensor) -> torch.Tensor:
        (inverse,) = ctx.saved_tensors
        share: torch.Tensor = inverse / inverse.sum(-1, keepdim=True)
        return -grads[0][..., None] * share


class TorchOps(Ops):
    """Batches [B, ...] of float64 tensors on one device."""

    name = "torch"

    def __init__(self, device: str | torch.device = "cpu") -> None:
        self.device = torch.device(device)

    def array(self, values: Any) -> Array:
        """Float64 tensor."""
        return torch.as_tensor(values, dtype=torch.float64, device=self.device)

    def ratio(self, numerator: int, denominator: int = 1) -> float:
        """The constant as a float64."""
        return numerator / denominator

    def matmul(self, a: Array, b: Array) -> Array:
        """Batched matrix product."""
        return torch.matmul(a, b)

    def transpose(self, a: Array) -> Array:
        """Swap the last two axes."""
        return a.transpose(-1, -2)

    def sum(self, a: Array, axis: int = -1) -> Array:
        """Sum over one axis."""
        return a.sum(dim=axis)

    def sqrt(self, a: Array) -> Array:
        """Square root; gradient 0 at 0."""
        return _SafeSqrt.apply(a)  # type: ignore[no-untyped-call]

    def abs(self, a: Array) -> Array:
        """Absolute value."""
        return torch.abs(a)

    def minimum(self, a: Array, b: Array) -> Array:
        """Elementwise minimum."""
        return torch.minimum(*self._pair(a, b))

    def maximum(self, a: Array, b: Array) -> Array:
        """Elementwise maximum."""
        return torch.maximum(*self._pair(a, b))

    def _pair(self, a: Array, b: Array) -> tuple[torch.Tensor, torch.Tensor]:
        return self.array(a), self.array(b)

    def max(self, a: Array, axis: int = -1) -> Array:
        """Largest element."""
        return a.amax(dim=axis)

    def segment_sum(self, values: Array, segments: Array) -> Array:
        """Sums by representative along the last axis."""
        return torch.zeros_like(values).scatter_add(-1, segments, values)

    def take(self, values: Array, index: Array) -> Array:
        """Gather along the last axis."""
        return torch.gather(values, -1, index)

    def concat(self, arrays: Sequence[Array], axis: int = -1) -> Array:
        """Concatenate, broadcasting batch dimensions."""
        return torch.cat(list(arrays), dim=axis)

    def ones_like(self, a: Array) -> Array:
        """Ones."""
        return torch.ones_like(a)

    def spread(self, a: Any, axes: int = 1) -> Any:
        """[B] -> [B, 1, ...]; plain constants stay as they are."""
        return a[(..., *(None,) * axes)] if isinstance(a, torch.Tensor) and a.ndim else a

    def top_eigenvalue(self, a: Array) -> Array:
        """Largest eigenvalue by LAPACK; non-finite matrices give NaN."""
        finite = torch.isfinite(a).all(dim=-1).all(dim=-1)
        safe = torch.where(finite[..., None, None], a, torch.zeros_like(a))
        top = torch.linalg.eigvalsh(safe)[..., -1]
        return torch.where(finite, top, torch.full_like(top, float("nan")))

    def elementary(self, name: str, a: Array) -> Array:
        """torch function of that name."""
        return getattr(torch, name)(a)

    def product_shift(self, a: Array) -> Array:
        """Newton's method; differentiable by the implicit function theorem."""
        return _ProductShift.apply(a)  # type: ignore[no-untyped-call]

    def positive(self, a: Array) -> Array:
        """Indicator of a > 0."""
        return (a > 0).to(torch.float64)

    def zero(self, a: Array) -> Array:
        """Indicator of a == 0 in floats."""
        return (a == 0).to(torch.float64)

    def parallel(self, w: Array, b: Array) -> tuple[Array, Array]:
        """Group rows whose canonical form (w, b) / pivot is bitwise equal."""
        with torch.no_grad():
            nonzero = (w != 0).to(torch.int64)
            proper = nonzero.any(dim=-1)
            pivot_at = nonzero.argmax(dim=-1, keepdim=True)
        pivot = torch.gather(w, -1, pivot_at)[..., 0]
        safe = torch.where(proper, pivot, torch.ones_like(pivot))
        rows = torch.cat([w / safe[..., None], (b / safe)[..., None]], dim=-1)
        with torch.no_grad():
            same = (rows[..., :, None, :] == rows[..., None, :, :]).all(dim=-1)
            same &= proper[..., :, None] & proper[..., None, :]
            same |= torch.eye(same.shape[-1], dtype=torch.bool, device=same.device)
            segments = same.to(torch.int64).argmax(dim=-1)
        return segments, safe / torch.gather(safe, -1, segments)
