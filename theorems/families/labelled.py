"""Networks with labels that differ from their outputs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flint import fmpq

from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.families.two_atoms import two_atoms
from refutable.theorems.instances import Instance


def with_residuals(instance: Instance, residuals: Sequence[Any]) -> Instance:
    """The network with labels y_j = f(x_j) - r_j.

    Args:
        residuals: n rationals r_j.
    """
    y = SHALLOW_RELU.view(instance)["output"] - SHALLOW_RELU.view(instance).ops.array(list(residuals))
    y.setflags(write=False)
    return instance.replace(y=y)


NOT_CRITICAL = with_residuals(two_atoms(), [-1, -1]).replace(step_size=fmpq(4, 29))
"""The two-atom equality case with labels one above its outputs: stable, with ||f|| = 225/32 above 1/eta - 1/2."""

SHIFTED_TWO_ATOMS = with_residuals(two_atoms(), [-1, -1])
"""The same at the step size of the equality case, for claims that ask for none: 1 + 2 ||f|| = 15.06 > 14.48."""

NARROW_ATOMS = with_residuals(
    SHALLOW_RELU.instance(w1=[[20], [-20]], b1=[0, 0], w2=[2, 2], b2=0, x=[["-1/10"], ["1/10"]]), [-1, -1]
)
"""Two atoms near 0 with residual -1: the hidden biases' share of the residual part dominates."""
