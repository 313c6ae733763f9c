"""Certificates answer yes or no only where every number within the radii gives that answer."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from refutable.theorems.checks import Check
from refutable.theorems.claims import Claim
from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.ops import certified_eigenvalue
from refutable.theorems.ops.certified_array import CertifiedArray
from refutable.theorems.ops.certified_eigenvalue import enclose_top
from refutable.verify.certificates import _certain
from refutable.verify.sweep import sweep

YES, NO, OPEN = (True, False), (False, True), (False, False)
# The difference of the sides and its radius; then what is known of left <= right, left < right, left == right.
CASES: list[tuple[float, float, Any, Any, Any]] = [
    (2.0, 1.0, YES, YES, NO),
    (1.0, 1.0, OPEN, OPEN, OPEN),  # the difference itself is rounded
    (0.5, 1.0, OPEN, OPEN, OPEN),
    (0.0, 1.0, OPEN, OPEN, OPEN),
    (-0.5, 1.0, OPEN, OPEN, OPEN),
    (-1.0, 1.0, OPEN, OPEN, OPEN),
    (-2.0, 1.0, NO, NO, NO),
    (0.0, 0.0, YES, NO, YES),
    (np.inf, np.inf, OPEN, OPEN, OPEN),
    (-np.inf, np.inf, OPEN, OPEN, OPEN),
    (np.inf, 1.0, OPEN, OPEN, OPEN),
    (1.0, np.inf, OPEN, OPEN, OPEN),
    (1.0, np.nan, OPEN, OPEN, OPEN),
    (np.nan, 0.0, OPEN, OPEN, OPEN),
]


@pytest.mark.parametrize(("gap", "radius", "at_most", "less", "equal"), CASES)
def test_each_comparison_is_certain_only_where_it_is(
    gap: float, radius: float, at_most: Any, less: Any, equal: Any
) -> None:
    left = CertifiedArray(np.zeros(2))
    right = CertifiedArray(np.array([gap, gap]), np.array([radius, radius]))
    with np.errstate(all="ignore"):
        for op, expected in (("<=", at_most), ("<", less), ("==", equal)):
            true, false = _certain(Check(left, op, right), 2)  # type: ignore[arg-type]
            assert (bool(true[0]), bool(false[0])) == expected, op


def test_a_product_that_overflows_certifies_nothing() -> None:
    claim = Claim("large", SHALLOW_RELU, "1 <= stability norm", (), lambda v: [Check(1, "<=", v["stability_norm"])])
    rows = {
        "w1": np.full((1, 1, 1), 2.0**-500), "b1": np.zeros((1, 1)), "w2": np.full((1, 1), 2.0**-900),
        "b2": np.zeros(1), "x": np.array([[[2.0**600], [-(2.0**600)]]]), "y": None, "step_size": np.ones(1),
        "frozen": None, "batch_size": None,
    }  # fmt: skip
    found = sweep(claim, rows)
    assert found.counts["violated"] == 1
    assert found.certified == 0


def test_an_eigenvalue_near_the_largest_float_is_enclosed_or_uncertain() -> None:
    found, uncertain = enclose_top(CertifiedArray(np.full((1, 1, 1), 1.5e308)))
    assert uncertain[0] or (np.isfinite(found.mid[0]) and abs(found.mid[0] - 1.5e308) <= np.max(found.rad))


def test_a_matrix_on_which_lapack_fails_costs_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    usual = np.linalg.eigh

    def failing(mid: Any) -> Any:
        if (mid == 7.0).any():
            raise np.linalg.LinAlgError("Eigenvalues did not converge")
        return usual(mid)

    monkeypatch.setattr(certified_eigenvalue.np.linalg, "eigh", failing)
    vectors = certified_eigenvalue._by_lapack(np.stack([np.eye(2), np.full((2, 2), 7.0), np.diag([1.0, 3.0])]))
    assert np.isnan(vectors[1]).all()
    assert np.abs(vectors[2]).tolist() == [0.0, 1.0]
