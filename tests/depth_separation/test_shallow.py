"""Duality for shallow networks: the supremum against brute force, linear programmes, nested grids, hand-made hats."""

from __future__ import annotations

from collections import Counter
from itertools import product

import numpy as np
import pytest
from flint import fmpq
from hypothesis import HealthCheck, Phase, given, seed, settings
from numpy.typing import NDArray
from scipy.optimize import linprog

from refutable.strategies.pyramid import SUPPLY
from refutable.strategies.supply import Size
from refutable.theorems.claims import Claim
from refutable.theorems.domains.pyramid import PYRAMID
from refutable.theorems.domains.pyramid.ridges import largest_square
from refutable.theorems.domains.pyramid.splines import affinely_free, pyramid, ridge_spline
from refutable.theorems.exact import as_real, rational, sign, to_float
from refutable.theorems.families.pyramid_grids import CERTIFICATES, Certificate, multipliers, on_grid
from refutable.theorems.families.pyramid_grids import grid as grid_points
from refutable.theorems.families.pyramids import hat
from refutable.theorems.instances import Instance
from refutable.theorems.papers.nacson_2023.depth_separation import DEPTH_SEPARATION
from refutable.theorems.papers.nacson_2023.growing_norms import GROWTH
from refutable.theorems.papers.nacson_2023.pyramid_shallow import BOUND, PYRAMID_SHALLOW_NORM
from refutable.theorems.records import Mutant, all_mutants
from refutable.verify.decide import decide

QUIET = settings(
    max_examples=25, deadline=None, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
)
RECORDS = (DEPTH_SEPARATION, PYRAMID_SHALLOW_NORM)
CLAIMS = [claim for record in RECORDS for claim in (*record.claims, *record.links)]


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda c: c.id)
def test_drawn_cases_satisfy_the_assumptions_and_the_claim(claim: Claim) -> None:
    verdicts: Counter[str] = Counter()

    @seed(1)
    @QUIET
    @given(SUPPLY.drawn(frozenset(a.id for a in claim.assumes), Size()))
    def run(instance: Instance) -> None:
        verdicts[decide(claim, instance).verdict] += 1

    run()
    assert set(verdicts) == {"holds"}, verdicts


@pytest.mark.parametrize("mutant", [m for r in RECORDS for m in all_mutants(r)], ids=lambda m: m.claim.id)
def test_every_mutant_dies_of_a_substantive_witness(mutant: Mutant) -> None:
    view = PYRAMID.view(mutant.witness())
    outcome = decide(mutant.claim, view)
    assert outcome.verdict == "violated"
    assert outcome.headline is not None
    assert outcome.headline.left is not None
    assert sign(outcome.headline.left) == 1
    assert PYRAMID.hollow(view) is None


def sampled(x: NDArray[np.float64], mu: NDArray[np.float64], directions: int = 4000) -> float:
    """The largest |h_mu(v, t)| over many directions, all normals of pairs, and every t at a datum, in floats."""
    rows = (x[:, None, :] - x[None, :, :]).reshape(-1, 2)
    rows = rows[np.abs(rows).sum(1) > 0]
    normals = np.arctan2(rows[:, 1], rows[:, 0]) + np.pi / 2  # both signs of every pair are there
    angles = np.unique(np.concatenate([np.arange(directions) * 2 * np.pi / directions, normals]).round(12))
    places = x @ np.stack([np.cos(angles), np.sin(angles)])  # [n, directions]
    heights = np.maximum(places[:, None, :] - places[None, :, :], 0)
    return float(np.abs(np.einsum("j,jkv->kv", mu, heights)).max())


