"""The vocabulary of laws: parameters, support, moments of either side of a point."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from flint import fmpq, fmpq_poly

from refutable.theorems.domains.distribution.moments import (
    Moments,
    Piece,
    Side,
    atom_moments,
    normalised,
    polynomial_moments,
)
from refutable.theorems.domains.distribution.tails import (
    even_ball_moments,
    exponential_moments,
    gaussian_moments,
    laplace_moments,
)

Numbers: TypeAlias = Sequence[fmpq]
Support: TypeAlias = tuple[fmpq | None, fmpq | None]
MAX_ATOMS, MAX_DEGREE = 4096, 64


@dataclass(frozen=True)
class Law:
    """A parametrised law. ``p`` are its parameters; for the empirical law, its atoms.

    Attributes:
        parameters: their names, in order; () for none (and for the empirical law, which has atoms).
        allowed: what makes parameters senseless, "" if nothing.
        support: closed convex hull of the support; None for an infinite end.
        moments: (p, t, side) -> moments of the side of t.
        meaning: density or atoms, one line.
    """

    id: str
    parameters: tuple[str, ...]
    allowed: Callable[[Numbers], str]
    support: Callable[[Numbers], Support]
    moments: Callable[[Numbers, fmpq, Side], Moments]
    meaning: str


def _anything(p: Numbers) -> str:
    return ""


def _positive(index: int, name: str) -> Callable[[Numbers], str]:
    return lambda p: "" if p[index] > 0 else f"{name} must be > 0"


def _increasing(p: Numbers) -> str:
    return "" if p[0] < p[1] else "the ends must satisfy low < high"


def _whole(q: fmpq, name: str, largest: int) -> str:
    return "" if q.q == 1 and 1 <= q <= largest else f"{name} must be an integer from 1 to {largest}"


def _beta_allowed(p: Numbers) -> str:
    return _whole(p[0], "a", MAX_DEGREE) or _whole(p[1], "b", MAX_DEGREE)


def _grid_allowed(p: Numbers) -> str:
    return _positive(1, "the gap")(p) or _whole(p[2], "the number of points", MAX_ATOMS)


def _uniform_pieces(p: Numbers) -> list[Piece]:
    return [normalised(p[0], p[1], fmpq_poly([1]))]


def _triangular_pieces(p: Numbers) -> list[Piece]:
    zero, one = fmpq(0), fmpq(1)
    return [Piece(-one, zero, fmpq_poly([1, 1])), Piece(zero, one, fmpq_poly([1, -1]))]


def _beta_pieces(p: Numbers) -> list[Piece]:
    a, b = int(p[0].p), int(p[1].p)
    return [normalised(fmpq(0), fmpq(1), fmpq_poly([0, 1]) ** (a - 1) * fmpq_poly([1, -1]) ** (b - 1))]


def _polynomial(pieces: Callable[[Numbers], list[Piece]]) -> Callable[[Numbers, fmpq, Side], Moments]:
    return lambda p, t, side: polynomial_moments(pieces(p), t, side)


def _atomic(atoms: Callable[[Numbers], Numbers]) -> Callable[[Numbers, fmpq, Side], Moments]:
    return lambda p, t, side: atom_moments(atoms(p), t, side)


def grid_points(p: Numbers) -> list[fmpq]:
    """Start, start + gap, ..., the given number of points."""
    return [p[0] + j * p[1] for j in range(int(p[2].p))]


def _ball_moments(p: Numbers, t: fmpq, side: Side) -> Moments:
    d = int(p[0].p)
    if d % 2 == 0:
        return even_ball_moments(d, t, side)
    shape = fmpq_poly([1, 0, -1]) ** ((d - 1) // 2)
    return polynomial_moments([normalised(fmpq(-1), fmpq(1), shape)], t, side)


def _between(low: int, high: int) -> Callable[[Numbers], Support]:
    return lambda p: (fmpq(low), fmpq(high))


_ALL = (
    Law("uniform", ("low", "high"), _increasing, lambda p: (p[0], p[1]), _polynomial(_uniform_pieces),
        "uniform on [low, high]"),
    Law("gaussian", ("mean", "deviation"), _positive(1, "the deviation"), lambda p: (None, None),
        lambda p, t, side: gaussian_moments(p[0], p[1], t, side), "N(mean, deviation^2)"),
    Law("laplace", ("scale",), _positive(0, "the scale"), lambda p: (None, None),
        lambda p, t, side: laplace_moments(p[0], t, side), "density e^(-|x|/scale)/(2 scale)"),
    Law("exponential", ("rate",), _positive(0, "the rate"), lambda p: (fmpq(0), None),
        lambda p, t, side: exponential_moments(p[0], t, side), "density rate e^(-rate x) on x > 0"),
    Law("triangular", (), _anything, _between(-1, 1), _polynomial(_triangular_pieces),
        "density 1 - |x| on [-1, 1]"),
    Law("beta", ("a", "b"), _beta_allowed, _between(0, 1), _polynomial(_beta_pieces),
        "density proportional to x^(a-1) (1-x)^(b-1) on [0, 1], integers a, b"),
    Law("grid", ("start", "gap", "count"), _grid_allowed, lambda p: (p[0], p[0] + (p[2] - 1) * p[1]),
        _atomic(grid_points), "equal atoms at start, start + gap, ..., count of them"),
    Law("two-atoms", ("c",), _positive(0, "c"), lambda p: (-p[0], p[0]), _atomic(lambda p: (-p[0], p[0])),
        "equal atoms at -c and c"),
    Law("ball", ("dimension",), lambda p: _whole(p[0], "the dimension", MAX_DEGREE), _between(-1, 1),
        _ball_moments, "one coordinate of the uniform law on the unit ball of R^dimension"),
    Law("empirical", (), _anything, lambda p: (min(p), max(p)), _atomic(lambda p: p),
        "uniform over the listed atoms, repeats counted"),
)  # fmt: skip

LAWS: Mapping[str, Law] = {law.id: law for law in _ALL}
"""Laws by name."""
