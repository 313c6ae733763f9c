"""Step sizes against 2/sharpness: at it, a hair below, rounded, or far below."""

from __future__ import annotations

from flint import fmpq

from refutable.strategies.shallow_relu.choosers import Chooser, note, pick
from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.exact import TopEigenvalue
from refutable.theorems.exact.spectrum import float_top_eigenpair
from refutable.theorems.families.edge import HAIR
from refutable.theorems.instances import Instance

ROUNDED, EDGE, HAIR_BELOW, FAR = "rounded down", "at the edge", "a hair below", "far below"
STABLE = (ROUNDED, EDGE, EDGE, EDGE, HAIR_BELOW, FAR)


def with_stable_step_size(chooser: Chooser, instance: Instance) -> Instance:
    """The instance with a step size at most 2/sharpness."""
    kind = pick(chooser, STABLE)
    note(f"step size: {kind}")
    sharpness: TopEigenvalue = SHALLOW_RELU.view(instance)["sharpness"]
    below = just_stable(sharpness, exactly=kind == EDGE)
    if kind in (ROUNDED, FAR):
        below = three_bits_below(below)
    return instance.replace(step_size=below / 2 ** pick(chooser, (1, 3, 10, 30)) if kind == FAR else below)


def just_stable(sharpness: TopEigenvalue, exactly: bool) -> fmpq:
    """2/sharpness where it is asked for and rational, else a hair below; 1 if the sharpness is 0."""
    exact = sharpness.exact() if exactly else None
    if exact is not None and exact > 0:
        return 2 / exact
    proposal, _ = float_top_eigenpair(sharpness.matrix)
    # Where nothing that is trained matters, every step size is stable.
    return 2 / proposal * HAIR if proposal > 0 else fmpq(1)


def three_bits_below(value: fmpq) -> fmpq:
    """The largest number of three binary digits that is at most ``value`` > 0."""
    exponent = value.p.bit_length() - value.q.bit_length() - 4
    unit = fmpq(2) ** exponent
    mantissa = int((value / unit).floor())
    drop = max(0, mantissa.bit_length() - 3)
    return (mantissa >> drop << drop) * unit


def trace_edge(instance: Instance) -> fmpq:
    """2 / Tr(Phi^T Phi / n), which is 2 over the trace of the Hessian of the loss; 1 where that is 0."""
    features = SHALLOW_RELU.view(instance)["features"]
    trace = sum((q * q for q in features.ravel()), fmpq(0)) / len(features)
    return 2 / trace if trace > 0 else fmpq(1)


def with_trace_stable_step_size(chooser: Chooser, instance: Instance) -> Instance:
    """The instance with a step size at most 2 over the trace of the Hessian of the loss."""
    kind = pick(chooser, (EDGE, EDGE, ROUNDED, FAR))
    note(f"step size: {kind}, for the trace")
    edge = trace_edge(instance)
    if kind in (ROUNDED, FAR):
        edge = three_bits_below(edge)
    return instance.replace(step_size=edge / 2 ** pick(chooser, (1, 3, 10)) if kind == FAR else edge)


def with_any_step_size(chooser: Chooser, instance: Instance) -> Instance:
    """The instance with a step size of any size: nothing is asked of it."""
    note("step size: any")
    return instance.replace(step_size=fmpq(2) ** -pick(chooser, (0, 1, 3, 10, -1, -10)))
