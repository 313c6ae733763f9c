"""Proofs for the Gaussian, Laplace and exponential laws and for the unit ball."""

from __future__ import annotations

from typing import Any

from refutable.theorems.papers.weight_closed_forms import formulas as f
from refutable.theorems.papers.weight_closed_forms.form_builders import OPS, integral, positive, real, square
from refutable.theorems.records import ClosedForm


def normal_density(s: Any) -> Any:
    """e^(-s^2/2)/sqrt(2 pi)."""
    import sympy

    return sympy.exp(-s * s / 2) / sympy.sqrt(2 * sympy.pi)


def normal_distribution(z: Any) -> Any:
    """(1 + erf(z/sqrt 2))/2."""
    import sympy

    return (1 + sympy.erf(z / sympy.sqrt(2))) / 2


def _below(variable: str) -> Any:
    import sympy

    return -sympy.oo, real(variable)


def _gaussian_left() -> tuple[Any, Any, Any]:
    mu, s, z, cdf, pdf = _gaussian_symbols()
    moment = mu * cdf - s * pdf
    return cdf, moment, (mu + s * z) * cdf - moment


def _gaussian_symbols() -> tuple[Any, ...]:
    mu, z, cdf, pdf = real("mu z Phi phi")
    return mu, positive("s"), z, cdf, pdf


def _gaussian_right() -> tuple[Any, Any, Any]:
    mu, s, z, upper, pdf = _gaussian_symbols()
    moment = mu * upper + s * pdf
    return upper, moment, moment - (mu + s * z) * upper


GAUSSIAN = (
    integral("gaussian-mass", "Phi is the integral of the standard density",
             lambda: normal_distribution(real("z")), normal_density, lambda: _below("z"), variable="z"),
    integral("gaussian-moment", "E[Z; Z < z] = -phi(z)", lambda: -normal_density(real("z")),
             lambda s: s * normal_density(s), lambda: _below("z"), variable="z"),
    square("gaussian-left", lambda: f.gaussian_left(OPS, *_gaussian_symbols()), _gaussian_left),
    square("gaussian-right", lambda: f.gaussian_right(OPS, *_gaussian_symbols()), _gaussian_right),
)  # fmt: skip


def exponential_density(rate: Any, s: Any) -> Any:
    """rate e^(-rate s)."""
    import sympy

    return rate * sympy.exp(-rate * s)


def _laplace_outer() -> tuple[Any, Any, Any]:
    import sympy

    b, x = positive("b x")
    mass = sympy.exp(-x / b) / 2
    return mass, (x + b) * mass, b * mass


def _laplace_inner() -> tuple[Any, Any, Any]:
    import sympy

    b, u = positive("b u")
    e = sympy.exp(-u / b) / 2
    mass, moment = 1 - e, (u + b) * e
    return mass, moment, moment + u * mass


def _beyond(variable: str) -> Any:
    import sympy

    return positive(variable), sympy.oo


def _half(s: Any, power: int) -> Any:
    return s**power * exponential_density(1 / positive("b"), s) / 2


LAPLACE = (
    integral("laplace-outer-mass", "P(X > x), x >= 0", lambda: _laplace_outer()[0], lambda s: _half(s, 0),
             lambda: _beyond("x")),
    integral("laplace-outer-moment", "E[X; X > x], x >= 0", lambda: _laplace_outer()[1], lambda s: _half(s, 1),
             lambda: _beyond("x")),
    integral("laplace-inner-mass", "P(X > -u), u > 0", lambda: _laplace_inner()[0], lambda s: _half(s, 0),
             lambda: (0, positive("u")), lambda: _laplace_outer()[0].subs(positive("x"), 0), "u"),
    integral("laplace-inner-moment", "E[X; X > -u], u > 0", lambda: _laplace_inner()[1], lambda s: -_half(s, 1),
             lambda: (0, positive("u")), lambda: _laplace_outer()[1].subs(positive("x"), 0), "u"),
    square("laplace-outer", lambda: f.laplace_outer(OPS, *positive("b x")), _laplace_outer),
    square("laplace-inner", lambda: f.laplace_inner(OPS, *positive("b u")), _laplace_inner),
)  # fmt: skip


def _exponential_left() -> tuple[Any, Any, Any]:
    import sympy

    rate, x = positive("lambda x")
    e = sympy.exp(-rate * x)
    mass, moment = 1 - e, 1 / rate - (x + 1 / rate) * e
    return mass, moment, x * mass - moment


def _exponential_right() -> tuple[Any, Any, Any]:
    import sympy

    rate, x = positive("lambda x")
    e = sympy.exp(-rate * x)
    return e, (x + 1 / rate) * e, e / rate


def _weighted(s: Any, power: int) -> Any:
    return s**power * exponential_density(positive("lambda"), s)


