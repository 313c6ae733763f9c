"""The scalar iteration x_{t+1} = x_t - a x_{t-tau}: one curvature direction of gradient descent with delay.

a is curvature times step size; tau = 0 is gradient descent. Its characteristic polynomial is
z^{tau+1} - z^tau + a.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from flint import fmpq

from refutable.theorems.domains.delay_variations import VARIATIONS
from refutable.theorems.domains.domain import Domain, Move, quantities
from refutable.theorems.domains.number_moves import NumberMoves, proper
from refutable.theorems.exact import text
from refutable.theorems.exact.simplest import simpler_near, simplest_between
from refutable.theorems.instances import Field, Instance, InstanceError
from refutable.theorems.ops import Ops
from refutable.theorems.views import Quantity, View

MAX_DELAY = 300
"""Beyond it the exact location of the roots takes seconds."""
MAX_BITS = 256
"""Longest numerator or denominator."""
MOST_BITS = 60_000
"""Most bits of curvature * step size times the delay: the exact location of the roots multiplies their lengths."""
REFIT = tuple(fmpq(1, 2**bits) for bits in (2, 8, 20, 34))
"""Relative distances within which a step size is proposed for a shorter delay."""

FIELDS = (
    Field("curvature", ("curvature",), meaning="eigenvalue of the Hessian in this direction"),
    Field("step_size", ("step_size",), positive=True, meaning="eta, in units of 1/curvature"),
    Field("delay", ("delay",), kind="integer", minimum=0, meaning="tau: the gradient is taken at x_{t-tau}"),
)


def gain(view: View) -> Any:
    """a = curvature * step size."""
    return view["curvature"] * view["step_size"]


def characteristic(view: View) -> Any:
    """Coefficients of z^{tau+1} - z^tau + a, constant term first, [tau + 2]."""
    delay, ops = view["delay"], view.ops
    if delay == 0:
        return ops.array([view["gain"] - ops.ratio(1), ops.ratio(1)])
    middle = [ops.ratio(0)] * (delay - 1)
    return ops.array([view["gain"], *middle, ops.ratio(-1), ops.ratio(1)])


def threshold(view: View) -> Any:
    """2 sin(pi / (4 tau + 2)); rational exactly for tau = 0 and tau = 1 (Niven)."""
    return delay_threshold(view.ops, view["delay"])


def delay_threshold(ops: Ops, delay: int) -> Any:
    """The threshold of the gain a for one delay."""
    return ops.ratio(2) * ops.elementary("sin_pi", ops.ratio(1, 4 * delay + 2))


def structure(view: View) -> Mapping[str, Any]:
    """``roots_in_disc``: whether every root of the characteristic polynomial has modulus < 1."""
    return {"roots_in_disc": view.ops.roots_in_disc(view["characteristic"])}


def check(values: Mapping[str, Any]) -> None:
    """The delay and the lengths of the numbers must stay small enough for an exact answer.

    Raises:
        InstanceError: otherwise.
    """
    if values["delay"] > MAX_DELAY:
        raise InstanceError(f"delay is {values['delay']}; at most {MAX_DELAY} can be decided exactly here")
    for name in ("curvature", "step_size"):
        q = values[name]
        if max(q.p.bit_length(), q.q.bit_length()) > MAX_BITS:
            raise InstanceError(f"{name} has more than {MAX_BITS} bits in numerator or denominator; round it")
    product = values["curvature"] * values["step_size"]
    bits = max(product.p.bit_length(), product.q.bit_length())
    if bits * values["delay"] > MOST_BITS:
        raise InstanceError(
            f"curvature * step size has {bits} bits in numerator or denominator; with delay {values['delay']} at most "
            f"{MOST_BITS // values['delay']} are decided exactly here: round the two"
        )


def hollow(view: View) -> str | None:
    """Why an iteration is no honest witness: nothing moves."""
    return "the curvature is 0: the iteration stands still" if view["curvature"] == 0 else None


def describe(instance: Instance) -> list[str]:
    """The recursion, then its two factors."""
    gain = instance["curvature"] * instance["step_size"]
    delay = instance["delay"]
    past = "x_t" if delay == 0 else f"x_(t-{delay})"
    factor = "" if abs(gain) == 1 else f"{text(abs(gain))} "
    return [
        f"x_(t+1) = x_t {'+' if gain < 0 else '-'} {factor}{past}",
        f"curvature = {text(instance['curvature'])}, step size = {text(instance['step_size'])}",
        f"delay = {delay}",
    ]


def shorter_delay(instance: Instance) -> Iterator[Instance]:
    """Smaller delays, shortest first; also with the step size as far from the threshold as before, and plainer."""
    delay, old = instance["delay"], _float_threshold(instance["delay"])
    for shorter in sorted({0, 1, 2, 3, delay // 2, delay - 1}):
        if 0 <= shorter < delay:
            yield instance.replace(delay=shorter)
            factor = _float_threshold(shorter) / old
            top = instance["step_size"] * fmpq(*factor.as_integer_ratio())
            for width in REFIT:
                for low, high in ((width, 0), (0, width)):
                    step_size = simplest_between(top * (1 - low), top * (1 + high))
                    yield instance.replace(delay=shorter, step_size=step_size)


def _float_threshold(delay: int) -> float:
    return 2 * math.sin(math.pi / (4 * delay + 2))


def unit_curvature(instance: Instance) -> Iterator[Instance]:
    """Curvature 1 (or -1) and a plain step size, such that the iteration is the same or nearly so."""
    curvature = instance["curvature"]
    if curvature != 0 and abs(curvature) != 1:
        size = abs(curvature)
        gain = instance["step_size"] * size
        for step in (*simpler_near(gain), gain):
            yield instance.replace(curvature=curvature / size, step_size=step)


NUMBERS = NumberMoves(("step_size", "curvature"), positive=("step_size",))


DELAYED_ITERATION = Domain(
    id="delayed-iteration",
    title="gradient descent with delay along one curvature direction",
    fields=FIELDS,
    structure=structure,
    quantities=quantities(
        Quantity("gain", gain, "a = curvature * step size", scalar=True),
        Quantity("characteristic", characteristic, "z^{tau+1} - z^tau + a, constant term first, [tau+2]"),
        Quantity("threshold", threshold, "2 sin(pi / (4 tau + 2))", scalar=True),
    ),
    moves=proper(
        check,
        ("step_size",),
        (
            Move("shorten the delay", shorter_delay),
            Move("curvature one", unit_curvature),
            Move("simplify a number", NUMBERS.simplify),
        ),
    ),
    variations=proper(check, ("step_size",), VARIATIONS),
    check=check,
    hollow=hollow,
    describe=describe,
)
