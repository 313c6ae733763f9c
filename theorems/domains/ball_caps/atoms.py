"""Atoms y_i relu(u_i.x - t)/h, h = 1 - t: of height y_i at u_i, and 0 outside the cap {u_i.x > t}."""

from __future__ import annotations

from typing import Any

import numpy as np
from flint import fmpq

from refutable.theorems.views import Quantity, View


def inner_products(view: View) -> Any:
    """u_i.u_j [n, n]."""
    u = view["directions"]
    return view.ops.matmul(u, view.ops.transpose(u))


def largest_inner_product(view: View) -> fmpq:
    """max over i != j of u_i.u_j; -1 for a single direction."""
    gram = view["inner_products"]
    return max((gram[i, j] for i in range(len(gram)) for j in range(i)), default=fmpq(-1))


def outputs(view: View) -> Any:
    """f(u_j) [n] of the sum f of all atoms."""
    excess = view.ops.maximum(view["inner_products"] - view["height"], view.ops.ratio(0))
    return view.ops.matvec(excess, view["values"]) / view["depth"]


def total_value(view: View) -> Any:
    """sum_i |y_i|."""
    return view.ops.sum(view.ops.abs(view["values"]))


def largest_value(view: View) -> Any:
    """max_i |y_i|."""
    return view.ops.max(view.ops.abs(view["values"]))


def distinct_value(view: View) -> fmpq:
    """Sum over distinct hyperplanes {u.x = t} of |sum of the y_i on it|: (u, t) and (-u, -t) are the same."""
    sums: dict[tuple[fmpq, ...], fmpq] = {}
    for u, y in zip(view["directions"], view["values"], strict=True):
        row = tuple(u)
        if view["height"] == 0 and next(c for c in row if c != 0) < 0:
            row = tuple(-c for c in row)
        sums[row] = sums.get(row, fmpq(0)) + y
    return sum((abs(y) for y in sums.values()), fmpq(0))


def norm(view: View) -> Any:
    """Stability norm of the sum of the atoms under the uniform law: sum over hyperplanes of |mass| g(u, t)."""
    return view["distinct_value"] / view["depth"] * view["weight"]


def count(view: View) -> int:
    """n, the number of atoms."""
    return len(np.asarray(view["values"]))


ATOMS = (
    Quantity("count", count, "n, the number of atoms", scalar=True),
    Quantity("inner_products", inner_products, "u_i.u_j, [n, n]"),
    Quantity("largest_inner_product", largest_inner_product, "max of u_i.u_j over i != j", scalar=True),
    Quantity("outputs", outputs, "f(u_j), [n]"),
    Quantity("total_value", total_value, "sum_i |y_i|", scalar=True),
    Quantity("largest_value", largest_value, "max_i |y_i|", scalar=True),
    Quantity("distinct_value", distinct_value, "sum over hyperplanes of |sum of their y_i|", scalar=True),
    Quantity("norm", norm, "the stability norm of f for X uniform in the ball", scalar=True),
)
