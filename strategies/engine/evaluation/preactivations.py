"""What everything else is made of: one product W X', networks that are not finite put aside, blocks that fit the cache.

Shapes: B networks, k neurons, n data, d inputs. Preactivations are ``[B, k, n]`` here, so that sums over the data run
along memory, and one product serves all networks that share their data.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from refutable.strategies.engine.arguments import real_tensor
from refutable.strategies.engine.evaluation.eigenvalues import LANCZOS
from refutable.strategies.engine.torch_batched import one_thread
from refutable.strategies.training.closed_form import Networks

CACHE = 2**17
"""Numbers of the largest array of a block: a few such arrays fit in a core's second-level cache."""


@dataclass(frozen=True)
class Data:
    """Inputs ``[B, n, d]`` or ``[1, n, d]``, labels ``[B, n]``, ``[1, n]`` or None, all finite."""

    x: Tensor
    y: Tensor | None

    @property
    def has_products(self) -> bool:
        """Whether `products` has been asked for."""
        return "products" in self.__dict__

    @cached_property
    def products(self) -> Tensor:
        """X X' + 1, ``[B, n, n]`` or ``[1, n, n]``."""
        return torch.matmul(self.x, self.x.mT) + 1


@dataclass(frozen=True)
class Block:
    """Some networks with their data, all finite.

    Attributes:
        networks: parameters.
        data: theirs, or shared.
        finite: ``[B]``; the networks that were not are zero here, and so are their data. None: all are taken to be.
    """

    networks: Networks
    data: Data
    finite: Tensor | None

    @property
    def samples(self) -> int:
        """Data per network."""
        return self.data.x.shape[1]

    @cached_property
    def z(self) -> Tensor:
        """Preactivations w1_i . x_j + b1_i, ``[B, k, n]``."""
        return _preactivations(self.networks, self.data.x)

    @cached_property
    def active(self) -> Tensor:
        """z > 0, ``[B, k, n]``."""
        return self.z > 0

    @cached_property
    def activations(self) -> Tensor:
        """relu(z), ``[B, k, n]``."""
        return self.z.clamp_min(0)

    def known(self, values: Tensor) -> Tensor:
        """Values ``[B, ...]``, NaN for the networks that were not finite."""
        if self.finite is None or bool(self.finite.all()):
            return values
        return torch.where(_beside(self.finite, values), values, torch.full_like(values, torch.nan))


def in_blocks(
    work: Callable[[Block], tuple[Tensor, ...]],
    networks: Networks,
    x: Tensor,
    y: Tensor | None = None,
    threads: int = 1,
    size: int | None = None,
    shows: bool = False,
) -> tuple[Tensor, ...]:
    """Tensors ``[B, ...]`` found block by block, joined.

    Args:
        work: from a block to tensors with its networks along the first axis.
        networks: parameters.
        x: inputs ``[B, n, d]``, or ``[1, n, d]`` or ``[n, d]`` for all.
        y: labels ``[B, n]``, ``[1, n]``, ``[n]`` or None.
        threads: CPU threads that share the blocks.
        size: numbers of the largest array that one network needs; by default enough for a gradient kernel.
        shows: whether every number of w1, b1, w2 and x that is not finite makes a result that is not. Then results
            are looked at first, and parameters and data only where that finds something.

    Raises:
        ValueError: if shapes or types do not fit together; see `fitting`.
    """
    networks, x, y = fitting(networks, x, y)
    n, k = x.shape[1], networks.w1.shape[1]
    # Eigenvalues of larger kernels come by Lanczos, which wants several at once.
    most = CACHE // (size or (n * n // 2 if n >= LANCZOS else max(n * k, n * n)))
    most = len(networks.b2) if x.is_cuda else max(1, most)
    with nullcontext() if x.is_cuda else one_thread():
        if shows:
            found = _joined(work, list(_cut(networks, x, y, None, most)), threads)
            if _all_finite(*found, networks.b2):
                return found
        return _joined(work, list(_blocks(networks, x, y, most)), threads)


def _joined(work: Callable[[Block], tuple[Tensor, ...]], blocks: list[Block], threads: int) -> tuple[Tensor, ...]:
    if len(blocks) == 1:
        return work(blocks[0])
    if threads > 1:
        grad = torch.is_grad_enabled()

        def one(block: Block) -> tuple[Tensor, ...]:
            with torch.set_grad_enabled(grad):  # a new thread would not know
                return work(block)

        with ThreadPoolExecutor(threads) as pool:
            found = list(pool.map(one, blocks))
    else:
        found = [work(block) for block in blocks]
    return tuple(torch.cat(parts) for parts in zip(*found, strict=True))


def _all_finite(*parts: Tensor) -> bool:
    return math.isfinite(sum(float(part.detach().sum()) for part in parts))


def _blocks(networks: Networks, x: Tensor, y: Tensor | None, most: int) -> Iterator[Block]:
    """The batch in blocks of ``most``, the networks that are not finite replaced by zeros."""
    finite, shared = _usable(networks, x, y)
    if not bool(finite.all()):
        networks = Networks(*(_zeroed(part, finite) for part in networks))
        x = _zeroed(x, shared if len(x) == 1 else finite)
        y = None if y is None else _zeroed(y, shared if len(y) == 1 else finite)
    return _cut(networks, x, y, finite, most)


