"""The exponents of the bounds on symbols: what they leave free, and the sums over layers that they come from."""

from __future__ import annotations

from typing import Any

from refutable.theorems.domains.quantised_network import QUANTISED_NETWORK
from refutable.theorems.domains.quantised_network.counting import Kind
from refutable.theorems.records import ClosedForm
from refutable.theorems.views import View

NAMES = ("teacher_width", "width", "fan_in")


def symbolic_view(kind: Kind) -> View:
    """Widths d* and d and fan-in f as symbols."""
    import sympy

    from refutable.theorems.ops.symbolic import SymbolicOps

    symbols = dict(zip(NAMES, sympy.symbols("t d f", positive=True), strict=True))
    return View(QUANTISED_NETWORK, SymbolicOps(), symbols, structure={"kind": kind})


def _value(text: str) -> Any:
    import sympy

    return sympy.sympify(text, locals={name: sympy.Symbol(name, positive=True) for name in "tdf"})


def _free(kind: Kind) -> Any:
    """Parameters of the student that are not pinned."""
    view = symbolic_view(kind)
    return view["parameters"] - view["exponent"]


def layer_sum(scaled: bool) -> Any:
    """The sum over both layers in the form for any depth, of widths f, d, 1 and f, d*, 1."""
    widths, teacher = [_value("f"), _value("d"), 1], [_value("f"), _value("t"), 1]
    if scaled:
        return sum(teacher[i] * teacher[i - 1] + 2 * widths[i] for i in (1, 2))
    return sum(teacher[i] * widths[i - 1] + teacher[i] for i in (1, 2))


PLAIN, SCALED, BOTH = Kind(), Kind(scaled=True), Kind(scaled=True, output_scaled=True)

CLOSED_FORMS = (
    ClosedForm(
        "plain-free",
        "d (f + 2) + 1 parameters less C: (d - d*)(f + 1) are free",
        lambda: _free(PLAIN),
        lambda: _value("(d - t)*(f + 1)"),
        "poly",
    ),
    ClosedForm(
        "scaled-free",
        "d (f + 3) + 1 parameters less C: (d - d*)(f + 1) are free",
        lambda: _free(SCALED),
        lambda: _value("(d - t)*(f + 1)"),
        "poly",
    ),
    ClosedForm(
        "output-scaled-free",
        "d (f + 3) + 2 parameters less C: (d - d*)(f + 1) are free",
        lambda: _free(BOTH),
        lambda: _value("(d - t)*(f + 1)"),
        "poly",
    ),
    ClosedForm(
        "plain-layers",
        "C is the sum over layers of d*_l d_(l-1) + d*_l",
        lambda: symbolic_view(PLAIN)["exponent"],
        lambda: layer_sum(scaled=False),
        "poly",
    ),
    ClosedForm(
        "scaled-layers",
        "with an output scale C is the sum over layers of d*_l d*_(l-1) + 2 d_l",
        lambda: symbolic_view(BOTH)["exponent"],
        lambda: layer_sum(scaled=True),
        "poly",
    ),
    ClosedForm(
        "scales-cost-d",
        "scales of the hidden units cost d parameters",
        lambda: symbolic_view(SCALED)["exponent"] - symbolic_view(PLAIN)["exponent"],
        lambda: _value("d"),
        "poly",
    ),
)
