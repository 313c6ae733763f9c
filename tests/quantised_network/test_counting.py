"""Counts of labellings, against plain enumeration of all parameters; figures of small networks; hostile instances."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from itertools import product
from random import Random

import pytest
from flint import fmpq

from refutable.theorems.domains.quantised_network import QUANTISED_NETWORK, counting
from refutable.theorems.domains.quantised_network.counting import Kind, label_counts, setting
from refutable.theorems.exact import fraction
from refutable.theorems.instances import InstanceError
from refutable.theorems.papers.buzaglo_2024.teachers import BINARY, CORNERS, GRID, SIGNS, TERNARY, network, rectifier

Values = Sequence[Fraction | int]


def relu(z: Fraction | int) -> Fraction | int:
    return max(0, z)


def plain_enumeration(values: Values, inputs: Sequence[Values], kind: Kind, width: int) -> Counter[tuple[bool, ...]]:
    """Labels of every network, parameter by parameter."""
    fan = kind.kernel or len(inputs[0])
    found: Counter[tuple[bool, ...]] = Counter()
    per_unit = fan + 2 + kind.scaled
    for theta in product(values, repeat=width * per_unit + 1 + kind.output_scaled):
        labels = []
        for x in inputs:
            z: Fraction | int = 0
            for i in range(width):
                w, (b, u, *s) = theta[i * per_unit :][:fan], theta[i * per_unit + fan : (i + 1) * per_unit]
                windows = (x[t : t + fan] for t in range(len(x) - fan + 1))
                z += u * sum(relu((s or [1])[0] * sum(map(lambda a, c: a * c, w, part)) + b) for part in windows)
            z = (theta[-2] * z if kind.output_scaled else z) + theta[-1]
            labels.append(z >= 0 if kind.at_zero else z > 0)
        found[tuple(labels)] += 1
    return found


def counted(values: Values, inputs: Sequence[Values], kind: Kind, width: int) -> Counter[tuple[bool, ...]]:
    def exact(q: Fraction | int) -> fmpq:
        return fmpq(Fraction(q).numerator, Fraction(q).denominator)

    one = setting([exact(q) for q in values], [[exact(q) for q in x] for x in inputs], kind)
    table = label_counts(one, width)
    return Counter({tuple(bool(k >> i & 1) for i in range(len(inputs))): n for k, n in table.items() if n})


CASES = [
    (values, dimension, kind, width)
    for values in ((0, 1), (-1, 0, 1), (Fraction(1, 2), -1), (Fraction(2, 3), 0))
    for dimension, kind, width in (
        (1, Kind(), 1), (1, Kind(), 2), (2, Kind(), 1), (2, Kind(scaled=True), 1), (1, Kind(scaled=True), 2),
        (2, Kind(kernel=1), 2), (3, Kind(kernel=2, scaled=True, output_scaled=True), 1), (1, Kind(at_zero=True), 2),
    )
]  # fmt: skip


MOST = 1000
"""Networks that plain enumeration visits in a few milliseconds."""


def test_counts_are_those_of_plain_enumeration() -> None:
    source = Random(1)
    for values, dimension, kind, width in CASES:
        fan = kind.kernel or dimension
        if len(values) ** (width * (fan + 2 + kind.scaled) + 1 + kind.output_scaled) > MOST:
            continue
        inputs = [[Fraction(source.randint(-3, 3), source.randint(1, 2)) for _ in range(dimension)] for _ in range(4)]
        assert counted(values, inputs, kind, width) == plain_enumeration(values, inputs, kind, width)


FIGURES = {
    (BINARY, False): ("1.0", "2.4", "4.2", "33.9"), (BINARY, True): ("1.0", "5.4", "21.7", "173.4"),
    (TERNARY, False): ("3.0", "14.9", "56.8", "144.9"), (TERNARY, True): ("6.0", "95.6", "1151.5", "1927.1"),
}  # fmt: skip
"""The smallest p Q^C over all teachers, for (d*, d) = (1, 1), (1, 2), (1, 3), (2, 3), on the corners of a square."""


def smallest_ratio(
    values: Sequence[int], inputs: Sequence[Sequence[int]], kind: Kind, widths: tuple[int, int]
) -> float:
    teacher, width = widths
    fan, q = kind.kernel or len(inputs[0]), len(values)
    counts = counted(values, inputs, kind, width)
    exponent = teacher * (fan + 1) + width + 1
    if kind.scaled:
        exponent = teacher * fan + 2 * width + teacher + 1 + kind.output_scaled
    total = q ** (width * (fan + 2 + kind.scaled) + 1 + kind.output_scaled)
    assert sum(counts.values()) == total
    least = min(counts[labels] for labels in counted(values, inputs, kind, teacher))
    return least * q**exponent / total


@pytest.mark.parametrize(("values", "scaled"), FIGURES)
def test_figures_of_small_networks(values: tuple[int, ...], scaled: bool) -> None:
    found = [smallest_ratio(values, CORNERS, Kind(scaled=scaled), w) for w in ((1, 1), (1, 2), (1, 3), (2, 3))]
    assert [f"{ratio:.1f}" for ratio in found] == list(FIGURES[values, scaled])


def test_figures_of_convolutions() -> None:
    inputs = list(product(SIGNS, repeat=4))
    both = Kind(kernel=2, scaled=True, output_scaled=True)
    found = [smallest_ratio(v, inputs, kind, (1, 1)) for v in (BINARY, TERNARY) for kind in (Kind(kernel=2), both)]
    assert found == [1.0, 1.0, 1.0, 4.0]


def test_without_zero_the_ratio_depends_on_the_inputs() -> None:
    assert smallest_ratio(SIGNS, CORNERS, Kind(), (1, 1)) == 1.0
    assert smallest_ratio(SIGNS, CORNERS, Kind(), (1, 2)) == 1.5
    assert smallest_ratio(SIGNS, GRID, Kind(), (1, 2)) == 0.625


def test_labels_of_zero_change_the_ratio() -> None:
    assert smallest_ratio(BINARY, CORNERS, Kind(at_zero=True), (1, 1)) == 32.0


def three_layers(theta: Sequence[int], x: int, widths: tuple[int, int]) -> bool:
    """1{z > 0} of a network with two hidden layers of those widths and one input."""
    queue = iter(theta)
    hidden = [relu(next(queue) * x + next(queue)) for _ in range(widths[0])]
    second = [relu(sum(next(queue) * h for h in hidden) + next(queue)) for _ in range(widths[1])]
    return sum(next(queue) * h for h in second) + next(queue) > 0


@pytest.mark.parametrize(("values", "widths"), [(BINARY, (2, 1)), (BINARY, (2, 2)), (TERNARY, (1, 1))])
def test_the_form_for_any_depth_holds_for_three_layers(values: tuple[int, ...], widths: tuple[int, int]) -> None:
    """d*_l d_(l-1) + d*_l summed over layers, teachers of widths 1, 1."""
    inputs, q = (-2, -1, 0, 1, 2), len(values)

    def labellings(w: tuple[int, int]) -> Counter[tuple[bool, ...]]:
        size = 2 * w[0] + (w[0] + 1) * w[1] + w[1] + 1
        return Counter(tuple(three_layers(t, x, w) for x in inputs) for t in product(values, repeat=size))

    students = labellings(widths)
    exponent = (1 + 1) + (widths[0] + 1) + (widths[1] + 1)
    least = min(students[labels] for labels in labellings((1, 1)))
    assert least * q**exponent >= sum(students.values())


def test_the_failure_is_that_of_all_samples_one_by_one() -> None:
    instance = network(
        TERNARY, [(-1,), (0,), (1,)], ([[1]], [0], [1], 0), 1, epsilon="1/3", delta="1/2", samples=3
    )  # fmt: skip
    students = plain_enumeration(TERNARY, [(-1,), (0,), (1,)], Kind(), 1)
    teacher, total = (False, False, True), Fraction(0)
    for sample in product(range(3), repeat=3):
        fits = {labels: n for labels, n in students.items() if all(labels[i] == teacher[i] for i in sample)}
        total += Fraction(sum(n for labels, n in fits.items() if labels != teacher), sum(fits.values()))
    assert fraction(QUANTISED_NETWORK.view(instance)["failure"]) == total / 27


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"values": [0, 0]}, "a number twice"),
        ({"values": list(range(9))}, "at most 5"),
        ({"weights": [[1, 1]]}, "teacher.weights has 2 columns"),
        ({"kernel": 2}, "kernel is 2"),
        ({"output_scale": 1}, "without teacher.scales"),
        ({"width": 10**6}, "at most 6 hidden units"),
        ({"inputs": [[i] for i in range(99)]}, "at most 36"),
        ({"inputs": [["1/1000000007"]]}, "at most 6 digits"),
        ({"inputs": [[0] * 6], "weights": [[1] * 6], "values": [0, 1, 2, 3]}, "at most 4096"),
        ({"samples": 3, "inputs": [[i] for i in range(20)]}, "at most 10"),
        ({"samples": 10**7}, "at most 4000"),
        ({"epsilon": 0}, "must be > 0"),
        ({"delta": 2}, "at most 1"),
    ],
)
def test_bad_instances_are_refused(changes: dict[str, object], message: str) -> None:
    plain = rectifier().values
    with pytest.raises(InstanceError, match=message):
        QUANTISED_NETWORK.instance(**{**plain, **changes})


def test_too_many_networks_are_said_to_be_too_many() -> None:
    inputs = [(a, b, a * b, a + 2 * b) for a in range(-2, 3) for b in range(-2, 3)]
    large = network((-1, 0, 1), inputs, ([[1, 0, 0, 0]], [0], [1], 0), 6)
    with pytest.raises(ArithmeticError, match="take fewer values, inputs or hidden units"):
        QUANTISED_NETWORK.view(large)["probability"]


def test_documents_round_trip_and_read_well() -> None:
    for form in ("plain", "scaled", "convolutional", "scaled-convolutional"):
        instance = rectifier(2, 2, form)
        assert QUANTISED_NETWORK.load(QUANTISED_NETWORK.dump(instance)) == instance
    assert QUANTISED_NETWORK.describe is not None
    assert QUANTISED_NETWORK.describe(rectifier())[2] == "teacher 1{z > 0}, z = (1 relu((1).x + 0)) + 0"


@pytest.mark.parametrize("moves", [QUANTISED_NETWORK.moves, QUANTISED_NETWORK.variations], ids=["moves", "variations"])
def test_moves_keep_instances_well_formed(moves: tuple[object, ...]) -> None:
    teacher = ([[1, 0], [0, -1]], [1, 0], [-1, 1], 1)
    start = network(
        TERNARY, CORNERS, teacher, 2, scales=[1, -1], output_scale=1, epsilon="1/4", delta="3/10", samples=5
    )  # fmt: skip
    for move in moves:
        for other in move.reductions(start):  # type: ignore[attr-defined]
            assert other != start
            assert QUANTISED_NETWORK.load(QUANTISED_NETWORK.dump(other)) == other


def test_what_takes_too_long_is_refused_at_once_and_only_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sums of two of the responses are few enough; of six they are too many however many of them are equal."""
    inputs = [[fmpq(a), fmpq(b)] for a, b in product(range(-3, 3), repeat=2)]
    one = setting([fmpq(k, 7) for k in (-2, -1, 0, 1, 2)], inputs, Kind())
    assert 200 < len(counting.unit_responses(one)) < 440
    enumerated: list[int] = []
    responses = counting.unit_responses
    monkeypatch.setattr(counting, "unit_responses", lambda one: enumerated.append(1) or responses(one))
    monkeypatch.setattr(counting, "_convolved", lambda sums, units: pytest.fail("summed"))
    for _ in range(3):
        with pytest.raises(ArithmeticError, match="more than 200000 steps"):
            label_counts(one, 6)
    assert len(enumerated) == 1


def test_the_least_number_of_sums_is_never_too_large() -> None:
    source = Random(7)
    for _ in range(200):
        sums, units = ({source.randrange(-9, 10) for _ in range(source.randint(1, 8))} for _ in range(2))
        later = sums
        for times in range(4):
            assert counting._least_sums(len(sums), len(units), times) <= len(later)
            later = {a + b for a in later for b in units}
