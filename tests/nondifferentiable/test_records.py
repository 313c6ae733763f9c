"""The three records about kinks on data: families, mutants, necessity, and figures by floating point."""

import numpy as np
import pytest
from flint import fmpq

from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.exact import as_real, to_float
from refutable.theorems.families.kinks import opposed_beyond, shattered_triangle
from refutable.theorems.families.two_atoms import two_atoms
from refutable.theorems.ops.exact import elementwise
from refutable.theorems.papers.mulayoff_michaeli_soudry_2021.common_eigenvector import (
    COMMON,
    COMMON_EIGENVECTOR,
    LEAVES,
    SHARED_DIRECTION,
    SHARP,
)
from refutable.theorems.papers.mulayoff_michaeli_soudry_2021.common_eigenvector_cases import (
    CROSSED,
    STABLE,
    beside,
    hinges,
    one_datum,
)
from refutable.theorems.papers.mulayoff_michaeli_soudry_2021.common_eigenvector_formulas import (
    defects,
    difference_norm,
    direction,
    distinct_modes,
    least_sharpness,
    pairs,
)
from refutable.theorems.papers.mulayoff_michaeli_soudry_2021.nondifferentiable_bound import (
    NONDIFFERENTIABLE_BOUND,
    ONE_TOGGLE,
    PUBLISHED,
)
from refutable.theorems.papers.mulayoff_michaeli_soudry_2021.nondifferentiable_conjecture import (
    NONDIFFERENTIABLE_CONJECTURE,
)
from refutable.theorems.papers.mulayoff_michaeli_soudry_2021.nondifferentiable_links import LEMMA_3, mode_of, starts
from refutable.theorems.records import Mutant, Necessity, Theorem, all_mutants
from refutable.verify.decide import decide

RECORDS = (COMMON_EIGENVECTOR, NONDIFFERENTIABLE_BOUND, NONDIFFERENTIABLE_CONJECTURE)
MUTANTS = [(t, m) for t in RECORDS for m in all_mutants(t)]
WITNESSES = [(t, n) for t in RECORDS for n in t.necessity if n.witness is not None]


def floats(values: object) -> np.ndarray:
    return np.array(elementwise(to_float, values), dtype=float)


@pytest.mark.parametrize("record", RECORDS[1:], ids=lambda t: t.id)
def test_families_attain_what_they_promise(record: Theorem) -> None:
    for family in record.equality:
        for instance in family.instances(6):
            outcomes = [decide(claim, instance) for claim in record.claims]
            outcome = next((o for o in outcomes if o.verdict == "holds"), outcomes[0])
            assert outcome.verdict == "holds", (family.id, outcome.reason)
            if family.attains == "equality":
                assert outcome.touching
        if family.reaches is not None:
            outcome = decide(record.headline, family.last())
            assert to_float(family.reaches) < (outcome.tightness or 0) < 1


@pytest.mark.parametrize(("record", "mutant"), MUTANTS, ids=lambda v: v.id)
def test_mutants_die_on_honest_witnesses(record: Theorem, mutant: Mutant) -> None:
    witness = mutant.witness()
    outcome = decide(mutant.claim, witness)
    assert outcome.verdict == "violated"
    assert not any(decide(claim, witness).verdict == "violated" for claim in record.claims)
    if mutant.substantive:
        assert SHALLOW_RELU.hollow(SHALLOW_RELU.view(witness)) is None
        assert outcome.headline is not None
        if outcome.operators[0] != "psd":
            assert outcome.headline.left is not None
            assert as_real(outcome.headline.left).ball(64) > 0
    else:
        assert mutant.excuse


@pytest.mark.parametrize(("record", "entry"), WITNESSES, ids=lambda v: getattr(v, "drops", getattr(v, "id", "")))
def test_dropped_assumptions_are_necessary(record: Theorem, entry: Necessity) -> None:
    claim, witness = record.claim(entry.claim), entry.instance()
    assert witness is not None
    assert decide(claim, witness).verdict == "vacuous"
    assert decide(claim.without(entry.drops), witness).verdict == "violated"


