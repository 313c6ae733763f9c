"""Reductions of a network with a density: those of the network, with the density's scale fitted anew, and its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from flint import fmpq

from refutable.theorems.domains.domain import Move
from refutable.theorems.domains.number_moves import NumberMoves
from refutable.theorems.domains.shallow_relu.moves import POLISH, STRUCTURE
from refutable.theorems.exact import Real, as_real, to_float
from refutable.theorems.exact.simplest import simplest_between
from refutable.theorems.instances import Instance
from refutable.theorems.views import View

POSITIVE = ("step_size", "scale", "radius_squared", "variance")
WIDTHS = tuple(fmpq(1, 2**bits) for bits in (8, 20, 34))
NUMBERS = NumberMoves(("scale", "radius_squared", "variance"), positive=POSITIVE)


def smaller_power(instance: Instance) -> Iterator[Instance]:
    """A density of a lower power."""
    for power in range(instance["power"] or 0):
        yield from refit_scale(instance.replace(power=power))


def simpler_density(instance: Instance) -> Iterator[Instance]:
    """One number of the density replaced by a plainer one, its scale by one that the network's weight allows."""
    for candidate in NUMBERS.simplify(instance):
        yield candidate
        if candidate["scale"] == instance["scale"]:
            yield from refit_scale(candidate)
    yield from refit_scale(instance)


def refit_scale(instance: Instance) -> Iterator[Instance]:
    """The instance with the largest scale that keeps the density below the weight, and simple ones just below."""
    largest = largest_scale(instance)
    if largest is None:
        return
    for width in WIDTHS:
        yield instance.replace(scale=simplest_between(largest * (1 - width), largest))


def largest_scale(instance: Instance) -> fmpq | None:
    """The scale at which the density touches the weight at the first hyperplane that carries mass, from floats.

    None where it meets none, or where the numbers make no sense.
    """
    from refutable.theorems.domains.shallow_relu_density.domain import SHALLOW_RELU_DENSITY

    view = View.of(SHALLOW_RELU_DENSITY, instance)
    try:
        triples = zip(view["merged_mass"], view["weight"], view["radon_mass"], strict=True)
        ratios = [_float(weight) / _float(radon) for mass, weight, radon in triples if mass != 0 and _float(radon) > 0]
    except (ArithmeticError, ValueError):
        return None
    top = min(ratios, default=0.0)
    return instance["scale"] * fmpq(*top.as_integer_ratio()) * (1 + fmpq(1, 2**44)) if 0 < top < 1e300 else None


def _float(x: fmpq | Real) -> float:
    return to_float(x) if isinstance(x, fmpq) else float(as_real(x).ball(64).mid())


def with_scale(move: Callable[[Instance], Iterator[Instance]]) -> Callable[[Instance], Iterator[Instance]]:
    """The move, each reduction also with its scale fitted anew."""

    def reductions(instance: Instance) -> Iterator[Instance]:
        scales: dict[Instance, list[fmpq]] = {}
        for candidate in move(instance):
            yield candidate
            # No scale depends on the step size, which is most of what refitting changes.
            key = candidate.replace(step_size=None)
            if key not in scales:
                scales[key] = [fitted["scale"] for fitted in refit_scale(candidate)]
            yield from (candidate.replace(scale=scale) for scale in scales[key])

    reductions.__doc__ = move.__doc__
    return reductions


MOVES = (
    *(Move(move.id, with_scale(move.reductions)) for move in STRUCTURE),
    Move("smaller power", smaller_power),
    *(Move(move.id, with_scale(move.reductions)) for move in POLISH),
    Move("simplify the density", simpler_density),
)
