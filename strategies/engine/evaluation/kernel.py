"""The gradient kernel and its largest eigenvalue, the sharpness wherever the residuals vanish."""

from __future__ import annotations

import torch
from torch import Tensor

from refutable.strategies.engine.evaluation.eigenvalues import largest
from refutable.strategies.engine.evaluation.line_kernel import kernel_on_a_line
from refutable.strategies.engine.evaluation.preactivations import Block, in_blocks
from refutable.strategies.engine.native.binding import gradient_kernels
from refutable.strategies.training.closed_form import Networks

ROUNDED = 1024
"""Most that may round in a kernel on a line, in units of its largest eigenvalue."""


def sharpness(networks: Networks, x: Tensor, *, threads: int = 1) -> Tensor:
    """Largest eigenvalue of the gradient kernel, ``[B]``; NaN where a network, its data or its kernel is not finite.

    Differentiable in the networks and in x.

    Args:
        networks: parameters.
        x: inputs ``[B, n, d]``, or ``[n, d]`` where all networks share them.
        threads: CPU threads that share the batch.

    Raises:
        ValueError: if shapes or types do not fit together, or there is no neuron.
    """
    (found,) = in_blocks(lambda block: (block_sharpness(block),), networks, x, threads=threads)
    return found


def block_sharpness(block: Block) -> Tensor:
    """The same for one block."""
    short = kernel_on_a_line(block)
    if short is None:
        return block.known(largest(smaller_gram(block)))
    found = largest(short[0])
    sound = (short[1] <= ROUNDED * found) | torch.isnan(found)
    return block.known(found if bool(sound.all()) else largest(smaller_gram(block)))


def smaller_gram(block: Block) -> Tensor:
    """Phi Phi'/n ``[B, n, n]`` or Phi'Phi/n ``[B, P, P]``, whichever is smaller: their nonzero eigenvalues agree."""
    _, k, d = block.networks.w1.shape
    if k * (d + 2) + 1 >= block.samples:
        return gram(block)
    phi = features(block)
    return torch.bmm(phi, phi.mT) / block.samples


def gram(block: Block) -> Tensor:
    """Gram matrix of the per-datum gradients divided by n, ``[B, n, n]``.

    (S'S) o (X X' + 1) + A'A + 1, with slopes S = w2 1[z > 0] and activations A = relu(z), both ``[B, k, n]``.
    """
    found = None if _products_at_hand(block) else gradient_kernels(block.networks, block.data.x)
    if found is not None:
        return found
    slope, activations = slopes(block), block.activations
    one = torch.ones((), dtype=slope.dtype, device=slope.device)
    kernel = torch.addcmul(one, torch.bmm(slope.mT, slope), block.data.products)
    share = 1 / block.samples
    return torch.baddbmm(kernel, activations.mT, activations, beta=share, alpha=share)


def _products_at_hand(block: Block) -> bool:
    """Whether X X' is there, or found once for all networks and dearer than what is left."""
    x = block.data.x
    return block.data.has_products or (len(x) == 1 and x.shape[-1] > 2 * block.networks.w1.shape[1])


def slopes(block: Block) -> Tensor:
    """w2_i 1[z_ij > 0], ``[B, k, n]``."""
    return block.active * block.networks.w2.unsqueeze(-1)


def features(block: Block) -> Tensor:
    """Derivatives of the values in (w1 row by row, b1, w2, b2), ``[B, P, n]``."""
    slope = slopes(block)
    along = (slope.unsqueeze(2) * block.data.x.mT.unsqueeze(1)).flatten(1, 2)
    return torch.cat([along, slope, block.activations, torch.ones_like(slope[:, :1])], 1)
