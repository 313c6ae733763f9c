"""Float64 batches of random networks in PyTorch: many regimes and scales, knots inside the hull, no exact ties."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from refutable.strategies.shallow_relu.demands import Demands
from refutable.strategies.supply import Size
from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.domains.shallow_relu.forward import GROUPS
from refutable.theorems.ops.torch import TorchOps
from refutable.theorems.views import View

HAIR = 1 - 2.0**-40


def float_batch(
    wanted: Demands,
    count: int,
    size: Size,
    generator: torch.Generator,
    *,
    neurons: int = 1,
    samples: int | None = None,
    tune: bool = True,
) -> dict[str, Any]:
    """Random networks as fields w1 [count, k, d], b1 [count, k], w2 [count, k], b2 [count], x [count, n, d].

    k, n and d are the same for the whole batch, drawn within ``size``: at least so many ``neurons``, and so many
    ``samples`` if that is given. ``y`` [count, n] is there unless the network must interpolate or be at a critical
    point. ``tune``: half of them are moved towards equality of the sharpness bounds.
    """
    draw = Numbers(generator, count)
    k, n, d = _sizes(wanted, size, draw, neurons)
    n = samples or n
    x = _inputs(draw, n, d, wanted)
    fields: dict[str, Any] = {**_network(draw, x, k, tune)}
    if frozen := _frozen(draw, wanted):
        fields["frozen"] = frozen
    # A float residual is never exactly orthogonal to the features: critical points are given as interpolating.
    if not (wanted.interpolating or wanted.critical):
        fields["y"] = _labels(draw, fields)
    any_step_size = 2 ** draw.normal()
    fields["step_size"] = 2 * HAIR / _view(fields)["sharpness"] if wanted.stable else any_step_size
    return fields


def _frozen(draw: Numbers, wanted: Demands) -> frozenset[str]:
    """What must not be trained; in every second batch some of the groups that need not be, too, for all rows."""
    free = [group for group in GROUPS if group not in wanted.trained | wanted.untrained]
    if not free or draw.size(0, 1):
        return wanted.untrained
    start, length = draw.size(0, len(free) - 1), draw.size(1, min(len(free), len(GROUPS) - 1))
    frozen = wanted.untrained | frozenset((free + free)[start : start + length])
    return frozen if _one_trained(wanted) - frozen else frozen - {"b1"}


def _one_trained(wanted: Demands) -> frozenset[str]:
    """Groups of which one is trained: a kink that none of w1, b1 moves is none; w2 alone may act on no datum then."""
    if wanted.on_data:
        return frozenset({"w1", "b1"})
    return frozenset({"w1", "b1", "b2"} if wanted.kinked else GROUPS)


class Numbers:
    """Random float64 tensors [count, ...] of one generator."""

    def __init__(self, generator: torch.Generator, count: int) -> None:
        self._generator, self.count = generator, count

    def normal(self, *shape: int) -> Tensor:
        """Standard normal numbers [count, *shape]."""
        return torch.randn(self.count, *shape, dtype=torch.float64, generator=self._generator)

    def uniform(self, *shape: int) -> Tensor:
        """Uniform numbers in [0, 1) [count, *shape]."""
        return torch.rand(self.count, *shape, dtype=torch.float64, generator=self._generator)

    def index(self, end: int, *shape: int) -> Tensor:
        """Integers 0 <= i < end [count, *shape]."""
        return torch.randint(end, (self.count, *shape), generator=self._generator)

    def size(self, low: int, high: int) -> int:
        """One integer from low to high."""
        return int(torch.randint(low, max(low, high) + 1, (), generator=self._generator))


def _sizes(wanted: Demands, size: Size, draw: Numbers, neurons: int) -> tuple[int, int, int]:
    k = draw.size(neurons, size.max_neurons)
    d = 1 if wanted.univariate else draw.size(1, size.max_inputs)
    return k, draw.size(2, size.max_samples), d


def _inputs(draw: Numbers, n: int, d: int, wanted: Demands) -> Tensor:
    plain = draw.normal(n, d)
    uniform = 2 * draw.uniform(n, d) - 1
    heavy = plain / (0.1 + draw.uniform(n, 1)) ** 2
    centres = torch.sign(draw.normal(n, 1)) * draw.normal(1, d)
    clustered = centres + 0.05 * uniform
    sphere = plain / plain.norm(dim=-1, keepdim=True)
    outlier = torch.cat([16 * uniform[:, :1], uniform[:, 1:]], dim=1)
    on_sphere = [] if wanted.distinct and d == 1 else [sphere]
    kinds = [plain, uniform, heavy, clustered, *on_sphere, outlier, *([] if wanted.distinct else [centres])]
    families = torch.stack(kinds)
    x = families[draw.index(len(kinds)), torch.arange(draw.count)]
    x = x * 2 ** (2 * draw.normal(1, 1)) + draw.normal(1, d) * (draw.uniform(1, 1) < 0.2)
    largest = x.norm(dim=-1).amax(dim=-1)[:, None, None]
    return x / torch.clamp(largest, max=1) if wanted.wide else x


def _network(draw: Numbers, x: Tensor, k: int, tune: bool) -> dict[str, Tensor]:
    v = draw.normal(k, x.shape[-1])
    w1 = v / v.norm(dim=-1, keepdim=True)
    b1 = -_thresholds(draw, w1 @ x.transpose(1, 2))
    w2 = draw.normal(k)
    w1, b1, w2 = _shared(draw, w1, b1, w2)
    if tune:
        w1, b1 = _tuned(draw, x, w1, b1, w2)
    inner, outer = 2 ** (2 * draw.normal(1)), 2 ** (2 * draw.normal(1))
    return {"w1": w1 * inner[..., None], "b1": b1 * inner, "w2": w2 * outer, "b2": draw.normal(), "x": x}


def _thresholds(draw: Numbers, projections: Tensor) -> Tensor:
    """A place strictly between two distinct projections [count, k, n] for each neuron; below all if there is none."""
    ordered = projections.sort(dim=-1).values
    gaps = ordered.diff(dim=-1)
    chosen = draw.index(gaps.shape[-1], projections.shape[1])[..., None]
    width = gaps.gather(-1, chosen)
    narrow = width < 1e-9 * (1 + ordered.abs().amax(dim=-1, keepdim=True))
    chosen = torch.where(narrow, gaps.argmax(dim=-1, keepdim=True), chosen)
    beside = draw.uniform(projections.shape[1]) < 0.1
    fraction = torch.where(beside, 1e-4, 0.02 + 0.96 * draw.uniform(projections.shape[1]))
    start, width = ordered.gather(-1, chosen)[..., 0], gaps.gather(-1, chosen)[..., 0]
    apart = width > 1e-9 * (1 + start.abs())
    return torch.where(apart, start + fraction * width, start - 1)


def _shared(draw: Numbers, w1: Tensor, b1: Tensor, w2: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """In one network of 32 the last neuron lies on the first one's hyperplane, on either side of it.

    No more than that: certified floats mostly cannot tell that two hyperplanes coincide.
    """
    if w1.shape[1] < 2:
        return w1, b1, w2
    twin = draw.uniform() < 1 / 32
    slope = torch.where(draw.uniform() < 0.5, 1.0, -2.0).to(w1.dtype)
    w1, b1, w2 = w1.clone(), b1.clone(), w2.clone()
    w1[:, -1] = torch.where(twin[:, None], slope[:, None] * w1[:, 0], w1[:, -1])
    b1[:, -1] = torch.where(twin, slope * b1[:, 0], b1[:, -1])
    w2[:, -1] = torch.where(twin & (draw.uniform() < 0.3), -w2[:, 0] / slope.abs(), w2[:, -1])
    return w1, b1, w2


def _tuned(draw: Numbers, x: Tensor, w1: Tensor, b1: Tensor, w2: Tensor) -> tuple[Tensor, Tensor]:
    """Half of the networks oriented to the smaller side of each hyperplane and balanced: near equality."""
    chosen = (draw.uniform() < 0.5)[:, None]
    here, there = _means(x, w1, b1), _means(x, -w1, -b1)
    smaller = (there[0] * there[1] < here[0] * here[1]) & (there[0] > 0)
    sign = torch.where(chosen & smaller, -1.0, 1.0).to(w1.dtype)
    excess, slope = (torch.where(sign < 0, b, a) for a, b in zip(here, there, strict=True))
    ratio = w2.abs() * slope / torch.where(excess > 0, excess, torch.ones_like(excess))
    # (w1, b1) alone is scaled: another function of the same shape, for which both derivatives agree.
    factor = torch.where(chosen & (ratio > 0), ratio, torch.ones_like(ratio)) * sign
    return w1 * factor[..., None], b1 * factor


def _means(x: Tensor, w1: Tensor, b1: Tensor) -> tuple[Tensor, Tensor]:
    """E relu(w.X + b) and |E (1, X) 1{w.X + b > 0}|, each [count, k]."""
    z = x @ w1.transpose(1, 2) + b1[:, None]
    mask = (z > 0).to(z.dtype)
    moments = torch.cat([torch.ones_like(x[..., :1]), x], dim=-1)
    return (z * mask).mean(dim=1), (mask.transpose(1, 2) @ moments / x.shape[1]).norm(dim=-1)


def _labels(draw: Numbers, fields: dict[str, Any]) -> Tensor:
    residual = draw.normal(fields["x"].shape[1]) * 2 ** (4 * draw.normal(1))
    output: Tensor = _view(fields)["output"]
    return output - residual


def _view(fields: dict[str, Any]) -> View:
    return View(SHALLOW_RELU, TorchOps(), fields)
