"""What a tally keeps of how tight a claim was: the tightest case exactly, all cases in twentieths and by size."""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
import pytest

from refutable.theorems.catalogue import theorem
from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.exact import rational
from refutable.theorems.instances import Instance
from refutable.verify.decide import decide
from refutable.verify.tally import BINS, MOST_SIZES, Ratios, Tally

RECORD = theorem("weighted-l1")
FAMILY = next(f for f in RECORD.equality if f.attains == "equality")
TIE = FAMILY.first()


def below(part: str) -> Instance:
    """An instance at which left/right is less than 1: the step size is this part of the one at equality."""
    return TIE.replace(step_size=TIE["step_size"] * rational(part))


def tally_of(*instances: Instance) -> Tally:
    tally = Tally()
    for instance in instances:
        tally.add(instance, decide(RECORD.headline, instance))
    return tally


def exact_ratio(instance: Instance) -> Fraction:
    """(int |f''| g) / (1/step size - 1/2) of the two-atom tie, whose left side is 225/32."""
    step = Fraction(str(instance["step_size"]))
    return Fraction(225, 32) / (1 / step - Fraction(1, 2))


@pytest.mark.parametrize("part", ["1/3", "99/100", "99999999999999/100000000000000"])
def test_the_tightness_encloses_left_by_right(part: str) -> None:
    told = tally_of(below("1/7"), below(part), below("1/5")).summary()
    lower, upper = (Fraction(told["tightness"][end]) for end in ("lower", "upper"))
    assert lower <= exact_ratio(below(part)) <= upper < 1
    assert upper - lower < Fraction(1, 10**25)
    assert told["tightness"]["touching"] is False
    assert told["tightest"] == pytest.approx(float(exact_ratio(below(part))), rel=1e-14)


def test_the_tightest_is_found_where_floats_cannot_tell() -> None:
    far, near = (below(f"{10**power - 1}/{10**power}") for power in (18, 20))
    for order in itertools.permutations((far, near)):
        tally = tally_of(*order)
        assert tally.tightest_at is not None
        assert tally.tightest == pytest.approx(1, rel=1e-15)
        assert tally.tightest_at[0] == near
    for order in itertools.permutations((far, near, TIE)):
        told = tally_of(*order).summary()
        assert told["tightness"] == {"lower": "1", "upper": "1", "touching": True, "text": "1 (touching)"}
        assert SHALLOW_RELU.load(told["tightest_instance"]) == TIE


def test_ratios_are_counted_in_twentieths_and_touching_ones_apart() -> None:
    instances = [below(f"{k}/60") for k in range(1, 60)]
    told = tally_of(*instances, TIE).summary()
    expected = [0] * BINS
    for instance in instances:
        expected[int(exact_ratio(instance) * BINS)] += 1
    assert told["ratios"] == expected
    assert told["touching"] == 1


def test_the_tightest_of_each_size_is_kept() -> None:
    other = FAMILY.last()
    shape = {"k": len(other["w1"]), "d": len(other["w1"][0]), "n": len(other["x"])}
    told = tally_of(below("1/2"), other, TIE, below("1/3")).summary()
    assert told["by_size"] == [
        {"sizes": {"k": 2, "d": 1, "n": 2}, "tightest": 1.0, "count": 3},
        {"sizes": shape, "tightest": 1.0, "count": 1},
    ]


def test_of_many_sizes_the_common_ones_are_told_in_order() -> None:
    ratios = Ratios()
    for n in range(100):
        for _ in range(1 + n % 2 * 5):
            ratios.add(n / 100, {"n": n})
    table = ratios.table()
    assert len(table) == MOST_SIZES
    assert [entry["sizes"]["n"] for entry in table] == sorted([*range(1, 100, 2), *range(0, 20, 2)])


def test_a_batch_counts_like_its_rows() -> None:
    values = np.random.default_rng(0).uniform(-0.5, 1, 500)
    values[:3] = 0.0, 1.0, 1.0 + 1e-16
    one_by_one, at_once = Ratios(), Ratios()
    for value in values:
        one_by_one.add(float(value), {"n": 3})
    at_once.add_all(values, {"n": 3})
    at_once.add_all(values[:0], {"n": 3})
    assert at_once == one_by_one
    assert sum(at_once.bins) == np.sum(values >= 0) < 500
    assert at_once.by_size == {(("n", 3),): (1.0, 500)}


def test_an_instance_that_is_long_is_not_carried() -> None:
    long = TIE.replace(step_size=rational(f"{10**2100 - 1}/{10**2100}") * TIE["step_size"])
    told = tally_of(long).summary()
    assert told["counts"]["holds"] == 1
    assert told["tightest_instance"] is None
    assert told["tightness"]["lower"] != "1"


def test_nothing_held_means_nothing_tight() -> None:
    told = tally_of(TIE.replace(step_size=TIE["step_size"] * 2)).summary()
    assert told["counts"]["vacuous"] == 1
    assert (told["tightest"], told["tightness"], told["tightest_instance"], told["by_size"]) == (None, None, None, [])
    assert sum(told["ratios"]) == 0
