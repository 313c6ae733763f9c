"""Sums of Gaussians: certified integrals against mpmath's quadrature of the definitions, and the record."""

from __future__ import annotations

from itertools import pairwise

import mpmath
import numpy as np
import pytest
from flint import fmpq

from refutable.theorems.domains.gaussian_bumps import GAUSSIAN_BUMPS
from refutable.theorems.exact import agreement, as_real, compare, sign
from refutable.theorems.instances import InstanceError
from refutable.theorems.papers.nacson_2023.ridge_density import BOUND, SOBOLEV_RIDGE_DENSITY, bumps
from refutable.theorems.records import Mutant, all_mutants
from refutable.verify.decide import decide

CASES = [((1,), (1,)), ((1, -1), (1, 2)), ((3, -5, 2), (1, 2, 3)), ((1, -1), (1, fmpq(9, 8)))]


def plus_minus(f: mpmath.mpf, places: list[mpmath.mpf]) -> mpmath.mpf:
    """int_0^inf |f|, split where f changes sign on a fine grid (roots to 30 digits)."""
    cuts = [mpmath.mpf(0)]
    for a, b in pairwise(places):
        if f(a) * f(b) < 0:
            cuts.append(mpmath.findroot(f, (a, b), solver="anderson"))
    pieces = [*cuts, places[-1]]
    return sum(abs(mpmath.quad(f, [a, (a + b) / 2, b])) for a, b in pairwise(pieces))


@pytest.mark.parametrize(("amplitudes", "widths"), CASES)
@pytest.mark.parametrize("d", [1, 3])
def test_masses_are_integrals_of_the_definitions(d: int, amplitudes: tuple, widths: tuple) -> None:  # type: ignore[type-arg]
    view = GAUSSIAN_BUMPS.view(bumps(d, amplitudes, widths))
    with mpmath.workdps(30):
        terms = [
            (mpmath.mpf(a), mpmath.mpf(int(fmpq(s).p)) / int(fmpq(s).q))
            for a, s in zip(amplitudes, widths, strict=True)
        ]
        gauss = lambda u: mpmath.exp(-u * u / 2)  # noqa: E731
        if d == 1:
            ridge = lambda b: sum(a / s**2 * ((b / s) ** 2 - 1) * gauss(b / s) for a, s in terms)  # noqa: E731
            laplacian, scale = ridge, 2
        else:
            # gamma_3 |S^2| = 1/(2 pi); R f(v, b) = sum 2 pi s^2 A exp(-b^2/(2 s^2)); the space integral has 4 pi r^2.
            he4 = lambda u: u**4 - 6 * u**2 + 3  # noqa: E731
            ridge = lambda b: sum(a / s**2 * he4(b / s) * gauss(b / s) for a, s in terms)  # noqa: E731
            twice = lambda u: u**4 - 10 * u**2 + 15  # noqa: E731
            laplacian = lambda r: r**2 * sum(a / s**4 * twice(r / s) * gauss(r / s) for a, s in terms)  # noqa: E731
            scale = 2
        places = [mpmath.mpf(i) * 14 * max(s for _, s in terms) / 280 + mpmath.mpf(1) / 977 for i in range(281)]
        for name, f in (("ridge_mass", ridge), ("laplacian_mass", laplacian)):
            expected = scale * plus_minus(f, [mpmath.mpf(0), *places])
            assert (
                abs(mpmath.mpf(as_real(view[name]).ball(90).str(27, radius=False)) - expected) < mpmath.mpf(10) ** -20
            )


def test_one_gaussian_by_hand() -> None:
    with mpmath.workdps(30):
        line = mpmath.mpf(as_real(GAUSSIAN_BUMPS.view(bumps(1))["ridge_mass"]).ball(90).str(27, radius=False))
        assert abs(line - 4 * mpmath.exp(mpmath.mpf(-1) / 2)) < mpmath.mpf(10) ** -24
    space = GAUSSIAN_BUMPS.view(bumps(3))
    assert f"{float(as_real(space['ridge_mass'])):.4f}" == "7.0201"
    assert f"{float(as_real(space['laplacian_mass'])):.4f}" == "17.5541"
    doubled = GAUSSIAN_BUMPS.view(bumps(3, (1,), (2,)))
    assert 2 * float(as_real(doubled["ridge_mass"])) == pytest.approx(float(as_real(space["ridge_mass"])), rel=1e-14)


