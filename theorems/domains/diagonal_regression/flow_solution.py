"""Where the gradient flow of a diagonal network ends, enclosed: a convex equation solved with a certificate.

Along the flow every u_i v_i is conserved: u(t)^2 = c e^{-4s}, v(t)^2 = e e^{4s} with s = X^T nu for one vector nu [n],
and nu itself follows the gradient flow of the convex F(nu) = sum_i (c_i e^{-4 s_i} + e_i e^{4 s_i})/4 + y.nu. With X of
rank n and c, e > 0, F is strictly convex and coercive: the flow ends at its only critical point, where
X (c e^{-4s} - e e^{4s}) = y.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any

import numpy as np
from flint import arb, arb_mat, fmpq, fmpq_mat
from numpy.typing import NDArray

from refutable.theorems.exact import Computed, text, working_precision
from refutable.theorems.exact.rationals import ball_bounds, to_float
from refutable.theorems.exact.spectrum import top_eigenvalue_ball

Floats = NDArray[np.float64]

NEWTON_STEPS = 200
NEAR = 1e-7
"""A step of Newton's method this small, relative to the point, is the last."""
GUARD = 32
"""Extra bits beyond those asked for."""


@dataclass(frozen=True)
class FlowProblem:
    """The equation of one state: c = u^2, e = v^2 [d], data x [n, d], labels y [n], all rational; c, e > 0."""

    c: tuple[fmpq, ...]
    e: tuple[fmpq, ...]
    x: tuple[tuple[fmpq, ...], ...]
    y: tuple[fmpq, ...]

    @cached_property
    def digest(self) -> str:
        """A name: equal problems have equal names."""
        rows = [*self.x, self.c, self.e, self.y]
        return sha256(";".join(",".join(text(q) for q in row) for row in rows).encode()).hexdigest()

    @cached_property
    def proposal(self) -> list[fmpq]:
        """nu [n] as floating point finds it; no error bound.

        Raises:
            ArithmeticError: Newton's method did not converge in floats.
        """
        c, e, y = (np.array([to_float(q) for q in part]) for part in (self.c, self.e, self.y))
        x = np.array([[to_float(q) for q in row] for row in self.x])
        nu = float_solution(c, e, x, y)
        if nu is None:
            raise ArithmeticError("the end of the flow was not found in floats: numbers of too different sizes")
        return [fmpq(*float(value).as_integer_ratio()) for value in nu]

    def residual(self, nu: list[arb]) -> list[arb]:
        """X w(nu) - y as balls."""
        w = [a - b for a, b in self._parts(nu)]
        return [_dot(row, w) - label for row, label in zip(self.x, self.y, strict=True)]

    def curvatures(self, nu: list[arb]) -> list[arb]:
        """u^2 + v^2 at nu, as balls [d]."""
        return [a + b for a, b in self._parts(nu)]

    def gram(self, weights: list[arb]) -> arb_mat:
        """X diag(weights) X^T."""
        return arb_mat([[_dot3(a, weights, b) for b in self.x] for a in self.x])

    def _parts(self, nu: list[arb]) -> list[tuple[arb, arb]]:
        out = []
        for i, (c, e) in enumerate(zip(self.c, self.e, strict=True)):
            four = 4 * _dot([row[i] for row in self.x], nu)
            out.append((c * (-four).exp(), e * four.exp()))
        return out

    def enclosure(self, bits: int) -> list[arb]:
        """Balls [n] that contain nu, by Krawczyk's operator; call inside a working precision of so many bits.

        Raises:
            ArithmeticError: no box of that precision could be certified.
        """
        centre = [arb(q) for q in self.proposal]
        digits = 40
        while digits < 2 * bits:
            step = self._newton(centre)
            centre = [(a - b).mid() for a, b in zip(centre, step, strict=True)]
            digits *= 2
        for spread in (2, 2**8, 2**20):
            box = self._certified(centre, spread, bits)
            if box is not None:
                return box
        raise ArithmeticError("the end of the flow could not be enclosed")

    def _newton(self, nu: list[arb]) -> list[arb]:
        jacobian = self.gram(self.curvatures(nu)) * arb(-4)
        step = jacobian.mid().solve(arb_mat([[r.mid()] for r in self.residual(nu)]))
        return [step[i, 0] for i in range(len(nu))]

    def _certified(self, centre: list[arb], spread: int, bits: int) -> list[arb] | None:
        """K = nu - Y G(nu) + (1 - Y J(box)) (box - nu): inside the box, it holds the only zero there."""
        size = len(centre)
        inverse = (self.gram(self.curvatures(centre)) * arb(-4)).mid().inv().mid()
        shift = inverse * arb_mat([[r] for r in self.residual(centre)])
        radius = max((abs(shift[i, 0]).upper() for i in range(size)), key=float)
        radius = radius * spread + (1 + max((abs(q) for q in centre), key=float)) * arb(2) ** (-bits - 8)
        offsets = arb_mat([[arb(0, radius.upper())] for _ in range(size)])
        box = [q + offsets[i, 0] for i, q in enumerate(centre)]
        slope = inverse * (self.gram(self.curvatures(box)) * arb(-4))
        contraction = arb_mat([[int(i == j) - slope[i, j] for j in range(size)] for i in range(size)]) * offsets
        image = [q - shift[i, 0] + contraction[i, 0] for i, q in enumerate(centre)]
        inside = all(b.contains_interior(k) for b, k in zip(box, image, strict=True))
        return image if inside else None

    def sharpness(self, bits: int) -> arb:
        """lambda_max(4/n X diag(u^2 + v^2) X^T) where the flow ends."""
        with working_precision(bits + GUARD):
            nu = self.enclosure(bits)
            matrix = self.gram(self.curvatures(nu)) * arb(fmpq(4, len(self.x)))
        return top_of_balls(matrix, bits)