def _cut(networks: Networks, x: Tensor, y: Tensor | None, finite: Tensor | None, most: int) -> Iterator[Block]:
    common = Data(x, y) if len(x) == 1 and (y is None or len(y) == 1) else None
    count = len(networks.b2)
    if count <= most:
        yield Block(networks, common or Data(x, y), finite)
        return
    for first in range(0, count, most):
        part = slice(first, first + most)
        data = common or Data(_of(x, part), None if y is None else _of(y, part))
        yield Block(Networks(*(values[part] for values in networks)), data, None if finite is None else finite[part])


def _of(values: Tensor, part: slice) -> Tensor:
    return values if len(values) == 1 else values[part]


def _preactivations(networks: Networks, x: Tensor) -> Tensor:
    w1, b1 = networks.w1, networks.b1.unsqueeze(-1)
    count, k, d = w1.shape
    if d == 1:
        # Two roundings, as everywhere else: a fused product would see other kinks.
        return (w1 * x.mT).add_(b1)
    if len(x) == 1:
        return (w1.reshape(-1, d) @ x[0].mT).reshape(count, k, x.shape[1]) + b1
    return torch.baddbmm(b1, w1, x.mT)


def _usable(networks: Networks, x: Tensor, y: Tensor | None) -> tuple[Tensor, Tensor]:
    """Which networks are finite with their data ``[B]``, and whether shared data are ``[1]``."""
    ours = _finite(networks)
    shared = torch.ones_like(ours[:1])
    for part in (x, y):
        if part is not None:
            found = _finite([part])
            ours = ours & found
            shared = shared & found if len(part) == 1 else shared
    return ours, shared


def _finite(parts: Networks | list[Tensor]) -> Tensor:
    """Along the first axis: whether all numbers are finite."""
    parts = [part.detach().flatten(1) if part.dim() > 1 else part.detach().unsqueeze(1) for part in parts]
    # A sum is faster than flags, and is right unless it overflows.
    finite = torch.stack([torch.isfinite(part.sum(-1)) for part in parts]).all(0)
    if bool(finite.all()):
        return finite
    return torch.stack([torch.isfinite(part).all(-1) for part in parts]).all(0)


def _zeroed(part: Tensor, finite: Tensor) -> Tensor:
    return torch.where(_beside(finite, part), part, torch.zeros_like(part))


def _beside(flags: Tensor, values: Tensor) -> Tensor:
    return flags.reshape(-1, *(1,) * (values.dim() - 1))


def fitting(networks: Networks, x: Tensor, y: Tensor | None = None) -> tuple[Networks, Tensor, Tensor | None]:
    """Networks with inputs ``[B, n, d]`` or ``[1, n, d]`` and labels ``[B, n]`` or ``[1, n]``, checked.

    Inputs ``[n, d]`` and labels ``[n]`` are everyone's; numpy arrays are converted.

    Raises:
        ValueError: shapes or types that do not fit together, or networks without a neuron.
    """
    networks = Networks(*(real_tensor(name, part) for name, part in zip(Networks._fields, networks, strict=True)))
    x, y = real_tensor("inputs", x), None if y is None else real_tensor("labels", y)
    x = x.unsqueeze(0) if x.dim() == 2 else x
    y = y.unsqueeze(0) if y is not None and y.dim() == 1 else y
    _check(networks, x, y)
    return networks, x, y


def _check(networks: Networks, x: Tensor, y: Tensor | None) -> None:
    w1, b1, w2, b2 = networks
    if w1.dim() != 3 or b1.shape != w1.shape[:2] or w2.shape != w1.shape[:2] or b2.shape != w1.shape[:1]:
        shapes = ", ".join(f"{name} {list(part.shape)}" for name, part in networks._asdict().items())
        raise ValueError(f"networks must be w1 [B, k, d], b1 [B, k], w2 [B, k], b2 [B], not {shapes}")
    count, k, d = w1.shape
    if 0 in (k, d):
        raise ValueError(f"networks must have a neuron and an input at least, not k = {k}, d = {d}")
    if x.dim() != 3 or len(x) not in (1, count) or x.shape[1] == 0 or x.shape[2] != d:
        raise ValueError(f"inputs must be [n, {d}] or [{count}, n, {d}] with n >= 1, not {list(x.shape)}")
    if y is not None and (y.dim() != 2 or len(y) not in (1, count) or y.shape[1] != x.shape[1]):
        raise ValueError(f"labels must be [{x.shape[1]}] or [{count}, {x.shape[1]}], not {list(y.shape)}")
    _check_types(networks, x, y)


def _check_types(networks: Networks, x: Tensor, y: Tensor | None) -> None:
    parts = {**networks._asdict(), "inputs": x, **({} if y is None else {"labels": y})}
    if len({part.dtype for part in parts.values()}) > 1:
        types = ", ".join(f"{name} {str(part.dtype).removeprefix('torch.')}" for name, part in parts.items())
        raise ValueError(f"networks and data must be of one type, best float64, not {types}")
