"""Maximum margins by support sets against a numerical solver, and problems without a margin."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from flint import fmpq
from hypothesis import given, seed, settings
from hypothesis import strategies as st
from scipy.optimize import linprog, minimize

from refutable.theorems.exact.max_margin import max_margin

ENTRIES = st.integers(-4, 4)


def rows(draw: st.DrawFn) -> list[list[int]]:
    d = draw(st.integers(1, 3))
    return draw(st.lists(st.lists(ENTRIES, min_size=d, max_size=d), min_size=1, max_size=5))


def separable(x: Any) -> bool:
    """Whether some w has x.w >= 1, as a linear program says."""
    found = linprog(np.zeros(x.shape[1]), A_ub=-x, b_ub=-np.ones(len(x)), bounds=[(None, None)] * x.shape[1])
    return bool(found.status == 0)


@seed(1)
@settings(max_examples=60, deadline=None, database=None)
@given(st.composite(rows)())
def test_it_is_the_solution_that_a_solver_finds(data: list[list[int]]) -> None:
    x = np.array(data, dtype=float)
    found = max_margin([[fmpq(q) for q in row] for row in data])
    assert (found is not None) == separable(x)
    if found is None:
        return
    w = np.array([float(q.p) / float(q.q) for q in found.direction])
    margins = {"type": "ineq", "fun": lambda v: x @ v - 1}
    solved = minimize(lambda v: v @ v, w + 0.1, jac=lambda v: 2 * v, constraints=margins, tol=1e-14)
    assert np.allclose(solved.x, w, atol=1e-5)


@seed(2)
@settings(max_examples=60, deadline=None, database=None)
@given(st.composite(rows)())
def test_its_conditions_prove_it(data: list[list[int]]) -> None:
    exact = [[fmpq(q) for q in row] for row in data]
    found = max_margin(exact)
    if found is None:
        return
    margins = [sum((a * b for a, b in zip(row, found.direction, strict=True)), fmpq(0)) for row in exact]
    assert min(margins) == 1
    assert found.support == tuple(i for i, margin in enumerate(margins) if margin == 1)
    assert set(found.positive) <= set(found.support)
    for c in range(len(found.direction)):
        assert found.direction[c] == sum((a * row[c] for a, row in zip(found.multipliers, exact, strict=True)), fmpq(0))
    assert found.squared_norm == sum((q * q for q in found.direction), fmpq(0))


def test_data_with_a_support_vector_without_multiplier() -> None:
    found = max_margin([[fmpq(1), fmpq(0)], [fmpq(1), fmpq(1)]])
    assert found is not None
    assert found.support == (0, 1)
    assert found.positive == (0,)


def test_what_cannot_be_separated_and_what_is_too_large() -> None:
    assert max_margin([[fmpq(1)], [fmpq(-1)]]) is None
    assert max_margin([[fmpq(0), fmpq(0)]]) is None
    with pytest.raises(ValueError, match="no rows"):
        max_margin([])
    with pytest.raises(ValueError, match="too many possible support sets"):
        max_margin([[fmpq(i), fmpq(1), fmpq(i * i), fmpq(i**3)] for i in range(30)])
