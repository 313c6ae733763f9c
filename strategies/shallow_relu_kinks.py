"""Networks whose kinks lie exactly on data: drawn ones, and trained ones moved onto the nearest kink."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
from flint import fmpq
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from refutable.strategies.families import instances
from refutable.strategies.shallow_relu.choosers import Chooser, Drawn, note, once_in, pick
from refutable.strategies.shallow_relu.demands import demands
from refutable.strategies.shallow_relu.opposed_kinks import opposed_network
from refutable.strategies.shallow_relu.step_sizes import three_bits_below
from refutable.strategies.supply import Size
from refutable.theorems.assumptions.strong_stability import strongly_stable
from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.domains.shallow_relu.modes import MAX_TOGGLES
from refutable.theorems.exact import as_real, compare, rational
from refutable.theorems.families.edge import HAIR
from refutable.theorems.families.kinks import (
    KEPT_BY_CONES,
    KNOT_ON_DATUM,
    OPPOSED_ATOMS,
    OPPOSED_BEYOND,
    SHATTERED_TRIANGLE,
    at_modes_edge,
    sharpest_below,
)
from refutable.theorems.families.two_atoms import TWO_ATOMS
from refutable.theorems.instances import Instance
from refutable.theorems.papers.mulayoff_michaeli_soudry_2021.common_eigenvector_formulas import defects, direction
from refutable.theorems.records import Family

DEFAULT_SIZE = Size()
MAX_NEURONS = 3
"""More kinks on data would cost more than they show: 2^3 modes."""
KINKS = (1, 2, 3, 2)
"""Numbers of neurons with a kink on a datum."""
LATTICE = (13, 14, 16, 20, 24)
"""Numbers of data for which 12 (1 + k - L) < n when all knots are distinct."""
WEIGHTS = tuple(fmpq(p, q) for p, q in ((1, 1), (-1, 1), (2, 1), (-2, 1), (1, 2), (-1, 2), (3, 1), (-5, 4)))
SCALES = (fmpq(1), fmpq(1, 2), fmpq(1, 4), fmpq(1, 16), fmpq(4), fmpq(1, 256))
GAPS = (1, 1, 2, 3, 5)
FACTORS = tuple(1 + fmpq(1, 2**e) for e in (5, 7, 10))
"""Step sizes beyond the modes' edge that the cones may still allow."""
FRACTIONS = tuple(fmpq(1, 2**e) for e in (13, 10, 7, 4, 2, 1))
"""How far 2 / step size goes down from the sharpest mode to the next one."""
OPEN = "step size: mode with all kinks off above 2 / step size"
ABOVE_MODES = frozenset({"shared-direction", "half-the-threshold", "without-defect"})
Row = list[fmpq]


@st.composite
def networks_with_kinks(
    draw: DrawFn, assumes: frozenset[str], size: Size = DEFAULT_SIZE, known: bool = True
) -> Instance:
    """Networks with at least one kink exactly on a datum that satisfy the assumptions of these ids.

    Interpolating (y null). One in eight comes from an equality or limit family, unless ``known`` is False.
    """
    chooser = Drawn(draw)
    families = kinked_families(assumes) if known else ()
    if families and once_in(chooser, 8):
        family = pick(chooser, families)
        note(f"equality family: {family.id}")
        return draw(instances(family))
    if "opposed-kinks" in assumes:
        if not known:
            return _with_opposed_step_size(chooser, opposed_network(chooser, demands(assumes), size))
        opposed = _beside_known(chooser) if once_in(chooser, 3) else _opposed(chooser, size)
        return _with_opposed_step_size(chooser, opposed)
    network = _network(chooser, assumes, size)
    if assumes & ABOVE_MODES:
        return _above_modes(network, assumes)
    if "modes-below-3" in assumes:
        below = at_modes_edge(network)
        return below.replace(step_size=fmpq(3, 2) * below["step_size"])
    if "strongly-stable" in assumes:
        return _with_step_size(chooser, network)
    return at_modes_edge(network) if "modes-stable" in assumes else network


def kinked_families(assumes: frozenset[str]) -> tuple[Family, ...]:
    """The equality and limit families that satisfy the assumptions."""
    if "few-surplus-neurons" in assumes or assumes & ABOVE_MODES:
        return ()
    if "opposed-kinks" in assumes:
        return (OPPOSED_BEYOND, OPPOSED_ATOMS)
    if "strongly-stable" not in assumes:
        return (KNOT_ON_DATUM,)
    line: tuple[Family, ...] = (KNOT_ON_DATUM, TWO_ATOMS)
    if not assumes & {"output-bias-trained", "one-toggling-neuron"}:
        return (KEPT_BY_CONES, *line)
    return line if "univariate" in assumes else (SHATTERED_TRIANGLE, *line)


