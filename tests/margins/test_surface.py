"""The surfaces: enclosures against 40 digits, where the minimum is found by brute force, and known figures."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest
from flint import fmpq
from scipy.optimize import brentq

from refutable.theorems.domains.margin_surface import MARGIN_SURFACE
from refutable.theorems.domains.margin_surface.least_loss import TwoTerms, least_of_two, place_of_least
from refutable.theorems.instances import InstanceError
from refutable.theorems.papers.nacson_2019_margins.surfaces import LEAST_LOSS_AWAY, MUTANTS, TIED_POINT, surface
from refutable.verify.decide import decide


@pytest.mark.parametrize(
    ("s", "d", "a"),
    [("1", "0", "1"), ("100", "0", "4/5"), ("1000000", "0", "16/17"), ("100", "1/5", "4/5"), ("1/2", "-1", "3")],
)
def test_the_least_of_two_terms_agrees_with_forty_digits(s: str, d: str, a: str) -> None:
    exact = [fmpq(*(int(p) for p in (*q.split("/"), "1")[:2])) for q in (s, d, a)]
    terms = TwoTerms(*exact)
    ball, place = least_of_two(terms).ball(120), place_of_least(terms).ball(120)
    with mpmath.workdps(40):
        scale, distance, slope = (mpmath.mpf(int(q.p)) / int(q.q) for q in exact)

        def balance(y: mpmath.mpf) -> mpmath.mpf:
            phi = mpmath.exp(y)
            return y + mpmath.log(2 / slope) + scale * phi * phi + scale * slope * phi + scale * distance

        phi = mpmath.exp(mpmath.findroot(balance, mpmath.log(float(place.mid()))))
        value = mpmath.exp(scale * phi**2) + mpmath.exp(-scale * distance - scale * slope * phi)
        assert abs(mpmath.mpf(place.mid().str(60, radius=False)) - phi) < mpmath.mpf(10) ** -30
        assert abs(mpmath.mpf(ball.mid().str(60, radius=False)) - value) < mpmath.mpf(10) ** -30 * value


def grid_minimum(s: float, step: float, second: float = 1.0, third: float = 2.0) -> float:
    """psi of the least loss on a grid, phi by a bracketing solver; the largest exponent is factored out."""
    found = []
    for p in np.arange(-0.5, 1.5 + step / 2, step):
        a, d = 1 / (1 + p * p), second - 1

        def slope(y: float, a: float = a, d: float = d) -> float:
            return float(y + np.log(2 / a) + s * np.exp(2 * y) + s * a * np.exp(y) + s * d)

        phi = np.exp(brentq(slope, -s * d - s - 40, 1.0, xtol=1e-15))
        last = np.exp(min(700.0, -s * (third - 1 - (p - 1) ** 2)))
        excess = np.expm1(s * phi**2) + np.exp(-s * (d + phi * a)) + last
        found.append((float(excess), float(p)))
    return min(found)[1]


@pytest.mark.parametrize(("s", "place"), [(1e2, 0.05), (1e3, 0.01), (1e4, 0.0)])
def test_the_minimum_moves_to_where_the_trade_is_best(s: float, place: float) -> None:
    """In floats: psi = .05, .01, then towards 0, not the lexicographic maximum psi = 1; the certified claim agrees."""
    assert grid_minimum(s, 0.01) == pytest.approx(place, abs=0.011)
    assert decide(LEAST_LOSS_AWAY, surface((1, 1, 2), int(s), 0, 0)).verdict == "holds"


def test_margins_apart_do_not_bring_it_back() -> None:
    assert grid_minimum(100.0, 0.01, second=1.2, third=2.4) < 0.3
    assert decide(LEAST_LOSS_AWAY, surface((1, fmpq(6, 5), fmpq(12, 5)), 100, 0, 0)).verdict == "holds"


@pytest.mark.parametrize("s", [10.0, 100.0, 1000.0])
def test_two_margins_stay_at_the_lexicographic_maximum(s: float) -> None:
    """f1 = 1 - phi^2, f2 = 2 - (psi - 1)^2 + phi (3 - 4 psi): the minimum is at psi = 1 (40 digits, grid in phi)."""
    with mpmath.workdps(60 + int(s)):
        phis = [mpmath.mpf(0), *(sign * mpmath.exp(-s) * q / 4 for q in (1, 2, 4, 8) for sign in (1, -1))]
        best = min(
            (
                mpmath.expm1(s * phi**2) + mpmath.exp(-s * (1 - (psi - 1) ** 2 + phi * (3 - 4 * psi))),
                psi,
            )
            for psi in (mpmath.mpf(j) / 20 for j in range(15, 26))
            for phi in phis
        )
    assert float(best[1]) == 1.0


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda m: m.id)
def test_the_recalled_form_is_refuted_by_a_point(mutant: object) -> None:
    outcome = decide(mutant.claim, mutant.witness())  # type: ignore[attr-defined]
    assert outcome.verdict == "violated"


def test_hostile_surfaces_are_refused() -> None:
    raw = TIED_POINT.values
    for changes, said in (
        ({"levels": [1, 1]}, "three margins"),
        ({"scale": 10**9}, "at most"),
        ({"phi": 11}, "beyond 10"),
        ({"psi": f"1/{3**200}"}, "128 bits"),
    ):
        with pytest.raises(InstanceError, match=said):
            MARGIN_SURFACE.instance(**{**raw, **changes})


@pytest.mark.parametrize("slope", [mpmath.mpf(4) / 5, mpmath.mpf(16) / 17])
def test_values_at_100_start_the_argument_for_all_scales(slope: mpmath.mpf) -> None:
    """G < 0 at phi = log(s)/(2 a s), and e^(-7 s/16) below the gain, at s = 100; closed forms say that both fall."""
    logarithm = mpmath.log(100)
    phi = logarithm / (200 * slope)
    assert mpmath.log(2 * phi / slope) + 100 * phi**2 + 100 * slope * phi < 0
    assert mpmath.exp(-mpmath.mpf(700) / 16) < mpmath.mpf(12) / 85 * logarithm**2 / 200


def test_without_order_a_surface_refutes() -> None:
    instance = surface((0, fmpq(-1, 2), 0), 100, 0, fmpq(1, 4))
    assert decide(LEAST_LOSS_AWAY.without("second-at-least-first"), instance).verdict == "violated"