def test_shattered_triangle_really_turns_a_kink_and_touches() -> None:
    triangle = shattered_triangle()
    view = SHALLOW_RELU.view(triangle)
    assert [(t.neuron, t.data) for t in view["toggles"]] == [(0, (1,))]
    off, on = (float(np.linalg.eigvalsh(floats(m.view["gauss_newton"]))[-1]) for m in view["modes"])
    assert on < off == pytest.approx(2 / to_float(triangle["step_size"]))
    assert decide(ONE_TOGGLE, triangle).touching


def test_published_factor_against_floating_point() -> None:
    lattice = hinges([fmpq(j) for j in range(13)], [(fmpq(1, 100), 6, fmpq(1, 100))]).replace(step_size=fmpq(1))
    headline = decide(PUBLISHED, lattice).headline
    assert headline is not None
    assert float(as_real(headline.right)) == pytest.approx(1 / (1 - 2 * 3**0.5 * (1 / 13) ** 0.5) - 0.5)


def test_difference_of_modes_against_floating_point() -> None:
    view = SHALLOW_RELU.view(hinges([-3, -1, 0, 2], [(2, -1, 1), (-1, 0, 3), (1, 2, -2)]))
    for first, second in pairs(view):
        expected = np.linalg.norm(floats(second["gauss_newton"]) - floats(first["gauss_newton"]), 2)
        assert float(as_real(difference_norm(view.ops, first, second))) == pytest.approx(expected)
    assert len(list(pairs(view))) == 28


def test_eq_34_as_printed_fails_on_a_hundred_points() -> None:
    """|H_off q - lambda q| = 32.01 for the top q of H_on, above 2 sqrt 3 lambda / sqrt n = 11.09."""
    view = SHALLOW_RELU.view(hinges([fmpq(j, 99) for j in range(100)], [(1, 1, 40)]))
    off, on = (floats(m.view["gauss_newton"]) for m in view["modes"])
    values, vectors = np.linalg.eigh(on)
    q, top = vectors[:, -1], values[-1]
    assert np.linalg.norm(off @ q - top * q) == pytest.approx(32.01, abs=0.01)
    assert 2 * 3**0.5 * top / 10 == pytest.approx(11.09, abs=0.01)
    instance = hinges([fmpq(j, 99) for j in range(100)], [(1, 1, 40)])
    assert decide(COMMON, instance).verdict == "holds"


def test_lemma_for_the_top_eigenvector_follows_from_the_norm() -> None:
    view = SHALLOW_RELU.view(beside([0, 4]))
    (first, second), *_ = pairs(view)
    values, vectors = np.linalg.eigh(floats(first["gauss_newton"]))
    moved = floats(second["gauss_newton"]) @ vectors[:, -1] - values[-1] * vectors[:, -1]
    assert np.linalg.norm(moved) <= float(as_real(difference_norm(view.ops, first, second)))


def test_sharp_constant_is_attained_in_the_limit_and_not_reached() -> None:
    ratios = [decide(SHARP, one_datum(fmpq(2) ** e)).tightness for e in (3, 10, 21)]
    assert ratios == sorted(ratios)
    assert 0.9999996 < (ratios[-1] or 0) < 1


def test_sharp_constant_is_attained_where_the_output_bias_is_frozen() -> None:
    outcome = decide(SHARP, one_datum(fmpq(1)).replace(frozen=frozenset({"b2"})))
    assert outcome.verdict == "holds"
    assert outcome.headline is not None
    assert outcome.headline.touching


def test_defects_against_floating_point() -> None:
    view = SHALLOW_RELU.view(hinges([-3, -1, 0, 2], [(2, -1, 1), (-1, 0, 3)]))
    q = direction(view)
    unit = floats(q) / np.linalg.norm(floats(q))
    for mode, defect in zip(view["modes"], defects(view, q), strict=True):
        hessian = floats(mode.view["gauss_newton"])
        expected = np.linalg.norm(hessian @ unit - np.linalg.eigvalsh(hessian)[-1] * unit)
        assert float(as_real(defect)) ** 0.5 == pytest.approx(expected, rel=1e-9)
    least = min(np.linalg.eigvalsh(floats(mode.view["gauss_newton"]))[-1] for mode in view["modes"])
    assert to_float(least_sharpness(view)) == pytest.approx(least)


