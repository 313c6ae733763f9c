"""The records of delay with momentum, of random delay and of a Hessian with delay."""

from __future__ import annotations

import pytest
import sympy
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from refutable.strategies.supplies import supply
from refutable.strategies.supply import Size
from refutable.theorems.claims import Claim
from refutable.theorems.exact import sign
from refutable.theorems.instances import Instance
from refutable.theorems.papers.giladi_2020 import (
    DELAYED_HEAVY_BALL,
    DELAYED_SHIFTED_MOMENTUM,
    DELAYED_STABILITY,
    STOCHASTIC_DELAY,
)
from refutable.theorems.records import Mutant, Theorem, all_mutants
from refutable.verify.decide import decide

RECORDS = (DELAYED_HEAVY_BALL, DELAYED_SHIFTED_MOMENTUM, STOCHASTIC_DELAY, DELAYED_STABILITY)
CLAIMS = [(t, c) for t in RECORDS for c in (*t.claims, *t.links)]


def one_id(pair: tuple[Theorem, Claim]) -> str:
    return f"{pair[0].id}-{pair[1].id}"


def refuted(mutant: Mutant) -> bool:
    """Violated by a witness with a positive left side that is not hollow."""
    view = mutant.claim.domain.view(mutant.witness())
    outcome = decide(mutant.claim, view)
    assert outcome.headline is not None, (mutant.id, outcome.reason)
    assert outcome.headline.left is not None
    return outcome.verdict == "violated" and sign(outcome.headline.left) == 1 and not view.domain.hollow(view)


@pytest.mark.parametrize("theorem", RECORDS, ids=lambda t: t.id)
def test_every_mutant_is_refuted_and_substantive(theorem: Theorem) -> None:
    assert [m.id for m in all_mutants(theorem) if not refuted(m)] == []


@pytest.mark.parametrize("theorem", RECORDS, ids=lambda t: t.id)
def test_every_assumption_is_necessary(theorem: Theorem) -> None:
    assert {n.drops for n in theorem.necessity} == {a.id for a in theorem.assumptions}
    for entry in theorem.necessity:
        claim, witness = theorem.claim(entry.claim), entry.instance()
        assert witness is not None
        assert decide(claim, witness).verdict == "vacuous", entry
        assert decide(claim.without(entry.drops), witness).verdict == "violated", entry


@pytest.mark.parametrize("theorem", RECORDS, ids=lambda t: t.id)
def test_closed_forms_cancel(theorem: Theorem) -> None:
    forms = [f for f in theorem.closed_forms if sympy.cancel(f.left() - f.right()) != 0]
    assert [form.id for form in forms] == []


@pytest.mark.parametrize("theorem", RECORDS[:3], ids=lambda t: t.id)
def test_families_do_what_they_promise(theorem: Theorem) -> None:
    (family,) = theorem.equality
    for instance in [*family.instances(24), family.last()]:
        assert {decide(link, instance).verdict for link in theorem.links} <= {"holds", "vacuous"}
        outcome = decide(theorem.headline, instance)
        assert outcome.verdict == "holds"
        assert outcome.touching is (family.attains == "equality")
    if family.reaches is not None:
        assert (decide(theorem.headline, family.last()).tightness or 0) > float(family.reaches)


@pytest.mark.parametrize("known", [True, False], ids=["known", "cold"])
@pytest.mark.parametrize("pair", CLAIMS, ids=one_id)
def test_drawn_cases_satisfy_the_assumptions_and_the_claim(pair: tuple[Theorem, Claim], known: bool) -> None:
    claim = pair[1]
    found: list[str] = []

    @seed(7)
    @settings(max_examples=12, deadline=None, database=None, phases=[Phase.generate],
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(st.data())
    def collect(data: st.DataObject) -> None:
        instance: Instance = data.draw(supply(claim.domain.id).drawn(assumed(claim), Size(), known))
        assert claim.domain.load(claim.domain.dump(instance)) == instance
        found.append(decide(claim, instance).verdict)

    collect()
    assert set(found) <= {"holds", "vacuous"}
    assert found.count("holds") > len(found) // 2


def assumed(claim: Claim) -> frozenset[str]:
    return frozenset(a.id for a in claim.assumes)


@pytest.mark.parametrize("domain", ["delayed-momentum", "random-delay", "delayed-descent"])
def test_supplies_refuse_what_they_cannot_build(domain: str) -> None:
    with pytest.raises(ValueError, match="extend this module"):
        supply(domain).drawn(frozenset({"white-data"}), Size())


def test_both_conventions_at_the_figures_of_the_paper_form() -> None:
    """Heavy ball 1/10 and shifted 19/100 at delay 1 and momentum 9/10, against 1 without momentum."""
    named = {m.id: m for m in DELAYED_HEAVY_BALL.mutants}
    outcome = decide(named["no-delay-form"].claim, named["no-delay-form"].witness())
    assert outcome.tightness == pytest.approx(38)
    shifted = {m.id: m for m in DELAYED_SHIFTED_MOMENTUM.mutants}["no-delay-form"]
    assert decide(shifted.claim, shifted.witness()).tightness == pytest.approx(20)
