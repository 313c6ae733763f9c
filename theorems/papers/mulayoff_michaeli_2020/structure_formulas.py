"""What flat minima look like inside: the path of the top singular vector, and the gain of all other directions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from flint import arb_mat, fmpq, fmpq_mat, fmpq_poly

from refutable.theorems.checks import Check
from refutable.theorems.constants import ratio
from refutable.theorems.domains.deep_linear.curvature import fractional_power, squared_norm
from refutable.theorems.domains.deep_linear.top_space import TopSpace
from refutable.theorems.exact import as_real, working_precision
from refutable.theorems.exact.reals import Real
from refutable.theorems.ops.exact import from_matrix, to_matrix
from refutable.theorems.ops.protocol import NotCertified
from refutable.theorems.views import View

BALL_BITS = (96, 256, 1024)


ONE = fmpq(1)


def most_gain(view: View, offset: fmpq = ONE) -> Any:
    """max(m - offset, 1)."""
    return ratio(view.ops, max(fmpq(int(view["depth"])) - offset, ONE))


def layer_gain(view: View, layers: int) -> Any:
    """sigma^{2 layers/m}: the squared gain of the top path through so many layers."""
    return fractional_power(view.ops, view["top_singular_square"], layers, view["depth"])


def gains_within(view: View, factor: Any) -> Iterable[Check]:
    """|A_j|^2 <= factor sigma^{2j/m} and |B_j|^2 <= factor sigma^{2(m-j)/m}: first A_1, then all others."""
    m = int(view["depth"])
    for j, prefix in enumerate(view["prefixes"], 1):
        yield Check(squared_norm(view.ops, prefix), "<=", layer_gain(view, j) * factor, f"A_{j}")
    for j, suffix in enumerate(view["suffixes"], 1):
        if j < m:
            yield Check(squared_norm(view.ops, suffix), "<=", layer_gain(view, m - j) * factor, f"B_{j}")


def _rational_step(view: View) -> tuple[int, fmpq_poly]:
    """(k, sigma^{2k/m}) with the power in the field of sigma^2: k = 1 where sigma^{2/m} is rational, else k = m.

    Positive numbers are equal where their k-th powers are: short ones are compared where they can be.
    """
    step = as_real(layer_gain(view, 1)).exact()
    if step is not None:
        return 1, fmpq_poly([step])
    space: TopSpace = view["top_space"]
    return int(view["depth"]), space.sigma_power(1)


def top_gains(view: View) -> Iterator[Check]:
    """|A_j v|^{2k} = sigma^{2jk/m} |v|^{2k} for every top vector v, in the field of sigma^2; k = 1 or m."""
    space: TopSpace = view["top_space"]
    k, step = _rational_step(view)
    prefixes = [to_matrix(prefix) for prefix in view["prefixes"]]
    for v in space.vectors():
        expected = space.power(space.squared_norm(v), k)
        for j, prefix in enumerate(prefixes, 1):
            expected = (expected * step) % space.factor
            reached = space.power(space.squared_norm(space.image(prefix, v)), k)
            yield Check(space.coordinates(reached), "==", space.coordinates(expected), f"gain of the first {j}")


def couplings(view: View) -> Iterator[Check]:
    """(W_j^T W_j)^k w = sigma^{2k/m} w at w = A_{j-1} v, k = 1 or m: w is a singular vector of W_j, of sigma^{1/m}.

    Said for a rational basis of the top vectors and their conjugates, on which M^T M stands for sigma^2.
    """
    space: TopSpace = view["top_space"]
    k, step = _rational_step(view)
    basis = space.conjugates
    path = basis
    gram = space.gram if step.degree() > 0 else _input_grams(view)[0] * step[0]
    square = (basis.transpose() * basis).solve(basis.transpose() * (gram * basis))
    for j, layer in enumerate(view["layers"], 1):
        w = to_matrix(layer)
        left = (w.transpose() * w) ** k * path
        yield Check(from_matrix(left), "==", from_matrix(path * square), f"layer {j}")
        path = w * path


def layer_terms(view: View) -> Iterator[Check]:
    """(|B_i^T u|^2 |A_{i-1} v|^2)^k = sigma^{2(m-1)k/m} |u|^{2k} |v|^{2k} for every top pair, u = M v; k = 1 or m."""
    space: TopSpace = view["top_space"]
    m, product = int(view["depth"]), to_matrix(view["product"])
    k, step = _rational_step(view)
    before = [None, *(to_matrix(a) for a in view["prefixes"][:-1])]
    after = [to_matrix(b).transpose() * product for b in view["suffixes"]]
    for v in space.vectors():
        size = space.squared_norm(v)
        whole = space.power(size, 2 * k) * space.sigma_power(k) * space.power(step, m - 1)
        for i, (a, b) in enumerate(zip(before, after, strict=True), 1):
            gain = size if a is None else space.squared_norm(space.image(a, v))
            term = space.power(gain * space.squared_norm(space.image(b, v)), k)
            yield Check(space.coordinates(term), "==", space.coordinates(whole), f"layer {i}")


def aligned(view: View) -> Iterator[Check]:
    """|A_j v|^2 |B_j^T u|^2 = (u^T M v)^2 for every top pair, u = M v: both paths meet in parallel."""
    space: TopSpace = view["top_space"]
    product = to_matrix(view["product"])
    for v in space.vectors():
        overlap = space.power(space.squared_norm(space.image(product, v)), 2)
        for j, (a, b) in enumerate(zip(view["prefixes"], view["suffixes"], strict=True), 1):
            one = space.squared_norm(space.image(to_matrix(a), v))
            other = space.squared_norm(space.image(to_matrix(b).transpose() * product, v))
            yield Check(space.coordinates(one * other), "==", space.coordinates(overlap), f"after layer {j}")


def near_balance(view: View) -> Iterable[Check]:
    """sum_{j<m} A_j^T A_j / sigma^{2j/m} <= m I, as positive semidefinite matrices."""
    if not view.ops.exact:
        raise NotCertified("near balance is a statement about a matrix, decided exactly")
    grams = _input_grams(view)
    step = as_real(layer_gain(view, 1))
    known = step.exact() if len(grams) > 1 else ONE  # one layer: I <= I, whatever sigma is
    if known is None:
        truth = _irrational_near_balance(view, grams, step)
        yield Check(truth, "true", reason=_BALL_REASONS[truth])
        return
    total = fmpq_mat(grams[0].nrows(), grams[0].nrows())
    for j, gram in enumerate(grams):
        total += gram * known ** (-j)
    yield Check(from_matrix(grams[0] * len(grams) - total), "psd")


_BALL_REASONS = {
    True: "",
    False: "balls show a negative direction off the top space",
    None: f"sigma^{{2/m}} is irrational, and balls of {BALL_BITS[-1]} bits leave the sign off the top space open",
}


def _input_grams(view: View) -> list[fmpq_mat]:
    """A_j^T A_j for j = 0..m-1, [d_x, d_x] each."""
    size = view["prefixes"][0].shape[1]
    prefixes = [to_matrix(a) for a in view["prefixes"][:-1]]
    identity = fmpq_mat(size, size, [fmpq(i % (size + 1) == 0) for i in range(size * size)])
    return [identity, *(a.transpose() * a for a in prefixes)]


def _irrational_near_balance(view: View, grams: list[fmpq_mat], step: Real) -> bool | None:
    """On the top space, where the sum is m (coupled paths), nothing is to show; elsewhere balls must be positive."""
    space: TopSpace = view["top_space"]
    if not all(check.decide().truth for check in couplings(view)):
        raise ArithmeticError("sigma^{2/m} is irrational and the top path is not coupled: near balance is not decided")
    for bits in BALL_BITS:
        with working_precision(bits):
            gap = space.projection(bits)
            for j, gram in enumerate(grams):
                gap += arb_mat(grams[0]) - arb_mat(gram) / step.approximate(bits) ** j
            order = _definite(gap)
        if order is not None:
            return order
    return None


def _definite(matrix: arb_mat) -> bool | None:
    """Whether a symmetric ball matrix is positive definite; None where a pivot's sign is open."""
    size = matrix.nrows()
    rows = [[matrix[i, j] for j in range(size)] for i in range(size)]
    for k in range(size):
        pivot = rows[k][k]
        if not pivot > 0:
            return False if pivot < 0 else None
        for i in range(k + 1, size):
            factor = rows[i][k] / pivot
            rows[i] = [a - factor * b for a, b in zip(rows[i], rows[k], strict=True)]
    return True
