"""States from a start and growth factors, and other maps with the same predictions: exact numbers, no domain."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from flint import fmpq

from refutable.theorems.domains.diagonal_flow.dynamics import STATE
from refutable.theorems.domains.number_moves import sealed


def grown(start: Sequence[Any], growth: Any) -> dict[str, Any]:
    """The four weight vectors [d] that gradient flow has after growth rho [d], from their starts, by field name."""
    u_plus, v_plus, u_minus, v_minus = start
    up, down = (u_plus + v_plus) * growth / 2, (u_plus - v_plus) / growth / 2
    less, more = (u_minus + v_minus) / growth / 2, (u_minus - v_minus) * growth / 2
    found = (up + down, up - down, less + more, less - more)
    return {name: sealed(value) for name, value in zip(STATE, found, strict=True)}


def growth_of(x: Any, bases: Sequence[fmpq]) -> Any:
    """rho_i = prod_n b_n^{x_ni} [d] for integral inputs x [n, d] and bases b_n = exp(nu_n) > 0.

    Raises:
        ValueError: an input is no integer.
    """
    out = []
    for column in np.asarray(x, dtype=object).T:
        rho = fmpq(1)
        for base, power in zip(bases, column, strict=True):
            if power.q != 1:
                raise ValueError("growth factors are rational for integral inputs only")
            rho *= base ** int(power.p)
        out.append(rho)
    return np.array(out, dtype=object)
