"""Neurons placed against the data: a direction, a gap between projections of the data, a place in the gap.

Knots then lie where they are wanted (between data, beside a datum, on one, outside the hull) without rejection.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from flint import fmpq

from refutable.strategies.shallow_relu.choosers import Chooser, nonzero, note, once_in, pick
from refutable.strategies.shallow_relu.data import Row, Rows
from refutable.strategies.shallow_relu.demands import Demands

FRACTIONS = tuple(fmpq(p, q) for p, q in ((1, 2), (1, 4), (3, 4), (1, 8), (7, 8), (1, 3), (2, 3)))
"""Where in its gap a knot lies; the middle is the simplest."""
EDGES = (fmpq(1, 2**20), 1 - fmpq(1, 2**20))
"""The same, beside a datum."""
BETWEEN, BESIDE, ACTIVE, DEAD = "between data", "beside a datum", "always active", "dead"
ON, CONSTANT = "on a datum", "no input weights"
PLACES = (BETWEEN,) * 9 + (BESIDE,) * 2 + (ACTIVE, DEAD)
EXPONENTS = (1, -1, 3, -3, 10, -10, 25, -25, 40, -40)
"""Powers of two that neurons are scaled by."""
TWINS = ("same orientation", "opposite orientation", "cancelling pair", "affine pair")


@dataclass(frozen=True)
class Neuron:
    """out * relu(w . x + b)."""

    w: tuple[fmpq, ...]
    b: fmpq
    out: fmpq

    def times(self, inner: fmpq, outer: fmpq) -> Neuron:
        """(w, b) times ``inner``, out times ``outer``."""
        return Neuron(tuple(inner * c for c in self.w), inner * self.b, outer * self.out)

    def preactivation(self, row: Row) -> fmpq:
        """w . x + b."""
        return sum((c * v for c, v in zip(self.w, row, strict=True)), self.b)


def neurons(chooser: Chooser, rows: Rows, k: int, wanted: Demands) -> list[Neuron]:
    """k neurons; from the second on, some share the hyperplane of an earlier one."""
    out: list[Neuron] = []
    for i in range(k):
        twin = i > 0 and once_in(chooser, 4)
        neuron = _twin(chooser, pick(chooser, out)) if twin else _fresh(chooser, rows, wanted)
        out.append(_rescaled(chooser, neuron))
    return out


def _fresh(chooser: Chooser, rows: Rows, wanted: Demands) -> Neuron:
    w, b = _hyperplane(chooser, rows, wanted)
    neuron = Neuron(w, b, nonzero(chooser, pick(chooser, (1, 4)), 4))
    if not wanted.live_outputs and once_in(chooser, 16):
        note("neuron: output weight 0")
        return replace(neuron, out=fmpq(0))
    return neuron


def _hyperplane(chooser: Chooser, rows: Rows, wanted: Demands) -> tuple[tuple[fmpq, ...], fmpq]:
    place = pick(chooser, _places(wanted))
    if place == CONSTANT:
        note(f"neuron: {CONSTANT}")
        return (fmpq(0),) * len(rows[0]), nonzero(chooser, 2, 2)
    w = _direction(chooser, len(rows[0]))
    projections = sorted({sum((c * v for c, v in zip(w, row, strict=True)), fmpq(0)) for row in rows})
    return w, -_threshold(chooser, projections, place)


def _places(wanted: Demands) -> tuple[str, ...]:
    on = () if wanted.differentiable else (ON,) * 5
    return PLACES + on + (() if wanted.proper_inputs else (CONSTANT,))


def _direction(chooser: Chooser, d: int) -> tuple[fmpq, ...]:
    """A nonzero direction with small integer coordinates; along the first axis is the simplest."""
    if d == 1:
        return (fmpq(pick(chooser, (1, -1))),)
    w = tuple(fmpq(chooser.integer(-3, 3)) for _ in range(d))
    return w if any(w) else (fmpq(1), *w[1:])


def _threshold(chooser: Chooser, projections: list[fmpq], place: str) -> fmpq:
    """Where along its direction a neuron begins, for the sorted distinct projections of the data."""
    if len(projections) == 1 and place in (BETWEEN, BESIDE):
        place = ACTIVE
    note(f"neuron: {place}")
    if place == ACTIVE:
        return projections[0] - nonzero(chooser, 2, 2) ** 2
    if place == DEAD:
        return projections[-1] + nonzero(chooser, 2, 2) ** 2
    if place == ON:
        return pick(chooser, projections)
    gap = chooser.integer(0, len(projections) - 2)
    fraction = pick(chooser, EDGES if place == BESIDE else FRACTIONS)
    return projections[gap] + fraction * (projections[gap + 1] - projections[gap])


def _twin(chooser: Chooser, first: Neuron) -> Neuron:
    """A second neuron on the hyperplane of ``first``."""
    kind = pick(chooser, TWINS)
    note(f"pair: {kind}")
    slope = fmpq(2) ** pick(chooser, (0, 1, -1, 3))
    if kind == "cancelling pair":  # a relu(z) - a relu(z) = 0
        return first.times(slope, -1 / slope)
    if kind == "affine pair":  # a relu(z) - a relu(-z) = a z: no knot is left
        return first.times(-slope, -1 / slope)
    inner = slope if kind == "same orientation" else -slope
    return replace(first.times(inner, fmpq(1)), out=nonzero(chooser, 1, 4))


def _rescaled(chooser: Chooser, neuron: Neuron) -> Neuron:
    if not once_in(chooser, 6):
        return neuron
    factor = fmpq(2) ** pick(chooser, EXPONENTS)
    inner, outer, kind = pick(
        chooser,
        (
            (factor, 1 / factor, "same function"),
            (factor, fmpq(1), "input weights"),
            (fmpq(1), factor, "output weight"),
        ),
    )
    note(f"scale: {kind}")
    if factor > 2**20 or 1 / factor > 2**20:
        note("scale: beyond 2^20")
    return neuron.times(inner, outer)
