"""Weights, gradients, the vector field of gradient flow, one step of gradient descent, and how far a state has grown.

Shapes: u_plus, v_plus, u_minus, v_minus and their starts [d]; x [n, d]; y [n].

Along gradient flow u_+ + v_+ and u_- - v_- grow by exp(s), u_+ - v_+ and u_- + v_- by exp(-s), where s = X^T nu and
nu = -1/n times the integral of the residual: a state is its start and rho = exp(s).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from flint import fmpq

from refutable.theorems.domains.deep_linear.top_space import nullspace
from refutable.theorems.domains.diagonal_flow.log_relations import logarithms_vanish
from refutable.theorems.ops.exact import to_matrix
from refutable.theorems.ops.protocol import NotCertified
from refutable.theorems.views import Quantity, View

STATE = ("u_plus", "v_plus", "u_minus", "v_minus")
"""The trained fields. Each has a start, a field with a 0 after the name."""


def count(view: View) -> int:
    """n, the number of data."""
    return int(view["x"].shape[-2])


def weights_of(view: View, suffix: str = "") -> Any:
    """u_+ v_+ - u_- v_- [d] of the state, or with the suffix "0" of the start."""
    u_plus, v_plus, u_minus, v_minus = (view[name + suffix] for name in STATE)
    return u_plus * v_plus - u_minus * v_minus


def residual(view: View) -> Any:
    """r = X w - y [n]."""
    return view.ops.matvec(view["x"], view["w"]) - view["y"]


def loss(view: View) -> Any:
    """1/(2n) |r|^2."""
    r = view["residual"]
    return view.ops.sum(r * r) * view.ops.ratio(1, 2 * count(view))


def multiplier_rates(view: View) -> Any:
    """The time derivative of the multipliers, nu' = -r/n [n]."""
    return -view["residual"] * view.ops.ratio(1, count(view))


def push(view: View) -> Any:
    """X^T nu' [d]: what moves each pair of weights; minus the gradient of the loss in w."""
    return view.ops.matvec(view.ops.transpose(view["x"]), view["multiplier_rates"])


def velocity(view: View) -> Mapping[str, Any]:
    """The time derivative of the four weight vectors along gradient flow: minus the gradient of the loss."""
    p = view["push"]
    return {
        "u_plus": p * view["v_plus"],
        "v_plus": p * view["u_plus"],
        "u_minus": -p * view["v_minus"],
        "v_minus": -p * view["u_minus"],
    }


def after_step(view: View) -> View:
    """The state after one step of gradient descent, with the same data and start."""
    eta = view.ops.spread(view["step_size"])
    known = {field.name: view[field.name] for field in view.domain.fields if view.has(field.name)}
    return View(view.domain, view.ops, {**known, **{k: view[k] + v * eta for k, v in velocity(view).items()}})


def at_start(view: View) -> View:
    """The state at time 0, with the same data and start; the multipliers are 0 there."""
    known = {field.name: view[field.name] for field in view.domain.fields if view.has(field.name)}
    return View(view.domain, view.ops, {**known, **{name: view[f"{name}0"] for name in STATE}})


def factors_of(view: View, suffix: str = "") -> tuple[Any, Any, Any, Any]:
    """(u_+ + v_+, u_- - v_-, u_+ - v_+, u_- + v_-), each [d]: the first two grow by rho, the others shrink by it."""
    u_plus, v_plus, u_minus, v_minus = (view[name + suffix] for name in STATE)
    return u_plus + v_plus, u_minus - v_minus, u_plus - v_plus, u_minus + v_minus


def factors(view: View) -> tuple[Any, Any, Any, Any]:
    """`factors_of` the state."""
    return factors_of(view)


def factors0(view: View) -> tuple[Any, Any, Any, Any]:
    """`factors_of` the start."""
    return factors_of(view, "0")


def growth(view: View) -> Any:
    """rho [d] from the first factor of each input that does not start at 0; 0 where the state cannot have grown so.

    It is 1 where all weights of an input start at 0.

    Raises:
        NotCertified: in floats.
    """
    if not view.ops.exact:
        raise NotCertified("how far a state has grown is decided exactly")
    now, start = view["factors"], view["factors0"]
    return view.ops.array([_growth([f[i] for f in now], [f[i] for f in start]) for i in range(len(now[0]))])


def _growth(now: list[fmpq], start: list[fmpq]) -> fmpq:
    for j, (a, b) in enumerate(zip(now, start, strict=True)):
        if b != 0:
            if j < 2:
                return a / b
            return b / a if a != 0 else fmpq(0)
    return fmpq(1)


def kernel(view: View) -> tuple[tuple[int, ...], ...]:
    """Integral vectors [d] without common divisors that span the kernel of X.

    Raises:
        NotCertified: in floats.
    """
    if not view.ops.exact:
        raise NotCertified("kernels are found exactly")
    numerators, _ = nullspace(to_matrix(view["x"])).transpose().numer_denom()
    return tuple(_primitive([int(entry) for entry in row]) for row in numerators.tolist())


def _primitive(row: list[int]) -> tuple[int, ...]:
    divisor = math.gcd(*row)
    return tuple(entry // divisor for entry in row)


def reached(view: View) -> bool:
    """Whether log rho lies in the row space of X: sum_i a_i log rho_i = 0 for every integral a in the kernel.

    Raises:
        ArithmeticError: all weights of an input start at 0, so that rho is not known.
    """
    rho = list(view["growth"])
    if not all(any(f[i] != 0 for f in view["factors0"]) for i in range(len(rho))):
        raise ArithmeticError("all weights of an input start at 0: whatever the flow, they stay there")
    return all(r > 0 for r in rho) and logarithms_vanish(rho, view["kernel"])


def squares(view: View) -> Any:
    """u_+^2 + v_+^2 + u_-^2 + v_-^2 [d]: w' = (sum of squares) X^T nu'."""
    parts = [view[name] * view[name] for name in STATE]
    return parts[0] + parts[1] + parts[2] + parts[3]


DYNAMICS = (
    Quantity("w", weights_of, "u_+ v_+ - u_- v_-, [d]"),
    Quantity("w0", lambda view: weights_of(view, "0"), "w at the start, [d]"),
    Quantity("residual", residual, "r = X w - y, [n]"),
    Quantity("loss", loss, "1/(2n) |r|^2", scalar=True),
    Quantity("multiplier_rates", multiplier_rates, "nu' = -r/n, [n]"),
    Quantity("push", push, "X^T nu', [d]: minus the gradient of the loss in w"),
    Quantity("velocity", velocity, "time derivative of the four weight vectors"),
    Quantity("after", after_step, "the state after one step of gradient descent"),
    Quantity("at_start", at_start, "the state at time 0"),
    Quantity("factors", factors, "u_+ + v_+, u_- - v_-, u_+ - v_+, u_- + v_-"),
    Quantity("factors0", factors0, "the same of the start"),
    Quantity("growth", growth, "rho = exp(X^T nu), [d]"),
    Quantity("kernel", kernel, "integral vectors that span the kernel of X"),
    Quantity("reached", reached, "whether log rho lies in the row space of X"),
    Quantity("squares", squares, "u_+^2 + v_+^2 + u_-^2 + v_-^2, [d]"),
)
