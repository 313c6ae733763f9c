"""Statements valid along a whole flow, without a solver: derivatives along a vector field, exact and symbolic.

A quantity is conserved along a differential equation when its derivative along the vector field vanishes at every
state the flow can reach. `derivative_along` runs the quantity's own formula on dual numbers; `lie_derivative` does the
same with SymPy symbols, for an identity in all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from refutable.theorems.ops.dual import Dual, DualOps, dual
from refutable.theorems.ops.exact import elementwise
from refutable.theorems.views import View

Velocity = Mapping[str, Any]
"""The time derivative of fields, by name, shaped like them; fields not named stand still."""


def moving(view: View, velocity: Velocity) -> View:
    """The view with its fields as dual numbers that move with ``velocity``. Discrete facts are kept as they are."""
    numbers = {field.name: view[field.name] for field in view.domain.fields if view.has(field.name)}
    for name, value in numbers.items():
        if name in velocity:
            numbers[name] = elementwise(Dual, value, velocity[name])
        elif isinstance(value, np.ndarray) and value.dtype == object:
            numbers[name] = elementwise(dual, value)
    return View(view.domain, DualOps(), numbers, view.structure, view.instance)


def derivative_along(view: View, quantity: Callable[[View], Any], velocity: Velocity) -> Any:
    """Time derivative of ``quantity`` at an exact state that moves with ``velocity``: a number or an object array.

    Raises:
        ZeroDivisionError: the formula has no derivative there (a norm at 0, a tie of a maximum).
    """
    value = quantity(moving(view, velocity))
    return elementwise(lambda x: dual(x).derivative, value)


def lie_derivative(quantity: Any, field: Mapping[Any, Any]) -> Any:
    """Derivative of a SymPy expression along a vector field: sum over symbols x of d quantity/dx * field[x]."""
    import sympy

    return sum((sympy.diff(quantity, x) * speed for x, speed in field.items()), sympy.Integer(0))
