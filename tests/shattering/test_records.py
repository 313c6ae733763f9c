"""The records shattering-weight and shattering-atoms on drawn instances, against floats, and their mutants."""

from __future__ import annotations

from collections import Counter

import pytest
from flint import fmpq
from hypothesis import HealthCheck, Phase, given, seed, settings
from scipy import integrate, special

from refutable.strategies.ball_caps import SUPPLY, root_above
from refutable.strategies.supply import Size
from refutable.theorems.claims import Claim
from refutable.theorems.domains.ball_caps import BALL_CAPS
from refutable.theorems.domains.ball_caps.spheres import on_sphere
from refutable.theorems.exact import as_real, sign
from refutable.theorems.instances import Instance
from refutable.theorems.papers.liang_2025 import shattering_constants as constants
from refutable.theorems.papers.liang_2025.shattering_atoms import SHATTERING_ATOMS
from refutable.theorems.papers.liang_2025.shattering_families import atoms, cap
from refutable.theorems.papers.liang_2025.shattering_weight import LOWER, SHATTERING_WEIGHT, UPPER
from refutable.theorems.records import Mutant, Theorem, all_mutants
from refutable.verify.decide import decide

QUIET = settings(
    max_examples=30, deadline=None, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
)
RECORDS = (SHATTERING_WEIGHT, SHATTERING_ATOMS)
CLAIMS = [claim for record in RECORDS for claim in (*record.claims, *record.links)]
MUTANTS = [mutant for record in RECORDS for mutant in all_mutants(record)]


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda c: c.id)
def test_drawn_caps_satisfy_the_assumptions_and_the_claim(claim: Claim) -> None:
    verdicts: Counter[str] = Counter()

    @seed(1)
    @QUIET
    @given(SUPPLY.drawn(frozenset(a.id for a in claim.assumes), Size()))
    def run(instance: Instance) -> None:
        verdicts[decide(claim, instance).verdict] += 1

    run()
    assert set(verdicts) == {"holds"}, verdicts


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda m: f"{m.claim.id}")
def test_every_mutant_dies_of_a_substantive_witness(mutant: Mutant) -> None:
    view = BALL_CAPS.view(mutant.witness())
    outcome = decide(mutant.claim, view)
    assert outcome.verdict == "violated"
    assert outcome.headline is not None
    assert outcome.headline.left is not None
    assert sign(outcome.headline.left) == 1
    assert BALL_CAPS.hollow(view) is None


@pytest.mark.parametrize("record", RECORDS, ids=lambda r: r.id)
def test_every_witness_of_necessity_violates(record: Theorem) -> None:
    for necessity in record.necessity:
        witness, claim = necessity.instance(), record.claim(necessity.claim)
        if witness is not None:
            assert decide(claim, witness).verdict == "vacuous"
            assert decide(claim.without(necessity.drops), witness).verdict == "violated"


@pytest.mark.parametrize("d", range(1, 10))
def test_the_two_bounds_close_in_at_the_sphere(d: int) -> None:
    ratios = []
    for depth in (fmpq(1, 4), fmpq(1, 64), fmpq(1, 4096)):
        view = BALL_CAPS.view(cap(d, depth))
        below, above = as_real(constants.lower(view)), as_real(constants.upper(view))
        weight = float(as_real(view["weight"]))
        assert float(below) < weight < float(above)
        ratios.append(float(below / above))
    assert ratios == sorted(ratios)
    assert 1 - ratios[-1] < d / 4096


def test_bounds_hold_just_inside_three_quarters_and_far_out() -> None:
    for d in (1, 2, 7, 8):
        for depth in ("1/4", "999/1000", f"1/{10**30}"):
            assert decide(UPPER, cap(d, depth)).verdict == "holds"
            assert decide(LOWER, cap(d, depth)).verdict == "holds"


def test_the_norm_is_the_integral_against_a_fine_float_law() -> None:
    """g from SciPy's quadrature of the marginal density of the disc, times slope and labels."""
    view = BALL_CAPS.view(atoms([[1, 0], [0, 1]], "1/4", [2, -3]))
    density = lambda s: 2 / 3.141592653589793 * (1 - s * s) ** 0.5  # noqa: E731
    p, m = (integrate.quad(lambda s, k=k: s**k * density(s), 0.75, 1)[0] for k in (0, 1))
    assert float(as_real(view["norm"])) == pytest.approx(5 * 4 * (m - 0.75 * p) * (p * p + m * m) ** 0.5, rel=1e-9)
    assert float(as_real(view["cap_probability"])) == pytest.approx(special.betainc(1.5, 0.5, 7 / 16) / 2, rel=1e-12)


def test_many_labels_are_fitted_at_a_vanishing_norm() -> None:
    norms = []
    for count in (4, 16, 64):
        directions = [on_sphere([fmpq(2 * i - count + 1, count)]) for i in range(count)]
        nearest = max(u[0] * v[0] + u[1] * v[1] for i, u in enumerate(directions) for v in directions[:i])
        depth = 1 - root_above((1 + nearest) / 2)
        instance = atoms(directions, depth, [(-1) ** i for i in range(count)])
        view = BALL_CAPS.view(instance)
        assert [decide(claim, view).verdict for claim in SHATTERING_ATOMS.claims] == ["holds"] * 4
        assert list(view["outputs"]) == list(view["values"])
        norms.append(float(as_real(view["norm"])))
    assert norms[0] > 20 * norms[1] > 400 * norms[2]
