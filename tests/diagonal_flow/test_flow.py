"""Diagonal networks along gradient flow: exact quantities against autograd, a solver, quadrature and brute force."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import mpmath
import numpy as np
import pytest
import torch
from flint import fmpq
from hypothesis import HealthCheck, Phase, given, seed, settings
from scipy.integrate import solve_ivp
from scipy.optimize import minimize
from sympy import primefactors

from refutable.strategies.diagonal_flow import SUPPLY
from refutable.strategies.supply import Size
from refutable.theorems.domains.diagonal_flow import DIAGONAL_FLOW
from refutable.theorems.domains.diagonal_flow.dynamics import STATE
from refutable.theorems.domains.diagonal_flow.log_relations import coprime_base, exponent
from refutable.theorems.domains.diagonal_flow.states import grown, growth_of
from refutable.theorems.exact import as_real
from refutable.theorems.instances import Instance, InstanceError
from refutable.verify.decide import decide

REACHED = frozenset({"reached", "live-both-signs", "same-predictions"})
UNBIASED = frozenset({"unbiased", "live", "reached", "same-predictions"})
FEW = settings(max_examples=12, deadline=None, database=None, phases=[Phase.generate],
               suppress_health_check=list(HealthCheck))  # fmt: skip


def floats(array: Any) -> Any:
    return np.vectorize(lambda q: float(as_real(q)), otypes=[float])(array)


@seed(1)
@FEW
@given(instance=SUPPLY.drawn(frozenset(), Size()))
def test_velocity_is_minus_the_gradient(instance: Instance) -> None:
    view = DIAGONAL_FLOW.view(instance)
    u, v, p, q = (torch.tensor(floats(instance[name]), requires_grad=True) for name in STATE)
    x, y = (torch.tensor(floats(instance[name])) for name in ("x", "y"))
    loss = (x @ (u * v - p * q) - y).square().sum() / (2 * len(y))
    slopes = torch.autograd.grad(loss, (u, v, p, q))
    assert float(view["loss"]) == pytest.approx(loss.item())
    for name, slope in zip(STATE, slopes, strict=True):
        assert floats(view["velocity"][name]) == pytest.approx(-slope.numpy(), abs=1e-9)
        step = float(instance["step_size"])
        assert floats(view["after"][name]) == pytest.approx(floats(instance[name]) - step * slope.numpy(), abs=1e-9)


@seed(2)
@FEW
@given(instance=SUPPLY.drawn(UNBIASED, Size()))
def test_potential_is_the_integral_of_its_slope(instance: Instance) -> None:
    view = DIAGONAL_FLOW.view(instance)
    total = mpmath.mpf(0)
    with mpmath.workdps(30):
        for point, u, v in zip(
            floats(view["other"]), *(floats(instance[n]) for n in ("u_plus0", "v_plus0")), strict=True
        ):
            root_k = 2 * (u**2 + v**2)
            total += mpmath.quad(lambda t, r=root_k: mpmath.asinh(2 * t / r) / 2, [0, point])
    assert float(view["other_potential"]) == pytest.approx(float(total), rel=1e-12)
    # From an unbiased start the divergence is Q_k.
    assert float(view["other_divergence"]) == pytest.approx(float(total), rel=1e-12)


def test_grown_states_are_those_of_a_solver() -> None:
    source = np.random.default_rng(5)
    x, y = source.integers(-2, 3, (2, 3)).astype(float), source.normal(0, 1, 2)
    start = source.normal(0, 1, (4, 3))

    def speed(_: float, flat: Any) -> Any:
        u, v, p, q = flat[:12].reshape(4, 3)
        nu = -(x @ (u * v - p * q) - y) / 2
        s = x.T @ nu
        return np.concatenate([s * v, s * u, -s * q, -s * p, nu])

    end = solve_ivp(speed, (0, 2), [*start.ravel(), 0, 0], method="DOP853", rtol=1e-12, atol=1e-13).y[:, -1]
    state = grown(start.astype(object), np.exp(x.T @ end[12:]).astype(object))
    for name, found in zip(STATE, end[:12].reshape(4, 3), strict=True):
        assert state[name].astype(float) == pytest.approx(found, abs=1e-9)


@seed(3)
@FEW
@given(instance=SUPPLY.drawn(REACHED, Size()))
def test_no_point_of_the_kernel_has_a_smaller_divergence(instance: Instance) -> None:
    view = DIAGONAL_FLOW.view(instance)
    w, w0, c = (floats(view[name]) for name in ("w", "w0", "scale"))
    kernel = np.array(view["kernel"], dtype=float)
    kernel = kernel / np.linalg.norm(kernel, axis=1, keepdims=True)

    def height(t: Any) -> Any:
        a, b = (w + t @ kernel) / c, w0 / c
        return float(np.sum(c * (a * (np.arcsinh(a) - np.arcsinh(b)) - np.sqrt(1 + a * a) + np.sqrt(1 + b * b))) / 2)

    assert height(np.zeros(len(kernel))) == pytest.approx(float(view["divergence"]), rel=1e-9, abs=1e-9)
    best = minimize(height, np.full(len(kernel), 0.3), method="BFGS")
    assert np.abs(best.x).max() < 1e-3 * (1 + np.abs(w).max())
    assert best.fun >= height(np.zeros(len(kernel))) - 1e-9 * (1 + abs(best.fun))


@seed(4)
@FEW
@given(instance=SUPPLY.drawn(frozenset({"grown", "live-both-signs"}), Size()))
def test_reached_means_logarithms_in_the_row_space(instance: Instance) -> None:
    view = DIAGONAL_FLOW.view(instance)
    logs, x = np.log(floats(view["growth"])), floats(instance["x"])
    rest = logs - x.T @ np.linalg.lstsq(x.T, logs, rcond=None)[0]
    assert view["reached"] is bool(np.abs(rest).max() < 1e-9)


def _state(**changes: Any) -> Instance:
    ones = [1, 1]
    raw = {**dict.fromkeys(STATE, ones), **{f"{n}0": ones for n in STATE}, "x": [[1, 1]], "y": [1], **changes}
    return DIAGONAL_FLOW.instance(**raw)


def test_hostile_instances_are_refused() -> None:
    many = [1] * 13
    with pytest.raises(InstanceError, match="too many"):
        DIAGONAL_FLOW.instance(**dict.fromkeys((*STATE, *(f"{n}0" for n in STATE)), many), x=[many], y=[0])
    with pytest.raises(InstanceError, match="bits to write exactly"):
        _state(y=[fmpq(1, 2**17000)])
    with pytest.raises(InstanceError, match="shorten them"):
        _state(x=[[fmpq(1, 2**1100), 1]] * 8, y=[fmpq(1, 2**1100)] * 8)


@pytest.mark.parametrize(
    ("rho", "large", "expected"),
    [
        ((4, 2, 1), 2 * 10**6, True),
        ((4, 2, 1), 20, True),
        ((4, 3, 1), 2 * 10**6, False),
        ((36, 6, 1), 2 * 10**6, True),
        ((36, fmpq(13, 2), 1), 2 * 10**6, False),
        # log rho differs from one in the row space by 1e-40: no logarithm of a few digits tells.
        ((4 + fmpq(1, 10**40), 2, 1), 2 * 10**6, False),
        ((1, 1, 1), 2 * 10**6, True),
    ],
)
def test_long_relations_between_logarithms_are_decided(rho: tuple[Any, ...], large: int, expected: bool) -> None:
    """The kernel is spanned by (a, -2a, 1): 4^a 2^(-2a) 1 is 1, a product of six million bits."""
    ones = np.array([fmpq(1)] * 3, dtype=object)
    raw = {f"{n}0": ones for n in STATE} | {"y": [0, 0], "x": [[2, 1, 0], [0, 1, large]]}
    state = DIAGONAL_FLOW.instance(**raw, **grown([ones] * 4, np.array([fmpq(r) for r in rho], dtype=object)))
    assert DIAGONAL_FLOW.view(state)["reached"] is expected


def test_states_of_larger_data_are_decided() -> None:
    source = np.random.default_rng(2)
    x = np.array([[fmpq(int(e)) for e in row] for row in source.integers(-9, 10, (4, 8))], dtype=object)
    rho = growth_of(x, [fmpq(int(p), int(q)) for p, q in source.integers(2, 6, (4, 2))])
    ones = np.array([fmpq(1)] * 8, dtype=object)
    raw = {f"{n}0": ones for n in STATE} | {"y": [0] * 4, "x": x}
    other = rho.copy()
    other[0] *= fmpq(7, 6)
    for growth, expected in ((rho, True), (other, False)):
        assert DIAGONAL_FLOW.view(DIAGONAL_FLOW.instance(**raw, **grown([ones] * 4, growth)))["reached"] is expected


@pytest.mark.parametrize("seed", range(5))
def test_coprime_bases(seed: int) -> None:
    """Against SymPy's factors: in pairs without common divisors, and every number a product of their powers."""
    source = np.random.default_rng(seed)
    numbers = [int(n) for n in source.integers(1, 3000, 8)]
    base = coprime_base(numbers)
    primes = [set(primefactors(c)) for c in base]
    assert all(not a & b for i, a in enumerate(primes) for b in primes[:i])
    for n in numbers:
        assert n == math.prod(c ** exponent(n, c) for c in base)


