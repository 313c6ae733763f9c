"""Proofs for atoms and piecewise polynomial densities, and the polynomial identities behind the inequalities."""

from __future__ import annotations

from math import factorial
from typing import Any

from refutable.theorems.papers.weight_closed_forms import formulas as f
from refutable.theorems.papers.weight_closed_forms.form_builders import OPS, integral, line, positive, real, square
from refutable.theorems.records import ClosedForm

A_BELOW_X, X_BELOW_B = "mass and first moment are integrals of the density", "the mirrored side"


def _uniform_left() -> tuple[Any, Any, Any]:
    a, b, x = real("a b x")
    mass, moment = (x - a) / (b - a), (x * x - a * a) / (2 * (b - a))
    return mass, moment, x * mass - moment


def _uniform_right() -> tuple[Any, Any, Any]:
    a, b, x = real("a b x")
    mass, moment = (b - x) / (b - a), (b * b - x * x) / (2 * (b - a))
    return mass, moment, moment - x * mass


def _uniform(density: str) -> Any:
    a, b = real("a b")
    return (lambda s: 1 / (b - a)) if density == "mass" else (lambda s: s / (b - a))


UNIFORM = (
    integral("uniform-mass", A_BELOW_X, lambda: _uniform_left()[0], lambda s: _uniform("mass")(s),
             lambda: real("a x")),
    integral("uniform-moment", A_BELOW_X, lambda: _uniform_left()[1], lambda s: _uniform("moment")(s),
             lambda: real("a x")),
    integral("uniform-mass-right", X_BELOW_B, lambda: _uniform_right()[0], lambda s: _uniform("mass")(s),
             lambda: real("x b")),
    integral("uniform-moment-right", X_BELOW_B, lambda: _uniform_right()[1], lambda s: _uniform("moment")(s),
             lambda: real("x b")),
    square("uniform-left", lambda: f.uniform_left(OPS, *real("a b x")), _uniform_left),
    square("uniform-right", lambda: f.uniform_right(OPS, *real("a b x")), _uniform_right),
)  # fmt: skip


def _triangular_outer() -> tuple[Any, Any, Any]:
    x = real("x")
    mass, moment = (1 + x) ** 2 / 2, (1 + x) ** 2 * (2 * x - 1) / 6
    return mass, moment, x * mass - moment


def _triangular_inner() -> tuple[Any, Any, Any]:
    x = real("x")
    mass, excess = 1 - (1 - x) ** 2 / 2, x + (1 - x) ** 3 / 6
    return mass, x * mass - excess, excess


TRIANGULAR = (
    integral("triangular-outer-mass", "F for x <= 0", lambda: _triangular_outer()[0], lambda s: 1 + s,
             lambda: (-1, real("x")), point=-1),
    integral("triangular-outer-moment", "M for x <= 0", lambda: _triangular_outer()[1], lambda s: s * (1 + s),
             lambda: (-1, real("x")), point=-1),
    integral("triangular-inner-mass", "F for x > 0", lambda: _triangular_inner()[0], lambda s: 1 - s,
             lambda: (0, real("x")), lambda: _triangular_outer()[0].subs(real("x"), 0)),
    integral("triangular-inner-moment", "M for x > 0", lambda: _triangular_inner()[1], lambda s: s * (1 - s),
             lambda: (0, real("x")), lambda: _triangular_outer()[1].subs(real("x"), 0)),
    square("triangular-outer", lambda: f.triangular_outer(OPS, real("x")), _triangular_outer),
    square("triangular-inner", lambda: f.triangular_inner(OPS, real("x")), _triangular_inner),
)  # fmt: skip


def _beta_density(a: int, b: int, power: int) -> Any:
    constant = factorial(a + b - 1) // (factorial(a - 1) * factorial(b - 1))
    return lambda s: constant * s ** (a - 1 + power) * (1 - s) ** (b - 1)


def _beta(a: int, b: int) -> tuple[ClosedForm, ClosedForm]:
    def part(index: int) -> Any:
        return lambda: f.beta_mass(OPS, a, b, real("x"))[index]

    def limits() -> tuple[Any, Any]:
        return 0, real("x")

    return (
        integral(f"beta-{a}-{b}-mass", "I_x(a, b)", part(0), _beta_density(a, b, 0), limits),
        integral(f"beta-{a}-{b}-moment", "a/(a+b) I_x(a + 1, b)", part(1), _beta_density(a, b, 1), limits),
    )


def _beta_shift(moment: bool) -> Any:
    """x times the density of Beta(a, b), or a/(a+b) times that of Beta(a + 1, b)."""
    import sympy

    a, b, x = positive("a b x")
    shift = 0 if moment else 1
    constant = sympy.gamma(a + b + shift) / (sympy.gamma(a + shift) * sympy.gamma(b))
    return (x if moment else a / (a + b)) * constant * x ** (a - 1 + shift) * (1 - x) ** (b - 1)


