"""Two atoms with labels off their outputs: the residuals lower the sharpness by half of what the sharp form allows.

On +-c with a mirrored balanced pair of large weights and residuals r < 0 the bound needs (1/4) sqrt(1 + c^2) |r| on its
right side: less than c |r| from c = 1/sqrt(15) on, more below. (own)
"""

from __future__ import annotations

from dataclasses import replace

from flint import fmpq

from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.families.edge import frozen
from refutable.theorems.families.labelled import with_residuals
from refutable.theorems.families.two_atoms import TWO_ATOMS, two_atoms
from refutable.theorems.instances import Instance
from refutable.theorems.records import Range

WIDE = fmpq(4, 3)
"""The atoms of the wide equality cases."""
WIDE_TWO_ATOMS = replace(
    TWO_ATOMS, id="wide-two-atoms", parameters={**TWO_ATOMS.parameters, "c": Range(choices=(WIDE,))}
)


def mirrored_pair(c: fmpq, slope: fmpq, output_weight: fmpq, residual: fmpq | int) -> Instance:
    """f(x) = output_weight slope |x| on -c and c with labels f(x) - residual."""
    network = SHALLOW_RELU.instance(w1=[[slope], [-slope]], b1=[0, 0], w2=[output_weight] * 2, b2=0, x=[[-c], [c]])
    return with_residuals(network, [residual] * 2)


FAR_OFF = mirrored_pair(fmpq(1, 10), fmpq(200), fmpq(199, 10), -377)
"""Narrow data, far from their labels: x_max sqrt(2 L) = 37.7 is too small by 56.6."""
WIDE_SHIFTED = with_residuals(two_atoms(c=WIDE), [-1, -1])
"""The wide equality case with labels one above its outputs."""
WIDE_FAR_OFF = mirrored_pair(WIDE, fmpq(10), fmpq(8), -16)
"""Wide data, far off their labels: a quarter of x_max sqrt(2 L) is too small."""
WIDE_FLAT = WIDE_SHIFTED.replace(step_size=fmpq(1, 40))
"""`WIDE_SHIFTED` at a stable step size for which ||f|| is above 1/eta - 1/2."""


def frozen_wide_atoms(group: str) -> Instance:
    """The wide equality case with one parameter group frozen, at its own edge of stability."""
    return frozen(two_atoms(c=WIDE), [group])
