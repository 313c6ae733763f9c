"""The second moments of linearised SGD: how one step changes them, and the step size from which on they grow.

Batches of B of the n losses, uniform without replacement; p = (n - B) / (B (n - 1)). Matrices on pairs of parameters
[p^2, p^2] act on vec(M), M [p, p]. perp is the orthogonal complement of the null space of H, of dimension r.
Source: Mulayoff, Michaeli, COLT 2024, Theorems 1, 3 and 6.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations_with_replacement
from typing import Any

import numpy as np
from flint import fmpq

from refutable.theorems.domains.regular_minimum.pencil import PencilBound
from refutable.theorems.ops import Ops
from refutable.theorems.ops.exact import from_matrix, to_matrix
from refutable.theorems.views import Quantity, View


def sample_count(view: View) -> int:
    """n, the number of losses."""
    return int(view["hessians"].shape[-3])


def noise_share(n: int, batch_size: int) -> fmpq:
    """p = (n - B) / (B (n - 1)); 0 where every batch holds every loss."""
    return fmpq(0) if batch_size == n else fmpq(n - batch_size, batch_size * (n - 1))


def batch_noise(view: View) -> Any:
    """p of this batch size, in the view's arithmetic."""
    return constant(view.ops, noise_share(sample_count(view), view["batch_size"]))


def constant(ops: Ops, q: fmpq) -> Any:
    """A rational constant in the arithmetic of ``ops``."""
    return ops.ratio(int(q.p), int(q.q))


def kronecker(a: Any, b: Any) -> Any:
    """The Kronecker product of two matrices: [..., p, q] and [..., r, s] -> [..., p r, q s]."""
    product = a[..., :, None, :, None] * b[..., None, :, None, :]
    rows, columns = a.shape[-2] * b.shape[-2], a.shape[-1] * b.shape[-1]
    return product.reshape(*product.shape[:-4], rows, columns)


def mean_hessian(view: View) -> Any:
    """H = (1/n) sum_i H_i [p, p]."""
    return view.ops.mean(view["hessians"], -3)


def drift_operator(view: View) -> Any:
    """C = (H kron I + I kron H) / 2 [p^2, p^2]."""
    hessian = view["mean_hessian"]
    identity = view.ops.identity(hessian)
    return (kronecker(hessian, identity) + kronecker(identity, hessian)) * view.ops.ratio(1, 2)


def mean_square_hessians(view: View) -> Any:
    """(1/n) sum_i H_i kron H_i [p^2, p^2]."""
    hessians, n = view["hessians"], sample_count(view)
    total = sum(kronecker(hessians[..., i, :, :], hessians[..., i, :, :]) for i in range(n))
    return total * view.ops.ratio(1, n)


def diffusion_at(view: View, noise: Any) -> Any:
    """D = (1 - p) H kron H + p mean H_i kron H_i [p^2, p^2] for a given p."""
    hessian = view["mean_hessian"]
    squared = kronecker(hessian, hessian)
    return squared + noise * (view["mean_square_hessians"] - squared)


def diffusion_operator(view: View) -> Any:
    """D for this batch size [p^2, p^2]."""
    return diffusion_at(view, view["batch_noise"])


def decay_operator(view: View) -> Any:
    """2 C - eta D [p^2, p^2]: a step changes vec E theta theta^T by -eta times it."""
    return (
        view.ops.ratio(2) * view["drift_operator"] - view.ops.spread(view["step_size"], 2) * view["diffusion_operator"]
    )


def second_moment_operator(view: View) -> Any:
    """Q = I - 2 eta C + eta^2 D [p^2, p^2]: vec E theta_{t+1} theta_{t+1}^T = Q vec E theta_t theta_t^T."""
    decay = view["decay_operator"]
    return view.ops.identity(decay) - view.ops.spread(view["step_size"], 2) * decay


def structure(view: View) -> Mapping[str, Any]:
    """``perp_columns``: columns of H that form a basis of its range; all of them where that is taken for granted.

    ``rank_one``: whether every H_i has rank at most 1.
    """
    p = int(view["hessians"].shape[-1])
    if not view.ops.exact:
        return {"perp_columns": tuple(range(p)), "rank_one": None}
    reduced, rank = to_matrix(view["mean_hessian"]).rref()
    columns = tuple(next(j for j in range(p) if reduced[i, j] != 0) for i in range(rank))
    return {"perp_columns": columns, "rank_one": all(to_matrix(h).rank() <= 1 for h in view["hessians"])}


