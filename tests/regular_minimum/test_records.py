"""The four records on SGD at regular minima: figures of the paper, both sides of the threshold, false variants."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from flint import fmpq
from hypothesis import HealthCheck, Phase, given, seed, settings

from refutable.strategies.regular_minimum import KNOWN, SUPPLY
from refutable.strategies.supply import Size
from refutable.theorems.claims import Claim
from refutable.theorems.domains.regular_minimum import REGULAR_MINIMUM
from refutable.theorems.domains.regular_minimum.edge import float_threshold
from refutable.theorems.exact import as_real, compare, sign
from refutable.theorems.instances import Instance
from refutable.theorems.papers.mulayoff_michaeli_2024 import THEOREMS, threshold_mutants
from refutable.theorems.papers.mulayoff_michaeli_2024.cases import ONE_CURVED, curvatures, minimum
from refutable.theorems.papers.mulayoff_michaeli_2024.covariance import SGD_COVARIANCE
from refutable.theorems.papers.mulayoff_michaeli_2024.monotone import SGD_THRESHOLD_MONOTONE, threshold_of
from refutable.theorems.papers.mulayoff_michaeli_2024.necessary import SGD_NECESSARY_CONDITIONS
from refutable.theorems.papers.mulayoff_michaeli_2024.threshold import INDEFINITE, SGD_THRESHOLD
from refutable.theorems.records import Theorem, all_mutants
from refutable.verify.decide import decide
from tests.regular_minimum.references import end_points, floats, rank_one_losses, second_moment

CLAIMS = [(theorem, claim) for theorem in THEOREMS for claim in (*theorem.claims, *theorem.links)]
HAIR = fmpq(1, 10**30)


@pytest.mark.parametrize("theorem", THEOREMS, ids=lambda theorem: theorem.id)
def test_equality_families_touch(theorem: Theorem) -> None:
    for family in theorem.equality:
        for instance in [*family.instances(20), family.last()]:
            outcome = decide(theorem.headline, instance)
            assert (outcome.verdict, outcome.touching) == ("holds", True), (family.id, instance)


@pytest.mark.parametrize("theorem", THEOREMS, ids=lambda theorem: theorem.id)
def test_every_mutant_dies_of_a_substantive_killer(theorem: Theorem) -> None:
    for mutant in all_mutants(theorem):
        view = mutant.claim.domain.view(mutant.witness())
        outcome = decide(mutant.claim, view)
        assert outcome.verdict == "violated", mutant.id
        assert outcome.headline is not None
        if outcome.headline.left is not None:
            assert sign(outcome.headline.left) == 1, mutant.id
        assert view.domain.hollow(view) is None, mutant.id


@pytest.mark.parametrize("theorem", THEOREMS, ids=lambda theorem: theorem.id)
def test_without_an_assumption_its_witness_violates(theorem: Theorem) -> None:
    for entry in theorem.necessity:
        instance = entry.instance()
        if instance is not None:
            claim = theorem.claim(entry.claim)
            assert decide(claim, instance).verdict != "violated"
            assert decide(claim.without(entry.drops), instance).verdict == "violated", entry.drops


@pytest.mark.parametrize(("theorem", "claim"), CLAIMS, ids=lambda item: item.id)
def test_drawn_instances_fulfil_the_assumptions(theorem: Theorem, claim: Claim) -> None:
    verdicts: Counter[str] = Counter()
    assumes = frozenset(a.id for a in claim.assumes)
    assert assumes <= KNOWN

    @seed(3)
    @settings(
        max_examples=12, database=None, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
    )
    @given(SUPPLY.drawn(assumes, Size(), known=False))
    def run(instance: Instance) -> None:
        verdicts[decide(claim, instance).verdict] += 1

    run()
    assert set(verdicts) == {"holds"}


FORMULAS: dict[str, tuple[Any, list[fmpq]]] = {
    "true": (lambda view: view["mean_square_threshold"], [fmpq(2), fmpq(4), fmpq(6)]),
    "p = 1/B": (threshold_mutants.over_batch_size, [fmpq(2), fmpq(3), fmpq(18, 5)]),
    "p = (n - B)/(B n)": (threshold_mutants.over_all_samples, [fmpq(18, 7), fmpq(9, 2), fmpq(6)]),
    "full batch": (lambda view: view["mean_threshold"], [fmpq(6), fmpq(6), fmpq(6)]),
}


@pytest.mark.parametrize("formula", FORMULAS)
def test_three_losses_of_which_one_is_curved(formula: str) -> None:
    threshold, expected = FORMULAS[formula]
    for batch_size, value in enumerate(expected, start=1):
        view = REGULAR_MINIMUM.view(curvatures(ONE_CURVED, 1, batch_size))
        assert compare(threshold(view), value) == 0


def test_a_hair_decides_on_which_side() -> None:
    stable, unstable = SGD_THRESHOLD.claim("stable-below"), SGD_THRESHOLD.claim("unstable-above")
    for step_size, below, above in ((4 - HAIR, "holds", "vacuous"), (fmpq(4), "holds", "vacuous"),
                                    (4 + HAIR, "vacuous", "holds")):  # fmt: skip
        instance = curvatures(ONE_CURVED, step_size, 2, steps=3)
        assert decide(stable, instance).verdict == below
        assert decide(unstable, instance).verdict == above
    assert decide(stable, curvatures(ONE_CURVED, 4 - HAIR, 2)).touching is False


def test_an_indefinite_loss_expands_the_null_space() -> None:
    view = REGULAR_MINIMUM.view(INDEFINITE)
    assert compare(view["mean_square_threshold"], fmpq(2)) == 0
    assert view["sgd_moments"][1][1][1, 1] == fmpq(101, 100)
    assert as_real(view.ops.top_eigenvalue(view["second_moment_operator"])).exact() == fmpq(101, 100)


@pytest.mark.parametrize("number", range(5))
def test_enumerated_sequences_agree_with_both_sides_of_the_threshold(number: int) -> None:
    """All sequences of batches, in fractions: no formula of the package is used but eta* itself."""
    draw = np.random.default_rng(number)
    losses, batch_size, steps = rank_one_losses(draw, 3, 2), 1 + number % 2, 4
    edge = float(REGULAR_MINIMUM.view(minimum(losses, 1, batch_size))["mean_square_threshold"])
    below, above = (minimum(losses, fmpq(round(edge * c * 2**20), 2**20), batch_size) for c in (0.999, 1.001))
    for start in ([1, 0], [1, -1], [2, 3]):
        v = np.array([fmpq(c) for c in start], dtype=object)
        second = second_moment(end_points(below, steps, v))
        length = Fraction(sum(c * c for c in start))
        assert (second * second).sum() <= length**2
    total = sum(
        np.trace(second_moment(end_points(above, steps, v))) for v in np.eye(2, dtype=int).astype(object) * fmpq(1)
    )
    assert total > 1


@pytest.mark.parametrize("number", range(4))
def test_the_operator_has_radius_one_at_the_threshold(number: int) -> None:
    draw = np.random.default_rng(10 + number)
    losses = rank_one_losses(draw, 4, 3)
    for batch_size in (1, 2, 3, 4):
        edge = float(REGULAR_MINIMUM.view(minimum(losses, 1, batch_size))["mean_square_threshold"])
        for factor, stable in ((1 - 1e-7, True), (1 + 1e-6, False)):
            operator = REGULAR_MINIMUM.view(minimum(losses, fmpq(*(edge * factor).as_integer_ratio()), batch_size))[
                "second_moment_operator"
            ]
            radius = np.abs(np.linalg.eigvalsh(floats(operator))).max()
            assert (radius <= 1 + 1e-12) == stable


def test_thresholds_grow_with_the_batch_and_ties_are_decided() -> None:
    view = REGULAR_MINIMUM.view(minimum(rank_one_losses(np.random.default_rng(2), 4, 3), 1))
    thresholds = [threshold_of(view, size) for size in (1, 2, 3, 4)]
    for smaller, larger in pairwise(thresholds):
        assert compare(smaller, larger) == -1
    assert compare(thresholds[-1], view["mean_threshold"]) == 0
    equal = REGULAR_MINIMUM.view(minimum([[[1, 1], [1, 2]]] * 3, 1))
    assert compare(threshold_of(equal, 1), threshold_of(equal, 2)) == 0
    assert as_real(threshold_of(equal, 1)).exact() is None


def test_the_mixture_of_single_losses_and_full_batches_has_the_same_law_of_moments_with_gradients() -> None:
    instance = minimum(
        rank_one_losses(np.random.default_rng(4), 3, 2), "1/9", 2, gradients=[[1, 2], [0, -3], [-1, 1]], start=[1, 2]
    )
    assert decide(SGD_THRESHOLD_MONOTONE.claim("single-or-all"), instance).verdict == "holds"


def test_bounds_are_computed_as_in_the_paper() -> None:
    draw = np.random.default_rng(8)
    losses = np.array(rank_one_losses(draw, 3, 2), dtype=float)
    mean, noise = losses.mean(axis=0), 1 / 4  # batches of two out of three
    trace_bound = 2 * np.trace(mean) / (0.75 * (mean**2).sum() + noise * (losses**2).sum() / 3)
    outcome = decide(SGD_NECESSARY_CONDITIONS.headline, minimum(losses.astype(int).tolist(), 1, 2))
    assert outcome.headline is not None
    assert outcome.headline.right is not None
    assert float(as_real(outcome.headline.right)) == pytest.approx(trace_bound, rel=1e-12)
    diagonal = [[[4, 0], [0, 1]], [[2, 0], [0, 3]], [[3, 0], [0, 0]]]
    outcome = decide(SGD_NECESSARY_CONDITIONS.claim("eigenvector-bound"), minimum(diagonal, 1, 2))
    assert outcome.headline is not None
    assert outcome.headline.right is not None
    assert as_real(outcome.headline.right).exact() == 6 / (9 + fmpq(1, 4) * fmpq(2, 3))


def test_the_limit_covariance_is_that_of_a_long_run() -> None:
    """A float recursion over all batches, 3000 steps long, against the formula."""
    losses, gradients = rank_one_losses(np.random.default_rng(6), 3, 2), [[1, 2], [0, -3], [-1, 1]]
    edge = float(REGULAR_MINIMUM.view(minimum(losses, 1, 2))["mean_square_threshold"])
    view = REGULAR_MINIMUM.view(
        minimum(losses, fmpq(round(edge * 0.6 * 2**20), 2**20), 2, gradients=gradients, start=[5, -7])
    )
    steps = [(floats(a), floats(b)) for a, b in view["batch_steps"]]
    mean, second = np.array([5.0, -7.0]), np.outer([5.0, -7.0], [5.0, -7.0])
    for _ in range(3000):
        crossed = [np.outer(a @ mean, b) for a, b in steps]
        moved = [a @ second @ a.T - c - c.T + np.outer(b, b) for (a, b), c in zip(steps, crossed, strict=True)]
        mean, second = sum(a @ mean - b for a, b in steps) / len(steps), sum(moved) / len(steps)
    assert np.allclose(second, floats(view["limit_covariance"]), rtol=1e-10)


def test_with_gradient_noise_the_threshold_is_open() -> None:
    """At eta* itself the mean square of curvature 1 and noise 1, -1 is 4 t; a hair below it stays below its limit."""
    view = REGULAR_MINIMUM.view(curvatures((1, 1), 2, start=0, gradients=(1, -1), steps=5))
    assert [second[0, 0] for second in view["resting_moments"]] == [0, 4, 8, 12, 16, 20]
    with pytest.raises(ArithmeticError):
        view["limit_covariance"]
    below = curvatures((1, 1), 2 - HAIR, start=0, gradients=(1, -1), steps=5)
    assert decide(SGD_COVARIANCE.headline, below).verdict == "holds"


def test_trained_networks_are_on_both_sides() -> None:
    trained = SUPPLY.trained(frozenset({"below-threshold"}), "quick").instances
    controls = Counter(one.control for one in trained)
    assert controls[True] >= 3
    assert controls[False] >= 5
    claim = SGD_THRESHOLD.claim("stable-below")
    for one in trained[:8]:
        assert decide(claim, one.instance).verdict == ("vacuous" if one.control else "holds")


def test_visited_states_follow_from_the_seed() -> None:
    assert SUPPLY.visited is not None
    runs = [list(SUPPLY.visited.states(frozenset({"critical"}), 7, 5)) for _ in range(2)]
    assert runs[0] == runs[1]
    assert [state.run for state in runs[0]] == [0] * 5 + [1] * 2
    assert len({state.instance["displacement"][0] for state in runs[0]}) == 7


def _verdict(theorem: Theorem, claim: str, instance: Instance) -> str:
    found = next(one for one in (*theorem.claims, *theorem.links) if one.id == claim)
    return decide(found, instance).verdict


def test_a_mean_that_is_concave_everywhere_has_no_step_size_above_its_threshold() -> None:
    for hessian in ([[-1, 0], [0, -2]], [[-1, 0], [0, 0]]):
        assert _verdict(SGD_NECESSARY_CONDITIONS, "mean-unstable", minimum([hessian], 1)) == "vacuous"


def test_strict_contraction_from_any_start_below_the_threshold_and_not_at_it() -> None:
    for start in (0, 1):
        instance = curvatures(ONE_CURVED, fmpq(2) - fmpq(1, 10**9), steps=2, start=start)
        assert _verdict(SGD_THRESHOLD, "strict-contraction", instance) == "holds"
    at_edge = curvatures(ONE_CURVED, 2, steps=2)
    claim = SGD_THRESHOLD.claim("strict-contraction").without("strictly-below-threshold")
    assert decide(claim, at_edge).verdict == "violated"


@pytest.mark.parametrize("seed", range(4))
def test_the_distance_to_the_limit_covariance_falls_to_zero(seed: int) -> None:
    draw = np.random.default_rng(seed)
    losses = rank_one_losses(draw, 3, 2)
    noise = draw.integers(-3, 4, (3, 2))
    gradients = (3 * noise - noise.sum(axis=0)).tolist()
    edge = float_threshold(minimum(losses, 1))
    instance = minimum(losses, fmpq(*(edge / 2).as_integer_ratio()), 2, 3, [1, -2], gradients)
    assert _verdict(SGD_COVARIANCE, "approached", instance) == "holds"


def test_batches_of_two_gain_at_most_a_factor_two() -> None:
    """Equality for one curved loss, and for losses along different axes."""
    axes = minimum([[[1, 0], [0, 0]], [[0, 0], [0, 1]]], 1, 2)
    for instance in (curvatures(ONE_CURVED, 1, 2), axes):
        outcome = decide(next(link for link in SGD_THRESHOLD_MONOTONE.links if link.id == "at-most-linear"), instance)
        assert outcome.verdict == "holds"
        assert outcome.touching
