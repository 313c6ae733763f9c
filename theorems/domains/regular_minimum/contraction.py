"""When one step of SGD contracts the mean square of every displacement: the criterion of Wu, Ma, E (NeurIPS 2018)."""

from __future__ import annotations

from typing import Any

import numpy as np

from refutable.theorems.domains.regular_minimum.edge import CUT
from refutable.theorems.domains.regular_minimum.operators import noise_share, pencil_bound
from refutable.theorems.exact import to_float
from refutable.theorems.views import View


def stretch(view: View, noise: Any = None) -> Any:
    """H^2 + p Sigma [p, p]: what a step adds per eta^2; another p may be given."""
    hessian = view["mean_hessian"]
    share = view["batch_noise"] if noise is None else noise
    return view.ops.matmul(hessian, hessian) + share * view["hessian_noise"]


def contraction_form(view: View, noise: Any = None) -> Any:
    """2 H - eta (H^2 + p Sigma) [p, p]: one step takes E |theta|^2 to it minus eta times this form at theta."""
    eta = view.ops.spread(view["step_size"], 2)
    return view.ops.ratio(2) * view["mean_hessian"] - eta * stretch(view, noise)


def step_matrix(view: View, noise: Any = None) -> Any:
    """(I - eta H)^2 + eta^2 p Sigma [p, p]: E |theta_1|^2 is this form at theta_0."""
    form = contraction_form(view, noise)
    return view.ops.identity(form) - view.ops.spread(view["step_size"], 2) * form


def quadratic_form(view: View, matrix: Any, vector: Any) -> Any:
    """v^T M v."""
    return view.ops.sum(vector * view.ops.matvec(matrix, vector))


def contraction_threshold(view: View, noise: Any = None) -> Any:
    """sup{eta : 2 H - eta (H^2 + p Sigma) is positive semidefinite on perp}, for positive semidefinite H_i.

    Another p may be given.
    """
    ops, basis = view.ops, view["perp_basis"]

    def inside(matrix: Any) -> Any:
        return ops.matmul(ops.transpose(basis), ops.matmul(matrix, basis))

    return pencil_bound(ops, inside(ops.ratio(2) * view["mean_hessian"]), inside(stretch(view, noise)))


@np.errstate(all="ignore")
def contraction_edge_of(hessians: Any, batch_size: int) -> float:
    """`contraction_threshold` of float Hessians [n, p, p], for proposals."""
    mean = hessians.mean(axis=0)
    noise = to_float(noise_share(len(hessians), batch_size))
    size = mean @ mean + noise * ((hessians @ hessians).mean(axis=0) - mean @ mean)
    values, vectors = np.linalg.eigh(mean)
    kept = values > CUT * values[-1]
    inside = vectors[:, kept] / np.sqrt(2 * values[kept])
    return float(1 / np.linalg.eigvalsh(inside.T @ size @ inside)[-1])
