"""Identities behind the chain, on the code's own formulas with SymPy symbols."""

from __future__ import annotations

from typing import Any

from refutable.theorems.papers.mulayoff_michaeli_soudry_2021.chain_forms import symbolic_view
from refutable.theorems.papers.wu_2025 import weights
from refutable.theorems.papers.wu_2025.instances import UNTRAINED
from refutable.theorems.records import ClosedForm
from refutable.theorems.views import View


def _view(neurons: int) -> View:
    """Two data, every neuron active on both; hidden biases and output weights are trained."""
    full = symbolic_view(2, neurons)
    numbers = {field.name: full[field.name] if full.has(field.name) else None for field in full.domain.fields}
    return View(full.domain, full.ops, {**numbers, "frozen": UNTRAINED}, full.structure)


def _mean_gradient_literal() -> Any:
    view = _view(2)
    mean = view.ops.mean(view["features"], -2)
    return view.ops.sum(mean * mean)


def _kernel_entry_literal() -> Any:
    view = _view(2)
    phi = view["features"]
    return view.ops.sum(phi[0] * phi[1]) * view.ops.ratio(1, 2)


def _gap() -> Any:
    """What the arithmetic-geometric mean loses for one neuron with a positive output weight."""
    view = _view(1)
    return view["mean_gradient_square"] - 2 * view["w2"][0] * weights.active_weight(view)[0]


def _square() -> Any:
    view = _view(1)
    return (view["mean_activation"][0] - view["w2"][0]) ** 2


def _conditional() -> Any:
    """P^2 E[z | A] with P = p and E[z; A] = e, against the form without divisions."""
    import sympy

    p, e = sympy.symbols("p e", positive=True)
    return p**2 * (e / p)


def _without_division() -> Any:
    import sympy

    p, e = sympy.symbols("p e", positive=True)
    return weights.side_weight({"probability": p, "excess": e})


CLOSED_FORMS = (
    ClosedForm(
        "mean-gradient",
        "|mean of the per-sample gradients|^2 = sum_i A_i^2 + w2_i^2 P_i^2: no 1, no mean input",
        _mean_gradient_literal,
        lambda: _view(2)["mean_gradient_square"],
        "poly",
    ),
    ClosedForm(
        "kernel-entry",
        "the closed form of the gradient kernel is the inner product of the trained gradients over n",
        _kernel_entry_literal,
        lambda: _view(2)["gradient_kernel"][0, 1],
        "poly",
    ),
    ClosedForm(
        "balance-gap",
        "A^2 + w2^2 - 2 w2 A = (A - w2)^2 for a neuron active everywhere",
        _gap,
        _square,
        "poly",
    ),
    ClosedForm(
        "conditional-form",
        "P^2 E[z | A] = P E[z; A]",
        _conditional,
        _without_division,
        "cancel",
    ),
)