def test_balls_narrow_with_the_precision() -> None:
    number = as_real(GAUSSIAN_BUMPS.view(bumps(3, (1, -1), (1, 2)))["laplacian_mass"])
    assert number.ball(64).overlaps(number.ball(200))
    assert number.ball(200).rel_accuracy_bits() >= 200


def test_the_line_is_decided_as_equal_and_space_as_strict() -> None:
    assert decide(BOUND, bumps(1, (1, -2), (1, 3))).touching
    assert decide(BOUND, bumps(1)).touching
    outcome = decide(BOUND, bumps(3, (1, -1), (1, fmpq(9, 8))))
    assert (outcome.verdict, outcome.touching) == ("holds", False)


@pytest.mark.parametrize("mutant", all_mutants(SOBOLEV_RIDGE_DENSITY), ids=lambda m: m.id)
def test_every_mutant_dies_of_a_substantive_witness(mutant: Mutant) -> None:
    view = GAUSSIAN_BUMPS.view(mutant.witness())
    outcome = decide(mutant.claim, view)
    assert outcome.verdict == "violated"
    assert outcome.headline is not None
    assert outcome.headline.left is not None
    assert sign(outcome.headline.left) == 1
    assert GAUSSIAN_BUMPS.hollow(view) is None


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"dimension": 2}, "dimension is 2; the formulas are for 1 and 3"),
        ({"widths": [0]}, r"widths\[0\] must be > 0"),
        ({"widths": [1, 2000], "amplitudes": [1, 1]}, "more than 1024 times another"),
        ({"amplitudes": [f"1/{2**70}"]}, "more than 64 bits"),
        ({"amplitudes": [1] * 9, "widths": [1] * 9}, "9 bumps; at most 6"),
        ({"widths": [1, "65/64"], "amplitudes": [1, -1]}, "differ, but by less than a factor of 33/32"),
    ],
)
def test_bad_sums_are_refused(changes: dict[str, object], message: str) -> None:
    with pytest.raises(InstanceError, match=message):
        GAUSSIAN_BUMPS.instance(**{"dimension": 1, "amplitudes": [1], "widths": [1], **changes})


def test_bumps_are_merged_and_scaled() -> None:
    doubled = GAUSSIAN_BUMPS.view(bumps(3, (6, 0, -1, 2), (4, 7, 2, 4)))
    plain = GAUSSIAN_BUMPS.view(bumps(3, (8, -1), (4, 2)))
    other = GAUSSIAN_BUMPS.view(bumps(3, (1, -8), (1, 2)))
    for name in ("ridge_mass", "laplacian_mass", "single_laplacian_mass"):
        assert compare(doubled[name], plain[name]) == 0
        assert agreement(other[name] / 2, plain[name])
    assert compare(GAUSSIAN_BUMPS.view(bumps(3, (1, -1), (2, 2)))["ridge_mass"], fmpq(0)) == 0


def test_nearly_cancelling_bumps_are_enclosed() -> None:
    ratio = fmpq(33, 32)
    number = as_real(GAUSSIAN_BUMPS.view(bumps(1, (1, -3, 3, -1), [ratio**i for i in range(4)]))["ridge_mass"])
    places = np.linspace(0, 12, 24001)
    terms = [(a, places / 1.03125**i, 1.03125**i) for i, a in enumerate((1, -3, 3, -1))]
    slope = sum(-a * u / s * np.exp(-(u**2) / 2) for a, u, s in terms)
    sampled = 2 * np.abs(np.diff(slope)).sum()
    assert float(number) == pytest.approx(sampled, rel=1e-5)


def test_cancelling_bumps_are_hollow() -> None:
    assert GAUSSIAN_BUMPS.hollow(GAUSSIAN_BUMPS.view(bumps(1, (1, -1), (2, 2)))) == "the function is 0"
