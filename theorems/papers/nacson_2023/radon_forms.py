"""The Radon form of the norm, on the Gaussian f(x) = exp(-|x|^2/2) in three dimensions.

With gamma_3 = 1/(2 (2 pi)^2), alpha(v, b) = -gamma_3 (d/db)^4 R f(v, b) and R f(v, b) = 2 pi exp(-b^2/2), the three
identities below say Laplace f(x) = int over the sphere of alpha(v, v.x) dv: f is a superposition of ReLUs with
density alpha.
"""

from __future__ import annotations

from typing import Any

from flint import fmpq

from refutable.theorems.records import ClosedForm


def _radius() -> Any:
    import sympy

    return sympy.Symbol("x", positive=True)


def _bump(radius: Any) -> Any:
    import sympy

    return sympy.exp(-(radius**2) / 2)


def _hermite(b: Any) -> Any:
    return b**4 - 6 * b**2 + 3


def _laplacian() -> Any:
    import sympy

    r = _radius()
    return sympy.diff(r**2 * sympy.diff(_bump(r), r), r) / r**2


def _profile() -> Any:
    r = _radius()
    return (r**2 - 3) * _bump(r)


def _density(differentiated: bool) -> Any:
    import sympy

    b = _radius()
    if differentiated:
        return -sympy.diff(2 * sympy.pi * _bump(b), b, 4) / (8 * sympy.pi**2)
    return -_hermite(b) * _bump(b) / (4 * sympy.pi)


def _plane_integral() -> Any:
    import sympy

    s, b = sympy.Symbol("s", positive=True), _radius()
    return sympy.integrate(2 * sympy.pi * s * sympy.exp(-(s**2 + b**2) / 2), (s, 0, sympy.oo))


def _plane_value() -> Any:
    import sympy

    return 2 * sympy.pi * _bump(_radius())


def _sphere_integral() -> Any:
    """r int over the sphere of alpha(v, v.x) dv = -int_0^r He4(u) exp(-u^2/2) du, as an antiderivative."""
    import sympy

    u, r = sympy.Symbol("u", positive=True), _radius()
    return -sympy.integrate(sympy.expand(_hermite(u) * _bump(u)), (u, 0, r))


def _scaled_profile() -> Any:
    return _radius() * _profile()


def _line_by_pieces() -> Any:
    """int |f''| for f = exp(-x^2/2): integrals of +-f'' between the roots of f'', by integration."""
    import sympy

    x = sympy.Symbol("x", real=True)
    second = sympy.expand(sympy.diff(_bump(x), x, 2))
    roots = sorted(sympy.solve(second, x))
    ends = (-sympy.oo, *roots, sympy.oo)
    middles = (roots[0] - 1, sum(roots) / 2, roots[-1] + 1)
    whole = sympy.integrate(second, x)
    values = [sympy.limit(whole, x, end) for end in ends]
    signs = (sympy.sign(second.subs(x, at)) for at in middles)
    return sum(sign * (high - low) for sign, low, high in zip(signs, values, values[1:], strict=False))


def _line_value() -> Any:
    import sympy

    return 4 * sympy.exp(-sympy.Rational(1, 2))


LINE = (
    ClosedForm(
        "gaussian-on-the-line",
        "d = 1: int |f''| = 4 exp(-1/2) for f = exp(-x^2/2), piece by piece between the roots of f''",
        _line_by_pieces,
        _line_value,
        "cancel",
    ),
)
CLOSED_FORMS = (
    ClosedForm(
        "radon-of-gaussian",
        "R f(v, b) = 2 pi exp(-b^2/2): the integral of f over a plane at distance b",
        _plane_integral,
        _plane_value,
        "cancel",
    ),
    ClosedForm(
        "density-of-gaussian",
        "alpha(v, b) = -gamma_3 (d/db)^4 R f = -He4(b) exp(-b^2/2) / (4 pi)",
        lambda: _density(True),
        lambda: _density(False),
        "cancel",
    ),
    ClosedForm(
        "laplacian-of-gaussian",
        "Laplace f(x) = (|x|^2 - 3) exp(-|x|^2/2) in three dimensions",
        _laplacian,
        _profile,
        "cancel",
    ),
    ClosedForm(
        "inversion-on-gaussian",
        "r int over the sphere of alpha(v, v.x) dv = r Laplace f(x) at |x| = r: equal derivatives, equal at 0",
        _sphere_integral,
        _scaled_profile,
        "derivative",
        variable="x",
        point=fmpq(0),
    ),
)
