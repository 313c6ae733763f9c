"""The hyperbolic profile against its definition: quadrature in 40 digits, and the differential equations themselves."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest
from flint import arb, fmpq
from scipy.integrate import solve_ivp

from refutable.theorems.domains.decomposable_flow.profile import (
    Point,
    arc_limit,
    float_arc,
    inverse,
    ratio_of,
)
from refutable.theorems.exact import Computed, as_real, sign, to_float
from tests.tensor_network.numbers import digits, precise

DEPTHS = (2, 3, 4, 5, 6)


@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize("r", [fmpq(3, 2), fmpq(1, 3), fmpq(7)])
def test_rational_growths(depth: int, r: fmpq) -> None:
    """s is the integral of sech^{L-2}, found again from t alone; H_L the integral of the inverse."""
    with mpmath.workdps(40):
        theta = mpmath.log(precise(r))
        s = mpmath.quad(lambda x: mpmath.sech(x) ** (depth - 2), [0, theta])
        t = ratio_of(r, depth)
        point = inverse(t, depth)
        assert point.growth == r
        assert abs(digits(point.arc) - s) < mpmath.mpf(10) ** -35
        assert abs(precise(t) - mpmath.cosh(theta) ** (depth - 1) * mpmath.sinh(theta)) < mpmath.mpf(10) ** -35
        # the integral of s dt, integrated over u in s = integral of sech^{L-2}(u) du first
        area = mpmath.quad(lambda u: mpmath.sech(u) ** (depth - 2) * (precise(t) - _ratio(u, depth)), [0, theta])
        assert abs(digits(point.energy) - area) < mpmath.mpf(10) ** -30


def _ratio(theta: mpmath.mpf, depth: int) -> mpmath.mpf:
    return mpmath.cosh(theta) ** (depth - 1) * mpmath.sinh(theta)


@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize("t", [fmpq(1, 7), fmpq(-5, 3), fmpq(1, 10**6), fmpq(10**9)])
def test_any_ratio_is_enclosed(depth: int, t: fmpq) -> None:
    with mpmath.workdps(40):
        size = mpmath.log(abs(precise(t)))
        guess = abs(np.arcsinh(to_float(t))) if abs(t) < 2 else (float(size) + depth * np.log(2)) / depth
        theta = mpmath.findroot(
            lambda x: (depth - 1) * mpmath.log(mpmath.cosh(x)) + mpmath.log(mpmath.sinh(x)) - size, guess
        )
        s = mpmath.sign(int(t.p)) * mpmath.quad(lambda x: mpmath.sech(x) ** (depth - 2), [0, theta / 2, theta])
        point = inverse(t, depth)
        assert isinstance(point.growth, Computed)
        assert as_real(point.arc).ball(200).rel_accuracy_bits() > 190
        assert abs(digits(point.arc) - s) < mpmath.mpf(10) ** -25 * (1 + abs(s))
        assert float_arc(np.array(to_float(t)), depth) == pytest.approx(float(s), rel=1e-12)


@pytest.mark.parametrize("depth", DEPTHS)
def test_ratios_of_any_size(depth: int) -> None:
    """Far beyond floats: s(10^400) is near its limit, or the logarithm; s(10^-400) is t to first order."""
    large, small = inverse(fmpq(10) ** 400, depth), inverse(fmpq(1, 10**400), depth)
    expected = (
        float((400 * np.log(10) + np.log(2)) / 2 + np.log(2) / 2) if depth == 2 else float(as_real(arc_limit(depth)))
    )
    assert float(as_real(large.arc)) == pytest.approx(expected, rel=1e-12)
    ball = as_real(small.growth).ball(3000)
    assert as_real(small.arc).ball(64).contains(0) or sign(small.arc) == 1
    assert float((ball - 1) * 10**200) == pytest.approx(0, abs=1e-100)


@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize("bits", [53, 64, 200])
def test_small_ratios_keep_their_digits(depth: int, bits: int) -> None:
    """s = t and H_L = t^2/2 to first order, for t = 2^-1140: r - 1/r cancels 1140 bits."""
    t = fmpq(1, 2**1140)
    for point in (inverse(t, depth), inverse(-t, depth)):
        arc, energy = as_real(point.arc).approximate(bits), as_real(point.energy).approximate(bits)
        assert arc.rel_accuracy_bits() > bits - 20
        assert energy.rel_accuracy_bits() > bits - 20
        assert float(abs(arc) / arb(t)) == pytest.approx(1, rel=1e-12)
        assert float(energy / arb(t * t)) == pytest.approx(0.5, rel=1e-12)


@pytest.mark.parametrize("depth", DEPTHS)
def test_p_and_q_solve_their_equations(depth: int) -> None:
    """p' = p^{L-2} q, q' = p^{L-1} from (1, 0), integrated: h_L(s) = p^{L-1} q."""
    end = float(as_real(inverse(fmpq(3, 2), depth).arc))
    run = solve_ivp(
        lambda s, z: [z[0] ** (depth - 2) * z[1], z[0] ** (depth - 1)], (0, end), [1, 0], rtol=1e-12, atol=1e-13
    )
    p, q = run.y[:, -1]
    assert p ** (depth - 1) * q == pytest.approx(1.5, rel=1e-9)


@pytest.mark.parametrize("depth", DEPTHS)
def test_the_rate_is_the_slope(depth: int) -> None:
    t, step = fmpq(3, 5), fmpq(1, 10**8)
    ahead, behind = (as_real(inverse(t + side * step, depth).arc).ball(300) for side in (1, -1))
    slope = (ahead - behind) / (2 * 10**-8)
    assert float(as_real(inverse(t, depth).rate)) == pytest.approx(float(slope.mid()), rel=1e-7)


def test_a_wrong_proposal_changes_nothing() -> None:
    t = ratio_of(fmpq(3), 4)
    assert inverse(t, 4, fmpq(5)).growth == inverse(t, 4, fmpq(-3)).growth == fmpq(3)
    assert inverse(fmpq(0), 4, fmpq(5)) == Point(fmpq(1), 4)


@pytest.mark.parametrize(("depth", "value"), [(3, np.pi / 2), (4, 1.0), (5, np.pi / 4), (6, 2 / 3)])
def test_the_limits_by_depth(depth: int, value: float) -> None:
    assert float(as_real(arc_limit(depth))) == pytest.approx(value, rel=1e-15)
    assert float(as_real(Point(fmpq(10**12), depth).arc)) == pytest.approx(value, rel=1e-9)


def test_two_layers_have_no_limit() -> None:
    with pytest.raises(ArithmeticError, match="no limit"):
        arc_limit(2)
