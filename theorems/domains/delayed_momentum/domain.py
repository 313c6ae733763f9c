"""The domain record: fields, characteristic polynomials, thresholds, writing.

a = curvature * step size, m = momentum, tau = delay. With v the last displacement of the weights w:

- heavy ball: v' = m v - step size * gradient(w_{t-tau}); (z - 1)(z - m) z^{tau-1} + a, and z^2 - (1 + m - a) z + m at
  tau = 0;
- shifted: v_{t+1} = m v_{t-tau} - step size * gradient(w_{t-tau}), as each of tau + 1 workers in turn keeps its own v;
  (z - 1)(z^{tau+1} - m) + a z;
- Nesterov: as the heavy ball with the gradient at w_{t-tau} + m v_{t-tau}; (z - 1)(z - m) z^tau + a ((1 + m) z - m).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flint import fmpq

from refutable.theorems.domains.delayed_iteration import delay_threshold
from refutable.theorems.domains.delayed_momentum.moves import MOVES, VARIATIONS
from refutable.theorems.domains.delayed_momentum.thresholds import heavy_ball_threshold, shifted_threshold
from refutable.theorems.domains.domain import Domain, quantities
from refutable.theorems.domains.number_moves import proper
from refutable.theorems.exact import text
from refutable.theorems.instances import Field, Instance, InstanceError
from refutable.theorems.views import Quantity, View

MAX_DELAY = 60
"""Beyond it the exact location of the roots takes long."""
MAX_BITS = 256
"""Longest numerator or denominator: the exact location of the roots multiplies their lengths."""

FIELDS = (
    Field("curvature", ("curvature",), meaning="eigenvalue of the Hessian in this direction"),
    Field("step_size", ("step_size",), positive=True, meaning="eta, in units of 1/curvature"),
    Field("delay", ("delay",), kind="integer", minimum=0, meaning="tau: the gradient is taken at x_{t-tau}"),
    Field("momentum", ("momentum",), meaning="m, 0 <= m < 1"),
    Field("other_momentum", ("other_momentum",), optional=True, meaning="to compare with, in [0, 1), or null"),
)


def gain(view: View) -> Any:
    """a = curvature * step size."""
    return view["curvature"] * view["step_size"]


def heavy_ball(view: View) -> Any:
    """Characteristic polynomial of the heavy ball, constant term first, [max(tau, 1) + 2]."""
    a, m, delay, ops = view["gain"], view["momentum"], view["delay"], view.ops
    if delay == 0:
        return ops.array([m, a - 1 - m, 1])
    coefficients = [ops.ratio(0)] * (delay - 1) + [m, -1 - m, ops.ratio(1)]
    coefficients[0] = coefficients[0] + a
    return ops.array(coefficients)


def shifted(view: View) -> Any:
    """Characteristic polynomial of shifted momentum, constant term first, [tau + 3]."""
    a, m, delay, ops = view["gain"], view["momentum"], view["delay"], view.ops
    coefficients = [m, a - m, *[ops.ratio(0)] * (delay - 1), ops.ratio(-1), ops.ratio(1)]
    return ops.array(coefficients if delay else [m, a - m - 1, 1])


def nesterov(view: View) -> Any:
    """Characteristic polynomial of Nesterov's form, constant term first, [tau + 3]."""
    a, m, delay, ops = view["gain"], view["momentum"], view["delay"], view.ops
    coefficients = [ops.ratio(0)] * delay + [m, -1 - m, ops.ratio(1)]
    coefficients[0] = coefficients[0] - a * m
    coefficients[1] = coefficients[1] + a * (1 + m)
    return ops.array(coefficients)


def structure(view: View) -> Mapping[str, Any]:
    """Whether every root of each characteristic polynomial has modulus < 1."""
    methods = ("heavy_ball", "shifted", "nesterov")
    return {f"{method}_roots_in_disc": view.ops.roots_in_disc(view[method]) for method in methods}


def check(values: Mapping[str, Any]) -> None:
    """Momenta in [0, 1) of a moderate length, and a delay small enough for an exact answer.

    Raises:
        InstanceError: otherwise.
    """
    for name in ("momentum", "other_momentum"):
        m = values[name]
        if m is None:
            continue
        if not 0 <= m < 1:
            raise InstanceError(f"{name} must be at least 0 and less than 1, got {text(m):.60}")
    for name in ("momentum", "other_momentum", "curvature", "step_size"):
        q = values[name]
        if q is not None and max(q.p.bit_length(), q.q.bit_length()) > MAX_BITS:
            raise InstanceError(f"{name} has more than {MAX_BITS} bits in numerator or denominator; round it")
    if values["delay"] > MAX_DELAY:
        raise InstanceError(f"delay is {values['delay']}; at most {MAX_DELAY} can be decided exactly here")


def hollow(view: View) -> str | None:
    """Why an iteration is no honest witness: nothing moves."""
    return "the curvature is 0: the iteration stands still" if view["curvature"] == 0 else None


def describe(instance: Instance) -> list[str]:
    """The numbers of the iteration, one line each kind."""
    lines = [
        f"gain = curvature * step size = {text(instance['curvature'] * instance['step_size'])}",
        f"curvature = {text(instance['curvature'])}, step size = {text(instance['step_size'])}",
        f"delay = {instance['delay']}, momentum = {text(instance['momentum'])}",
    ]
    if instance["other_momentum"] is not None:
        lines.append(f"other momentum = {text(instance['other_momentum'])}")
    return lines


def _at(threshold: Any, momentum: str) -> Any:
    return lambda view: threshold(view["delay"], _exact(view[momentum]))


def _exact(momentum: Any) -> fmpq:
    return momentum if isinstance(momentum, fmpq) else fmpq(momentum)


DELAYED_MOMENTUM = Domain(
    id="delayed-momentum",
    title="gradient descent with delay and momentum along one curvature direction",
    fields=FIELDS,
    structure=structure,
    quantities=quantities(
        Quantity("gain", gain, "a = curvature * step size", scalar=True),
        Quantity("heavy_ball", heavy_ball, "polynomial of the heavy ball, constant term first"),
        Quantity("shifted", shifted, "polynomial of shifted momentum, constant term first, [tau+3]"),
        Quantity("nesterov", nesterov, "polynomial of Nesterov's form, constant term first, [tau+3]"),
        Quantity(
            "plain_threshold",
            lambda view: delay_threshold(view.ops, view["delay"]),
            "2 sin(pi / (4 tau + 2)): without momentum",
            scalar=True,
        ),
        Quantity(
            "heavy_ball_threshold", _at(heavy_ball_threshold, "momentum"), "threshold of the heavy ball", scalar=True
        ),
        Quantity("shifted_threshold", _at(shifted_threshold, "momentum"), "threshold of shifted momentum", scalar=True),
        Quantity(
            "other_heavy_ball_threshold",
            _at(heavy_ball_threshold, "other_momentum"),
            "threshold of the heavy ball at the other momentum",
            scalar=True,
        ),
        Quantity(
            "other_shifted_threshold",
            _at(shifted_threshold, "other_momentum"),
            "threshold of shifted momentum at the other momentum",
            scalar=True,
        ),
    ),
    moves=proper(check, ("step_size",), MOVES),
    variations=proper(check, ("step_size",), VARIATIONS),
    check=check,
    hollow=hollow,
    describe=describe,
)
