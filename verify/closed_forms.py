"""Prove the closed forms of a record with SymPy, or check them in balls at rational points.

``cancel``, ``derivative`` and ``poly`` prove an identity by rational arithmetic on expressions; ``balls`` encloses
both sides, integrals by certified quadrature, and is evidence at the points named, never a proof.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING, Any

from flint import acb, arb, fmpq

from refutable.theorems.exact import working_precision
from refutable.theorems.records import ClosedForm

if TYPE_CHECKING:
    import sympy

AGREE_BITS = 200
WORKING_BITS = 320
MAX_BITS = 2048


class EvaluationError(ValueError):
    """An expression that balls cannot evaluate; the message names the part and what is allowed."""


@dataclass(frozen=True)
class ClosedFormResult:
    """What became of one closed form.

    Attributes:
        proved: the identity was proved; for ``balls``: it agreed at every point.
        method: how it was tried.
        detail: what remained, or how far the agreement went.
    """

    id: str
    proved: bool
    method: str
    detail: str


def prove(form: ClosedForm) -> ClosedFormResult:
    """Prove ``form`` by its own method. Never raises for a false or unprovable identity: the detail says why."""
    try:
        proved, detail = _METHODS[form.method](form)
    except (ValueError, ArithmeticError, TypeError, NotImplementedError) as error:
        proved, detail = False, f"{type(error).__name__}: {error}"
    return ClosedFormResult(form.id, proved, form.method, detail)


def _by_cancel(form: ClosedForm) -> tuple[bool, str]:
    difference = form.left() - form.right()
    return _judge(difference.doit(), "the difference cancels to 0", "the difference does not cancel")


def _by_derivative(form: ClosedForm) -> tuple[bool, str]:
    import sympy

    if form.point is None:
        return False, "the method derivative needs a point at which both sides are compared"
    difference = form.left() - form.right()
    named = [s for s in difference.free_symbols if s.name == form.variable]
    if len(named) != 1:
        return False, f"no symbol is called {form.variable!r}; name the variable of differentiation"
    slope_vanishes, detail = _judge(sympy.diff(difference, named[0]), "", "the derivatives differ by")
    if not slope_vanishes:
        return False, detail
    at = difference.subs(named[0], sympy.Rational(int(form.point.p), int(form.point.q))).doit()
    at_point = f"{form.variable} = {form.point.str()}"
    success = f"equal derivatives, equal at {at_point}: equal on the interval around it where both are differentiable"
    return _judge(at, success, f"equal derivatives, but at {form.point.str()} the sides differ by")


def _by_poly(form: ClosedForm) -> tuple[bool, str]:
    import sympy

    difference = sympy.expand(form.left() - form.right())
    if not difference.is_polynomial():
        return False, f"not a polynomial: {_short(difference)}"
    return bool(difference == 0), "equal polynomials" if difference == 0 else f"differ by {_short(difference)}"


def _judge(difference: sympy.Expr, success: str, failure: str) -> tuple[bool, str]:
    rest = reduced(difference)
    return (True, success) if rest == 0 else (False, f"{failure}: {_short(rest)}")


def _short(expression: Any) -> str:
    shown = str(expression)
    return shown if len(shown) <= 160 else shown[:157] + "..."


def reduced(expression: sympy.Expr) -> sympy.Expr:
    """The expression reduced to the numerator of a rational function; 0 proves that it vanishes identically.

    Radicals are replaced by symbols r with r^q = base, other functions are taken as independent: a zero is a
    proof, anything else is not a disproof.

    Raises:
        ArithmeticError: the expression is infinite or undefined.
    """
    import sympy

    if expression.has(sympy.nan, sympy.zoo, sympy.oo, -sympy.oo):
        raise ArithmeticError(f"undefined at a point or divergent: {_short(expression)}")
    if expression.has(sympy.gamma):
        expression = sympy.gammasimp(expression)
    expression = sympy.expand_func(expression).replace(_is_power_of_sum, _split_power)
    expression, equations = _without_radicals(expression)
    numerator, denominator = (
        _remainder(part, equations) for part in sympy.fraction(sympy.cancel(sympy.together(expression)))
    )
    if denominator == 0:
        raise ArithmeticError(f"a denominator vanishes identically in {_short(expression)}")
    return numerator


def _without_radicals(expression: Any) -> tuple[Any, list[tuple[Any, Any]]]:
    """The expression with symbols r for radicals, and the pairs (r, polynomial in r that is 0)."""
    import sympy

    equations: list[tuple[Any, Any]] = []
    # From the outside in: the radicand of an outer radical may hold inner ones.
    while (radical := _some_radical(expression)) is not None:
        base, order = radical.base, int(radical.exp.q)
        root = sympy.Dummy("r", positive=True)
        expression, *zeros = (
            e.replace(_is_power_of(base, order), _as_power_of(root, order))
            for e in (expression, *(zero for _, zero in equations))
        )
        equations = [(r, zero) for (r, _), zero in zip(equations, zeros, strict=True)]
        equations.append((root, root**order - base))
    return expression, equations


def _remainder(part: Any, equations: list[tuple[Any, Any]]) -> Any:
    import sympy

    for root, zero in equations:
        part = sympy.rem(part, zero, root)
        part = sympy.fraction(sympy.cancel(sympy.together(part)))[0]
    return part


def _is_power_of_sum(e: Any) -> bool:
    return bool(e.is_Pow and e.exp.is_Add and not e.exp.is_number)


def _split_power(e: Any) -> Any:
    """b^(n + 1) as b^n b: symbolic powers then share a generator."""
    import sympy

    return sympy.Mul(*(sympy.Pow(e.base, term, evaluate=False) for term in e.exp.args))


def _is_radical(e: Any) -> bool:
    return bool(e.is_Pow and e.exp.is_Rational and not e.exp.is_Integer)


def _some_radical(expression: sympy.Expr) -> Any:
    import sympy

    found = sorted((e for e in expression.atoms(sympy.Pow) if _is_radical(e)), key=sympy.default_sort_key)
    return max(found, key=lambda e: e.count_ops(), default=None)


def _is_power_of(base: Any, order: int) -> Callable[[Any], bool]:
    return lambda e: _is_radical(e) and e.base == base and order % int(e.exp.q) == 0


def _as_power_of(root: Any, order: int) -> Callable[[Any], Any]:
    return lambda e: root ** (e.exp * order)


def _by_balls(form: ClosedForm) -> tuple[bool, str]:
    if not form.points:
        return False, "the method balls needs points"
    left, right = form.left(), form.right()
    for point in form.points:
        where = ", ".join(f"{name} = {q.str()}" for name, q in point.items())
        agrees, detail = _agree_at(left, right, point)
        if not agrees:
            return False, f"at {where}: {detail}"
    return True, f"agree to {AGREE_BITS} bits at {len(form.points)} points"


def _agree_at(left: Any, right: Any, point: Mapping[str, fmpq]) -> tuple[bool, str]:
    bits = WORKING_BITS
    while bits <= MAX_BITS:
        a, b = evaluate(left, point, bits), evaluate(right, point, bits)
        if not a.overlaps(b):
            return False, f"{a.str(15)} differs from {b.str(15)}"
        if all(x.is_finite() and x.rad() < arb(2) ** -AGREE_BITS for x in (a, b)):
            return True, ""
        bits *= 2
    return False, f"enclosures stay wide: {a.str(15)}, {b.str(15)}"


def evaluate(expression: Any, point: Mapping[str, fmpq], bits: int = WORKING_BITS) -> arb:
    """Enclosure of a SymPy expression at a point.

    Args:
        point: rational values by symbol name.
        bits: working precision.

    Raises:
        EvaluationError: a symbol without a value, a floating-point number, or a function not known here.
    """
    import sympy

    with working_precision(bits):
        values = {name: arb(q) for name, q in point.items()}
        enclosure: arb = _Evaluation(values)(sympy.sympify(expression))
        return enclosure


_REAL_ONLY: Mapping[str, Callable[[arb], arb]] = {
    "asin": arb.asin, "acos": arb.acos, "atan": arb.atan, "Abs": abs, "asinh": arb.asinh, "erfc": arb.erfc,
}  # fmt: skip
_FUNCTIONS: Mapping[str, tuple[Callable[[arb], arb], Callable[[acb], acb]]] = {
    "exp": (arb.exp, acb.exp),
    "sin": (arb.sin, acb.sin),
    "cos": (arb.cos, acb.cos),
    "tan": (arb.tan, acb.tan),
    "sinh": (arb.sinh, acb.sinh),
    "cosh": (arb.cosh, acb.cosh),
    "erf": (arb.erf, acb.erf),
    "gamma": (arb.gamma, acb.gamma),
}


class _Evaluation:
    """One pass over an expression tree, in real balls, or in complex ones under an integral sign.

    ``analytic``: the integrand must be analytic on the ball: branch cuts give an infinite enclosure.
    """

    def __init__(self, values: Mapping[str, Any], complex: bool = False, analytic: bool = False) -> None:
        self.values, self.complex, self.analytic = values, complex, analytic

    def __call__(self, node: Any) -> Any:
        """Enclosure of a node."""
        if node.is_Rational:
            return self._number(arb(fmpq(int(node.p), int(node.q))))
        handler = getattr(self, f"_{type(node).__name__.lower()}", None)
        if handler is not None:
            return handler(node)
        return self._function(node)

    def _number(self, x: arb) -> Any:
        return acb(x) if self.complex else x

    def _symbol(self, node: Any) -> Any:
        if node.name not in self.values:
            known = ", ".join(self.values) or "none"
            raise EvaluationError(f"the symbol {node.name} has no value at this point; given: {known}")
        value = self.values[node.name]
        return acb(value) if self.complex and isinstance(value, arb) else value

    _dummy = _symbol

    def _pi(self, node: Any) -> Any:
        return self._number(arb.pi())

    def _exp1(self, node: Any) -> Any:
        return self._number(arb(1).exp())

    def _add(self, node: Any) -> Any:
        return reduce(lambda a, b: a + b, map(self, node.args))

    def _mul(self, node: Any) -> Any:
        return reduce(lambda a, b: a * b, map(self, node.args))

    def _min(self, node: Any) -> Any:
        self._refuse_complex(node)
        return reduce(arb.min, map(self, node.args))

    def _max(self, node: Any) -> Any:
        self._refuse_complex(node)
        return reduce(arb.max, map(self, node.args))

    def _pow(self, node: Any) -> Any:
        base = self(node.base)
        if node.exp.is_Integer:
            return base ** int(node.exp)
        if node.exp.is_Rational and node.exp.q == 2:
            return self._root(base) ** int(node.exp.p)
        return (self._logarithm(base) * self(node.exp)).exp()

    def _root(self, ball: Any) -> Any:
        return ball.sqrt(self.analytic) if self.complex else ball.sqrt()

    def _logarithm(self, ball: Any) -> Any:
        return ball.log(self.analytic) if self.complex else ball.log()

    def _log(self, node: Any) -> Any:
        return self._logarithm(self(node.args[0]))

    def _integral(self, node: Any) -> Any:
        self._refuse_complex(node)
        if len(node.limits) != 1 or len(node.limits[0]) != 3:
            raise EvaluationError(f"only single definite integrals are evaluated, not {_short(node)}")
        variable, low, high = node.limits[0]
        if low.is_infinite or high.is_infinite:
            raise EvaluationError(f"split the infinite range of {_short(node)} by hand")

        def integrand(z: acb, analytic: bool) -> acb:
            inner = _Evaluation({**self.values, variable.name: z}, complex=True, analytic=analytic)
            value: acb = inner(node.function)
            return value

        return acb.integral(integrand, acb(self(low)), acb(self(high))).real

    def _function(self, node: Any) -> Any:
        name = type(node).__name__
        if name in _FUNCTIONS and len(node.args) == 1:
            return _FUNCTIONS[name][self.complex](self(node.args[0]))
        if name in _REAL_ONLY:
            self._refuse_complex(node)
            return _REAL_ONLY[name](self(node.args[0]))
        allowed = ", ".join(sorted((*_FUNCTIONS, *_REAL_ONLY, "log", "sqrt", "Min", "Max", "Integral")))
        raise EvaluationError(f"{name} in {_short(node)} has no enclosure here; allowed: {allowed}")

    def _refuse_complex(self, node: Any) -> None:
        if self.complex:
            raise EvaluationError(f"{_short(node)} is not analytic: it cannot stand under an integral sign")


_METHODS: Mapping[str, Callable[[ClosedForm], tuple[bool, str]]] = {
    "cancel": _by_cancel,
    "derivative": _by_derivative,
    "poly": _by_poly,
    "balls": _by_balls,
}
