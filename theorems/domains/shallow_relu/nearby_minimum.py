"""An exact interpolating minimum near a trained network: that it exists, how near, and how sharp it is.

Newton-Kantorovich in the form that needs no uniqueness (Kantorovich, Functional analysis and applied mathematics,
Uspekhi Mat. Nauk 3, 1948; own for this network, by Brouwer's fixed point theorem). In one activation cell the residuals
are F(theta + u) = F + J u + B(u) with |B(u)| <= beta |u|^2 (see `cells`). Let J J' >= s^2 I, s > 0, |F| <= eps, and

    eps + beta r^2 <= s r,    the ball |u| <= r within the cell.

Then u -> -J' (J J')^-1 (F + B(u)) maps the ball into itself, and at its fixed point u* every residual vanishes:
theta* = theta + u* interpolates. As J moves by at most 2 beta r, sqrt(n lambda*) is within 2 beta r of sqrt(n lambda).
All constants are rationals and every inequality is decided; floating point only proposes s, r and Newton steps.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from flint import fmpq, fmpq_mat

from refutable.theorems.domains.shallow_relu.cells import (
    clearance_square,
    curvature_square,
    in_cell,
    outside,
    same_gates,
)
from refutable.theorems.domains.shallow_relu.curvature import LARGEST_EXACT
from refutable.theorems.domains.shallow_relu.domain import SHALLOW_RELU
from refutable.theorems.domains.shallow_relu.newton import Side, recentred, touches
from refutable.theorems.exact import TopEigenvalue, compare, is_psd, to_float
from refutable.theorems.exact.rationals import ball_bounds
from refutable.theorems.exact.root_bounds import rounded_up, sqrt_above, sqrt_below
from refutable.theorems.exact.spectrum import multiple_of_identity
from refutable.theorems.instances import Instance
from refutable.theorems.views import View

NEWTON_STEPS = 4
SHARPNESS_BITS = 64
SIDES: tuple[Side, ...] = ("inactive", "active")


@dataclass(frozen=True)
class Uncertified:
    """No certificate: nothing is said of the network but why."""

    reason: str


@dataclass(frozen=True)
class Nearby:
    """An exact minimum theta* with f(x_j) = y_j for every datum, near a network. All numbers are rational.

    Attributes:
        centre: the network after Newton steps, with the labels and the step size it was given.
        radius: |theta* - centre| <= radius, in the trained parameters (the others are equal); 0: the centre itself.
        distance: |theta* - the network that was asked about| <= distance.
        clearance: every point nearer to theta* than radius + clearance has the gates of the centre, none on a kink;
            None: no parameter that is trained moves a kink.
        same_cell: the gates of theta* are those of the network that was asked about.
        lower, upper: enclose the sharpness at theta*.
        stable: whether that is at most 2/step size; None: too near to tell, or no step size.
    """

    centre: Instance
    radius: fmpq
    distance: fmpq
    clearance: fmpq | None
    same_cell: bool
    lower: fmpq
    upper: fmpq
    stable: bool | None

    @property
    def exact(self) -> bool:
        """Whether the centre is itself the minimum."""
        return bool(self.radius == 0)


def nearby_minimum(instance: Instance, newton_steps: int = NEWTON_STEPS) -> Nearby | Uncertified:
    """Certify an exact interpolating minimum near a network, in whose cell the network need not be.

    Where hyperplanes all but touch data, there are minima on either side of them; one that is stable is preferred.

    Args:
        instance: of shallow-relu, with the labels it was trained on. Null labels: every network is a minimum.
        newton_steps: taken at most before the certificate is sought; with 0 the ball is about the network itself.

    Raises:
        ValueError: an instance of another domain, or a negative number of steps.
    """
    if instance.domain != SHALLOW_RELU.id:
        raise ValueError(f"the certificate is about {SHALLOW_RELU.id} networks, not {instance.domain}")
    if newton_steps < 0:
        raise ValueError(f"newton_steps must be a whole number >= 0, not {newton_steps!r}")
    conflict = _conflict(instance)
    if conflict is not None:
        return Uncertified(conflict)
    start = in_cell(instance)
    found = _certificate(start, recentred(start, newton_steps))
    if newton_steps == 0 or (isinstance(found, Nearby) and found.stable is not False) or not touches(start):
        return found
    # A network that rests on a kink may be held there by the flatter of its two sides.
    others = [_certificate(start, recentred(start, newton_steps, side)) for side in SIDES]
    certified = [one for one in (found, *others) if isinstance(one, Nearby)]
    return next((one for one in certified if one.stable is not False), certified[0] if certified else found)


def _certificate(start: View, at: View) -> Nearby | Uncertified:
    """The certificate about one point."""
    attempt, centre = _Attempt(at), at.instance
    assert start.instance is not None
    assert centre is not None
    radius = attempt.radius
    if isinstance(radius, str):
        return Uncertified(radius)
    crossed = outside(at, radius)
    if crossed is not None:
        return Uncertified(f"datum {crossed[0]} is within the radius of the kink of neuron {crossed[1]}")
    lower, upper = attempt.sharpness(radius)
    return Nearby(
        centre=centre,
        radius=radius,
        distance=rounded_up(_distance(start.instance, centre) + radius),
        clearance=_clearance(at, radius),
        same_cell=same_gates(start, at),
        lower=lower,
        upper=upper,
        stable=attempt.stable(radius),
    )


class _Attempt:
    """The constants of the certificate at one point."""

    def __init__(self, view: View) -> None:
        self.view = view
        self.size = int(view["x"].shape[0])

    @cached_property
    def beta(self) -> fmpq:
        """At least beta."""
        return rounded_up(sqrt_above(curvature_square(self.view)))

    @cached_property
    def radius(self) -> fmpq | str:
        """A radius r with eps + beta r^2 <= s r, or why there is none."""
        different = _different(self.view["x"])
        square = sum((self.view["residual"][j] ** 2 for j in different), fmpq(0))
        if self.size > LARGEST_EXACT:
            return f"{self.size} data are too many to decide their gradient kernel exactly"
        if square == 0:
            return fmpq(0)
        residual, s = rounded_up(sqrt_above(square)), self._least_singular_value(different)
        if s is None:
            return "the gradients of the network on the data are linearly dependent, or nearly so"
        room = s * s - 4 * self.beta * residual
        if room < 0:
            return f"the residuals ({to_float(residual):.3g}) are too large beside the curvature of the cell"
        radius = rounded_up(2 * residual / (s + sqrt_below(room)))
        if residual + self.beta * radius * radius > s * radius:
            return "the residuals are too large beside the curvature of the cell"
        return radius

    def _least_singular_value(self, different: list[int]) -> fmpq | None:
        """A rational s > 0 with J J' - s^2 I positive semidefinite, J on different data; None: none was found."""
        kernel = self.view["gradient_kernel"] * self.size
        rows = [[kernel[i, j] for j in different] for i in different]
        floats = np.array([[to_float(q) for q in row] for row in rows])
        if not np.isfinite(floats).all():
            return None
        least = float(np.linalg.eigvalsh(floats)[0])
        matrix = fmpq_mat(rows)
        for share in (1 - 2.0**-10, 0.5):
            if least * share > 0:
                s = fmpq(*float(np.sqrt(least * share)).as_integer_ratio())
                if is_psd(matrix - multiple_of_identity(len(different), s * s)):
                    return s
        return None

    @cached_property
    def _top(self) -> TopEigenvalue:
        top = self.view["gauss_newton_sharpness"]
        assert isinstance(top, TopEigenvalue)
        return top

    def _shift(self, radius: fmpq) -> fmpq:
        """sqrt(lambda*) is at most this far from sqrt(lambda): 2 beta r / sqrt(n)."""
        return 2 * self.beta * radius / sqrt_below(fmpq(self.size))

    def sharpness(self, radius: fmpq) -> tuple[fmpq, fmpq]:
        """Enclosure of the sharpness of every point of the ball that interpolates."""
        low, high = ball_bounds(self._top.ball(SHARPNESS_BITS))
        low, shift = max(low, fmpq(0)), self._shift(radius)
        if shift == 0:
            return low, high
        least = sqrt_below(low) - shift
        return (least * least if least > 0 else fmpq(0)), (sqrt_above(high) + shift) ** 2

    def stable(self, radius: fmpq) -> bool | None:
        """Whether the sharpness of all such points is at most 2/step size; decided without the enclosure."""
        if not self.view.has("step_size"):
            return None
        threshold, shift = 2 / self.view["step_size"], self._shift(radius)
        if shift == 0:
            return _at_most(self._top, threshold)
        below, above = sqrt_below(threshold) - shift, sqrt_above(threshold) + shift
        if below >= 0 and _at_most(self._top, below * below):
            return True
        return None if _at_most(self._top, above * above) else False


