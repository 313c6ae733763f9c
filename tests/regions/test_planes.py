"""Regions on planes against linear programs, Euler's formula, exact areas and a flood fill."""

from __future__ import annotations

import itertools
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from flint import fmpq

from refutable.strategies.regions import arrangement
from refutable.strategies.regions.arrangement import Line, TooManyCells, TooManyLines, cells
from refutable.strategies.regions.planes import UNIT, on_polygon, triangle

Rows = list[list[fmpq]]


def drawn(rng: np.random.Generator, k: int, coarse: bool = False) -> tuple[Rows, list[fmpq], fmpq]:
    """Pre-activations at three corners; coarse ones make parallel, coinciding and concurrent lines."""
    top = 2 if coarse else 100
    corners = [[fmpq(int(v), 1 if coarse else 7) for v in rng.integers(-top, top + 1, k)] for _ in range(3)]
    weights = [fmpq(int(v), 3) for v in rng.integers(-9, 10, k)]
    return corners, weights, fmpq(int(rng.integers(-20, 21)), 3)


def by_formula(corners: Rows) -> int:
    """1 + lines + sum over meeting points inside of (lines through it - 1), for the different lines that cross."""
    a, b, c = ([Fraction(int(v.p), int(v.q)) for v in row] for row in corners)
    lines = set()
    for z in zip(a, b, c, strict=True):
        if min(z) < 0 < max(z):
            row = (z[0], z[1] - z[0], z[2] - z[0])
            pivot = next(v for v in row[1:] if v)
            lines.add(tuple(v / pivot for v in row))
    through: dict[tuple[Fraction, Fraction], set[Any]] = {}
    for one, other in itertools.combinations(sorted(lines), 2):
        det = one[1] * other[2] - one[2] * other[1]
        if det:
            s = (-one[0] * other[2] + one[2] * other[0]) / det
            t = (-one[1] * other[0] + one[0] * other[1]) / det
            if s > 0 and t > 0 and s + t < 1:
                through.setdefault((s, t), set()).update((one, other))
    return 1 + len(lines) + sum(len(some) - 1 for some in through.values())


def area(cell: arrangement.Cell) -> fmpq:
    turned = zip(cell, (*cell[1:], cell[0]), strict=True)
    return sum((a.s * b.t - b.s * a.t for a, b in turned), fmpq(0)) / 2


@pytest.mark.parametrize("coarse", [True, False])
def test_cells_are_those_of_eulers_formula_and_fill_the_triangle(coarse: bool) -> None:
    rng = np.random.default_rng(1)
    for _ in range(60):
        corners, weights, bias = drawn(rng, int(rng.integers(1, 9)), coarse)
        plane = triangle(corners, weights, bias)
        assert plane.linear_regions == by_formula(corners)
        areas = [area(cell) for cell in plane.cells]
        assert min(areas) > 0
        assert sum(areas, fmpq(0)) == fmpq(1, 2)


def test_cells_are_the_activation_patterns_that_linear_programs_find() -> None:
    from scipy.optimize import linprog

    rng = np.random.default_rng(2)
    for _ in range(4):
        corners, weights, bias = drawn(rng, 4)
        z = np.array([[float(v.p) / float(v.q) for v in row] for row in corners])
        slopes, offsets = np.stack([z[1] - z[0], z[2] - z[0]], axis=1), z[0]
        found = 0
        for pattern in itertools.product((-1, 1), repeat=4):
            # Largest margin m with pattern_i z_i >= m over the triangle: positive iff the cell is there.
            rows = [[*(-p * a), 1.0] for p, a in zip(pattern, slopes, strict=True)] + [
                [-1, 0, 1],
                [0, -1, 1],
                [1, 1, 1],
            ]
            above = [p * o for p, o in zip(pattern, offsets, strict=True)] + [0, 0, 1]
            answer = linprog([0, 0, -1], A_ub=rows, b_ub=above, bounds=[(None, None), (None, None), (None, 1)])
            found += -answer.fun > 1e-9
        assert triangle(corners, weights, bias).linear_regions == found


def flooded(corners: Rows, weights: list[fmpq], bias: fmpq, size: int = 500) -> int:
    from scipy.ndimage import label

    z = np.array([[float(v.p) / float(v.q) for v in row] for row in corners])
    s, t = np.meshgrid((np.arange(size) + 0.5) / size, (np.arange(size) + 0.5) / size)
    values = z[0] + s[..., None] * (z[1] - z[0]) + t[..., None] * (z[2] - z[0])
    f = np.maximum(values, 0) @ [float(w.p) / float(w.q) for w in weights] + float(bias.p) / float(bias.q)
    inside = s + t < 1
    return int(label(inside & (f > 0))[1] + label(inside & (f < 0))[1])


