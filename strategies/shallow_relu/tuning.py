"""Networks moved towards equality: every neuron on the smaller side of its hyperplane, balanced, and small.

For such networks the sharpness exceeds 1 + 2||f|| by little (Mulayoff, Michaeli, Soudry, NeurIPS 2021, proof of
Lemma 4), so that bounds that are off by a percent are violated.
"""

from __future__ import annotations

import math

from flint import fmpq

from refutable.strategies.shallow_relu.choosers import Chooser, note, once_in, pick
from refutable.strategies.shallow_relu.data import Rows
from refutable.strategies.shallow_relu.neurons import Neuron
from refutable.theorems.exact import to_float


def tuned(chooser: Chooser, rows: Rows, neurons: list[Neuron]) -> list[Neuron]:
    """Sometimes the network oriented, balanced and scaled down; otherwise as it is."""
    if not once_in(chooser, 4):
        return neurons
    note("network: tuned towards equality")
    scale = fmpq(1, 2 ** pick(chooser, (0, 2, 4, 8)))
    return [balanced(rows, oriented(rows, neuron)).times(scale, scale) for neuron in neurons]


def oriented(rows: Rows, neuron: Neuron) -> Neuron:
    """The neuron on the side of its hyperplane with the smaller weight, unless that side holds no data."""
    other = neuron.times(fmpq(-1), fmpq(1))
    (here, slope), (there, other_slope) = _means(rows, neuron), _means(rows, other)
    return other if 0 < there * other_slope < here * slope else neuron


def balanced(rows: Rows, neuron: Neuron) -> Neuron:
    """The same function with both derivatives of its mean, in out and in (w, b), about equally large."""
    mean, slope = _means(rows, neuron)
    wanted = abs(to_float(neuron.out)) * slope
    if not (mean > 0 and wanted > 0 and math.isfinite(wanted / mean)):
        return neuron
    factor = twelve_bits(math.sqrt(wanted / mean))
    return neuron.times(factor, 1 / factor)


def twelve_bits(value: float) -> fmpq:
    """A positive float rounded to twelve binary digits."""
    mantissa, exponent = math.frexp(value)
    return fmpq(round(mantissa * 2**12)) * fmpq(2) ** (exponent - 12)


def _means(rows: Rows, neuron: Neuron) -> tuple[float, float]:
    """E relu(w.X + b) and |E (1, X) 1{w.X + b > 0}| in floating point."""
    active = [(z, row) for row in rows if (z := neuron.preactivation(row)) > 0]
    n = len(rows)
    excess = to_float(sum((z for z, _ in active), fmpq(0)) / n)
    columns = zip(*(row for _, row in active), strict=True)
    moments = [len(active) / n, *(to_float(sum(column, fmpq(0)) / n) for column in columns)]
    return excess, math.hypot(*moments)
