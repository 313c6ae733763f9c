"""A network as a polynomial: inside an activation cell f is linear in (w1, b1) and in (w2, b2).

At theta + u, u = (u_i, c_i, c) with u_i for (w1_i, b1_i), c_i for w2_i, c for b2, and gates M_ji fixed,

    f(x_j; theta + u) = f(x_j; theta) + J_j u + sum_i M_ji c_i <u_i, (x_j, 1)>,

so that the quadratic part B satisfies |B(u)| <= beta |u|^2 with 4 beta^2 = max_i sum_j M_ji |(x_j, 1)|^2, and the
Jacobian moves by at most 2 beta |u| in Frobenius norm (own; 2 c_i |u_i| <= c_i^2 + |u_i|^2, Cauchy-Schwarz). Frozen
groups have u = 0: their coordinates of (x_j, 1) drop out, and beta = 0 where w2, or both w1 and b1, are frozen.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from flint import fmpq

from refutable.theorems.domains.shallow_relu.domain import SHALLOW_RELU
from refutable.theorems.domains.shallow_relu.forward import is_trained, trained_flag
from refutable.theorems.instances import Instance
from refutable.theorems.ops.exact import ExactOps
from refutable.theorems.views import View


def in_cell(instance: Instance) -> View:
    """An exact view whose structure is the gates alone: the fact that a polynomial needs, at a third of the time."""
    ops = ExactOps()
    z = View(SHALLOW_RELU, ops, instance.values)["preactivation"]
    gates = np.empty(z.shape, dtype=object)
    gates.ravel()[:] = [fmpq(value > 0) for value in z.ravel()]
    return View(SHALLOW_RELU, ops, {**instance.values, "preactivation": z}, {"active": gates}, instance)


def reaches(view: View) -> list[fmpq]:
    """|a_j|^2 for each datum, a_j the trained coordinates of (x_j, 1): |u| <= r moves z_ji by at most r |a_j|."""
    w1, b1 = trained_flag(view, "w1"), trained_flag(view, "b1")
    return [sum((c * c for c in row), fmpq(0)) * w1 + b1 for row in view["x"]]


def curvature_square(view: View) -> fmpq:
    """beta^2, where |B(u)| <= beta |u|^2 as long as no gate changes."""
    if not is_trained(view, "w2"):
        return fmpq(0)
    squares = reaches(view)
    sums = (sum((s for s, gate in zip(squares, gates, strict=True) if gate), fmpq(0)) for gates in view["active"].T)
    return max(sums, default=fmpq(0)) / 4


def outside(view: View, radius: fmpq) -> tuple[int, int] | None:
    """A datum and a neuron whose hyperplane the ball |u| <= radius can bring to the datum; None: it stays in the cell.

    None is also the exact statement that every gate is the same, and no preactivation 0, all over the closed ball.
    """
    squares, bound = reaches(view), radius * radius
    for j, (row, square) in enumerate(zip(view["preactivation"], squares, strict=True)):
        for i, z in enumerate(row):
            if z == 0 or z * z <= bound * square:
                return j, i
    return None


def clearance_square(view: View) -> fmpq | None:
    """Square of the distance in parameter space to the edge of the cell: min z_ji^2 / |a_j|^2; None: no edge."""
    squares = reaches(view)
    distances = [z * z / s for row, s in zip(view["preactivation"], squares, strict=True) if s for z in row]
    return min(distances, default=None)


def same_gates(one: View, other: View) -> bool:
    """Whether two networks have the same neurons active on the same data."""
    pairs: Any = zip(one["active"].ravel(), other["active"].ravel(), strict=True)
    return all(a == b for a, b in pairs)
