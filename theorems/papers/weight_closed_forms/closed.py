"""Which printed formula serves a law at a point: exact dispatch over laws and regions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import factorial
from typing import Any, Literal, TypeAlias

from flint import arb, fmpq

from refutable.theorems.exact import PI, Computed, Number, normal_cdf, normal_pdf, text
from refutable.theorems.ops import Ops
from refutable.theorems.papers.weight_closed_forms import formulas as f
from refutable.theorems.views import View

Numbers: TypeAlias = Sequence[fmpq]
Form: TypeAlias = Callable[[Ops, Numbers, fmpq], Any]
SideName: TypeAlias = Literal["left", "right"]
Table: TypeAlias = Mapping[str, tuple[Form, Form]]
"""Law -> (g^-, g^+) inside the support."""


def mean(name: str, p: Numbers) -> fmpq:
    """E X in closed form."""
    return _MEANS[name](p)


_MEANS: Mapping[str, Callable[[Numbers], fmpq]] = {
    "uniform": lambda p: (p[0] + p[1]) / 2,
    "gaussian": lambda p: p[0],
    "laplace": lambda p: fmpq(0),
    "exponential": lambda p: 1 / p[0],
    "triangular": lambda p: fmpq(0),
    "beta": lambda p: p[0] / (p[0] + p[1]),
    "grid": lambda p: p[0] + (p[2] - 1) * p[1] / 2,
    "two-atoms": lambda p: fmpq(0),
    "ball": lambda p: fmpq(0),
    "empirical": lambda p: sum(p, fmpq(0)) / len(p),
}


def ball_constant(d: int) -> Number:
    """c = Gamma(d/2 + 1)/(sqrt(pi) Gamma((d+1)/2)): a rational for odd d, a rational over pi for even d."""
    m = d // 2
    if d % 2:
        return fmpq(factorial(2 * m + 2), 4 ** (m + 1) * factorial(m + 1) * factorial(m))
    return fmpq(factorial(m) ** 2 * 4**m, factorial(2 * m)) / PI


def arc_cosine(x: fmpq) -> Number:
    """arccos x for -1 < x < 1."""
    return Computed(lambda bits: arb(x).acos(), ("acos", text(x)))


def ball_start(d: int, x: fmpq) -> Number:
    """Start of the recurrence of `formulas.ball_integral`."""
    return 1 - x if d % 2 else arc_cosine(x)


def _gaussian_left(ops: Ops, p: Numbers, x: fmpq) -> Any:
    z = (x - p[0]) / p[1]
    return f.gaussian_left(ops, p[0], p[1], z, normal_cdf(z), normal_pdf(z))


def _gaussian_right(ops: Ops, p: Numbers, x: fmpq) -> Any:
    z = (x - p[0]) / p[1]
    return f.gaussian_right(ops, p[0], p[1], z, normal_cdf(-z), normal_pdf(z))


def _laplace_right(ops: Ops, p: Numbers, x: fmpq) -> Any:
    return f.laplace_outer(ops, p[0], x) if x >= 0 else f.laplace_inner(ops, p[0], -x)


def _triangular_left(ops: Ops, p: Numbers, x: fmpq) -> Any:
    return f.triangular_outer(ops, x) if x <= 0 else f.triangular_inner(ops, x)


def _beta_left(ops: Ops, p: Numbers, x: fmpq) -> Any:
    return f.beta_left(ops, int(p[0].p), int(p[1].p), x)


def _beta_right(ops: Ops, p: Numbers, x: fmpq) -> Any:
    a, b = int(p[0].p), int(p[1].p)
    mass, moment = f.beta_mass(ops, a, b, x)
    # The general law for -X: (E[X; X > x] - x (1 - F)) sqrt((1 - F)^2 + E[X; X > x]^2).
    return f.from_mass(ops, 1 - mass, moment - mean("beta", p), -x)


def grid_below(p: Numbers, x: fmpq) -> int:
    """How many grid points are below x."""
    start, gap, count = p
    return max(0, min(int(count.p), int(((x - start) / gap).ceil())))


def _grid_left(ops: Ops, p: Numbers, x: fmpq) -> Any:
    return f.grid_left(ops, p[0], p[1], p[2], fmpq(grid_below(p, x)), x)


def _ball_right(ops: Ops, p: Numbers, x: fmpq) -> Any:
    d = int(p[0].p)
    return f.ball_right(ops, d, ball_constant(d), x, ball_start(d, x))


def _empirical_left(ops: Ops, p: Numbers, x: fmpq) -> Any:
    return f.literal_left(ops, [a for a in sorted(p) if a < x], len(p), x)


def mirror(form: Form, reflected: Callable[[Numbers], Numbers] = lambda p: p) -> Form:
    """The other side's formula: that of -X at -x. ``reflected`` gives the parameters of -X."""
    return lambda ops, p, x: form(ops, reflected(p), -x)


def reflected_grid(p: Numbers) -> Numbers:
    """The grid of -X."""
    return (-p[0] - (p[2] - 1) * p[1], p[1], p[2])


def negated(p: Numbers) -> Numbers:
    """The atoms of -X."""
    return [-a for a in p]


def unpacked(formula: Callable[..., Any]) -> Form:
    """A formula of the parameters one by one as a form."""
    return lambda ops, p, x: formula(ops, *p, x)


CLOSED: Table = {
    "uniform": (unpacked(f.uniform_left), unpacked(f.uniform_right)),
    "gaussian": (_gaussian_left, _gaussian_right),
    "laplace": (mirror(_laplace_right), _laplace_right),
    "exponential": (unpacked(f.exponential_left), unpacked(f.exponential_right)),
    "triangular": (_triangular_left, mirror(_triangular_left)),
    "beta": (_beta_left, _beta_right),
    "grid": (_grid_left, mirror(_grid_left, reflected_grid)),
    "two-atoms": (unpacked(f.two_atoms_left), mirror(unpacked(f.two_atoms_left))),
    "ball": (mirror(_ball_right), _ball_right),
    "empirical": (_empirical_left, mirror(_empirical_left, negated)),
}


ATOMIC = ("grid", "two-atoms", "empirical")


def closed_weight(view: View, side: SideName, table: Table = CLOSED) -> Any:
    """The printed weight of a side: 0 where it has no mass, the general law where it has all of it."""
    ops, name, p, x = view.ops, view["name"], view["numbers"], view["point"]
    if _at_end(view, side):
        return fmpq(0)
    # An atom at the end itself belongs to neither side: the formulas of atomic laws count it out.
    if _at_end(view, "left" if side == "right" else "right") and not (name in ATOMIC and x in view["support"]):
        expectation = mean(name, p)
        return f.whole(ops, expectation, abs(expectation - x))
    return table[name][0 if side == "left" else 1](ops, p, x)


def _at_end(view: View, side: SideName) -> bool:
    """Whether the point is at or beyond the end of the support, so that ``side`` has no mass."""
    low, high = view["support"]
    x = view["point"]
    if side == "left":
        return low is not None and bool(x <= low)
    return high is not None and bool(x >= high)
