"""How well the noise of SGD aligns with the loss: Tr(H Sigma_noise(theta)) >= mu 2 L(theta) |H|_F^2 for all theta.

Sigma_noise(theta) is the covariance of one loss's gradient H_i theta, and 2 L(theta) = theta^T H theta, so that mu is
the smallest eigenvalue of mean H_i H H_i - H^3 against |H|_F^2 H on perp.
"""

from __future__ import annotations

from typing import Any

from flint import fmpq

from refutable.theorems.domains.regular_minimum.contraction import quadratic_form
from refutable.theorems.domains.regular_minimum.operators import pencil_bound, sample_count, trace
from refutable.theorems.exact import as_real
from refutable.theorems.views import View

BITS = 64
HAIR = (1, 2**50)
"""Above the rounding of `BITS`, as a part of 1 + mu."""


def noise_power(view: View) -> Any:
    """mean H_i H H_i - H^3 [p, p]: Tr(H Sigma_noise(theta)) is this form at theta."""
    ops, hessians, hessian = view.ops, view["hessians"], view["mean_hessian"]
    n = sample_count(view)
    parts = [hessians[..., i, :, :] for i in range(n)]
    total = sum(ops.matmul(part, ops.matmul(hessian, part)) for part in parts)
    return total * ops.ratio(1, n) - ops.matmul(hessian, ops.matmul(hessian, hessian))


def aligned_with(view: View) -> Any:
    """|H|_F^2 H [p, p]."""
    return view.ops.spread(view["squared_hessian"], 2) * view["mean_hessian"]


def alignment(view: View) -> Any:
    """mu: the largest number for which the noise is aligned; exact: rational, rounded down where mu is not.

    The exact view's number passes `alignment_form` by construction, whatever its size.
    """
    ops, weight = view.ops, _inside(view, aligned_with(view))
    # Shifted by 1: the noise itself may be singular, which a bound on a pencil does not allow.
    shifted = pencil_bound(ops, _inside(view, noise_power(view)) + weight, weight)
    if not ops.exact:
        return shifted - 1
    return _rounded_down(shifted) - 1


def _inside(view: View, matrix: Any) -> Any:
    """The form in the basis of perp [r, r]."""
    basis = view["perp_basis"]
    return view.ops.matmul(view.ops.transpose(basis), view.ops.matmul(matrix, basis))


def excess_above(view: View, share: Any) -> Any:
    """lambda_max on perp of m |H|_F^2 H - (mean H_i H H_i - H^3), with m a hair above share mu.

    Positive exactly where m is no alignment. In coordinates of the basis of perp: only the sign means something.
    """
    hair = view.ops.ratio(*HAIR)
    more = alignment(view) * share + (1 + alignment(view)) * hair
    form = view.ops.spread(more, 2) * aligned_with(view) - noise_power(view)
    return view.ops.top_eigenvalue(_inside(view, form))


def _rounded_down(number: Any) -> fmpq:
    real = as_real(number)
    exact = real.exact()
    if exact is not None:
        return exact
    ball = real.ball(BITS)
    return fmpq(ball.lower().fmpq())


def alignment_form(view: View) -> Any:
    """mean H_i H H_i - H^3 - mu |H|_F^2 H [p, p]."""
    return noise_power(view) - view.ops.spread(alignment(view), 2) * aligned_with(view)


def growth(view: View) -> Any:
    """eta^2 p mu |H|_F^2: the loss is multiplied by at least so much in every step."""
    eta = view["step_size"]
    return eta * eta * view["batch_noise"] * alignment(view) * view["squared_hessian"]


def losses(view: View) -> list[Any]:
    """E L(theta_t) for t = 0..T+1 from the displacement, averaged over all batches."""
    ops, hessian = view.ops, view["mean_hessian"]
    return [trace(ops, ops.matmul(hessian, second)) * ops.ratio(1, 2) for _, second in view["sgd_moments"]]


def noise_against_loss(view: View) -> Any:
    """(eta^2 p / 2) Tr(H Sigma_noise(theta_0)): what the noise of one step adds to the loss."""
    eta = view["step_size"]
    power = quadratic_form(view, noise_power(view), view["displacement"])
    return eta * eta * view["batch_noise"] * power * view.ops.ratio(1, 2)


def mean_step_loss(view: View) -> Any:
    """L((I - eta H) theta_0): the loss after a full-batch step."""
    ops, start, hessian = view.ops, view["displacement"], view["mean_hessian"]
    moved = start - ops.spread(view["step_size"]) * ops.matvec(hessian, start)
    return quadratic_form(view, hessian, moved) * ops.ratio(1, 2)
