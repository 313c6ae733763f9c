"""The picture of a state: the curve goes through the exact gradient, between its two limits."""

from __future__ import annotations

import pytest

from refutable.strategies.pictures import drawing
from refutable.theorems.domains.decomposable_flow import DECOMPOSABLE_FLOW
from refutable.theorems.exact import as_real
from refutable.theorems.papers.yun_2021.regression_cases import flowing


@pytest.mark.parametrize("depth", [2, 3, 4])
def test_the_state_lies_on_the_gradient(depth: int) -> None:
    state = flowing(depth, [3], "1/2", [-2])
    chart = drawing("decomposable-flow", state)
    assert chart is not None
    parts = {part.name: part for part in chart.series}
    view = DECOMPOSABLE_FLOW.view(state)
    assert parts["state"].x[0] == pytest.approx(float(as_real(view["coordinates"][0])))
    assert parts["state"].y[0] == pytest.approx(float(as_real(view["mirror"][0])))
    assert ("slope of the weighted l1 norm" in parts) == (depth > 2)
    if depth > 2:
        limit = parts["slope of the weighted l1 norm"]
        assert all(abs(g) <= abs(most) for g, most in zip(parts["gradient of Q"].y, limit.y, strict=True))


def test_numbers_beyond_floats_are_not_drawn() -> None:
    huge = flowing(6, [2], 2**190)
    assert drawing("decomposable-flow", huge) is None
