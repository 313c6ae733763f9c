"""What the strategy draws: kinks on data always, every regime often enough, assumptions by construction."""

from collections import Counter
from random import Random

import numpy as np
import pytest
from flint import fmpq
from hypothesis import HealthCheck, Phase, find, given, seed, settings

from refutable.strategies import shallow_relu_kinks as kinks
from refutable.strategies.shallow_relu_kinks import networks_with_kinks, snapped
from refutable.theorems.claims import Claim
from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.exact import to_float
from refutable.theorems.families.two_atoms import two_atoms
from refutable.theorems.instances import Instance
from refutable.theorems.ops.exact import elementwise
from refutable.theorems.papers.mulayoff_michaeli_soudry_2021.common_eigenvector import COMMON_EIGENVECTOR
from refutable.theorems.papers.mulayoff_michaeli_soudry_2021.nondifferentiable_bound import (
    BOUND,
    NONDIFFERENTIABLE_BOUND,
    UNOPPOSED,
)
from refutable.theorems.papers.mulayoff_michaeli_soudry_2021.nondifferentiable_conjecture import CONJECTURE
from refutable.verify.decide import decide

CLAIMS = (*NONDIFFERENTIABLE_BOUND.claims, *NONDIFFERENTIABLE_BOUND.links, CONJECTURE, *COMMON_EIGENVECTOR.claims)
FIXED = settings(
    max_examples=40, deadline=None, database=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate]
)


def sampled(assumes: frozenset[str], count: int) -> list[Instance]:
    found: list[Instance] = []

    @seed(1)
    @settings(FIXED, max_examples=count)
    @given(networks_with_kinks(assumes))
    def collect(instance: Instance) -> None:
        found.append(instance)

    collect()
    return found


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda c: c.id)
def test_drawn_cases_are_decided_and_hold(claim: Claim) -> None:
    verdicts = Counter(decide(claim, i).verdict for i in sampled(frozenset(a.id for a in claim.assumes), 40))
    assert set(verdicts) <= {"holds", "undecided"}
    assert verdicts["holds"] >= 36


def test_regimes_have_their_floors(monkeypatch: pytest.MonkeyPatch) -> None:
    regimes: Counter[str] = Counter()
    monkeypatch.setattr(kinks, "note", lambda regime: regimes.update([regime]))
    instances = sampled(frozenset(a.id for a in UNOPPOSED.assumes), 200)
    kinked = sum(bool(SHALLOW_RELU.view(i)["toggles"]) for i in instances)
    assert kinked >= 180
    assert sum(i["frozen"] is not None for i in instances) >= 40
    for regime in ("kinks on data: 2", "kinks on data: 3", "data: some points coincide"):
        assert regimes[regime] >= 15, regimes
    assert regimes["step size: beyond the edge of the modes"] >= 15, regimes
    assert regimes["equality family: kept-by-cones"] >= 3, regimes


@pytest.mark.slow
def test_the_conjecture_is_tried_where_it_is_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """Off mode above 2/eta in 15 % of the drawn cases at least, by floats; some of them come near the bound."""
    regimes: Counter[str] = Counter()
    monkeypatch.setattr(kinks, "note", lambda regime: regimes.update([regime]))
    instances = sampled(frozenset(a.id for a in CONJECTURE.assumes), 200)
    above = [i for i in instances if off_ratio(i) > 1]
    assert len(set(above)) >= 30
    assert regimes[kinks.OPEN] >= 20, regimes
    assert sum((decide(CONJECTURE, i).tightness or 0) > 0.3 for i in set(above)) >= 5
    assert regimes["network: beside a known one"] >= 20, regimes
    for regime in ("equality family: opposed-atoms", "equality family: opposed-beyond"):
        assert regimes[regime] >= 3, regimes
    assert sum(i["b2"] is None for i in instances) >= 10
    assert sum(len(SHALLOW_RELU.view(i)["toggles"]) > 2 for i in instances) >= 5


def off_ratio(instance: Instance) -> float:
    """eta lambda_off / 2 with the mode in which no kink is on, by numpy alone."""
    x, w2 = (np.array(elementwise(to_float, instance[name]), dtype=float) for name in ("x", "w2"))
    z = np.array(elementwise(to_float, SHALLOW_RELU.view(instance)["preactivation"]), dtype=float)
    on = z > 0
    gradients = np.hstack([on * w2 * x, on * w2, on * z])
    return float(np.linalg.norm(gradients, 2) ** 2 / len(x) * to_float(instance["step_size"]) / 2)


def test_neurons_with_opposite_signs_are_drawn() -> None:
    instances = sampled(frozenset(a.id for a in BOUND.assumes), 100)
    assert sum(min(i["w2"]) < 0 < max(i["w2"]) for i in instances) >= 20


@pytest.mark.slow
def test_shrinks_to_few_neurons_on_few_data() -> None:
    """Whiteboard-sized from every start; a start inside an equality family may stay in it (three neurons, d = 2)."""
    found = [
        find(
            networks_with_kinks(frozenset(a.id for a in BOUND.assumes)),
            lambda i: bool(SHALLOW_RELU.view(i)["toggles"]),
            settings=settings(max_examples=400, database=None, deadline=None),
            random=Random(seed),
            database_key=None,
        )
        for seed in range(4)
    ]
    assert all(len(i["w2"]) <= 3 and len(i["x"]) <= 3 for i in found)
    assert any(len(i["w2"]) == 1 and i["x"].shape[1] == 1 for i in found)


def test_snapped_moves_the_nearest_kink_exactly_onto_its_datum() -> None:
    atoms = two_atoms(knots=(fmpq(1, 2),))
    near = atoms.replace(b1=atoms["b1"] + np.array([fmpq(1, 8), fmpq(0)], dtype=object))
    moved = snapped(near)
    assert moved is not None
    view = SHALLOW_RELU.view(moved)
    assert [(t.neuron, t.data) for t in view["toggles"]] == [(1, (0,))] or len(view["toggles"]) == 1
    assert (moved["w1"] == near["w1"]).all()
    assert sum(a != b for a, b in zip(moved["b1"], near["b1"], strict=True)) == 1
    assert moved["y"] is None
    outcome = decide(BOUND, moved)
    assert outcome.verdict == "holds"


def test_a_network_without_input_weights_has_no_kink_to_move() -> None:
    flat = SHALLOW_RELU.instance(w1=[[0]], b1=[1], w2=[1], b2=0, x=[[0], [1]])
    assert snapped(flat) is None
