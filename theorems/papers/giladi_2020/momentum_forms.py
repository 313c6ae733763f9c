"""Identities behind the momentum thresholds, proved by SymPy; w = exp(i x) and p = exp(2 i tau x) are free symbols.

So they hold for every delay at once. The polynomials are the code's own.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from refutable.theorems.records import ClosedForm


def _view(delay: int) -> Any:
    """The code's formulas on symbols, at one delay."""
    import sympy

    from refutable.theorems.domains.delayed_momentum import DELAYED_MOMENTUM
    from refutable.theorems.ops.symbolic import SymbolicOps
    from refutable.theorems.views import View

    curvature, step_size, m = sympy.symbols("curvature step_size m")
    numbers = {"curvature": curvature, "step_size": step_size, "delay": delay, "momentum": m}
    return View(DELAYED_MOMENTUM, SymbolicOps(), numbers, {})


def _polynomial(delay: int, method: str) -> Any:
    import sympy

    z = sympy.Symbol("z")
    return sum(c * z**i for i, c in enumerate(_view(delay)[method]))


def _stated(delay: int, method: str) -> Any:
    import sympy

    z, m = sympy.symbols("z m")
    a = sympy.Symbol("curvature") * sympy.Symbol("step_size")
    if method == "shifted":
        return (z - 1) * (z ** (delay + 1) - m) + a * z
    if method == "nesterov":
        return (z - 1) * (z - m) * z**delay + a * ((1 + m) * z - m)
    return (z - 1) * (z - m) * z ** (delay - 1) + a if delay else z**2 - (1 + m - a) * z + m


def _angles() -> tuple[Any, Any, Any, Callable[[Any], Any], Callable[[Any], Any]]:
    """w, p, m, and sine and cosine of the angle whose exp(i .) is given."""
    import sympy

    w, p, m = sympy.symbols("w p m")

    def sine(e: Any) -> Any:
        return (e - 1 / e) / (2 * sympy.I)

    def cosine(e: Any) -> Any:
        return (e + 1 / e) / 2

    return w, p, m, sine, cosine


def _on_circle(method: str) -> Any:
    """The gain that makes z = w^2 a root."""
    w, p, m, _, _ = _angles()
    z = w**2
    return -(z - 1) * (z - m) * p / z if method == "heavy_ball" else -(z - 1) * (p * z - m) / z


def _amplitude(method: str) -> Any:
    """2 sin(x) [sin - i cos] of the equation and the threshold."""
    import sympy

    w, p, m, sine, cosine = _angles()
    far, near, sign = (p * w, p / w, -1) if method == "heavy_ball" else (p * w, w, 1)
    real = sine(far) + sign * m * sine(near)
    imaginary = cosine(far) - m * cosine(near)
    return 2 * sine(w) * (real - sympy.I * imaginary)


def _effective(method: str) -> Any:
    """The threshold over 1 - m, with m eliminated by the equation for x."""
    w, p, _, sine, cosine = _angles()
    far, near, sign = (p * w, p / w, -1) if method == "heavy_ball" else (p * w, w, 1)
    m = cosine(far) / cosine(near)
    return 2 * sine(w) * (sine(far) + sign * m * sine(near)) / (1 - m)


def _heavy_ball_effective() -> Any:
    w, p, _, sine, _ = _angles()
    return sine(w**2) / sine(p)


def _shifted_effective() -> Any:
    """2 sin(x) cos((tau+1) x) / sin(tau x), with r = exp(i tau x), p = r^2."""
    import sympy

    w, _, _, sine, cosine = _angles()
    r = sympy.Symbol("r")
    return 2 * sine(w) * cosine(r * w) / sine(r)


def _shifted_effective_from_equation() -> Any:
    import sympy

    r = sympy.Symbol("r")
    return _effective("shifted").subs(sympy.Symbol("p"), r**2)


def _shifted_ratio() -> Any:
    import sympy

    w, _, _, sine, _ = _angles()
    r = sympy.Symbol("r")
    return sine(r * w**2) / sine(r) - 1


def _text(text: str) -> Any:
    import sympy

    return sympy.sympify(text)


def _expanded(text: str) -> Any:
    import sympy

    return sympy.expand(sympy.sympify(text))


def _polynomials(method: str) -> tuple[ClosedForm, ...]:
    return tuple(
        ClosedForm(
            f"polynomial-{method.replace('_', '-')}-{delay}",
            f"the polynomial of {method.replace('_', ' ')} at delay {delay} is the stated one",
            partial(_polynomial, delay, method),
            partial(_stated, delay, method),
            "poly",
        )
        for delay in (0, 1, 4)
    )


HEAVY_BALL = (
    *_polynomials("heavy_ball"),
    *_polynomials("nesterov"),
    ClosedForm(
        "circle",
        "on |z| = 1, z = exp(2ix): -(z-1)(z-m)z^{tau-1} = 2 sin x [s - i c], "
        "s = sin((2tau+1)x) - m sin((2tau-1)x), c = cos((2tau+1)x) - m cos((2tau-1)x)",
        lambda: _on_circle("heavy_ball"),
        lambda: _amplitude("heavy_ball"),
        "cancel",
    ),
    ClosedForm(
        "effective",
        "where c = 0 the threshold over 1 - m is sin(2x) / sin(2 tau x)",
        lambda: _effective("heavy_ball"),
        _heavy_ball_effective,
        "cancel",
    ),
    ClosedForm(
        "delay-two",
        "((1-m)^2 + 4)^(1/2)/2 - (1+m)/2 solves a^2 + (1+m) a = 1 - m",
        lambda: _expanded("((sqrt((1-m)**2+4)-1-m)/2)**2 + (1+m)*(sqrt((1-m)**2+4)-1-m)/2"),
        lambda: _expanded("1-m"),
        "cancel",
    ),
    ClosedForm(
        "tie-at-delay-two",
        "tau = 2, m = 5/12, a = 1/3: the polynomial is (z + 1/3)(z^2 - 7/4 z + 1)",
        lambda: _polynomial(2, "heavy_ball").subs({"m": _text("5/12"), "curvature": 1, "step_size": _text("1/3")}),
        lambda: _expanded("(z + 1/3)*(z**2 - 7*z/4 + 1)"),
        "poly",
    ),
)
SHIFTED = (
    *_polynomials("shifted"),
    ClosedForm(
        "circle",
        "on |z| = 1, z = exp(2ix): -(z-1)(z^{tau+1}-m)/z = 2 sin x [s - i c], "
        "s = sin((2tau+1)x) + m sin x, c = cos((2tau+1)x) - m cos x",
        lambda: _on_circle("shifted"),
        lambda: _amplitude("shifted"),
        "cancel",
    ),
    ClosedForm(
        "effective",
        "where c = 0 the threshold over 1 - m is 2 sin x cos((tau+1)x) / sin(tau x)",
        _shifted_effective_from_equation,
        _shifted_effective,
        "cancel",
    ),
    ClosedForm(
        "effective-as-ratio",
        "and that is sin((tau+2)x) / sin(tau x) - 1",
        _shifted_effective,
        _shifted_ratio,
        "cancel",
    ),
    ClosedForm(
        "tie-at-delay-two",
        "tau = 2, m = 5/16, a = 33/64: the polynomial is (z^2 + 3/4 z + 5/16)(z^2 - 7/4 z + 1)",
        lambda: _polynomial(2, "shifted").subs({"m": _text("5/16"), "curvature": 1, "step_size": _text("33/64")}),
        lambda: _expanded("(z**2 + 3*z/4 + 5/16)*(z**2 - 7*z/4 + 1)"),
        "poly",
    ),
)
