"""Recorded sides can be read back and enclose the number, however long it is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from flint import fmpq

from refutable.theorems.catalogue import theorem
from refutable.theorems.exact import as_real, compare, rational, sqrt
from refutable.theorems.instances import Instance
from refutable.verify.decide import decide
from refutable.verify.paths import ClaimPath
from refutable.verify.sides import bounds
from refutable.verify.witnesses import content_hash, replay, witness, write

LONG = fmpq(10**5000 + 1, 3 * 10**5000 - 7)


@pytest.mark.parametrize("q", [LONG, -LONG, LONG / 10**300, fmpq(10**6000 + 1), fmpq(-1, 10**6000 + 1)])
def test_rationals_too_long_to_be_read_are_enclosed_by_shorter_ones(q: fmpq) -> None:
    found = bounds(q)
    if found is None:
        assert abs(q) > 10**4000
        return
    low, high = rational(found["lower"]), rational(found["upper"])
    assert low <= q <= high
    assert high - low <= max(abs(q) / 2**120, fmpq(1, 10**4000))


@pytest.mark.parametrize("q", [fmpq(0), fmpq(7, 3), fmpq(-1, 10**4000)])
def test_rationals_that_can_be_read_are_exact(q: fmpq) -> None:
    found = bounds(q)
    assert found is not None
    assert rational(found["lower"]) == rational(found["upper"]) == q


@pytest.mark.parametrize("scale", [fmpq(1), fmpq(1, 10**900), fmpq(10**900), fmpq(-1, 10**450)])
def test_irrational_sides_of_any_size_are_enclosed_by_what_can_be_read(scale: fmpq) -> None:
    value = as_real(scale) * sqrt(fmpq(2))
    found = bounds(value)
    assert found is not None
    low, high = rational(found["lower"]), rational(found["upper"])
    assert compare(low, value) == -1
    assert compare(value, high) == -1
    assert high - low <= abs(scale) / 10**25


def written(instance: Instance, folder: Path) -> Path:
    record = theorem("weighted-l1")
    path = ClaimPath("weighted-l1", "claim", "weighted-l1")
    return write(witness(path, instance, decide(record.headline, instance), "by hand", 7), folder)


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("shift", [fmpq(1), fmpq(-1), fmpq(1, 10**40)])
def test_replay_notices_a_side_that_was_edited_with_the_hash(side: str, shift: fmpq, tmp_path: Path) -> None:
    path = written(theorem("weighted-l1").equality[0].first(), tmp_path)
    assert replay(path).differences == ()
    document = json.loads(path.read_text())
    recorded = document["headline"][side]
    document["headline"][side] = {end: (rational(value) + shift).str() for end, value in recorded.items()}
    document["hash"] = content_hash(document)
    path.write_text(json.dumps(document))
    assert replay(path).differences == (f"the {side} side differs",)


def test_replay_notices_a_side_that_was_taken_out(tmp_path: Path) -> None:
    path = written(theorem("weighted-l1").equality[0].first(), tmp_path)
    document = json.loads(path.read_text())
    document["headline"]["left"] = None
    document["hash"] = content_hash(document)
    path.write_text(json.dumps(document))
    assert replay(path).differences == ("the left side differs",)


def test_a_witness_with_sides_too_long_to_be_read_is_reproduced(tmp_path: Path) -> None:
    start = theorem("weighted-l1").equality[0].first()
    near_one = [fmpq(10**size + 1, 10**size + 7) for size in (1500, 1400)]
    path = written(start.replace(w1=start["w1"] * near_one[0], w2=start["w2"] * near_one[1]), tmp_path)
    recorded = json.loads(path.read_text())["headline"]["left"]
    assert recorded["lower"] != recorded["upper"]
    assert replay(path).differences == ()