def _network(chooser: Chooser, assumes: frozenset[str], size: Size) -> Instance:
    flat = "univariate" in assumes or "one-toggling-neuron" in assumes or not once_in(chooser, 4)
    wide = "few-surplus-neurons" in assumes or once_in(chooser, 8)
    n = pick(chooser, LATTICE) if wide else chooser.integer(3, max(3, size.max_samples))
    most = min(MAX_NEURONS, size.max_neurons)
    on_data = 1 if "one-toggling-neuron" in assumes else min(most, pick(chooser, KINKS))
    k = min(most, on_data + pick(chooser, (0, 1, 0, 2)))
    note(f"kinks on data: {on_data}")
    note("inputs: d = 1" if flat else "inputs: d = 2")
    rows = _line(chooser, n) if flat else _plane(chooser, n)
    units = _on_line(chooser, rows, k, on_data) if flat else _in_plane(chooser, rows, k, on_data)
    if "unopposed-kinks" in assumes:
        units = [(w, b, abs(out)) for w, b, out in units]
    scale = pick(chooser, SCALES)
    if "distinct-data" not in assumes and once_in(chooser, 4):
        note("data: some points coincide")
        rows = [*rows, *[rows[chooser.integer(0, n - 1)] for _ in range(chooser.integer(1, 3))]]
    return SHALLOW_RELU.instance(
        w1=[[scale * c for c in w] for w, _, _ in units],
        b1=[scale * b for _, b, _ in units],
        w2=[scale * out for _, _, out in units],
        b2=0,
        frozen=_frozen(chooser, assumes),
        x=rows,
        step_size=1,
    )


def _opposed(chooser: Chooser, size: Size) -> Instance:
    """Knots at -2 and -1 with opposite output weights, both neurons active on distant data; or its mirror image."""
    near, far = _near(chooser), [fmpq(chooser.integer(4, 16) + j) for j in range(chooser.integer(1, 3))]
    if once_in(chooser, 4):
        note("data: some points coincide")
        near.append(near[chooser.integer(0, len(near) - 1)])
    while any(sum(1 + t * c for c in (*near, *far) if c > t) >= 0 for t in near[:2]):
        far = [2 * c for c in far]
    units = _opposed_units(chooser, size, near)
    scale = pick(chooser, SCALES)
    mirror, flip = (-1 if once_in(chooser, 2) else 1 for _ in range(2))
    bias: dict[str, object] = {"b2": None} if once_in(chooser, 4) else {"b2": 0, "frozen": ["b2"]}
    network = SHALLOW_RELU.instance(
        w1=[[scale * mirror * w] for w, _, _ in units],
        b1=[-scale * w * t for w, t, _ in units],
        w2=[scale * flip * out for _, _, out in units],
        **bias,
        x=[[mirror * c] for c in (*near, *far)],
        step_size=1,
    )
    return _with_kinks_off_sharpest(network, len(far))


def _near(chooser: Chooser) -> list[fmpq]:
    """The knots -2, -1 and some data around them."""
    gap, beside, left = chooser.integer(0, 2), chooser.integer(0, 3), chooser.integer(1, 3)
    near = [fmpq(-2), fmpq(-1)]
    near += [fmpq(-2) + fmpq(j, gap + 1) for j in range(1, gap + 1)]
    near += [fmpq(-1) + fmpq(j, 4) for j in range(1, beside + 1)]
    near += [fmpq(-2) - fmpq(j * chooser.integer(1, 4), 4) for j in range(1, left + 1)]
    return near


def _opposed_units(chooser: Chooser, size: Size, near: Sequence[fmpq]) -> list[tuple[fmpq, fmpq, fmpq]]:
    """(w1, knot, w2): a neuron on each of the first two data, one active everywhere, and perhaps another.

    The third one couples the data on kinks to the distant ones positively; a kink turned on takes from that.
    """
    sizes = [abs(pick(chooser, WEIGHTS)) for _ in range(5)]
    units = [(sizes[0], near[0], sizes[1]), (sizes[2], near[1], -sizes[3])]
    largest = max(sizes[1], sizes[3])
    others = ("none", "none", "anywhere", "on a datum")
    for kind in ("active everywhere", pick(chooser, others))[: size.max_neurons - 2]:
        note(f"further neuron: {kind}")
        if kind == "active everywhere":
            units.append((largest * sizes[4], min(near) - pick(chooser, (1, 3)), pick(chooser, WEIGHTS) / 32))
        elif kind == "anywhere":
            units.append(
                (pick(chooser, WEIGHTS), fmpq(chooser.integer(-12, 12), 4) + fmpq(1, 8), pick(chooser, WEIGHTS))
            )
        elif kind == "on a datum":
            units.append((pick(chooser, WEIGHTS), near[2], pick(chooser, WEIGHTS)))
    return units


