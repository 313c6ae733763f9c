"""Gradients, what the gradient flow conserves, and one step of gradient descent. All matrices are [d, d].

A_j = W_j ... W_1, B_j = W_m ... W_{j+1}, R = W_m ... W_1 - M; G_i = kappa B_i^T R A_{i-1}^T is the gradient in W_i,
and the gradient flow is dW_i/dt = -G_i.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from flint import fmpq_mat

from refutable.theorems.domains.deep_linear import DEEP_LINEAR
from refutable.theorems.ops import Ops
from refutable.theorems.ops.exact import to_matrix
from refutable.theorems.ops.protocol import NotCertified
from refutable.theorems.views import Quantity, View


def network(view: View) -> View:
    """The layers alone, as a deep linear network at a minimum for the map that they compute."""
    known = {"layers": view["layers"], "loss_scale": view["loss_scale"], "inputs": None}
    return View(DEEP_LINEAR, view.ops, known)


def product(view: View) -> Any:
    """P = W_m ... W_1."""
    return view["network"]["product"]


def residual(view: View) -> Any:
    """R = P - M."""
    return view["product"] - view["target"]


def loss(view: View) -> Any:
    """kappa/2 |R|_F^2."""
    return squared_entries(view.ops, view["residual"]) * view["loss_scale"] * view.ops.ratio(1, 2)


def gradients(view: View) -> Any:
    """(G_1, ..., G_m)."""
    ops, inner = view.ops, view["network"]
    scale = ops.spread(view["loss_scale"], 2)
    before = (None, *inner["prefixes"][:-1])
    out = []
    for a, b in zip(before, inner["suffixes"], strict=True):
        back = ops.matmul(ops.transpose(b), view["residual"]) * scale
        out.append(back if a is None else ops.matmul(back, ops.transpose(a)))
    return tuple(out)


def imbalances(view: View) -> Any:
    """D_i = W_{i+1}^T W_{i+1} - W_i W_i^T, i = 1..m-1."""
    return view["network"]["imbalances"]


def imbalance_rates(view: View) -> Any:
    """The derivatives of D_i along the gradient flow, from the product rule alone."""
    ops = view.ops
    rates = []
    for (w, g), (v, h) in pairwise(zip(view["layers"], view["gradients"], strict=True)):
        after, before = ops.matmul(ops.transpose(v), h), ops.matmul(g, ops.transpose(w))
        rates.append(before + ops.transpose(before) - after - ops.transpose(after))
    return tuple(rates)


def next_layers(view: View) -> Any:
    """W_i - eta G_i: one step of gradient descent."""
    step = view.ops.spread(view["step_size"], 2)
    return tuple(w - g * step for w, g in zip(view["layers"], view["gradients"], strict=True))


def next_imbalances(view: View) -> Any:
    """The imbalances after one step of gradient descent."""
    known = {"layers": view["next_layers"], "loss_scale": view["loss_scale"], "inputs": None}
    return View(DEEP_LINEAR, view.ops, known)["imbalances"]


def sharpness(view: View) -> Any:
    """Largest eigenvalue of kappa J^T J: of the Hessian, wherever the layers multiply to the target."""
    return view["network"]["sharpness"]


def flattest_sharpness(view: View) -> Any:
    """kappa m sigma^{2 (1 - 1/m)} for the product's largest singular value sigma."""
    return view["network"]["flattest_sharpness"]


def target_flattest_sharpness(view: View) -> Any:
    """The same for the target's largest singular value: of all factorisations of the target the smallest sharpness."""
    return View(DEEP_LINEAR, view.ops, _target_layers(view))["flattest_sharpness"]


def _target_layers(view: View) -> dict[str, Any]:
    target = view["target"]
    layers = (target, *[view.ops.identity(target)] * (len(view["layers"]) - 1))
    return {"layers": layers, "loss_scale": view["loss_scale"], "inputs": None}


def squared_entries(ops: Ops, matrix: Any) -> Any:
    """Sum of the squares of all entries."""
    return ops.sum(ops.sum(matrix * matrix))


def target_least_square(view: View) -> Any:
    """The square of the target's smallest singular value."""
    gram = view.ops.matmul(view.ops.transpose(view["target"]), view["target"])
    return -view.ops.top_eigenvalue(-gram)


def exactly(view: View, matrix: Any) -> fmpq_mat:
    """A matrix for what only rationals can do (determinants, inverses).

    Raises:
        NotCertified: in floats.
    """
    if not view.ops.exact:
        raise NotCertified("determinants and inverses are computed exactly")
    return to_matrix(matrix)


QUANTITIES = (
    Quantity("network", network, "the layers alone, as a deep linear network"),
    Quantity("product", product, "P = W_m ... W_1, [d, d]"),
    Quantity("residual", residual, "R = P - M, [d, d]"),
    Quantity("loss", loss, "kappa/2 |R|_F^2", scalar=True),
    Quantity("gradients", gradients, "G_i = kappa B_i^T R A_{i-1}^T, i = 1..m, [d, d] each"),
    Quantity("imbalances", imbalances, "D_i = W_{i+1}^T W_{i+1} - W_i W_i^T, i = 1..m-1"),
    Quantity("imbalance_rates", imbalance_rates, "derivatives of D_i along the gradient flow"),
    Quantity("next_layers", next_layers, "the layers after one step of gradient descent"),
    Quantity("next_imbalances", next_imbalances, "D_i after one step of gradient descent"),
    Quantity(
        "sharpness", sharpness, "largest eigenvalue of kappa J^T J: the sharpness at a global minimum", scalar=True
    ),
    Quantity(
        "flattest_sharpness", flattest_sharpness, "kappa m sigma^{2 (1 - 1/m)}, sigma of the product", scalar=True
    ),
    Quantity(
        "target_flattest_sharpness",
        target_flattest_sharpness,
        "kappa m sigma^{2 (1 - 1/m)}, sigma of the target",
        scalar=True,
    ),
    Quantity("target_least_square", target_least_square, "sigma_min(M)^2 of the target", scalar=True),
)