def test_growth_factors_need_integral_inputs() -> None:
    with pytest.raises(ValueError, match="integral"):
        growth_of([[fmpq(1, 2)]], [fmpq(2)])


@pytest.mark.parametrize("move", [*DIAGONAL_FLOW.moves, *DIAGONAL_FLOW.variations], ids=lambda m: m.id)
def test_moves_keep_states_well_formed(move: Any) -> None:
    start = [np.array([fmpq(3, 2), fmpq(2, 3), fmpq(5)], dtype=object)] * 4
    state = grown(start, np.array([fmpq(9, 7)] * 3, dtype=object))
    raw = {**state, **{f"{n}0": s for n, s in zip(STATE, start, strict=True)}}
    first = DIAGONAL_FLOW.instance(
        **raw, x=[[1, 1, 1], [0, 2, "1/3"]], y=["5/7", 1], other=[1, 2, "3/8"], step_size="2/9"
    )
    found = list(move.reductions(first))
    assert found
    for other in found:
        assert DIAGONAL_FLOW.load(DIAGONAL_FLOW.dump(other)) == other


def test_a_dropped_input_leaves_a_reached_state_reached() -> None:
    from refutable.theorems.papers.azulay_2021.diagonal_cases import grown_state

    state = grown_state(((1, 2, 3), (1, 1, 2)), ((1, 2, 0), (0, 1, 1)), (2, 3), (0, 0, 0))
    for move in DIAGONAL_FLOW.moves[:2]:
        assert any(DIAGONAL_FLOW.view(smaller)["reached"] for smaller in move.reductions(state)), move.id


def test_runs_visit_reached_states_exactly() -> None:
    from refutable.theorems.papers.azulay_2021.diagonal import HEADLINE

    visited = list(SUPPLY.visited.states(UNBIASED, 40, 3))
    assert visited == list(SUPPLY.visited.states(UNBIASED, 40, 3))
    assert len({one.run for one in visited}) >= 4
    assert {decide(HEADLINE, one.instance).verdict for one in visited} == {"holds"}
    losses = {one.run: [] for one in visited}  # type: dict[int, list[float]]
    for one in visited:
        losses[one.run].append(float(DIAGONAL_FLOW.view(one.instance)["loss"]))
    assert all(a >= b for run in losses.values() for a, b in pairwise(run))


def test_unknown_assumptions_are_refused() -> None:
    with pytest.raises(ValueError, match="no-such-thing"):
        SUPPLY.drawn(frozenset({"no-such-thing"}), Size())
