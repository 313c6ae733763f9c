"""The records themselves: claims hold, equality families touch, mutants and dropped assumptions are refuted."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from flint import fmpq

from refutable.theorems.checks import tightness
from refutable.theorems.claims import Claim
from refutable.theorems.exact import as_real, compare
from refutable.theorems.families.densities import with_largest_density
from refutable.theorems.families.edge import at_its_edge
from refutable.theorems.instances import Instance
from refutable.theorems.papers.liang_2025 import RESIDUAL_BOUND
from refutable.theorems.papers.nacson_2023 import LAPLACIAN, STABILITY_NORM
from refutable.theorems.papers.own import CRITICAL_POINT_BOUND, FLATTEST_IMPLEMENTATION
from refutable.theorems.records import Family, Mutant, Necessity, Theorem, all_mutants
from refutable.verify.closed_forms import prove
from refutable.verify.decide import decide

Networks = Callable[..., list[Instance]]

RECORDS = (STABILITY_NORM, LAPLACIAN, CRITICAL_POINT_BOUND, RESIDUAL_BOUND, FLATTEST_IMPLEMENTATION)


def _params(of: Callable[[Theorem], Any]) -> list[Any]:
    return [
        pytest.param(t, part, id=f"{t.id}-{getattr(part, 'id', '') or part.drops}") for t in RECORDS for part in of(t)
    ]


@pytest.mark.parametrize(("theorem", "family"), _params(lambda t: t.equality))
def test_families_do_what_they_say(theorem: Theorem, family: Family) -> None:
    for instance in [*family.instances(8), family.last()]:
        for claim in (*theorem.claims, *theorem.links):
            assert decide(claim, instance).verdict in ("holds", "vacuous"), claim.id
        headline = decide(theorem.headline, instance)
        assert headline.verdict == "holds"
        assert headline.touching == (family.attains == "equality")
    if family.reaches is not None:
        assert headline.headline is not None
        assert (tightness(headline.headline) or 0) > float(family.reaches.p) / float(family.reaches.q)


@pytest.mark.parametrize(("theorem", "mutant"), _params(all_mutants))
def test_mutants_are_refuted_by_honest_witnesses(theorem: Theorem, mutant: Mutant) -> None:
    witness = mutant.witness()
    outcome = decide(mutant.claim, witness)
    assert outcome.verdict == "violated"
    assert mutant.substantive
    assert outcome.headline is not None
    assert outcome.headline.left is not None
    assert compare(as_real(outcome.headline.left), fmpq(0)) == 1
    assert mutant.claim.domain.hollow(mutant.claim.domain.view(witness)) is None
    assert decide(theorem.headline, witness).verdict != "violated"


@pytest.mark.parametrize(("theorem", "entry"), _params(lambda t: t.necessity))
def test_dropped_assumptions_are_missed(theorem: Theorem, entry: Necessity) -> None:
    witness = entry.instance()
    if witness is None:
        assert "not" in entry.note
        return
    claim = theorem.claim(entry.claim)
    assert decide(claim, witness).verdict == "vacuous"
    assert decide(claim.without(entry.drops), witness).verdict == "violated"


@pytest.mark.parametrize("theorem", RECORDS, ids=lambda t: t.id)
def test_every_assumption_has_one_necessity_entry(theorem: Theorem) -> None:
    assert sorted(a.id for a in theorem.assumptions) == sorted(n.drops for n in theorem.necessity)


@pytest.mark.parametrize(("theorem", "form"), _params(lambda t: t.closed_forms))
def test_closed_forms_are_proved(theorem: Theorem, form: Any) -> None:
    assert prove(form).proved


def _claims(*theorems: Theorem) -> list[Claim]:
    return [claim for t in theorems for claim in (*t.claims, *t.links)]


@pytest.mark.parametrize("d", [1, 2, 3])
@pytest.mark.parametrize("labelled", [False, True])
def test_claims_hold_on_random_networks(networks: Networks, d: int, labelled: bool) -> None:
    reached = set()
    claims = _claims(STABILITY_NORM, CRITICAL_POINT_BOUND, RESIDUAL_BOUND, FLATTEST_IMPLEMENTATION)
    for network in networks(12, d=d, labelled=labelled, seed=1):
        instance = at_its_edge(network)
        for claim in claims:
            outcome = decide(claim, instance)
            assert outcome.verdict in ("holds", "vacuous"), (claim.id, instance)
            reached |= {claim.id} if outcome.verdict == "holds" else set()
    needs_critical = {claim.id for claim in claims if {a.id for a in claim.assumes} & {"critical", "interpolating"}}
    expected = {claim.id for claim in claims} - (needs_critical if labelled else set())
    assert reached >= expected


@pytest.mark.parametrize("shape", [{"variance": fmpq(50)}, {"radius_squared": fmpq(10**4), "power": 1}])
def test_the_laplacian_bound_holds_on_random_networks(networks: Networks, shape: dict[str, Any]) -> None:
    for network in networks(12, d=2, seed=2):
        try:
            instance = with_largest_density(at_its_edge(network), **shape)
        except ValueError:  # a hyperplane outside the data, where g = 0
            continue
        for claim in _claims(LAPLACIAN):
            assert decide(claim, instance).verdict == "holds"


def test_the_upper_bound_is_attained_at_one_point_by_hand() -> None:
    """relu(5/7 (x + 1)) at x = 3/4: activation 5/4 = |(x, 1)|, so 1 + 2 (5/4)^2 = 33/8 whatever the side."""
    instance = FLATTEST_IMPLEMENTATION.equality[0].first()
    outcome = decide(FLATTEST_IMPLEMENTATION.headline, instance)
    assert outcome.touching
    assert outcome.headline is not None
    assert as_real(outcome.headline.left or fmpq(0)).exact() == fmpq(33, 8)


def test_corrections_are_ordered(networks: Networks) -> None:
    """weighted <= half of largest gradient over output <= sharp <= Liang, each in floats by numpy."""
    from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
    from refutable.theorems.papers.liang_2025 import corrections
    from refutable.theorems.papers.own import gradient_blocks
    from refutable.theorems.papers.own.critical_point import largest_gradient_over_output

    for network in networks(10, d=2, labelled=True, seed=3):
        view = SHALLOW_RELU.view(network)
        x = np.array(network["x"], dtype=object).astype(str)
        radius = max(np.hypot(*[float(Fraction(v)) for v in row]) for row in x)
        residuals = np.array([float(as_real(r)) for r in view["residual"]])
        values = [
            float(as_real(gradient_blocks.weighted_gradient(view))),
            float(as_real(largest_gradient_over_output(view))) / 2,
            float(as_real(corrections.sharp(view))),
            float(as_real(corrections.liang(view))),
        ]
        assert values == sorted(values)
        assert values[2] == pytest.approx(np.hypot(1, radius) * np.mean(np.abs(residuals)) / 2, rel=1e-12)
        assert values[3] == pytest.approx((radius + 1) * np.sqrt(np.mean(residuals**2)), rel=1e-12)
