"""Cross-checks in balls: printed weights against the code's line on moments from certified quadrature."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from flint import fmpq

from refutable.theorems.papers.weight_closed_forms import formulas as f
from refutable.theorems.papers.weight_closed_forms.form_builders import OPS, line
from refutable.theorems.papers.weight_closed_forms.forms_transcendental import (
    ball_constant,
    ball_density,
    ball_start,
    normal_density,
    normal_distribution,
)
from refutable.theorems.records import ClosedForm

Density = Callable[[Any], Any]


def _x() -> Any:
    import sympy

    return sympy.Symbol("x", real=True)


def _by_quadrature(density: Density, start: int, mass: Any, moment: Any, side: int = -1) -> Any:
    """The weight at x from F and M at ``start`` and the integrals from there to x.

    ``side`` is -1 for {X < x} and +1 for {X > x}.
    """
    import sympy

    x, s = _x(), sympy.Symbol("s", real=True)
    p = mass - side * sympy.Integral(density(s), (s, start, x))
    m = moment - side * sympy.Integral(s * density(s), (s, start, x))
    return line(p, m, side * (m - x * p))


def _check(id: str, printed: Callable[[], Any], computed: Callable[[], Any], points: str) -> ClosedForm:
    return ClosedForm(
        f"{id}-balls", f"{id}: the printed weight and quadrature of the density agree", printed, computed, "balls",
        points=tuple({"x": fmpq(*(int(part) for part in q.split("/")))} for q in points.split()),
    )  # fmt: skip


def _rational(p: int, q: int = 1) -> Any:
    import sympy

    return sympy.Rational(p, q)


def _normal_left(mu: int, s: int) -> Any:
    z = (_x() - mu) / s
    return f.gaussian_left(OPS, _rational(mu), _rational(s), z, normal_distribution(z), normal_density(z))


def _half_normal() -> Any:
    """E[Z; Z < 0] = -phi(0)."""
    return -normal_density(_rational(0))


def _ball_right(d: int) -> Any:
    return f.ball_right(OPS, d, ball_constant(d), _x(), ball_start(d, _x()))


def _ball_quadrature(d: int) -> Any:
    """Half of the mass is right of 0; E[X; X > 0] = c/(d + 1)."""
    c = ball_constant(d)
    return _by_quadrature(lambda s: c * ball_density(d, s), 0, _rational(1, 2), c / (d + 1), 1)


def _exponential(s: Any) -> Any:
    import sympy

    return sympy.exp(-s)


CROSS_CHECKS = (
    _check("uniform", lambda: f.uniform_left(OPS, _rational(-2), _rational(3), _x()),
           lambda: _by_quadrature(lambda s: _rational(1, 5), -2, 0, 0), "1/3 -1/2 3/1 -19/10"),
    _check("gaussian", lambda: _normal_left(0, 1),
           lambda: _by_quadrature(normal_density, 0, _rational(1, 2), _half_normal()), "0/1 1/2 -3/2 4/1"),
    _check("laplace", lambda: f.laplace_outer(OPS, _rational(1), _x()),
           lambda: _by_quadrature(lambda s: _exponential(s) / 2, 0, _rational(1, 2), _rational(1, 2), 1),
           "0/1 1/3 2/1 10/1"),
    _check("exponential", lambda: f.exponential_left(OPS, _rational(1), _x()),
           lambda: _by_quadrature(_exponential, 0, 0, 0), "1/100 1/2 5/1"),
    _check("triangular", lambda: f.triangular_inner(OPS, _x()),
           lambda: _by_quadrature(lambda s: 1 - s, 0, _rational(1, 2), _rational(-1, 6)), "1/7 1/2 1/1"),
    _check("beta", lambda: f.beta_left(OPS, 2, 3, _x()),
           lambda: _by_quadrature(lambda s: 12 * s * (1 - s) ** 2, 0, 0, 0), "1/7 1/2 9/10"),
    *(_check(f"ball-{d}", partial(_ball_right, d), partial(_ball_quadrature, d), "1/3 -1/2 9/10")
      for d in (2, 3, 4, 6)),
)  # fmt: skip
