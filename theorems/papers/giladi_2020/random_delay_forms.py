"""Identities behind the first crossing, proved by SymPy on the code's own polynomials."""

from __future__ import annotations

from typing import Any

from refutable.theorems.records import ClosedForm


def _polynomial(probabilities: tuple[Any, ...], gain: Any) -> Any:
    """The code's characteristic polynomial in z."""
    import sympy

    from refutable.theorems.domains.random_delay import RANDOM_DELAY
    from refutable.theorems.ops.symbolic import SymbolicOps
    from refutable.theorems.views import View

    numbers = {"probabilities": probabilities, "curvature": sympy.Integer(1), "step_size": gain}
    coefficients = View(RANDOM_DELAY, SymbolicOps(), numbers, {})["characteristic"]
    z = sympy.Symbol("z")
    return sum(c * z**i for i, c in enumerate(coefficients))


def _law(*parts: int) -> tuple[Any, ...]:
    import sympy

    return tuple(sympy.Rational(part, sum(parts)) for part in parts)


def _plain(parts: tuple[int, ...], gain: str) -> Any:
    import sympy

    return _polynomial(_law(*parts), sympy.Rational(gain))


def _text(text: str) -> Any:
    import sympy

    return sympy.expand(sympy.sympify(text))


def _on_circle() -> Any:
    """The polynomial of three delays at z = w^2, times w^-5."""
    import sympy

    w, a = sympy.symbols("w a")
    return _polynomial(sympy.symbols("q0:3"), a).subs(sympy.Symbol("z"), w**2) / w**5


def _sines_and_cosines() -> Any:
    """2 i sin(x) + a E [cos((2k+1) x) - i sin((2k+1) x)], w = exp(i x)."""
    import sympy

    w, a = sympy.symbols("w a")
    law = sympy.symbols("q0:3")
    return w - 1 / w + a * sum(q * w ** -(2 * k + 1) for k, q in enumerate(law))


def _multiple(sine: bool) -> Any:
    """cos(9 x) / cos(x), or sin(9 x) / sin(x), as a polynomial in u = cos(x)^2: the code's."""
    import sympy

    from refutable.theorems.exact.polynomials import cosine_multiples, sine_multiples

    u = sympy.Symbol("u")
    table = sine_multiples(4) if sine else cosine_multiples(4)
    return sum(sympy.Rational(str(c)) * u**i for i, c in enumerate(table[4].coeffs()))


def _chebyshev(sine: bool) -> Any:
    import sympy

    c, u = sympy.symbols("c u")
    if sine:
        return sympy.expand(sympy.chebyshevu(8, c)).subs(c, sympy.sqrt(u))
    return sympy.expand(sympy.chebyshevt(9, c) / c).subs(c, sympy.sqrt(u))


CLOSED_FORMS = (
    ClosedForm(
        "circle",
        "at z = exp(2ix), divided by exp((2T+1) i x), the polynomial is 2i sin x + a E exp(-(2k+1) i x)",
        _on_circle,
        _sines_and_cosines,
        "cancel",
    ),
    ClosedForm(
        "cosine-multiple", "cos(9x) = cos(x) C_4(cos(x)^2)", lambda: _multiple(False), lambda: _chebyshev(False), "poly"
    ),
    ClosedForm(
        "sine-multiple", "sin(9x) = sin(x) S_4(cos(x)^2)", lambda: _multiple(True), lambda: _chebyshev(True), "poly"
    ),
    ClosedForm(
        "uniform-on-three",
        "delays 0, 1, 2, a = 3/2: the polynomial is (z + 1/2)(z^2 - z + 1)",
        lambda: _plain((1, 1, 1), "3/2"),
        lambda: _text("(z + 1/2)*(z**2 - z + 1)"),
        "poly",
    ),
    ClosedForm(
        "zero-or-two",
        "delays 0 or 2, a = 2: the polynomial is (z + 1)(z^2 - z + 1)",
        lambda: _plain((1, 0, 1), "2"),
        lambda: _text("(z + 1)*(z**2 - z + 1)"),
        "poly",
    ),
    ClosedForm(
        "rare-delay",
        "delay 1 in one step of ten, a = 5/2: the polynomial is (z + 1)(z + 1/4)",
        lambda: _plain((9, 1), "5/2"),
        lambda: _text("(z + 1)*(z + 1/4)"),
        "poly",
    ),
)
