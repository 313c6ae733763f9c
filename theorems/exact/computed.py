"""Numbers defined by balls of any precision, and elementary functions that stay exact where they can."""

from collections.abc import Callable, Hashable
from hashlib import sha256
from math import factorial

from flint import arb, fmpq

from refutable.theorems.exact.precision import working_precision
from refutable.theorems.exact.rationals import root_exact, text
from refutable.theorems.exact.reals import Number, Real, as_real, same_name, sign
from refutable.theorems.exact.surd import Surd

__all__ = [
    "PI",
    "Computed",
    "absolute",
    "agreement",
    "asinh",
    "combined",
    "cos",
    "cos_pi",
    "exp",
    "gamma_rational",
    "log",
    "normal_cdf",
    "normal_pdf",
    "pi",
    "power",
    "sin",
    "sin_pi",
    "sinh",
    "sqrt",
]


class Computed(Real):
    """A number given by a procedure that encloses it at any working precision.

    Two computed numbers are known to be equal only when they carry equal keys; otherwise a comparison of
    equal numbers stays undecided.
    """

    def __init__(self, evaluate: Callable[[int], arb], key: Hashable | None = None) -> None:
        """A computed number.

        Args:
            evaluate: called with a number of bits, inside that working precision; returns a ball that
                contains the number and narrows as the bits grow.
            key: a name of the number: equal keys must mean equal numbers.
        """
        self._evaluate = evaluate
        self._balls: dict[int, arb] = {}
        self._opposite: Computed | None = None
        self._name = key

    @property
    def key(self) -> Hashable | None:
        """The name given."""
        return self._name

    def approximate(self, bits: int) -> arb:
        """A ball from one evaluation at a working precision of `bits`."""
        if bits not in self._balls:
            with working_precision(bits):
                self._balls[bits] = self._evaluate(bits)
        return self._balls[bits]

    def tie(self, other: Real) -> bool | None:
        """True for equal keys; otherwise it cannot say."""
        return True if self is other or same_name(self, other) else None

    def _negative(self) -> Real:
        if self._opposite is None:
            self._opposite = Computed(lambda bits: -self.approximate(bits), _key("-", self))
            self._opposite._opposite = self
        return self._opposite

    def _plus(self, other: Real) -> Real | None:
        if isinstance(other, Computed):
            return Surd() if other.tie(-self) else None
        return self if other.exact() == 0 else None

    def _times(self, other: Real) -> Real | None:
        q = None if isinstance(other, Computed) else other.exact()
        if q == 0:
            return Surd()
        return self if q == 1 else None

    def __repr__(self) -> str:
        return f"Computed({self.ball(64).str(12)})"


def _key(name: str, *arguments: Real) -> Hashable | None:
    """The name of a function value: a digest, so that deep expressions keep short keys."""
    if any(argument.key is None for argument in arguments):
        return None
    digest = sha256("\n".join(_written(argument.key) for argument in arguments).encode()).hexdigest()
    return (name, digest)


def _written(key: Hashable) -> str:
    """A key as text. Rationals and integers in hexadecimal: Python refuses to write more than 4300 decimal digits."""
    if isinstance(key, fmpq):
        return f"fmpq({int(key.p):#x}, {int(key.q):#x})"
    if isinstance(key, int):
        return f"{key:#x}"
    if isinstance(key, tuple):
        return f"({', '.join(map(_written, key))})"
    return repr(key)


_OPERATIONS: dict[str, Callable[[arb, arb], arb]] = {
    "+": lambda a, b: a + b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
}


def combined(operation: str, left: Real, right: Real) -> Computed:
    """The sum, product or quotient ("+", "*", "/") of two numbers as a computed one."""
    apply = _OPERATIONS[operation]
    if operation != "/" and _written(left.key) > _written(right.key):
        left, right = right, left
    return Computed(lambda bits: apply(left.approximate(bits), right.approximate(bits)), _key(operation, left, right))


def _function(name: str, x: Number, apply: Callable[[arb], arb]) -> Computed:
    argument = as_real(x)
    return Computed(lambda bits: apply(argument.approximate(bits)), _key(name, argument))


