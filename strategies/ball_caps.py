"""Caps of the ball with atoms, to try claims on. Everything shrinks to one atom on half a disc's cap."""

from __future__ import annotations

from functools import cache
from math import isqrt
from typing import TYPE_CHECKING

from flint import fmpq
from hypothesis import event
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from refutable.strategies.supply import DrawnSupply, Size, refuse_unknown
from refutable.theorems.domains.ball_caps import BALL_CAPS
from refutable.theorems.domains.ball_caps.spheres import axis, on_sphere
from refutable.theorems.instances import Instance

if TYPE_CHECKING:
    pass

Direction = tuple[fmpq, ...]

KNOWN = frozenset({"upper-half", "near-sphere", "separated", "disjoint", "plane-or-more"})
SIXTEENTHS = (8, 16, 12, 4, 15, 1, 10, 14)
SHARES = (*(fmpq(p, 16) for p in SIXTEENTHS), fmpq(1, 1024), fmpq(1, 2**20), fmpq(1023, 1024))
"""Depths as a share of the largest that an assumption allows, the simplest first."""
SHARE = st.sampled_from(SHARES)
MAX_ATOMS = 9


@cache
def directions(d: int) -> SearchStrategy[Direction]:
    """Rational unit vectors of R^d: along the axes, and by stereographic projection; shrink to the first axis."""
    if d == 1:
        return st.sampled_from([(fmpq(1),), (fmpq(-1),)])
    axes = [tuple(axis(d, c, sign)) for c in range(d) for sign in (1, -1)]
    point = st.lists(st.integers(-8, 8).map(lambda j: fmpq(j, 4)), min_size=d - 1, max_size=d - 1)
    return st.one_of(st.sampled_from(axes), point.map(lambda p: tuple(on_sphere(p))))


@cache
def labels(count: int) -> SearchStrategy[list[fmpq]]:
    """Heights of atoms: 1, -1, and quarters."""
    simple = st.sampled_from([fmpq(1), fmpq(-1)])
    return st.lists(st.one_of(simple, st.integers(-12, 12).map(lambda j: fmpq(j, 4))), min_size=count, max_size=count)


def largest_depth(rows: list[Direction], assumes: frozenset[str]) -> fmpq:
    """The largest depth that the assumptions allow for these directions; 2 (no ball beyond it) without assumptions."""
    nearest = max((_inner(u, v) for i, u in enumerate(rows) for v in rows[:i]), default=fmpq(-1))
    limits = [fmpq(2)]
    if assumes & {"upper-half", "disjoint"}:
        limits.append(fmpq(1))
    if "near-sphere" in assumes:
        limits.append(fmpq(1, 4))
    if "separated" in assumes:
        limits.append(1 - nearest)
    if "disjoint" in assumes:
        limits.append(1 - root_above((1 + nearest) / 2))
    return min(limits)


def _inner(u: Direction, v: Direction) -> fmpq:
    return sum((a * b for a, b in zip(u, v, strict=True)), fmpq(0))


def root_above(q: fmpq) -> fmpq:
    """A rational at least sqrt(q), at most 2^-30 more; the root itself where it has few binary digits."""
    scale = 2**30
    floor = isqrt(int((q * scale * scale).floor()))
    root = fmpq(floor, scale)
    return root if root * root >= q else root + fmpq(1, scale)


@cache
def dimensions(least: int, most: int) -> SearchStrategy[int]:
    """Dimensions from ``least`` to ``most``, the plane first."""
    return st.sampled_from([d for d in (2, 1, 3, 5, 4, 7, 6, 8, 9) if least <= d <= max(2, most)])


@cache
def lists_of_directions(d: int, most: int, apart: bool) -> SearchStrategy[list[Direction]]:
    """At most so many directions, different ones where they must be apart."""
    return st.lists(directions(d), min_size=1, max_size=most, unique=apart)


@st.composite
def caps_with_atoms(draw: DrawFn, assumes: frozenset[str], size: Size) -> Instance:
    """Atoms that satisfy the assumptions by construction."""
    d = draw(dimensions(2 if "plane-or-more" in assumes else 1, 3 * size.max_inputs))
    apart = bool(assumes & {"separated", "disjoint"})
    rows = draw(lists_of_directions(d, min(MAX_ATOMS, size.max_samples), apart))
    largest = largest_depth(rows, assumes)
    share = draw(SHARE)
    depth = largest * share
    if (depth >= 1 and "upper-half" in assumes) or depth >= 2:
        depth = depth * fmpq(1023, 1024)
    event(f"dimension: {d if d < 4 else 'at least 4, even' if d % 2 == 0 else 'at least 4, odd'}")
    event(f"atoms: {'one' if len(rows) == 1 else 'several'}, depth: {_size_of(depth)}")
    return BALL_CAPS.instance(directions=rows, values=draw(labels(len(rows))), depth=depth)


def _size_of(depth: fmpq) -> str:
    return "more than half" if depth > 1 else "tiny" if depth < fmpq(1, 512) else "moderate"


def _drawn(assumes: frozenset[str], size: Size, known: bool) -> SearchStrategy[Instance]:
    """No family is drawn from."""
    refuse_unknown(assumes, KNOWN, "caps")
    return caps_with_atoms(assumes, size)


SUPPLY = DrawnSupply(BALL_CAPS, _drawn)
