"""The domain record: fields, validation, L1 norms of the ridge density and of the iterated Laplacian, reductions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from flint import fmpq

from refutable.theorems.domains.domain import Domain, Move, quantities
from refutable.theorems.domains.gaussian_bumps.variation import Profile, TotalVariation, total_variation
from refutable.theorems.domains.number_moves import NumberMoves, proper, sealed
from refutable.theorems.exact import Number, text
from refutable.theorems.instances import Field, Instance, InstanceError
from refutable.theorems.views import Quantity, View

DIMENSIONS = (1, 3)
MAX_BUMPS, MAX_BITS, MAX_RATIO = 6, 64, 1024
LEAST_RATIO = fmpq(33, 32)
"""Bumps of nearly equal widths cancel: enclosures of their difference would take very short intervals."""

FIELDS = (
    Field("dimension", ("dimension",), kind="integer", minimum=1, meaning="d: 1 or 3"),
    Field("amplitudes", ("amplitudes",), ("m",), meaning="A_i"),
    Field("widths", ("widths",), ("m",), meaning="s_i > 0"),
)

RIDGE = {1: Profile((0, -1), 2), 3: Profile((0, 3, 0, -1), 3)}
"""Antiderivatives in b, over s: of f'' for d = 1; for d = 3 of (d/db)^4 R f/(2 pi), -He3."""
LAPLACIAN = {1: Profile((0, -1), 2), 3: Profile((0, 0, 0, 5, 0, -1), 3)}
"""Antiderivatives in r: of f'' for d = 1; for d = 3 of r^2 Laplace^2 f, u^3 (5 - u^2)."""
SINGLE_LAPLACIAN = {1: Profile((0, -1), 2), 3: Profile((0, 0, 0, -1), 3)}
"""For d = 3: of r^2 Laplace f over s^2, -u^3."""


def check(values: Mapping[str, Any]) -> None:
    """The dimension is 1 or 3, widths are positive and comparable, sizes stay small.

    Raises:
        InstanceError: otherwise.
    """
    if values["dimension"] not in DIMENSIONS:
        raise InstanceError(f"dimension is {values['dimension']}; the formulas are for 1 and 3")
    widths = list(values["widths"])
    if len(widths) > MAX_BUMPS:
        raise InstanceError(f"{len(widths)} bumps; at most {MAX_BUMPS}")
    for i, s in enumerate(widths):
        if s <= 0:
            raise InstanceError(f"widths[{i}] must be > 0, got {text(s):.60}")
    numbers = [*widths, *values["amplitudes"]]
    if max(int(part).bit_length() for q in numbers for part in (q.p, q.q)) > MAX_BITS:
        raise InstanceError(f"a numerator or denominator has more than {MAX_BITS} bits; round the numbers")
    if max(widths) > MAX_RATIO * min(widths):
        raise InstanceError(f"one width is more than {MAX_RATIO} times another; bring them nearer")
    for s, larger in pairwise(sorted(set(widths))):
        if larger < LEAST_RATIO * s:
            raise InstanceError(
                f"widths {text(s):.30} and {text(larger):.30} differ, but by less than a factor of {text(LEAST_RATIO)}"
                "; make them equal or move them apart"
            )


def structure(view: View) -> Mapping[str, Any]:
    """No discrete facts: quantities are defined on exact views only."""
    return {}


def merged(view: View) -> list[tuple[fmpq, fmpq]]:
    """(width, amplitude) by width, the widest first: bumps of one width added up, those of amplitude 0 left out."""
    sums: dict[fmpq, fmpq] = {}
    for a, s in zip(view["amplitudes"], view["widths"], strict=True):
        sums[s] = sums.get(s, fmpq(0)) + a
    return sorted(((s, a) for s, a in sums.items() if a != 0), reverse=True)


def variation(view: View, profiles: Mapping[int, Profile]) -> Number:
    """Twice the total variation of the sum of profiles: an integral over the whole line or space."""
    bumps, profile = view["merged"], profiles[view["dimension"]]
    if not bumps:
        return fmpq(0)
    # Scaled to first width and amplitude 1, functions that differ in units alone share one enclosure.
    (s, a), *_ = bumps
    amplitudes, widths, factor = tuple(b / a for _, b in bumps), tuple(w / s for w, _ in bumps), 2 * abs(a) / s
    key = ("variation", profile.value, *(tuple(map(text, part)) for part in (amplitudes, widths, (factor,))))
    return TotalVariation(lambda bits: factor * total_variation(profile, amplitudes, widths, bits), key)


def hollow(view: View) -> str | None:
    """Why a function is no honest witness: it is 0."""
    return None if view["merged"] else "the function is 0"


def describe(instance: Instance) -> list[str]:
    """The function on one line."""
    terms = zip(instance["amplitudes"], instance["widths"], strict=True)
    return [
        f"f(x) = {' + '.join(f'({text(a)}) exp(-|x|^2/{text(2 * s * s)})' for a, s in terms)}",
        f"dimension {instance['dimension']}",
    ]


def _with(instance: Instance, amplitudes: Sequence[fmpq], widths: Sequence[fmpq]) -> Instance:
    changes = {"amplitudes": list(amplitudes), "widths": list(widths)}
    return instance.replace(**{name: sealed(np.array(v, dtype=object)) for name, v in changes.items()})


def drop_bump(instance: Instance) -> Iterator[Instance]:
    """One bump fewer."""
    a, s = list(instance["amplitudes"]), list(instance["widths"])
    for i in range(len(a)) if len(a) > 1 else ():
        yield _with(instance, a[:i] + a[i + 1 :], s[:i] + s[i + 1 :])


def unit_scale(instance: Instance) -> Iterator[Instance]:
    """The first width 1, or the first amplitude 1: both sides scale alike."""
    a, s = list(instance["amplitudes"]), list(instance["widths"])
    yield _with(instance, a, [w / s[0] for w in s])
    if a[0] != 0:
        yield _with(instance, [b / a[0] for b in a], s)


def line(instance: Instance) -> Iterator[Instance]:
    """The same on the line."""
    if instance["dimension"] != 1:
        yield instance.replace(dimension=1)


def other_dimension(instance: Instance) -> Iterator[Instance]:
    """The same on the line or in space."""
    yield instance.replace(dimension=4 - instance["dimension"])


def other_bumps(instance: Instance) -> Iterator[Instance]:
    """One bump more, half or twice as wide and of the opposite sign; one of the opposite sign."""
    a, s = list(instance["amplitudes"]), list(instance["widths"])
    if len(a) < 4:
        for factor in (fmpq(1, 2), fmpq(2), fmpq(9, 8)):
            yield _with(instance, [*a, -a[0]], [*s, s[0] * factor])
    if len(a) > 1:
        yield from (_with(instance, [*a[:i], -a[i], *a[i + 1 :]], s) for i in range(len(a)))


NUMBERS = NumberMoves(("amplitudes", "widths"), positive=("widths",))

GAUSSIAN_BUMPS = Domain(
    id="gaussian-bumps",
    title="sums of centred Gaussians on the line or in space",
    fields=FIELDS,
    structure=structure,
    quantities=quantities(
        Quantity("merged", merged, "(width, amplitude) of bumps of different widths, the widest first"),
        Quantity("ridge_mass", lambda v: variation(v, RIDGE), "int |alpha|, gamma_d included", scalar=True),
        Quantity(
            "laplacian_mass", lambda v: variation(v, LAPLACIAN),
            "gamma_d |S^(d-1)| int |(-Laplace)^((d+1)/2) f|", scalar=True,
        ),
        Quantity(
            "single_laplacian_mass", lambda v: variation(v, SINGLE_LAPLACIAN),
            "the same with Laplace f/s^2 for Laplace^2 f, d = 3", scalar=True,
        ),
    ),
    moves=proper(
        check, (),
        (Move("drop a bump", drop_bump), Move("on the line", line), Move("unit scale", unit_scale), *NUMBERS.moves),
    ),
    variations=proper(check, (), (Move("other dimension", other_dimension), Move("other bumps", other_bumps))),
    check=check,
    hollow=hollow,
    describe=describe,
)  # fmt: skip
