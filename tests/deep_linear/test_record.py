"""The record flattest-sharpness: families, mutants, necessity, closed forms, drawn and trained cases."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest
import sympy
import torch
from flint import fmpq
from hypothesis import HealthCheck, Phase, find, given, seed, settings
from hypothesis import strategies as st

from refutable.strategies.deep_linear import SUPPLY
from refutable.strategies.supply import Size
from refutable.theorems.claims import Claim
from refutable.theorems.exact import sign
from refutable.theorems.instances import Instance
from refutable.theorems.ops.torch import TorchOps
from refutable.theorems.papers.mulayoff_michaeli_2020.assumptions import FLATTEST
from refutable.theorems.papers.mulayoff_michaeli_2020.factorisations import balanced, unbalanced
from refutable.theorems.papers.mulayoff_michaeli_2020.flattest_sharpness import ATTAINED, LOWER_BOUND
from refutable.theorems.papers.mulayoff_michaeli_2020.flattest_sharpness import FLATTEST_SHARPNESS as THEOREM
from refutable.theorems.records import ClosedForm, Family, Mutant, all_mutants
from refutable.theorems.views import View
from refutable.verify.decide import decide

ALL = (*THEOREM.claims, *THEOREM.links)


@pytest.mark.parametrize("family", THEOREM.equality, ids=lambda family: family.id)
def test_equality_families_touch(family: Family) -> None:
    for instance in [*family.instances(37), family.first(), family.last()]:
        outcome = decide(LOWER_BOUND, instance)
        assert (outcome.verdict, outcome.touching) == ("holds", True)
        assert {decide(link, instance).verdict for link in THEOREM.links} == {"holds"}


def test_only_the_first_family_is_balanced() -> None:
    verdicts = [{decide(ATTAINED, i).verdict for i in family.instances(37)} for family in THEOREM.equality]
    assert verdicts == [{"holds"}, {"vacuous"}]
    assert decide(LOWER_BOUND, unbalanced((5, fmpq(21, 10)))).touching is False


def test_three_balanced_layers_by_hand() -> None:
    view = THEOREM.domain.view(balanced())
    assert (view["sharpness"].exact(), view["flattest_sharpness"]) == (48, 48)


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


def test_every_assumption_is_necessary() -> None:
    assert {n.drops for n in THEOREM.necessity} == {a.id for a in THEOREM.assumptions}
    for necessity in THEOREM.necessity:
        claim, witness = THEOREM.claim(necessity.claim), necessity.instance()
        assert witness is not None
        assert decide(claim, witness).verdict == "vacuous"
        assert decide(claim.without(necessity.drops), witness).verdict == "violated"


def test_closed_forms_are_identities() -> None:
    def difference(form: ClosedForm) -> object:
        return sympy.cancel(sympy.expand(form.left() - form.right()))

    assert [form.id for form in THEOREM.closed_forms if difference(form) != 0] == []


@pytest.mark.parametrize("claim", ALL, ids=[claim.id for claim in ALL])
@seed(1)
@settings(max_examples=60, deadline=None, database=None, phases=[Phase.generate],
          suppress_health_check=list(HealthCheck))  # fmt: skip
@given(st.data())
def test_drawn_cases_satisfy_the_assumptions_and_the_claim(claim: Claim, data: st.DataObject) -> None:
    instance = data.draw(SUPPLY.drawn(frozenset(a.id for a in claim.assumes), Size()))
    assert decide(claim, instance).verdict == "holds"


def test_draws_reach_every_regime() -> None:
    seen: Counter[str] = Counter()

    @seed(3)
    @settings(max_examples=200, deadline=None, database=None, phases=[Phase.generate],
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(SUPPLY.drawn(frozenset({"white-data"}), Size()))
    def collect(instance: Instance) -> None:
        view = THEOREM.domain.view(instance)
        outcome = decide(LOWER_BOUND, view)
        seen["touching" if outcome.touching else "strict"] += 1
        seen["irrational sigma"] += view["top_singular_square"].exact() is None
        seen["balanced, irrational"] += view["squared_imbalance"] == 0 and view["sharpness"].exact() is None
        seen["given inputs"] += instance["inputs"] is not None
        seen[f"depth {len(instance['layers'])}"] += 1

    collect()
    names = ("touching", "strict", "irrational sigma", "balanced, irrational", "given inputs", "depth 1", "depth 4")
    assert [name for name in names if seen[name] < 5] == []


def test_the_simplest_sharper_factorisation_found_is_small() -> None:
    strategy = SUPPLY.drawn(frozenset({"white-data"}), Size())
    smallest = find(
        strategy,
        lambda i: not decide(LOWER_BOUND, i).touching,
        settings=settings(database=None, deadline=None),
        random=Random(0),
    )
    assert len(smallest["layers"]) == 2
    assert sum(layer.size for layer in smallest["layers"]) <= 8


def test_trained_networks_hold_and_come_close_to_the_bound() -> None:
    supply = SUPPLY.trained(frozenset({"white-data"}), "quick")
    outcomes = [decide(LOWER_BOUND, trained.instance) for trained in supply.instances]
    assert len(outcomes) >= 60
    assert {outcome.verdict for outcome in outcomes} == {"holds"}
    ratios = [outcome.tightness for outcome in outcomes if outcome.tightness is not None]
    assert 0.9 < max(ratios) < 1
    assert not any(trained.control for trained in supply.instances)


def test_trained_networks_are_controls_for_the_balanced_claim() -> None:
    supply = SUPPLY.trained(frozenset({"white-data", "balanced"}), "quick")
    assert all(trained.control for trained in supply.instances)
    assert {decide(ATTAINED, trained.instance).verdict for trained in supply.instances[:20]} == {"vacuous"}


def test_float_batches_respect_the_bound_up_to_rounding() -> None:
    numbers = SUPPLY.batch(frozenset({"white-data"}), 64, Size(), torch.Generator().manual_seed(4))
    assert numbers is not None
    (check,) = LOWER_BOUND.concludes(View(THEOREM.domain, TorchOps(), numbers))
    assert check.left.shape == (64,)
    assert bool((check.left <= check.right * (1 + 1e-9)).all())


def test_unknown_assumptions_are_named() -> None:
    with pytest.raises(ValueError, match="no-such-thing"):
        SUPPLY.drawn(frozenset({"no-such-thing"}), Size())


def test_the_false_beliefs_assume_a_flattest_point() -> None:
    assert [m.id for m in THEOREM.mutants if FLATTEST in m.claim.assumes] == ["balanced", "single-layer-norm"]
    instance = SUPPLY.drawn(frozenset({"flattest", "white-data"}), Size())
    assert find(instance, lambda i: True, settings=settings(database=None), random=Random(0)) is not None
