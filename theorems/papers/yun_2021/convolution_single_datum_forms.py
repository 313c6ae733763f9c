"""The code's own modes and rates on symbols."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from refutable.theorems.domains.circular_convolution.single_datum import modes, velocity
from refutable.theorems.flows import lie_derivative
from refutable.theorems.papers.yun_2021.convolution_fourier_forms import generic, view_of_symbols
from refutable.theorems.records import ClosedForm
from refutable.theorems.views import View


def _flow(view: View) -> dict[Any, Any]:
    speeds = velocity(view)
    return {
        s: speed
        for name in ("filters", "output")
        for s, speed in zip(view[name].ravel(), speeds[name].ravel(), strict=True)
    }


def _rates(size: int, side: int, sign: int) -> Any:
    """Lie derivatives of p_+- or q_+-."""
    view = view_of_symbols(size, 1, 2, side)
    return generic([lie_derivative(mode, _flow(view)) for mode in modes(view, view["singular_values"], sign)])


def _growth(size: int, side: int, sign: int) -> Any:
    """sign slope s_+- times the modes."""
    view = view_of_symbols(size, 1, 2, side)
    values = view["singular_values"]
    return generic(sign * view["slope"] * values * modes(view, values, sign))


def _gradient(size: int) -> Any:
    import sympy

    view = view_of_symbols(size, 1, 2)
    names = [*view["filters"].ravel(), *view["output"]]
    return generic([view["slope"] * sympy.diff(sympy.expand(view["prediction"]), s) for s in names])


def _velocity(size: int) -> Any:
    return generic(list(_flow(view_of_symbols(size, 1, 2)).values()))


def _aligned(size: int, side: int) -> Any:
    """The predictor of w = (1, side) and v = M w."""
    view = view_of_symbols(size, 1, 2, side)
    filters = view.ops.array([[1, side]])
    top = View(view.domain, view.ops, {"x": view["x"], "filters": filters}, view.structure)
    whole = {"x": view["x"], "filters": filters, "output": top["output_pull"]}
    return generic(View(view.domain, view.ops, whole, view.structure)["predictor"])


def _expected(size: int, side: int) -> Any:
    return generic(view_of_symbols(size, 1, 2, side)["predicted_direction"])


def _form(id: str, statement: str, left: Callable[[], Any], right: Callable[[], Any]) -> ClosedForm:
    return ClosedForm(id, statement, left, right, "poly")


def _zero() -> Any:
    import sympy

    return sympy.S.Zero


def _unseen_rates(size: int) -> Any:
    view = view_of_symbols(size, 1, 2)
    return generic([lie_derivative(entry, _flow(view)) for entry in view["unseen_output"]])


CLOSED_FORMS = (
    _form(
        "velocity",
        "d = 3: the velocities are slope times the gradient of f",
        lambda: _velocity(3),
        lambda: _gradient(3),
    ),
    _form("unseen", "d = 3: the Lie derivative of the unseen output weights is 0", lambda: _unseen_rates(3), _zero),
    *(
        _form(
            f"modes-{name}-{word}",
            f"d = 3, sgn<x, x_left> = {side}: the Lie derivative of {'p' if sign > 0 else 'q'}_+- is "
            f"{'' if sign > 0 else '-'}slope s_+- times it",
            lambda side=side, sign=sign: _rates(3, side, sign),  # type: ignore[misc]
            lambda side=side, sign=sign: _growth(3, side, sign),  # type: ignore[misc]
        )
        for side, name in ((1, "same-sign"), (-1, "opposite-signs"))
        for sign, word in ((1, "growing"), (-1, "falling"))
    ),
    *(
        _form(
            f"direction-{size}-{name}",
            f"d = {size}: the predictor of (1, {side}) and M (1, {side}) is 2 x + {side} (x_left + x_right)",
            lambda size=size, side=side: _aligned(size, side),  # type: ignore[misc]
            lambda size=size, side=side: _expected(size, side),  # type: ignore[misc]
        )
        for size in (3, 5)
        for side, name in ((1, "same-sign"), (-1, "opposite-signs"))
    ),
)