def test_direction_is_near_the_top_of_the_mean_hessian() -> None:
    view = SHALLOW_RELU.view(hinges([-3, -1, 0, 2], [(2, -1, 1), (-1, 0, 3)]))
    mean = sum(floats(m.view["gauss_newton"]) for m in view["modes"])
    q = floats(direction(view))
    assert q @ mean @ q / (q @ q) == pytest.approx(np.linalg.eigvalsh(mean)[-1], rel=1e-6)


def test_one_step_instability_decides_beyond_the_edge() -> None:
    assert decide(LEAVES, STABLE).verdict == "vacuous"
    assert decide(LEAVES, STABLE.replace(step_size=2 * STABLE["step_size"])).verdict == "holds"


def test_a_direction_that_was_not_found_is_not_called_absent() -> None:
    """Both sharpnesses of CROSSED are above 2/eta; its modes have different top eigenvectors."""
    *sharper, judged = [check.decide() for check in SHARED_DIRECTION.checks(SHALLOW_RELU.view(CROSSED))]
    assert all(decision.truth is True for decision in sharper)
    assert judged.truth is None
    assert "another one may be" in judged.reason
    assert decide(LEAVES, CROSSED).verdict == "undecided"
    assert decide(LEAVES, CROSSED.replace(step_size=fmpq(1, 10**9))).verdict == "vacuous"


def test_a_shared_direction_is_found_just_beyond_the_edge() -> None:
    """One mode: its top eigenvector is shared, and 2/eta is a thousandth below the sharpness."""
    atoms = two_atoms()
    assert decide(LEAVES, atoms).verdict == "vacuous"
    assert decide(LEAVES, atoms.replace(step_size=atoms["step_size"] * fmpq(1001, 1000))).verdict == "holds"


def test_networks_that_no_datum_reaches_have_a_direction_too() -> None:
    """Every gradient is 0 in every mode: output weight 0, the activation 0, the output bias frozen."""
    flat = SHALLOW_RELU.instance(w1=[[0]], b1=[0], w2=[0], b2=1, frozen=["b2"], x=[[1], [2]], step_size=1)
    view = SHALLOW_RELU.view(flat)
    assert not any(any(mode.view["features"].ravel()) for mode in view["modes"])
    assert len(distinct_modes(view)) == 1 < len(view["modes"])
    assert (direction(view) == 1).all()
    assert decide(LEAVES, flat).verdict == "vacuous"


def test_lemma_3_covers_modes_at_the_edge_exactly() -> None:
    """At step size 2/lambda the decrease form is singular: positive semidefinite, not definite."""
    triangle = shattered_triangle()
    assert decide(LEMMA_3, triangle).verdict == "holds"
    assert (
        decide(LEMMA_3, triangle.replace(step_size=triangle["step_size"] * fmpq(10**9 + 1, 10**9))).verdict == "vacuous"
    )


def test_starts_lie_in_their_modes_and_every_mode_has_one() -> None:
    view = SHALLOW_RELU.view(opposed_beyond())
    found = {mode.signs for v in starts(view) if (mode := mode_of(view, v)) is not None}
    assert found == {mode.signs for mode in view["modes"]}
    for v in starts(view):
        mode = mode_of(view, v)
        if mode is not None:
            assert (np.sign(floats(view["toggle_normals"]) @ floats(v)) == np.array(mode.signs)).all()


def test_the_open_regime_is_where_it_is_said_to_be() -> None:
    """Off mode above 2/eta, strongly stable, and neither sign of any known mean gradient in its cone: all in floats."""
    for number in range(4):
        view = SHALLOW_RELU.view(opposed_beyond(number))
        off = np.linalg.eigvalsh(floats(view["modes"][0].view["gauss_newton"]))[-1]
        assert 1 < off * to_float(view["step_size"]) / 2 < 1.001
        outcome = decide(NONDIFFERENTIABLE_CONJECTURE.headline, view)
        assert outcome.verdict == "holds"
        assert 0.05 < (outcome.tightness or 0) < 0.9
        mean = floats(view["modes"][0].view["features"]).mean(axis=0)
        heights = floats(view["toggle_normals"]) @ mean
        assert heights.min() < 0 < heights.max()
