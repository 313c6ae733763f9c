"""The record init-shape-diagonal: mutants, figures, solutions of the flow, and the published setting."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize

from refutable.strategies.diagonal_flow_setting import problem
from refutable.strategies.diagonal_flow_solutions import SOLUTIONS, least_norm, minimiser, shaped
from refutable.strategies.pictures import drawing
from refutable.strategies.solutions import published_setting
from refutable.theorems.domains.diagonal_flow import DIAGONAL_FLOW
from refutable.theorems.domains.diagonal_flow.dynamics import STATE
from refutable.theorems.exact import as_real
from refutable.theorems.papers.azulay_2021.diagonal import INIT_SHAPE_DIAGONAL as THEOREM
from refutable.theorems.papers.azulay_2021.diagonal_cases import TWO_SHAPES, UNEVEN, grown_state
from refutable.theorems.records import Integration, all_mutants
from refutable.verify.decide import decide
from refutable.verify.integrations import compared


def test_mutants_are_refuted_and_spare_the_theorem() -> None:
    assert len(all_mutants(THEOREM)) == 17
    for mutant in all_mutants(THEOREM):
        assert decide(mutant.claim, mutant.witness()).verdict == "violated", mutant.id
        found = {decide(claim, mutant.witness()).verdict for claim in (*THEOREM.claims, *THEOREM.links)}
        assert found <= {"holds", "vacuous", "inapplicable"}, mutant.id


def test_states_are_drawn() -> None:
    chart = drawing("diagonal-flow", TWO_SHAPES)
    assert chart is not None
    assert [one.y for one in chart.series] == [(3.75, 7.96875), (4.75, 6.96875)]
    alone = drawing("diagonal-flow", TWO_SHAPES.replace(other=None))
    assert alone is not None
    assert len(alone.series) == 1


def test_families_touch() -> None:
    for instance in THEOREM.equality[0].instances(12):
        assert decide(THEOREM.headline, instance).touching


def test_weights_of_the_cases() -> None:
    assert [str(q) for q in DIAGONAL_FLOW.view(TWO_SHAPES)["w"]] == ["15/4", "255/32"]
    assert [str(q) for q in DIAGONAL_FLOW.view(UNEVEN)["w"]] == ["15/4", "255/16"]


@pytest.mark.parametrize(("alpha", "s"), [(1, 0), (0.25, 0.5), (0.1, -0.9)])
def test_scale_and_shape(alpha: float, s: float) -> None:
    u, v = shaped(alpha, s)
    assert u * v == pytest.approx(alpha)
    assert (v - u) / (v + u) == pytest.approx(s)
    assert 2 * (u * u + v * v) == pytest.approx(4 * alpha * (1 + s * s) / (1 - s * s))
    assert v * v - u * u == pytest.approx(4 * alpha * s / (1 - s * s))


def test_gradient_of_a_reached_state_is_the_logarithm_of_its_growth() -> None:
    view = DIAGONAL_FLOW.view(grown_state(((1, 2), (3, 1)), ((1, 2),), (3,)))
    found = [float(as_real(g)) for g in view["gradient"]]
    assert found == pytest.approx([np.log(3), 2 * np.log(3)], rel=1e-14)


@pytest.mark.parametrize("integration", THEOREM.integrated, ids=lambda one: one.claim.id)
def test_solutions_agree_and_decoys_do_not(integration: Integration) -> None:
    claim = integration.claim
    assumes = frozenset(a.id for a in claim.assumes)
    offered = list(SOLUTIONS.solutions(claim.id, assumes, 6, 11))
    assert len(offered) == 6
    for one in offered:
        assert compared(claim, one).sight == "agrees", one.origin
    for decoy in integration.decoys:
        assert any(compared(decoy, one).sight == "suspect" for one in offered), decoy.id


def test_biased_starts_need_the_divergence() -> None:
    integration = THEOREM.integrated[1]
    residuals = [
        compared(integration.decoys[0], one).residual
        for one in SOLUTIONS.solutions(integration.claim.id, frozenset(), 12, 2)
    ]
    assert min(residuals) > 5e-3


def test_solutions_conserve_what_the_flow_conserves() -> None:
    for one in SOLUTIONS.solutions("gradient-at-every-time", frozenset({"unbiased"}), 3, 4):
        now, start = ({n: one.fine[n + suffix] for n in STATE} for suffix in ("", "0"))
        for sign in ("plus", "minus"):
            change = [a[f"u_{sign}"] ** 2 - a[f"v_{sign}"] ** 2 for a in (now, start)]
            assert change[0] == pytest.approx(change[1], abs=1e-8)


def test_minimiser_is_found_by_brute_force_too() -> None:
    source = np.random.default_rng(8)
    x, y, root_k = source.normal(size=(2, 4)), source.normal(size=2), np.exp(source.normal(size=4))
    kernel = np.linalg.svd(x)[2][2:]
    first = least_norm(x, y, root_k)

    def height(t: np.ndarray) -> float:
        z = 2 * (first + t @ kernel) / root_k
        return float(np.sum(root_k / 4 * (1 - np.sqrt(1 + z * z) + z * np.arcsinh(z))))

    best = minimize(height, np.zeros(2), method="BFGS", options={"gtol": 1e-10})
    assert minimiser(x, y, root_k) == pytest.approx(first + best.x @ kernel, abs=1e-6)


def test_the_published_setting_is_repeated() -> None:
    setting = published_setting("init-shape-diagonal")
    assert setting is not None
    x, y = problem()
    least = float(np.abs(y).max())  # a sanity scale alone
    for predicted, found in zip(setting.predicted, setting.integrated, strict=True):
        assert predicted.name == found.name
        ours, theirs = (np.array([p[1] for p in curve.points]) for curve in (predicted, found))
        assert ours == pytest.approx(theirs, abs=1e-8)
        assert (np.diff(ours) > -1e-9).all()
        assert 0 < ours[0] < ours[-1] < 10 * least
    smallest = [curve.points[0][1] for curve in setting.predicted]
    assert smallest == sorted(smallest)
    excess = float(np.abs(least_norm(x, y, y)).sum()) - 1.0
    assert setting.predicted[-1].points[-1][1] == pytest.approx(excess, rel=2e-3)
