"""The record gfs-squared-regression: an observation with links that are theorems."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from refutable.strategies.diagonal_regression import SUPPLY, float_sharpness
from refutable.strategies.pictures import drawing
from refutable.strategies.supply import Size
from refutable.theorems.claims import Claim
from refutable.theorems.domains.diagonal_regression import DIAGONAL_REGRESSION
from refutable.theorems.exact import as_real
from refutable.theorems.papers.kreisler_2023.squared_regression import SQUARED_REGRESSION as THEOREM
from refutable.theorems.papers.kreisler_2023.squared_regression_cases import LONG_STEP, TWO_PAIRS
from refutable.theorems.records import all_mutants
from refutable.verify.decide import decide

HEADLINE = frozenset(a.id for a in THEOREM.headline.assumes)


def floats(array: Any) -> torch.Tensor:
    return torch.tensor(np.vectorize(lambda q: int(q.p) / int(q.q), otypes=[float])(array), dtype=torch.float64)


def test_steps_and_loss_agree_with_autograd() -> None:
    view = DIAGONAL_REGRESSION.view(TWO_PAIRS)
    u, v = (floats(TWO_PAIRS[name]).requires_grad_() for name in ("u", "v"))
    x, y = floats(TWO_PAIRS["x"]), floats(TWO_PAIRS["y"])
    loss = (x @ (u * u - v * v) - y).square().sum() / (2 * len(y))
    du, dv = torch.autograd.grad(loss, (u, v))
    assert float(view["loss"]) == pytest.approx(loss.item())
    assert torch.allclose(floats(view["next_u"]), u - du / 20)
    assert torch.allclose(floats(view["next_v"]), v - dv / 20)


def test_it_is_an_observation_that_a_long_step_violates() -> None:
    assert THEOREM.status == "empirical"
    assert decide(THEOREM.headline, LONG_STEP).verdict == "violated"
    assert {decide(link, LONG_STEP).verdict for link in THEOREM.links} <= {"holds", "vacuous"}


def test_mutants_are_refuted_and_spare_the_links() -> None:
    assert len(all_mutants(THEOREM)) == 13
    for mutant in all_mutants(THEOREM):
        assert decide(mutant.claim, mutant.witness()).verdict == "violated", mutant.id
        assert {decide(link, mutant.witness()).verdict for link in THEOREM.links} <= {"holds", "vacuous"}


def test_families_touch() -> None:
    for instance in THEOREM.equality[0].instances(12):
        assert decide(THEOREM.headline, instance).touching


@pytest.mark.parametrize("claim", THEOREM.links, ids=[claim.id for claim in THEOREM.links])
@seed(3)
@settings(max_examples=25, deadline=None, database=None, phases=[Phase.generate],
          suppress_health_check=list(HealthCheck))  # fmt: skip
@given(data=st.data())
def test_links_hold_on_drawn_states(claim: Claim, data: st.DataObject) -> None:
    drawn = SUPPLY.drawn(frozenset(a.id for a in claim.assumes), Size())
    assert decide(claim, data.draw(drawn)).verdict == "holds"


def test_runs_are_at_the_edge_and_agree_with_floats() -> None:
    visited = list(SUPPLY.visited.states(HEADLINE, 60, 3))
    assert visited == list(SUPPLY.visited.states(HEADLINE, 60, 3))
    assert len({state.run for state in visited}) >= 5
    compared = 0
    for one in visited:
        view = DIAGONAL_REGRESSION.view(one.instance)
        u, v, x, y = (floats(one.instance[name]).numpy() for name in ("u", "v", "x", "y"))
        phi = float_sharpness(u, v, x, y)
        assert phi is not None
        assert float(as_real(view["gfs_sharpness"])) == pytest.approx(phi, rel=1e-9)
        after = float_sharpness(floats(view["next_u"]).numpy(), floats(view["next_v"]).numpy(), x, y)
        outcome = decide(THEOREM.headline, view)
        assert outcome.verdict in ("holds", "violated")
        if after is not None and abs(after / phi - 1) > 1e-8:
            assert (outcome.verdict == "holds") is (after < phi)
            compared += 1
    assert compared >= 20


def test_the_first_states_of_runs_are_in_the_range_named() -> None:
    shares = []
    for one in SUPPLY.visited.states(HEADLINE, 80, 4):
        if one.origin.endswith("step 0"):
            phi = float(as_real(DIAGONAL_REGRESSION.view(one.instance)["gfs_sharpness"]))
            shares.append(phi * float(floats(np.array([one.instance["step_size"]]))[0]))
    assert shares
    assert min(shares) > 1.5
    assert max(shares) < 2.6


def test_runs_offer_no_states_at_loss_zero() -> None:
    assert not SUPPLY.visited.offers(frozenset({"full-rank", "interpolating"}))
    with pytest.raises(ValueError, match="no-such-thing"):
        SUPPLY.drawn(frozenset({"no-such-thing"}), Size())


@pytest.mark.parametrize("move", [*DIAGONAL_REGRESSION.moves, *DIAGONAL_REGRESSION.variations], ids=lambda m: m.id)
def test_moves_keep_states_well_formed(move: Any) -> None:
    start = DIAGONAL_REGRESSION.instance(
        u=["3/2", 2], v=[1, "-7/3"], x=[["1/3", 2], [4, "5/7"]], y=["1/9", 3], step_size="2/7"
    )
    found = list(move.reductions(start)) + list(move.reductions(TWO_PAIRS))
    assert found
    for other in found:
        assert DIAGONAL_REGRESSION.load(DIAGONAL_REGRESSION.dump(other)) == other


def test_states_are_drawn() -> None:
    chart = drawing("diagonal-regression", TWO_PAIRS)
    assert chart is not None
    assert [one.y for one in chart.series] == [(0.0, 3.0), (1.0, 2.0)]
    assert "largest residual is 2" in chart.description
