"""The four records on the domain separable: mutants die, families touch, solutions agree and decoys do not."""

from __future__ import annotations

import pytest

from refutable.strategies.separable.solutions import SOLUTIONS
from refutable.theorems.papers.soudry_2018.direction import SEPARABLE_DIRECTION
from refutable.theorems.papers.soudry_2018.flow_bounds import SEPARABLE_FLOW_BOUNDS
from refutable.theorems.papers.soudry_2018.rates import SEPARABLE_RATES
from refutable.theorems.papers.soudry_2018.residual import SEPARABLE_RESIDUAL
from refutable.theorems.records import Theorem, all_mutants
from refutable.verify.decide import decide
from refutable.verify.honesty import hollow
from refutable.verify.integrations import compared
from refutable.verify.wellformed import complaints

RECORDS = (SEPARABLE_DIRECTION, SEPARABLE_RESIDUAL, SEPARABLE_RATES, SEPARABLE_FLOW_BOUNDS)
BY_ID = pytest.mark.parametrize("theorem", RECORDS, ids=lambda theorem: theorem.id)
FEWEST = {
    "separable-direction": 11,
    "separable-residual": 8,
    "separable-rates": 10,
    "separable-flow-bounds": 11,
}


@BY_ID
def test_complete_and_every_mutant_dies(theorem: Theorem) -> None:
    assert complaints(theorem) == []
    assert len(theorem.mutants) >= FEWEST[theorem.id]
    for mutant in all_mutants(theorem):
        outcome = decide(mutant.claim, mutant.witness())
        assert outcome.verdict == "violated", mutant.id
        assert not hollow(mutant.claim, mutant.witness(), outcome), mutant.id


@BY_ID
def test_the_truth_survives_the_mutants_killers(theorem: Theorem) -> None:
    for mutant in theorem.mutants:
        for claim in (*theorem.claims, *theorem.links):
            assert decide(claim, mutant.witness()).verdict in ("holds", "vacuous"), (mutant.id, claim.id)


@BY_ID
def test_families(theorem: Theorem) -> None:
    for family in theorem.equality:
        for instance in family.instances(9):
            outcome = decide(theorem.headline, instance)
            assert outcome.verdict == "holds"
            assert outcome.touching or family.attains == "limit"


@BY_ID
def test_solutions(theorem: Theorem) -> None:
    for integration in theorem.integrated:
        assumes = frozenset(a.id for a in integration.claim.assumes)
        solutions = list(SOLUTIONS.solutions(integration.claim.id, assumes, 6, 12))
        assert {compared(integration.claim, one).sight for one in solutions} == {"agrees"}
        for decoy in integration.decoys:
            assert "suspect" in {compared(decoy, one).sight for one in solutions}, decoy.id