EXPONENTIAL = (
    integral("exponential-mass", "P(X < x)", lambda: _exponential_left()[0], lambda s: _weighted(s, 0),
             lambda: (0, positive("x"))),
    integral("exponential-moment", "E[X; X < x]", lambda: _exponential_left()[1], lambda s: _weighted(s, 1),
             lambda: (0, positive("x"))),
    integral("exponential-mass-right", "P(X > x)", lambda: _exponential_right()[0], lambda s: _weighted(s, 0),
             lambda: _beyond("x")),
    integral("exponential-moment-right", "E[X; X > x]", lambda: _exponential_right()[1],
             lambda s: _weighted(s, 1), lambda: _beyond("x")),
    square("exponential-left", lambda: f.exponential_left(OPS, *positive("lambda x")), _exponential_left),
    square("exponential-right", lambda: f.exponential_right(OPS, *positive("lambda x")), _exponential_right),
)  # fmt: skip


def ball_density(d: int, s: Any) -> Any:
    """(1 - s^2)^((d-1)/2), not normalised."""
    import sympy

    return (1 - s * s) ** sympy.Rational(d - 1, 2)


def ball_start(d: int, x: Any) -> Any:
    """Start of the recurrence: 1 - x for odd d, arccos x for even d."""
    import sympy

    return 1 - x if d % 2 else sympy.acos(x)


def ball_constant(d: Any) -> Any:
    """Gamma(d/2 + 1)/(sqrt(pi) Gamma((d+1)/2))."""
    import sympy

    return sympy.gamma(sympy.S(d) / 2 + 1) / (sympy.sqrt(sympy.pi) * sympy.gamma((sympy.S(d) + 1) / 2))


def _ball_mass(d: int) -> ClosedForm:
    return integral(
        f"ball-{d}-integral", "the recurrence gives the integral of (1 - s^2)^((d-1)/2) from x to 1",
        lambda: f.ball_integral(OPS, d, real("x"), ball_start(d, real("x"))),
        lambda s: ball_density(d, s), lambda: (real("x"), 1),
    )  # fmt: skip


def _ball_total(d: int) -> ClosedForm:
    def total() -> Any:
        import sympy

        s = sympy.Symbol("s", real=True)
        return ball_constant(d) * 2 * sympy.Integral(ball_density(d, s), (s, 0, 1))

    def one() -> Any:
        import sympy

        return sympy.Integer(1)

    return ClosedForm(f"ball-{d}-constant", f"the density has total mass 1 for d = {d}", total, one, "cancel")


def _recurrence(left: bool) -> Any:
    """Derivatives of both sides of (2n + 1) J_n = 2n J_{n-1} - x (1 - x^2)^n, with J_n' = -(1 - x^2)^n."""
    import sympy

    n, x = positive("n x")
    q = 1 - x * x
    if left:
        return -(2 * n + 1) * q**n
    return -2 * n * q ** (n - 1) - sympy.diff(x * q**n, x)


def _moment_slope(left: bool) -> Any:
    """Derivative of (1 - x^2)^((d+1)/2)/(d+1), or -x times the density."""
    import sympy

    d, x = positive("d x")
    q = 1 - x * x
    if left:
        return sympy.diff(q ** ((d + 1) / 2) / (d + 1), x)
    return -x * q ** ((d - 1) / 2)


def _constant_step(left: bool) -> Any:
    d = positive("d")
    return ball_constant(d + 2) if left else ball_constant(d) * (d + 2) / (d + 1)


def _ball_moments(d: int) -> tuple[Any, Any, Any]:
    c, x = real("c x")
    mass, moment = f.ball_mass(OPS, d, c, x, ball_start(d, x))
    return mass, moment, moment - x * mass


def _ball_square(d: int) -> ClosedForm:
    def printed() -> Any:
        c, x = real("c x")
        return f.ball_right(OPS, d, c, x, ball_start(d, x))

    return square(f"ball-{d}", printed, lambda: _ball_moments(d))


BALL = (
    *(_ball_mass(d) for d in (1, 2, 3, 4, 5)),
    *(_ball_total(d) for d in (1, 2)),
    ClosedForm("ball-constant-step", "c(d + 2) = c(d) (d + 2)/(d + 1), any d > 0: with the recurrence at x = -1 "
               "the density of every dimension has total mass 1", lambda: _constant_step(True),
               lambda: _constant_step(False), "cancel"),
    ClosedForm("ball-recurrence", "(2n + 1) J_n = 2n J_{n-1} - x (1 - x^2)^n, any n: equal derivatives, both 0 at "
               "x = 1", lambda: _recurrence(True), lambda: _recurrence(False), "cancel"),
    ClosedForm("ball-moment", "E[X; X > x] = c (1 - x^2)^((d+1)/2)/(d+1), any d: equal derivatives, both 0 at x = 1",
               lambda: _moment_slope(True), lambda: _moment_slope(False), "cancel"),
    *(_ball_square(d) for d in (2, 3)),
)  # fmt: skip

TRANSCENDENTAL_FORMS = (*GAUSSIAN, *LAPLACE, *EXPONENTIAL, *BALL)
