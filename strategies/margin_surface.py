"""Points of surfaces with three margins to try claims on."""

from __future__ import annotations

import math

from flint import fmpq
from hypothesis import strategies as st

from refutable.strategies.supply import DrawnSupply, Size, refuse_unknown
from refutable.theorems.domains.margin_surface import MARGIN_SURFACE
from refutable.theorems.exact import to_float
from refutable.theorems.exact.simplest import simplest_between
from refutable.theorems.instances import Instance

NEAR, AWAY, LARGE = "near-lexicographic-maximum", "away-from-lexicographic-maximum", "scale-at-least-100"
ORDERED, TIED, APART, HIGH = "second-at-least-first", "first-two-tied", "margins-apart", "third-high"
KNOWN = frozenset({NEAR, AWAY, LARGE, ORDERED, TIED, APART, HIGH})

SCALES = tuple(fmpq(s) for s in (100, 1000, 150, 10**4, 10**6, 257))
SMALL_SCALES = (*SCALES, fmpq(1), fmpq(10), fmpq(1, 2))
STEPS = tuple(fmpq(p, q) for p, q in ((0, 1), (1, 5), (1, 100), (1, 1000), (1, 3)))
MOST = 40
"""Of s (g_2 - g_1): the best phi is about exp(-s (g_2 - g_1)), and written in full."""


@st.composite
def surfaces(draw: st.DrawFn, assumes: frozenset[str]) -> Instance:
    """Points, where that is assumed on one side of |psi - 1| = 1/2; phi is often near the best."""
    scale = draw(st.sampled_from(SCALES if LARGE in assumes else SMALL_SCALES))
    step = fmpq(0) if TIED in assumes else draw(st.sampled_from(STEPS[1:] if APART in assumes else STEPS))
    step = step if scale * step <= MOST else MOST / (2 * scale)
    first = fmpq(draw(st.integers(0, 4)), 2)
    high = 1 + 2 * step if HIGH in assumes or AWAY in assumes else fmpq(1, 2)
    third = first + max(high, step * fmpq(3, 2)) + fmpq(draw(st.integers(0, 4)), 4)
    psi = 1 + fmpq(draw(st.integers(-40, 40)), 80)
    if AWAY in assumes:
        psi = draw(st.sampled_from((fmpq(1, 4), fmpq(0), fmpq(1, 10), fmpq(1, 3), fmpq(2), fmpq(1, 50))))
    phi = draw(tilts(scale, step))
    return MARGIN_SURFACE.instance(levels=[first, first + step, third], scale=scale, phi=phi, psi=psi)


@st.composite
def tilts(draw: st.DrawFn, scale: fmpq, step: fmpq) -> fmpq:
    """phi: 0, or about where the first two terms balance, or any."""
    kind = draw(st.integers(0, 3))
    if kind == 0:
        return fmpq(draw(st.integers(-8, 8)), 16)
    s, d = to_float(scale), to_float(step)
    y = 0.0
    for _ in range(200):
        y = min(y, 0.0) - (y + math.log(2) + s * math.exp(2 * y) + s * math.exp(y) + s * d) / (
            1 + 2 * s * math.exp(2 * y) + s * math.exp(y)
        )
    best = fmpq(*(math.exp(y) * draw(st.sampled_from((1.0, 0.9, 1.2)))).as_integer_ratio())
    return simplest_between(best * fmpq(99, 100), best * fmpq(101, 100))


def _drawn(assumes: frozenset[str], size: Size, known: bool) -> st.SearchStrategy[Instance]:
    refuse_unknown(assumes, KNOWN, "surfaces")
    return surfaces(assumes)


SUPPLY = DrawnSupply(MARGIN_SURFACE, _drawn)