def _at_most(top: TopEigenvalue, level: fmpq) -> bool:
    order = compare(top, level)
    assert order is not None, "an eigenvalue against a rational is always decided"
    return order <= 0


def _different(x: np.ndarray) -> list[int]:
    """Indices of the data without repetitions: repeated data add no equation where their labels agree."""
    return list({tuple(row): j for j, row in reversed(list(enumerate(x)))}.values())


def _conflict(instance: Instance) -> str | None:
    """Two data in one place with different labels, which no network meets."""
    first: dict[tuple[fmpq, ...], int] = {}
    labels = instance["y"]
    for j, row in enumerate(instance["x"] if labels is not None else ()):
        i = first.setdefault(tuple(row), j)
        if labels[i] != labels[j]:
            return f"data {i} and {j} are the same point with different labels: no network meets both"
    return None


def _distance(one: Instance, other: Instance) -> fmpq:
    """At least the distance of two networks in parameter space."""
    square = fmpq(0)
    for group in ("w1", "b1", "w2", "b2"):
        if one[group] is not None and one[group] is not other[group]:
            gaps = np.asarray(other[group] - one[group], dtype=object).ravel()
            square = sum((gap * gap for gap in gaps), square)
    return sqrt_above(square)


def _clearance(view: View, radius: fmpq) -> fmpq | None:
    square = clearance_square(view)
    return None if square is None else sqrt_below(square) - 2 * radius
