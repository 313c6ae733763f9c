"""Runs and figures known in advance, decided exactly state by state."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from flint import fmpq

from refutable.theorems.domains.scalar_factors import SCALAR_FACTORS
from refutable.theorems.exact import as_real, compare, rational
from refutable.theorems.papers.kreisler_2023.edge import EDGE
from refutable.theorems.papers.kreisler_2023.monotone import MONOTONE
from refutable.theorems.papers.kreisler_2023.monotone_two import MONOTONE_TWO
from refutable.theorems.papers.kreisler_2023.states import state
from refutable.theorems.views import View
from refutable.verify.decide import decide


def ratio_of_phi(view: View) -> float:
    return float(as_real(view["next_gfs_sharpness"]) / as_real(view["gfs_sharpness"]))


@pytest.mark.parametrize(("gain", "ratio"), [("1.40", 0.978), ("1.42", 1.009), ("1.9", 2.048)])
def test_a_sweep_through_root_two(gain: str, ratio: float) -> None:
    start = state(("1.5", "0.2"), rational(gain) / fmpq(7, 10))
    assert ratio_of_phi(SCALAR_FACTORS.view(start)) == pytest.approx(ratio, abs=5e-4)
    sufficient = decide(MONOTONE_TWO.headline, start).verdict
    assert sufficient == ("holds" if ratio < 1 else "vacuous")


def test_a_step_of_three_over_phi_makes_the_gap_grow() -> None:
    view = SCALAR_FACTORS.view(state(("0.06", "0.05"), "1.499999"))
    assert compare(view["step_size"] * view["gfs_sharpness"], fmpq(3)) == -1
    growth = abs(view["next_balances"][0, 1] / view["balances"][0, 1])
    assert float(growth) == pytest.approx(1.2365, abs=1e-4)
    assert ratio_of_phi(view) - 1 == pytest.approx(8e-8, rel=0.1)


def float_run(weights: tuple[float, ...], eta: float, steps: int) -> list[np.ndarray]:
    """Gradient descent, written apart from the package."""
    run = [np.array(weights)]
    for _ in range(steps):
        w = run[-1]
        run.append(w - eta * (w.prod() - 1) * w.prod() / w)
    return run


def phi_of_two(w: np.ndarray) -> float:
    return math.sqrt((w[0] ** 2 - w[1] ** 2) ** 2 + 4)


def test_a_run_at_the_edge_lowers_phi_at_every_state_and_neither_loss_nor_sharpness() -> None:
    eta = 2.3 / phi_of_two(np.array([3, 0.3]))
    views = [SCALAR_FACTORS.view(state(w.tolist(), eta)) for w in float_run((3, 0.3), eta, 199)]
    verdicts = [decide(MONOTONE.headline, view).verdict for view in views[:-1]]
    assert set(verdicts) == {"holds"}
    assert sum(view["next_loss"] > view["loss"] for view in views[:-1]) == 10
    sharpness = [float(as_real(view["sharpness"])) for view in views]
    assert sum(after > before * (1 + 1e-12) for before, after in pairwise(sharpness)) == 36
    end = views[-1]
    assert [float(w) for w in end["weights"]] == pytest.approx([2.52, 0.397], abs=5e-3)
    assert eta * sharpness[-1] == pytest.approx(1.641, abs=1e-3)
    assert eta * 2 == pytest.approx(0.504, abs=1e-3)


def test_an_overshoot_raises_phi_by_more_than_ten_to_the_thirteenth() -> None:
    mutant = next(m for m in MONOTONE.mutants if m.id == "overshooting")
    assert ratio_of_phi(SCALAR_FACTORS.view(mutant.witness())) == pytest.approx(6e13, rel=0.05)


@pytest.mark.parametrize(
    ("weights", "eta", "before", "after"),
    [((4, 4.01), 0.1, 2.001603, 2.002025), ((2.3716213, 2.29789577), 0.44637022850393, 2.029, 3.568)],
)
def test_runs_that_leave_the_positive_weights_may_end_sharper(
    weights: tuple[float, float], eta: float, before: float, after: float
) -> None:
    first = decide(MONOTONE.headline, state(weights, eta))
    assert [a.id for a in first.assumptions if a.verdict == "fails"] == ["next-positive"]
    run = float_run(weights, eta, 2000)
    assert phi_of_two(run[0]) == pytest.approx(before, abs=5e-4 if before > 2.01 else 1e-6)
    assert phi_of_two(run[-1]) == pytest.approx(after, abs=5e-4 if before > 2.01 else 1e-6)


def test_the_loss_near_an_edge_is_bounded_at_every_step_of_one_run() -> None:
    start = ("1.17", "1.0", "0.9")
    for steps in (1, 2, 3, 5, 8, 13, 21, 34):
        for claim in EDGE.claims:
            outcome = decide(claim, state(start, "0.57", steps))
            assert outcome.verdict == "holds", (steps, outcome.reason)
