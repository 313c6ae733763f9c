"""Instances: reading, refusing, writing, identity."""

from __future__ import annotations

from typing import Any

import pytest

from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.families.two_atoms import two_atoms
from refutable.theorems.instances import InstanceError

GOOD: dict[str, Any] = {"w1": [[5], [-5]], "b1": [0, 0], "w2": [3, 3], "b2": 0, "x": [["-3/4"], ["3/4"]]}


def test_documents_come_back_equal() -> None:
    instance = two_atoms()
    document = SHALLOW_RELU.dump(instance)
    assert document["format"] == "refutable-instance/1"
    assert document["step_size"] == "32/241"
    assert SHALLOW_RELU.load(document) == instance
    assert hash(SHALLOW_RELU.load(document)) == hash(instance)


def test_repr_rebuilds_the_instance() -> None:
    from refutable.theorems.catalogue import instance

    assert eval(repr(two_atoms()), {"instance": instance}) == two_atoms()


def test_floats_are_taken_exactly() -> None:
    instance = SHALLOW_RELU.instance(**{**GOOD, "b2": 0.1})
    assert str(instance["b2"]) == "3602879701896397/36028797018963968"


def test_arrays_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="read-only"):
        two_atoms()["x"][0, 0] = 1


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "nan": ({"w2": [float("nan"), 1]}, r"network\.w2\[0\]"),
    "infinity": ({"b2": float("inf")}, r"network\.b2"),
    "word": ({"b2": "three"}, r"network\.b2"),
    "boolean": ({"w2": [True, 1]}, r"network\.w2\[0\]"),
    "division by zero": ({"b2": "1/0"}, r"network\.b2"),
    "ragged": ({"x": [[1], [1, 2]]}, r"data\.x\[1\]"),
    "sizes": ({"w2": [1, 2, 3]}, r"network\.w2 has 3 entries, expected k = 2"),
    "no neurons": ({"w1": [], "b1": [], "w2": []}, "empty"),
    "no data": ({"x": []}, r"data\.x is empty"),
    "no inputs": ({"x": [[], []], "w1": [[], []]}, "empty"),
    "missing": ({"x": None}, r"data\.x is missing"),
    "text for a list": ({"x": "12"}, r"data\.x must be"),
    "step size": ({"step_size": -1}, "step_size must be > 0"),
    "batch": ({"batch_size": 3}, "batch_size is 3"),
    "batch zero": ({"batch_size": 0}, "at least 1"),
    "batch fraction": ({"batch_size": 1.5}, "integer"),
    "unknown group": ({"frozen": ["w3"]}, "none of"),
    "nothing trained": ({"frozen": ["w1", "b1", "w2", "b2"]}, "nothing is left"),
    "nothing trained, no bias": ({"b2": None, "frozen": ["w1", "b1", "w2"]}, "nothing is left"),
    "unknown field": ({"bias": 1}, "unknown field 'bias'"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_values_are_refused_by_name(name: str) -> None:
    change, words = BAD[name]
    with pytest.raises(InstanceError, match=words):
        SHALLOW_RELU.instance(**{**GOOD, **change})


@pytest.mark.parametrize(
    ("change", "words"),
    [({"model": "shallow"}, "model is"), ({"network": 3}, "JSON object"), ({"extra": 1}, "unknown key 'extra'"),
     ({"network": {"w1": [[1]], "bias": 1}}, r"network\.bias")],
)  # fmt: skip
def test_bad_documents_are_refused(change: dict[str, Any], words: str) -> None:
    with pytest.raises(InstanceError, match=words):
        SHALLOW_RELU.load({**SHALLOW_RELU.dump(two_atoms()), **change})
