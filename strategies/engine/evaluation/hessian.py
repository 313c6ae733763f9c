"""The full Hessian's largest eigenvalue where the residuals do not vanish, and how far it can be from the kernel's.

H = Phi'Phi/n + E, and E couples (w1_i, b1_i) with w2_i by S_i = 1/n sum_j r_j 1[z_ij > 0] (x_j, 1): its eigenvalues
are +-s_i = +-|S_i| with eigenvectors (S_i/s_i, +-1)/sqrt 2, and 0. So the largest eigenvalues of H and Phi'Phi/n are at
most max_i s_i apart (Weyl), and a number lambda > max_i s_i is that of H exactly when the n x n matrix

    T(lambda) = lambda Phi (lambda - E)^-1 Phi'/n = K + U' diag(s/(lambda - s)) U - V' diag(s/(lambda + s)) V

has the largest eigenvalue lambda (own; a Schur complement), where row i of U and of V is Phi/sqrt n times the
eigenvectors of s_i and -s_i. It is found by Rayleigh functionals (Voss, A minmax principle for nonlinear eigenproblems,
2009): v := top of T(lambda), lambda := the root of v'T(lambda)v = lambda; the error is squared and more in each turn.
"""

from __future__ import annotations

import torch
from torch import Tensor

from refutable.strategies.engine.evaluation.eigenvalues import largest, largest_pair
from refutable.strategies.engine.evaluation.kernel import features, gram, slopes
from refutable.strategies.engine.evaluation.preactivations import Block, in_blocks
from refutable.strategies.training.closed_form import Networks
from refutable.theorems.ops.torch import TorchOps

STEPS = 12
"""Eigenvectors of T at most; one or two are usual."""
SCALAR_STEPS = 40
"""Newton steps at most with one vector; four or five are usual."""
SETTLED = 1e-12
"""Relative length of a Newton step after which the next one would be below rounding."""
CLOSE = 1e-9
"""Relative change of T after which the next level would be the same to rounding."""
ABOVE_POLE = 1e-6
"""Smallest relative distance from max_i s_i at which the secular equation is used."""
_OPS = TorchOps()


@torch.no_grad()
def hessian_sharpness(networks: Networks, x: Tensor, y: Tensor, *, threads: int = 1) -> Tensor:
    """Largest eigenvalue of the Hessian of 1/(2n) sum_j (f(x_j) - y_j)^2 in all parameters, ``[B]``.

    Not differentiable. NaN where a network, its data or its kernel is not finite.

    Args:
        networks: parameters.
        x: inputs ``[B, n, d]``, or ``[n, d]`` where all networks share them.
        y: labels ``[B, n]``, or ``[n]``.
        threads: CPU threads that share the batch.

    Raises:
        ValueError: if shapes or types do not fit together, or there is no neuron.
    """
    (found,) = in_blocks(lambda block: (_block_sharpness(block),), networks, x, y, threads=threads)
    return found


def sharpness_radius(networks: Networks, x: Tensor, y: Tensor, *, threads: int = 1) -> Tensor:
    """max_i |S_i|, ``[B]``: the Hessian's and the kernel's largest eigenvalues differ by at most this.

    Differentiable in the networks and in x. Arguments and errors as in `hessian_sharpness`.
    """
    (found,) = in_blocks(lambda block: (block_radius(block, residuals(block)),), networks, x, y, threads=threads)
    return found


def residuals(block: Block) -> Tensor:
    """f(x_j) - y_j, ``[B, n]``; zero without labels."""
    if block.data.y is None:
        return block.z.new_zeros(len(block.z), block.samples)
    w2, b2 = block.networks.w2.unsqueeze(1), block.networks.b2
    return torch.bmm(w2, block.activations).squeeze(1) + b2.unsqueeze(-1) - block.data.y


def block_radius(block: Block, residual: Tensor) -> Tensor:
    """The radius of one block."""
    return block.known(_OPS.norm(residual_blocks(block, residual)).amax(-1))


def residual_blocks(block: Block, residual: Tensor) -> Tensor:
    """S_i, ``[B, k, d + 1]``."""
    x = block.data.x
    gated = block.active * (residual / block.samples).unsqueeze(1)
    return torch.matmul(gated, torch.cat([x, torch.ones_like(x[..., :1])], -1))


def _block_sharpness(block: Block) -> Tensor:
    coupling = residual_blocks(block, residuals(block))
    _, k, d = block.networks.w1.shape
    if k * (d + 2) + 1 <= block.samples:
        return block.known(largest(_dense(block, coupling)))
    return block.known(_secular(block, coupling))


def _dense(block: Block, coupling: Tensor) -> Tensor:
    """H, ``[B, P, P]``, parameters in the order of `features`."""
    _, k, d = block.networks.w1.shape
    phi = features(block)
    matrix = torch.bmm(phi, phi.mT) / block.samples
    neurons = torch.arange(k, device=phi.device)
    across = k * (d + 1) + neurons
    for rows, part in [*((neurons * d + c, coupling[..., c]) for c in range(d)), (k * d + neurons, coupling[..., d])]:
        matrix[:, rows, across] += part
        matrix[:, across, rows] += part
    return matrix


