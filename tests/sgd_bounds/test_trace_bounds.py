"""Bounds on the moments of |a_i|^2 at the mean-square threshold, against a threshold found by bisection."""

from collections.abc import Callable

import numpy as np
import pytest
from flint import fmpq

from refutable.theorems.domains.regular_minimum import REGULAR_MINIMUM
from refutable.theorems.exact import as_real
from refutable.theorems.instances import Instance
from refutable.theorems.papers.ma_ying_2021 import SGD_TRACE_BOUNDS
from refutable.theorems.papers.ma_ying_2021.trace_instances import CANCELLING, ISOTROPIC, one_large
from refutable.verify.decide import decide
from tests.sgd_bounds.reference import floats, threshold

Minima = Callable[..., list[Instance]]


def test_all_three_bounds_at_the_threshold_found_by_bisection(minima: Minima) -> None:
    for instance in minima(25, batch_size=1):
        hessians = floats(instance)
        step_size = threshold(hessians, 1)
        squares = np.trace(hessians, axis1=1, axis2=2)
        assert squares.mean() <= 2 / step_size * (1 + 1e-9)
        assert (squares**2).mean() <= 4 / step_size**2 * (1 + 1e-9)
        assert squares.max() <= (1 + np.sqrt(len(squares))) / step_size * (1 + 1e-9)


def test_claims_hold_a_hair_below_that_threshold_and_are_vacuous_above(minima: Minima) -> None:
    for instance in minima(12, batch_size=1, seed=1):
        edge = threshold(floats(instance), 1)
        for claim in SGD_TRACE_BOUNDS.claims:
            assert (
                decide(claim, instance.replace(step_size=fmpq(*float(edge * (1 - 1e-9)).as_integer_ratio()))).verdict
                == "holds"
            )
            assert (
                decide(claim, instance.replace(step_size=fmpq(*float(edge * (1 + 1e-9)).as_integer_ratio()))).verdict
                == "vacuous"
            )


@pytest.mark.parametrize("root", [1, 2, 3, 5])
def test_one_large_sample_has_exactly_the_bound(root: int) -> None:
    """n - 1 samples of 1/eta and one of (1 + sqrt(n))/eta: the threshold is exactly eta = 1/2."""
    instance = one_large(root)
    view = REGULAR_MINIMUM.view(instance)
    assert as_real(view["mean_square_threshold"]).exact() == fmpq(1, 2)
    assert max(view["traces"]) == 2 * (1 + root)
    outcome = decide(SGD_TRACE_BOUNDS.claim("each-sample"), instance)
    assert (outcome.verdict, outcome.headline is not None and outcome.headline.touching) == ("holds", True)


def test_figures_of_the_counterexamples() -> None:
    cancelling, isotropic = REGULAR_MINIMUM.view(CANCELLING), REGULAR_MINIMUM.view(ISOTROPIC)
    assert as_real(cancelling["mean_square_threshold"]).exact() == 2
    assert sum(t * t for t in cancelling["traces"]) / 3 == 3
    assert as_real(isotropic["mean_square_threshold"]).exact() == 2
    assert isotropic["trace"] == 2


@pytest.mark.parametrize("link", SGD_TRACE_BOUNDS.links, ids=lambda link: link.id)
def test_links_hold_with_the_step_size_near_the_threshold(minima: Minima, link: object) -> None:
    claim = SGD_TRACE_BOUNDS.claim(link.id)  # type: ignore[attr-defined]
    for instance in minima(6, batch_size=1, seed=2):
        edge = fmpq(*float(threshold(floats(instance), 1) * (1 - 1e-9)).as_integer_ratio())
        assert decide(claim, instance.replace(step_size=edge)).verdict == "holds"
