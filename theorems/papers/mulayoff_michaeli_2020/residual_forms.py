"""The code's own rates and steps on symbols."""

from __future__ import annotations

from typing import Any

import numpy as np

from refutable.theorems.domains.deep_linear_flow import DEEP_LINEAR_FLOW
from refutable.theorems.records import ClosedForm
from refutable.theorems.views import View


def _view(depth: int, size: int) -> View:
    """Layers of symbols w0, w1, ..., a target of symbols m0, ..., kappa, eta."""
    import sympy

    from refutable.theorems.ops.symbolic import SymbolicOps

    names = iter(sympy.symbols(f"w0:{depth * size * size}"))
    layers = tuple(
        np.array([next(names) for _ in range(size * size)], dtype=object).reshape(size, size) for _ in range(depth)
    )
    target = np.array(sympy.symbols(f"m0:{size * size}"), dtype=object).reshape(size, size)
    kappa, eta = sympy.symbols("kappa eta")
    known = {"layers": layers, "target": target, "loss_scale": kappa, "step_size": eta}
    return View(DEEP_LINEAR_FLOW, SymbolicOps(), known)


def _generic(entries: Any) -> Any:
    """One polynomial that is 0 only if all entries are: their combination with new symbols."""
    import sympy

    flat = [entry for array in entries for entry in np.asarray(array).ravel()]
    return sympy.expand(sum(s * entry for s, entry in zip(sympy.symbols(f"s0:{len(flat)}"), flat, strict=True)))


def _derivatives(view: View) -> Any:
    import sympy

    return [np.array([sympy.diff(view["loss"], w) for w in layer.ravel()], dtype=object) for layer in view["layers"]]


CLOSED_FORMS = (
    ClosedForm(
        "gradients",
        "two 2 x 2 layers: the gradients are the derivatives of the loss",
        lambda: _generic(_view(2, 2)["gradients"]),
        lambda: _generic(_derivatives(_view(2, 2))),
        "poly",
    ),
    ClosedForm(
        "three-layer-gradients",
        "three scalar layers: the same",
        lambda: _generic(_view(3, 1)["gradients"]),
        lambda: _generic(_derivatives(_view(3, 1))),
        "poly",
    ),
    ClosedForm(
        "imbalance-rate",
        "two 2 x 2 layers, any target: the imbalance has derivative 0 along the flow",
        lambda: _generic(_view(2, 2)["imbalance_rates"]),
        lambda: _generic([0]),
        "poly",
    ),
    ClosedForm(
        "imbalance-rate-three",
        "three scalar layers: both imbalances have derivative 0",
        lambda: _generic(_view(3, 1)["imbalance_rates"]),
        lambda: _generic([0]),
        "poly",
    ),
)
