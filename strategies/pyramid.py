"""Data for the pyramid, with shallow networks and multipliers where a claim is about those."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from flint import fmpq
from hypothesis import event
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from refutable.strategies.families import instances
from refutable.strategies.supply import Effort, MinimaSource, Size, TrainedSupply, VisitedSource, refuse_unknown
from refutable.theorems.domains.pyramid import PYRAMID
from refutable.theorems.domains.pyramid.splines import affinely_free, pyramid, ridge_spline
from refutable.theorems.families.pyramid_grids import grid, on_grid
from refutable.theorems.families.pyramids import HATS, NEAR_VERTEX
from refutable.theorems.instances import Instance

if TYPE_CHECKING:
    import torch

Row = list[fmpq]

GRID = frozenset({"covers-grid", "fits-data"})
SHALLOW = frozenset({"fits-part", "orthogonal", "at-most-two-inputs"}) | GRID
KNOWN = SHALLOW | {"step-size-for-all-data"}
SHARES = (*(fmpq(p, 16) for p in (16, 8, 15, 1, 12)), fmpq(1, 1024))
DIRECTIONS = ((1, 0), (0, 1), (1, 2), (2, -1), (3, 4), (5, -12), (1, 7))
"""Directions of splines in the plane, before they meet data with equal places."""


@cache
def rows(d: int) -> SearchStrategy[Row]:
    """Places: inside the pyramid (also on its axes) two times in three, anywhere else."""
    inside = st.lists(st.integers(-7, 7).map(lambda j: fmpq(j, 8 * d)), min_size=d, max_size=d)
    near_faces = st.lists(st.integers(-15, 15).map(lambda j: fmpq(j, 16)), min_size=d, max_size=d)
    anywhere = st.lists(st.integers(-16, 16).map(lambda j: fmpq(j, 8)), min_size=d, max_size=d)
    return st.one_of(inside, near_faces, anywhere)


@cache
def data(d: int, least: int, most: int) -> SearchStrategy[list[Row]]:
    """Between so many data of d inputs."""
    return st.lists(rows(d), min_size=least, max_size=most)


@st.composite
def bare_data(draw: DrawFn, assumes: frozenset[str], size: Size, known: bool) -> Instance:
    """Data alone, with a step size where one is asked for, and now and then without."""
    if known and draw(st.integers(0, 7)) == 7:
        event("data: near a vertex")
        found: Instance = draw(instances(NEAR_VERTEX))
    else:
        d = draw(st.integers(1, size.max_inputs))
        found = PYRAMID.instance(x=draw(data(d, 1, size.max_samples)))
    d = found["x"].shape[1]
    if "step-size-for-all-data" in assumes:
        return found.replace(step_size=fmpq(2, 2 * d + 3) * draw(st.sampled_from(SHARES)))
    return found.replace(step_size=draw(st.one_of(st.none(), st.integers(1, 16).map(lambda j: fmpq(j, 16)))))


@st.composite
def fitted(draw: DrawFn, assumes: frozenset[str], size: Size, known: bool) -> Instance:
    """Data with a shallow network and multipliers, which satisfy what is assumed of them."""
    if known and assumes >= {"fits-part", "orthogonal"} and draw(st.integers(0, 7)) == 7:
        event("shallow: hat")
        hat: Instance = draw(instances(HATS))
        return hat
    d = draw(st.integers(1, 2 if "at-most-two-inputs" in assumes else max(2, size.max_inputs)))
    fewest = d + 2 if "orthogonal" in assumes else 1
    x = _array(draw(data(d, fewest, d + 1 + size.max_samples)))
    marks = draw(st.lists(st.integers(-8, 8), min_size=len(x), max_size=len(x)))
    multipliers = _array([fmpq(m) for m in marks])
    if "orthogonal" in assumes:
        multipliers = affinely_free(x, multipliers)
    network = draw(networks(x, "fits-part" in assumes))
    event(f"shallow: {'several directions' if len(set(map(tuple, network['w1']))) > 1 else 'one direction'}")
    return PYRAMID.instance(x=x, multipliers=multipliers, **network)


@st.composite
def on_grids(draw: DrawFn, assumes: frozenset[str], size: Size, known: bool) -> Instance:
    """Data that hold the grid of spacing 2, now and then that of spacing 1, with a network; few data if not asked."""
    if "covers-grid" in assumes:
        if known and draw(st.integers(0, 3)) == 3:
            event("shallow: cheapest on a grid")
            return on_grid(draw(st.sampled_from((fmpq(2), fmpq(1)))))
        points = [list(row) for row in grid(fmpq(1 if draw(st.integers(0, 7)) == 7 else 2))]
        x = _array(points + draw(data(2, 0, 3)))
    else:
        x = _array(draw(data(draw(st.integers(1, size.max_inputs)), 1, size.max_samples)))
    return PYRAMID.instance(x=x, **draw(networks(x, "fits-data" in assumes)))


@st.composite
def networks(draw: DrawFn, x: Any, fits: bool) -> dict[str, Any]:
    """The sum of splines along one or two directions that share out the labels; a multiple unless ``fits``."""
    labels = pyramid(x)
    height = fmpq(1) if fits else fmpq(draw(st.integers(-2, 2)), 2)
    target = [height * y for y in labels]
    aside = draw(st.integers(0, 2)) * fmpq(1, 2)
    second = [aside * y for y in target] if aside != 1 else [abs(row[0]) for row in x]
    first = [y - s for y, s in zip(target, second, strict=True)]
    one = _spline(x, first, draw(st.integers(0, len(DIRECTIONS) - 1)))
    if all(s == 0 for s in second):
        return one
    other = _spline(x, second, draw(st.integers(0, len(DIRECTIONS) - 1)))
    stretch = draw(st.sampled_from((fmpq(1), fmpq(2), fmpq(1, 3))))
    return {
        "w1": np.concatenate([one["w1"] * stretch, other["w1"]]),
        "b1": np.concatenate([one["b1"] * stretch, other["b1"]]),
        "w2": np.concatenate([one["w2"] / stretch, other["w2"]]),
        "slope": one["slope"] + other["slope"],
        "offset": one["offset"] + other["offset"],
    }


def _spline(x: Any, labels: list[fmpq], first: int) -> dict[str, Any]:
    """The spline along the first direction, from this number on, that tells labels apart; the mean where none does."""
    d = x.shape[1]
    for v in (*DIRECTIONS[first:], *DIRECTIONS[:first]):
        direction = [fmpq(c) for c in (*v, *([1] * d))[:d]]
        if any(direction):
            found = ridge_spline(x, labels, direction)
            if found is not None:
                return found
    found = ridge_spline(x, labels)
    return found if found is not None else _constant(x, labels)


def _constant(x: Any, labels: list[fmpq]) -> dict[str, Any]:
    one = [fmpq(1)] * x.shape[1]
    mean = sum(labels, fmpq(0)) / len(labels)
    return {
        "w1": _array([one]),
        "b1": _array([fmpq(0)]),
        "w2": _array([fmpq(0)]),
        "slope": _array(one) * 0,
        "offset": mean,
    }


def _array(values: Any) -> Any:
    return np.array([list(v) if isinstance(v, list) else v for v in values], dtype=object)


class PyramidSupply:
    """Instances of the domain pyramid: drawn ones and float batches of data. The networks are given, not trained."""

    domain = PYRAMID
    minima: MinimaSource | None = None
    visited: VisitedSource | None = None

    def drawn(self, assumes: frozenset[str], size: Size, known: bool = True) -> SearchStrategy[Instance]:
        """Strategy of exact data; with a shallow network where an assumption is about one.

        Raises:
            ValueError: an assumption id is unknown here.
        """
        refuse_unknown(assumes, KNOWN, "data for the pyramid")
        if assumes & GRID:
            return on_grids(assumes, size, known)
        if assumes & SHALLOW:
            return fitted(assumes, size, known)
        if assumes:
            return bare_data(assumes, size, known)
        return st.one_of(bare_data(assumes, size, known), fitted(assumes, size, known))

    def batch(
        self, assumes: frozenset[str], count: int, size: Size, generator: torch.Generator, known: bool = True
    ) -> dict[str, Any] | None:
        """Data [count, n, d] and step sizes [count]; None for claims about shallow networks."""
        import torch

        if assumes & SHALLOW:
            return None
        n = 1 + int(torch.randint(size.max_samples, (1,), generator=generator))
        d = 1 + int(torch.randint(size.max_inputs, (1,), generator=generator))
        x = torch.randn(count, n, d, generator=generator, dtype=torch.float64)
        length = 1.5 * torch.rand(count, n, 1, generator=generator, dtype=torch.float64)
        share = 0.05 + 0.95 * torch.rand(count, generator=generator, dtype=torch.float64)
        step_size = share * (2 / (2 * d + 3)) * (1 - 2.0**-40)
        shallow = dict.fromkeys(("w1", "b1", "w2", "slope", "offset", "multipliers"))
        return {"x": x / x.abs().sum(-1, keepdim=True) * length, "step_size": step_size, **shallow}

    def trained(self, assumes: frozenset[str], effort: Effort, device: str = "auto") -> TrainedSupply:
        """Nothing: the networks are given."""
        return TrainedSupply()


SUPPLY = PyramidSupply()
