"""The potentials that the flow minimises: Q_k of an unbiased start, and the Bregman divergence of any start.

Azulay et al. (2021), Theorem 4.1: q_k(x) = sqrt(k)/4 (1 - sqrt(1 + 4 x^2/k) + (2 x/sqrt k) asinh(2 x/sqrt k)).
"""

from __future__ import annotations

from typing import Any

from refutable.theorems.domains.diagonal_flow.dynamics import STATE
from refutable.theorems.ops import Ops
from refutable.theorems.views import Quantity, View


def potential(ops: Ops, point: Any, root_k: Any) -> Any:
    """Q_k(point) = sum_i q_{k_i}(point_i) for root_k = sqrt(k) [d], point [d]."""
    t = point * 2 / root_k
    one = ops.ratio(1)
    terms = root_k * ops.ratio(1, 4) * (one - ops.sqrt(one + t * t) + t * ops.elementary("asinh", t))
    return ops.sum(terms)


def potential_gradient(ops: Ops, point: Any, root_k: Any) -> Any:
    """q_k' = asinh(2 point/sqrt k)/2 [d]."""
    return ops.elementary("asinh", point * 2 / root_k) * ops.ratio(1, 2)


def divergence(ops: Ops, point: Any, start: Any, scale: Any) -> Any:
    """Bregman divergence of ``point`` from ``start`` [d] for the potential of ``scale`` = sqrt(C_+ C_-) [d]."""
    a, b = point / scale, start / scale
    one = ops.ratio(1)
    slopes = a * (ops.elementary("asinh", a) - ops.elementary("asinh", b))
    return ops.sum(scale * ops.ratio(1, 2) * (slopes - ops.sqrt(one + a * a) + ops.sqrt(one + b * b)))


def divergence_gradient(ops: Ops, point: Any, start: Any, scale: Any) -> Any:
    """(asinh(point/scale) - asinh(start/scale))/2 [d]."""
    difference = ops.elementary("asinh", point / scale) - ops.elementary("asinh", start / scale)
    return difference * ops.ratio(1, 2)


def root_k_of(u: Any, v: Any) -> Any:
    """sqrt(k) = 2 (u^2 + v^2) [d] of an unbiased start u, v."""
    return (u * u + v * v) * 2


def balances(view: View) -> tuple[Any, Any]:
    """(C_+, C_-) [d]: w = (C_+ rho^2 - C_- rho^{-2})/2."""
    plus, minus_difference, plus_difference, minus = view["factors0"]
    half = view.ops.ratio(1, 2)
    return (
        (plus * plus + minus_difference * minus_difference) * half,
        (plus_difference * plus_difference + minus * minus) * half,
    )


def scale(view: View) -> Any:
    """c = sqrt(C_+ C_-) [d]; sqrt(k)/2 for an unbiased start."""
    return view.ops.sqrt(view["balances"][0] * view["balances"][1])


POTENTIALS = (
    Quantity("root_k", lambda v: root_k_of(v["u_plus0"], v["v_plus0"]), "sqrt(k) = 2 (u_+(0)^2 + v_+(0)^2), [d]"),
    Quantity("potential", lambda v: potential(v.ops, v["w"], v["root_k"]), "Q_k(w)", scalar=True),
    Quantity("other_potential", lambda v: potential(v.ops, v["other"], v["root_k"]), "Q_k(other)", scalar=True),
    Quantity("gradient", lambda v: potential_gradient(v.ops, v["w"], v["root_k"]), "grad Q_k(w), [d]"),
    Quantity("balances", balances, "C_+ and C_-"),
    Quantity("scale", scale, "c = sqrt(C_+ C_-), [d]"),
    Quantity("divergence", lambda v: divergence(v.ops, v["w"], v["w0"], v["scale"]), "D(w), from w(0)", scalar=True),
    Quantity("other_divergence", lambda v: divergence(v.ops, v["other"], v["w0"], v["scale"]), "D(other)", scalar=True),
    Quantity(
        "divergence_gradient", lambda v: divergence_gradient(v.ops, v["w"], v["w0"], v["scale"]), "grad D(w), [d]"
    ),
)

__all__ = ["POTENTIALS", "STATE", "divergence", "potential", "potential_gradient", "root_k_of"]
