"""Hypotheses about networks with parameters from a finite set."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flint import fmpq

from refutable.theorems.checks import Check
from refutable.theorems.claims import Assumption
from refutable.theorems.exact import text
from refutable.theorems.papers.buzaglo_2024.sample_sizes import SampleSize
from refutable.theorems.views import View

PREFIX = "network-"
"""Before the id of a `SampleSize`: the condition with Q^-C in place of p."""


def _in_set(view: View) -> Iterable[Check]:
    values = set(view["values"])
    for name in ("weights", "biases", "output_weights", "output_bias", "scales", "output_scale"):
        if view.has(name):
            for q in _numbers(view[name]):
                yield Check(q in values, "true", reason=f"{text(q)} in {name} is none of the values")


def _numbers(value: Any) -> Iterable[fmpq]:
    return (value,) if isinstance(value, fmpq) else value.ravel()


def _zero(view: View) -> Iterable[Check]:
    yield Check(fmpq(0) in set(view["values"]), "true", reason="0 is none of the values")


def _given(name: str, wanted: bool, reason: str) -> Any:
    return lambda view: [Check(view.has(name) == wanted, "true", reason=reason)]


ZERO_IN_SET = Assumption("zero-in-set", "0 is one of the values", _zero)
TEACHER_IN_SET = Assumption("teacher-in-set", "the teacher's parameters are among the values", _in_set)
WIDE_ENOUGH = Assumption(
    "wide-enough",
    "the student has at least as many hidden units as the teacher",
    lambda view: [Check(fmpq(view["teacher_width"]), "<=", fmpq(view["width"]))],
)
DENSE = Assumption("dense", "hidden units see the whole input", _given("kernel", False, "the network is convolutional"))
CONVOLUTIONAL = Assumption(
    "convolutional", "hidden units see windows of the input", _given("kernel", True, "hidden units see the whole input")
)
UNSCALED = Assumption("unscaled", "no sum is scaled", _given("scales", False, "hidden units have scales"))
SCALED = Assumption("scaled", "each hidden unit has a scale", _given("scales", True, "hidden units have no scales"))
REALISED = (ZERO_IN_SET, TEACHER_IN_SET, WIDE_ENOUGH)


def sampled_enough(size: SampleSize) -> Assumption:
    """The condition on the number of samples with Q^-C in place of p."""

    def checks(view: View) -> Iterable[Check]:
        yield Check(size.needed(view["bound"], view["delta"]), "<=", view["samples"] * view["epsilon"])

    statement = size.statement.replace("log(1/p)", "C log Q")
    return Assumption(PREFIX + size.id, statement, checks)