def _secular(block: Block, coupling: Tensor) -> Tensor:
    kernel, s = gram(block), coupling.norm(dim=-1)
    up, down = _projections(block, coupling, s)
    most = s.amax(-1)
    top, vector = largest_pair(kernel)
    lower = torch.maximum(most * (1 + ABOVE_POLE), top - most)
    level = _functional(up, down, s, vector, top, lower)
    done = most == 0
    for _ in range(STEPS):
        if bool((done | torch.isnan(level)).all()):
            break
        rise, fall = _factors(s, level)
        vector = largest_pair(_matrix(kernel, up, down, rise, fall))[1]
        own = torch.einsum("bi,bij,bj->b", vector, kernel, vector)
        found = _functional(up, down, s, vector, own, lower)
        # T changes by less than |U|^2 times this between the two, and |U|^2 <= top <= level + most < 2 level; the error
        # of the next level is of second order in the relative change.
        change = (found - level).abs() * (rise / (level.unsqueeze(-1) - s)).amax(-1)
        level, done = torch.where(done, level, found), done | (change <= CLOSE / 2) & (found > lower)
    left = (~done & torch.isfinite(top)).nonzero().squeeze(-1)
    if len(left):
        level[left] = largest(_pencil(*(part[left] for part in (kernel, up, down, s))))
    return level


def _factors(s: Tensor, level: Tensor) -> tuple[Tensor, Tensor]:
    """s/(lambda - s) and s/(lambda + s), ``[B, k]``."""
    at = level.unsqueeze(-1)
    return s / (at - s), s / (at + s)


def _matrix(kernel: Tensor, up: Tensor, down: Tensor, rise: Tensor, fall: Tensor) -> Tensor:
    """T(lambda), ``[B, n, n]``."""
    matrix = torch.baddbmm(kernel, up.mT, up * rise.unsqueeze(-1))
    return torch.baddbmm(matrix, down.mT, down * fall.unsqueeze(-1), alpha=-1)


def _functional(up: Tensor, down: Tensor, s: Tensor, vector: Tensor, own: Tensor, lower: Tensor) -> Tensor:
    """The lambda >= lower with v'T(lambda)v = lambda for unit vectors v and own = v'Kv, ``[B]``; NaN if not found.

    v'T(lambda)v/lambda falls and is convex: after one step Newton's method rises to the root.
    """
    ups, downs = (torch.bmm(part, vector.unsqueeze(-1)).squeeze(-1).square() for part in (up, down))
    most, sums = s.amax(-1), ups.sum(-1)
    # Begin at the root with all of U's part at the largest pole and none of V's: above, and near where one pole rules.
    level = (own + most + ((own - most).square() + 4 * most * sums).sqrt()) / 2
    for _ in range(SCALAR_STEPS):
        level = torch.maximum(level, lower)
        at = level.unsqueeze(-1)
        rise, fall = _factors(s, level)
        value = own + (ups * rise - downs * fall).sum(-1)
        slope = (downs * fall / (at + s) - ups * rise / (at - s)).sum(-1)
        step = (value - level) / (slope - value / level)
        level = level - step
        if bool((step.abs() <= SETTLED * level).all()):
            break
    return torch.where(step.abs() <= CLOSE * level, torch.maximum(level, lower), torch.nan)


def _projections(block: Block, coupling: Tensor, s: Tensor) -> tuple[Tensor, Tensor]:
    """U and V, ``[B, k, n]``."""
    direction = coupling / torch.where(s > 0, s, 1.0).unsqueeze(-1)
    along = slopes(block) * (torch.matmul(direction[..., :-1], block.data.x.mT) + direction[..., -1:])
    share = (2 * block.samples) ** -0.5
    return (along + block.activations) * share, (along - block.activations) * share


def _pencil(kernel: Tensor, up: Tensor, down: Tensor, s: Tensor) -> Tensor:
    """A symmetric matrix ``[B, n + 2k, n + 2k]`` with the nonzero eigenvalues of H, whatever the residuals.

    NaN where an entry overflows.

    H = F J F' with F = (Phi'/sqrt n, sqrt s_i a_i, sqrt s_i b_i), J = diag(1, 1, -1), so with F'F = R'R it is R J R'.
    """
    root = s.sqrt().unsqueeze(-1)
    corner = torch.diag_embed(torch.cat([s, s], -1))
    sideways = torch.cat([up * root, down * root], 1)
    whole = torch.cat([torch.cat([kernel, sideways.mT], -1), torch.cat([sideways, corner], -1)], 1)
    finite = torch.isfinite(whole.sum((-1, -2)))[:, None, None]
    values, vectors = torch.linalg.eigh(torch.where(finite, whole, 0.0))
    half = vectors.mT * values.clamp_min(0).sqrt().unsqueeze(-1)
    signs = torch.ones_like(values)
    signs[:, -s.shape[-1] :] = -1
    return torch.where(finite, torch.bmm(half * signs.unsqueeze(1), half.mT), torch.nan)
