"""Stationary networks with decaying weights: from random pulls, and KKT points of the maximum margin."""

from __future__ import annotations

from functools import cache
from itertools import pairwise

from flint import fmpq
from hypothesis import strategies as st

from refutable.strategies.families import instances
from refutable.strategies.supply import DrawnSupply, Size, refuse_unknown
from refutable.theorems.domains.decayed_line import DECAYED_LINE
from refutable.theorems.domains.decayed_line.building import Group, Pull, between, stationary
from refutable.theorems.instances import Instance
from refutable.theorems.papers.safran_2022.instances import PAIRS

STATIONARY, OFF_DATA, BIASES_DECAY = "stationary", "off-data", "biases-decay"
EQUAL_DECAY, AT_MARGIN, THREE_ALIKE = "equal-decay", "at-margin", "three-alike"
KNOWN = frozenset({STATIONARY, OFF_DATA, BIASES_DECAY, EQUAL_DECAY, AT_MARGIN, THREE_ALIKE})
SCALES = tuple(fmpq(p, q) for p, q in ((1, 1), (2, 1), (1, 2), (3, 1), (1, 5)))
"""Of forces and decays together."""
ROOTS = tuple(fmpq(p, q) for p, q in ((1, 1), (2, 1), (1, 2), (3, 1)))
HALVES = tuple(fmpq(p, 12) for p in (4, 6, -4, -6, 3, 8, -3, -8, 9, -9, 2, -2, 0))
"""Tangents of half angles."""
END_HALVES = tuple(sorted({fmpq(p, q) for q in range(2, 9) for p in range(1, q)}, key=lambda half: (half.q, half.p)))
SIZES = tuple(fmpq(p, q) for p, q in ((1, 1), (1, 2), (2, 1)))


@st.composite
def stationary_networks(draw: st.DrawFn, assumes: frozenset[str], size: Size) -> Instance:
    """Neurons that rise with knots in different gaps, perhaps one bundle that falls; forces that hold them."""
    root = fmpq(1) if EQUAL_DECAY in assumes else draw(st.sampled_from(ROOTS))
    count = draw(st.integers(1, max(1, min(4, size.max_neurons))))
    halves = sorted(draw(st.lists(st.sampled_from(HALVES), min_size=count, max_size=count, unique=True)))
    rising = [Group(half, draw(st.booleans()), True, tuple(draw(bundles()))) for half in halves]
    knots = [group.knot(root) for group in rising]
    falling = draw(st.none() | st.sampled_from([half for half in HALVES if Group(half).knot(root) not in knots]))
    groups, total = list(rising), (fmpq(draw(st.integers(-3, 3))), fmpq(draw(st.integers(-3, 3))))
    if falling is not None:
        other = Group(falling, draw(st.booleans()), False, tuple(draw(bundles())))
        groups.append(other)
        total = _total(rising, other, root)
        knots = [*knots, other.knot(root)]
    forces = between([g.pull(root) for g in rising], _blocks(rising, knots, root), total)
    if not forces:
        forces = [(fmpq(0), fmpq(0))]
    return stationary(groups, forces, root, draw(st.sampled_from(SCALES)))


def _total(rising: list[Group], other: Group, root: fmpq) -> Pull:
    """All forces together: what the neurons that rise from the gap of a falling one see, and what that one sees."""
    left = [group for group in rising if group.knot(root) < other.knot(root)]
    seen = (left[-1] if left else rising[0]).pull(root)
    mine = other.pull(root)
    return seen[0] + mine[0], seen[1] + mine[1]


def _blocks(rising: list[Group], knots: list[fmpq], root: fmpq) -> list[tuple[fmpq, fmpq]]:
    """Two places left of all knots, between those of each two neurons that rise, and right of all.

    A falling knot between two rising ones stays left of their block: it sees what the left one's left sees.
    """
    places = [group.knot(root) for group in rising]
    found = [(min(knots) - 2, min(knots) - 1)]
    for low, high in pairwise(places):
        start = max(t for t in knots if low <= t < high)
        found.append((start + (high - start) / 3, start + 2 * (high - start) / 3))
    return [*found, (max(knots) + 1, max(knots) + 2)]


