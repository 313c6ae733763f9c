"""The record guess-and-check: conditions on samples, mutants, the limit family, what is drawn."""

from __future__ import annotations

import mpmath
import pytest
from flint import fmpq
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from refutable.strategies.finite_prior import SUPPLY
from refutable.strategies.supply import Size
from refutable.theorems.claims import Claim
from refutable.theorems.exact import as_real, compare
from refutable.theorems.papers.buzaglo_2024.guess_and_check import GUESS_AND_CHECK as THEOREM
from refutable.theorems.papers.buzaglo_2024.priors import least_samples, sampled
from refutable.theorems.papers.buzaglo_2024.sample_sizes import ENOUGH, PAPER, SampleSize
from refutable.theorems.records import Mutant, all_mutants
from refutable.verify.decide import decide

ALL = (*THEOREM.claims, *THEOREM.links)
SIZES = (ENOUGH, PAPER, SampleSize(fmpq(1, 2), fmpq(3, 7)), SampleSize(base=10), SampleSize(fewer=2))


@pytest.mark.parametrize("size", SIZES, ids=lambda size: size.id)
def test_what_is_needed_agrees_with_mpmath_and_its_id_says_it(size: SampleSize) -> None:
    p, delta = fmpq(3, 1000), fmpq(7, 100)
    with mpmath.workdps(40):
        logs = [-mpmath.log(mpmath.mpf(3) / 1000), -mpmath.log(mpmath.mpf(7) / 100), mpmath.log(2)]
        factors = [mpmath.mpf(int(q.p)) / int(q.q) for q in (size.teacher, size.confidence, size.twos)]
        expected = mpmath.fdot(logs, factors) / (mpmath.log(size.base) if size.base else 1)
        ball = as_real(size.needed(p, delta)).ball(120)
        assert abs(mpmath.mpf(ball.mid().str(35, radius=False)) - expected) < mpmath.mpf(10) ** -30
    assert SampleSize.read(size.id) == size


def test_ids_of_other_assumptions_are_no_conditions() -> None:
    assert SampleSize.read("stable") is None
    assert SampleSize.read("samples-1") is None


def test_logarithms_to_base_ten_of_powers_of_ten_are_exact() -> None:
    assert SampleSize(base=10).needed(fmpq(1, 1000), fmpq(1, 10)) == 4


@pytest.mark.parametrize("size", SIZES, ids=lambda size: size.id)
def test_least_samples_are_enough_and_one_fewer_is_not(size: SampleSize) -> None:
    for p, epsilon, delta in ((fmpq(1, 100), fmpq(1, 7), fmpq(1, 10)), (fmpq(1, 10**6), fmpq(1), fmpq(1, 50))):
        count = least_samples(size, p, epsilon, delta)
        needed = size.needed(p, delta)
        assert compare(needed, (count + size.fewer) * epsilon) != 1
        assert count == 0 or compare(needed, (count - 1 + size.fewer) * epsilon) == 1


def refuted(mutant: Mutant) -> bool:
    """Violated by a witness that is not hollow and spares the record's own claims."""
    view = mutant.claim.domain.view(mutant.witness())
    spared = all(decide(claim, view).verdict in ("holds", "vacuous") for claim in ALL)
    return decide(mutant.claim, view).verdict == "violated" and spared and not view.domain.hollow(view)


def test_every_mutant_is_refuted_and_substantive() -> None:
    mutants = all_mutants(THEOREM)
    assert len(mutants) == 11
    assert [m.id for m in mutants if not refuted(m)] == []


def test_one_sample_fewer_than_enough_is_outside_the_claim() -> None:
    instance = sampled(fmpq(1, 100), 20, fmpq(1, 5))
    assert decide(THEOREM.headline, instance).verdict == "holds"
    fewer = instance.replace(samples=instance["samples"] - 1)
    assert decide(THEOREM.headline, fewer).verdict == "vacuous"


def test_the_papers_constants_may_be_lowered_to_ours() -> None:
    assert THEOREM.adjustable is not None
    weaker = THEOREM.adjustable.at({"teacher": fmpq(1), "confidence": fmpq(3)})
    assert decide(weaker, sampled(fmpq(1, 100), 20, fmpq(1, 5), SampleSize(confidence=fmpq(3)))).verdict == "holds"


@pytest.mark.parametrize("claim", ALL, ids=[claim.id for claim in ALL])
@seed(1)
@settings(
    max_examples=25, deadline=None, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
)
@given(st.data())
def test_drawn_cases_satisfy_the_assumptions_and_the_claim(claim: Claim, data: st.DataObject) -> None:
    instance = data.draw(SUPPLY.drawn(frozenset(a.id for a in claim.assumes), Size()))
    assert decide(claim, instance).verdict == "holds"


def test_unknown_assumptions_are_refused() -> None:
    with pytest.raises(ValueError, match="no finite priors can be drawn under 'stable'"):
        SUPPLY.drawn(frozenset({"stable"}), Size())
