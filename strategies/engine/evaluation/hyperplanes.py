"""The weights G of the stability norm on both sides of every neuron, and the norm.

G(w, b) = E[(w.X + b)_+] |E[(1, X) 1{w.X + b > 0}]| is free of divisions (Mulayoff, Michaeli, Soudry, NeurIPS 2021;
Nacson et al., ICLR 2023). A datum on a neuron's hyperplane is on neither side. Neurons whose hyperplanes coincide in
floats count as one: their masses are summed with signs.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from refutable.strategies.engine.evaluation.line import on_a_line
from refutable.strategies.engine.evaluation.preactivations import Block, in_blocks
from refutable.strategies.training.closed_form import Networks
from refutable.theorems.ops.torch import TorchOps

LINE = 2**14
"""Pairs of a neuron and a datum in a block from which sorting beats masks where inputs are numbers (measured)."""
LINE_DATA = 16
"""The same for the data of one network."""
CANCELLED = 1e-3
"""Smallest share of its bound at which a squared moment from the products of data keeps its digits."""
_OPS = TorchOps()


def weights(networks: Networks, x: Tensor, *, threads: int = 1) -> Tensor:
    """min(G(w1_i, b1_i), G(-w1_i, -b1_i)) = |w1_i| g, ``[B, k]``; NaN where a network is not finite.

    Differentiable in the networks and in x. Arguments and errors as in `sharpness`.
    """
    return _found(lambda block: block.known(torch.minimum(*sides(block))), networks, x, threads)


def stability_norm(networks: Networks, x: Tensor, *, threads: int = 1) -> Tensor:
    """Sum over distinct hyperplanes of |mass| g, ``[B]``: int |f''| g for inputs that are numbers.

    Differentiable in the networks and in x. Arguments and errors as in `sharpness`.
    """
    return _found(lambda block: block_norm(block, *sides(block)), networks, x, threads)


def _found(work: Callable[[Block], Tensor], networks: Networks, x: Tensor, threads: int) -> Tensor:
    k, d, n = *networks.w1.shape[1:], x.shape[1]
    size = n + k if d == 1 and n >= LINE_DATA else max(2 * n * k, n * d, 2 * k * d, 1)
    (found,) = in_blocks(lambda block: (work(block),), networks, x, threads=threads, size=size)
    return found


def block_norm(block: Block, active: Tensor, inactive: Tensor) -> Tensor:
    """The norm from the weights of both sides."""
    return block.known((merged_mass(block.networks).abs() * torch.minimum(active, inactive)).sum(-1))


def sides(block: Block, kernel: bool = False) -> tuple[Tensor, Tensor]:
    """G(w1_i, b1_i) and G(-w1_i, -b1_i), each ``[B, k]``; ``kernel``: the products of the data are needed anyway."""
    count, k, d = block.networks.w1.shape
    n = block.samples
    if d > 1 or n < LINE_DATA or count * k * n < LINE:
        return _by_masks(block, kernel and d > n)
    active, inactive, sure = on_a_line(block.networks, block.data.x)
    if bool(sure.all()):
        return active, inactive
    slow = _by_masks(block, False)
    at = sure.unsqueeze(-1)
    return torch.where(at, active, slow[0]), torch.where(at, inactive, slow[1])


def _by_masks(block: Block, products: bool) -> tuple[Tensor, Tensor]:
    z, k = block.z, block.networks.w1.shape[1]
    masks = torch.cat([block.active, z < 0], 1).to(z.dtype)
    sizes = _sizes_from_products(block, masks) if products else None
    if sizes is None:
        sizes = _sizes(block, masks)
    share = 1 / block.samples
    above, below = block.activations.sum(-1) * share, (block.activations - z).sum(-1) * share
    return above * sizes[:, :k], below * sizes[:, k:]


def _sizes(block: Block, masks: Tensor) -> Tensor:
    """|E[(1, X) 1_A]|, ``[B, 2k]``, for masks 1_A ``[B, 2k, n]``.

    Both sides are summed themselves: totals less the other side would lose a small side's digits.
    """
    moments, probability = torch.matmul(masks, block.data.x) / block.samples, masks.mean(-1)
    size: Tensor = _OPS.sqrt(moments.square().sum(-1) + probability.square())
    return size


def _sizes_from_products(block: Block, masks: Tensor) -> Tensor | None:
    """The same as the root of 1_A'(X X' + 1) 1_A / n^2; None where cancellation would show."""
    products, share = block.data.products, 1 / block.samples
    squares = (torch.matmul(masks, products) * masks).sum(-1) * share**2
    lengths = torch.diagonal(products, dim1=-2, dim2=-1).unsqueeze(-1)
    bounds = torch.matmul(masks, lengths).squeeze(-1) * masks.sum(-1) * share**2
    if bool((squares < CANCELLED * bounds).any()):
        return None
    size: Tensor = _OPS.sqrt(squares)
    return size


def merged_mass(networks: Networks) -> Tensor:
    """Jump of the gradient at each distinct hyperplane, in units of |w1_s| of its first neuron s, ``[B, k]``.

    The other neurons of that hyperplane get 0.
    Coinciding means that (w1, b1) / (first nonzero entry of w1) are equal in floats.
    """
    rows = _with_repeats(networks)
    if rows is None:
        return networks.w2
    w1, b1, w2, _ = (part[rows] for part in networks)
    segments, ratio = _OPS.parallel(w1, b1)
    merged: Tensor = _OPS.segment_sum(w2 * ratio.abs(), segments)
    return networks.w2.index_put((rows,), merged)


@torch.no_grad()
def _with_repeats(networks: Networks) -> Tensor | None:
    """Networks that may have coinciding hyperplanes; None if no network has.

    Coinciding hyperplanes agree in every ratio of their coordinates; repeats of two such ratios are looked for.
    """
    w1, b1, _, _ = networks
    rows = _repeated(b1, w1[..., 0]).nonzero().squeeze(-1)
    if len(rows) and w1.shape[-1] > 1:
        rows = rows[_repeated(w1[rows, :, -1], w1[rows, :, 0])]
    return rows if len(rows) else None


def _repeated(upper: Tensor, lower: Tensor) -> Tensor:
    """Whether a ratio occurs twice, ``[B]``. All ratios with denominator 0 count as the same."""
    ratios = torch.where(lower == 0, torch.inf, upper / lower).sort(-1).values
    return (ratios[:, 1:] == ratios[:, :-1]).any(-1)
