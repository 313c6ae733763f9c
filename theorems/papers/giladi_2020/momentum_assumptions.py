"""Hypotheses about delayed iterations with momentum, and the instances that claims about them are refuted by."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from flint import fmpq

from refutable.theorems.checks import Check
from refutable.theorems.claims import Assumption
from refutable.theorems.domains.delayed_momentum import DELAYED_MOMENTUM
from refutable.theorems.instances import Instance
from refutable.theorems.papers.giladi_2020.instances import rounded_below
from refutable.theorems.views import View

METHODS = {"heavy_ball": "the heavy ball", "shifted": "shifted momentum", "nesterov": "Nesterov's form"}


def in_disc(method: str) -> Callable[[View], Iterable[Check]]:
    """Every root of a method's characteristic polynomial has modulus < 1."""

    def checks(view: View) -> Iterable[Check]:
        inside = view[f"{method}_roots_in_disc"]
        reason = "" if inside else "some root has modulus >= 1"
        yield Check(inside, "true", label="roots in the open disc", reason=reason)

    return checks


def _not_in_disc(method: str) -> Callable[[View], Iterable[Check]]:
    def checks(view: View) -> Iterable[Check]:
        inside = view[f"{method}_roots_in_disc"]
        yield Check(not inside, "true", reason="every root has modulus < 1" if inside else "")

    return checks


def stable(method: str) -> Assumption:
    """<method>-stable."""
    id = f"{method.replace('_', '-')}-stable"
    return Assumption(id, f"every root of the polynomial of {METHODS[method]} has modulus < 1", in_disc(method))


def unstable(method: str) -> Assumption:
    """<method>-unstable."""
    id = f"{method.replace('_', '-')}-unstable"
    return Assumption(id, f"some root of the polynomial of {METHODS[method]} has modulus >= 1", _not_in_disc(method))


def below(method: str) -> Assumption:
    """below-<method>-threshold."""
    return Assumption(
        f"below-{method.replace('_', '-')}-threshold",
        f"curvature * step size is below the threshold of {METHODS[method]}",
        lambda view: [Check(view["gain"], "<", view[f"{method}_threshold"])],
    )


def delay_at_least(least: int) -> Assumption:
    """delay-at-least-<least>."""
    reason = f"the delay is below {least}"
    return Assumption(
        f"delay-at-least-{least}",
        f"tau >= {least}",
        lambda view: [Check(view["delay"] >= least, "true", reason=reason)],
    )


def delay_exactly(delay: int) -> Assumption:
    """delay-exactly-<delay>."""
    return Assumption(
        f"delay-exactly-{delay}",
        f"tau = {delay}",
        lambda view: [Check(view["delay"] == delay, "true", reason=f"the delay is not {delay}")],
    )


POSITIVE_CURVATURE = Assumption(
    "positive-curvature", "the curvature is > 0", lambda view: [Check(0, "<", view["curvature"])]
)
LARGER = Assumption(
    "larger-momentum",
    "the other momentum is larger",
    lambda view: [Check(view["momentum"], "<", view["other_momentum"])],
)


def with_momentum(
    gain: fmpq | int,
    delay: int,
    momentum: fmpq | int,
    curvature: fmpq | int = 1,
    other: fmpq | int | None = None,
) -> Instance:
    """The iteration of a gain (of the sign of the curvature)."""
    return DELAYED_MOMENTUM.instance(
        curvature=curvature,
        step_size=fmpq(gain) / curvature,
        delay=delay,
        momentum=momentum,
        other_momentum=other,
    )


def compared(delay: int, momentum: fmpq | int, other: fmpq | int) -> Instance:
    """Two momenta at one delay; curvature and step size 1."""
    return with_momentum(1, delay, momentum, other=other)


def below_threshold(method: str) -> Callable[..., Instance]:
    """Builds the iteration whose gain is a method's threshold rounded down to a multiple of 2^-bits."""

    def build(delay: int, momentum: fmpq, bits: int) -> Instance:
        threshold = DELAYED_MOMENTUM.view(with_momentum(1, delay, momentum))[f"{method}_threshold"]
        return with_momentum(rounded_below(threshold, bits), delay, momentum)

    return build
