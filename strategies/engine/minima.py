"""Stable interpolating minima by the thousand, as float fields that claims are decided on.

*Constructed*: a random network labelled by itself. *Relabelled*: some steps of real training, then y := f(x). Both
interpolate exactly; neither says anything about labels, noise or dynamics. The step size is that of the run, or a hair
below 2/sharpness.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from refutable.strategies.engine.evaluation import sharpness
from refutable.strategies.engine.torch_batched import one_thread
from refutable.strategies.engine.train import AMORTISED, Data, train
from refutable.strategies.training import closed_form
from refutable.strategies.training.closed_form import Networks
from refutable.strategies.training.recipes import Recipe
from refutable.strategies.training.train import device_kind, initial

HAIR = 1 - 2.0**-40
"""Covers the rounding of a sharpness: without it, half of all networks at 2/sharpness are exactly unstable."""
CLEARLY = 1 + 1e-9
"""A sharpness this much beyond 2/step size is beyond it whatever rounding did."""
CLEARANCE = 1e-9
"""A preactivation below this times the terms it is the sum of may be on either side of its kink."""


@dataclass(frozen=True)
class Minima:
    """Interpolating networks with a step size each.

    Attributes:
        fields: w1 ``[B, k, d]``, b1 and w2 ``[B, k]``, b2 and step_size ``[B]``, x ``[B, n, d]``; float64, on the CPU.
        controls: networks clearly sharper than 2/step size ``[B]``: negative controls, beyond doubt in floating point.
        counts: what became of all networks, those left out included.
    """

    fields: Mapping[str, Tensor]
    controls: Tensor
    counts: Mapping[str, int]


def constructed(count: int, inputs: int, neurons: int, samples: int, generator: torch.Generator) -> Minima:
    """Random networks on Gaussian data, knots among the data, at 2/sharpness."""

    def normal(*shape: int) -> Tensor:
        return torch.randn(count, *shape, dtype=torch.float64, generator=generator)

    x, w1, w2 = normal(samples, inputs), normal(neurons, inputs), normal(neurons)
    share = torch.rand(count, neurons, 1, dtype=torch.float64, generator=generator)
    ends = torch.randint(samples, (2, count, neurons), generator=generator)
    one, other = (x.gather(1, end[..., None].expand(-1, -1, inputs)) for end in ends)
    b1 = -(w1 * (one + share * (other - one))).sum(-1) + 0.01 * normal(neurons)
    networks = Networks(w1, b1, w2, normal())
    sharp = _sharpness(networks, x)
    return _at(networks, x, 2 * HAIR / sharp, sharp, {"constructed": count})


def relabelled(recipe: Recipe, *, device: str = "auto", backend: str = "auto", threads: int | None = None) -> Minima:
    """End points of a recipe after all its steps, labelled by the networks themselves.

    Networks at even places keep the step size of the run; those at odd places that are stable get their own largest
    one. Networks that diverged or died are counted and left out.

    Raises:
        ValueError: as `strategies.training.train.train`.
    """
    where = device_kind(device)
    start, x, y = initial(recipe)
    run = train(
        start,
        Data(x, y),
        float(recipe.eta),
        recipe.steps,
        recipe.batch_size,
        recipe.delay,
        recipe.momentum,
        seed=recipe.seed,
        backend=backend,
        device=where,
        threads=threads,
        reduce=recipe.inputs > recipe.samples and recipe.steps >= AMORTISED,
    )
    if run.interrupted:
        raise KeyboardInterrupt
    end = Networks(*(part.cpu() for part in run.networks))
    return _living(recipe, end, x)


def _living(recipe: Recipe, end: Networks, x: Tensor) -> Minima:
    sharp = _sharpness(end, x)
    finite = torch.isfinite(sharp)
    alive = finite & ((closed_form.preactivations(end, x) > 0) & (end.w2 != 0).unsqueeze(1)).flatten(1).any(-1)
    counts = {"trained": recipe.networks, "diverged": int((~finite).sum()), "dead": int((finite & ~alive).sum())}
    end, x, sharp = Networks(*(part[alive] for part in end)), x[alive], sharp[alive]
    step = torch.full_like(sharp, float(recipe.eta))
    own = (torch.arange(len(sharp)) % 2 == 1) & (sharp * step <= 2)
    return _at(end, x, torch.where(own, 2 * HAIR / sharp, step), sharp, counts)


def _at(networks: Networks, x: Tensor, step_size: Tensor, sharp: Tensor, counts: Mapping[str, int]) -> Minima:
    # Training likes to end on kinks; beside one, the float sharpness may be that of the side where the datum is not.
    controls = (sharp * step_size > 2 * CLEARLY) & (closed_form.nearest_kink(networks, x) > CLEARANCE)
    fields = {**networks._asdict(), "x": x, "step_size": step_size}
    contiguous = {name: part.contiguous() for name, part in fields.items()}
    return Minima(contiguous, controls, {**counts, "beyond 2/step size": int(controls.sum())})


def _sharpness(networks: Networks, x: Tensor) -> Tensor:
    with one_thread():
        return sharpness(networks, x)
