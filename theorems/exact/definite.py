"""Definiteness of rational symmetric matrices, always decided.

LDL^T in balls of growing precision decides every matrix whose leading principal minors are nonzero. A pivot
that stays undecided is the sign of a singular matrix: it is settled by the rank over the rationals and the
LDL^T of a nonsingular principal block of that rank.
"""

from collections.abc import Sequence

from flint import arb, fmpq, fmpq_mat, nmod_mat

from refutable.theorems.exact.precision import working_precision
from refutable.theorems.exact.reals import Order

__all__ = ["certified_definite", "definiteness", "is_positive_definite", "is_psd", "require_symmetric"]

_PRIMES = (2**61 - 1, 2**31 - 1, 2**19 - 1)


def is_psd(matrix: fmpq_mat) -> bool:
    """Whether a symmetric rational matrix [n, n] is positive semidefinite.

    Raises:
        ValueError: the matrix is not square or not symmetric.
    """
    return definiteness(matrix) >= 0


def is_positive_definite(matrix: fmpq_mat) -> bool:
    """Whether a symmetric rational matrix [n, n] is positive definite.

    Raises:
        ValueError: the matrix is not square or not symmetric.
    """
    return definiteness(matrix) > 0


def definiteness(matrix: fmpq_mat) -> Order:
    """The sign of the least eigenvalue of a symmetric rational matrix [n, n]: 1, 0 or -1.

    Raises:
        ValueError: the matrix is not square or not symmetric.
    """
    require_symmetric(matrix)
    rows = range(matrix.nrows())
    diagonal = [matrix[i, i] for i in rows]
    if any(d < 0 for d in diagonal):
        return -1
    kept = [i for i in rows if diagonal[i] != 0]
    if any(matrix[i, j] != 0 for i in rows if diagonal[i] == 0 for j in rows):
        return -1
    order = _definiteness_of_block(matrix, kept)
    return min(order, 0) if len(kept) < len(diagonal) else order


def certified_definite(matrix: fmpq_mat, bits: int) -> bool:
    """Whether LDL^T in balls of `bits` bits proves a symmetric matrix [n, n] positive definite.

    False says nothing. Cheaper than `definiteness` where an answer is not owed.
    """
    order, _ = _pivot_signs(matrix, range(matrix.nrows()), bits)
    return order == 1


def require_symmetric(matrix: fmpq_mat) -> None:
    """Raises ValueError, with the offending place, unless the matrix is square and symmetric."""
    if matrix.nrows() != matrix.ncols():
        raise ValueError(f"a matrix of {matrix.nrows()} x {matrix.ncols()} entries is not square")
    if matrix == matrix.transpose():
        return
    n = matrix.nrows()
    i, j = next((i, j) for i in range(n) for j in range(i) if matrix[i, j] != matrix[j, i])
    raise ValueError(f"the matrix is not symmetric: entries ({i}, {j}) and ({j}, {i}) differ")


def _definiteness_of_block(matrix: fmpq_mat, rows: Sequence[int]) -> Order:
    for bits in (64, 128, 256):
        order, _ = _pivot_signs(matrix, rows, bits)
        if order is not None:
            return order
    block = fmpq_mat([[matrix[i, j] for j in rows] for i in rows])
    independent = _independent_columns(block)
    if not _nonsingular_is_definite(block, independent):
        return -1
    return 1 if len(independent) == len(rows) else 0


def _pivot_signs(matrix: fmpq_mat, rows: Sequence[int], bits: int) -> tuple[Order | None, int]:
    """LDL^T of a principal block in balls.

    Returns:
        (1, n) if every pivot is positive, (-1, k) if pivot k is negative, (None, k) if pivot k is undecided.
    """
    with working_precision(bits):
        lower = [[arb(matrix[i, j]) for j in rows[: k + 1]] for k, i in enumerate(rows)]
        for k in range(len(rows)):
            pivot = lower[k][k]
            if pivot < 0:
                return -1, k
            if not pivot > 0:
                return None, k
            _eliminate(lower, k, pivot)
    return 1, len(rows)


def _eliminate(lower: list[list[arb]], k: int, pivot: arb) -> None:
    column = [row[k] for row in lower[k + 1 :]]
    for row, head in zip(lower[k + 1 :], column, strict=True):
        factor = head / pivot
        row[k + 1 :] = [entry - factor * c for entry, c in zip(row[k + 1 :], column, strict=False)]


def _independent_columns(matrix: fmpq_mat) -> list[int]:
    """Columns that form a basis of the column space over the rationals."""
    integers, _ = matrix.numer_denom()
    rank = integers.rank()
    for prime in _PRIMES:
        reduced, modular_rank = nmod_mat(integers, prime).rref()
        if modular_rank == rank:
            return _pivot_columns(reduced, rank)
    return _pivot_columns(matrix.rref()[0], rank)


def _pivot_columns(reduced: nmod_mat | fmpq_mat, rank: int) -> list[int]:
    columns = range(reduced.ncols())
    return [next(j for j in columns if reduced[i, j] != 0) for i in range(rank)]


def _nonsingular_is_definite(matrix: fmpq_mat, rows: Sequence[int]) -> bool:
    """Whether a principal block, known to be nonsingular, is positive definite."""
    bits = 256
    while True:
        order, k = _pivot_signs(matrix, rows, bits)
        if order is not None:
            return order > 0
        # A vanishing leading minor excludes definiteness; a nonvanishing one shows at some precision.
        if _leading_minor(matrix, rows[: k + 1]) == 0:
            return False
        bits *= 2


def _leading_minor(matrix: fmpq_mat, rows: Sequence[int]) -> fmpq:
    return fmpq_mat([[matrix[i, j] for j in rows] for i in rows]).det()
