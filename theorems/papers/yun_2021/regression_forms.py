"""The profile of each depth, from the code's own formulas in r = e^theta; limits; conservation on symbols."""

from __future__ import annotations

from typing import Any

import numpy as np
from flint import fmpq

from refutable.theorems.domains.decomposable_flow import DECOMPOSABLE_FLOW
from refutable.theorems.domains.decomposable_flow.profile import (
    arc_limit_factor,
    arc_rate,
    base_coefficient,
    cosh_of,
    ratio_of,
    rational_part,
    sinh_of,
)
from refutable.theorems.domains.decomposable_flow.quantities import velocity
from refutable.theorems.records import ClosedForm
from refutable.theorems.views import View

DEPTHS = (2, 3, 4, 5, 6)


def growth() -> Any:
    """r = e^theta as a symbol."""
    import sympy

    return sympy.Symbol("r", positive=True)


def arc(depth: int) -> Any:
    """s as the code's formula, in r."""
    import sympy

    r = growth()
    base = sympy.log(r) if depth == 2 else 2 * sympy.atan(r) - sympy.pi / 2
    return rational_part(r, depth) + base * _rational(base_coefficient(depth))


def energy(depth: int) -> Any:
    """H_L = t s - sinh^2/2, in r."""
    r = growth()
    return ratio_of(r, depth) * arc(depth) - sinh_of(r) ** 2 / 2


def _arc_slope(depth: int) -> tuple[Any, Any]:
    import sympy

    r = growth()
    return r * sympy.diff(arc(depth), r), cosh_of(r) ** (2 - depth)


def _energy_slope(depth: int) -> tuple[Any, Any]:
    import sympy

    r = growth()
    return sympy.diff(energy(depth), r), arc(depth) * sympy.diff(ratio_of(r, depth), r)


def _rate(depth: int) -> tuple[Any, Any]:
    import sympy

    r = growth()
    return arc_rate(r, depth) * sympy.diff(ratio_of(r, depth), r), sympy.diff(arc(depth), r)


def _both_solve(depth: int) -> tuple[Any, Any]:
    """dp/ds = p^{L-2} q and dq/ds = p^{L-1}, the second with a new symbol's weight."""
    import sympy

    r, z = growth(), sympy.Symbol("z")
    p, q = cosh_of(r), sinh_of(r)
    speed = cosh_of(r) ** (depth - 2) * r
    return speed * (sympy.diff(p, r) + z * sympy.diff(q, r)), p ** (depth - 2) * q + z * p ** (depth - 1)


def _rational(q: fmpq) -> Any:
    import sympy

    return sympy.Rational(int(q.p), int(q.q))


def arc_bound(depth: int) -> Any:
    """s_max, from the code's own rational factor."""
    import sympy

    factor, times_pi = arc_limit_factor(depth)
    return _rational(factor) * (sympy.pi if times_pi else 1)


def _gamma(depth: int) -> Any:
    import sympy

    half = sympy.Rational(1, 2)
    return sympy.sqrt(sympy.pi) * half * sympy.gamma((depth - 2) * half) / sympy.gamma((depth - 1) * half)


def _known_profile(depth: int) -> tuple[Any, Any]:
    """h_2 = sinh(2s)/2, h_3 = sin s/cos^3 s, h_4 = s/(1 - s^2)^2, at the code's s."""
    import sympy

    s = arc(depth)
    if depth == 2:
        right = sympy.sinh(2 * s).rewrite(sympy.exp) / 2
    elif depth == 3:
        right = sympy.expand_trig(sympy.sin(s)) / sympy.expand_trig(sympy.cos(s)) ** 3
    else:
        right = s / (1 - s**2) ** 2
    return ratio_of(growth(), depth), right


def _two_layers() -> tuple[Any, Any]:
    """H_2 = (1 + 2t asinh 2t - sqrt(1 + 4t^2))/4 where 2t = sinh 2theta."""
    import sympy

    r = growth()
    t, double = ratio_of(r, 2), 2 * sympy.log(r)
    return energy(2), (1 + 2 * t * double - (r**2 + 1 / r**2) / 2) / 4


def _arc_limit(depth: int) -> tuple[Any, Any]:
    """s far from the start."""
    import sympy

    return sympy.limit(arc(depth), growth(), sympy.oo), arc_bound(depth)


def _near_start(depth: int) -> tuple[Any, Any]:
    """The limit of H_L/(t^2/2) at the start."""
    import sympy

    r = growth()
    ratio = 2 * energy(depth) / ratio_of(r, depth) ** 2
    rational = base_coefficient(depth) == 0
    return sympy.limit(sympy.cancel(ratio) if rational else ratio, r, 1), sympy.Integer(1)


def _far_out(depth: int) -> tuple[Any, Any]:
    """The limit of H_L/t far from the start."""
    import sympy

    r = growth()
    return sympy.limit(energy(depth) / ratio_of(r, depth), r, sympy.oo), arc_bound(depth)


