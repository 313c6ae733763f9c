"""Identities behind the gradients' comparison, on the code's own formulas with SymPy symbols."""

from __future__ import annotations

from typing import Any

from refutable.theorems.papers.ma_ying_2021 import smoothness_formulas as of
from refutable.theorems.papers.mulayoff_michaeli_soudry_2021.chain_forms import symbolic_view
from refutable.theorems.records import ClosedForm


def _layer_literal() -> Any:
    return of.with_biases(symbolic_view(1, 2))[0]


def _layer_closed() -> Any:
    view = symbolic_view(1, 2)
    return of.reach(view)[0] * of.squared_length(view, of.gates(view))[0]


def _gap() -> Any:
    """What Cauchy-Schwarz loses for two neurons on the line: |W1|^2 |s|^2 - (s.W1)^2."""
    view = symbolic_view(1, 2)
    lengths = sum(w * w for w in view["w1"][:, 0])
    gates = of.squared_length(view, of.gates(view))[0]
    return lengths * gates - of.squared_length(view, of.input_gradient(view))[0]


def _determinant() -> Any:
    view = symbolic_view(1, 2)
    w, s = view["w1"][:, 0], of.gates(view)[0]
    return (w[0] * s[1] - w[1] * s[0]) ** 2


def _trace_parts() -> Any:
    """Tr over its parts: first layer, output weights, and 1 for the output bias."""
    view = symbolic_view(2, 2)
    act = of.squared_length(view, view["activation"])
    return view.ops.mean(of.with_biases(view) + act) + 1


CLOSED_FORMS = (
    ClosedForm(
        "layer-gradient",
        "|grad_{(W1, b1)} f(x)|_F^2 = (1 + |x|^2) |s|^2",
        _layer_literal,
        _layer_closed,
        "poly",
    ),
    ClosedForm(
        "cauchy-schwarz",
        "|W1|^2 |s|^2 - |W1' s|^2 = (w_1 s_2 - w_2 s_1)^2 for two neurons on the line",
        _gap,
        _determinant,
        "poly",
    ),
    ClosedForm(
        "trace",
        "mean |grad f|^2 = mean (|grad_{(W1, b1)} f|^2 + |relu|^2) + 1",
        lambda: of.trace(symbolic_view(2, 2)),
        _trace_parts,
        "poly",
    ),
)
