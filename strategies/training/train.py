"""Training a recipe: gradient descent or mini-batch SGD at a fixed step size, the whole batch at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
import torch
from torch import Tensor

from refutable.strategies.training import closed_form
from refutable.strategies.training.closed_form import Networks
from refutable.strategies.training.datasets import draw_data, generator
from refutable.strategies.training.recipes import Recipe, available
from refutable.strategies.training.results import (
    CONVERGED,
    CONVERGENCE,
    DEAD,
    DIVERGED,
    EXPLOSION,
    OUTCOMES,
    UNCONVERGED,
    Trained,
)

Progress = Callable[[int, int], None]
"""Called with the steps done and the steps asked for."""

_CHUNK = 250
_INITIAL_SHARPNESS = 2.0
"""Networks start at most this many times sharper than 2/step size; beyond, half of them would die."""


def device_kind(device: str) -> str:
    """``cpu`` or ``cuda``; ``auto`` is ``cuda`` where a device is present.

    Raises:
        ValueError: for any other name, or for ``cuda`` where there is none.
    """
    if device not in ("auto", "cpu", "cuda"):
        raise ValueError(f"device must be 'auto', 'cpu' or 'cuda', not {device!r}")
    present = device != "cpu" and torch.cuda.is_available()
    if device == "cuda" and not present:
        raise ValueError("device 'cuda' was asked for, but torch sees no CUDA device; use 'auto' or 'cpu'")
    return "cuda" if present else "cpu"


def train(recipe: Recipe, *, device: str = "auto", progress: Progress | None = None) -> Trained:
    """Train every network of a recipe from its own initial weights on its own data.

    A network that overflows stays in the batch as NaN, without touching the others, and is counted as
    diverged. Training stops before ``recipe.steps`` only when every network has converged, died or diverged.

    Args:
        recipe: what to train.
        device: ``auto``, ``cpu`` or ``cuda``.
        progress: called now and then.

    Returns:
        The end points, as numpy arrays.

    Raises:
        ValueError: if the device is not there, or the recipe needs an absent table.
    """
    reason = available(recipe)
    if reason is not None:
        raise ValueError(reason)
    where = torch.device(device_kind(device))
    with _one_thread():
        return _run(recipe, where, progress)


def initial(recipe: Recipe) -> tuple[Networks, Tensor, Tensor]:
    """Initial networks, inputs ``[B, n, d]`` and labels ``[B, n]`` on the CPU.

    Weights are PyTorch's uniform ones times ``recipe.spread``; every neuron's hyperplane passes near a random
    point of a segment between two of its data. Networks sharper than 4/step size are shrunk to that
    sharpness.
    """
    inputs, labels = draw_data(recipe)
    x, y = torch.from_numpy(inputs), torch.from_numpy(labels)
    networks = _drawn_weights(recipe, inputs)
    return _tamed(networks, x, _INITIAL_SHARPNESS * 2 / float(recipe.eta)), x, y


def _drawn_weights(recipe: Recipe, x: np.ndarray) -> Networks:
    rng = generator(recipe, "weights")
    b, k, d = recipe.networks, recipe.neurons, recipe.inputs
    w1 = rng.uniform(-1, 1, (b, k, d)) * recipe.spread / np.sqrt(d)
    w2 = rng.uniform(-1, 1, (b, k)) * recipe.spread / np.sqrt(k)
    b2 = rng.uniform(-1, 1, b) * recipe.spread / np.sqrt(k)
    ends = rng.integers(0, recipe.samples, (2, b, k, 1))
    share = rng.random((b, k, 1))
    from_, to = (np.take_along_axis(x, end, axis=1) for end in ends)
    # The offset keeps neurons off their data where a segment is a single point.
    offset = rng.uniform(-0.1, 0.1, (b, k)) * np.linalg.norm(w1, axis=-1)
    b1 = offset - (w1 * (from_ + share * (to - from_))).sum(-1)
    return Networks(*(torch.from_numpy(np.ascontiguousarray(part)) for part in (w1, b1, w2, b2)))


def _tamed(networks: Networks, x: Tensor, most: float) -> Networks:
    """Shrink each network to a sharpness of at most ``most``, where that is possible (most > 1).

    Scaling all weights by s <= 1 scales the kernel, less its constant part of eigenvalue 1, by s^2; the
    largest eigenvalue is convex, so afterwards it is at most 1 + s^2 (lambda - 1).
    """
    sharp = closed_form.sharpness(networks, x)
    room = torch.as_tensor(max(most - 1, 0.0), dtype=sharp.dtype)
    if not room > 0:
        return networks
    scale = (room / (sharp - 1).clamp_min(torch.finfo(sharp.dtype).tiny)).sqrt().clamp_max(1)
    w1, b1, w2, b2 = networks
    return Networks(w1 * scale[:, None, None], b1 * scale[:, None], w2 * scale[:, None], b2 * scale)


@contextmanager
def _one_thread() -> Iterator[None]:
    """Small batches gain nothing from threads and parallel workers lose; results then depend on neither."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