def _with_kinks_off_sharpest(network: Instance, far: int) -> Instance:
    """The network with its last ``far`` data moved out until no kink turned on makes it sharper, in three doublings.

    The further the data on which a neuron is active, the lower its kink makes the sharpness when turned on.
    """
    for _ in range(3):
        values = [float(as_real(v)) for v in SHALLOW_RELU.view(network)["mode_sharpnesses"]]
        if values[0] == max(values):
            break
        moved = network["x"].copy()
        moved[-far:] = moved[-far:] * 2
        moved.setflags(write=False)
        network = network.replace(x=moved)
    return network


def _beside_known(chooser: Chooser) -> Instance:
    """A member of `OPPOSED_BEYOND` with each neuron's weights changed by up to a sixteenth; knots and data stay."""
    note("network: beside a known one")
    known = OPPOSED_BEYOND.build(pick(chooser, (1, 2, 3)))
    inner, outer = (
        np.array([1 + fmpq(chooser.integer(-2, 2), 32) for _ in known["w2"]], dtype=object) for _ in range(2)
    )
    return known.replace(w1=inner[:, None] * known["w1"], b1=inner * known["b1"], w2=outer * known["w2"])


def _with_opposed_step_size(chooser: Chooser, network: Instance) -> Instance:
    """At or below the edge of the modes as elsewhere; more often beyond it, as far as the cones allow."""
    best = None
    if not once_in(chooser, 4):
        for fraction in FRACTIONS[: chooser.integer(1, len(FRACTIONS))]:
            bolder = sharpest_below(network, fraction)
            if bolder is None or strongly_stable(SHALLOW_RELU.view(bolder)).left is not True:
                break
            best = bolder
    return _noted(_with_step_size(chooser, network) if best is None else best)


def _noted(instance: Instance) -> Instance:
    view = SHALLOW_RELU.view(instance)
    if compare(view["mode_sharpnesses"][0], view["stability_threshold"]) == 1:
        note(OPEN)
    return instance


def _frozen(chooser: Chooser, assumes: frozenset[str]) -> list[str] | None:
    """The output bias, half of the time where the claim is about strong stability and leaves it open."""
    free = "strongly-stable" in assumes and "output-bias-trained" not in assumes
    if not free or "input-weights-trained" not in assumes or not once_in(chooser, 2):
        return None
    note("network: output bias frozen")
    return ["b2"]


def _line(chooser: Chooser, n: int) -> list[Row]:
    """n distinct points of the line, in order."""
    place = fmpq(-pick(chooser, (1, 2, 5, 8)))
    spacing = pick(chooser, (fmpq(1), fmpq(1, 2), fmpq(1, 8)))
    rows = [[place]]
    for _ in range(n - 1):
        place += spacing * pick(chooser, GAPS)
        rows.append([place])
    return rows


def _plane(chooser: Chooser, n: int) -> list[Row]:
    """n distinct points of the plane on a convex curve."""
    steps = _line(chooser, n)
    return [[x, x * x / 4] for (x,) in steps]


def _on_line(chooser: Chooser, rows: Sequence[Row], k: int, on_data: int) -> list[tuple[Row, fmpq, fmpq]]:
    """Neurons with distinct knots: the first ``on_data`` on inner data where there are enough, the others between."""
    points = [row[0] for row in rows]
    inner = [*points[1:-1], points[0], points[-1]]
    between = [(a + b) / 2 for a, b in pairwise(points)]
    units = []
    for i in range(k):
        places = inner if i < on_data else between
        knot = places.pop(chooser.integer(0, len(places) - 1)) if places else points[-1] + i
        w = pick(chooser, WEIGHTS)
        units.append(([w], -w * knot, pick(chooser, WEIGHTS)))
    return units


def _in_plane(chooser: Chooser, rows: Sequence[Row], k: int, on_data: int) -> list[tuple[Row, fmpq, fmpq]]:
    units = []
    for i in range(k):
        w = [pick(chooser, WEIGHTS), pick(chooser, WEIGHTS)]
        foot = rows[chooser.integer(0, len(rows) - 1)]
        shift = fmpq(0) if i < on_data else fmpq(1, 3)
        b = -sum((a * c for a, c in zip(w, foot, strict=True)), shift)
        units.append((w, b, pick(chooser, WEIGHTS)))
    return units


