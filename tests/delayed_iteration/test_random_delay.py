"""First crossings of random delays against a scan refined by mpmath, and against the roots themselves."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest
from flint import fmpq

from refutable.strategies.random_delay import edge_of_stability
from refutable.theorems.domains.random_delay import RANDOM_DELAY, crossings
from refutable.theorems.domains.random_delay.crossings import first_crossing
from refutable.theorems.exact import as_real, compare
from refutable.theorems.instances import InstanceError
from refutable.theorems.papers.giladi_2020.random_delay import AT_CROSSING, HARMLESS, STRICTLY
from refutable.theorems.papers.giladi_2020.random_delay_instances import delays
from refutable.verify.decide import decide


def law(*parts: int) -> list[fmpq]:
    return [fmpq(part, sum(parts)) for part in parts]


def scanned(probabilities: list[fmpq]) -> mpmath.mpf:
    """The least 2 sin(theta/2) / E sin((tau+1/2) theta) over sign changes of E cos on a fine grid, and at pi."""
    weights = [mpmath.mpf(int(p.p)) / int(p.q) for p in probabilities]

    def mean(function: object, theta: mpmath.mpf) -> mpmath.mpf:
        return sum(w * function((k + mpmath.mpf(1) / 2) * theta) for k, w in enumerate(weights))  # type: ignore[operator]

    grid = np.linspace(1e-6, np.pi - 1e-6, 6001)
    floats = np.array([float(w) for w in weights])
    values = (floats[:, None] * np.cos(np.outer(np.arange(len(floats)) + 0.5, grid))).sum(0)
    changes = [i for i in range(len(grid) - 1) if values[i] * values[i + 1] < 0]
    angles = [mpmath.findroot(lambda t: mean(mpmath.cos, t), (grid[i], grid[i + 1]), solver="anderson", tol=1e-60)
              for i in changes]  # fmt: skip
    sizes = [(2 * mpmath.sin(t / 2), mean(mpmath.sin, t)) for t in [*angles, mpmath.pi]]
    return min(top / sine for top, sine in sizes if sine > 0)


@pytest.mark.parametrize("number", range(14))
def test_first_crossing_agrees_with_a_scan(number: int) -> None:
    source = np.random.default_rng(number)
    parts = [int(p) for p in source.integers(0, 10, size=int(source.integers(2, 11)))]
    probabilities = law(*parts, 1)
    with mpmath.workdps(40):
        ball = as_real(first_crossing(probabilities)).ball(120)
        assert abs(mpmath.mpf(ball.mid().str(34, radius=False)) - scanned(probabilities)) < mpmath.mpf(10) ** -28


@pytest.mark.parametrize(
    ("parts", "crossing"),
    [((1, 1, 1), fmpq(3, 2)), ((1, 0, 1), 2), ((9, 1), fmpq(5, 2)), ((11, 0, 9), 2), ((1, 3), fmpq(4, 3)), ((0, 1), 1)],
)
def test_rational_crossings(parts: tuple[int, ...], crossing: fmpq | int) -> None:
    found = first_crossing(law(*parts))
    assert found == crossing
    assert decide(AT_CROSSING, delays(parts, fmpq(crossing))).verdict == "holds"
    assert RANDOM_DELAY.view(delays(parts, fmpq(crossing) - fmpq(1, 10**30)))["roots_in_disc"] is True


def test_pi_alone_and_pi_left_out() -> None:
    assert first_crossing(law(11, 0, 9), at_pi=False) == fmpq(10, 3)
    with pytest.raises(ArithmeticError, match="below pi"):
        first_crossing(law(9, 1), at_pi=False)


def test_candidates_that_cannot_be_told_apart_leave_it_undecided(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crossings, "compare", lambda left, right: None)
    crossings._first_crossing.cache_clear()
    with pytest.raises(ArithmeticError, match="told apart"):
        first_crossing(law(3, 1, 4))
    assert decide(STRICTLY, delays((3, 1, 4), fmpq(1, 2))).verdict == "undecided"


@pytest.mark.parametrize("delay", [0, 1, 2, 5, 12, 24])
def test_a_constant_delay_is_a_tie(delay: int) -> None:
    instance = delays([*[0] * delay, 1])
    outcome = decide(HARMLESS, instance)
    assert (outcome.verdict, outcome.touching) == ("holds", True)
    assert decide(STRICTLY, instance).verdict == "vacuous"


def test_a_nearly_constant_delay_is_strictly_better() -> None:
    rare = fmpq(1, 2**40)
    view = RANDOM_DELAY.view(delays((0, 0, 1)).replace(probabilities=np.array([rare, fmpq(0), 1 - rare])))
    assert compare(view["mean_threshold"], view["threshold"]) == -1


@pytest.mark.parametrize("number", range(8))
def test_halving_finds_the_first_crossing(number: int) -> None:
    """Where stability ends once for all: the edge that halving finds lies at some crossing, never before the first."""
    source = np.random.default_rng(100 + number)
    probabilities = law(*[int(p) for p in source.integers(0, 6, size=4)], 1)
    threshold = first_crossing(probabilities)
    low, high = edge_of_stability(tuple(probabilities), 30)
    assert compare(threshold, high) != 1
    step = as_real(threshold)
    for part in (fmpq(1, 9), fmpq(1, 2), fmpq(999, 1000)):
        near = fmpq(*float(step).as_integer_ratio()) * part
        roots = np.roots(_coefficients(probabilities, near))
        assert abs(roots).max() < 1
    assert low < high


def _coefficients(probabilities: list[fmpq], gain: fmpq) -> np.ndarray:
    """z^{T+1} - z^T + a sum_k q_k z^{T-k}, highest power first."""
    floats = np.array([int((gain * p).p) / int((gain * p).q) for p in probabilities])
    out = np.concatenate([[1.0], floats])
    out[1] -= 1
    return out


def test_the_mean_of_simulated_runs_follows_the_polynomial() -> None:
    """The exact mean over all sequences of delays, two steps by hand: x_0 = x_{-1} = 1, delays 0 or 1, gain 1/2."""
    probabilities, gain = law(3, 1), fmpq(1, 2)
    first = 1 - gain
    second = sum(p * (first - gain * past) for p, past in zip(probabilities, (first, fmpq(1)), strict=True))
    coefficients = list(RANDOM_DELAY.view(delays((3, 1), gain))["characteristic"])
    assert sum(c * x for c, x in zip(coefficients, (fmpq(1), first, second), strict=True)) == 0


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"probabilities": [fmpq(1, 2)]}, "must sum to 1"),
        ({"probabilities": [2, -1]}, "at least 0"),
        ({"probabilities": [fmpq(1, 26)] * 26}, "at most 25"),
        ({"probabilities": [fmpq(1, 3**200), 1 - fmpq(1, 3**200)]}, "common denominator"),
        ({"probabilities": []}, "empty"),
        ({"step_size": fmpq(1, 2**300)}, "step_size has more than 256 bits"),
    ],
)
def test_bad_instances_are_refused(changes: dict[str, object], message: str) -> None:
    with pytest.raises(InstanceError, match=message):
        RANDOM_DELAY.instance(**{"probabilities": [1], "curvature": 1, "step_size": 1, **changes})


def test_moves_keep_instances_well_formed_and_end() -> None:
    start = delays((3, 1, 4, 1, 5), fmpq(77, 123), 3)
    for move in (*RANDOM_DELAY.moves, *RANDOM_DELAY.variations):
        for changed in move.reductions(start):
            assert changed != start
            assert RANDOM_DELAY.load(RANDOM_DELAY.dump(changed)) == changed
    assert not [i for move in RANDOM_DELAY.moves for i in move.reductions(delays((1,), 1))]
