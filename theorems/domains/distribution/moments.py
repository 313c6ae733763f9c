"""Moments of one side of a point: by sums over atoms, and by antiderivatives of piecewise polynomial densities.

A side is +1 for {X > t} and -1 for {X < t}; an atom at t is on neither.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from flint import fmpq, fmpq_poly

Side: TypeAlias = Literal[-1, 1]
LEFT: Side = -1
RIGHT: Side = 1
ZERO = fmpq(0)


@dataclass(frozen=True)
class Moments:
    """P(A), E[X; A] and the excess E[|X - t|; A] of a side A of t; rationals or `Real` numbers."""

    probability: Any
    moment: Any
    excess: Any

    def reflected(self) -> Moments:
        """The same side's moments of -X."""
        return Moments(self.probability, -self.moment, self.excess)


EMPTY = Moments(ZERO, ZERO, ZERO)


@dataclass(frozen=True)
class Piece:
    """A polynomial density on [low, high]."""

    low: fmpq
    high: fmpq
    density: fmpq_poly


def atom_moments(atoms: Sequence[fmpq], t: fmpq, side: Side) -> Moments:
    """Moments of the uniform law over a list of atoms (repeats count)."""
    chosen = [x for x in atoms if side * (x - t) > 0]
    n = len(atoms)
    excess = sum((side * (x - t) for x in chosen), ZERO)
    return Moments(fmpq(len(chosen), n), sum(chosen, ZERO) / n, excess / n)


def polynomial_moments(pieces: Sequence[Piece], t: fmpq, side: Side) -> Moments:
    """Moments of a piecewise polynomial density, each integrated for itself."""
    x = fmpq_poly([0, 1])
    integrands = (fmpq_poly([1]), x, side * (x - t))
    return Moments(*(sum((_integral(p, f, t, side) for p in pieces), ZERO) for f in integrands))


def _integral(piece: Piece, factor: fmpq_poly, t: fmpq, side: Side) -> fmpq:
    low = max(piece.low, t) if side == RIGHT else piece.low
    high = piece.high if side == RIGHT else min(piece.high, t)
    if low >= high:
        return ZERO
    antiderivative = (piece.density * factor).integral()
    return antiderivative(high) - antiderivative(low)


def normalised(low: fmpq, high: fmpq, shape: fmpq_poly) -> Piece:
    """The density proportional to a polynomial on [low, high]."""
    antiderivative = shape.integral()
    return Piece(low, high, shape / (antiderivative(high) - antiderivative(low)))
