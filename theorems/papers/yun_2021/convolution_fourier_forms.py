"""The code's own networks on symbols: beta, and its values at roots of unity."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from refutable.theorems.domains.circular_convolution import CIRCULAR_CONVOLUTION
from refutable.theorems.records import ClosedForm
from refutable.theorems.views import View


def view_of_symbols(size: int, hidden: int, length: int, side: int = 1) -> View:
    """Datum x, filters w, output weights v, slope r of symbols; ``side`` is the sign taken for <x, x_left>."""
    import sympy

    from refutable.theorems.ops.symbolic import SymbolicOps

    filters = np.array(sympy.symbols(f"w0:{hidden * length}"), dtype=object).reshape(hidden, length)
    known = {
        "x": np.array(sympy.symbols(f"x0:{size}"), dtype=object),
        "filters": filters,
        "output": np.array(sympy.symbols(f"v0:{size}"), dtype=object),
        "slope": sympy.Symbol("r"),
    }
    return View(CIRCULAR_CONVOLUTION, SymbolicOps(), known, {"side": sympy.Integer(side)})


def generic(entries: Any) -> Any:
    """One polynomial that is 0 only if all entries are: their combination with new symbols."""
    import sympy

    flat = np.asarray(entries, dtype=object).ravel()
    return sympy.expand(sum((s * e for s, e in zip(sympy.symbols(f"s0:{len(flat)}"), flat, strict=True)), sympy.S.Zero))


def _product_remainder(size: int, hidden: int, length: int) -> Any:
    """w_1(z) ... w_L(z) divided by z^d - 1: the remainder's coefficients."""
    import sympy

    view, z = view_of_symbols(size, hidden, length), sympy.Symbol("z")
    whole = sum(v * z**i for i, v in enumerate(view["output"]))
    for filter in view["filters"]:
        whole = sympy.expand(whole * sum(w * z**i for i, w in enumerate(filter)))
    rest = sympy.rem(whole, z**size - 1, z)
    return generic([rest.coeff(z, i) for i in range(size)])


def _prediction_gradient(size: int, hidden: int, length: int) -> Any:
    import sympy

    view = view_of_symbols(size, hidden, length)
    return generic([sympy.diff(sympy.expand(view["prediction"]), x) for x in view["x"]])


def _at_quarter_turns(hidden: int) -> tuple[Any, Any]:
    """Both sides of the headline at d = 4, times the powers of 2: zeta = -i."""
    import sympy

    view, zeta = view_of_symbols(4, hidden, 4), -sympy.I

    def transform(vector: Any, j: int) -> Any:
        return sum(v * zeta ** (j * k) for k, v in enumerate(vector)) / 2

    left = [transform(view["predictor"], j) for j in range(4)]
    factors = [*view["filters"], view["output"]]
    right = []
    for j in range(4):
        value = sympy.Integer(2) ** hidden
        for factor in factors:
            value = sympy.expand(value * transform(factor, j))
        right.append(value)
    return generic(left), generic(right)


def _form(id: str, statement: str, left: Callable[[], Any], right: Callable[[], Any]) -> ClosedForm:
    return ClosedForm(id, statement, left, right, "poly")


CLOSED_FORMS = (
    _form(
        "beta-is-the-remainder",
        "d = 3, two hidden layers: beta(z) is the remainder of w_1 w_2 w_3 after division by z^3 - 1",
        lambda: generic(view_of_symbols(3, 2, 3)["predictor"]),
        lambda: _product_remainder(3, 2, 3),
    ),
    _form(
        "beta-is-the-remainder-short",
        "d = 4, one hidden layer with filters of two entries: the same",
        lambda: generic(view_of_symbols(4, 1, 2)["predictor"]),
        lambda: _product_remainder(4, 1, 2),
    ),
    _form(
        "beta-is-the-gradient",
        "d = 3, two hidden layers: beta is the gradient of f in x",
        lambda: generic(view_of_symbols(3, 2, 2)["predictor"]),
        lambda: _prediction_gradient(3, 2, 2),
    ),
    _form(
        "quarter-turns",
        "d = 4, one hidden layer: F beta = 2 F w_1 F w_2 at the fourth roots of unity",
        lambda: _at_quarter_turns(1)[0],
        lambda: _at_quarter_turns(1)[1],
    ),
    _form(
        "quarter-turns-deep",
        "d = 4, two hidden layers: F beta = 4 F w_1 F w_2 F w_3",
        lambda: _at_quarter_turns(2)[0],
        lambda: _at_quarter_turns(2)[1],
    ),
)
