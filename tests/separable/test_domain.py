"""The domain separable: quantities against mpmath, the whitened construction, instances that make no sense."""

from __future__ import annotations

from typing import Any

import mpmath
import numpy as np
import pytest
from flint import fmpq
from hypothesis import given, seed, settings

from refutable.strategies.separable import SUPPLY
from refutable.strategies.separable.drawn import KNOWN
from refutable.strategies.separable.whitened import Whitened, whitened_data, whitened_from
from refutable.strategies.supply import Size
from refutable.theorems.domains.separable import SEPARABLE
from refutable.theorems.exact import as_real
from refutable.theorems.exact.max_margin import max_margin
from refutable.theorems.instances import Instance, InstanceError
from refutable.theorems.papers.soudry_2018.assumptions import COMPLEMENTARY, LATE, SPANNING, SUPPORT_ONLY
from refutable.theorems.papers.soudry_2018.direction import HEADLINE
from refutable.verify.decide import decide


def exact(value: Any) -> mpmath.mpf:
    q = as_real(value).exact()
    if q is not None:
        return mpmath.mpf(int(q.p)) / int(q.q)
    return mpmath.mpf(str(as_real(value).ball(220).mid().str(60, radius=False)))


def near(found: Any, reference: Any) -> bool:
    return bool(abs(exact(found) - reference) <= mpmath.mpf(10) ** -40 * (1 + abs(reference)))


@seed(2)
@settings(max_examples=10, database=None, deadline=None)
@given(SUPPLY.drawn(frozenset({"separable"}), Size()))
def test_losses_and_one_step(instance: Instance) -> None:
    view = SEPARABLE.view(instance)
    with mpmath.workdps(60):
        x = [[exact(entry) for entry in row] for row in instance["x"]]
        w, eta = [exact(entry) for entry in instance["w"]], exact(instance["step_size"])
        rows = range(len(x))
        u = [mpmath.fdot(row, w) for row in x]
        losses, slopes = [mpmath.exp(-v) for v in u], [1 / (1 + mpmath.exp(v)) for v in u]
        pull = [mpmath.fsum(losses[n] * x[n][i] for n in rows) for i in range(len(w))]
        logistic_pull = [mpmath.fsum(slopes[n] * x[n][i] for n in rows) for i in range(len(w))]
        after = [mpmath.fdot(row, [a + eta * b for a, b in zip(w, pull, strict=True)]) for row in x]
        logistic = [mpmath.fdot(row, [a + eta * b for a, b in zip(w, logistic_pull, strict=True)]) for row in x]
        assert near(view["loss"], mpmath.fsum(losses))
        assert near(view["squared_gradient"], mpmath.fdot(pull, pull))
        assert near(view["logistic_loss"], mpmath.fsum(mpmath.log1p(mpmath.exp(-v)) for v in u))
        assert near(view["logistic_squared_gradient"], mpmath.fdot(logistic_pull, logistic_pull))
        if max(abs(v) for v in (*after, *logistic)) < 1000:
            assert near(view["next_loss"], mpmath.fsum(mpmath.exp(-v) for v in after))
            assert near(view["next_logistic_loss"], mpmath.fsum(mpmath.log1p(mpmath.exp(-v)) for v in logistic))


@seed(3)
@settings(max_examples=30, database=None, deadline=None)
@given(whitened_data(3))
def test_whitened_data_are_solved(data: Whitened) -> None:
    found = max_margin([list(row) for row in data.x])
    assert found is not None
    assert found.direction == data.direction
    assert [a for a in found.multipliers if a] == list(data.multipliers)
    assert found.squared_norm * data.gamma**2 == 1
    k = len(data.multipliers)
    moment = sum(a * np.outer(row, row) for a, row in zip(data.multipliers, data.x[:k], strict=True))
    axis = np.array(data.direction, dtype=object) * data.gamma
    expected = data.spread * np.identity(k, dtype=int) + (1 - data.spread) * np.outer(axis, axis)
    assert (moment == expected).all()


def test_whitened_from_a_generator() -> None:
    generator = np.random.default_rng(4)
    for d, others in ((1, 0), (2, 2), (3, 1), (4, 0)):
        data = whitened_from(generator, d, others)
        found = max_margin([list(row) for row in data.x])
        assert found is not None
        assert (found.direction, len(found.support)) == (data.direction, d)


@pytest.mark.parametrize("known", [True, False])
def test_drawn_instances_satisfy_their_assumptions(known: bool) -> None:
    assumptions = (COMPLEMENTARY, SPANNING, SUPPORT_ONLY, LATE)
    checked = 0

    @seed(6)
    @settings(max_examples=30, database=None, deadline=None)
    @given(SUPPLY.drawn(frozenset(a.id for a in assumptions), Size(), known))
    def run(instance: Instance) -> None:
        nonlocal checked
        view = SEPARABLE.view(instance)
        for assumption in assumptions:
            assert all(check.decide().truth for check in assumption.checks(view)), assumption.id
        checked += 1

    run()
    assert checked >= 20


def test_unknown_assumptions_are_refused() -> None:
    assert "separable" in KNOWN
    with pytest.raises(ValueError, match="no separable data can be drawn"):
        SUPPLY.drawn(frozenset({"no-such-assumption"}), Size())


def test_visited_states_are_reproducible() -> None:
    assert SUPPLY.visited is not None
    first, again = (list(SUPPLY.visited.states(frozenset(), 12, 7)) for _ in range(2))
    assert [one.instance for one in first] == [one.instance for one in again]
    assert {one.run for one in first} == {0, 1}


def test_not_separable_is_vacuous() -> None:
    state = SEPARABLE.instance(x=[[1], [-1]], w=[0], step_size=1, log_time=0)
    assert decide(HEADLINE, state).verdict == "vacuous"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"x": [[1] * 6]}, "too many"),
        ({"x": [[1]] * 11, "w": [0]}, "too many"),
        ({"w": [f"1/{10**130}"]}, "400 bits"),
        ({"step_size": 0}, "must be > 0"),
        ({"w": [0, 0]}, "as elsewhere"),
        ({"log_time": "nan"}, "log_time"),
    ],
)
def test_hostile_instances_are_refused(changes: dict[str, Any], message: str) -> None:
    values: dict[str, Any] = {"x": [[1]], "w": [0], "step_size": 1} | changes
    if len(values["x"][0]) == 6:
        values["w"] = [0] * 6
    with pytest.raises(InstanceError, match=message):
        SEPARABLE.instance(**values)


def test_instances_travel_and_are_described() -> None:
    state = SEPARABLE.instance(x=[["1/10", 2]], w=[0, "1/3"], step_size=1, log_time=2, start=[0, 0])
    assert SEPARABLE.load(SEPARABLE.dump(state)) == state
    assert SEPARABLE.describe is not None
    assert SEPARABLE.describe(state) == [
        "x_1 = (1/10, 2)",
        "w = (0, 1/3), step size = 1",
        "log t = 2",
        "started from w = (0, 0)",
    ]


def test_extreme_weights_end_without_a_verdict_or_with_one_at_once() -> None:
    state = SEPARABLE.instance(x=[[1, 0], [1, 1]], w=["1e100", "-1e100"], step_size=1, log_time=0)
    assert decide(HEADLINE, state).verdict in ("holds", "undecided")
    assert fmpq(1) in state["x"].ravel()
