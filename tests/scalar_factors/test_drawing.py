"""The picture of a run: both sharpnesses against the edge of stability."""

from __future__ import annotations

import pytest

from refutable.strategies.pictures import drawing
from refutable.theorems.domains.scalar_factors import SCALAR_FACTORS
from refutable.theorems.exact import as_real
from refutable.theorems.papers.kreisler_2023.states import state


def test_the_curves_start_at_the_exact_values_and_one_of_them_never_rises() -> None:
    found = state((3, "0.3"), "1/4", 40)
    chart, view = drawing("scalar-factors", found), SCALAR_FACTORS.view(found)
    assert chart is not None
    edge, here, flow = chart.series
    assert set(edge.y) == {2.0}
    assert len(flow.x) == 41
    assert flow.y[0] == pytest.approx(float(as_real(view["gfs_sharpness"])) / 4)
    assert here.y[0] == pytest.approx(float(as_real(view["sharpness"])) / 4)
    assert flow.y[40] == pytest.approx(float(as_real(view["later_gfs_sharpness"])) / 4)
    assert all(after <= before * (1 + 1e-12) for before, after in zip(flow.y, flow.y[1:], strict=False))


def test_a_run_is_drawn_while_floats_hold_it() -> None:
    diverging, at_zero = drawing("scalar-factors", state((9, 8), 5)), drawing("scalar-factors", state((0, 1)))
    assert diverging is not None
    assert len(diverging.series[1].x) < 6
    assert at_zero is None