@pytest.mark.parametrize("number", range(6))
def test_the_supremum_is_that_of_brute_force(number: int) -> None:
    source = np.random.default_rng(number)
    n = 5 + number
    x = np.array([[fmpq(int(c), 4) for c in row] for row in source.integers(-6, 7, size=(n, 2))], dtype=object)
    mu = affinely_free(x, [fmpq(int(m)) for m in source.integers(-5, 6, size=n)])
    exact = to_float(largest_square(x, mu)) ** 0.5
    near = sampled(np.vectorize(to_float)(x), np.vectorize(to_float)(mu))
    assert near <= exact * (1 + 1e-12)
    assert near >= exact * (1 - 1e-5)


def test_collinear_data_have_the_supremum_of_the_line() -> None:
    x = np.array([[fmpq(s), fmpq(0)] for s in (-2, -1, 0, 1, 2)], dtype=object)
    assert largest_square(x, [fmpq(m) for m in (1, -3, 4, -3, 1)]) == 1
    assert largest_square(x[:, :1], [fmpq(m) for m in (1, -3, 4, -3, 1)]) == 1


def test_hats_touch_and_four_is_the_total_variation_of_the_slope() -> None:
    for instance in PYRAMID_SHALLOW_NORM.equality[0].instances(24):
        outcome = decide(BOUND, instance)
        assert (outcome.verdict, outcome.touching) == ("holds", True)
    view = PYRAMID.view(hat())
    assert (view["pairing"], as_real(view["unweighted_norm"]).exact(), as_real(view["supremum"]).exact()) == (4, 4, 1)


def grid(points_a_side: int, reach: float = 2.0) -> NDArray[np.float64]:
    axis = np.linspace(-reach, reach, points_a_side)
    return np.array(list(product(axis, axis)))


def dictionary(x: NDArray[np.float64], largest: int) -> NDArray[np.float64]:
    """relu(v.x_j - t) for v along whole vectors up to ``largest``, up to sign, and t at the data, [n, members]."""
    whole = range(-largest, largest + 1)
    angles = np.unique([round(float(np.arctan2(b, a)), 12) for a in whole for b in whole if b > 0 or a > b == 0])
    angles = np.concatenate([angles, (angles + np.append(angles[1:], np.pi)) / 2])
    places = x @ np.stack([np.cos(angles), np.sin(angles)])
    return np.maximum(places[:, None, :] - places[None, :, :], 0).reshape(len(x), -1)


def certified(points_a_side: int, largest: int = 3) -> float:
    """A lower bound on sum |w2| |w1| over ALL shallow networks that fit the grid: floats propose, rationals decide."""
    x = grid(points_a_side)
    y = np.maximum(1 - np.abs(x).sum(1), 0)
    members = dictionary(x, largest)
    affine = np.concatenate([np.ones((len(x), 1)), x], 1)
    columns = np.concatenate([members.T, -members.T])
    found = linprog(-y, columns, np.ones(len(columns)), affine.T, np.zeros(3), bounds=(None, None), method="highs")
    exact_x = np.array([[rational(float(c)) for c in row] for row in x], dtype=object)
    mu = affinely_free(exact_x, [rational(round(float(m) * 2**20)) / 2**20 for m in found.x])
    pairing = sum((m * p for m, p in zip(mu, pyramid(exact_x), strict=True)), fmpq(0))
    return to_float(pairing) / to_float(largest_square(exact_x, mu)) ** 0.5


def test_certified_norms_grow_on_nested_grids() -> None:
    assert 1.4 < certified(3) < 1.5  # spacing 2: sqrt2 at most
    assert certified(5) > 6.1  # spacing 1


@pytest.mark.slow
def test_certified_norms_grow_further() -> None:
    assert certified(9) > 12  # spacing 1/2


def test_adding_data_keeps_the_certificate() -> None:
    small = hat()
    for extra in ((fmpq(1, 2),), (fmpq(-1, 3), fmpq(1, 3), fmpq(7, 4))):
        large = hat(extra=extra)
        assert PYRAMID.view(large)["supremum"] == PYRAMID.view(small)["supremum"]
        assert PYRAMID.view(large)["pairing"] == PYRAMID.view(small)["pairing"]


