"""Momentum thresholds against mpmath at 50 digits, numpy, exact simulation, and figures computed by hand."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise

import mpmath
import numpy as np
import pytest
from flint import arb, fmpq

from refutable.theorems.domains.delayed_momentum import DELAYED_MOMENTUM
from refutable.theorems.domains.delayed_momentum.first_angle import Crossing
from refutable.theorems.domains.delayed_momentum.thresholds import (
    heavy_ball_threshold,
    rational_threshold,
    shifted_threshold,
)
from refutable.theorems.exact import Computed, Number, as_real, compare, sign
from refutable.theorems.exact.polynomials import cosine_multiples, schur_stable, sine_multiples
from refutable.theorems.instances import InstanceError
from refutable.theorems.papers.giladi_2020.momentum_assumptions import with_momentum

THRESHOLDS = {"heavy_ball": heavy_ball_threshold, "shifted": shifted_threshold}
MOMENTA = [fmpq(0), fmpq(1, 20), fmpq(1, 2), fmpq(9, 10), fmpq(99, 100), 1 - fmpq(1, 2**50)]


def by_formula(method: str, delay: int, momentum: fmpq) -> mpmath.mpf:
    """The paper's formula at the first root of its equation, found by scanning from 0 and bisecting."""
    m = mpmath.mpf(int(momentum.p)) / int(momentum.q)
    odd, near = 2 * delay + 1, 2 * delay - 1 if method == "heavy_ball" else 1

    def equation(x: mpmath.mpf) -> mpmath.mpf:
        return mpmath.cos(odd * x) - m * mpmath.cos(near * x)

    end = mpmath.pi / (2 * odd)
    grid = [end * mpmath.mpf(2) ** (-mpmath.mpf(j) / 4) for j in range(140, 0, -1)] + [end]
    x = end
    for low, high in pairwise(grid):
        if equation(low) > 0 >= equation(high):
            x = mpmath.findroot(equation, (low, high), solver="anderson", tol=mpmath.mpf(10) ** -110, maxsteps=400)
            break
    part = mpmath.sin(near * x) * m
    return 2 * mpmath.sin(x) * (mpmath.sin(odd * x) + (-part if method == "heavy_ball" else part))


@pytest.mark.parametrize("method", THRESHOLDS)
@pytest.mark.parametrize("delay", [1, 2, 3, 5, 12, 40])
def test_thresholds_agree_with_mpmath(method: str, delay: int) -> None:
    with mpmath.workdps(60):
        for momentum in MOMENTA:
            ball = as_real(THRESHOLDS[method](delay, momentum)).ball(170)
            reference = by_formula(method, delay, momentum)
            assert abs(mpmath.mpf(ball.mid().str(55, radius=False)) / reference - 1) < mpmath.mpf(10) ** -42


def roots(method: str, gain: float, delay: int, m: float) -> np.ndarray:
    """By numpy from the recursion written down afresh, highest power first."""
    if method == "heavy_ball":
        recursion = np.zeros(max(delay, 1) + 2)
        recursion[:3] = 1, -1 - m, m
        recursion[delay + 1 if delay else 1] += gain
    else:
        recursion = np.zeros(delay + 3)
        recursion[:2] += 1, -1
        recursion[-2:] += -m, m
        recursion[-2] += gain
    return np.roots(recursion)


@pytest.mark.parametrize("method", THRESHOLDS)
@pytest.mark.parametrize("delay", [0, 1, 2, 3, 7, 15])
@pytest.mark.parametrize("momentum", [fmpq(0), fmpq(1, 20), fmpq(1, 2), fmpq(4, 5), fmpq(9, 10)])
def test_roots_cross_the_circle_at_the_threshold(method: str, delay: int, momentum: fmpq) -> None:
    threshold, m = float(as_real(THRESHOLDS[method](delay, momentum))), int(momentum.p) / int(momentum.q)
    for distance, stable in ((-1e-4, True), (1e-4, False), (-0.5, True), (1.0, False)):
        gain = threshold * (1 + distance)
        iteration = with_momentum(fmpq(*gain.as_integer_ratio()), delay, momentum)
        assert DELAYED_MOMENTUM.view(iteration)[f"{method}_roots_in_disc"] is stable
        assert (abs(roots(method, gain, delay, m)).max() < 1) is np.bool_(stable)


