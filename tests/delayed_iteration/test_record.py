"""The record delayed-stability: families, mutants, necessity, closed forms, drawn cases."""

from __future__ import annotations

from random import Random

import pytest
import sympy
from hypothesis import HealthCheck, Phase, find, given, seed, settings
from hypothesis import strategies as st

from refutable.strategies.delayed_iteration import SUPPLY
from refutable.strategies.supply import Size
from refutable.theorems.claims import Claim
from refutable.theorems.exact import sign
from refutable.theorems.instances import Instance
from refutable.theorems.papers.giladi_2020.delayed_stability import DELAYED_STABILITY as THEOREM
from refutable.theorems.records import ClosedForm, Mutant, Necessity, all_mutants
from refutable.verify.decide import decide

ALL = tuple(claim for claim in (*THEOREM.claims, *THEOREM.links) if claim.domain is THEOREM.domain)


def test_every_claim_holds_on_the_limit_family_and_it_reaches_the_edge() -> None:
    (family,) = THEOREM.equality
    for instance in [*family.instances(32), family.last()]:
        assert {decide(claim, instance).verdict for claim in ALL} == {"holds"}
    tightness = decide(THEOREM.headline, family.last()).tightness
    assert tightness is not None
    assert family.reaches is not None
    assert tightness > float(family.reaches)


def refuted(mutant: Mutant) -> bool:
    """Violated by a witness with a positive left side that is not hollow."""
    view = mutant.claim.domain.view(mutant.witness())
    headline = decide(mutant.claim, view).headline
    assert headline is not None
    assert headline.left is not None
    return (
        decide(mutant.claim, view).verdict == "violated" and sign(headline.left) == 1 and not view.domain.hollow(view)
    )


def test_every_mutant_is_refuted_and_substantive() -> None:
    mutants = all_mutants(THEOREM)
    assert len(mutants) == 18
    assert [m.id for m in mutants if not refuted(m)] == []


def test_the_two_rational_ties_refute_the_closed_threshold_with_equality() -> None:
    closed = [m for m in THEOREM.mutants if m.id.startswith("closed-at")]
    assert [decide(m.claim, m.witness()).touching for m in closed] == [True, True]


def violates_without(necessity: Necessity) -> bool:
    claim, witness = THEOREM.claim(necessity.claim), necessity.instance()
    assert witness is not None
    assert decide(claim, witness).verdict == "vacuous"
    return decide(claim.without(necessity.drops), witness).verdict == "violated"


def test_every_assumption_is_necessary() -> None:
    assert {n.drops for n in THEOREM.necessity} == {a.id for a in THEOREM.assumptions}
    assert all(violates_without(n) for n in THEOREM.necessity)


def test_closed_forms_cancel() -> None:
    def difference(form: ClosedForm) -> object:
        return sympy.cancel(form.left() - form.right())

    assert [form.id for form in THEOREM.closed_forms if difference(form) != 0] == []


@pytest.mark.parametrize("claim", ALL, ids=[claim.id for claim in ALL])
@seed(1)
@settings(max_examples=60, deadline=None, database=None, phases=[Phase.generate])
@given(st.data())
def test_drawn_cases_satisfy_the_assumptions_and_the_claim(claim: Claim, data: st.DataObject) -> None:
    instance = data.draw(SUPPLY.drawn(frozenset(a.id for a in claim.assumes), Size()))
    assert decide(claim, instance).verdict == "holds"


def test_draws_reach_every_regime() -> None:
    seen = set()

    @seed(2)
    @settings(max_examples=200, deadline=None, database=None, phases=[Phase.generate],
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(st.sampled_from([frozenset(), frozenset({"mean-unstable", "positive-curvature"})]).flatmap(
        lambda assumes: SUPPLY.drawn(assumes, Size())))  # fmt: skip
    def collect(instance: Instance) -> None:
        view = THEOREM.domain.view(instance)
        tie = instance["delay"] < 2 and view["gain"] == view["threshold"]
        seen.add((min(instance["delay"], 2), view["roots_in_disc"], tie, sign(instance["curvature"])))

    collect()
    assert {(0, False, True, 1), (1, False, True, 1), (2, True, False, 1), (2, False, False, 1)} <= seen
    assert any(curvature == -1 for *_, curvature in seen)


def test_the_smallest_drawn_unstable_iteration_is_simple() -> None:
    smallest = find(
        SUPPLY.drawn(frozenset({"mean-unstable", "positive-curvature"}), Size()),
        lambda instance: True,
        settings=settings(database=None, deadline=None),
        random=Random(0),
    )
    assert smallest["delay"] == 0
    assert smallest["curvature"] == 1
