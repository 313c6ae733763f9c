"""Data families, and the real tables."""

import importlib.util
from collections.abc import Callable

import numpy as np
import pytest
from flint import fmpq

from refutable.strategies.shallow_relu import data, missing_tables, tables
from refutable.strategies.shallow_relu.choosers import Seeded, dyadic, nonzero
from refutable.strategies.shallow_relu.neurons import Neuron
from refutable.strategies.shallow_relu.tuning import balanced, oriented
from refutable.theorems.exact import to_float


@pytest.mark.parametrize("family", data.FAMILIES)
@pytest.mark.parametrize(("n", "d"), [(1, 1), (2, 1), (5, 1), (1, 3), (4, 2), (3, 5)])
def test_a_family_gives_n_rational_rows(family: str, n: int, d: int) -> None:
    if family in tables.TABLES:
        pytest.importorskip("sklearn")
    for seed in range(10):
        rows = data.FAMILIES[family](Seeded(seed), n, d)
        assert [len(row) for row in rows] == [d] * n
        assert all(isinstance(c, fmpq) for row in rows for c in row)


@pytest.mark.parametrize("d", [1, 2, 4])
def test_points_on_a_sphere_have_exactly_one_norm(d: int) -> None:
    for seed in range(20):
        rows = data.FAMILIES["sphere"](Seeded(seed), 4, d)
        assert len({sum(c * c for c in row) for row in rows}) == 1


def test_collinear_points_span_one_direction() -> None:
    for seed in range(20):
        rows = data.FAMILIES["collinear"](Seeded(seed), 5, 3)
        floats = np.array([[int(c.p) / int(c.q) for c in row] for row in rows])
        assert np.linalg.matrix_rank(floats[1:] - floats[0]) <= 1


def test_two_atoms_and_duplicates_repeat() -> None:
    for seed in range(20):
        assert len({tuple(row) for row in data.FAMILIES["two atoms"](Seeded(seed), 6, 2)}) <= 2
        assert len({tuple(row) for row in data.FAMILIES["duplicated"](Seeded(seed), 6, 2)}) <= 3


def test_separated_points_differ_and_new_ones_alone_move() -> None:
    rows = [[fmpq(0)], [fmpq(1)], [fmpq(0)], [fmpq(0)]]
    moved = data.separated(rows)
    assert moved == [[fmpq(0)], [fmpq(1)], [fmpq(2)], [fmpq(3)]]
    assert rows[2] == [fmpq(0)]


@pytest.mark.parametrize("rows", [[[fmpq(0)], [fmpq(0)]], [[fmpq(1, 7), fmpq(0)]], [[fmpq(-9)], [fmpq(1, 3)]]])
def test_widened_data_reach_one(rows: data.Rows) -> None:
    assert max(abs(c) for row in data.widened(rows) for c in row) >= 1


def test_tables_are_standardised() -> None:
    pytest.importorskip("sklearn")
    for name, shape in (("digits", (1797, 61)), ("diabetes", (442, 10))):
        table = tables.table(name)
        assert table.shape == shape
        assert np.abs(table.mean(axis=0) / tables.GRID).max() < 0.05
        assert np.abs(table.std(axis=0) / tables.GRID - 1).max() < 0.05


def test_absent_tables_are_named_and_not_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    found: Callable[..., object] = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *rest: None if name == "sklearn" else found(name, *rest)
    )
    assert [line.split(":")[0] for line in missing_tables()] == ["digits", "diabetes"]
    assert "pip install" in missing_tables()[0]
    assert set(data.offered_families()) == set(data.FAMILIES) - set(tables.TABLES)


def test_a_seed_determines_every_choice() -> None:
    first, second, other = Seeded(5), Seeded(5), Seeded(6)
    numbers = [first.integer(-9, 9) for _ in range(50)]
    assert numbers == [second.integer(-9, 9) for _ in range(50)]
    assert numbers != [other.integer(-9, 9) for _ in range(50)]
    assert set(numbers) <= set(range(-9, 10))


class Fixed:
    """The choices of a list, in order."""

    def __init__(self, *choices: int) -> None:
        self._choices = list(choices)

    def integer(self, low: int, high: int) -> int:
        assert low <= self._choices[0] <= high
        return self._choices.pop(0)


def test_nonzero_numbers_run_through_the_grid_from_one() -> None:
    values = [nonzero(Fixed(i), 2, 2) for i in range(8)]
    assert values[:2] == [1, -1]
    assert sorted(values) == sorted(sign * fmpq(i, 2) for i in range(1, 5) for sign in (1, -1))
    assert dyadic(Fixed(-3), 4, 1) == fmpq(-3, 4)


def test_balancing_keeps_the_function_and_equates_the_derivatives() -> None:
    rows = [[fmpq(-1)], [fmpq(1, 2)], [fmpq(3)]]
    neuron = Neuron((fmpq(8),), fmpq(2), fmpq(-3))
    found = balanced(rows, neuron)
    assert found.w[0] * found.out == neuron.w[0] * neuron.out
    assert found.b / found.w[0] == neuron.b / neuron.w[0]
    # Active at 1/2 and at 3: two of three data, whose sum is 7/2.
    mean = to_float((found.w[0] * fmpq(7, 2) + 2 * found.b) / 3)
    assert mean == pytest.approx(abs(to_float(found.out)) * np.hypot(2 / 3, 7 / 6), rel=1e-3)


def test_orientation_takes_the_smaller_side() -> None:
    rows = [[fmpq(0)], [fmpq(1)], [fmpq(2)], [fmpq(3)]]
    many = Neuron((fmpq(1),), fmpq(-1, 2), fmpq(1))
    assert oriented(rows, many).w == (fmpq(-1),)
    few = oriented(rows, many)
    assert oriented(rows, few) == few