def perp_basis(view: View) -> Any:
    """A basis of perp [p, r]: columns of H, or the unit vectors where r = p."""
    columns, hessian = view["perp_columns"], view["mean_hessian"]
    if len(columns) == hessian.shape[-1]:
        return view.ops.identity(hessian)
    return view.ops.stack([hessian[..., c] for c in columns])


def perp_projector(view: View) -> Any:
    """The orthogonal projection onto perp [p, p]."""
    basis = view["perp_basis"]
    if basis.shape[-1] == basis.shape[-2]:
        return view.ops.identity(view["mean_hessian"])
    columns = to_matrix(basis)
    return from_matrix(columns * (columns.transpose() * columns).inv() * columns.transpose())


def pair_basis(view: View) -> Any:
    """vec of u_i u_j^T + u_j u_i^T (i < j) and of u_i u_i^T, u the basis of perp [p^2, r (r + 1) / 2]."""
    basis = view["perp_basis"]
    r = int(basis.shape[-1])
    selected = np.zeros((r * r, r * (r + 1) // 2), dtype=int)
    for column, (i, j) in enumerate(combinations_with_replacement(range(r), 2)):
        selected[i * r + j, column] = selected[j * r + i, column] = 1
    return view.ops.matmul(kronecker(basis, basis), view.ops.array(selected.tolist()))


def restricted(view: View, operator: Any) -> Any:
    """The quadratic form of a [p^2, p^2] matrix on symmetric matrices of perp, [m, m] with m = r (r + 1) / 2."""
    basis = view["pair_basis"]
    return view.ops.matmul(view.ops.transpose(basis), view.ops.matmul(operator, basis))


def decay_form(view: View) -> Any:
    """2 C - eta D as a quadratic form on symmetric matrices of perp [m, m]."""
    return restricted(view, view["decay_operator"])


def pencil_bound(ops: Ops, a: Any, b: Any) -> Any:
    """sup{x : a - x b is positive semidefinite} of symmetric matrices, a positive definite.

    Exact: a rational for one parameter, else a `PencilBound`. Floats: one over the top eigenvalue of L^-1 b L^-T.

    Raises:
        ArithmeticError: a is not positive definite, or b has no positive eigenvalue (exact arithmetic).
    """
    if ops.exact:
        bound = PencilBound(to_matrix(a), to_matrix(b))
        return a[0, 0] / b[0, 0] if a.shape == (1, 1) else bound
    if a.shape[-1] == 1:
        return a[..., 0, 0] / b[..., 0, 0]
    return ops.ratio(1) / ops.top_eigenvalue(_congruent(ops, a, b))


def solved(ops: Ops, a: Any, b: Any) -> Any:
    """a^-1 b for symmetric matrices a [..., m, m] and columns b [..., m, k], a positive definite in floats.

    Raises:
        ArithmeticError: a is singular (exact arithmetic).
    """
    if ops.exact:
        return from_matrix(to_matrix(a).solve(to_matrix(b)))
    lower = _cholesky(ops, a)
    return _solved_upper(ops, lower, _solved(ops, lower, b))


def _solved_upper(ops: Ops, lower: list[list[Any]], b: Any) -> Any:
    """L^-T b by backward substitution."""
    m = len(lower)
    found: dict[int, Any] = {}
    for i in reversed(range(m)):
        rest = b[..., i, :] - sum(ops.spread(lower[k][i]) * found[k] for k in range(i + 1, m))
        found[i] = rest / ops.spread(lower[i][i])
    return ops.stack([found[i] for i in range(m)], -2)


def _congruent(ops: Ops, a: Any, b: Any) -> Any:
    """L^-1 b L^-T for a = L L^T (Cholesky), entry by entry."""
    lower = _cholesky(ops, a)
    half = ops.transpose(_solved(ops, lower, b))
    full = _solved(ops, lower, half)
    return (full + ops.transpose(full)) * ops.ratio(1, 2)


def _cholesky(ops: Ops, a: Any) -> list[list[Any]]:
    rows: list[list[Any]] = []
    for i in range(int(a.shape[-1])):
        row: list[Any] = []
        for j in range(i):
            row.append((a[..., i, j] - _dot(row, rows[j], j)) / rows[j][j])
        rows.append([*row, ops.sqrt(a[..., i, i] - _dot(row, row, i))])
    return rows


def _dot(left: list[Any], right: list[Any], count: int) -> Any:
    return sum(left[k] * right[k] for k in range(count))


def _solved(ops: Ops, lower: list[list[Any]], b: Any) -> Any:
    """L^-1 b by forward substitution."""
    found: list[Any] = []
    for i, row in enumerate(lower):
        rest = b[..., i, :] - sum(ops.spread(row[k]) * found[k] for k in range(i))
        found.append(rest / ops.spread(row[i]))
    return ops.stack(found, -2)


def threshold_at(view: View, noise: Any) -> Any:
    """eta* for a given p: sup{eta : 2 C - eta D is positive semidefinite on perp}."""
    drift = restricted(view, view["drift_operator"]) * view.ops.ratio(2)
    return pencil_bound(view.ops, drift, restricted(view, diffusion_at(view, noise)))


def mean_square_threshold(view: View) -> Any:
    """eta* = 2 / lambda_max(C^+ D) of this batch size."""
    return threshold_at(view, view["batch_noise"])


def mean_threshold(view: View) -> Any:
    """2 / lambda_max(H): where the mean, and full-batch gradient descent, become unstable."""
    hessian = view["mean_hessian"]
    return pencil_bound(view.ops, view.ops.ratio(2) * view.ops.identity(hessian), hessian)


def squared_size(ops: Ops, matrix: Any) -> Any:
    """|M|_F^2 over the last two axes."""
    return ops.sum(ops.sum(matrix * matrix))


def trace(ops: Ops, matrix: Any) -> Any:
    """The trace over the last two axes."""
    return ops.sum(ops.sum(matrix * ops.identity(matrix)))


def hessian_noise(view: View) -> Any:
    """Sigma = (1/n) sum H_i^2 - H^2 [p, p]."""
    ops, hessians, mean = view.ops, view["hessians"], view["mean_hessian"]
    n = sample_count(view)
    total = sum(ops.matmul(hessians[..., i, :, :], hessians[..., i, :, :]) for i in range(n))
    return total * ops.ratio(1, n) - ops.matmul(mean, mean)


OPERATORS = (
    Quantity("batch_noise", batch_noise, "p = (n - B) / (B (n - 1))", scalar=True),
    Quantity("mean_hessian", mean_hessian, "H = mean of the H_i, [p, p]"),
    Quantity("sharpness", lambda view: view.ops.top_eigenvalue(view["mean_hessian"]), "lambda_max(H)", scalar=True),
    Quantity("trace", lambda view: trace(view.ops, view["mean_hessian"]), "Tr H", scalar=True),
    Quantity("traces", lambda view: trace(view.ops, view["hessians"]), "Tr H_i; |a_i|^2 for H_i = a_i a_i^T, [n]"),
    Quantity("squared_hessian", lambda view: squared_size(view.ops, view["mean_hessian"]), "|H|_F^2", scalar=True),
    Quantity("squared_hessians", lambda view: squared_size(view.ops, view["hessians"]), "|H_i|_F^2, [n]"),
    Quantity("hessian_noise", hessian_noise, "Sigma = mean of H_i^2 minus H^2, [p, p]"),
    Quantity("drift_operator", drift_operator, "C = (H kron I + I kron H) / 2, [p^2, p^2]"),
    Quantity("mean_square_hessians", mean_square_hessians, "mean of H_i kron H_i, [p^2, p^2]"),
    Quantity("diffusion_operator", diffusion_operator, "D = (1 - p) H kron H + p mean H_i kron H_i, [p^2, p^2]"),
    Quantity("decay_operator", decay_operator, "2 C - eta D, [p^2, p^2]"),
    Quantity("second_moment_operator", second_moment_operator, "Q = I - 2 eta C + eta^2 D, [p^2, p^2]"),
    Quantity("perp_basis", perp_basis, "a basis of perp, the range of H, [p, r]"),
    Quantity("perp_projector", perp_projector, "the orthogonal projection onto perp, [p, p]"),
    Quantity("pair_basis", pair_basis, "a basis of the symmetric matrices of perp, [p^2, r (r + 1) / 2]"),
    Quantity("decay_form", decay_form, "2 C - eta D as a form on symmetric matrices of perp"),
    Quantity("mean_square_threshold", mean_square_threshold, "eta* = 2 / lambda_max(C^+ D)", scalar=True),
    Quantity("mean_threshold", mean_threshold, "2 / lambda_max(H)", scalar=True),
)
