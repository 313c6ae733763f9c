"""The records of gradient descent on a product of weights: families, mutants, necessity, instances to try them on."""

from __future__ import annotations

from random import Random

import pytest
import torch
from flint import fmpq
from hypothesis import HealthCheck, Phase, find, given, seed, settings
from hypothesis import strategies as st

from refutable.strategies.scalar_factors import SUPPLY
from refutable.strategies.scalar_factors.runs import Runs
from refutable.strategies.supply import Size
from refutable.theorems.claims import Claim
from refutable.theorems.exact import as_real, sign
from refutable.theorems.instances import Instance
from refutable.theorems.papers.kreisler_2023.closed_form import CLOSED_FORM
from refutable.theorems.papers.kreisler_2023.edge import EDGE
from refutable.theorems.papers.kreisler_2023.monotone import MONOTONE
from refutable.theorems.papers.kreisler_2023.monotone_two import MONOTONE_TWO
from refutable.theorems.records import Theorem, all_mutants
from refutable.verify.decide import decide
from refutable.verify.sweep import enforced, row_instance
from refutable.verify.wellformed import complaints

RUNS = Runs()
THEOREMS = (CLOSED_FORM, MONOTONE_TWO, MONOTONE, EDGE)
CLAIMS = {f"{t.id}-{c.id}": c for t in THEOREMS for c in (*t.claims, *t.links)}
records = pytest.mark.parametrize("theorem", THEOREMS, ids=[t.id for t in THEOREMS])
claims = pytest.mark.parametrize("claim", CLAIMS.values(), ids=CLAIMS)
ANY = settings(
    max_examples=15, deadline=None, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
)


def assumed(claim: Claim) -> frozenset[str]:
    return frozenset(a.id for a in claim.assumes)


@records
def test_records_are_complete(theorem: Theorem) -> None:
    assert complaints(theorem) == []


@records
def test_no_claim_fails_on_the_families_and_headlines_touch(theorem: Theorem) -> None:
    for family in theorem.equality:
        for instance in [*family.instances(10), family.last()]:
            verdicts = {decide(claim, instance).verdict for claim in (*theorem.claims, *theorem.links)}
            assert verdicts <= {"holds", "vacuous"}
            assert decide(theorem.headline, instance).verdict == "holds"
            assert family.attains != "equality" or decide(theorem.headline, instance).touching
        reached = decide(theorem.headline, family.last()).tightness
        assert family.reaches is None or (reached is not None and reached > float(family.reaches))


@records
def test_every_mutant_is_refuted_by_an_honest_witness(theorem: Theorem) -> None:
    for mutant in all_mutants(theorem):
        view = theorem.domain.view(mutant.witness())
        outcome = decide(mutant.claim, view)
        assert outcome.verdict == "violated", mutant.id
        assert outcome.headline is not None
        assert outcome.headline.left is not None
        assert not mutant.substantive or sign(outcome.headline.left) == 1
        assert theorem.domain.hollow(view) is None


@records
def test_witnesses_violate_nothing_but_the_dropped_assumption(theorem: Theorem) -> None:
    for entry in theorem.necessity:
        claim, witness = theorem.claim(entry.claim), entry.instance()
        if witness is not None:
            outcome = decide(claim, witness)
            assert [a.id for a in outcome.assumptions if a.verdict != "holds"] == [entry.drops]
            assert decide(claim.without(entry.drops), witness).verdict == "violated"


@claims
@seed(1)
@ANY
@given(st.data())
def test_drawn_states_satisfy_the_assumptions_and_the_claim(claim: Claim, data: st.DataObject) -> None:
    assert decide(claim, data.draw(SUPPLY.drawn(assumed(claim), Size(), known=False))).verdict == "holds"


@claims
def test_states_that_runs_visit_fulfil_the_claim(claim: Claim) -> None:
    if not RUNS.offers(assumed(claim)):
        assert "minimum" in assumed(claim)
        return
    states = list(RUNS.states(assumed(claim), 25, 3))
    verdicts = [decide(claim, state.instance).verdict for state in states]
    assert len(states) == 25
    assert len({state.run for state in states}) > 2
    assert set(verdicts) <= {"holds", "vacuous"}
    assert verdicts.count("holds") >= 20
    again = list(RUNS.states(assumed(claim), 25, 3))
    assert [state.instance for state in again] == [state.instance for state in states]


