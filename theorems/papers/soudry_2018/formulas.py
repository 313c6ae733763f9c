"""What several records of the paper conclude with: sums over support vectors, derivatives along the flow."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flint import fmpq

from refutable.theorems.domains.separable.dual import separated
from refutable.theorems.exact import Number, as_real, log
from refutable.theorems.flows import derivative_along
from refutable.theorems.views import View

Multipliers = Callable[[View], list[tuple[int, fmpq]]]
"""Pairs of a datum and its positive multiplier."""


def positive_multipliers(view: View) -> list[tuple[int, fmpq]]:
    """The data with positive multipliers, each with its alpha."""
    margin = separated(view)
    return [(n, margin.multipliers[n]) for n in margin.positive]


def along_flow(view: View, quantity: Callable[[View], Any]) -> Any:
    """d/ds of a quantity along the gradient flow in logarithmic time s, at an exact state."""
    return derivative_along(view, quantity, {"w": view["velocity"], "log_time": fmpq(1)})


def in_time(view: View, quantity: Callable[[View], Any]) -> Any:
    """d/dt of a quantity along the gradient flow of the exponential loss, at an exact state."""
    return derivative_along(view, quantity, {"w": view["pull"]})


def deviations(view: View, multipliers: Multipliers = positive_multipliers) -> list[tuple[fmpq, Number]]:
    """(alpha_n, z_n) of the data with positive multipliers: z_n = x_n.w - s - log(eta/alpha_n)."""
    found: list[tuple[fmpq, Number]] = []
    for n, alpha in multipliers(view):
        plain: fmpq = view["margins"][n] - view["log_time"]
        found.append((alpha, as_real(plain) - log(view["step_size"] / alpha)))
    return found


def least_potential(view: View, multipliers: Multipliers = positive_multipliers) -> Number:
    """sum_n alpha_n (1 + log(eta/alpha_n)): the least value of F."""
    total: Number = fmpq(0)
    for _, alpha in multipliers(view):
        total = as_real(total) + as_real(log(view["step_size"] / alpha)) * alpha + alpha
    return total


def weighted_sizes(pairs: list[tuple[fmpq, Number]]) -> Number:
    """sum_n alpha_n |z_n|."""
    total: Number = fmpq(0)
    for alpha, z in pairs:
        total = as_real(total) + abs(as_real(z)) * alpha
    return total


def excess_potential(view: View) -> Number:
    """F - F_min: the excess of the potential."""
    return as_real(view["potential"]) - least_potential(view)
