"""Homogeneous networks to try claims on: drawn exactly, and in float batches."""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import numpy as np
import torch
from flint import fmpq
from hypothesis import event
from hypothesis import strategies as st

from refutable.strategies.coded_arrays import choices, coded_arrays
from refutable.strategies.homogeneous_network.demands import DIFFERENTIABLE, HOMOGENEOUS, KNOWN, SEPARATED
from refutable.strategies.homogeneous_network.runs import Runs
from refutable.strategies.supply import Effort, MinimaSource, Size, TrainedSupply, refuse_unknown
from refutable.theorems.domains.homogeneous_network import HOMOGENEOUS_NETWORK
from refutable.theorems.exact import to_float
from refutable.theorems.instances import Instance
from refutable.theorems.papers.lyu_li_2020.networks import aligned

SLOPES = tuple(fmpq(p, q) for p, q in ((1, 1), (0, 1), (1, 10), (0, 1)))
BIASES = tuple(fmpq(p, q) for p, q in ((2, 1), (1, 1), (5, 1), (3, 1), (-1, 2)))
SIZES = tuple(fmpq(p, q) for p, q in ((1, 1), (2, 1), (1, 2), (5, 4), (3, 1)))
HALVES = tuple(fmpq(h, 2) for h in (2, 0, 1, 3, 4, -1, -2, -3, 5, 6, -4, 7, 8))
LABELS = (fmpq(1), fmpq(-1))
NUDGE = fmpq(1, 64)
"""What weights are moved by to leave a kink, or an output 0."""
MOST_NUDGES, LEAK = 12, fmpq(1, 10)


_entries = cache(coded_arrays)


@st.composite
def networks(draw: st.DrawFn, assumes: frozenset[str], size: Size, known: bool) -> Instance:
    """Networks that satisfy the assumptions by construction; one unit and one datum come first."""
    of_slope, of_size, depth, kind = draw(choices(len(SLOPES), len(SIZES), 3, 6))
    if known and assumes >= KNOWN and kind == 5:
        event("aligned with its gradient")
        return aligned(SIZES[of_size], depth + 2, SLOPES[of_slope])
    most = (max(1, min(3, size.max_neurons)), max(1, min(3, size.max_inputs)), max(1, min(4, size.max_samples)))
    k, d, n, m = draw(choices(*most, 4))
    k, d, n, m = k + 1, d + 1, n + 1, (0, 0, 1, 2)[m]
    raw: dict[str, Any] = {
        "w1": draw(_entries(HALVES, k, d)),
        "middle": draw(_entries(HALVES, m, k, k)) if m else None,
        "w2": draw(_entries(HALVES, k)),
        "slope": SLOPES[of_slope],
        "x": draw(_entries(HALVES, n, d)),
        "y": draw(_entries(LABELS, n)),
    }
    if HOMOGENEOUS not in assumes and kind >= 4:
        event("with a bias")
        raw["bias"] = BIASES[of_size]
    drawn = HOMOGENEOUS_NETWORK.instance(**raw)
    if assumes & {DIFFERENTIABLE, SEPARATED}:
        drawn = _nudged(drawn)
    return _separated(drawn) if SEPARATED in assumes else drawn


def _nudged(drawn: Instance) -> Instance:
    """Weights moved a little until no hidden unit is at a kink and no output is 0; leaky where ReLU is off."""
    for turn in range(1, MOST_NUDGES):
        view = HOMOGENEOUS_NETWORK.view(drawn)
        silent = any(f == 0 for f in view["margins"])
        if view["kinks"] == 0 and not silent:
            return drawn
        if silent and turn > 2 and drawn["slope"] == 0:
            drawn = drawn.replace(slope=LEAK)
        drawn = drawn.replace(**{name: _moved(drawn[name], turn, len(name)) for name in ("w1", "w2", "x")})
    return aligned(1, 2, drawn["slope"])


def _moved(array: Any, turn: int, salt: int) -> Any:
    out = array.copy()
    for place, index in enumerate(np.ndindex(array.shape)):
        # Different fractions: no combination of them vanishes for long.
        out[index] = out[index] + NUDGE * fmpq(turn * (place + salt), place + 2)
    out.setflags(write=False)
    return out


def _separated(drawn: Instance) -> Instance:
    """Labels as the network has them; output weights (and bias) times a power of two that makes the loss below 1."""
    view = HOMOGENEOUS_NETWORK.view(drawn)
    y = drawn["y"].copy()
    for i, f in enumerate(view["margins"]):
        y[i] = y[i] if f > 0 else -y[i]
    y.setflags(write=False)
    sizes = [to_float(abs(f)) for f in view["margins"]]
    factor = 1
    while factor * min(sizes) < 700 and math.fsum(math.exp(-factor * f) for f in sizes) >= 0.999:
        factor *= 2
    w2 = drawn["w2"] * factor
    w2.setflags(write=False)
    bias = None if drawn["bias"] is None else drawn["bias"] * factor
    return drawn.replace(y=y, w2=w2, bias=bias)


class HomogeneousNetworkSupply:
    """Instances of the domain homogeneous-network."""

    domain = HOMOGENEOUS_NETWORK
    minima: MinimaSource | None = None
    visited = Runs()

    def drawn(self, assumes: frozenset[str], size: Size, known: bool = True) -> st.SearchStrategy[Instance]:
        """Strategy of exact networks.

        Raises:
            ValueError: an assumption id is unknown here.
        """
        refuse_unknown(assumes, KNOWN, "homogeneous networks")
        return _drawn(assumes, size, known)

    def batch(
        self, assumes: frozenset[str], count: int, size: Size, generator: torch.Generator, known: bool = True
    ) -> dict[str, Any] | None:
        """Normal weights and data [count, ...], one or two units, one to three data, at most one square layer, no ReLU.

        A ReLU network is 0 on many data, which no scaling separates.
        """

        def whole(most: int) -> int:
            return 1 + int(torch.randint(most, (1,), generator=generator))

        def normal(*shape: int) -> torch.Tensor:
            return torch.randn(count, *shape, generator=generator, dtype=torch.float64)

        k, d, n, deep = whole(2), whole(2), whole(3), whole(2) == 2
        bias = 3 * normal() if HOMOGENEOUS not in assumes and whole(2) == 2 else None
        one = torch.ones(count, dtype=torch.float64)
        network = {"w1": normal(k, d), "middle": normal(1, k, k) if deep else None, "w2": normal(k), "bias": bias}
        earlier = dict.fromkeys(("earlier_w1", "earlier_middle", "earlier_w2"))
        return {
            **network,
            "slope": one if whole(2) == 1 else one / 8,
            "x": normal(n, d),
            "y": one[:, None].repeat(1, n),
            **earlier,
        }

    def trained(self, assumes: frozenset[str], effort: Effort, device: str = "auto") -> TrainedSupply:
        """Empty: the loss is never 0; runs are tried state by state."""
        return TrainedSupply()


@cache
def _drawn(assumes: frozenset[str], size: Size, known: bool) -> st.SearchStrategy[Instance]:
    return networks(assumes, size, known)


SUPPLY = HomogeneousNetworkSupply()
