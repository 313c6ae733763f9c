"""The record fully-connected-regression: mutants, equality, figures, and solutions of the flow."""

from __future__ import annotations

from statistics import median

import numpy as np
import pytest

from refutable.strategies.matrix_regression_solutions import FINE, SOLUTIONS, flow, settled
from refutable.theorems.domains.matrix_regression import MATRIX_REGRESSION
from refutable.theorems.papers.yun_2021.fully_connected import FULLY_CONNECTED_REGRESSION as THEOREM
from refutable.theorems.papers.yun_2021.fully_connected_cases import BALANCED_DEEPER, GROWN
from refutable.theorems.records import Integration, all_mutants
from refutable.verify.decide import decide
from refutable.verify.integrations import compared


def test_mutants_are_refuted_and_spare_the_theorem() -> None:
    assert len(all_mutants(THEOREM)) == 12
    for mutant in all_mutants(THEOREM):
        assert decide(mutant.claim, mutant.witness()).verdict == "violated", mutant.id
        found = {decide(claim, mutant.witness()).verdict for claim in (*THEOREM.claims, *THEOREM.links)}
        assert found <= {"holds", "vacuous", "inapplicable"}, mutant.id


def test_families_touch() -> None:
    for instance in THEOREM.equality[0].instances(40):
        assert decide(THEOREM.headline, instance).touching


def test_the_bound_by_the_own_norm_is_attained() -> None:
    outcome = decide(THEOREM.claim("distance-by-own-norm"), BALANCED_DEEPER)
    assert outcome.touching
    assert float(MATRIX_REGRESSION.view(BALANCED_DEEPER)["squared_distance"]) == 10_000


def test_figures_of_the_case() -> None:
    view = MATRIX_REGRESSION.view(GROWN)
    assert [str(q) for q in view["beta"]] == ["4", "2"]
    assert [str(q) for q in view["least_norm"]] == ["4", "0"]
    assert [str(q) for q in view["kernel_part"]] == [str(q) for q in view["carried"]] == ["0", "2"]


@pytest.mark.parametrize("integration", THEOREM.integrated, ids=lambda one: one.claim.id)
def test_solutions_agree_and_decoys_do_not(integration: Integration) -> None:
    offered = list(SOLUTIONS.solutions(integration.claim.id, frozenset(), 4, 11))
    for one in offered:
        assert compared(integration.claim, one).sight == "agrees", one.origin
    for decoy in integration.decoys:
        assert any(compared(decoy, one).sight == "suspect" for one in offered), decoy.id


@pytest.mark.parametrize("deep", [False, True])
def test_the_distance_falls_in_proportion_to_the_start(deep: bool) -> None:
    """What remains at the end is P W_1(0) W_2 ... w_L: a tenth of the start leaves about a tenth of the distance."""
    found = {}
    for alpha in (0.2, 0.02):
        distances = []
        for number in range(2):
            source = np.random.default_rng([number, int(deep)])
            x, y = source.standard_normal((2, 4)), source.standard_normal(2)
            middle = (alpha * source.standard_normal((2, 2)),) if deep else ()
            start = (alpha * source.standard_normal((4, 2)), *middle, alpha * source.standard_normal(2))
            w = flow(start, x, y, settled(start, x, y), FINE)
            beta = w[0] @ (w[1] @ w[2] if deep else w[1])
            distances.append(float(np.linalg.norm(beta - np.linalg.pinv(x) @ y)))
        found[alpha] = median(distances)
    assert 5 < found[0.2] / found[0.02] < 20