def top_of_balls(matrix: arb_mat, bits: int) -> arb:
    """A ball with the largest eigenvalue of every symmetric matrix [n, n] in a matrix of balls.

    That of the rational midpoint, give or take the largest row sum of the radii (Weyl).
    """
    size = matrix.nrows()
    middle, radii = fmpq_mat(size, size), [fmpq(0)] * size
    for i in range(size):
        for j in range(size):
            low, high = ball_bounds(matrix[min(i, j), max(i, j)])
            middle[i, j] = (low + high) / 2
            radii[i] += (high - low) / 2
    with working_precision(bits + GUARD):
        return top_eigenvalue_ball(middle, bits + GUARD) + arb(0, arb(max(radii)).upper())


def flow_sharpness(problem: FlowProblem) -> Computed:
    """The sharpness where the flow ends, as a number with a name."""
    return Computed(problem.sharpness, ("diagonal flow sharpness", problem.digest))


def _dot(row: Any, values: list[arb]) -> arb:
    total = arb(0)
    for a, b in zip(row, values, strict=True):
        total += a * b
    return total


def _dot3(a: Any, weights: list[arb], b: Any) -> arb:
    return _dot([p * q for p, q in zip(a, b, strict=True)], weights)


def float_solution(c: Floats, e: Floats, x: Floats, y: Floats) -> Floats | None:
    """The minimiser nu [n] of the convex F, by Newton's method with halved steps; None if it is not found."""
    nu = np.zeros(len(y))
    with np.errstate(all="ignore"):
        for _ in range(NEWTON_STEPS):
            value, slope, curvature = _dual(nu, c, e, x, y)
            step = _solved(curvature, slope)
            if step is None:
                return None
            if np.abs(step).max() <= NEAR * (1 + np.abs(nu).max()):
                return np.asarray(nu - step)
            nu = nu - _length(nu, step, value, slope, (c, e, x, y)) * step
    return None


def _solved(matrix: Floats, right: Floats) -> Floats | None:
    """The solution of a linear system; None if there is none in floats."""
    if not np.isfinite(matrix).all():
        return None
    try:
        solution: Floats = np.linalg.solve(matrix, right).astype(np.float64)
    except np.linalg.LinAlgError:
        return None
    return solution if np.isfinite(solution).all() else None


def _length(nu: Floats, step: Floats, value: float, slope: Floats, problem: tuple[Floats, ...]) -> float:
    """The first of 1, 1/2, 1/4, ... at which F falls by an eighth of what its slope promises."""
    length, promised = 1.0, float(slope @ step) / 8
    while length > 2.0**-50 and not _dual(nu - length * step, *problem)[0] <= value - length * promised:
        length /= 2
    return length


def _dual(nu: Floats, c: Floats, e: Floats, x: Floats, y: Floats) -> tuple[float, Floats, Floats]:
    s = 4 * (x.T @ nu)
    a, b = c * np.exp(-s), e * np.exp(s)
    return float((a + b).sum() / 4 + y @ nu), x @ (b - a) + y, 4 * (x * (a + b)) @ x.T
