"""The record linear-stability: families, mutants, necessity, closed forms, drawn and trained cases."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest
import sympy
import torch
from flint import fmpq
from hypothesis import HealthCheck, Phase, find, given, seed, settings
from hypothesis import strategies as st

from refutable.strategies.quadratic import SUPPLY
from refutable.strategies.supply import Size
from refutable.theorems.claims import Claim
from refutable.theorems.exact import sign
from refutable.theorems.instances import Instance
from refutable.theorems.ops.torch import TorchOps
from refutable.theorems.papers.mulayoff_michaeli_soudry_2021.linear_stability import LINEAR_STABILITY as THEOREM
from refutable.theorems.papers.mulayoff_michaeli_soudry_2021.linear_stability_cases import curvatures, losses
from refutable.theorems.records import ClosedForm, Mutant, all_mutants
from refutable.theorems.views import View
from refutable.verify.decide import decide

CONTRACTION, GROWTH, SGD_MEAN, SGD_LEAVES = THEOREM.claims
ALL = (*THEOREM.claims, *THEOREM.links)


def test_the_equality_family_touches() -> None:
    (family,) = THEOREM.equality
    for instance in [*family.instances(29), family.last()]:
        outcome = decide(CONTRACTION, instance)
        assert (outcome.verdict, outcome.touching) == ("holds", True)
        assert decide(SGD_MEAN, instance).verdict == "holds"
        assert decide(GROWTH, instance).verdict == "vacuous"


def test_a_hair_decides() -> None:
    hair = fmpq(1, 10**30)
    assert decide(CONTRACTION, curvatures([2 - hair], 1)).touching is False
    assert decide(CONTRACTION, curvatures([2], 1)).touching is True
    assert decide(CONTRACTION, curvatures([2 + hair], 1)).verdict == "vacuous"
    assert decide(GROWTH, curvatures([2], 1)).verdict == "vacuous"
    assert decide(GROWTH, curvatures([2 + hair], 1, steps=4)).verdict == "holds"


def refuted(mutant: Mutant) -> bool:
    """Violated by a witness with a positive left side that is not hollow."""
    view = mutant.claim.domain.view(mutant.witness())
    outcome = decide(mutant.claim, view)
    assert outcome.headline is not None
    assert outcome.headline.left is not None
    return outcome.verdict == "violated" and sign(outcome.headline.left) == 1 and not view.domain.hollow(view)


def test_every_mutant_is_refuted_and_substantive() -> None:
    mutants = all_mutants(THEOREM)
    assert len(mutants) == 10
    assert [m.id for m in mutants if not refuted(m)] == []


def test_sufficiency_fails_for_sgd_by_the_known_numbers() -> None:
    view = THEOREM.domain.view(curvatures([1, 0, 0], 6, batch_size=1))
    assert decide(CONTRACTION, view).touching
    assert view["sgd_mean_square"] == 9
    assert view["sgd_mean_norm"] == fmpq(7, 3)


def test_every_assumption_is_necessary() -> None:
    assert {n.drops for n in THEOREM.necessity} == {a.id for a in THEOREM.assumptions}
    for necessity in THEOREM.necessity:
        claim, witness = THEOREM.claim(necessity.claim), necessity.instance()
        assert witness is not None
        assert decide(claim, witness).verdict == "vacuous"
        assert decide(claim.without(necessity.drops), witness).verdict == "violated"


def test_closed_forms_are_identities() -> None:
    def difference(form: ClosedForm) -> object:
        return sympy.expand(form.left() - form.right())

    assert [form.id for form in THEOREM.closed_forms if difference(form) != 0] == []


def test_too_many_sequences_are_undecided_with_the_reason() -> None:
    outcome = decide(SGD_MEAN, curvatures([1, 2, 3, 4], 1, steps=9, batch_size=1))
    assert outcome.verdict == "undecided"
    assert "262144 batch sequences" in outcome.reason


def test_growth_needs_no_semidefinite_hessian() -> None:
    saddle = losses([[[4, 0], [0, -3]]], [1, "1/4"], 1, steps=3)
    assert decide(GROWTH, saddle).verdict == "holds"
    assert decide(CONTRACTION, saddle).verdict == "vacuous"


@pytest.mark.parametrize("claim", ALL, ids=[claim.id for claim in ALL])
@seed(1)
@settings(max_examples=50, deadline=None, database=None, phases=[Phase.generate],
          suppress_health_check=list(HealthCheck))  # fmt: skip
@given(st.data())
def test_drawn_cases_satisfy_the_assumptions_and_the_claim(claim: Claim, data: st.DataObject) -> None:
    instance = data.draw(SUPPLY.drawn(frozenset(a.id for a in claim.assumes), Size()))
    assert decide(claim, instance).verdict == "holds"


@pytest.mark.parametrize("mutant", [m for m in THEOREM.mutants if m.claim.assumes], ids=lambda m: m.id)
@seed(2)
@settings(max_examples=30, deadline=None, database=None, phases=[Phase.generate],
          suppress_health_check=list(HealthCheck))  # fmt: skip
@given(st.data())
def test_draws_satisfy_the_assumptions_of_mutants(mutant: Mutant, data: st.DataObject) -> None:
    instance = data.draw(SUPPLY.drawn(frozenset(a.id for a in mutant.claim.assumes), Size()))
    assert decide(mutant.claim, instance).verdict in ("holds", "violated")


def test_draws_reach_every_regime() -> None:
    seen: Counter[str] = Counter()

    @seed(3)
    @settings(max_examples=200, deadline=None, database=None, phases=[Phase.generate],
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(SUPPLY.drawn(frozenset({"positive-semidefinite", "stable"}), Size()))
    def collect(instance: Instance) -> None:
        view = THEOREM.domain.view(instance)
        outcome = decide(CONTRACTION, view)
        seen["touching" if outcome.touching else "strict"] += 1
        edge = view["sharpness"] * view["step_size"]
        seen["exactly at the edge"] += edge.exact() == 2
        seen["a hair below the edge"] += edge.exact() != 2 and abs(float(edge) - 2) < 1e-9
        seen["far below"] += float(edge) < 1.9
        seen["partial batches"] += view["sequence_count"] > 1
        seen["several steps"] += instance["steps"] > 1

    collect()
    names = ("touching", "strict", "exactly at the edge", "a hair below the edge", "far below", "partial batches")
    assert [name for name in (*names, "several steps") if seen[name] < 8] == []


def test_the_simplest_growing_case_is_one_parabola() -> None:
    smallest = find(
        SUPPLY.drawn(frozenset({"beyond-edge"}), Size()),
        lambda i: True,
        settings=settings(database=None),
        random=Random(0),
    )
    assert (smallest["hessians"].shape, smallest["steps"]) == ((1, 1, 1), 1)


def test_trained_networks_hold_and_controls_are_vacuous() -> None:
    supply = SUPPLY.trained(frozenset({"positive-semidefinite", "stable"}), "quick")
    assert len(supply.instances) >= 60
    assert {t.control for t in supply.instances} == {True, False}
    sample = [t for t in supply.instances if len(t.instance["displacement"]) <= 25][::3]
    for trained in sample:
        assert decide(CONTRACTION, trained.instance).verdict == ("vacuous" if trained.control else "holds")


def test_trained_networks_beyond_the_edge_grow() -> None:
    supply = SUPPLY.trained(frozenset({"beyond-edge"}), "quick")
    assert {decide(GROWTH, t.instance).verdict for t in supply.instances[::4]} == {"holds"}
    assert decide(SGD_LEAVES, supply.instances[0].instance).verdict == "holds"


@pytest.mark.parametrize("claim", [CONTRACTION, GROWTH], ids=lambda claim: claim.id)
def test_float_batches_satisfy_the_claim_up_to_rounding(claim: Claim) -> None:
    assumes = frozenset(a.id for a in claim.assumes)
    numbers = SUPPLY.batch(assumes, 64, Size(), torch.Generator().manual_seed(4))
    assert numbers is not None
    headline = next(iter(claim.concludes(View(THEOREM.domain, TorchOps(), numbers))))
    assert headline.left.shape == (64,)
    assert bool((headline.left <= headline.right * (1 + 1e-9)).all())


def test_unknown_assumptions_are_named() -> None:
    with pytest.raises(ValueError, match="no-such-thing"):
        SUPPLY.drawn(frozenset({"no-such-thing"}), Size())
