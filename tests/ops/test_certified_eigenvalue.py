"""Enclosures of the largest eigenvalue against exact decisions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from flint import fmpq

from refutable.theorems.exact import compare
from refutable.theorems.ops.certified import CertifiedArray, CertifiedOps
from refutable.theorems.ops.exact import ExactOps


def rational(value: Any) -> fmpq:
    return fmpq(*float(value).as_integer_ratio())


def exact_matrix(m: Any) -> Any:
    return np.array([[rational(v) for v in row] for row in m], dtype=object)


def symmetric(rng: np.random.Generator, count: int, p: int) -> Any:
    a = rng.normal(size=(count, p, p))
    return np.round((a + np.swapaxes(a, 1, 2)) * 2**20) / 2**20


def gram(rng: np.random.Generator, count: int, p: int) -> Any:
    a = np.round(rng.normal(size=(count, p, p)) * 2**10) / 2**10
    return a @ np.swapaxes(a, 1, 2)


def close_pair(rng: np.random.Generator, count: int, p: int) -> Any:
    """The two largest eigenvalues nearly or exactly equal, the smallest of largest modulus."""
    a = np.zeros((count, p, p))
    a[:, range(p), range(p)] = rng.integers(0, 4, size=(count, p))
    a[:, 0, 0] = 5
    a[:, 1, 1] = 5 - rng.choice([0.0, 2.0**-50, 2.0**-20, 0.5], size=count)
    a[:, -1, -1] -= rng.choice([0.0, 40.0], size=count)
    return a


def constant(rng: np.random.Generator, count: int, p: int) -> Any:
    return np.ones((count, p, p)) * rng.choice([0.0, 0.125, 1 / 3, -2.0, 1e-200, 1e-310], size=count)[:, None, None]


def scaled(rng: np.random.Generator, count: int, p: int) -> Any:
    return symmetric(rng, count, p) * 2.0 ** rng.choice([-900, -300, 300, 900], size=count)[:, None, None]


def cancelling(rng: np.random.Generator, count: int, p: int) -> Any:
    """The largest eigenvalue is small beside the others, so that rounding errors are large beside it."""
    v = np.round(rng.normal(size=(count, p, 1)) * 2**20)
    return symmetric(rng, count, p) - v @ np.swapaxes(v, 1, 2) / 2.0**10


KINDS = {f.__name__: f for f in (symmetric, gram, close_pair, constant, scaled, cancelling)}


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("p", [2, 3, 8])
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_the_enclosure_holds_the_largest_eigenvalue(kind: str, p: int) -> None:
    rng = np.random.default_rng(20 + p)
    matrices = KINDS[kind](rng, 24, p)
    ops = CertifiedOps(24)
    found = ops.top_eigenvalue(CertifiedArray(matrices))
    assert ops.unsafe.sum() == 0
    for m, mid, rad in zip(matrices, found.mid, found.rad, strict=True):
        top = ExactOps().top_eigenvalue(exact_matrix(m))
        assert compare(top, rational(mid) + rational(rad)) in (0, -1)
        assert compare(top, rational(mid) - rational(rad)) in (0, 1)
        assert rad <= 1e-13 * p * np.abs(m).max() + 1e-299


@pytest.mark.parametrize("p", [2, 8])
def test_the_enclosure_holds_for_every_matrix_within_the_radii(p: int) -> None:
    rng = np.random.default_rng(30)
    count = 30
    truth = gram(rng, count, p)
    off = np.round(rng.choice([-1, 1], size=truth.shape) * 2.0**12) * 2.0**-52
    off = np.tril(off) + np.swapaxes(np.tril(off, -1), 1, 2)
    wrong = rng.choice([0.5, 1.0], size=truth.shape) * off  # the two triangles differ
    found = CertifiedOps(count).top_eigenvalue(CertifiedArray(truth + wrong, np.abs(off)))
    for m, mid, rad in zip(truth, found.mid, found.rad, strict=True):
        top = ExactOps().top_eigenvalue(exact_matrix(m))
        assert compare(top, rational(mid) + rational(rad)) in (0, -1)
        assert compare(top, rational(mid) - rational(rad)) in (0, 1)


def test_a_matrix_that_is_not_finite_is_flagged_and_spoils_no_other() -> None:
    matrices = gram(np.random.default_rng(40), 3, 4)
    matrices[1, 2, 3] = np.nan
    rad = np.zeros_like(matrices)
    rad[2, 0, 0] = np.inf
    ops = CertifiedOps(3)
    found = ops.top_eigenvalue(CertifiedArray(matrices, rad))
    assert ops.unsafe.tolist() == [False, True, True]
    assert found.mid[0] == pytest.approx(np.linalg.eigvalsh(matrices[0])[-1], rel=1e-12)


def test_an_exactly_constant_matrix_has_an_exact_eigenvalue() -> None:
    ops = CertifiedOps(2)
    found = ops.top_eigenvalue(CertifiedArray(np.array([[[0.125] * 8] * 8, [[0.1] * 8] * 8])))
    assert found.rad.tolist() == [0.0, 0.0]
    assert found.mid.tolist() == [1.0, 0.8]


def test_a_hair_below_the_edge_of_stability_is_certified_up_to_64_data() -> None:
    rng = np.random.default_rng(50)
    a = rng.normal(size=(20, 64, 64))
    kernel = a @ np.swapaxes(a, 1, 2) / 64
    kernel = (kernel + np.swapaxes(kernel, 1, 2)) / 2
    top = CertifiedOps(20).top_eigenvalue(CertifiedArray(kernel))
    assert (top.rad < 2.0**-41 * top.mid).all()
