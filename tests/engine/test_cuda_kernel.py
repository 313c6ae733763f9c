"""The CUDA kernel takes the reference's steps: under Triton's interpreter, on the CPU."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from typing import Any

import pytest

from tests.engine.interpreted_kernel import CASES, STEPS

pytestmark = pytest.mark.skipif(importlib.util.find_spec("triton") is None, reason="needs Triton: refutable[cuda]")


@pytest.fixture(scope="module")
def interpreted() -> dict[str, Any]:
    # Triton reads the variable when a kernel is defined, so it must be set in a process of its own.
    call = [sys.executable, "-m", "tests.engine.interpreted_kernel"]
    paths = os.pathsep.join(path for path in sys.path if path)
    environment = {**os.environ, "TRITON_INTERPRET": "1", "PYTHONPATH": paths, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(call, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("name", CASES)
def test_the_kernel_takes_the_steps_of_the_reference(interpreted: dict[str, Any], name: str) -> None:
    case = interpreted["cases"][name]
    steps = CASES[name].get("steps", STEPS)
    assert case["backend"] == "triton"
    assert case["steps"] == [steps, steps]
    assert case["distance"] <= 1e-13
    assert case["largest"] <= 1e-13
    assert case["moved"] > 1e-4


def test_padding_for_an_older_triton_changes_no_step(interpreted: dict[str, Any]) -> None:
    assert len(interpreted["padded"]) >= 4
    assert all(case["distance"] <= 1e-13 and case["largest"] <= 1e-13 for case in interpreted["padded"].values())


def test_networks_at_different_steps_go_on_from_where_they_stand(interpreted: dict[str, Any]) -> None:
    assert interpreted["resumed"] <= 1e-13


def test_an_exploding_network_harms_nobody(interpreted: dict[str, Any]) -> None:
    assert interpreted["explosion"] == {"finite": [True, False], "loss": [True, False], "same": True}