def _is_exactly(x: Number, value: int) -> bool:
    return as_real(x).exact() == value


def exp(x: Number) -> Number:
    """e^x; exactly 1 at 0."""
    return fmpq(1) if _is_exactly(x, 0) else _function("exp", x, arb.exp)


def log(x: Number) -> Number:
    """The natural logarithm; exactly 0 at 1.

    Raises:
        ValueError: x is known not to be positive.
    """
    order = sign(x)
    if order is not None and order <= 0:
        raise ValueError("the logarithm of a number that is not positive")
    return fmpq(0) if _is_exactly(x, 1) else _function("log", x, arb.log)


def sin(x: Number) -> Number:
    """The sine; exactly 0 at 0."""
    return fmpq(0) if _is_exactly(x, 0) else _function("sin", x, arb.sin)


def cos(x: Number) -> Number:
    """The cosine; exactly 1 at 0."""
    return fmpq(1) if _is_exactly(x, 0) else _function("cos", x, arb.cos)


def sinh(x: Number) -> Number:
    """The hyperbolic sine; exactly 0 at 0."""
    return fmpq(0) if _is_exactly(x, 0) else _function("sinh", x, arb.sinh)


def asinh(x: Number) -> Number:
    """The inverse hyperbolic sine; exactly 0 at 0."""
    return fmpq(0) if _is_exactly(x, 0) else _function("asinh", x, arb.asinh)


def normal_cdf(x: Number) -> Number:
    """The distribution function of the standard normal law; exactly 1/2 at 0."""
    if _is_exactly(x, 0):
        return fmpq(1, 2)
    return _function("normal_cdf", x, lambda ball: (-ball / arb(2).sqrt()).erfc() / 2)


def normal_pdf(x: Number) -> Computed:
    """The density of the standard normal law."""
    return _function("normal_pdf", x, lambda ball: (-ball * ball / 2).exp() / (2 * arb.pi()).sqrt())


def absolute(x: Number) -> Real:
    """The absolute value of a number whose sign could not be decided."""
    return _function("abs", x, abs)


def sqrt(x: Number) -> Number:
    """The square root: a surd when x is known to be rational.

    Raises:
        ValueError: x is known to be negative.
    """
    q = as_real(x).exact()
    if q is not None:
        return _plain(Surd.root(q))
    if sign(x) == -1:
        raise ValueError("the square root of a negative number")
    return _function("sqrt", x, lambda ball: ball.nonnegative_part().sqrt())


def _plain(x: Surd) -> Number:
    q = x.exact()
    return x if q is None else q


def power(x: Number, exponent: fmpq | int) -> Number:
    """x^exponent for x > 0, and for every x where the exponent is an integer; exact where it can be.

    Raises:
        ValueError: x is known to be negative and the exponent is not an integer.
        ZeroDivisionError: x is known to be 0 and the exponent is negative.
    """
    e = fmpq(exponent)
    q = as_real(x).exact()
    if q is not None:
        return _rational_power(q, e)
    if e.q == 1 and isinstance(x, Surd) and 0 <= e <= 8:
        result = Surd.of(1)
        for _ in range(int(e.p)):
            result = Surd.total([_surd(result * x)])
        return _plain(result)
    return _computed_power(x, e)


def _surd(x: Real) -> Surd:
    assert isinstance(x, Surd)
    return x