def _conserved() -> Any:
    """Derivative of c_1^2 - c_2^2 and c_2^2 - c_3^2 along the code's velocity, three layers, two coordinates."""
    import sympy

    from refutable.theorems.flows import lie_derivative
    from refutable.theorems.ops.symbolic import SymbolicOps

    c = np.array(sympy.symbols("c0:6"), dtype=object).reshape(3, 2)
    view = View(DECOMPOSABLE_FLOW, SymbolicOps(), {"weights": c})
    moves = velocity(view, np.array(sympy.symbols("g0:2"), dtype=object))
    field = dict(zip(c.ravel(), moves.ravel(), strict=True))
    apart = (c[:-1] ** 2 - c[1:] ** 2).ravel()
    weights = sympy.symbols("z0:4")
    return sympy.expand(sum(z * lie_derivative(part, field) for z, part in zip(weights, apart, strict=True)))


def symbolic_network() -> View:
    """Three layers, two coordinates, two inputs, two data, on symbols."""
    import sympy

    from refutable.theorems.ops.symbolic import SymbolicOps

    def symbols(name: str, *shape: int) -> Any:
        return np.array(sympy.symbols(f"{name}0:{int(np.prod(shape))}"), dtype=object).reshape(shape)

    fields = {"weights": symbols("c", 3, 2), "s": symbols("s", 2, 2), "x": symbols("x", 2, 2), "y": symbols("y", 2)}
    return View(DECOMPOSABLE_FLOW, SymbolicOps(), fields)


def descent(view: View, loss: Any) -> Any:
    """Minus the loss's derivatives in the coordinates of all layers, each with a new symbol's weight."""
    import sympy

    weights = view["weights"].ravel()
    return sum(-z * sympy.diff(loss, c) for z, c in zip(sympy.symbols("z0:6"), weights, strict=True))


def flow(view: View, pull: Any) -> Any:
    """The code's velocity with the same symbols' weights."""
    import sympy

    return sum(z * v for z, v in zip(sympy.symbols("z0:6"), velocity(view, pull).ravel(), strict=True))


def _squared_loss() -> tuple[Any, Any]:
    import sympy

    view = symbolic_network()
    gap = view["outputs"] - view["y"]
    loss = (gap @ gap) / 2
    return sympy.expand(descent(view, loss)), sympy.expand(flow(view, view["residual_pull"]))


def _zero() -> Any:
    import sympy

    return sympy.Integer(0)


def _forms(id: str, statement: str, pair: Any, depths: tuple[int, ...] = DEPTHS) -> tuple[ClosedForm, ...]:
    return tuple(
        ClosedForm(
            f"{id}-{depth}",
            f"{depth} layers: {statement}",
            lambda depth=depth: pair(depth)[0],  # type: ignore[misc]
            lambda depth=depth: pair(depth)[1],  # type: ignore[misc]
            "cancel",
        )
        for depth in depths
    )


CLOSED_FORMS = (
    *_forms("profile", "p = cosh, q = sinh solve dp/ds = p^{L-2} q, dq/ds = p^{L-1}", _both_solve),
    *_forms("arc", "ds/dtheta = sech^{L-2}", _arc_slope),
    *_forms("energy", "the derivative of H_L = t s - sinh^2/2 in t is s", _energy_slope),
    *_forms("rate", "ds/dt = 1/(cosh^{2L-2} + (L-1) cosh^{2L-4} sinh^2)", _rate),
    *_forms("known", "the elementary h_L: sinh(2s)/2, sin s/cos^3 s, s/(1 - s^2)^2", _known_profile, (2, 3, 4)),
    *_forms(
        "limit",
        "s_max = sqrt(pi)/2 Gamma((L-2)/2)/Gamma((L-1)/2)",
        lambda depth: (arc_bound(depth), _gamma(depth)),
        (3, 4, 5, 6),
    ),
    ClosedForm(
        "two-layers",
        "H_2 = (1 + 2t arcsinh 2t - sqrt(1 + 4t^2))/4",
        lambda: _two_layers()[0],
        lambda: _two_layers()[1],
        "cancel",
    ),
    *_forms("arc-limit", "s tends to s_max far from the start", _arc_limit, (3, 4, 5, 6)),
    *_forms("large-scale", "H_L/(t^2/2) tends to 1 for t to 0, as alpha to infinity", _near_start),
    *_forms("small-scale", "H_L/t tends to s_max for t to infinity, as alpha to 0", _far_out, (3, 4, 5, 6)),
    ClosedForm(
        "velocity",
        "three layers, two data: the velocity is minus the gradient of 1/2 sum (f - y)^2",
        lambda: _squared_loss()[0],
        lambda: _squared_loss()[1],
        "poly",
    ),
    ClosedForm(
        "differences-conserved",
        "three layers, two coordinates: the differences of squares are conserved",
        _conserved,
        _zero,
        "poly",
    ),
)
