"""Tables of margins to try claims on: plain numbers, trigonometric polynomials on the circle, surfaces near a point."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import torch
from flint import fmpq
from hypothesis import event
from hypothesis import strategies as st

from refutable.strategies.supply import Effort, MinimaSource, Size, TrainedSupply, VisitedSource, refuse_unknown
from refutable.theorems.domains.margin_table import MARGIN_TABLE
from refutable.theorems.exact import to_float
from refutable.theorems.exact.simplest import simplest_between
from refutable.theorems.instances import Instance

LEAST, NEARLY, LOGISTIC, TWO = "least-loss", "nearly-least-loss", "least-logistic-loss", "two-data"
KNOWN = frozenset({LEAST, NEARLY, LOGISTIC, TWO})

Rows = list[list[fmpq]]

NORMS = tuple(fmpq(p, q) for p, q in ((1, 1), (2, 1), (1, 2), (5, 1), (20, 1)))
SLACKS = tuple(fmpq(p, q) for p, q in ((1, 4), (0, 1), (1, 1), (1, 100)))
MOST_SCALE = 200
"""Of rho^a: far beyond it two losses differ by less than balls of 4096 bits tell apart."""
ANGLES = tuple(fmpq(p, q) for p, q in ((0, 1), (1, 3), (1, 1), (2, 1), (-1, 2), (-2, 1), (5, 1), (-5, 1), (-1, 8)))
"""Tangents of half the angles of points on the circle."""


@st.composite
def plain_rows(draw: st.DrawFn, least: int, size: Size) -> Rows:
    """Quarters between -2 and 6; or with a least margin that all rows share."""
    n = draw(st.integers(least, max(least, size.max_samples)))
    m = draw(st.integers(2, max(2, size.max_neurons)))
    entries = st.integers(-8, 24).map(lambda q: fmpq(q, 4))
    rows = [draw(st.lists(entries, min_size=n, max_size=n)) for _ in range(m)]
    return [[fmpq(-3), *row[1:]] for row in rows] if n > 1 and draw(st.booleans()) else rows


@st.composite
def circle_rows(draw: st.DrawFn, least: int, degree: int, size: Size) -> Rows:
    """Homogeneous polynomials of a degree, one a datum, at rational points of the circle."""
    n = draw(st.integers(least, max(least, size.max_samples)))
    coefficients = [draw(st.lists(st.integers(-3, 3), min_size=degree + 1, max_size=degree + 1)) for _ in range(n)]
    points = [((1 - t * t) / (1 + t * t), 2 * t / (1 + t * t)) for t in ANGLES[: draw(st.integers(2, 9))]]
    return [
        [sum((q * c ** (degree - k) * s**k for k, q in enumerate(row)), fmpq(0)) for row in coefficients]
        for c, s in points
    ]


@st.composite
def surface_rows(draw: st.DrawFn) -> Rows:
    """1 - phi^2 and 2 - (psi - 1)^2 + phi (3 - 4 psi) on a grid about the lexicographic maximum phi = 0, psi = 1."""
    fine = draw(st.sampled_from((4, 10, 40)))
    rows = []
    for i in (0, 1, -1):
        for j in (0, 1, -1, 2):
            phi, psi = fmpq(i, fine), 1 + fmpq(j, fine)
            rows.append([1 - phi * phi, 2 - (psi - 1) ** 2 + phi * (3 - 4 * psi)])
    return rows


@st.composite
def traded_rows(draw: st.DrawFn, least: int) -> Rows:
    """Equal margins against others of which one is lower; sometimes behind a least margin that both share."""
    n, base = draw(st.integers(max(2, least), 5)), fmpq(draw(st.integers(-2, 6)), 2)
    low = base - fmpq(draw(st.integers(0, 40)), 16)
    others = [base + fmpq(draw(st.integers(0, 24)), 2) for _ in range(n - 1)]
    shared = [base - 6] if draw(st.booleans()) else []
    return [[*shared, low, *others], [*shared, *[base] * n]]


@st.composite
def tables(draw: st.DrawFn, assumes: frozenset[str], size: Size, known: bool) -> Instance:
    """Tables that satisfy the assumptions by construction; two rows of one or two margins come first."""
    degree, norm = draw(st.sampled_from((1, 1, 2, 3))), draw(st.sampled_from(NORMS))
    degree = degree if norm**degree <= MOST_SCALE else 1
    least = 2 if TWO in assumes else 1
    kinds = [plain_rows(least, size), circle_rows(least, degree, size), surface_rows()]
    rows = draw(st.one_of(*kinds, traded_rows(least)) if known else st.one_of(*kinds))
    slack = draw(st.sampled_from(SLACKS)) if NEARLY in assumes else None
    drawn = MARGIN_TABLE.instance(margins=rows, norm=norm, degree=degree, slack=slack)
    return draw(_with_least_first(drawn, assumes)) if assumes - {TWO} else drawn


@st.composite
def _with_least_first(draw: st.DrawFn, drawn: Instance, assumes: frozenset[str]) -> Instance:
    """The row of least loss in front; or the first row raised by a constant until no other has a smaller loss."""
    f, scale = drawn["margins"], drawn["norm"] ** drawn["degree"]
    values = float_losses(np.vectorize(to_float, otypes=[float])(f * scale), LOGISTIC in assumes)
    best = min(range(len(f)), key=lambda i: (round(float(values[i]), 12), [-q for q in sorted(f[i])]))
    if LOGISTIC in assumes or draw(st.booleans()):
        event("the least loss first")
        return drawn.replace(margins=_sealed(f[[best, *(i for i in range(len(f)) if i != best)]]))
    event("the first row raised")
    up = values[0] - values[best] - float(np.log1p(to_float(drawn["slack"]))) if NEARLY in assumes else (
        values[0] - values[best]
    )  # fmt: skip
    if up <= 0:
        return drawn
    exact = fmpq(*float(up).as_integer_ratio())
    raised = f.copy()
    raised[0] = f[0] + simplest_between(exact * (1 + fmpq(1, 2**20)), exact * (1 + fmpq(1, 2**10))) / scale
    return drawn.replace(margins=_sealed(raised))


def _sealed(margins: Any) -> Any:
    margins.setflags(write=False)
    return margins


def float_losses(f: Any, logistic: bool) -> Any:
    """Logarithms of the losses of rows f [m, n], in floats."""
    if logistic:
        return np.log(np.logaddexp(0, -f).sum(-1) + 1e-300)
    low = f.min(-1)
    return np.log(np.exp(low[:, None] - f).sum(-1)) - low


class MarginTableSupply:
    """Instances of the domain margin-table."""

    domain = MARGIN_TABLE
    minima: MinimaSource | None = None
    visited: VisitedSource | None = None

    def drawn(self, assumes: frozenset[str], size: Size, known: bool = True) -> st.SearchStrategy[Instance]:
        """Strategy of exact tables.

        Raises:
            ValueError: an assumption id is unknown here.
        """
        refuse_unknown(assumes, KNOWN, "tables of margins")
        return _drawn(assumes, size, known)

    def batch(
        self, assumes: frozenset[str], count: int, size: Size, generator: torch.Generator, known: bool = True
    ) -> dict[str, Any] | None:
        """Two or three rows [count, m, n] of normal numbers; for second margins all rows share a least one."""
        m = 2 + int(torch.randint(2, (1,), generator=generator))
        n = (4 if TWO in assumes else 2) + int(torch.randint(3, (1,), generator=generator))
        margins = 2 * torch.randn(count, m, n, generator=generator, dtype=torch.float64)
        if TWO in assumes:
            margins[..., 0] = -3
            margins[..., 1:] = margins[..., 1:].abs() - 1
        norm = torch.ones(count, dtype=torch.float64) * (1 + int(torch.randint(2, (1,), generator=generator)))
        slack = torch.rand(count, generator=generator, dtype=torch.float64) if NEARLY in assumes else None
        return {"margins": margins, "norm": norm, "degree": 1, "slack": slack}

    def trained(self, assumes: frozenset[str], effort: Effort, device: str = "auto") -> TrainedSupply:
        """Empty: the rows may be of any model."""
        return TrainedSupply()


@cache
def _drawn(assumes: frozenset[str], size: Size, known: bool) -> st.SearchStrategy[Instance]:
    return tables(assumes, size, known)


SUPPLY = MarginTableSupply()
