"""The teacher's labels, the probability that a random network gives the same, and the exponents of its lower bounds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flint import fmpq

from refutable.theorems.domains.finite_prior.occupancy import surjections
from refutable.theorems.domains.quantised_network.counting import Kind, label_counts, setting, threshold
from refutable.theorems.views import Quantity, View

ZERO = fmpq(0)


def structure(view: View) -> Mapping[str, Any]:
    """``kind``: what the parameters are; ``setting``: what is enumerated."""
    kind = Kind(view["kernel"] if view.has("kernel") else 0, view.has("scales"), view.has("output_scale"))
    return {"kind": kind, "setting": setting(view["values"], view["inputs"], kind)}


def fan_in(view: View) -> int:
    """f: inputs that a hidden unit sees."""
    return int(view["weights"].shape[-1])


def teacher_width(view: View) -> int:
    """d*: hidden units of the teacher."""
    return int(view["weights"].shape[-2])


def value_count(view: View) -> int:
    """Q: how many values there are."""
    return len(view["values"])


def teacher_outputs(view: View) -> Any:
    """z of the teacher on each input, [n]."""
    scales = view["scales"] if view.has("scales") else [fmpq(1)] * view["teacher_width"]
    gain = view["output_scale"] if view.has("output_scale") else fmpq(1)
    rows = []
    for x in view["inputs"]:
        windows = [x[t : t + view["fan_in"]] for t in range(len(x) - view["fan_in"] + 1)]
        units = zip(view["weights"], view["biases"], view["output_weights"], scales, strict=True)
        z = sum((u * sum(max(ZERO, s * (w @ part) + b) for part in windows) for w, b, u, s in units), ZERO)
        rows.append(gain * z + view["output_bias"])
    return view.ops.array(rows)


def teacher_labels(view: View) -> int:
    """1{z > 0} of the teacher, bit i for input i."""
    return threshold(view["teacher_outputs"])


def parameters(view: View) -> Any:
    """Number of parameters of the student: d (f + 2) + 1, d more with scales and 1 more with an output scale."""
    kind, width = view["kind"], view["width"]
    return width * (view["fan_in"] + 2 + int(kind.scaled)) + 1 + int(kind.output_scaled)


def labellings(view: View) -> Any:
    """How many students give each labelling of the inputs.

    Raises:
        ArithmeticError: there are too many to count.
    """
    return label_counts(view["setting"], view["width"])


def probability(view: View) -> fmpq:
    """p: share of the students that label all inputs as the teacher does."""
    return fmpq(view["labellings"].get(view["teacher_labels"], 0), view["value_count"] ** view["parameters"])


def probability_at_zero(view: View) -> fmpq:
    """The same if students label z = 0 as 1, unlike the teacher."""
    other = replace(view["setting"], kind=replace(view["kind"], at_zero=True))
    count = label_counts(other, view["width"]).get(view["teacher_labels"], 0)
    return fmpq(count, view["value_count"] ** view["parameters"])


def plain_exponent(view: View) -> Any:
    """C = d* (f + 1) + d + 1: surplus hidden units may do what they like, if no output weight listens to them."""
    return view["teacher_width"] * (view["fan_in"] + 1) + view["width"] + 1


def scaled_exponent(view: View) -> Any:
    """C = d* f + 2 d + d* + 1, and 1 more for an output scale.

    Surplus hidden units may be listened to, if their scale and bias are 0.
    """
    teacher, width = view["teacher_width"], view["width"]
    return teacher * view["fan_in"] + 2 * width + teacher + 1 + int(view["kind"].output_scaled)


def exponent(view: View) -> Any:
    """C of the kind of network: parameters that pin the teacher's function down."""
    return view["scaled_exponent"] if view["kind"].scaled else view["plain_exponent"]


def bound(view: View) -> fmpq:
    """Q^-C."""
    power: fmpq = fmpq(view["value_count"]) ** -view["exponent"]
    return power


def failure(view: View) -> fmpq:
    """Probability that a random network, given that it fits N samples, labels a share >= epsilon of the inputs wrong.

    Samples are independent, each input equally likely, labelled by the teacher.
    """
    n, samples, least = len(view["inputs"]), view["samples"], view["epsilon"] * len(view["inputs"])
    fits, bad = [0] * 2**n, [0] * 2**n
    for labels, count in view["labellings"].items():
        wrong = labels ^ view["teacher_labels"]
        fits[wrong] += count
        bad[wrong] += count if wrong.bit_count() >= least else 0
    _sum_over_subsets(fits, n)
    _sum_over_subsets(bad, n)
    everything, exact = 2**n - 1, surjections(samples, min(n, samples))
    total = ZERO
    for seen in range(2**n):
        size, free = seen.bit_count(), everything & ~seen
        if size < len(exact) and exact[size] != 0 and bad[free]:
            total += exact[size] * fmpq(bad[free], fits[free])
    mean: fmpq = total / fmpq(n) ** samples
    return mean


def _sum_over_subsets(table: list[int], bits: int) -> None:
    """table[m] becomes the sum of table[s] over all subsets s of m."""
    for bit in range(bits):
        for mask in range(len(table)):
            if mask >> bit & 1:
                table[mask] += table[mask ^ 1 << bit]


PROBABILITY = (
    Quantity("fan_in", fan_in, "f: inputs that a hidden unit sees", scalar=True),
    Quantity("teacher_width", teacher_width, "d*: hidden units of the teacher", scalar=True),
    Quantity("value_count", value_count, "Q: number of values", scalar=True),
    Quantity("teacher_outputs", teacher_outputs, "z of the teacher on each input, [n]"),
    Quantity("teacher_labels", teacher_labels, "1{z > 0} of the teacher, bit i for input i"),
    Quantity("parameters", parameters, "parameters of the student", scalar=True),
    Quantity("labellings", labellings, "number of students by the labels that they give"),
    Quantity("probability", probability, "p: share of the students that label as the teacher does", scalar=True),
    Quantity("probability_at_zero", probability_at_zero, "p if students label z = 0 as 1", scalar=True),
    Quantity("plain_exponent", plain_exponent, "d* (f + 1) + d + 1", scalar=True),
    Quantity("scaled_exponent", scaled_exponent, "d* f + 2 d + d* + 1, 1 more with an output scale", scalar=True),
    Quantity("exponent", exponent, "C: parameters that pin the teacher's function down", scalar=True),
    Quantity("bound", bound, "Q^-C", scalar=True),
    Quantity("failure", failure, "F(N): probability that a student that fits errs by epsilon or more", scalar=True),
)
