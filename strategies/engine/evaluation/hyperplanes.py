"""The weights G of the stability norm on both sides of every neuron, and the norm.

G(w, b) = E[(w.X + b)_+] |E[(1, X) 1{w.X + b > 0}]| is free of divisions (Mulayoff, Michaeli, Soudry, NeurIPS 2021;
Nacson et al., ICLR 2023). A datum on a neuron's hyperplane is on neither side. Neurons whose hyperplanes coincide in
floats count as one: their masses are summed with signs.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from refutable.strategies.engine.evaluation.line import on_a_line
from refutable.strategies.engine.evaluation.preactivations import Block, fitting, in_blocks
from refutable.strategies.training.closed_form import Networks
from refutable.theorems.ops.torch import TorchOps

LINE = 2**14
"""Pairs of a neuron and a datum in a block from which sorting beats masks where inputs are numbers (measured)."""
LINE_DATA = 16
"""The same for the data of one network."""
NORM_ARRAYS = 1
"""Arrays of preactivations that a block should hold in the cache."""
SUMMED = 2**17
"""Multiplications of a mask of all neurons with the data below which one product for both sides is quickest."""
DIGITS = 1 / 64
"""Smallest share of what rounds at which a size found as a difference keeps its digits."""
CANCELLED = 1e-3
"""Smallest share of its bound at which a squared moment from the products of data keeps its digits."""
_OPS = TorchOps()


class Norms(NamedTuple):
    """The weights of both sides of every neuron and the norm built on them; NaN where a network is not finite."""

    active_weights: Tensor
    """G(w1_i, b1_i), ``[B, k]``."""
    inactive_weights: Tensor
    """G(-w1_i, -b1_i), ``[B, k]``."""
    stability_norm: Tensor
    """Sum over distinct hyperplanes of |mass| g, ``[B]``: int |f''| g for d = 1."""

    @property
    def weights(self) -> Tensor:
        """The smaller side's weight |w1_i| g of each neuron, ``[B, k]``."""
        return torch.minimum(self.active_weights, self.inactive_weights)


def norms(networks: Networks, x: Tensor, *, threads: int = 1) -> Norms:
    """The weights of both sides of every neuron and the stability norm, from one product of weights and data.

    Differentiable in the networks and in x. Arguments and errors as in `sharpness`.
    """
    networks, x, _ = fitting(networks, x)
    k, d, n = *networks.w1.shape[1:], x.shape[1]
    size = n + k if d == 1 and n >= LINE_DATA else max(NORM_ARRAYS * n * k, n * d, 2 * k * d, 1)
    return Norms(*in_blocks(_block_norms, networks, x, threads=threads, size=size, shows=True))


def weights(networks: Networks, x: Tensor, *, threads: int = 1) -> Tensor:
    """min(G(w1_i, b1_i), G(-w1_i, -b1_i)) = |w1_i| g, ``[B, k]``; NaN where a network is not finite.

    Differentiable in the networks and in x. Arguments and errors as in `sharpness`.
    """
    return norms(networks, x, threads=threads).weights


def stability_norm(networks: Networks, x: Tensor, *, threads: int = 1) -> Tensor:
    """Sum over distinct hyperplanes of |mass| g, ``[B]``: int |f''| g for inputs that are numbers.

    Differentiable in the networks and in x. Arguments and errors as in `sharpness`.
    """
    return norms(networks, x, threads=threads).stability_norm


def _block_norms(block: Block) -> tuple[Tensor, ...]:
    active, inactive = sides(block)
    return block.known(active), block.known(inactive), block_norm(block, active, inactive)


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
    z, (count, k, d) = block.z, block.networks.w1.shape
    if not products and count * k * d * block.samples < SUMMED:
        return _summed(z, block.activations, block.data.x)
    above, below = _excess(z)
    sizes = _sizes_from_products(block) if products else None
    upper, lower = _sizes(block) if sizes is None else sizes
    return above * upper, below * lower


def _excess(z: Tensor) -> tuple[Tensor, Tensor]:
    """E[z_+] and E[z_-], ``[B, k]`` each; with one array beside z, as fresh memory costs more than the sums."""
    rest = z.clamp_min(0)
    above = rest.sum(-1) / z.shape[-1]
    return above, rest.sub_(z).sum(-1) / z.shape[-1]


