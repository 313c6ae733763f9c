"""Networks with a linear and a deep part to try claims on: least norms at a margin, and networks to compare with."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from flint import fmpq
from hypothesis import strategies as st

from refutable.strategies.supply import Effort, MinimaSource, Size, TrainedSupply, VisitedSource, refuse_unknown
from refutable.theorems.domains.shallow_plus_deep import SHALLOW_PLUS_DEEP
from refutable.theorems.domains.shallow_plus_deep.moves import optimal
from refutable.theorems.instances import Instance

LEAST, OTHER = "least-norm", "other-feasible"
KNOWN = frozenset({LEAST, OTHER})

DEPTHS = (3, 2, 4, 3, 5)
FACTORS = tuple(fmpq(p, q) for p, q in ((1, 1), (2, 1), (3, 2), (4, 3), (5, 1), (10, 1), (5, 4), (40, 1), (25, 1)))
SMALL_FACTORS = tuple(fmpq(p, q) for p, q in ((1, 2), (1, 10), (1, 1), (3, 1)))
MARGINS = tuple(fmpq(p, q) for p, q in ((1, 1), (10, 1), (1000, 1), (1, 3), (7, 2)))


@st.composite
def networks(draw: st.DrawFn, assumes: frozenset[str], size: Size, known: bool) -> Instance:
    """Networks that satisfy the assumptions by construction; one coordinate with factors 1 comes first."""
    d, depth = draw(st.integers(1, max(1, min(3, size.max_inputs)))), draw(st.sampled_from(DEPTHS))
    factors = [draw(st.sampled_from(SMALL_FACTORS if depth == 2 and known else FACTORS)) for _ in range(d)]
    # q^(2L - 2) >= L - 2 makes the stationary point the global one.
    factors = [q if q ** (2 * depth - 2) >= depth - 2 else q * fmpq(5, 4) for q in factors]
    drawn = optimal(
        SHALLOW_PLUS_DEEP.instance(
            data=[1] * d, margin=draw(st.sampled_from(MARGINS)), depth=depth, shallow=[1] * d, factors=factors
        )
    )
    if LEAST not in assumes:
        shift = [fmpq(draw(st.integers(-4, 4)), 4) for _ in range(d)]
        drawn = drawn.replace(shallow=drawn["shallow"] + _array(shift))
    return draw(_compared(drawn)) if OTHER in assumes else drawn


@st.composite
def _compared(draw: st.DrawFn, drawn: Instance) -> Instance:
    """With another network of at least the margin: factors of any size, the linear part makes up for the rest."""
    t, q = [], []
    for x, own in zip(drawn["data"], drawn["factors"], strict=True):
        factor = own * fmpq(draw(st.integers(0, 24)), 16)
        missing = drawn["margin"] / x - factor ** drawn["depth"]
        t.append(missing + fmpq(draw(st.sampled_from((0, 0, 1))), 2) if missing > 0 else fmpq(0))
        q.append(factor)
    return drawn.replace(other_shallow=_array(t), other_factors=_array(q))


def _array(values: Any) -> Any:
    out = np.array(values, dtype=object)
    out.setflags(write=False)
    return out


class ShallowPlusDeepSupply:
    """Instances of the domain shallow-plus-deep."""

    domain = SHALLOW_PLUS_DEEP
    minima: MinimaSource | None = None
    visited: VisitedSource | None = None

    def drawn(self, assumes: frozenset[str], size: Size, known: bool = True) -> st.SearchStrategy[Instance]:
        """Strategy of exact networks.

        Raises:
            ValueError: an assumption id is unknown here.
        """
        refuse_unknown(assumes, KNOWN, "networks with a linear and a deep part")
        return networks(assumes, size, known)

    def batch(
        self, assumes: frozenset[str], count: int, size: Size, generator: torch.Generator, known: bool = True
    ) -> dict[str, Any] | None:
        """Factors between 1 and 20 [count, d]; None where equations must hold exactly."""
        if assumes:
            return None
        d = 1 + int(torch.randint(2, (1,), generator=generator))
        depth = 2 + int(torch.randint(3, (1,), generator=generator))
        factors = 1.2 + torch.rand(count, d, generator=generator, dtype=torch.float64).square() * 20
        one = torch.ones(count, d, dtype=torch.float64)
        plain = {"data": one, "margin": one[:, 0], "depth": depth, "shallow": one, "factors": factors}
        return {**plain, "other_shallow": None, "other_factors": None}

    def trained(self, assumes: frozenset[str], effort: Effort, device: str = "auto") -> TrainedSupply:
        """Empty: least norms have a closed form here."""
        return TrainedSupply()


SUPPLY = ShallowPlusDeepSupply()
