"""Common scales: what they must keep, checked against the functions themselves."""

from __future__ import annotations

import numpy as np
import pytest
from flint import fmpq

from refutable.theorems.domains.quadratic import QUADRATIC
from refutable.theorems.domains.quadratic import moves as quadratic_moves
from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.domains.shallow_relu.scalings import common_scale

NETWORK = SHALLOW_RELU.instance(
    w1=[["2/3", 1], ["-1/2", "5/4"]], b1=["1/5", "3/2"], w2=["3/7", -2], b2="1/3",
    x=[["3/2", 1], [-2, "1/4"], ["1/8", 3]], y=[1, "-1/2", 2], step_size="1/10",
)  # fmt: skip


def factor(after: np.ndarray, before: np.ndarray) -> fmpq:
    """The one number that all entries were multiplied by."""
    found = {a / b for a, b in zip(after.ravel(), before.ravel(), strict=True)}
    assert len(found) == 1
    return found.pop()


def test_common_scales_of_networks_change_the_function_by_the_stated_factor_only() -> None:
    before, seen = SHALLOW_RELU.view(NETWORK), set()
    for found in common_scale(NETWORK):
        view = SHALLOW_RELU.view(found)
        factors = {name: factor(found[name], NETWORK[name]) for name in ("w1", "b1", "w2", "x")}
        changed = frozenset(name for name, c in factors.items() if c != 1)
        seen.add(changed)
        if changed == {"x", "w1"}:
            assert (view["output"] == before["output"]).all()
        elif changed == {"x", "b1"}:
            assert (view["output"] - found["b2"] == (before["output"] - NETWORK["b2"]) * factors["x"]).all()
        else:
            assert changed == {"w2"}
            assert (view["output"] == before["output"] * factors["w2"]).all()
            assert found["b2"] == NETWORK["b2"] * factors["w2"]
    assert seen == {frozenset({"x", "w1"}), frozenset({"x", "b1"}), frozenset({"w2"})}


def test_common_scales_of_networks_make_entries_one_and_inputs_whole() -> None:
    found = list(common_scale(NETWORK))
    assert any(max(abs(v) for v in c["x"].ravel()) == 1 for c in found)
    assert any(max(abs(v) for v in c["w2"].ravel()) == 1 for c in found)
    assert any(all(v.q == 1 for v in c["x"].ravel()) for c in found)


@pytest.mark.parametrize("step_size", ["3/7", "1"])
def test_common_scales_of_quadratic_losses_keep_the_steps(step_size: str) -> None:
    start = QUADRATIC.instance(
        hessians=[[[2, 1], [1, 3]], [[5, 0], [0, "1/2"]]], displacement=["2/3", -4], step_size=step_size, steps=2
    )
    found = list(quadratic_moves.common_scale(start))
    assert any(max(abs(v) for v in c["hessians"].ravel()) == 1 for c in found)
    assert any(max(abs(v) for v in c["displacement"].ravel()) == 1 for c in found)
    for candidate in found:
        before, after = (i["step_size"] * i["hessians"] for i in (start, candidate))
        assert (before == after).all()
        factor(candidate["displacement"], start["displacement"])
        assert (candidate["hessians"] == start["hessians"]).all() or candidate["displacement"] is start["displacement"]
