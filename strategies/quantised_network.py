"""Random networks over a few values to try claims on: small sets of values and inputs, teachers that are rare."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import Any, TypeAlias

from flint import fmpq
from hypothesis import event
from hypothesis import strategies as st

from refutable.strategies.supply import DrawnSupply, Size
from refutable.theorems.domains.quantised_network import QUANTISED_NETWORK
from refutable.theorems.instances import Instance
from refutable.theorems.papers.buzaglo_2024.priors import least_samples
from refutable.theorems.papers.buzaglo_2024.sample_sizes import SampleSize
from refutable.theorems.papers.buzaglo_2024.teacher_assumptions import PREFIX

HALF = fmpq(1, 2)
WITH_ZERO: tuple[tuple[Any, ...], ...] = ((0, 1), (-1, 0, 1), (0, 1, 2), (-2, 0, 1), (0, HALF, 1), (-1, 0), (0, 2))
WITHOUT_ZERO: tuple[tuple[Any, ...], ...] = ((-1, 1), (1, 2), (-1, 1, 2), (-2, 1))
MOST_SAMPLES = 400
MANY_UNITS = 243
DIGIT_BITS = 20
"""Beyond 24 bits Hypothesis prefers small integers."""
KNOWN = frozenset(
    {"zero-in-set", "teacher-in-set", "wide-enough", "dense", "convolutional", "unscaled", "scaled"}
)  # fmt: skip


Points: TypeAlias = list[tuple[int, ...]]


def _grid(numbers: Sequence[int], dimension: int) -> Points:
    return list(product(numbers, repeat=dimension))


DENSE_INPUTS: tuple[Points, ...] = (
    _grid((0, 1), 1), _grid((-1, 0, 1), 1), _grid((-2, -1, 0, 1, 2), 1), _grid((-1, 1), 2), _grid((0, 1), 2),
    _grid((-1, 0, 1), 2), _grid((-1, 1), 3), _grid((-2, -1, 1, 2), 2), _grid((-3, -1, 1, 2), 2),
)  # fmt: skip
RARE_INPUTS: tuple[Points, ...] = ([(-1, 3), (1, -3), (1, 2), (2, -3), (2, 3)], [(0, -2), (0, 1), (0, 2), (2, 0)])
"""Those on which bounds are known to be near their limits."""
WINDOWED_INPUTS = (_grid((0, 1), 2), _grid((-1, 1), 3), _grid((-1, 0, 1), 2), _grid((0, 1), 3), _grid((-1, 1), 4))


@dataclass(frozen=True)
class Regime:
    """What is drawn: values with or without 0, which forms, and a condition on the number of samples."""

    zero: bool
    convolutional: tuple[bool, ...]
    scaled: tuple[bool, ...]
    size: SampleSize | None = None
    known: bool = True

    @property
    def inputs(self) -> tuple[Points, ...]:
        """Sets of inputs for hidden units that see all of them."""
        return DENSE_INPUTS + RARE_INPUTS if self.known else DENSE_INPUTS


def _regime(assumes: frozenset[str], known: bool) -> Regime:
    """What the assumptions leave.

    Raises:
        ValueError: an assumption id is unknown here.
    """
    sizes = []
    for id in sorted(assumes - KNOWN):
        size = SampleSize.read(id.removeprefix(PREFIX)) if id.startswith(PREFIX) else None
        if size is None:
            raise ValueError(f"no quantised networks can be drawn under {id!r}: extend this module")
        sizes.append(size)
    if len(sizes) > 1:
        raise ValueError("quantised networks are drawn under one condition on the number of samples, not under two")
    return Regime(
        "zero-in-set" in assumes,
        _allowed("dense" in assumes, "convolutional" in assumes),
        _allowed("unscaled" in assumes, "scaled" in assumes),
        sizes[0] if sizes else None,
        known,
    )


def _allowed(without: bool, with_it: bool) -> tuple[bool, ...]:
    return (False,) if without else (True,) if with_it else (False, True)


@cache
def _picks(choices: tuple[Any, ...]) -> st.SearchStrategy[Any]:
    return st.sampled_from(choices)


def _sets(choices: Sequence[Points]) -> st.SearchStrategy[Points]:
    return st.integers(0, len(choices) - 1).map(lambda i: choices[i])


@cache
def _indices(count: int, below: int) -> st.SearchStrategy[list[int]]:
    """So many numbers below a number: several are the digits of one draw, since draws cost more than digits."""
    most = DIGIT_BITS // bits if (bits := (below - 1).bit_length()) else count
    groups = [min(most, count - i) for i in range(0, count, most)]

    def digits(drawn: tuple[int, ...]) -> list[int]:
        return [n // below**i % below for n, size in zip(drawn, groups, strict=True) for i in range(size)]

    return st.tuples(*(st.integers(0, below**size - 1) for size in groups)).map(digits)


@cache
def _kept(count: int) -> st.SearchStrategy[list[int]]:
    """Inputs that are kept: mostly all."""
    every = list(range(count))
    return st.one_of(st.just(every), st.lists(st.integers(0, count - 1), min_size=2, max_size=count, unique=True))


DELTAS = (HALF, fmpq(1, 4), fmpq(1, 10), fmpq(1, 50))


@st.composite
def quantised_networks(draw: st.DrawFn, regime: Regime) -> Instance:
    """Teachers and students that satisfy the assumptions by construction; the simplest has values 0 and 1."""
    kinds = [draw(_picks(regime.convolutional)), draw(_picks(regime.scaled))]
    convolutional, scaled = kinds
    values = draw(_picks(WITH_ZERO if regime.zero else WITH_ZERO[:3] + WITHOUT_ZERO))
    inputs = draw(_sets(WINDOWED_INPUTS if convolutional else regime.inputs))
    if regime.size is not None and len(inputs) > 9:
        inputs = inputs[::2]
    inputs = [inputs[i] for i in draw(_kept(len(inputs)))]
    seen = len(inputs[0]) - 1 if convolutional else len(inputs[0])
    widest = _widest(len(values), len(values) ** (seen + 2 + scaled))
    teacher = min(widest, draw(_picks((1, 1, 1, 2))))
    width = min(widest, teacher + draw(_picks((0, 0, 1, 1, 2))))
    event(f"{'windows, ' if convolutional else ''}{'scaled, ' if scaled else ''}{width - teacher} surplus units")
    output_scaled = scaled and draw(_picks((False, True)))
    count = teacher * (seen + 2 + scaled) + 1 + output_scaled
    drawn = [draw(_indices(count, len(values))) for _ in range(2)]
    networks = [
        _network(values, inputs, [values[i] for i in places], (teacher, width, seen), (*kinds, output_scaled))
        for places in drawn
    ]
    rarest = min(networks, key=_commonness)
    return rarest if regime.size is None else _with_sample(draw, rarest, regime.size)


def _widest(values: int, units: int) -> int:
    """Most hidden units that are drawn, for a number of parameter settings of one."""
    if units > MANY_UNITS:
        return 1
    return 3 if values == 2 else 2


def _network(
    values: Sequence[Any],
    inputs: Sequence[Any],
    parameters: list[Any],
    sizes: tuple[int, int, int],
    forms: tuple[bool, ...],
) -> Instance:
    """The instance whose teacher has these parameters, hidden weights and biases, output weights and bias, scales."""
    teacher, width, seen = sizes
    convolutional, scaled, output_scaled = forms
    queue = iter(parameters)

    def take(count: int) -> list[Any]:
        return [next(queue) for _ in range(count)]

    return QUANTISED_NETWORK.instance(
        values=values,
        inputs=inputs,
        weights=[take(seen) for _ in range(teacher)],
        biases=take(teacher),
        output_weights=take(teacher),
        output_bias=next(queue),
        scales=take(teacher) if scaled else None,
        output_scale=next(queue) if output_scaled else None,
        kernel=seen if convolutional else None,
        width=width,
    )


def _commonness(instance: Instance) -> tuple[bool, fmpq]:
    """How many students label as the teacher does; teachers that label all inputs alike come last."""
    view = QUANTISED_NETWORK.view(instance)
    return QUANTISED_NETWORK.hollow(view) is not None, view["probability"]


def _with_sample(draw: st.DrawFn, network: Instance, size: SampleSize) -> Instance:
    """As many samples as just suffice."""
    inputs = len(network["inputs"])
    epsilon = fmpq(1 + draw(_indices(1, inputs))[0], inputs)
    delta = draw(_picks(DELTAS))
    p = QUANTISED_NETWORK.view(network)["bound"]
    samples = least_samples(size, p, epsilon, delta)
    return network.replace(epsilon=epsilon, delta=delta, samples=min(samples, MOST_SAMPLES))


@cache
def _drawn(regime: Regime) -> st.SearchStrategy[Instance]:
    return quantised_networks(regime)


def _teachers(assumes: frozenset[str], size: Size, known: bool) -> st.SearchStrategy[Instance]:
    return _drawn(_regime(assumes, known))


SUPPLY = DrawnSupply(QUANTISED_NETWORK, _teachers)