def simulate(method: str, gain: Fraction, delay: int, m: Fraction, steps: int) -> list[Fraction]:
    """The three rules themselves, exactly, for the loss gain/2 w^2 and step size 1, from rest at 1."""
    w, v = [Fraction(1)] * (delay + 2), [Fraction(0)] * (delay + 2)
    for _ in range(steps):
        old, velocity = w[-1 - delay], v[-1]
        if method == "heavy_ball":
            v.append(m * velocity - gain * old)
        elif method == "shifted":
            v.append(m * v[-1 - delay] - gain * old)
        else:
            v.append(m * velocity - gain * (old + m * v[-1 - delay]))
        w.append(w[-1] + v[-1])
    return w


@pytest.mark.parametrize("method", ["heavy_ball", "shifted", "nesterov"])
@pytest.mark.parametrize("delay", [0, 1, 3])
def test_every_run_obeys_the_characteristic_polynomial(method: str, delay: int) -> None:
    gain, m = Fraction(3, 10), Fraction(2, 5)
    view = DELAYED_MOMENTUM.view(with_momentum(fmpq(3, 10), delay, fmpq(2, 5)))
    coefficients = [Fraction(int(c.p), int(c.q)) for c in view[method]]
    run = simulate(method, gain, delay, m, 24)[2 * delay + 3 :]
    for start in range(len(run) - len(coefficients)):
        assert sum(c * x for c, x in zip(coefficients, run[start:], strict=False)) == 0


def test_special_values_by_hand() -> None:
    assert heavy_ball_threshold(0, fmpq(1, 2)) == shifted_threshold(0, fmpq(1, 2)) == 3
    assert (heavy_ball_threshold(1, fmpq(9, 10)), shifted_threshold(1, fmpq(9, 10))) == (fmpq(1, 10), fmpq(19, 100))
    assert (heavy_ball_threshold(2, fmpq(5, 12)), shifted_threshold(2, fmpq(5, 16))) == (fmpq(1, 3), fmpq(33, 64))


@pytest.mark.parametrize(
    ("threshold", "delay", "ratio"),
    [
        (shifted_threshold, 1, 1.99), (shifted_threshold, 2, 1.613), (shifted_threshold, 3, 1.494),
        (shifted_threshold, 5, 1.402), (shifted_threshold, 10, 1.336), (shifted_threshold, 100, 1.277),
        (shifted_threshold, 1000, 1.272), (heavy_ball_threshold, 1, 1.0), (heavy_ball_threshold, 2, 0.811),
        (heavy_ball_threshold, 3, 0.752), (heavy_ball_threshold, 5, 0.708), (heavy_ball_threshold, 10, 0.680),
        (heavy_ball_threshold, 100, 0.727), (heavy_ball_threshold, 1000, 0.920),
    ],
)  # fmt: skip
def test_effective_step_relative_to_no_momentum(
    threshold: Callable[[int, fmpq], Number], delay: int, ratio: float
) -> None:
    m = fmpq(99, 100)
    found = float(as_real(threshold(delay, m))) / (1 - 0.99) / float(as_real(threshold(delay, fmpq(0))))
    assert found == pytest.approx(ratio, abs=6e-4)


def test_nesterov_at_delay_one() -> None:
    for gain, stable in ((fmpq(2531, 10000), True), (fmpq(2532, 10000), False)):
        assert DELAYED_MOMENTUM.view(with_momentum(gain, 1, fmpq(9, 10)))["nesterov_roots_in_disc"] is stable


def test_effective_steps_are_monotone_in_the_momentum() -> None:
    grid = [fmpq(j, 12) for j in range(12)]
    for delay in (1, 2, 3, 6, 11):
        for method, order in (("heavy_ball", -1 if delay > 1 else 0), ("shifted", 1)):
            effective = [as_real(THRESHOLDS[method](delay, m)) / (1 - m) for m in grid]
            assert {compare(b, a) for a, b in pairwise(effective)} == {order}
            raw = [THRESHOLDS[method](delay, m) for m in grid]
            assert {compare(b, a) for a, b in pairwise(raw)} == {-1}


def test_balls_of_the_angle_contain_the_root_and_narrow() -> None:
    for crossing in (Crossing.heavy_ball(4, fmpq(1, 3)), Crossing.shifted(9, 1 - fmpq(1, 2**300))):
        fine = crossing.angle(600)
        for bits in (20, 64, 200):
            ball = crossing.angle(bits)
            assert ball.contains(fine.mid())
            assert ball.rel_accuracy_bits() > bits - 4


