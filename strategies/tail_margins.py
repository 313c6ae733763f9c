"""Separable data with losses of other tails to try claims on."""

from __future__ import annotations

from flint import fmpq
from hypothesis import strategies as st

from refutable.strategies.separable.whitened import whitened_data
from refutable.strategies.supply import DrawnSupply, Size, refuse_unknown
from refutable.theorems.domains.tail_margins import TAIL_MARGINS
from refutable.theorems.instances import Instance

USED = "every-datum-used"
EXPONENTS = tuple(fmpq(p, q) for p, q in ((1, 1), (2, 1), (1, 2), (3, 1), (3, 2), (3, 4), (1, 4)))
LEVELS = tuple(fmpq(p, q) for p, q in ((10, 1), (1, 1), (100, 1), (10**4, 1), (1, 4), (10**7, 1)))


@st.composite
def curves(draw: st.DrawFn, size: Size) -> Instance:
    """Data that are all used, a tail, a place on the curve, a frozen component."""
    data = draw(whitened_data(draw(st.integers(1, min(3, size.max_inputs))), 0))
    return TAIL_MARGINS.instance(
        x=data.x.tolist(),
        exponent=draw(st.sampled_from(EXPONENTS)),
        level=draw(st.sampled_from(LEVELS)),
        frozen=fmpq(draw(st.integers(1, 6)), 2),
    )


def _drawn(assumes: frozenset[str], size: Size, known: bool) -> st.SearchStrategy[Instance]:
    refuse_unknown(assumes, frozenset({USED}), "data with other tails")
    return curves(size)


SUPPLY = DrawnSupply(TAIL_MARGINS, _drawn)
