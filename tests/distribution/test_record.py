"""The record weight-closed-forms: complete, true on its families, and told apart from every false variant."""

from __future__ import annotations

import pytest
from flint import fmpq

from refutable.theorems.domains.distribution import DISTRIBUTION, LAWS
from refutable.theorems.exact import compare, sign
from refutable.theorems.papers.weight_closed_forms import WEIGHT_CLOSED_FORMS as RECORD
from refutable.theorems.papers.weight_closed_forms.closed import CLOSED, closed_weight, mean
from refutable.theorems.papers.weight_closed_forms.families import CASES, TWO_ATOMS_AT_ZERO, law_at
from refutable.theorems.records import Mutant, Necessity, all_mutants
from refutable.verify.decide import decide

CLAIMS = (*RECORD.claims, *RECORD.links)


def test_every_law_has_closed_forms_a_case_and_a_mutant() -> None:
    assert set(CLOSED) == set(LAWS)
    assert {case[0] for case in CASES} == set(LAWS)
    killed = {next(iter(m.witness()["law"])) for m in RECORD.mutants if m.claim.id.startswith(RECORD.id)}
    assert killed == set(LAWS)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[0]}{list(case[1])}-{case[2]}")
def test_claims_and_links_hold_at_the_family(case: tuple) -> None:
    view = DISTRIBUTION.view(law_at(*case))
    outcomes = {claim.id: decide(claim, view) for claim in CLAIMS}
    assert {o.verdict for o in outcomes.values()} <= {"holds", "agrees", "vacuous"}, outcomes
    assert outcomes[RECORD.id].touching


@pytest.mark.parametrize("law", ["uniform", "triangular", "beta", "grid", "two-atoms", "empirical"])
def test_laws_with_rational_moments_are_decided_and_not_only_compared(law: str) -> None:
    for case in CASES:
        if case[0] == law:
            assert decide(RECORD.headline, law_at(*case)).verdict == "holds"


def test_closed_forms_hold_at_ends_beyond_them_and_on_atoms() -> None:
    for case in CASES:
        low, high = LAWS[case[0]].support(tuple(DISTRIBUTION.view(law_at(*case))["numbers"]))
        for end, way in ((low, -1), (high, 1)):
            for gap in (fmpq(0), fmpq(1, 3)) if end is not None else ():
                outcomes = [decide(c, law_at(case[0], case[1], end + way * gap)) for c in CLAIMS]
                assert {o.verdict for o in outcomes} <= {"holds", "agrees", "vacuous"}, outcomes


def test_the_loosened_bound_is_attained_by_two_atoms() -> None:
    for instance in TWO_ATOMS_AT_ZERO.instances(9):
        outcome = decide(RECORD.claim("loosened-bound"), instance)
        assert outcome.verdict == "holds"
        assert outcome.touching
        assert outcome.tightness == 1
    off_centre = decide(RECORD.claim("product-bound"), law_at("two-atoms", ("3/4",), "1/4"))
    assert off_centre.touching
    assert not decide(RECORD.claim("loosened-bound"), law_at("two-atoms", ("3/4",), "1/4")).touching


@pytest.mark.parametrize("mutant", all_mutants(RECORD), ids=lambda m: m.id)
def test_mutants_die_by_a_substantive_witness(mutant: Mutant) -> None:
    outcome = decide(mutant.claim, mutant.witness())
    assert outcome.verdict == "violated"
    assert outcome.headline is not None
    assert outcome.headline.left is not None
    assert sign(outcome.headline.left) == 1
    assert DISTRIBUTION.hollow(DISTRIBUTION.view(mutant.witness())) is None


@pytest.mark.parametrize("mutant", RECORD.mutants, ids=lambda m: m.id)
def test_the_witness_does_not_violate_the_true_claims(mutant: Mutant) -> None:
    assert all(decide(claim, mutant.witness()).verdict != "violated" for claim in CLAIMS)


@pytest.mark.parametrize("entry", RECORD.necessity, ids=lambda e: e.drops)
def test_assumptions_are_necessary(entry: Necessity) -> None:
    claim, witness = RECORD.claim(entry.claim), entry.instance()
    assert witness is not None
    assert decide(claim, witness).verdict == "vacuous"
    assert decide(claim.without(entry.drops), witness).verdict == "violated"


def test_every_assumption_has_a_necessity_entry() -> None:
    assert {a.id for a in RECORD.assumptions} == {e.drops for e in RECORD.necessity}


def test_means_are_the_sum_of_both_sides() -> None:
    for name, numbers in (("uniform", (1, 4)), ("beta", (2, 5)), ("grid", (0, "1/2", 4)), ("empirical", (0, 2, 7))):
        view = DISTRIBUTION.view(law_at(name, numbers, "1/3"))
        assert mean(name, view["numbers"]) == view["moment_left"] + view["moment_right"]


def test_grid_forms_agree_with_the_literal_definition_everywhere() -> None:
    atoms = [fmpq(j, 3) for j in range(6)]
    for t in (fmpq(j, 6) for j in range(-2, 13)):
        grid = DISTRIBUTION.view(law_at("grid", (0, "1/3", 6), t))
        listed = DISTRIBUTION.view(law_at("empirical", tuple(atoms), t))
        for side in ("left", "right"):
            assert compare(closed_weight(grid, side), closed_weight(listed, side)) == 0  # type: ignore[arg-type]
