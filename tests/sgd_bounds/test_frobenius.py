"""The alignment of the noise against a generalised eigenvalue solver, the loss inequality against enumeration."""

from collections.abc import Callable

import numpy as np
import pytest
import scipy.linalg
from flint import fmpq

from refutable.theorems.domains.regular_minimum import REGULAR_MINIMUM
from refutable.theorems.exact import as_real
from refutable.theorems.instances import Instance
from refutable.theorems.papers.wu_su_2023 import SGD_FROBENIUS
from refutable.theorems.papers.wu_su_2023.alignment import aligned_with, alignment, growth, losses, noise_power
from refutable.theorems.papers.wu_su_2023.instances import ON_AXES, TWO_AND_NOTHING, newton
from refutable.verify.decide import decide
from tests.sgd_bounds.reference import after_one_step, floats, fractions, threshold

Minima = Callable[..., list[Instance]]


def _alignment(hessians: np.ndarray) -> float:
    """The smallest generalised eigenvalue on the range of H."""
    mean = hessians.mean(axis=0)
    values, vectors = np.linalg.eigh(mean)
    basis = vectors[:, values > 1e-10 * values[-1]]
    power = np.mean([h @ mean @ h for h in hessians], axis=0) - mean @ mean @ mean
    weight = (mean**2).sum() * mean
    return float(scipy.linalg.eigh(basis.T @ power @ basis, basis.T @ weight @ basis, eigvals_only=True)[0])


@pytest.mark.parametrize("rank", [1, 2])
def test_alignment_agrees_with_a_generalised_eigenvalue(minima: Minima, rank: int) -> None:
    for instance in minima(12, rank=rank, seed=4):
        view = REGULAR_MINIMUM.view(instance)
        found = alignment(view)
        assert isinstance(found, fmpq)
        assert float(as_real(found)) == pytest.approx(_alignment(floats(instance)), rel=1e-8, abs=1e-9)
        for link in SGD_FROBENIUS.links:
            assert decide(link, instance).verdict == "holds"


def test_a_larger_alignment_is_refused(minima: Minima) -> None:
    """mu is rounded down by a hair and not by more: a millionth above it the form is not semidefinite."""
    from refutable.theorems.exact import is_psd
    from refutable.theorems.ops.exact import to_matrix

    for instance in minima(8, seed=5):
        view = REGULAR_MINIMUM.view(instance)
        more = noise_power(view) - (alignment(view) + fmpq(1, 10**6)) * aligned_with(view)
        assert not is_psd(to_matrix(more))


@pytest.mark.parametrize("rank", [1, 2])
def test_the_mean_loss_is_that_of_enumeration(minima: Minima, rank: int) -> None:
    for instance in minima(10, rank=rank, seed=6):
        view = REGULAR_MINIMUM.view(instance)
        half = fractions(view["mean_hessian"]) / 2
        after = after_one_step(instance, half)
        assert losses(view)[1] == fmpq(after.numerator, after.denominator)
        assert growth(view) * losses(view)[0] <= losses(view)[1]


def test_the_bound_holds_at_a_threshold_found_by_bisection(minima: Minima) -> None:
    for instance in minima(15, rank=2, seed=7):
        hessians, batch = floats(instance), instance["batch_size"]
        n, mean = len(hessians), hessians.mean(axis=0)
        share = 0 if batch == n else (n - batch) / (batch * (n - 1))
        assert threshold(hessians, batch) ** 2 * share * _alignment(hessians) * (mean**2).sum() <= 1 + 1e-8


def test_figures_of_the_equality_cases() -> None:
    axes = REGULAR_MINIMUM.view(ON_AXES)
    assert (alignment(axes), growth(axes), as_real(axes["mean_square_threshold"]).exact()) == (fmpq(1, 2), 1, 2)
    pair = REGULAR_MINIMUM.view(TWO_AND_NOTHING)
    assert (alignment(pair), growth(pair), as_real(pair["mean_square_threshold"]).exact()) == (1, 1, 1)
    assert growth(REGULAR_MINIMUM.view(newton((1, 0, 0), 2))) == fmpq(1, 2)


def test_nothing_a_hair_larger_is_an_alignment(minima: Minima) -> None:
    """Decided by the record's link, for rational and for irrational mu; half of a positive mu leaves slack."""
    link = next(link for link in SGD_FROBENIUS.links if link.id == "largest-alignment")
    halved = next(mutant for mutant in SGD_FROBENIUS.mutants if mutant.id == "less-aligned")
    verdicts = set()
    for instance in minima(8, seed=9):
        assert decide(link, instance).verdict == "holds"
        positive = alignment(REGULAR_MINIMUM.view(instance)) > fmpq(1, 10**6)
        found = decide(halved.claim, instance).verdict
        assert found == ("violated" if positive else "holds")
        verdicts.add(found)
    assert "violated" in verdicts
