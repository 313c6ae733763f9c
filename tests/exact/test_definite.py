"""Definiteness against exact eigenvalue counts by Descartes' rule."""

import random
from itertools import pairwise

import pytest
from flint import fmpq, fmpq_mat

from refutable.theorems.exact import definiteness, is_positive_definite, is_psd


def least_eigenvalue_sign(matrix: fmpq_mat) -> int:
    """Independent: all roots of the characteristic polynomial are real, so Descartes' rule counts exactly."""
    coefficients = matrix.charpoly().coeffs()
    if coefficients[0] == 0:
        nonzero = [c for c in coefficients if c != 0]
        alternate = all(a * b < 0 for a, b in pairwise(nonzero))
        return 0 if alternate and no_gaps(coefficients) else -1
    alternate = all(a * b < 0 for a, b in pairwise(coefficients))
    return 1 if alternate else -1


def no_gaps(coefficients: list[fmpq]) -> bool:
    first = next(i for i, c in enumerate(coefficients) if c != 0)
    return all(c != 0 for c in coefficients[first:])


def random_symmetric(generator: random.Random, n: int, rank: int, indefinite: bool) -> fmpq_mat:
    factor = fmpq_mat(n, rank, [fmpq(generator.randint(-4, 4), generator.randint(1, 3)) for _ in range(n * rank)])
    weights = fmpq_mat(rank, rank)
    for i in range(rank):
        weights[i, i] = -1 if indefinite and generator.random() < 0.3 else 1
    return factor * weights * factor.transpose()


def test_random_matrices_of_every_rank() -> None:
    generator = random.Random(11)
    seen = {1: 0, 0: 0, -1: 0}
    for _ in range(400):
        n = generator.randint(1, 6)
        matrix = random_symmetric(generator, n, generator.randint(1, n + 1), generator.random() < 0.4)
        expected = least_eigenvalue_sign(matrix)
        seen[expected] += 1
        assert definiteness(matrix) == expected
        assert is_psd(matrix) == (expected >= 0)
        assert is_positive_definite(matrix) == (expected > 0)
    assert min(seen.values()) > 50


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([[0]], 0),
        ([[0, 0], [0, 0]], 0),
        ([[0, 1], [1, 0]], -1),
        ([[1, 1], [1, 1]], 0),
        ([[1, 1, 0], [1, 1, 1], [0, 1, 1]], -1),  # a zero pivot inside a nonsingular matrix
        ([[2, 2, 1], [2, 2, 1], [1, 1, 0]], -1),
        ([[1, 1, 1], [1, 1, 1], [1, 1, 1]], 0),
        ([[1, 0], [0, -1]], -1),
    ],
)
def test_singular_leading_minors(rows: list[list[int]], expected: int) -> None:
    assert definiteness(fmpq_mat(rows)) == expected


def test_an_empty_matrix_is_positive_definite() -> None:
    assert definiteness(fmpq_mat(0, 0)) == 1


@pytest.mark.parametrize("exponent", [30, 100, 200])
def test_a_hair_on_either_side_of_singular(exponent: int) -> None:
    hair = fmpq(1, 10**exponent)
    ones = fmpq_mat(4, 4, [1] * 16)
    assert definiteness(ones) == 0
    ones[2, 2] += hair
    assert definiteness(ones) == 0
    ones[2, 2] -= 2 * hair
    assert definiteness(ones) == -1
    assert definiteness(fmpq_mat([[1, 1], [1, 1 + hair]])) == 1


def test_rejects_what_is_not_symmetric() -> None:
    with pytest.raises(ValueError, match="not square"):
        is_psd(fmpq_mat(2, 3))
    with pytest.raises(ValueError, match=r"entries \(1, 0\) and \(0, 1\)"):
        is_psd(fmpq_mat([[1, 2], [3, 4]]))