BETA = (
    *(form for pair in ((1, 1), (2, 3), (3, 2), (1, 4), (5, 2)) for form in _beta(*pair)),
    ClosedForm(
        "beta-moment",
        "x times the density of Beta(a, b) is a/(a+b) times that of Beta(a + 1, b), any a, b > 0",
        lambda: _beta_shift(True),
        lambda: _beta_shift(False),
        "cancel",
    ),
)


def _grid_moments() -> tuple[Any, Any, Any]:
    a, h, x = real("a h x")
    n, k = positive("n k")
    mass, moment = k / n, k * (2 * a + (k - 1) * h) / (2 * n)
    return mass, moment, x * mass - moment


def _grid_sum() -> Any:
    import sympy

    a, h = real("a h")
    j, k = sympy.Symbol("j", integer=True), sympy.Symbol("k", integer=True, positive=True)
    return sympy.Sum(a + j * h, (j, 0, k - 1))


def _grid_printed_sum() -> Any:
    import sympy

    a, h = real("a h")
    k = sympy.Symbol("k", integer=True, positive=True)
    return k * (2 * a + (k - 1) * h) / 2


def _grid_printed() -> Any:
    a, h, x = real("a h x")
    n, k = positive("n k")
    return f.grid_left(OPS, a, h, n, k, x)


def _two_atoms_moments() -> tuple[Any, Any, Any]:
    import sympy

    c, x = real("c x")
    half = sympy.Rational(1, 2)
    return half, -c * half, (x + c) * half


ATOMS = (
    ClosedForm("grid-sum", "the first k points of the grid have mean (2a + (k-1) h)/2", _grid_sum,
               _grid_printed_sum, "cancel"),
    square("grid", _grid_printed, _grid_moments),
    square("two-atoms", lambda: f.two_atoms_left(OPS, *real("c x")), _two_atoms_moments),
)  # fmt: skip


def _general() -> tuple[Any, Any, Any]:
    mass, moment, x = real("F M x")
    return mass, moment, x * mass - moment


def _outer_inner_gap() -> Any:
    u, v = positive("u v")
    return v**6 * (4 + u**2) - u**6 * (4 + v**2)


def _outer_inner_product() -> Any:
    u, v = positive("u v")
    return (v**2 - u**2) * (4 * (v**4 + u**2 * v**2 + u**4) + u**2 * v**2 * (u**2 + v**2))


def _uniform_sides_gap() -> Any:
    """256 a^4 (inner^2 - outer^2) of U[-a, a] at x >= 0 by the printed forms, in u = a - x, v = a + x."""
    u, v = positive("u v")
    a, x = (u + v) / 2, (v - u) / 2
    inner, outer = f.uniform_left(OPS, -a, a, x), f.uniform_right(OPS, -a, a, x)
    return 4 * 64 * a**4 * (inner**2 - outer**2)


def _quarter_gap() -> Any:
    p, q = positive("p q")
    return (p + q) ** 2 / 4 - p * q


def _quarter_square() -> Any:
    p, q = positive("p q")
    return (p - q) ** 2 / 4


def _attained() -> Any:
    """Both sides' product for two atoms +-R at x, by the code's line."""
    import sympy

    c, x = real("c x")
    half = sympy.Rational(1, 2)
    return line(half, -c * half, (c + x) * half) * line(half, c * half, (c - x) * half)


def _attained_bound() -> Any:
    c, x = real("c x")
    return (c * c - x * x) * (1 + c * c) / 16


INEQUALITIES = (
    square("general", lambda: f.from_mass(OPS, *real("F M x")), _general),
    ClosedForm("outer-side-gap", "U[-a, a], u = a - x, v = a + x: inner^2 - outer^2 = "
               "(v^6 (4 + u^2) - u^6 (4 + v^2))/(256 a^4)", _uniform_sides_gap, _outer_inner_gap, "cancel"),
    ClosedForm("outer-side-positive", "v^6 (4 + u^2) - u^6 (4 + v^2) is (v^2 - u^2) times positive terms, "
               "hence u^6 (4 + v^2) < v^6 (4 + u^2) for 0 < u < v", _outer_inner_gap, _outer_inner_product, "poly"),
    ClosedForm("probability-product", "p q = ((p + q)^2 - (p - q)^2)/4, hence p q <= 1/4 for p + q <= 1",
               _quarter_gap, _quarter_square, "poly"),
    ClosedForm("loosened-bound-attained", "two atoms +-R: g^- g^+ = (R^2 - t^2)(1 + R^2)/16", _attained,
               _attained_bound, "cancel"),
)  # fmt: skip

POLYNOMIAL_FORMS = (*UNIFORM, *TRIANGULAR, *BETA, *ATOMS, *INEQUALITIES)