def bundles() -> st.SearchStrategy[list[fmpq]]:
    """Sizes of the neurons that share a knot."""
    return st.lists(st.sampled_from(SIZES), min_size=1, max_size=2)


@cache
def four_squares(c: fmpq) -> tuple[fmpq, ...]:
    """Rationals, none 0, whose squares sum to c > 0."""
    from sympy.solvers.diophantine.diophantine import sum_of_four_squares

    found = sum_of_four_squares(int(c.p) * int(c.q))
    return tuple(fmpq(int(root), int(c.q)) for root in found if root)


@st.composite
def margin_points(draw: st.DrawFn) -> Instance:
    """KKT points of one datum, or of two with any labels: a bundle of neurons for each, knots at -1/x."""
    half = draw(st.sampled_from(END_HALVES))
    bundle = [_bundle(half, True)]
    others = [other for other in END_HALVES if _place(other) * _place(half) > 1]
    if draw(st.booleans()) and others:
        bundle.append(_bundle(draw(st.sampled_from(others)), False))
    sign = draw(st.sampled_from((1, -1)))
    signs = [sign, *(sign * draw(st.sampled_from((1, -1))) for _ in bundle[1:])]
    parts = list(zip(bundle, signs, strict=True))
    groups = [Group(group.half, group.up == (side > 0), group.rises, group.sizes) for (group, _), side in parts]
    return stationary(
        groups, [(x, side * force) for (_, (x, force)), side in parts], scale=draw(st.sampled_from(SCALES))
    )


@st.composite
def flat_points(draw: st.DrawFn) -> Instance:
    """KKT points of data with one label: neurons without input weight give them all; three or more have a force."""
    inner = sorted(draw(st.sets(st.integers(-6, 6), min_size=1, max_size=3)))
    shares = [fmpq(draw(st.integers(1, 3)), 20) for _ in inner]
    level = sum((share * x for share, x in zip(shares, inner, strict=True)), fmpq(0))
    left, rest = 1 - sum(shares, fmpq(0)), fmpq(10)
    # Two outer forces, at -10 and 10, that make the sum 1 and the sum of force times input 0.
    outer = [((left + level / rest) / 2, -rest), ((left - level / rest) / 2, rest)]
    forces = [*zip(map(fmpq, inner), shares, strict=True), *((x, force) for force, x in outer)]
    sizes = draw(st.sampled_from(((fmpq(1),), (fmpq(3, 5), fmpq(4, 5)), (fmpq(1, 2),) * 4)))
    sign = draw(st.sampled_from((1, -1)))
    scale = draw(st.sampled_from(SCALES))
    return DECAYED_LINE.instance(
        output_weights=[sign * size for size in sizes],
        input_weights=[0] * len(sizes),
        biases=list(sizes),
        x=[x for x, _ in forces],
        force=[sign * scale * force for _, force in forces],
        decay=scale,
        bias_decay=scale,
    )


def _place(half: fmpq) -> fmpq:
    """The datum x > 0 whose neurons have the angle with that tangent of its half: 1/x is the tangent."""
    return (1 - half * half) / (2 * half)


def _bundle(half: fmpq, right: bool) -> tuple[Group, tuple[fmpq, fmpq]]:
    """Neurons with output 1 at x and the force at x; with output -1 at -x where ``right`` is False."""
    x = _place(half)
    group = Group(-half if right else half, True, right, four_squares(2 * half / (1 + half * half)))
    return group, (x if right else -x, group.pull()[0])


def _drawn(assumes: frozenset[str], size: Size, known: bool) -> st.SearchStrategy[Instance]:
    refuse_unknown(assumes, KNOWN, "networks with decaying weights")
    if THREE_ALIKE in assumes:
        return flat_points()
    if AT_MARGIN in assumes:
        found = margin_points() | flat_points()
        return instances(PAIRS) | found if known else found
    return stationary_networks(assumes, size)


SUPPLY = DrawnSupply(DECAYED_LINE, _drawn)
