"""The exact location of roots and the threshold, against numpy, mpmath and exact simulation."""

from __future__ import annotations

from fractions import Fraction

import mpmath
import numpy as np
import pytest
from flint import fmpq

from refutable.theorems.domains.delayed_iteration import DELAYED_ITERATION, delay_threshold
from refutable.theorems.exact import as_real, fraction
from refutable.theorems.exact.polynomials import schur_stable
from refutable.theorems.instances import InstanceError
from refutable.theorems.ops.exact import ExactOps
from refutable.theorems.papers.giladi_2020.delayed_stability import NECESSARY, SUFFICIENT
from refutable.theorems.papers.giladi_2020.instances import below_threshold, iteration, rounded_below
from refutable.verify.decide import decide


def spectral_radius(gain: float, delay: int) -> float:
    """By numpy, from the companion matrix."""
    powers = np.zeros(delay + 2)
    powers[0] += 1
    powers[1] -= 1
    powers[-1] += gain
    return float(max(abs(np.roots(powers))))


@pytest.mark.parametrize("delay", [0, 1, 2, 3, 5, 10, 20, 30])
@pytest.mark.parametrize("distance", [1e-2, 1e-5, -1e-5, -1e-2, -0.5])
def test_roots_in_disc_agree_with_numpy(delay: int, distance: float) -> None:
    gain = 2 * np.sin(np.pi / (4 * delay + 2)) * (1 + distance)
    view = DELAYED_ITERATION.view(iteration(fmpq(*gain.as_integer_ratio()), delay))
    assert view["roots_in_disc"] == (spectral_radius(gain, delay) < 1) == (distance < 0)


def max_modulus(coefficients: list[int]) -> mpmath.mpf:
    """Constant term first."""
    if not any(coefficients[:-1]):
        return mpmath.mpf(0)
    roots = mpmath.polyroots(coefficients[::-1], maxsteps=400, extraprec=200)
    return max(abs(root) for root in roots)


def test_schur_stable_agrees_with_mpmath_on_dense_polynomials() -> None:
    source = np.random.default_rng(3)
    seen = set()
    for _ in range(200):
        coefficients = [int(c) for c in source.integers(-9, 10, size=source.integers(2, 7))]
        coefficients[-1] = int(source.integers(1, 25))
        with mpmath.workdps(40):
            roots = mpmath.polyroots(coefficients[::-1], maxsteps=400, extraprec=200) if any(coefficients[:-1]) else [0]
            radius = max(abs(root) for root in roots)
        if abs(radius - 1) < 1e-20:
            continue
        stable = schur_stable([fmpq(c) for c in coefficients])
        assert stable == (radius < 1), coefficients
        seen.add(stable)
    assert seen == {True, False}


@pytest.mark.parametrize("delay", range(12))
def test_threshold_agrees_with_mpmath(delay: int) -> None:
    with mpmath.workdps(50):
        reference = 2 * mpmath.sin(mpmath.pi / (4 * delay + 2))
        ball = as_real(delay_threshold(ExactOps(), delay)).ball(150)
        assert abs(reference - mpmath.mpf(ball.mid().str(48, radius=False))) < mpmath.mpf(10) ** -42


@pytest.mark.parametrize(("delay", "value"), [(0, 2), (1, 1)])
def test_rational_thresholds_are_ties(delay: int, value: int) -> None:
    tie = iteration(value, delay)
    assert decide(NECESSARY, tie).verdict == "vacuous"
    assert decide(SUFFICIENT, tie).verdict == "vacuous"
    hair = fmpq(1, 10**30)
    assert decide(SUFFICIENT, iteration(value - hair, delay)).verdict == "holds"
    assert decide(NECESSARY, iteration(value - hair, delay)).verdict == "holds"
    assert not DELAYED_ITERATION.view(iteration(value + hair, delay))["roots_in_disc"]


def simulate(gain: Fraction, delay: int, steps: int) -> list[Fraction]:
    """The iteration itself from x = 1, 2, ..., delay + 1, exactly."""
    states = [Fraction(j + 1) for j in range(delay + 1)]
    for _ in range(steps):
        states.append(states[-1] - gain * states[-1 - delay])
    return states


