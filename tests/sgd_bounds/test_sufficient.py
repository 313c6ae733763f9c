"""The contraction criterion against enumeration, and the losses for which non-uniformity fails."""

from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest
from flint import fmpq

from refutable.theorems.domains.regular_minimum import REGULAR_MINIMUM
from refutable.theorems.domains.regular_minimum.contraction import (
    contraction_edge_of,
    contraction_threshold,
    step_matrix,
)
from refutable.theorems.exact import as_real
from refutable.theorems.instances import Instance
from refutable.theorems.papers.wu_ma_e_2018 import SGD_SUFFICIENT
from refutable.theorems.papers.wu_ma_e_2018.instances import (
    BELOW_THREE_SLOPES,
    THREE_SLOPES,
    edge,
    parabolas,
    three_slopes,
)
from refutable.verify.decide import decide
from tests.sgd_bounds.reference import after_one_step, floats, fractions, radius, threshold

Minima = Callable[..., list[Instance]]
MUTANTS = {mutant.id: mutant for mutant in SGD_SUFFICIENT.mutants}


@pytest.mark.parametrize("rank", [1, 2])
def test_the_form_is_the_mean_square_after_a_step(minima: Minima, rank: int) -> None:
    for instance in minima(15, rank=rank):
        start = fractions(instance["displacement"])
        identity = np.array(
            [[Fraction(int(i == j)) for j in range(len(start))] for i in range(len(start))], dtype=object
        )
        form = fractions(step_matrix(REGULAR_MINIMUM.view(instance)))
        assert after_one_step(instance, identity) == start @ form @ start


@pytest.mark.parametrize("rank", [1, 2])
def test_the_criterion_ends_before_the_threshold(minima: Minima, rank: int) -> None:
    for instance in minima(15, rank=rank, seed=3):
        found = float(as_real(contraction_threshold(REGULAR_MINIMUM.view(instance))))
        hessians, batch = floats(instance), instance["batch_size"]
        assert found == pytest.approx(contraction_edge_of(hessians, batch), rel=1e-9)
        assert found <= threshold(hessians, batch) * (1 + 1e-9)
        if hessians.shape[1] == 1:
            assert found == pytest.approx(threshold(hessians, batch), rel=1e-9)


@pytest.mark.parametrize(("batch_size", "expected"), [(1, 2), (2, 4), (3, 6)])
def test_edges_of_one_curved_loss_among_three(batch_size: int, expected: int) -> None:
    assert edge((1, 0, 0), batch_size) == expected
    view = REGULAR_MINIMUM.view(parabolas((1, 0, 0), 1, batch_size))
    assert as_real(view["mean_square_threshold"]).exact() == expected
    assert as_real(contraction_threshold(view)).exact() == expected


@pytest.mark.parametrize(("batch_size", "wrong"), [(1, fmpq(18, 7)), (2, fmpq(9, 2)), (3, fmpq(6))])
def test_without_minus_one_the_criterion_ends_too_late(batch_size: int, wrong: fmpq) -> None:
    """2 h / (h^2 + p s^2) with p = (n - B)/(B n): 2.571, 4.5, 6 in place of 2, 4, 6."""
    mean, variance, share = fmpq(1, 3), fmpq(2, 9), fmpq(3 - batch_size, 3 * batch_size)
    assert 2 * mean / (mean * mean + share * variance) == wrong
    claim = MUTANTS["minus-one-forgotten"].claim
    grows = batch_size < 3
    assert decide(claim, parabolas((1, 0, 0), wrong, batch_size)).verdict == ("violated" if grows else "holds")
    assert decide(claim, parabolas((1, 0, 0), wrong * fmpq(101, 100), batch_size)).verdict == "vacuous"


def test_three_slopes_are_stable_beyond_non_uniformity() -> None:
    view = REGULAR_MINIMUM.view(THREE_SLOPES)
    assert as_real(view["mean_square_threshold"]).exact() == fmpq(1, 6)
    assert [list(row) for row in view["hessian_noise"]] == [[24, 0], [0, 42]]
    assert float(np.sqrt(42) / 6) == pytest.approx(1.0801, abs=5e-5)
    assert radius(floats(THREE_SLOPES), 1, 0.999 / 6) == pytest.approx(0.9982, abs=1e-4)
    assert BELOW_THREE_SLOPES["step_size"] == fmpq(999, 1000) / 6
    for instance in (THREE_SLOPES, BELOW_THREE_SLOPES):
        assert decide(MUTANTS["non-uniformity-is-necessary"].claim, instance).verdict == "violated"
    beyond = three_slopes(fmpq(1001, 1000) / 6)
    assert decide(MUTANTS["non-uniformity-is-necessary"].claim, beyond).verdict == "vacuous"


def test_stable_losses_whose_mean_square_grows_for_a_step() -> None:
    assert after_one_step(THREE_SLOPES, fractions(np.array([[fmpq(1), fmpq(0)], [fmpq(0), fmpq(1)]]))) == Fraction(7, 6)


def test_two_losses_of_rank_one_in_the_plane_stay_uniform(minima: Minima) -> None:
    """For two such losses eta* s reaches 1 and no more; a search by random numbers finds nothing above."""
    generator = np.random.default_rng(5)
    for _ in range(40):
        vectors = generator.integers(-3, 4, size=(2, 2)).astype(float)
        hessians = np.einsum("ni,nj->nij", vectors, vectors)
        if np.linalg.matrix_rank(vectors) < 2:
            continue
        mean = hessians.mean(axis=0)
        noise = (hessians @ hessians).mean(axis=0) - mean @ mean
        assert threshold(hessians, 1) * np.sqrt(np.linalg.eigvalsh(noise)[-1]) <= 1 + 1e-9
