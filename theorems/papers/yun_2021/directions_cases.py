"""States of multilinear networks with singular vectors that are known: small, exact."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from refutable.theorems.domains.multilinear_flow import MULTILINEAR_FLOW
from refutable.theorems.domains.number_moves import sealed
from refutable.theorems.instances import Instance

STRETCH = ((2, 0), (0, 1))
"""diag(2, 1): singular pairs e_1, e_1 of value 2 and e_2, e_2 of value 1."""
SHIFT = ((0, 1), (0, 0))
"""e_1 e_2^T."""
DIAGONAL_THREE = ((2, 0, 0, 0), (0, 0, 0, 1))
"""2 e_1 (x) e_1 (x) e_1 + e_2 (x) e_2 (x) e_2, unfolded."""


def state(factors: Sequence[Any], *tensors: Any, slopes: Sequence[Any] | None = None, **more: Any) -> Instance:
    """Instance from factors and unfolded data tensors; slopes 1 unless given."""
    given = [1] * len(tensors) if slopes is None else list(slopes)
    return MULTILINEAR_FLOW.instance(factors=factors, tensors=tensors, slopes=given, **more)


def stretched(first: Sequence[Any], second: Sequence[Any], slope: Any = 1, **more: Any) -> Instance:
    """Two factors and diag(2, 1), with its two singular pairs."""
    units = ((1, 0), (0, 1))
    return state((first, second), STRETCH, slopes=[slope], left=units, right=units, gains=(2, 1), **more)


AT_TOP = stretched((1, 0), (1, 0))
AT_SECOND = stretched((0, 1), (0, 1))
GENERIC_STATE = stretched((1, 1), (1, 1))
SECOND_PAIR_FIRST = GENERIC_STATE.replace(
    left=sealed(np.flip(GENERIC_STATE["left"], 0)),
    right=sealed(np.flip(GENERIC_STATE["right"], 0)),
    gains=sealed(np.flip(GENERIC_STATE["gains"])),
)
"""The pairs of diag(2, 1) listed from the smaller value on: the factors end at the second one, not at the first."""
ONE_PAIR = GENERIC_STATE.replace(**{name: sealed(GENERIC_STATE[name][1:]) for name in ("left", "right", "gains")})
"""The pair of value 1 alone: the factors end at the pair that is not given."""
HALF_SINGULAR = state(((2, 1), (1, 1)), STRETCH)
"""v_1 = A v_2, but A^T v_1 = (4, 1) is no multiple of v_2 = (1, 1)."""
UNBALANCED = stretched((1, 0), (2, 0))
TWO_DATA = state(((1, 1), (1, 1)), ((1, 0), (0, 0)), ((0, 0), (0, 1)), slopes=(1, 2))
"""Singular vectors of A_1 + A_2 = I, not of A_1 + 2 A_2."""
