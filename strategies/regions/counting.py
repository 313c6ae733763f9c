"""Counts of regions of a shallow network: on segments between data, and on triangles of data, exactly."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from flint import fmpq

from refutable.strategies.regions.arrangement import TooManyCells, TooManyLines
from refutable.strategies.regions.planes import triangle
from refutable.theorems.domains.shallow_relu.segments import segment
from refutable.theorems.instances import Instance

ZERO = fmpq(0)
ATTEMPTS = 20
"""Triples drawn for each plane wanted, at most: those on one line span none."""
CONTAINS = 16
"""Few data have so few triples that all of them are listed."""
MOST_CELLS = 50_000
"""Cells on all planes together, in seconds; one plane alone has fewer."""


@dataclass(frozen=True)
class SegmentCount:
    """Regions on the segment between two data.

    Attributes:
        data: their places.
        linear: parts with one activation pattern each.
        decision: maximal parts on which f - level has one sign, zeros ignored.
        kinks: neurons that turn on or off strictly between them.
        active: neurons active at each of the two; decision <= 2 + kinks <= 2 + their sum.
        same: whether the labels of the two are on the same side of the level; None where no labels are given.
    """

    data: tuple[int, int]
    linear: int
    decision: int
    kinks: int
    active: tuple[int, int]
    same: bool | None


@dataclass(frozen=True)
class PlaneCount:
    """Regions in the triangle whose corners are three data; fields as in `SegmentCount`."""

    data: tuple[int, int, int]
    linear: int
    decision: int


@dataclass(frozen=True)
class Counts:
    """Regions of one network.

    Attributes:
        pairs: segments there are; `segments` are some of them where these are too many.
        planes_left_out: why planes asked for are missing, "" if none are.
    """

    segments: tuple[SegmentCount, ...]
    pairs: int
    planes: tuple[PlaneCount, ...]
    planes_left_out: str = ""


@dataclass(frozen=True)
class Chosen:
    """What to count.

    Attributes:
        pairs: segments at most; where there are more, so many are drawn.
        planes: triangles at most.
        level: f - level is what changes sign.
        seed: of what is drawn.

    Raises:
        ValueError: negative numbers.
    """

    pairs: int = 1000
    planes: int = 20
    level: fmpq = ZERO
    seed: int = 0

    def __post_init__(self) -> None:
        """Refuse nonsense."""
        for name in ("pairs", "planes", "seed"):
            value = getattr(self, name)
            if not isinstance(value, int) or isinstance(value, bool) or value < 0:
                raise ValueError(f"{name} must be a whole number from 0 up, not {value!r:.40}")


def counted(instance: Instance, chosen: Chosen) -> Counts:
    """Count the regions of a shallow network on segments and triangles of its data."""
    rng = np.random.Generator(np.random.PCG64([chosen.seed, 5]))
    n = len(instance["x"])
    total = math.comb(n, 2)
    ends = _some_pairs(n, total, chosen.pairs, rng)
    triples = list(_triples(instance["x"], chosen.planes, rng))
    z = _preactivations(instance, {i for some in (*ends, *triples) for i in some})
    weights, bias = list(instance["w2"]), (instance["b2"] if instance["b2"] is not None else ZERO) - chosen.level
    labels = instance["y"]
    sides = None if labels is None else [(y > chosen.level) - (y < chosen.level) for y in labels]
    segments = tuple(_segment(pair, z, weights, bias, sides) for pair in ends)
    planes, left_out = _planes(triples, z, weights, bias)
    if not triples and chosen.planes and instance["x"].shape[1] > 1:
        left_out = "no three of the data span a plane"
    return Counts(segments, total, planes, left_out)


def _some_pairs(n: int, total: int, most: int, rng: np.random.Generator) -> list[tuple[int, int]]:
    """All k < l, or ``most`` of them, drawn."""
    if total <= most:
        return list(itertools.combinations(range(n), 2))
    places = rng.choice(total, size=most, replace=False, shuffle=False)
    return [_pair(int(place), n) for place in sorted(places)]


def _pair(place: int, n: int) -> tuple[int, int]:
    """The pair k < l at a place of their list in lexicographic order."""
    first = 0
    while place >= n - 1 - first:
        place -= n - 1 - first
        first += 1
    return first, first + 1 + place


def _triples(x: Any, most: int, rng: np.random.Generator) -> Iterator[tuple[int, int, int]]:
    """Different triples of data that span a plane, drawn."""
    n, d = x.shape
    if n < 3 or d < 2:
        return
    seen: set[tuple[int, int, int]] = set()
    for candidate in _candidates(n, most, rng):
        if len(seen) == most:
            return
        if candidate not in seen and _spans(x, candidate):
            seen.add(candidate)
            yield candidate


def _candidates(n: int, most: int, rng: np.random.Generator) -> Iterator[tuple[int, int, int]]:
    if n <= CONTAINS:
        listed = list(itertools.combinations(range(n), 3))
        yield from (listed[i] for i in rng.permutation(len(listed)))
        return
    for _ in range(ATTEMPTS * most):
        i, j, k = sorted(int(c) for c in rng.choice(n, size=3, replace=False))
        yield i, j, k


def _spans(x: Any, triple: tuple[int, int, int]) -> bool:
    """Whether three data lie on no line."""
    a, b = x[triple[1]] - x[triple[0]], x[triple[2]] - x[triple[0]]
    return bool((a @ a) * (b @ b) != (a @ b) ** 2)


def _preactivations(instance: Instance, used: set[int]) -> dict[int, list[fmpq]]:
    """z of the data that are used."""
    from refutable.theorems.ops.exact import ExactOps

    ops, rows = ExactOps(), sorted(used)
    if not rows:
        return {}
    z = ops.matmul(instance["x"][rows], ops.transpose(instance["w1"])) + instance["b1"]
    return {row: list(values) for row, values in zip(rows, z, strict=True)}


def _segment(
    pair: tuple[int, int], z: dict[int, list[fmpq]], weights: list[fmpq], bias: fmpq, sides: list[int] | None
) -> SegmentCount:
    start, end = (z[i] for i in pair)
    one = segment(start, end, weights, bias)
    active = (sum(v > 0 for v in start), sum(v > 0 for v in end))
    same = None if sides is None else sides[pair[0]] == sides[pair[1]]
    return SegmentCount(pair, one.linear_regions, one.decision_regions, one.kinks, active, same)


def _planes(
    triples: list[tuple[int, int, int]], z: dict[int, list[fmpq]], weights: list[fmpq], bias: fmpq
) -> tuple[tuple[PlaneCount, ...], str]:
    found: list[PlaneCount] = []
    room, left_out = MOST_CELLS, ""
    for triple in triples:
        try:
            plane = triangle([z[i] for i in triple], weights, bias, room)
        except TooManyLines as problem:
            left_out = str(problem)
            continue
        except TooManyCells:
            left_out = f"more than {MOST_CELLS:,} cells on all planes together"
            break
        room -= len(plane.cells)
        found.append(PlaneCount(triple, plane.linear_regions, plane.decision_regions))
    missing = len(triples) - len(found)
    return tuple(found), f"{missing} of {len(triples)}: {left_out}" if left_out else ""
