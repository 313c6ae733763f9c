"""How an identity about a law becomes closed forms: masses and moments as integrals, weights as squares."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flint import fmpq

from refutable.theorems.domains.distribution.domain import weight_of_side
from refutable.theorems.domains.distribution.moments import Moments
from refutable.theorems.ops.symbolic import SymbolicOps
from refutable.theorems.records import ClosedForm

OPS = SymbolicOps()


def positive(names: str) -> Any:
    """Positive symbols, as ``sympy.symbols`` names them."""
    import sympy

    return sympy.symbols(names, positive=True)


def real(names: str) -> Any:
    """Real symbols, as ``sympy.symbols`` names them."""
    import sympy

    return sympy.symbols(names, real=True)


def line(mass: Any, moment: Any, excess: Any) -> Any:
    """The weight by the line of code that serves networks on data, run on symbols."""
    return weight_of_side(OPS, Moments(mass, moment, excess))


def square(id: str, printed: Callable[[], Any], moments: Callable[[], tuple[Any, Any, Any]]) -> ClosedForm:
    """The square of a printed weight is that of the code's line on the law's moments; both sides are >= 0."""
    return ClosedForm(
        f"{id}-weight",
        f"{id}: the printed weight is the general law at F = P(A), M = E[X; A] (squares compared, both >= 0)",
        lambda: printed() ** 2,
        lambda: line(*moments()) ** 2,
        "cancel",
    )


def integral(
    id: str,
    statement: str,
    printed: Callable[[], Any],
    density: Callable[[Any], Any],
    limits: Callable[[], tuple[Any, Any]],
    offset: Callable[[], Any] = lambda: 0,
    variable: str = "x",
    point: fmpq | int = 0,
) -> ClosedForm:
    """printed = offset + the integral of ``density`` between ``limits``, by derivative and one point."""

    def right() -> Any:
        import sympy

        s = sympy.Symbol("s", real=True)
        return offset() + sympy.Integral(density(s), (s, *limits()))

    return ClosedForm(id, f"{id}: {statement}", printed, right, "derivative", variable, fmpq(point))
