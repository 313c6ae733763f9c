"""Delay with a Hessian, and in mean square, against numpy on the whole state and exact enumeration."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from flint import fmpq
from hypothesis import HealthCheck, Phase, given, seed, settings

from refutable.strategies.delayed_descent import SUPPLY, edge_in_mean_square
from refutable.strategies.supply import Size
from refutable.theorems.domains.delayed_descent import DELAYED_DESCENT
from refutable.theorems.domains.delayed_descent.moments import _companion, _on_symmetric
from refutable.theorems.instances import Instance, InstanceError
from refutable.theorems.ops.exact import to_matrix
from refutable.theorems.papers.giladi_2020.delayed_hessian import (
    HESSIAN_NECESSARY,
    HESSIAN_SUFFICIENT,
    TWO_SAMPLES,
    descent,
)
from refutable.verify.decide import decide


def companions(hessians: np.ndarray, step_size: float, delay: int) -> list[np.ndarray]:
    """One step of (x_t, ..., x_{t-tau}) under each loss, in floats."""
    p = hessians.shape[-1]
    found = []
    for h in hessians:
        a = np.zeros((p * (delay + 1), p * (delay + 1)))
        a[:p, :p] = np.eye(p)
        a[:p, p * delay :] -= step_size * h
        a[p:, :-p] += np.eye(p * delay)
        found.append(a)
    return found


def radius(matrix: np.ndarray) -> float:
    return float(abs(np.linalg.eigvals(matrix)).max())


@pytest.mark.parametrize("number", range(40))
def test_stability_agrees_with_numpy(number: int) -> None:
    source = np.random.default_rng(number)
    p, delay, n = (int(source.integers(1, high)) for high in (3, 3, 4))
    delay = min(delay, 6 // p - 1)
    hessians = source.integers(-2, 3, size=(n, p, p))
    hessians = hessians + hessians.transpose(0, 2, 1)
    if number % 2:
        hessians = hessians @ hessians.transpose(0, 2, 1)
    step_size = float(source.integers(1, 64)) / 256
    steps = companions(hessians.astype(float), step_size, delay)
    mean, square = radius(np.mean(steps, axis=0)), radius(np.mean([np.kron(a, a) for a in steps], axis=0))
    view = DELAYED_DESCENT.view(
        descent([[[int(q) for q in row] for row in h] for h in hessians], fmpq(*step_size.as_integer_ratio()), delay)
    )
    for found, size in ((view["stable_in_mean"], mean), (view["stable_in_mean_square"], square)):
        if abs(size - 1) > 1e-7:
            assert found is (size < 1)


def test_two_samples_decay_in_the_mean_and_explode_in_mean_square() -> None:
    view = DELAYED_DESCENT.view(TWO_SAMPLES)
    assert (view["stable_in_mean"], view["stable_in_mean_square"]) == (True, False)
    steps = companions(np.array([[[0.0]], [[2.0]]]), 0.9, 1)
    assert radius(np.mean(steps, axis=0)) == pytest.approx(0.9487, abs=5e-5)
    assert radius(np.mean([np.kron(a, a) for a in steps], axis=0)) == pytest.approx(1.383, abs=5e-4)


def test_second_moments_by_enumerating_all_sequences_of_samples() -> None:
    """E x_t x_t^T after six steps from (1, 1), over all 2^6 sequences."""
    step_size = fmpq(9, 10)
    operator = _on_symmetric([_companion(h, step_size, 1) for h in TWO_SAMPLES["hessians"]])
    moments = to_matrix(np.array([[fmpq(1)], [fmpq(1)], [fmpq(1)]], dtype=object))
    for _ in range(6):
        moments = operator * moments
    total = fmpq(0)
    for curvatures in product((0, 2), repeat=6):
        now, before = fmpq(1), fmpq(1)
        for h in curvatures:
            now, before = now - step_size * h * before, now
        total += now * now
    assert moments[0, 0] == total / 2**6


@pytest.mark.parametrize("delay", [0, 1, 2, 3])
def test_a_hessian_on_both_sides_of_the_threshold(delay: int) -> None:
    """Eigenvalues 1 and 3 in a rotated basis: 3 eta decides, with t a hair inside and outside."""
    hessian = [[2, 1], [1, 2]]
    edge = 2 * np.sin(np.pi / (4 * delay + 2))
    for factor, stable in ((1 - 2**-30, True), (1 + 2**-30, False)):
        gain = fmpq(*(edge * factor).as_integer_ratio())
        instance = descent((hessian,), gain / 3, delay, gain, (1, 1))
        assert DELAYED_DESCENT.view(instance)["stable_in_mean"] is stable
        verdicts = [decide(claim, instance).verdict for claim in (HESSIAN_SUFFICIENT, HESSIAN_NECESSARY)]
        assert verdicts == (["holds", "vacuous"] if stable else ["vacuous", "holds"])


def test_rational_thresholds_are_ties() -> None:
    for delay, gain in ((0, 2), (1, 1)):
        outcome = decide(HESSIAN_NECESSARY, descent(([[1, 0], [0, gain]],), 1, delay, gain, (0, 1)))
        assert (outcome.verdict, outcome.touching) == ("holds", True)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"hessians": [[[1, 2], [0, 1]]]}, "not symmetric"),
        ({"delay": 24}, "at most 24"),
        ({"delay": 10**9}, "at most 24"),
        ({"hessians": [[[0] * 7] * 7]}, "at most 6"),
        ({"hessians": [[[1]]] * 9}, "at most 8"),
        ({"gain": fmpq(1, 2**300)}, "more than 256 bits"),
        ({"hessians": [[[fmpq(1, 2**255 + k)]] for k in range(8)], "delay": 3}, "to one denominator"),
        ({"direction": [1, 2]}, "direction has 2 entries"),
    ],
)
def test_bad_instances_are_refused(changes: dict[str, object], message: str) -> None:
    plain = {"hessians": [[[1]]], "step_size": 1, "delay": 0, **changes}
    with pytest.raises(InstanceError, match=message):
        DELAYED_DESCENT.instance(**plain)


def test_second_moments_of_a_large_state_are_refused() -> None:
    with pytest.raises(ArithmeticError, match="second moments are followed exactly up to 6"):
        DELAYED_DESCENT.view(descent((1,), fmpq(1, 2), 6))["stable_in_mean_square"]


def test_second_moments_of_long_numbers_are_refused_and_the_mean_is_decided() -> None:
    view = DELAYED_DESCENT.view(descent((fmpq(1, 2**200 + 1), fmpq(1, 2**200 + 3)), fmpq(1, 2), 5))
    assert view["stable_in_mean"] is True
    with pytest.raises(ArithmeticError, match="followed exactly up to 170"):
        view["stable_in_mean_square"]


def test_doubles_are_decided() -> None:
    source = np.random.default_rng(0)
    for p, delay in ((6, 3), (3, 1), (1, 23)):
        doubles = [[fmpq(*float(x).as_integer_ratio()) for x in source.uniform(0.5, 1, p)] for _ in range(8)]
        hessians = [[[q if a == b else fmpq(0) for b in range(p)] for a, q in enumerate(row)] for row in doubles]
        view = DELAYED_DESCENT.view(descent(hessians, fmpq(*(0.01).as_integer_ratio()), delay))
        assert view["stable_in_mean"] is True


@pytest.mark.parametrize("side", ["square-stable", "square-unstable"])
def test_one_and_two_parameters_are_drawn_on_either_side_of_the_edge_in_mean_square(side: str) -> None:
    drawn = []

    @seed(1)
    @settings(max_examples=40, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(SUPPLY.drawn(frozenset({side}), Size()))
    def collect(instance: Instance) -> None:
        assert DELAYED_DESCENT.view(instance)["stable_in_mean_square"] is (side == "square-stable")
        drawn.append((instance["hessians"].shape[-1], instance["delay"]))

    collect()
    assert {(1, 0), (1, 1), (2, 0), (2, 1)} < set(drawn)


def test_the_edge_in_mean_square_of_two_parameters_agrees_with_numpy() -> None:
    losses = [[[5, 2], [2, 1]], [[1, 0], [0, 2]], [[0, 0], [0, 3]]]
    low, high = edge_in_mean_square([[[fmpq(q) for q in row] for row in h] for h in losses], 1, 20)
    sizes = []
    for step_size in (low, high):
        steps = companions(np.array(losses, dtype=float), int(step_size.p) / int(step_size.q), 1)
        sizes.append(radius(np.mean([np.kron(a, a) for a in steps], axis=0)))
    assert 1 - 1e-4 < sizes[0] < 1 < sizes[1] < 1 + 1e-4


def test_moves_keep_instances_well_formed() -> None:
    start = descent(([[2, 1], [1, 3]], [[1, 0], [0, 7]]), fmpq(5, 77), 2, fmpq(3, 11), (2, fmpq(5, 3)))
    for move in (*DELAYED_DESCENT.moves, *DELAYED_DESCENT.variations):
        for changed in move.reductions(start):
            assert changed != start
            assert DELAYED_DESCENT.load(DELAYED_DESCENT.dump(changed)) == changed
