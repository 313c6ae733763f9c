"""The Radon transform of the density at a network's hyperplanes.

(R rho)(v, t) is the integral of rho over the hyperplane v.x = t, |v| = 1. For d = 1 it is rho(t).
- rho(x) = C (r^2 - |x|^2)_+^m: R rho = C pi^((d-1)/2) m! / Gamma(m + (d+1)/2) (r^2 - t^2)_+^(m + (d-1)/2). With
  h = floor((d-1)/2), pi^((d-1)/2) / Gamma(m + (d+1)/2) is pi^h times a rational, so the instance holds
  ``scale`` = C pi^h, and R rho is a rational (d odd) or a rational times a square root (d even).
- rho(x) = C exp(-|x|^2 / (2 s^2)): R rho = C (2 pi s^2)^((d-1)/2) exp(-t^2 / (2 s^2)), and the instance holds
  ``scale`` = C (2 pi s^2)^((d-1)/2), the largest value of R rho.
"""

from __future__ import annotations

from math import factorial
from typing import Any

from flint import fmpq

from refutable.theorems.views import Quantity, View


def power_constant(inputs: int, power: int) -> fmpq:
    """m! pi^((d-1)/2 - h) / Gamma(m + (d+1)/2) with h = floor((d-1)/2), a rational.

    Args:
        inputs: d >= 1.
        power: m >= 0.
    """
    if inputs % 2:
        return fmpq(factorial(power), factorial(power + (inputs - 1) // 2))
    # Gamma(j + 1/2) = (2j)! / (4^j j!) sqrt(pi) with j = m + d/2
    j = power + inputs // 2
    return fmpq(factorial(power) * 4**j * factorial(j), factorial(2 * j))


def input_norm_square(view: View) -> Any:
    """|w1_i|^2 [k]."""
    return view.ops.sum(view["w1"] * view["w1"])


def offset_square(view: View) -> Any:
    """t_i^2 = b1_i^2 / |w1_i|^2 [k], the squared distance of hyperplane i from 0; b1_i^2 where w1_i = 0."""
    norm_square = view["input_norm_square"]
    return view["b1"] * view["b1"] / (norm_square + view["no_hyperplane"])


def radon_mass(view: View) -> Any:
    """|w1_i| (R rho)(v_i, t_i) [k], to be compared with `weight`; 0 where w1_i = 0."""
    transform = _power_transform(view) if view.has("radius_squared") else _gaussian_transform(view)
    return view.ops.norm(view["w1"]) * transform * view.ops.spread(view["scale"])


def _power_transform(view: View) -> Any:
    ops, d, m = view.ops, int(view["w1"].shape[-1]), int(view["power"])
    depth = (ops.spread(view["radius_squared"]) - view["offset_square"]) * view["inside"]
    constant = power_constant(d, m)
    transform = view["inside"] * ops.ratio(int(constant.p), int(constant.q))
    for _ in range(m + (d - 1) // 2):
        transform = transform * depth
    return transform if d % 2 else transform * ops.sqrt(depth)


def _gaussian_transform(view: View) -> Any:
    exponent = view["offset_square"] / (-2 * view.ops.spread(view["variance"]))
    return view.ops.elementary("exp", exponent)


def laplacian_mass(view: View) -> Any:
    """int |Laplace f| rho = sum over distinct hyperplanes of |merged mass| |w1_s| (R rho)_s."""
    return view.ops.sum(view.ops.abs(view["merged_mass"]) * view["radon_mass"])


DENSITY = (
    Quantity("input_norm_square", input_norm_square, "|w1_i|^2, [k]"),
    Quantity("offset_square", offset_square, "squared distance of each hyperplane from 0, [k]"),
    Quantity("radon_mass", radon_mass, "|w1_i| R rho at each hyperplane, [k]"),
    Quantity("laplacian_mass", laplacian_mass, "int |Laplace f| rho", scalar=True),
)
