"""The code's own formulas on symbols."""

from __future__ import annotations

from typing import Any

import numpy as np

from refutable.theorems.domains.weight_decay_relu import WEIGHT_DECAY_RELU
from refutable.theorems.papers.pilanci_ergen_2020.claims import fit_and_pairing, gap_parts
from refutable.theorems.records import ClosedForm
from refutable.theorems.views import View


def _view(**changed: Any) -> View:
    """Two data x0, x1 > 0, one input, one neuron and one convex vector, all positive."""
    import sympy

    from refutable.theorems.ops.symbolic import SymbolicOps

    x, y, z = (np.array(sympy.symbols(f"{name}0:2", positive=True), dtype=object) for name in "xyz")
    one = {name: np.array([sympy.Symbol(name, positive=True)], dtype=object) for name in ("a", "w", "v")}
    ones = np.array([[sympy.Integer(1)] * 2], dtype=object)
    numbers: dict[str, Any] = {
        "x": x[:, None], "y": y, "z": z, "penalty": sympy.Symbol("beta", positive=True),
        "w": one["w"][None], "a": one["a"], "v": one["v"][None], "signs": ones[:, 0], "patterns": ones,
    }  # fmt: skip
    return View(WEIGHT_DECAY_RELU, SymbolicOps(), {**numbers, **changed})


def _conjugate_left() -> Any:
    view = _view()
    return fit_and_pairing(view) - view["dual_value"]


def _conjugate_right() -> Any:
    import sympy

    view = _view()
    off = view["outputs"] + view["z"] - view["y"]
    return view.ops.sum(off * off) * sympy.Rational(1, 2)


def _soft_threshold(dual: bool) -> Any:
    """One datum x: the neuron w = a = s for y = beta/x + s^2 x, against the dual value at z = beta/x."""
    import sympy

    x, s, beta = sympy.symbols("x s beta", positive=True)
    row = {name: np.array([value], dtype=object) for name, value in (("s", s), ("z", beta / x), ("x", x))}
    y = np.array([beta / x + s * s * x], dtype=object)
    view = _view(x=row["x"][None], y=y, z=row["z"], w=row["s"][None], a=row["s"])
    return view["dual_value"] if dual else view["cost"]


def _gap(parts: bool) -> Any:
    view = _view()
    return gap_parts(view) if parts else view["convex_value"] - view["dual_value"]


CLOSED_FORMS = (
    ClosedForm(
        "conjugate",
        "1/2 |f - y|^2 + z.f is z.y - |z|^2/2 plus 1/2 |f + z - y|^2",
        _conjugate_left,
        _conjugate_right,
        "poly",
    ),
    ClosedForm(
        "gap",
        "convex value less dual value is 1/2 |f + z - y|^2 + beta |v| - z.(Xv)",
        lambda: _gap(False),
        lambda: _gap(True),
        "poly",
    ),
    ClosedForm(
        "balanced-neuron",
        "the neuron (v/sqrt|v|, sqrt|v|) costs what v does in the convex program",
        lambda: _view()["built_cost"],
        lambda: _view()["convex_value"],
        "cancel",
    ),
    ClosedForm(
        "soft-threshold",
        "one datum: cost of the balanced neuron with y - f = beta/x is the dual value at z = beta/x",
        lambda: _soft_threshold(False),
        lambda: _soft_threshold(True),
        "cancel",
    ),
)
