"""Probability, moment, excess and weight of a cap {u.x > t} under the uniform law in the unit ball.

u.X has the density c (1 - s^2)^((d-1)/2) on [-1, 1]; exact for odd d, balls for even d.
"""

from __future__ import annotations

from typing import Any

from flint import arb, fmpq

from refutable.theorems.domains.distribution import LAWS
from refutable.theorems.domains.distribution.domain import weight_of_side
from refutable.theorems.domains.distribution.moments import LEFT, RIGHT, Moments, Side
from refutable.theorems.exact import PI, Computed, text
from refutable.theorems.views import Quantity, View

HALF = fmpq(1, 2)


def dimension(view: View) -> int:
    """d."""
    return int(view["directions"].shape[-1])


def height(view: View) -> Any:
    """t = 1 - h."""
    return 1 - view["depth"]


def side_moments(view: View, side: Side) -> Moments:
    """P, E[S; .] and E[|S - t|; .] of the side of t, for S = u.X."""
    return LAWS["ball"].moments((fmpq(view["dimension"]),), view["height"], side)


def _weight(view: View, name: str) -> Any:
    moments: Moments = view[name]
    return weight_of_side(view.ops, moments if name == "cap" else moments.reflected())


def sphere_share(view: View) -> Any:
    """Share of the unit sphere with u.x > t: 1 or 1/2 points for d = 1, arccos(t)/pi for d = 2.

    For d >= 3 the first coordinate of the uniform law on the sphere is that of the ball of R^(d-2).
    """
    d, t = view["dimension"], view["height"]
    if d == 1:
        return HALF
    if d == 2:
        return HALF if t == 0 else Computed(lambda bits: arb(t).acos(), ("acos", text(t))) / PI
    return LAWS["ball"].moments((fmpq(d - 2),), t, RIGHT).probability


MOMENTS = (
    Quantity("dimension", dimension, "d, the dimension of the ball", scalar=True),
    Quantity("height", height, "t = 1 - depth", scalar=True),
    Quantity("cap", lambda view: side_moments(view, RIGHT), "P, E[u.X; .], E[u.X - t; .] of the cap {u.X > t}"),
    Quantity("rest", lambda view: side_moments(view, LEFT), "P, E[u.X; .], E[t - u.X; .] of {u.X < t}"),
    Quantity("cap_probability", lambda view: view["cap"].probability, "P(u.X > t)", scalar=True),
    Quantity("cap_moment", lambda view: view["cap"].moment, "E[u.X; u.X > t]", scalar=True),
    Quantity("cap_excess", lambda view: view["cap"].excess, "E[(u.X - t)_+]", scalar=True),
    Quantity("cap_weight", lambda view: _weight(view, "cap"), "g~(u, t), the weight of the cap", scalar=True),
    Quantity("rest_weight", lambda view: _weight(view, "rest"), "g~(-u, -t), that of the rest", scalar=True),
    Quantity("weight", lambda v: v.ops.minimum(v["cap_weight"], v["rest_weight"]), "g(u, t)", scalar=True),
    Quantity("sphere_share", sphere_share, "share of the unit sphere in the cap", scalar=True),
)