def test_a_failed_certificate_gives_the_whole_interval() -> None:
    crossing = Crossing.heavy_ball(4, fmpq(1, 3))
    wide = crossing._certified(arb(1) / 50, arb(2) / 3, 60)
    assert wide.contains(0)
    assert wide.contains(crossing.angle(60))


def test_rational_thresholds_are_recognised_and_others_not() -> None:
    """At delay 2, where a closed form says which thresholds are rational."""
    cosines, sines = cosine_multiples(2), sine_multiples(2)
    for m, expected in ((fmpq(5, 16), fmpq(33, 64)), (fmpq(1, 2), None), (fmpq(5, 12), None)):
        crossing = Crossing.shifted(2, m)
        value = Computed(lambda bits, c=crossing: _shifted_at(c, bits))
        assert rational_threshold(value, 2, lambda m=m: (cosines[2] - m, sines[2] + m)) == expected


def _shifted_at(crossing: Crossing, bits: int) -> arb:
    x = crossing.angle(bits)
    return 2 * x.sin() * ((5 * x).sin() + (1 - arb(crossing.rest)) * x.sin())


def test_multiples_of_an_angle() -> None:
    with mpmath.workdps(30):
        x = mpmath.mpf("0.3")
        u = mpmath.cos(x) ** 2
        for k in (0, 1, 4):
            for table, function in ((cosine_multiples(k), mpmath.cos), (sine_multiples(k), mpmath.sin)):
                value = sum(mpmath.mpf(int(c.p)) / int(c.q) * u**i for i, c in enumerate(table[k].coeffs()))
                assert abs(function((2 * k + 1) * x) / function(x) - value) < mpmath.mpf(10) ** -26


def test_ties_at_rational_thresholds_are_unstable() -> None:
    for method, delay, m in (("heavy_ball", 2, fmpq(5, 12)), ("shifted", 2, fmpq(5, 16)), ("shifted", 1, fmpq(1, 2))):
        edge = THRESHOLDS[method](delay, m)
        assert isinstance(edge, fmpq)
        for gain, stable in ((edge - fmpq(1, 10**40), True), (edge, False), (edge + fmpq(1, 10**40), False)):
            view = DELAYED_MOMENTUM.view(with_momentum(gain, delay, m))
            assert schur_stable(list(view[method])) is stable
            assert (compare(view["gain"], view[f"{method}_threshold"]) == -1) is stable


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"delay": 61}, "at most 60"),
        ({"delay": -1}, "delay must be at least 0"),
        ({"momentum": 1}, "momentum must be at least 0 and less than 1"),
        ({"momentum": -1}, "momentum must be at least 0"),
        ({"other_momentum": "3/2"}, "other_momentum must be at least 0"),
        ({"momentum": fmpq(1, 2**257)}, "momentum has more than 256 bits"),
        ({"curvature": 2**300}, "curvature has more than 256 bits"),
        ({"step_size": 0}, "step_size must be > 0"),
    ],
)
def test_bad_instances_are_refused(changes: dict[str, object], message: str) -> None:
    plain = {"curvature": 1, "step_size": 1, "delay": 1, "momentum": 0, **changes}
    with pytest.raises(InstanceError, match=message):
        DELAYED_MOMENTUM.instance(**plain)


def test_moves_keep_instances_well_formed_and_end() -> None:
    start = with_momentum(fmpq(12345, 20003), 7, fmpq(77, 123), fmpq(22, 7), fmpq(88, 123))
    for move in (*DELAYED_MOMENTUM.moves, *DELAYED_MOMENTUM.variations):
        for changed in move.reductions(start):
            assert changed != start
            assert DELAYED_MOMENTUM.load(DELAYED_MOMENTUM.dump(changed)) == changed
    assert not [i for move in DELAYED_MOMENTUM.moves for i in move.reductions(with_momentum(1, 0, 0))]


def test_the_longest_instance_is_decided_in_time() -> None:
    view = DELAYED_MOMENTUM.view(with_momentum(fmpq(1, 10**6), 60, 1 - fmpq(1, 3**150)))
    assert view["heavy_ball_roots_in_disc"] is False
    assert sign(view["shifted_threshold"]) == 1