def test_decision_regions_are_those_of_a_flood_fill() -> None:
    rng = np.random.default_rng(5)
    found = []
    for _ in range(24):
        numbers = drawn(rng, 6)
        found.append((triangle(*numbers).decision_regions, flooded(*numbers)))
    # A grid can miss a thin region, or cut a thin one in two; cells cannot.
    assert sum(exact == grid for exact, grid in found) >= 22
    assert len({exact for exact, _ in found}) > 2


def test_decision_regions_by_hand() -> None:
    def on(weights: list[int], bias: int) -> int:
        # pre-activations s - 1/4, t - 1/4 and 1/4 - s on the triangle
        quarter = fmpq(1, 4)
        corners = [
            [-quarter, -quarter, quarter],
            [3 * quarter, -quarter, -3 * quarter],
            [-quarter, 3 * quarter, quarter],
        ]
        return triangle(corners, [fmpq(w) for w in weights], fmpq(bias, 100)).decision_regions

    assert on([0, 0, 0], 0) == 1  # f = 0
    assert on([0, 0, 0], 5) == 1
    assert on([1, 0, 1], 0) == 1  # |s - 1/4| touches 0 on a line
    assert on([1, 0, 1], -5) == 3  # |s - 1/4| - 1/20 is negative in a strip
    assert on([1, 1, 0], 0) == 1  # 0 on a square, positive around it
    assert on([1, -1, 0], 0) == 2  # both signs, joined by a square of zeros
    assert on([1, 1, 0], -5) == 2  # negative in the corner only
    assert on([-1, -1, 0], 60) == 3  # positive in the middle, negative in the two far corners


def test_a_picture_of_thousands_of_cells_is_exact() -> None:
    rng = np.random.default_rng(3)
    corners = [[fmpq(int(v), 97) for v in rng.integers(-1000, 1000, 40)] for _ in range(3)]
    assert triangle(corners, [fmpq(1)] * 40, fmpq(-1)).linear_regions == by_formula(corners)


def test_thin_cells_are_found() -> None:
    hair = fmpq(1, 10**30)
    corners = [[fmpq(-1), fmpq(-1) - hair], [fmpq(1), fmpq(1)], [fmpq(1), fmpq(1)]]
    plane = triangle(corners, [fmpq(1), fmpq(-1)], fmpq(0))
    assert plane.linear_regions == 3
    assert min(area(cell) for cell in plane.cells) < fmpq(1, 10**29)


def test_lines_that_only_touch_cut_nothing() -> None:
    touching = [Line(fmpq(0), fmpq(1), fmpq(0)), Line(fmpq(0), fmpq(1), fmpq(1)), Line(fmpq(5), fmpq(0), fmpq(0))]
    assert cells(UNIT, touching) == [UNIT]
    assert on_polygon(UNIT, touching, [fmpq(1)] * 3, fmpq(0)).linear_regions == 1


def test_too_many_lines_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrangement, "MOST_LINES", 2)
    lines = [Line(fmpq(-1, i), fmpq(1), fmpq(0)) for i in (2, 3, 4)]
    with pytest.raises(TooManyLines, match="3 lines cross the polygon; at most 2"):
        cells(UNIT, lines)


def test_subnormal_numbers_are_decided_exactly() -> None:
    # f = 2^1000 (3/2 e - 17/10 relu(e + s + t)), e = 2^-1074, is negative at all corners: -0.2 e 2^1000 at most.
    hair, large = fmpq(1, 2**1074), fmpq(2**1000)
    corners = [[fmpq(3, 2) * hair, hair], [fmpq(3, 2) * hair, 1 + hair], [fmpq(3, 2) * hair, 1 + hair]]
    plane = triangle(corners, [large, -fmpq(17, 10) * large], fmpq(0))
    assert (plane.decision_regions, plane.regions_of(1), plane.regions_of(-1)) == (1, 0, 1)
    # The same in an output weight: 1.3 e rounds to e.
    corners = [[large, large], [large, 2 * large], [large, 2 * large]]
    plane = triangle(corners, [fmpq(13, 10) * hair, -fmpq(3, 2) * hair], fmpq(0))
    assert (plane.decision_regions, plane.regions_of(1)) == (1, 0)


def test_a_vertex_at_a_subnormal_place_lies_on_its_own_side() -> None:
    # 2^1000 (s - 7/4 e) at s = 3/2 e; in floats s is 2 e.
    hair = fmpq(1, 2**1074)
    line = Line(-fmpq(7, 4) * hair * 2**1000, fmpq(2**1000), fmpq(0))
    assert line.side(arrangement.point(fmpq(3, 2) * hair, fmpq(0))) == -1


def test_more_cells_than_asked_for_are_refused() -> None:
    lines = [Line(-fmpq(1, i), fmpq(1), fmpq(0)) for i in (2, 3, 4)]
    assert len(cells(UNIT, lines, 4)) == 4
    with pytest.raises(TooManyCells, match="more than 3 cells"):
        cells(UNIT, lines, 3)
