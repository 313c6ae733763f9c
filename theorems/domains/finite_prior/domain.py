"""The domain record: fields, validation, writing."""

from __future__ import annotations

from collections.abc import Mapping
from math import lcm, prod
from typing import Any

from refutable.theorems.domains.domain import Domain, quantities
from refutable.theorems.domains.finite_prior.moves import MOVES, VARIATIONS
from refutable.theorems.domains.finite_prior.posterior import POSTERIOR, structure
from refutable.theorems.domains.number_moves import proper
from refutable.theorems.exact import text
from refutable.theorems.instances import Field, Instance, InstanceError
from refutable.theorems.views import View

MAX_POINTS, MAX_SAMPLES = 400, 4000
"""Exact occupancy probabilities are fractions of inputs^samples."""
MAX_WORK = 16384
"""Most occupancies of the blocks times classes."""
MAX_BITS, MAX_COMMON_BITS = 256, 1024
"""Longest numerator or denominator, and longest common denominator of the weights."""

FIELDS = (
    Field("blocks", ("inputs", "blocks"), ("r",), meaning="numbers of inputs; all inputs are equally likely"),
    Field("errors", ("prior", "errors"), ("c", "r"), meaning="a class errs on so many inputs of each block, any ones"),
    Field("prior", ("prior", "weights"), ("c",), meaning="weight of each class, shared evenly among its classifiers"),
    Field("epsilon", ("epsilon",), positive=True, meaning="a classifier of risk >= epsilon is bad"),
    Field("delta", ("delta",), positive=True, meaning="how often the posterior may be bad"),
    Field("samples", ("samples",), kind="integer", minimum=0, meaning="N, independent, labelled by the teacher"),
)  # fmt: skip


def check(values: Mapping[str, Any]) -> None:
    """Counts are whole numbers that fit, the teacher has prior mass, and the enumeration and its numbers stay small.

    Raises:
        InstanceError: otherwise.
    """
    _check_counts(values)
    _check_sizes(values)
    _check_lengths(values)
    weights = values["prior"]
    for c, weight in enumerate(weights):
        if weight < 0:
            raise InstanceError(f"prior.weights[{c}] is {text(weight)}; a weight is at least 0")
    if not any(w > 0 for w, row in zip(weights, values["errors"], strict=True) if not any(e != 0 for e in row)):
        raise InstanceError(
            "no class without errors has a positive weight: the teacher's function must have prior mass, or no "
            "classifier might agree with the sample; add a row of zeros to prior.errors"
        )
    for name in ("epsilon", "delta"):
        if values[name] > 1:
            raise InstanceError(f"{name} is {text(values[name])}; it is a probability, at most 1")


def _check_counts(values: Mapping[str, Any]) -> None:
    for b, size in enumerate(values["blocks"]):
        if size.q != 1 or size < 1:
            raise InstanceError(f"inputs.blocks[{b}] is {text(size)}; it must be a whole number, at least 1")
    for c, row in enumerate(values["errors"]):
        for b, (wrong, size) in enumerate(zip(row, values["blocks"], strict=True)):
            if wrong.q != 1 or not 0 <= wrong <= size:
                raise InstanceError(
                    f"prior.errors[{c}][{b}] is {text(wrong)}; it must be a whole number from 0 to the block's size "
                    f"{text(size)}"
                )


def _check_sizes(values: Mapping[str, Any]) -> None:
    sizes = [int(size.p) for size in values["blocks"]]
    if sum(sizes) > MAX_POINTS:
        raise InstanceError(f"there are {sum(sizes)} inputs; at most {MAX_POINTS} can be enumerated exactly here")
    if values["samples"] > MAX_SAMPLES:
        raise InstanceError(f"samples is {values['samples']}; at most {MAX_SAMPLES} can be enumerated exactly here")
    work = prod(size + 1 for size in sizes) * len(values["prior"])
    if work > MAX_WORK:
        raise InstanceError(
            f"{len(sizes)} blocks and {len(values['prior'])} classes make {work} cases; at most {MAX_WORK} are "
            "enumerated here: use fewer blocks, each of several inputs"
        )


def _check_lengths(values: Mapping[str, Any]) -> None:
    named = {name: values[name] for name in ("epsilon", "delta")}
    named |= {f"prior.weights[{c}]": weight for c, weight in enumerate(values["prior"])}
    for name, q in named.items():
        if max(q.p.bit_length(), q.q.bit_length()) > MAX_BITS:
            raise InstanceError(f"{name} has more than {MAX_BITS} bits in numerator or denominator; round it")
    common = 1
    for weight in values["prior"]:
        common = lcm(common, int(weight.q))
        if common.bit_length() > MAX_COMMON_BITS:
            raise InstanceError(
                f"prior.weights have a common denominator of more than {MAX_COMMON_BITS} bits; round them, to integers "
                "for one: only their ratios count"
            )


def hollow(view: View) -> str | None:
    """Why an instance is no honest witness: nothing can go wrong."""
    return "no class of positive weight has risk >= epsilon" if view["bad_mass"] == 0 else None


def describe(instance: Instance) -> list[str]:
    """The inputs, one line a class, then the sample and what is asked of it."""
    blocks, total = instance["blocks"], sum(instance["prior"])
    count = text(sum(blocks))
    shape = "" if len(blocks) == 1 else f", in blocks of {', '.join(map(text, blocks))}"
    lines = [f"{count} equally likely input{'' if count == '1' else 's'}{shape}"]
    for weight, row in zip(instance["prior"], instance["errors"], strict=True):
        lines.append(f"prior mass {text(weight / total)}: {_errors(row)}")
    lines.append(f"N = {instance['samples']}, epsilon = {text(instance['epsilon'])}, delta = {text(instance['delta'])}")
    return lines


def _errors(row: Any) -> str:
    if not any(wrong != 0 for wrong in row):
        return "the teacher's function"
    if len(row) == 1:
        return f"errors on any {text(row[0])} of the inputs"
    return f"errors on any {', '.join(map(text, row))} inputs of the blocks"


FINITE_PRIOR = Domain(
    id="finite-prior",
    title="a prior over classifiers of finitely many inputs, conditioned on a sample",
    fields=FIELDS,
    structure=structure,
    quantities=quantities(*POSTERIOR),
    moves=proper(check, ("epsilon", "delta"), MOVES),
    variations=proper(check, ("epsilon", "delta"), VARIATIONS),
    check=check,
    hollow=hollow,
    describe=describe,
)