@torch.no_grad()
def _run(recipe: Recipe, where: torch.device, progress: Progress | None) -> Trained:
    start, x, y = initial(recipe)
    initial_sharpness = closed_form.sharpness(start, x)
    networks, x, y = Networks(*(part.to(where) for part in start)), x.to(where), y.to(where)
    batches = _batches(recipe)
    first = largest = closed_form.loss(networks, x, y)
    done = 0
    while done < recipe.steps:
        count = min(_CHUNK, recipe.steps - done)
        networks, largest = _steps(networks, x, y, float(recipe.eta), batches, count, largest)
        done += count
        if progress is not None:
            progress(done, recipe.steps)
        if not (_codes(networks, x, y, first) == OUTCOMES.index(UNCONVERGED)).any():
            break
    return _result(recipe, networks, x, y, first, largest, initial_sharpness)


def _steps(
    networks: Networks,
    x: Tensor,
    y: Tensor,
    eta: float,
    batches: Iterator[Tensor | float],
    count: int,
    largest: Tensor,
) -> tuple[Networks, Tensor]:
    """``count`` steps, and the largest full mean square of the residuals met before each."""
    for _ in range(count):
        slope, residuals = closed_form.gradient(networks, x, y, _on(next(batches), x))
        largest = torch.maximum(largest, residuals.square().mean(-1) / 2)
        networks = Networks(*(part.sub(step, alpha=eta) for part, step in zip(networks, slope, strict=True)))
    return networks, torch.maximum(largest, closed_form.loss(networks, x, y))


def _on(weights: Tensor | float, x: Tensor) -> Tensor | float:
    return weights if isinstance(weights, float) else weights.to(x.device)


def _batches(recipe: Recipe) -> Iterator[Tensor | float]:
    """Weights of the data in each step: 1/n for ever, or 1/batch on a fresh uniform subset per network."""
    n, size = recipe.samples, recipe.batch_size
    if size is None or size == n:
        while True:
            yield 1 / n
    # Drawn on the CPU, so that every device sees the same batches.
    source = torch.Generator().manual_seed(recipe.seed)
    while True:
        noise = torch.rand(_CHUNK, recipe.networks, n, generator=source, dtype=torch.float64)
        chosen = noise.argsort(-1)[..., :size]
        yield from torch.zeros_like(noise).scatter_(-1, chosen, 1 / size)


def _codes(networks: Networks, x: Tensor, y: Tensor, first: Tensor) -> Tensor:
    """The outcome of each network so far, as an index into ``OUTCOMES``, ``[B]``."""
    sharp = closed_form.sharpness(networks, x)
    block = closed_form.residual_blocks(networks, x, y).amax(-1)
    mean = (closed_form.forward(networks, x) - y).mean(-1).abs()
    bounded = torch.isfinite(sharp) & (closed_form.loss(networks, x, y) <= EXPLOSION * (1 + first))
    alive = (closed_form.preactivations(networks, x) > 0).any(-1).any(-1)
    still = torch.maximum(block, mean) < CONVERGENCE * sharp
    codes = torch.full(sharp.shape, float(OUTCOMES.index(UNCONVERGED)), dtype=sharp.dtype, device=sharp.device)
    codes[still] = OUTCOMES.index(CONVERGED)
    codes[~alive] = OUTCOMES.index(DEAD)
    codes[~bounded] = OUTCOMES.index(DIVERGED)
    return codes


def _result(
    recipe: Recipe,
    networks: Networks,
    x: Tensor,
    y: Tensor,
    first: Tensor,
    largest: Tensor,
    sharpness: Tensor,
) -> Trained:
    codes = _codes(networks, x, y, first)
    diverged = codes == OUTCOMES.index(DIVERGED)
    tensors = {
        **networks._asdict(),
        "x": x,
        "y": y,
        "codes": codes,
        "sharpness": closed_form.sharpness(networks, x),
        "initial_sharpness": sharpness,
        "loss": closed_form.loss(networks, x, y),
        "largest_loss": torch.where(diverged, torch.full_like(largest, torch.inf), largest),
        "residual_block": closed_form.residual_blocks(networks, x, y).amax(-1),
        "margin": closed_form.preactivations(networks, x).abs().amin((-1, -2)),
    }
    return Trained(recipe, **{name: np.ascontiguousarray(part.cpu().numpy()) for name, part in tensors.items()})
