"""Constants of the uniform ball's weight near the sphere, and bounds on caps, in closed form.

With a = (d - 1)/2, c = Gamma(d/2 + 1)/(sqrt(pi) Gamma((d + 1)/2)) and h = 1 - t the substitution 1 - s = h u gives
P = c h^(a+1) int_0^1 u^a (2 - h u)^a du and E[(u.X - t)_+] = c h^(a+2) int_0^1 (1 - u) u^a (2 - h u)^a du. For
0 <= u <= 1 the factor (2 - h u)^a lies between (2 - h)^a and 2^a. Squares keep every power of h whole.
"""

from __future__ import annotations

from typing import Any

from flint import fmpq

from refutable.theorems.exact import Number
from refutable.theorems.exact import sqrt as exact_sqrt
from refutable.theorems.papers.weight_closed_forms.closed import ball_constant
from refutable.theorems.views import View

ROOT_TWO = exact_sqrt(fmpq(2))


def _c_square(d: int) -> Any:
    c = ball_constant(d)
    return c * c


def leading_constant(d: int) -> Number:
    """L = sqrt2 (c 2^a/(a + 1))^2/(a + 2), the limit of g~/h^(d+2) as h -> 0: sqrt2/8 for d = 1."""
    rational: Number = _c_square(d) * fmpq(2 ** (d + 2), (d + 1) ** 2 * (d + 3)) * ROOT_TWO
    return rational


def mass_square(view: View) -> Any:
    """(c 2^a h^(a+1)/(a + 1))^2: an upper bound on P^2."""
    d, h = view["dimension"], view["depth"]
    return _c_square(d) * fmpq(2 ** (d + 1), (d + 1) ** 2) * h ** (d + 1)


def excess_square(view: View) -> Any:
    """(c 2^a h^(a+2)/((a + 1)(a + 2)))^2: an upper bound on E[(u.X - t)_+]^2."""
    d, h = view["dimension"], view["depth"]
    return _c_square(d) * fmpq(2 ** (d + 3), ((d + 1) * (d + 3)) ** 2) * h ** (d + 3)


def narrowing(view: View) -> Any:
    """((1 + t)/2)^(d-1) = ((2 - h)/2)^(2a): what the lower bounds on squares lose."""
    half: Any = (1 + view["height"]) / 2
    return half ** (view["dimension"] - 1)


def leaning(view: View) -> Any:
    """sqrt((1 + t^2)/2): t in place of the mean height of the cap, which is at most 1."""
    t = view["height"]
    return view.ops.sqrt((1 + t * t) / 2)


def upper(view: View, constant: Any = leading_constant, power: int = 2) -> Any:
    """L h^(d + power)."""
    d = view["dimension"]
    return constant(d) * view["depth"] ** (d + power)


def lower(view: View) -> Any:
    """((1 + t)/2)^(d-1) sqrt((1 + t^2)/2) L h^(d+2)."""
    return narrowing(view) * leaning(view) * upper(view)


def share_square(view: View) -> Any:
    """S^2 h^(d-1) with S = c' 2^a/(d - 1), c' = Gamma(d/2)/(sqrt(pi) Gamma((d - 1)/2)), d >= 2.

    The leading term of the squared share of the sphere in a cap.
    """
    d, h = view["dimension"], view["depth"]
    return _c_square(d - 2) * fmpq(2 ** (d - 1), (d - 1) ** 2) * h ** (d - 1)


def share_narrowing(view: View) -> Any:
    """((1 + t)/2)^max(d - 3, 0): what the lower bound on the squared share loses."""
    half: Any = (1 + view["height"]) / 2
    return half ** max(view["dimension"] - 3, 0)


def crowd_bound(view: View, power: int = 3) -> Any:
    """max |y_i| (L/S) ((1 + t)/2)^(-max(d - 3, 0)/2) h^((d + power)/2): all atoms that fit, for d >= 2."""
    ops, d, h = view.ops, view["dimension"], view["depth"]
    unit = share_square(view) / h ** (d - 1) * share_narrowing(view)
    constant = leading_constant(d)
    return view["largest_value"] * ops.sqrt(constant * constant * h ** (d + power) / unit)
