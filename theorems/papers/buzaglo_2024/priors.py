"""Priors with a mass on the teacher and the rest on all functions with k errors, and samples of a size."""

from __future__ import annotations

from math import ceil, log

from flint import fmpq

from refutable.theorems.domains.finite_prior import FINITE_PRIOR
from refutable.theorems.exact import compare, to_float
from refutable.theorems.instances import Instance
from refutable.theorems.papers.buzaglo_2024.sample_sizes import ENOUGH, SampleSize
from refutable.theorems.records import Family, Range


def symmetric(p: fmpq | int, errors: int, inputs: int, delta: fmpq, samples: int) -> Instance:
    """Mass p on the teacher, the rest on all functions with that many errors; epsilon is their risk."""
    p = fmpq(p)
    return FINITE_PRIOR.instance(
        blocks=[inputs],
        errors=[[0], [errors]],
        prior=[p, 1 - p],
        epsilon=fmpq(errors, inputs),
        delta=delta,
        samples=samples,
    )


def least_samples(size: SampleSize, p: fmpq, epsilon: fmpq, delta: fmpq) -> int:
    """The smallest N >= 0 that the condition allows."""
    needed = size.needed(p, delta)
    count = max(0, ceil(float(needed) / to_float(epsilon)) - size.fewer)
    while compare(needed, (count + size.fewer) * epsilon) == 1:
        count += 1
    while count > 0 and compare(needed, (count - 1 + size.fewer) * epsilon) != 1:
        count -= 1
    return count


def sampled(p: fmpq, errors: int, delta: fmpq, size: SampleSize = ENOUGH, inputs: int = 200) -> Instance:
    """A symmetric prior with the fewest samples that the condition allows."""
    return symmetric(p, errors, inputs, delta, least_samples(size, p, fmpq(errors, inputs), delta))


def nearly_tight(inputs: int, p: fmpq, delta: fmpq) -> Instance:
    """One error, so that epsilon = 1/inputs; delta lowered to where the samples just suffice."""
    samples = least_samples(ENOUGH, p, fmpq(1, inputs), delta)
    lowest = (1 / to_float(p)) * 2.0 ** (-samples / inputs / log(2))
    return symmetric(p, 1, inputs, fmpq(ceil(lowest * 10**6 + 1), 10**6), samples)


NEARLY_TIGHT = Family(
    id="one-error-of-many-inputs",
    parameters={
        "inputs": Range(choices=(50, 100, 200, 400)),
        "p": Range(choices=(fmpq(1, 5), fmpq(1, 10), fmpq(1, 20))),
        "delta": Range(choices=(fmpq(1, 10), fmpq(1, 20), fmpq(1, 50))),
    },
    build=nearly_tight,
    attains="limit",
    reaches=fmpq(22, 25),
    meaning="mass p on the teacher, the rest on all functions with one error, as many samples as just suffice",
)
