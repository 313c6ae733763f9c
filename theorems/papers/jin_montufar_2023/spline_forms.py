"""The kernel of infinitely many knots, on symbols."""

from __future__ import annotations

from typing import Any

from refutable.theorems.records import ClosedForm


def _symbols() -> Any:
    import sympy

    return sympy.symbols("m M t x", positive=True)


def _integral() -> Any:
    """int_0^m (M - t)(m - t) dt."""
    import sympy

    m, large, t, _ = _symbols()
    return sympy.integrate(sympy.expand((large - t) * (m - t)), (t, 0, m))


def _kernel(m: Any, large: Any) -> Any:
    return large * m**2 / 2 - m**3 / 6


def _closed() -> Any:
    m, large, _, _ = _symbols()
    return _kernel(m, large)


def _second_derivative(below: bool) -> Any:
    """Of the kernel in its first argument x: below x' it is x' - x, above it 0."""
    import sympy

    m, large, _, x = _symbols()
    kernel = _kernel(x, large) if below else _kernel(m, x)
    return sympy.diff(kernel, x, 2)


def _gap(below: bool) -> Any:
    import sympy

    _, large, _, x = _symbols()
    return large - x if below else sympy.Integer(0)


def _energy(left: bool) -> Any:
    """int_0^m K_xx(t, m) K_xx(t, M) dt = K(m, M): the kernel reproduces itself under int f'' g''."""
    import sympy

    m, large, t, _ = _symbols()
    if not left:
        return _kernel(m, large)
    second = sympy.diff(_kernel(t, large), t, 2) * sympy.diff(_kernel(t, m), t, 2)
    return sympy.integrate(sympy.expand(second), (t, 0, m))


CLOSED_FORMS = (
    ClosedForm("cubic-kernel", "int_0^m (M - t)(m - t) dt = M m^2/2 - m^3/6 for m <= M", _integral, _closed, "poly"),
    ClosedForm(
        "kernel-bends-like-a-tent",
        "below x' the kernel's second derivative in x is x' - x: linear, so that interpolants are cubic",
        lambda: _second_derivative(True),
        lambda: _gap(True),
        "poly",
    ),
    ClosedForm(
        "kernel-straight-beyond",
        "above x' the kernel is linear in x",
        lambda: _second_derivative(False),
        lambda: _gap(False),
        "poly",
    ),
    ClosedForm(
        "kernel-reproduces",
        "int K''(., m) K''(., M) = K(m, M): the norm of its space is int f''^2",
        lambda: _energy(True),
        lambda: _energy(False),
        "poly",
    ),
)
