"""Reductions and structural variations of an iteration with random delay."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from flint import fmpq

from refutable.theorems.domains.domain import Move
from refutable.theorems.domains.number_moves import NumberMoves, sealed
from refutable.theorems.domains.random_delay.crossings import first_crossing
from refutable.theorems.exact import as_real
from refutable.theorems.exact.simplest import simpler_near, simplest_between
from refutable.theorems.instances import Instance

REFIT = tuple(fmpq(1, 2**bits) for bits in (2, 8, 20, 34))
"""Relative distances within which a step size is proposed for another law."""
DENOMINATORS = (1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 32, 64)
LONGEST = 16
"""No delay is made longer than this."""


def with_law(instance: Instance, law: Sequence[fmpq]) -> Instance:
    """The iteration with another law; delays beyond the last possible one are left out."""
    kept = list(law)
    while len(kept) > 1 and kept[-1] == 0:
        kept.pop()
    array = np.empty(len(kept), dtype=object)
    array[:] = kept
    return instance.replace(probabilities=sealed(array))


def _refitted(before: Instance, law: Sequence[fmpq]) -> Iterator[Instance]:
    """The other law; also with the step size as far from the first crossing as before, and plainer."""
    after = with_law(before, law)
    yield after
    old, new = (float(as_real(first_crossing(list(i["probabilities"])))) for i in (before, after))
    top = before["step_size"] * fmpq(*new.as_integer_ratio()) / fmpq(*old.as_integer_ratio())
    for width in REFIT:
        for low, high in ((width, 0), (0, width)):
            yield after.replace(step_size=simplest_between(top * (1 - low), top * (1 + high)))


def fewer_delays(instance: Instance) -> Iterator[Instance]:
    """One possible delay fewer, its probability given to another; or all delays one shorter."""
    law = list(instance["probabilities"])
    possible = [k for k, p in enumerate(law) if p != 0]
    if len(law) > len(possible) and possible[-1] == len(law) - 1 and law[0] == 0:
        yield from _refitted(instance, law[1:])
    for k in reversed(possible):
        for other in possible:
            if other != k:
                merged = list(law)
                merged[other] += merged[k]
                merged[k] = fmpq(0)
                yield from _refitted(instance, merged)


def shorter_delays(instance: Instance) -> Iterator[Instance]:
    """The longest delay made one shorter."""
    law = list(instance["probabilities"])
    if len(law) > 1:
        yield from _refitted(instance, [*law[:-2], law[-2] + law[-1]])


def plainer_law(instance: Instance) -> Iterator[Instance]:
    """Probabilities rounded to a common denominator, the smallest first."""
    law = list(instance["probabilities"])
    longest = max(int(p.q) for p in law)
    for denominator in DENOMINATORS:
        if denominator < longest:
            rounded = _rounded(law, denominator)
            if rounded != law:
                yield from _refitted(instance, rounded)


def _rounded(law: Sequence[fmpq], denominator: int) -> list[fmpq]:
    """Largest remainders: multiples of 1/denominator that sum to 1."""
    scaled = [p * denominator for p in law]
    whole = [int(p.floor()) for p in scaled]
    order = sorted(range(len(law)), key=lambda k: whole[k] - scaled[k])
    for k in order[: denominator - sum(whole)]:
        whole[k] += 1
    return [fmpq(w, denominator) for w in whole]


def unit_curvature(instance: Instance) -> Iterator[Instance]:
    """Curvature 1 (or -1) and a plain step size, such that the iteration is the same or nearly so."""
    curvature = instance["curvature"]
    if curvature != 0 and abs(curvature) != 1:
        gain = instance["step_size"] * abs(curvature)
        for step in (*simpler_near(gain), gain):
            yield instance.replace(curvature=curvature / abs(curvature), step_size=step)


def other_law(instance: Instance) -> Iterator[Instance]:
    """All delays one longer, doubled, or mirrored; half of one probability moved to another delay or a new one."""
    law = list(instance["probabilities"])
    if len(law) <= LONGEST:
        yield with_law(instance, [fmpq(0), *law])
        yield with_law(instance, [p / 2 for p in law] + [fmpq(1, 2)])
    if 2 * len(law) <= LONGEST:
        yield with_law(instance, [q for p in law for q in (p, fmpq(0))])
    yield with_law(instance, law[::-1])
    for k, p in enumerate(law):
        for other in (k - 1, k + 1, 0):
            if p != 0 and 0 <= other < len(law) and other != k:
                moved = list(law)
                moved[k], moved[other] = p / 2, moved[other] + p / 2
                yield with_law(instance, moved)


def opposite_curvature(instance: Instance) -> Iterator[Instance]:
    """The other sign of the curvature."""
    if instance["curvature"] != 0:
        yield instance.replace(curvature=-instance["curvature"])


NUMBERS = NumberMoves(("step_size", "curvature"), positive=("step_size",))

MOVES = (
    Move("fewer delays", fewer_delays),
    Move("shorter delays", shorter_delays),
    Move("plainer probabilities", plainer_law),
    Move("curvature one", unit_curvature),
    Move("simplify a number", NUMBERS.simplify),
)
VARIATIONS = (Move("other law", other_law), Move("opposite curvature", opposite_curvature))
