"""All networks of a width over a finite set of values, counted by the labels that they give to the inputs.

Hidden units contribute independently: the responses of one unit are counted, and the sums of d of them by convolving
the counts. Everything is scaled to integers; a response on all inputs is packed into one integer, so that responses
add as integers do, and are compared with a threshold all at once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from math import lcm

from flint import fmpq

MAX_STEPS = 200_000
"""Most sums of two responses; beyond it a table would take many seconds."""

Labels = int
"""Labels on all inputs: bit i is the label of input i."""


@dataclass(frozen=True)
class Kind:
    """What the parameters of a network are.

    Attributes:
        kernel: inputs that a hidden unit sees in each window; 0: all of them, once.
        scaled: each hidden unit scales its weighted sum.
        output_scaled: so does the output.
        at_zero: the label of z = 0; False as everywhere but in false variants.
    """

    kernel: int = 0
    scaled: bool = False
    output_scaled: bool = False
    at_zero: bool = False


@dataclass(frozen=True)
class Setting:
    """Values, inputs and kind: what is enumerated. Numbers are scaled to integers by ``grain`` and ``step``."""

    values: tuple[int, ...]
    grain: int
    inputs: tuple[tuple[int, ...], ...]
    step: int
    kind: Kind

    @property
    def bias_unit(self) -> int:
        """What 1/grain of a hidden bias is worth in a scaled weighted sum."""
        return self.step * (self.grain if self.kind.scaled else 1)

    @property
    def output_unit(self) -> int:
        """What 1/grain of the output bias is worth in z."""
        return self.bias_unit * self.grain * (self.grain if self.kind.output_scaled else 1)

    def windows(self) -> Iterator[tuple[tuple[int, ...], ...]]:
        """Each input as the windows that a hidden unit sees."""
        for x in self.inputs:
            width = self.kind.kernel or len(x)
            yield tuple(x[t : t + width] for t in range(len(x) - width + 1))


def setting(values: Iterable[fmpq], inputs: Iterable[Iterable[fmpq]], kind: Kind) -> Setting:
    """The setting with all numbers as integers."""
    rows = [list(row) for row in inputs]
    numbers = sorted(values)
    grain, step = lcm(*(int(q.q) for q in numbers)), lcm(*(int(q.q) for row in rows for q in row))
    return Setting(
        tuple(int((q * grain).p) for q in numbers),
        grain,
        tuple(tuple(int((q * step).p) for q in row) for row in rows),
        step,
        kind,
    )


def activations(one: Setting, weights: Sequence[int], bias: int, scale: int = 1) -> list[int]:
    """What a hidden unit gives on each input, summed over its windows."""
    shift = bias * one.bias_unit

    def active(window: tuple[int, ...]) -> int:
        return max(0, scale * sum(w * x for w, x in zip(weights, window, strict=True)) + shift)

    return [sum(map(active, windows)) for windows in one.windows()]


def unit_responses(one: Setting) -> Counter[tuple[int, ...]]:
    """Responses w2 * activation on all inputs, with the number of parameter settings of one hidden unit."""
    fan_in = one.kind.kernel or len(one.inputs[0])
    found: Counter[tuple[int, ...]] = Counter()
    scales = one.values if one.kind.scaled else (1,)
    for *weights, bias in product(one.values, repeat=fan_in + 1):
        for scale in scales:
            found[tuple(activations(one, weights, bias, scale))] += 1
    responses: Counter[tuple[int, ...]] = Counter()
    for activation, count in found.items():
        for out in one.values:
            responses[tuple(out * a for a in activation)] += count
    return responses


def label_counts(one: Setting, width: int) -> dict[Labels, int]:
    """How many networks with that many hidden units give each labelling.

    Raises:
        ArithmeticError: there are too many different responses.
    """
    counts = _counts_or_refusal(one, width)
    if isinstance(counts, str):
        raise ArithmeticError(counts)
    return counts


@lru_cache(maxsize=128)
def _counts_or_refusal(one: Setting, width: int) -> dict[Labels, int] | str:
    """A refusal is kept as well: it may take as long as the counts."""
    try:
        return _label_counts(one, width)
    except ArithmeticError as error:
        return str(error)


def _label_counts(one: Setting, width: int) -> dict[Labels, int]:
    units = unit_responses(one)
    largest = width * max(abs(a) for response in units for a in response)
    packing = Packing(len(one.inputs), largest)
    packed = {packing.packed(response): count for response, count in units.items()}
    outputs = list(product(one.values if one.kind.output_scaled else (1,), one.values))
    sums = packed
    for left in reversed(range(width - 1)):
        _check_steps(_least_sums(len(sums), len(packed), left) * len(packed), MAX_STEPS)
        _check_steps(_least_sums(len(sums), len(packed), left + 1) * len(outputs), 2 * MAX_STEPS)
        sums = _convolved(sums, packed)
    counts: Counter[Labels] = Counter()
    _check_steps(len(sums) * len(outputs), 2 * MAX_STEPS)
    for scale, bias in outputs:
        _add_labels(counts, sums, packing, (scale, bias * one.output_unit, one.kind.at_zero))
    return dict(counts)


@dataclass(frozen=True)
class Packing:
    """Vectors of integers of modulus at most ``largest`` as the digits of one integer, which add without carry."""

    length: int
    largest: int

    @property
    def bits(self) -> int:
        """Bits of a digit: differences of two sums fit, with a sign."""
        return (2 * self.largest + 2).bit_length() + 1

    def packed(self, vector: Sequence[int]) -> int:
        """The integer that stands for a vector."""
        return sum(a << self.bits * i for i, a in enumerate(vector))

    def alike(self, digit: int) -> int:
        """The vector whose entries are all the same."""
        return self.packed([digit] * self.length)

    def labels(self, marks: int) -> Labels:
        """The top bits of all digits, side by side."""
        return sum(1 << i for i in range(self.length) if marks >> self.bits * (i + 1) - 1 & 1)


def _least_sums(sums: int, units: int, times: int) -> int:
    """At least so many sums are left after adding that many units more: |A + B| >= |A| + |B| - 1 for sets of integers.

    It tells before the first convolution that a later one would take too long.
    """
    return sums + times * (units - 1)


def _convolved(sums: dict[int, int], units: dict[int, int]) -> dict[int, int]:
    _check_steps(len(sums) * len(units), MAX_STEPS)
    out: dict[int, int] = {}
    for a, m in sums.items():
        for b, n in units.items():
            out[a + b] = out.get(a + b, 0) + m * n
    return out


def _check_steps(steps: int, most: int) -> None:
    if steps > most:
        raise ArithmeticError(
            f"it takes more than {most} steps to count the students' labels exactly; take fewer values, inputs or "
            "hidden units"
        )


def _add_labels(counts: Counter[Labels], sums: dict[int, int], packing: Packing, output: tuple[int, int, bool]) -> None:
    """Count the labels of scale * sum + bias (and whether 0 is labelled 1) for all sums."""
    scale, bias, at_zero = output
    everything = (1 << packing.length) - 1
    if scale == 0:
        counts[everything if bias > 0 or (at_zero and bias == 0) else 0] += sum(sums.values())
        return
    found: dict[int, int] = {}
    flipped, bound = scale < 0, _least_labelled(scale, bias, at_zero)
    bound = max(-packing.largest - 1, min(packing.largest + 1, bound))
    half = 1 << packing.bits - 1
    shift, mask = packing.alike(half - bound), packing.alike(half)
    for total, count in sums.items():
        marks = total + shift & mask
        found[marks] = found.get(marks, 0) + count
    for marks, count in found.items():
        labels = packing.labels(marks)
        counts[everything ^ labels if flipped else labels] += count


def _least_labelled(scale: int, bias: int, at_zero: bool) -> int:
    """The least integer z with scale * z + bias > 0 (>= 0); for a negative scale the least without."""
    if scale > 0:
        return -(bias // scale) if at_zero else -bias // scale + 1
    size = -scale
    return bias // size + 1 if at_zero else -(-bias // size)


def threshold(outputs: Iterable[int | fmpq], at_zero: bool = False) -> Labels:
    """1{z > 0} on all inputs, as bits; with ``at_zero`` 1{z >= 0}."""
    return sum(1 << i for i, z in enumerate(outputs) if z > 0 or (at_zero and z == 0))
