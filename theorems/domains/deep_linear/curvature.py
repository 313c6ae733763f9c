"""Products of layers, the Hessian at a minimum, sharpness, and the smallest sharpness a map allows.

Shapes: layer i is W_i [r_i, r_{i-1}], i = 1..m; A_j = W_j ... W_1, B_j = W_m ... W_{j+1}; d_x = r_0, d_y = r_m.
"""

from __future__ import annotations

import itertools
from typing import Any

from flint import fmpq

from refutable.theorems.checks import Check, Decision
from refutable.theorems.domains.deep_linear.powers import eigenvalue_power
from refutable.theorems.exact import rayleigh_vector
from refutable.theorems.ops import Ops
from refutable.theorems.ops.exact import to_matrix
from refutable.theorems.ops.protocol import NotCertified
from refutable.theorems.views import Quantity, View

TEST_BITS = 12
"""Test directions have entries on the grid 2^-12."""


def prefixes(view: View) -> Any:
    """(A_1, ..., A_m)."""
    products = [view["layers"][0]]
    for layer in view["layers"][1:]:
        products.append(view.ops.matmul(layer, products[-1]))
    return tuple(products)


def suffixes(view: View) -> Any:
    """(B_1, ..., B_m) with B_m the identity."""
    ops, layers = view.ops, view["layers"]
    last = layers[-1]
    products = [ops.identity(ops.matmul(last, ops.transpose(last)))]
    for layer in reversed(layers[1:]):
        products.append(ops.matmul(products[-1], layer))
    return tuple(reversed(products))


def product(view: View) -> Any:
    """M = W_m ... W_1 [d_y, d_x]."""
    return view["prefixes"][-1]


def signals(view: View) -> Any:
    """(S_0, ..., S_{m-1}): S_j = A_j X^T [r_j, n] for inputs X, S_j = A_j [r_j, d_x] for white data."""
    ops, first = view.ops, view["layers"][0]
    if view.has("inputs"):
        start = ops.transpose(view["inputs"])
    else:
        start = ops.identity(ops.matmul(ops.transpose(first), first))
    hidden = view["prefixes"][:-1]
    return (start, *(ops.matmul(prefix, start) for prefix in hidden))


def count(view: View) -> int:
    """Number of data an average is over: 1 where the data are given by their covariance alone."""
    return int(view["inputs"].shape[-2]) if view.has("inputs") else 1


def kronecker(a: Any, b: Any) -> Any:
    """Kronecker product of [..., p, q] and [..., s, t]: [..., p s, q t]."""
    out = a[..., :, None, :, None] * b[..., None, :, None, :]
    rows, columns = a.shape[-2] * b.shape[-2], a.shape[-1] * b.shape[-1]
    return out.reshape(*out.shape[:-4], rows, columns)


def jacobian(view: View) -> Any:
    """Derivatives of the outputs in all weights [d_y n, P]: layer by layer, B_i kron S_{i-1}^T."""
    ops = view.ops
    pairs = zip(view["suffixes"], view["signals"], strict=True)
    return ops.concat([kronecker(b, ops.transpose(s)) for b, s in pairs])


def hessian(view: View) -> Any:
    """Hessian of the loss at the minimum, kappa/n J^T J [P, P]: its residual part vanishes there."""
    ops, j = view.ops, view["jacobian"]
    return ops.matmul(ops.transpose(j), j) * _weight(view)


def _weight(view: View) -> Any:
    return view.ops.spread(view["loss_scale"], 2) * view.ops.ratio(1, count(view))


def hessian_kernel(view: View) -> Any:
    """kappa/n sum_i (B_i B_i^T) kron (S_{i-1}^T S_{i-1}) [d_y n, d_y n]: the nonzero spectrum of the Hessian."""
    ops = view.ops
    terms = [
        kronecker(ops.matmul(b, ops.transpose(b)), ops.matmul(ops.transpose(s), s))
        for b, s in zip(view["suffixes"], view["signals"], strict=True)
    ]
    return sum(terms[1:], terms[0]) * _weight(view)


def sharpness(view: View) -> Any:
    """Largest eigenvalue of the Hessian at the minimum."""
    return view.ops.top_eigenvalue(view["hessian_kernel"])


def top_singular_square(view: View) -> Any:
    """sigma^2: the square of the largest singular value of M."""
    return squared_norm(view.ops, view["product"])


def squared_norm(ops: Ops, matrix: Any) -> Any:
    """Square of the largest singular value of a matrix [r, c], from the smaller of its two Gram matrices."""
    flipped = ops.transpose(matrix)
    wide = matrix.shape[-2] <= matrix.shape[-1]
    return ops.top_eigenvalue(ops.matmul(matrix, flipped) if wide else ops.matmul(flipped, matrix))