@pytest.mark.parametrize("delay", [0, 1, 2, 4])
def test_exact_simulation_decays_below_and_grows_above_the_threshold(delay: int) -> None:
    threshold = fraction(rounded_below(delay_threshold(ExactOps(), delay), 12))
    for factor, grows in ((Fraction(9, 10), False), (Fraction(11, 10), True)):
        states = simulate(threshold * factor, delay, 240)
        size = [max(abs(x) for x in part) for part in (states[: delay + 1], states[-4 * (delay + 1) :])]
        assert (size[1] > size[0]) == grows
        gain = fmpq(threshold.numerator, threshold.denominator) * fmpq(factor.numerator, factor.denominator)
        assert DELAYED_ITERATION.view(iteration(gain, delay))["roots_in_disc"] != grows


def test_at_delay_one_and_gain_one_the_iteration_is_periodic() -> None:
    states = simulate(Fraction(1), 1, 60)
    assert states[:54] == states[6:60]


def test_rounded_below_is_strictly_below_and_the_nearest_such_multiple() -> None:
    assert rounded_below(fmpq(2), 8) == 2 - fmpq(1, 256)
    assert rounded_below(fmpq(1, 3), 2) == fmpq(1, 4)


def test_characteristic_polynomial_by_hand() -> None:
    def coefficients(delay: int) -> list[fmpq]:
        return list(DELAYED_ITERATION.view(iteration(fmpq(1, 2), delay))["characteristic"])

    assert coefficients(0) == [fmpq(-1, 2), 1]
    assert coefficients(1) == [fmpq(1, 2), -1, 1]
    assert coefficients(3) == [fmpq(1, 2), 0, 0, -1, 1]


def test_documents_round_trip() -> None:
    instance = below_threshold(2, 8, fmpq(4))
    assert DELAYED_ITERATION.load(DELAYED_ITERATION.dump(instance)) == instance
    assert DELAYED_ITERATION.describe is not None
    assert DELAYED_ITERATION.describe(instance)[0] == "x_(t+1) = x_t - 79/128 x_(t-2)"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"delay": -1}, "delay must be at least 0"),
        ({"delay": True}, "delay must be an integer"),
        ({"delay": 10**6}, "at most 300"),
        ({"step_size": 0}, "step_size must be > 0"),
        ({"curvature": None}, "curvature is missing"),
        ({"curvature": fmpq(2**300, 3)}, "curvature has more than 256 bits"),
        ({"step_size": fmpq(2**1000 + 1, 3**640), "delay": 300}, "step_size has more than 256 bits"),
        ({"curvature": fmpq(1, 2**110 + 1), "step_size": fmpq(1, 2**110 + 3), "delay": 300}, "at most 200 are decided"),
    ],
)
def test_bad_instances_are_refused(changes: dict[str, object], message: str) -> None:
    with pytest.raises(InstanceError, match=message):
        DELAYED_ITERATION.instance(**{"curvature": 1, "step_size": 1, "delay": 1, **changes})


def test_moves_keep_instances_well_formed_and_end() -> None:
    start = iteration(fmpq(123457, 200003), 7, fmpq(22, 7))
    for move in DELAYED_ITERATION.moves:
        for smaller in move.reductions(start):
            assert smaller != start
            assert DELAYED_ITERATION.load(DELAYED_ITERATION.dump(smaller)) == smaller
    assert not [i for move in DELAYED_ITERATION.moves for i in move.reductions(iteration(1, 0))]


def test_doubles_are_taken_at_the_longest_delay() -> None:
    for curvature, step_size in ((0.7, 0.0052), (1e-9, 1e-12), (1e12, 1e-17 / 3)):
        exact = [fmpq(*number.as_integer_ratio()) for number in (curvature, step_size)]
        instance = DELAYED_ITERATION.instance(curvature=exact[0], step_size=exact[1], delay=300)
        assert instance["delay"] == 300
