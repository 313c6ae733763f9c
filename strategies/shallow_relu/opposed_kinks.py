"""Networks on the line with opposed kinks on two data, drawn from nothing: data, knots and weights of any kind.

On centred data there is room for them. The neuron with its knot on the largest negative datum that looks to the
right is active on the positive data alone, so E[(1 + x_j X) 1_i] < 0 once the data are large enough; and the same
from the other side. Which of all such pairs of a datum and a side are taken is drawn.
"""

from __future__ import annotations

from itertools import pairwise

from flint import fmpq

from refutable.strategies.shallow_relu.choosers import Chooser, nonzero, note, once_in, pick
from refutable.strategies.shallow_relu.data import Rows, inputs, scaled, separated
from refutable.strategies.shallow_relu.demands import Demands
from refutable.strategies.shallow_relu.neurons import Neuron
from refutable.strategies.supply import Size
from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.instances import Instance

MAX_NEURONS = 4
"""Two that are opposed, and at most two more: 2^4 modes if all their kinks are on data."""
PLACES = ("between data", "on a datum", "beyond the data")
FRACTIONS = tuple(fmpq(p, q) for p, q in ((1, 2), (1, 4), (3, 4), (1, 8), (7, 8)))
SCALES = (0, -1, -3, -7, 2, -2)
"""Exponents of the scale of a neuron: some are much smaller than others."""
BALANCES = (0, 0, 1, -1, 4, -4)
"""Exponents of a factor that changes both layers of a neuron and not its function."""


def opposed_network(chooser: Chooser, wanted: Demands, size: Size) -> Instance:
    """An interpolating network with opposed kinks on two distinct data; its step size is still to be found."""
    most = max(2, size.max_samples)
    n = chooser.integer(most, 2 * most) if once_in(chooser, 3) else chooser.integer(2, most)
    rows = centred(inputs(chooser, n, 1, wanted, tables=False))
    while len({place for place, _ in leaning_places(rows)}) < 2:
        rows = scaled(rows, fmpq(2))
    units = _opposed_pair(chooser, rows)
    for _ in range(chooser.integer(0, max(0, min(size.max_neurons, MAX_NEURONS) - 2))):
        units.append(_neuron(chooser, _knot(chooser, rows), pick(chooser, (1, -1)), pick(chooser, (1, -1))))
    return SHALLOW_RELU.instance(
        w1=[unit.w for unit in units],
        b1=[unit.b for unit in units],
        w2=[unit.out for unit in units],
        x=rows,
        step_size=1,
        **_bias(chooser, wanted),
    )


def centred(rows: Rows) -> Rows:
    """The data [n, 1], moved so that 0 is between two of them where all are on one side; two distinct ones at least."""
    points = sorted({row[0] for row in rows})
    if len(points) == 1:
        rows = separated(rows)
        points = sorted({row[0] for row in rows})
    if points[0] < 0 < points[-1]:
        return rows
    middle = max(pairwise(points), key=lambda gap: gap[1] - gap[0])
    return [[row[0] - (middle[0] + middle[1]) / 2] for row in rows]


def leaning_places(rows: Rows) -> list[tuple[fmpq, int]]:
    """All data x_j with a side +-1 such that the sum of 1 + x_j X over the data X on that side of x_j is negative."""
    points = [row[0] for row in rows]
    return [
        (place, side)
        for place in sorted(set(points))
        for side in (1, -1)
        if sum((1 + place * point for point in points if side * (point - place) > 0), fmpq(0)) < 0
    ]


def _opposed_pair(chooser: Chooser, rows: Rows) -> list[Neuron]:
    places = leaning_places(rows)
    first = pick(chooser, places)
    second = pick(chooser, [place for place in places if place[0] != first[0]])
    note("opposed kinks: sides alike" if first[1] == second[1] else "opposed kinks: sides apart")
    return [_neuron(chooser, *first, 1), _neuron(chooser, *second, -1)]


def _neuron(chooser: Chooser, knot: fmpq, side: int, sign: int) -> Neuron:
    w, out = (abs(nonzero(chooser, pick(chooser, (1, 8)), 3)) for _ in range(2))
    scale, balance = (fmpq(2) ** pick(chooser, exponents) for exponents in (SCALES, BALANCES))
    return Neuron((side * w,), -side * w * knot, sign * out).times(scale * balance, scale / balance)


def _knot(chooser: Chooser, rows: Rows) -> fmpq:
    points = sorted({row[0] for row in rows})
    place = pick(chooser, PLACES)
    note(f"further neuron: {place}")
    if place == "on a datum":
        return pick(chooser, points)
    if place == "beyond the data":
        return pick(chooser, (points[0] - 1, points[-1] + 1, 2 * points[0], 2 * points[-1]))
    left, right = pick(chooser, list(pairwise(points)))
    return left + pick(chooser, FRACTIONS) * (right - left)


def _bias(chooser: Chooser, wanted: Demands) -> dict[str, object]:
    """The output bias, not trained where that is asked for, and half of the time where nothing is."""
    if "b2" in wanted.trained or ("b2" not in wanted.untrained and once_in(chooser, 2)):
        return {"b2": 0}
    return {"b2": None} if once_in(chooser, 4) else {"b2": 0, "frozen": ["b2"]}
