"""The threshold in closed form, proved by SymPy."""

from __future__ import annotations

from typing import Any

from refutable.theorems.records import ClosedForm


def _threshold(delay: int) -> Any:
    import sympy

    return sympy.Integer(2) * sympy.sin(sympy.pi / (4 * delay + 2))


def _value(text: str) -> Any:
    import sympy

    return sympy.sympify(text)


def _modulus_at_pi_third() -> Any:
    """z^2 - z + 1 at z = exp(i pi/3), expanded."""
    import sympy

    z = sympy.Rational(1, 2) + sympy.I * sympy.sqrt(3) / 2
    return sympy.expand(z**2 - z + 1)


def _golden_minimal() -> Any:
    """(a^2 + a - 1) at a = (sqrt 5 - 1)/2, expanded: the threshold at tau = 2 is the golden ratio less 1."""
    import sympy

    a = (sympy.sqrt(5) - 1) / 2
    return sympy.expand(a**2 + a - 1)


def _modulus(real: bool) -> Any:
    """Real or imaginary part of (z^tau - z^{tau+1}) exp(-i (tau + 1/2) theta) on the circle."""
    import sympy

    theta, tau = sympy.symbols("theta tau", real=True)
    angle = (tau + sympy.Rational(1, 2)) * theta
    part = sympy.cos if real else sympy.sin
    return part(sympy.expand(tau * theta - angle)) - part(sympy.expand((tau + 1) * theta - angle))


def _half_angle(real: bool) -> Any:
    import sympy

    theta = sympy.Symbol("theta", real=True)
    return sympy.Integer(0) if real else -2 * sympy.sin(theta / 2)


CLOSED_FORMS = (
    ClosedForm("no-delay", "tau = 0: the threshold is 2", lambda: _threshold(0), lambda: _value("2"), "cancel"),
    ClosedForm("delay-one", "tau = 1: the threshold is 1", lambda: _threshold(1), lambda: _value("1"), "cancel"),
    ClosedForm(
        "delay-two",
        "tau = 2: the threshold is (sqrt 5 - 1)/2",
        lambda: _threshold(2),
        lambda: _value("(sqrt(5) - 1)/2"),
        "cancel",
    ),
    ClosedForm(
        "delay-one-root",
        "tau = 1, a = 1: exp(i pi/3) is a root",
        _modulus_at_pi_third,
        lambda: _value("0"),
        "cancel",
    ),
    ClosedForm("golden", "a^2 + a = 1 at (sqrt 5 - 1)/2", _golden_minimal, lambda: _value("0"), "cancel"),
    ClosedForm(
        "circle-real",
        "on |z| = 1: z^tau - z^{tau+1} = -2i sin(theta/2) exp(i (tau+1/2) theta), real part",
        lambda: _modulus(True),
        lambda: _half_angle(True),
        "cancel",
    ),
    ClosedForm(
        "circle-imaginary",
        "on |z| = 1: z^tau - z^{tau+1} = -2i sin(theta/2) exp(i (tau+1/2) theta), imaginary part",
        lambda: _modulus(False),
        lambda: _half_angle(False),
        "cancel",
    ),
)
