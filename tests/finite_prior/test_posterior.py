"""The posterior's exact failure, against all samples one by one; figures of symmetric priors; hostile instances."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations, product
from random import Random

import pytest
from flint import fmpq

from refutable.theorems.domains.finite_prior import FINITE_PRIOR
from refutable.theorems.domains.finite_prior.occupancy import surjections
from refutable.theorems.exact import fraction
from refutable.theorems.instances import Instance, InstanceError
from refutable.theorems.papers.buzaglo_2024.guess_mutants import SETTINGS
from refutable.theorems.papers.buzaglo_2024.priors import sampled, symmetric
from refutable.theorems.papers.buzaglo_2024.sample_sizes import ENOUGH, PAPER, SampleSize


def classifiers(instance: Instance) -> Iterator[tuple[frozenset[int], Fraction]]:
    """Every classifier by the inputs it errs on, with its prior probability."""
    blocks, start = [], 0
    for size in instance["blocks"]:
        blocks.append(range(start, start + int(size.p)))
        start += int(size.p)
    total = fraction(sum(instance["prior"]))
    for weight, row in zip(instance["prior"], instance["errors"], strict=True):
        ways = list(product(*(combinations(block, int(e.p)) for block, e in zip(blocks, row, strict=True))))
        for way in ways:
            yield frozenset(i for part in way for i in part), fraction(weight) / total / len(ways)


def failure_sample_by_sample(instance: Instance) -> Fraction:
    """F(N) by enumerating all inputs^N samples."""
    inputs, samples = int(sum(instance["blocks"]).p), instance["samples"]
    prior, total = list(classifiers(instance)), Fraction(0)
    for sample in product(range(inputs), repeat=samples):
        fits = [(errors, mass) for errors, mass in prior if not errors & set(sample)]
        bad = sum(mass for errors, mass in fits if Fraction(len(errors), inputs) >= fraction(instance["epsilon"]))
        total += bad / sum(mass for _, mass in fits)
    return total / inputs**samples


def random_prior(source: Random) -> Instance:
    blocks = source.choice([[3], [4], [2, 2], [1, 1, 1], [1, 3]])
    classes = source.randint(1, 3)
    errors = [[0] * len(blocks), *([source.randint(0, size) for size in blocks] for _ in range(classes))]
    return FINITE_PRIOR.instance(
        blocks=blocks,
        errors=errors,
        prior=[Fraction(source.randint(1, 9), source.randint(1, 9)) for _ in errors],
        epsilon=Fraction(source.randint(1, 4), 4),
        delta="1/2",
        samples=source.randint(0, 4),
    )


def test_the_failure_is_that_of_all_samples_one_by_one() -> None:
    source = Random(4)
    found = []
    for _ in range(40):
        instance = random_prior(source)
        value = FINITE_PRIOR.view(instance)["failure"]
        assert fraction(value) == failure_sample_by_sample(instance)
        found.append(value)
    assert len(set(found)) > 20


def test_a_block_is_the_same_as_its_functions_written_out() -> None:
    symmetric_form = symmetric(fmpq(1, 5), 2, 4, fmpq(1, 2), 3)
    rows = [[0] * 4, *([int(i in pair) for i in range(4)] for pair in combinations(range(4), 2))]
    table = FINITE_PRIOR.instance(
        blocks=[1] * 4, errors=rows, prior=["1/5", *["4/30"] * 6], epsilon="1/2", delta="1/2", samples=3
    )
    for name in ("failure", "expected_bad_mass", "worst_failure", "teacher_mass"):
        assert FINITE_PRIOR.view(symmetric_form)[name] == FINITE_PRIOR.view(table)[name], name


@pytest.mark.parametrize("samples", [0, 1, 4, 7])
def test_surjections_are_counted(samples: int) -> None:
    for most in range(5):
        counts = surjections(samples, most)
        expected = [sum(set(s) == set(range(j)) for s in product(range(j), repeat=samples)) for j in range(most + 1)]
        assert [int(c) for c in counts] == expected


FIGURES = {
    ENOUGH: ("0.687", "0.566", "0.832", "0.566"),
    PAPER: ("0.000823", "0.000161", "0.0000095", "0.00243"),
    SampleSize(confidence=fmpq(0)): ("4.27", "6.63", "41.5", "2.02"),
    SampleSize(confidence=fmpq(1, 2)): ("1.90", "2.20", "7.38", "1.14"),
}
"""F/delta on 200 inputs in the four settings, to three digits."""


@pytest.mark.parametrize("size", FIGURES, ids=lambda size: size.id)
def test_figures_of_symmetric_priors(size: SampleSize) -> None:
    for (p, errors, delta), figure in zip(SETTINGS, FIGURES[size], strict=True):
        ratio = FINITE_PRIOR.view(sampled(p, errors, delta, size))["failure"] / delta
        assert abs(fraction(ratio) / Fraction(figure) - 1) < Fraction(1, 100), (p, errors, delta)


def test_figure_without_the_teachers_term() -> None:
    size = SampleSize(fmpq(0), fmpq(3), fmpq(3))
    instance = sampled(*SETTINGS[1], size)
    assert round(float(fraction(FINITE_PRIOR.view(instance)["failure"] / instance["delta"])), 1) == 17.6


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"blocks": ["1/2"]}, "whole number"),
        ({"blocks": [0]}, "at least 1"),
        ({"blocks": [10**6]}, "at most 400"),
        ({"errors": [[0], [3]]}, "from 0 to the block's size 2"),
        ({"errors": [[1], [1]]}, "no class without errors"),
        ({"prior": [0, 1]}, "no class without errors"),
        ({"prior": [1, -1]}, "at least 0"),
        ({"samples": 10**9}, "at most 4000"),
        ({"samples": -1}, "at least 0"),
        ({"epsilon": 0}, "epsilon must be > 0"),
        ({"epsilon": 2}, "a probability"),
        ({"delta": "1.5"}, "a probability"),
        ({"epsilon": fmpq(1, 2**300)}, "epsilon has more than 256 bits"),
        ({"delta": fmpq(1, 2**300)}, "delta has more than 256 bits"),
        ({"prior": [1, 2**300]}, r"prior.weights\[1\] has more than 256 bits"),
        ({"errors": [[0]] + [[1]] * 9, "prior": [fmpq(1, 2**250 + k) for k in range(10)]}, "common denominator"),
        ({"blocks": [2] * 12, "errors": [[0] * 12, [1] * 12]}, "fewer blocks"),
    ],
)
def test_bad_instances_are_refused(changes: dict[str, object], message: str) -> None:
    plain = {"blocks": [2], "errors": [[0], [1]], "prior": [1, 1], "epsilon": "1/2", "delta": "1/2", "samples": 1}
    assert FINITE_PRIOR.instance(**plain)["samples"] == 1
    with pytest.raises(InstanceError, match=message):
        FINITE_PRIOR.instance(**{**plain, **changes})


def test_documents_round_trip_and_read_well() -> None:
    instance = symmetric(fmpq(1, 100), 20, 200, fmpq(1, 5), 47)
    assert FINITE_PRIOR.load(FINITE_PRIOR.dump(instance)) == instance
    assert FINITE_PRIOR.describe is not None
    assert FINITE_PRIOR.describe(instance)[:2] == [
        "200 equally likely inputs",
        "prior mass 1/100: the teacher's function",
    ]


@pytest.mark.parametrize("moves", [FINITE_PRIOR.moves, FINITE_PRIOR.variations], ids=["moves", "variations"])
def test_moves_keep_instances_well_formed(moves: tuple[object, ...]) -> None:
    start = FINITE_PRIOR.instance(
        blocks=[3, 4], errors=[[0, 0], [1, 2], [3, 0]], prior=[1, "3/7", 2], epsilon="1/7", delta="3/10", samples=5
    )
    for move in moves:
        reductions = list(move.reductions(start))  # type: ignore[attr-defined]
        assert reductions, move
        for other in reductions:
            assert other != start
            assert FINITE_PRIOR.load(FINITE_PRIOR.dump(other)) == other