def test_the_supremum_is_undecided_where_multipliers_see_affine_functions() -> None:
    # h of these is 1 - 2 t far out on the left: it has no supremum.
    view = PYRAMID.view(hat().replace(multipliers=np.array([fmpq(m) for m in (0, 1, 1, 0, 0)], dtype=object)))
    with pytest.raises(ArithmeticError, match="orthogonal to affine functions"):
        _ = view["supremum"]
    outcome = decide(BOUND.without("orthogonal"), view)
    assert (outcome.verdict, "orthogonal" in outcome.reason) == ("undecided", True)


def test_long_denominators_are_undecided() -> None:
    far = [fmpq(1, 3**160 + i) for i in range(60)]
    x = np.array([[s, fmpq(0)] for f in far for s in (f, -f)][:100], dtype=object)
    with pytest.raises(ArithmeticError, match="use rounder numbers"):
        largest_square(x, [fmpq((-1) ** (j // 2)) for j in range(100)])


@pytest.mark.parametrize("certificate", CERTIFICATES, ids=lambda c: str(c.spacing))
def test_the_grids_multipliers_certify_their_bounds(certificate: Certificate) -> None:
    x = np.array(grid_points(certificate.spacing), dtype=object)
    mu = multipliers(certificate)
    assert sum(mu) == 0
    assert [sum(mu * x[:, c]) for c in (0, 1)] == [0, 0]
    pairing = sum((m * p for m, p in zip(mu, pyramid(x), strict=True)), fmpq(0))
    near = sampled(np.vectorize(to_float)(x), np.vectorize(to_float)(np.array(mu)), 500)
    assert to_float(certificate.bound) * near <= to_float(pairing)
    assert to_float(certificate.bound) * near > 0.99 * to_float(pairing)


def test_cheapest_networks_on_two_grids() -> None:
    for spacing, norm in ((2, 2**0.5), (1, 4 * (1 + 2**0.5 + 5**0.5) / 3)):
        view = PYRAMID.view(on_grid(fmpq(spacing)))
        assert float(as_real(view["unweighted_norm"])) == pytest.approx(norm, rel=1e-14)
        assert decide(GROWTH, view).verdict == "holds"


def test_a_spline_fits_and_multipliers_see_no_affine_part() -> None:
    x = np.array([[fmpq(1), fmpq(0)], [fmpq(1, 2), fmpq(1, 3)], [fmpq(0), fmpq(0)], [fmpq(-1), fmpq(2)]], dtype=object)
    fitted = ridge_spline(x, pyramid(x), [fmpq(1), fmpq(7)])
    assert fitted is not None
    mu = affinely_free(x, [fmpq(1), fmpq(2), fmpq(-3), fmpq(5)])
    view = PYRAMID.view(PYRAMID.instance(x=x, multipliers=mu, **fitted))
    assert list(view["shallow_output"]) == pyramid(x)
    assert sum(mu) == 0
    assert [sum(mu * x[:, c]) for c in (0, 1)] == [0, 0]
    assert ridge_spline(x[[0, 0]], [fmpq(0), fmpq(1)]) is None


def test_three_inputs_are_beyond_the_supremum() -> None:
    with pytest.raises(ArithmeticError, match="at most two inputs, not for 3"):
        largest_square(np.array([[fmpq(0)] * 3], dtype=object), [fmpq(1)])


def test_moves_keep_instances_well_formed() -> None:
    start = hat((fmpq(3, 5), fmpq(4, 5)), 3, (fmpq(1, 2),)).replace(step_size=fmpq(22, 71))
    for move in (*PYRAMID.moves, *PYRAMID.variations):
        for other in move.reductions(start):
            assert other != start, move.id
            assert PYRAMID.load(PYRAMID.dump(other)) == other


def test_an_instance_reads_as_on_a_whiteboard() -> None:
    assert PYRAMID.describe is not None
    assert PYRAMID.describe(hat())[-1] == "shallow network: relu(x + 1) - 2 relu(x) + relu(x - 1)"