def depth(view: View) -> int:
    """m, the number of layers."""
    return len(view["layers"])


def flattest_sharpness(view: View) -> Any:
    """kappa m sigma^{2 (1 - 1/m)}: the smallest sharpness among all factorisations of M, white data."""
    m = view["depth"]
    return fractional_power(view.ops, view["top_singular_square"], m - 1, m) * view["loss_scale"] * m


def fractional_power(ops: Ops, x: Any, numerator: int, denominator: int) -> Any:
    """x^(numerator/denominator) of the largest eigenvalue of a positive semidefinite matrix."""
    if ops.exact:
        return eigenvalue_power(x, fmpq(numerator, denominator))
    return x ** ops.ratio(numerator, denominator)


def flatness(view: View) -> Decision:
    """Whether the sharpness is the smallest one that M allows on white data: decided once, since ties cost seconds."""
    return Check(view["sharpness"], "==", view["flattest_sharpness"]).decide()


def imbalances(view: View) -> Any:
    """(W_{i+1}^T W_{i+1} - W_i W_i^T) for i = 1..m-1; all zero at a balanced factorisation."""
    ops, layers = view.ops, view["layers"]
    return tuple(
        ops.matmul(ops.transpose(after), after) - ops.matmul(before, ops.transpose(before))
        for before, after in itertools.pairwise(layers)
    )


def squared_imbalance(view: View) -> Any:
    """Sum of the squares of all entries of the imbalances; 0 exactly for a balanced factorisation."""
    ops = view.ops
    squares = [ops.sum(ops.sum(gap * gap)) for gap in view["imbalances"]]
    return sum(squares, view["loss_scale"] * 0)


def test_direction(view: View) -> Any:
    """(u, v): v a rationalised top right singular vector of M, u = M v. Gradients of float batches pass u alone.

    Raises:
        NotCertified: in certified floats, which must decide the exact view's statement.
    """
    if not view.ops.proposes:
        raise NotCertified("the test vector of an instance is found exactly, not in floats")
    v = _top_right_vector(view) if view.ops.exact else _float_top_right_vectors(view["product"])
    return view.ops.matvec(view["product"], v), v


def _top_right_vector(view: View) -> Any:
    m = to_matrix(view["product"])
    return view.ops.array(rayleigh_vector(m.transpose() * m, bits=TEST_BITS))


def _float_top_right_vectors(product: Any) -> Any:
    """The same for a torch batch of maps [..., d_y, d_x], as constants; zeros where a map is not finite."""
    import torch

    m = product.detach()
    m = m / m.abs().amax(dim=(-2, -1), keepdim=True).clamp(min=2.0**-1000)
    finite = m.isfinite().all(dim=-1).all(dim=-1)[..., None, None]
    gram = m.transpose(-1, -2) @ m
    vectors = torch.linalg.eigh(torch.where(finite, gram, torch.zeros_like(gram)))[1][..., -1]
    return torch.where(finite[..., 0], (vectors * 2**TEST_BITS).round() / 2**TEST_BITS, torch.zeros_like(vectors))


CURVATURE = (
    Quantity("prefixes", prefixes, "A_j = W_j ... W_1, j = 1..m"),
    Quantity("suffixes", suffixes, "B_j = W_m ... W_{j+1}, j = 1..m"),
    Quantity("product", product, "M = W_m ... W_1, [d_y, d_x]"),
    Quantity("signals", signals, "what reaches each layer, for the j-th [r_j, n] or [r_j, d_x] numbers"),
    Quantity("jacobian", jacobian, "derivatives of the outputs in the weights, [d_y n, P]"),
    Quantity("hessian", hessian, "Hessian of the loss at the minimum, [P, P]"),
    Quantity("hessian_kernel", hessian_kernel, "Gram matrix with the Hessian's nonzero spectrum"),
    Quantity("sharpness", sharpness, "largest eigenvalue of the Hessian at the minimum", scalar=True),
    Quantity("top_singular_square", top_singular_square, "sigma^2 of M", scalar=True),
    Quantity("depth", depth, "m, the number of layers", scalar=True),
    Quantity("flattest_sharpness", flattest_sharpness, "kappa m sigma^{2 (1 - 1/m)}", scalar=True),
    Quantity("flatness", flatness, "whether the sharpness equals kappa m sigma^{2 (1 - 1/m)}, decided once"),
    Quantity("imbalances", imbalances, "W_{i+1}^T W_{i+1} - W_i W_i^T, i = 1..m-1"),
    Quantity("squared_imbalance", squared_imbalance, "sum of squares of the imbalances", scalar=True),
    Quantity("test_direction", test_direction, "(u, v) near the top singular pair of M, rational"),
)