def _rational_power(q: fmpq, e: fmpq) -> Number:
    if q == 0:
        if e < 0:
            raise ZeroDivisionError("a negative power of 0")
        return fmpq(1 if e == 0 else 0)
    if e.q == 1:
        return q ** int(e.p)
    if q < 0:
        raise ValueError(f"the power {text(e)} of the negative number {text(q)}")
    root = root_exact(q, int(e.q))
    if root is not None:
        return root ** int(e.p)
    if e.q == 2:
        return _plain(Surd.root(q, q ** int((e.p - 1) // 2)))
    return _computed_power(q, e)


def _computed_power(x: Number, e: fmpq) -> Computed:
    if e.q == 1:
        return _function(f"power {text(e)}", x, lambda ball: _integer_power(ball, int(e.p)))
    if sign(x) == -1:
        raise ValueError(f"the power {text(e)} of a negative number")
    return _function(f"power {text(e)}", x, lambda ball: ball ** arb(e))


def _integer_power(ball: arb, exponent: int) -> arb:
    """ball^exponent, by products where the ball contains 0: python-flint's own power is not finite around 0."""
    if exponent < 0 or not ball.contains(0):
        return ball**exponent
    result, square = arb(1), ball
    while exponent:
        result, exponent, square = result * square if exponent & 1 else result, exponent >> 1, square * square
    return result


PI = Computed(lambda bits: arb.pi(), key="pi")


def pi() -> Computed:
    """The number pi."""
    return PI


def gamma_rational(q: fmpq | int) -> Number:
    """The gamma function at a rational: exact at positive integers.

    Raises:
        ValueError: q is a pole (an integer that is not positive).
    """
    q = fmpq(q)
    if q.q == 1 and q <= 0:
        raise ValueError(f"the gamma function has a pole at {text(q)}")
    if q.q == 1 and q <= 1000:
        return fmpq(factorial(int(q.p) - 1))
    return Computed(lambda bits: arb.gamma_fmpq(q), key=("gamma", text(q)))


def _closed_sines() -> dict[tuple[int, int], Surd]:
    """sin(pi q) for those q in [0, 1/2] where it is a surd of rationals with small denominators."""
    quarter = fmpq(1, 4)
    root2, root5, root6 = (Surd.root(r, quarter) for r in (2, 5, 6))
    return {
        (0, 1): Surd(),
        (1, 12): _surd(root6 - root2),
        (1, 10): _surd(root5 - quarter),
        (1, 6): Surd.of(fmpq(1, 2)),
        (1, 4): Surd.root(2, fmpq(1, 2)),
        (3, 10): _surd(root5 + quarter),
        (1, 3): Surd.root(3, fmpq(1, 2)),
        (5, 12): _surd(root6 + root2),
        (1, 2): Surd.of(1),
    }


_CLOSED_SINES = _closed_sines()


def sin_pi(q: fmpq | int) -> Number:
    """sin(pi q) for rational q: a rational exactly at 0, +-1/2, +-1, a surd where it is a simple one.

    Niven, Irrational Numbers (1956), corollary 3.12: there is no other rational value.
    """
    q = fmpq(q)
    negative, q = _folded(q)
    value: Number | None = _CLOSED_SINES.get((int(q.p), int(q.q)))
    if isinstance(value, Surd):
        return _plain(_surd(-value) if negative else value)
    computed = Computed(lambda bits: arb.sin_pi_fmpq(q), key=("sin_pi", text(q)))
    return -computed if negative else computed


def _folded(q: fmpq) -> tuple[bool, fmpq]:
    """(negative, r) with r in [0, 1/2] and sin(pi q) = +-sin(pi r)."""
    turn = q - 2 * fmpq((q / 2).floor())
    negative = turn > 1
    half = turn - 1 if negative else turn
    return bool(negative), 1 - half if half > fmpq(1, 2) else half


def cos_pi(q: fmpq | int) -> Number:
    """cos(pi q) for rational q, with the exact values of `sin_pi`."""
    return sin_pi(fmpq(1, 2) - fmpq(q))


def agreement(left: Number, right: Number, bits: int = 200) -> bool | None:
    """Whether two numbers agree to `bits` bits: evidence of equality, never a proof.

    Returns:
        False if enclosures are disjoint: the numbers differ. True if enclosures of width below 2^-bits
        overlap (relative width too, for one that excludes zero). None if that width was not reached.
    """
    a, b = as_real(left), as_real(right)
    for precision in (bits + 32, 2 * bits + 64, 4 * bits + 256, 8 * bits + 1024):
        x, y = a.ball(precision), b.ball(precision)
        if x < y or x > y:
            return False
        if _narrow(x, bits) and _narrow(y, bits):
            return True
    return None


def _narrow(ball: arb, bits: int) -> bool:
    unit = arb(2) ** -(bits + 1)
    if not ball.is_finite() or not ball.rad() < unit:
        return False
    return bool(ball.contains(0) or ball.rel_accuracy_bits() > bits)