def _summed(z: Tensor, activations: Tensor, x: Tensor) -> tuple[Tensor, Tensor]:
    """Both sides from sums over their data."""
    excess = torch.cat([activations, activations - z], 1)
    masks = excess.detach().sign()
    size = _length(masks.sum(-1), torch.matmul(masks, x))
    active, inactive = (excess.sum(-1) * size * z.shape[-1] ** -2).chunk(2, 1)
    return active, inactive


def _sizes(block: Block) -> tuple[Tensor, Tensor]:
    """|E[(1, X) 1_A]| for both sides A of every neuron, ``[B, k]`` each.

    Only the side with fewer data is summed; the other is what is left of all data, unless that would lose digits.
    """
    x, n = block.data.x, block.samples
    side = block.z.detach().sign()
    lead = side.sum(-1)
    turned = lead > 0
    fewer = side.mul_(torch.where(turned, -1.0, 1.0).unsqueeze(-1)).clamp_min_(0)
    count = fewer.sum(-1)
    moment = torch.matmul(fewer, x) / n
    few, many = _length(count / n, moment), _length(1 - count / n, x.mean(1, keepdim=True) - moment)
    with torch.no_grad():
        sound = (lead.abs() + 2 * count == n) & (many >= DIGITS * _reach(x))
    upper, lower = torch.where(turned, many, few), torch.where(turned, few, many)
    if bool(sound.all()):
        return upper, lower
    rows = (~sound.all(-1)).nonzero().squeeze(-1)
    z = block.z[rows]
    direct = [_side_size(mask.to(z.dtype), x if len(x) == 1 else x[rows]) for mask in (z > 0, z < 0)]
    return upper.index_put((rows,), direct[0]), lower.index_put((rows,), direct[1])


def _reach(x: Tensor) -> Tensor:
    """The root mean square of |(1, X)|, ``[B, 1]`` or ``[1, 1]``: the size of what rounds in a mean of (1, X)."""
    flat = x.flatten(1)
    return (1 + torch.bmm(flat.unsqueeze(1), flat.unsqueeze(2)).squeeze(-1) / x.shape[1]).sqrt()


def _length(probability: Tensor, moment: Tensor) -> Tensor:
    size: Tensor = _OPS.sqrt(moment.square().sum(-1) + probability.square())
    return size


def _side_size(mask: Tensor, x: Tensor) -> Tensor:
    return _length(mask.mean(-1), torch.matmul(mask, x) / mask.shape[-1])


def _sizes_from_products(block: Block) -> tuple[Tensor, Tensor] | None:
    """As `_sizes`, the roots of 1_A'(X X' + 1) 1_A / n^2; None where cancellation would show."""
    products, share, z = block.data.products, 1 / block.samples, block.z
    masks = torch.cat([block.active, z < 0], 1).to(z.dtype)
    squares = (torch.matmul(masks, products) * masks).sum(-1) * share**2
    lengths = torch.diagonal(products, dim1=-2, dim2=-1).unsqueeze(-1)
    bounds = torch.matmul(masks, lengths).squeeze(-1) * masks.sum(-1) * share**2
    if bool((squares < CANCELLED * bounds).any()):
        return None
    upper, lower = _OPS.sqrt(squares).chunk(2, 1)
    return upper, lower


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
    if _distinct(b1 / w1[..., 0]):
        return None
    rows = _repeated(b1, w1[..., 0]).nonzero().squeeze(-1)
    if len(rows) and w1.shape[-1] > 1:
        rows = rows[_repeated(w1[rows, :, -1], w1[rows, :, 0])]
    return rows if len(rows) else None


def _distinct(ratios: Tensor) -> bool:
    """Whether it is plain that no ratio occurs twice in any network; opposite infinities stand for the same ratio."""
    ordered = ratios.sort(-1).values
    return bool((ordered[:, 1:] > ordered[:, :-1]).all()) and float(ordered[:, :1].sum()) > -torch.inf


def _repeated(upper: Tensor, lower: Tensor) -> Tensor:
    """Whether a ratio occurs twice, ``[B]``. All ratios with denominator 0 count as the same."""
    ratios = torch.where(lower == 0, torch.inf, upper / lower).sort(-1).values
    return (ratios[:, 1:] == ratios[:, :-1]).any(-1)