def _with_step_size(chooser: Chooser, network: Instance) -> Instance:
    kind = pick(chooser, ("rounded down", "a hair below", "at the edge", "beyond the edge"))
    note(f"step size: {kind} of the modes")
    if kind == "at the edge":
        return at_modes_edge(network)
    below = a_hair_below(network)
    if kind == "beyond the edge":
        return beyond_modes_edge(below)
    return below if kind == "a hair below" else below.replace(step_size=three_bits_below(below["step_size"]))


def a_hair_below(network: Instance) -> Instance:
    """The network with the float proposal for 2 / max over modes of sharpness, times 1 - 2^-40."""
    values = SHALLOW_RELU.view(network)["mode_sharpnesses"]
    return network.replace(step_size=2 / rational(max(float(as_real(v)) for v in values)) * HAIR)


def beyond_modes_edge(network: Instance) -> Instance:
    """The network with a larger step size, where the cones of the modes keep it strongly stable."""
    for factor in FACTORS:
        bolder = network.replace(step_size=three_bits_below(network["step_size"] * factor * 64) / 64)
        if bolder["step_size"] <= network["step_size"]:
            bolder = network.replace(step_size=network["step_size"] * factor)
        if strongly_stable(SHALLOW_RELU.view(bolder)).left is True:
            note("step size: beyond 2 / largest mode sharpness, yet strongly stable")
            return bolder
    return network


def _above_modes(network: Instance, assumes: frozenset[str]) -> Instance:
    if "without-defect" in assumes:
        least = min(float(as_real(v)) for v in SHALLOW_RELU.view(network)["mode_sharpnesses"])
        return network.replace(step_size=2 / (rational(least) * HAIR)) if least > 0 else network
    shared = at_shared_direction(network)
    return shared.replace(step_size=shared["step_size"] / 2) if "half-the-threshold" in assumes else shared


def at_shared_direction(network: Instance) -> Instance:
    """The network, made smaller until its modes nearly share a direction, with a step size that leads away along it."""
    for _ in range(24):
        view = SHALLOW_RELU.view(network)
        least = min(float(as_real(v)) for v in view["mode_sharpnesses"])
        margin = least - max(float(as_real(v)) for v in (0, *defects(view, direction(view)))) ** 0.5
        if margin > least / 16:
            return network.replace(step_size=2 * three_bits_below(2 / rational(margin)))
        network = network.replace(**{name: network[name] / 2 for name in ("w1", "b1", "w2")})
    return network


RESTS = fmpq(1, 10**24)
"""Squared distance between a kink and a datum, in units of the larger of 1 and the datum: no distance but rounding."""


def snapped(instance: Instance, most: int = 1) -> Instance | None:
    """The network with the bias of one neuron moved so that its kink lies exactly on the nearest datum.

    With ``most`` > 1 so are up to ``most`` kinks in all, those that are nearer to a datum than rounding tells.
    The labels become the new outputs, the step size a hair below 2 / max over modes of sharpness. None where no
    neuron has a kink, or more than `MAX_TOGGLES` kinks lie on data.
    """
    heights = SHALLOW_RELU.view(instance)["preactivation"]
    squares = [sum((c * c for c in row), fmpq(0)) for row in instance["w1"]]
    places = [
        (heights[j, i] ** 2 / squares[i], i, j)
        for i in range(len(squares))
        for j in range(len(heights))
        if squares[i] != 0
    ]
    if not places:
        return None
    biases = instance["b1"].copy()
    for i, j in _nearest(instance, sorted(places), most):
        biases[i] -= heights[j, i]
    biases.setflags(write=False)
    moved = instance.replace(b1=biases, y=None, batch_size=None)
    if len(SHALLOW_RELU.view(moved)["toggles"]) > MAX_TOGGLES:
        return None
    return a_hair_below(moved)


def _nearest(instance: Instance, places: list[tuple[fmpq, int, int]], most: int) -> Iterator[tuple[int, int]]:
    """The first (neuron, datum), and those of other neurons whose kink rests on a datum; at most ``most``."""
    taken: set[int] = set()
    for distance, i, j in places:
        reach = RESTS * max(fmpq(1), sum((c * c for c in instance["x"][j]), fmpq(0)))
        if len(taken) == most or (taken and distance > reach):
            return
        if i not in taken:
            taken.add(i)
            yield i, j


__all__ = ["at_shared_direction", "networks_with_kinks", "snapped"]
