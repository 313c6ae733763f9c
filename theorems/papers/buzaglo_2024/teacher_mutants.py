"""Exponents that forget parameters, and other false beliefs about random quantised networks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flint import fmpq

from refutable.theorems.checks import Check
from refutable.theorems.claims import Claim
from refutable.theorems.instances import Instance
from refutable.theorems.papers.buzaglo_2024.sample_sizes import SampleSize
from refutable.theorems.papers.buzaglo_2024.teacher_assumptions import REALISED, sampled_enough
from refutable.theorems.papers.buzaglo_2024.teachers import CORNERS, TERNARY, network, rectifier, sampled
from refutable.theorems.records import Mutant
from refutable.theorems.views import View

Exponent = Callable[[View], Any]

CORNER_TEACHER = ([[-1, -1]], [1], [1], 0)
"""1{relu(1 - x1 - x2) > 0}: of all ternary teachers one of the least probable on the corners."""


def _exponent(claim: Claim, id: str, formula: str, exponent: Exponent, why: str, killer: Instance) -> Mutant:
    false = replace(
        claim,
        id=f"{claim.id}: {id}",
        statement=f"{claim.statement.split(', C =')[0]}, C = {formula}",
        concludes=lambda view: [Check(fmpq(view["value_count"]) ** -exponent(view), "<=", view["probability"])],
        latex="",
    )
    return Mutant(id, false, why, killer)


def _one_fewer(claim: Claim, exponent: str, form: str) -> Mutant:
    id = "one-parameter-fewer" if form == "plain" else f"one-parameter-fewer-{form}"
    return _exponent(
        claim,
        id,
        "one less than that",
        lambda view: view[exponent] - 1,
        "with values 0 and 1 and one hidden unit every parameter counts",
        rectifier(form=form),
    )


def mutants(plain: Claim, scaled: Claim, convolution: Claim, scaled_convolution: Claim, samples: Claim) -> Any:
    """The record's mutants; the arguments are its claims."""
    corners = network(TERNARY, CORNERS, CORNER_TEACHER, 1)
    return (
        _exponent(
            plain,
            "without-biases",
            "d* d_0 + d",
            lambda view: view["plain_exponent"] - view["teacher_width"] - 1,
            "biases are parameters too",
            corners,
        ),
        _exponent(
            scaled,
            "scaled-without-biases",
            "d* d_0 + d + d* + s, s = 1 with an output scale and 0 without",
            lambda view: view["scaled_exponent"] - view["width"] - 1,
            "biases are parameters too",
            network(TERNARY, CORNERS, CORNER_TEACHER, 1, scales=[1]),
        ),
        _fewer_values(plain, corners),
        _one_fewer(plain, "plain_exponent", "plain"),
        _one_fewer(scaled, "scaled_exponent", "scaled"),
        _one_fewer(convolution, "plain_exponent", "convolutional"),
        _one_fewer(scaled_convolution, "scaled_exponent", "scaled-convolutional"),
        _exponent(
            plain,
            "surplus-outputs-free",
            "d* (d_0 + 1) + d* + 1",
            lambda view: view["plain_exponent"] - view["width"] + view["teacher_width"],
            "surplus hidden units must not be listened to",
            network(TERNARY, [(-1, 3), (1, -3), (1, 2), (2, -3), (2, 3)], ([[1, 0]], [-1], [-1], 1), 2),
        ),
        _other_side_of_zero(plain),
        _without_exponent(samples),
    )


def _fewer_values(plain: Claim, killer: Instance) -> Mutant:
    claim = replace(
        plain,
        id=f"{plain.id}: one-value-fewer",
        statement=f"{plain.statement}, with Q - 1 in place of Q",
        concludes=lambda view: [
            Check(fmpq(view["value_count"] - 1) ** -view["plain_exponent"], "<=", view["probability"])
        ],
        latex="",
    )
    return Mutant("one-value-fewer", claim, "0 is a value like the others", killer)


def _other_side_of_zero(plain: Claim) -> Mutant:
    claim = replace(
        plain,
        id=f"{plain.id}: other-side-of-zero",
        statement=f"{plain.statement}, if students label z = 0 as 1 and the teacher labels it as 0",
        concludes=lambda view: [
            Check(fmpq(view["value_count"]) ** -view["plain_exponent"], "<=", view["probability_at_zero"])
        ],
        latex="",
    )
    why = "students of values 0 and 1 have z >= 0 everywhere"
    return Mutant("other-side-of-zero", claim, why, rectifier())


def _without_exponent(samples: Claim) -> Mutant:
    size = SampleSize(teacher=fmpq(0))
    claim = replace(
        samples,
        id=f"{samples.id}: without-exponent",
        statement="with N >= log(1/delta) / epsilon samples, a random network with one hidden layer that fits them has "
        "risk >= epsilon with probability at most delta",
        assumes=(*REALISED, sampled_enough(size)),
        latex="",
    )
    killer = sampled(fmpq(1, 5), fmpq(1, 4), 7)
    return Mutant("samples-without-exponent", claim, "a teacher that is rarely guessed needs more samples", killer)
