"""One leaky unit in floats: spans under descent, the form of its outputs, and long runs with fixed steps."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.linalg import null_space

from tests.hidden_linear.flows import gradient


def sigma(z: Any, slope: Any) -> Any:
    return np.where(z > 0, z, slope * z)


@pytest.mark.parametrize("batch", [None, 1])
def test_descent_and_stochastic_descent_stay_in_the_span_of_the_data(batch: int | None) -> None:
    source = np.random.default_rng(5)
    x, y = source.standard_normal((3, 5)), source.standard_normal(3)
    a, w = source.standard_normal(4), source.standard_normal((4, 5))
    kernel, first = null_space(x), w @ null_space(x)
    before = w.copy()
    for _ in range(200):
        chosen = slice(None) if batch is None else source.integers(0, 3, batch)
        z = w @ x[chosen].T
        r = a @ sigma(z, 0.2) - y[chosen]
        slopes = np.where(z > 0, 1.0, 0.2)
        a, w = a - 0.02 * sigma(z, 0.2) @ r, w - 0.02 * (np.outer(a, r) * slopes) @ x[chosen]
    assert np.abs(w @ kernel - first).max() < 1e-13
    assert np.abs(w - before).max() > 0.1


class Fleet:
    """Eighteen units at once: x [B,n,d], y [B,n], a [B], w [B,d]; fixed steps of the classical method."""

    def __init__(self) -> None:
        source = np.random.default_rng(0)
        self.x, self.y = source.standard_normal((18, 2, 4)), source.standard_normal((18, 2))
        self.w = source.standard_normal((18, 4)) * 0.7
        delta = np.array([0.01, 0.3, 1.0] * 6)
        self.a = np.sqrt((self.w**2).sum(-1) + delta) * np.where(source.random(18) < 0.5, -1, 1)
        self.slope = np.array([0.1, 0.5] * 9)[:, None]

    def rates(self, a: Any, w: Any) -> tuple[Any, Any]:
        z = np.einsum("bnd,bd->bn", self.x, w)
        r = a[:, None] * sigma(z, self.slope) - self.y
        slopes = np.where(z > 0, 1.0, self.slope)
        return -(r * sigma(z, self.slope)).sum(-1), -a[:, None] * np.einsum("bn,bnd->bd", r * slopes, self.x)

    def run(self, time: float, h: float) -> tuple[Any, Any]:
        a, w = self.a, self.w
        for _ in range(round(time / h)):
            k = [self.rates(a, w)]
            for part in (0.5, 0.5, 1.0):
                k.append(self.rates(a + part * h * k[-1][0], w + part * h * k[-1][1]))
            a, w = (v + h / 6 * (k[0][i] + 2 * k[1][i] + 2 * k[2][i] + k[3][i]) for i, v in enumerate((a, w)))
        return a, w


def identity_error(fleet: Fleet, a: Any, w: Any) -> float:
    """The largest part of grad q(theta) off the span of the data."""
    worst = 0.0
    for i in range(18):
        begin, theta = fleet.a[i] * fleet.w[i], a[i] * w[i]
        delta = float(fleet.a[i] ** 2 - fleet.w[i] @ fleet.w[i])
        kernel = null_space(fleet.x[i])
        worst = max(worst, float(np.abs(gradient(theta, begin, delta) @ kernel).max()))
    return worst


def test_the_gradient_of_q_stays_a_combination_of_data_through_kinks() -> None:
    fleet = Fleet()
    a, w = fleet.run(2.0, 0.01)
    assert identity_error(fleet, a, w) < 1e-3
    assert (a * fleet.a > 0).all()
    before, after = (np.einsum("bnd,bd->bn", fleet.x, v) > 0 for v in (fleet.w, w))
    assert (before != after).any()
    theta, sign = a[:, None] * w, np.sign(a)[:, None]
    f = a[:, None] * sigma(np.einsum("bnd,bd->bn", fleet.x, w), fleet.slope)
    form = sign * sigma(sign * np.einsum("bnd,bd->bn", fleet.x, theta), fleet.slope)
    assert np.abs(f - form).max() < 1e-14


@pytest.mark.slow
def test_long_runs_keep_it_and_need_not_interpolate() -> None:
    fleet = Fleet()
    a, w = fleet.run(30.0, 4e-3)
    assert identity_error(fleet, a, w) < 1e-4
    f = a[:, None] * sigma(np.einsum("bnd,bd->bn", fleet.x, w), fleet.slope)
    solved = (np.abs(f - fleet.y).max(-1) < 1e-6).sum()
    assert 2 < solved < 18