@claims
def test_float_batches_satisfy_most_assumptions_once_enforced(claim: Claim) -> None:
    drawn = SUPPLY.batch(assumed(claim), 12, Size(), torch.Generator().manual_seed(4))
    assert drawn is not None
    batch = enforced(claim, drawn)
    rows = {name: value for name, value in batch.items() if isinstance(value, torch.Tensor)}
    verdicts = [decide(claim, row_instance(claim, rows, {"steps": batch["steps"]}, i)).verdict for i in range(12)]
    assert set(verdicts) <= {"holds", "vacuous"}
    assert verdicts.count("holds") >= 8


def test_unknown_assumptions_are_refused() -> None:
    with pytest.raises(ValueError, match="balmy"):
        SUPPLY.drawn(frozenset({"balmy"}), Size())
    assert not RUNS.offers(frozenset({"balmy"}))


def test_draws_reach_both_sides_of_one_zeros_and_any_number_of_weights() -> None:
    seen: set[tuple[int, bool, bool]] = set()

    @seed(2)
    @settings(ANY, max_examples=80)
    @given(SUPPLY.drawn(frozenset(), Size()))
    def collect(instance: Instance) -> None:
        view = SUPPLY.domain.view(instance)
        seen.add((len(instance["weights"]), view["product"] > 1, any(w == 0 for w in instance["weights"])))

    collect()
    assert {(size, above, False) for size in (2, 3, 4) for above in (True, False)} <= seen
    assert any(zero for *_, zero in seen)


def test_the_simplest_drawn_state_is_two_ones() -> None:
    simplest = find(
        SUPPLY.drawn(frozenset({"positive", "next-positive", "squared-edge-at-most-8"}), Size()),
        lambda instance: True,
        settings=settings(max_examples=40, database=None, deadline=None),
        random=Random(0),
    )
    assert list(simplest["weights"]) == [1, 1]


def test_runs_from_weights_of_thousands_of_bits_are_decided() -> None:
    weights = [1 + fmpq(1, 2**4000), 1 - fmpq(1, 2**3999)]
    state = SUPPLY.domain.instance(weights=weights, step_size=fmpq(9, 10), steps=30)
    assert decide(EDGE.headline, state).verdict == "holds"


@pytest.mark.parametrize(
    ("weights", "where"), [((3, 3), "gfs_sharpness"), ((0.5, 0.5), "speed"), ((2, -1), "crossing_speed")]
)
def test_the_flow_is_slowest_at_its_end_at_its_start_or_at_a_weight_0(weights: tuple[float, float], where: str) -> None:
    view = SUPPLY.domain.view(SUPPLY.domain.instance(weights=list(weights), step_size=1))
    assert sign(as_real(view["slowest"]) - view[where]) == 0
    outcome = decide(CLOSED_FORM.claim("arrives"), view)
    assert outcome.verdict == "holds"
    assert any(check.truth and not check.touching for check in outcome.checks[1:])


def test_runs_near_a_minimum_beyond_the_edge_leave_it() -> None:
    """The sharpness at (2, 1/2) is 17/4: with a step size of 1/2 runs from p near 1 do not settle there."""
    repelled = next(link for link in EDGE.links if link.id == "repelled")
    for product in (0.999, 1.001):
        weights, distances = [2.0, product / 2], []
        for _ in range(5):
            state = SUPPLY.domain.instance(weights=weights, step_size=0.5)
            assert decide(repelled, state).verdict == "holds"
            p = weights[0] * weights[1]
            distances.append(abs(p - 1))
            weights = [weights[0] - (p - 1) * weights[1] / 2, weights[1] - (p - 1) * weights[0] / 2]
        assert distances == sorted(distances)
    inside = SUPPLY.domain.instance(weights=[2, 0.5005], step_size=0.4)
    assert decide(repelled, inside).verdict == "vacuous"
