"""Stochastic gradient descent: enumerated expectations against 50 digits; the limit's equation on long runs."""

from __future__ import annotations

from itertools import combinations, product
from typing import Any

import mpmath
import numpy as np
import pytest
from flint import fmpq

from refutable.strategies.minibatch_descent import SUPPLY, bound
from refutable.theorems.domains.minibatch_descent import MINIBATCH_DESCENT
from refutable.theorems.domains.minibatch_descent.curve import exponentials, update_times_time
from refutable.theorems.exact import as_real
from refutable.theorems.instances import Instance, InstanceError
from refutable.theorems.papers.nacson_2019_sgd.cases import BEYOND, EVEN_PAIR, FAR, FLAT, TWO, state
from refutable.theorems.papers.nacson_2019_sgd.claims import CONSTANT, LIMIT, STEP, curve_loss
from refutable.theorems.papers.nacson_2019_sgd.separable_sgd import SEPARABLE_SGD as THEOREM
from refutable.theorems.records import all_mutants
from refutable.verify.decide import decide


def drawn(seed: int, n: int, d: int, batch_size: int) -> Instance:
    """Quarter-integer data with a positive first input."""
    source = np.random.default_rng(seed)
    x = source.integers(-8, 9, (n, d))
    x[:, 0] = source.integers(1, 9, n)
    return state(
        [[f"{q}/4" for q in row] for row in x], [f"{q}/4" for q in source.integers(-8, 9, d)], "1/3", batch_size
    )


def digits(q: fmpq) -> Any:
    return mpmath.mpf(int(q.p)) / int(q.q)


def reference(instance: Instance, batches: list[tuple[int, ...]]) -> Any:
    """Mean loss after one step over batches that are all as likely."""
    x = [[digits(q) for q in row] for row in instance["x"]]
    w, eta = [digits(q) for q in instance["w"]], digits(instance["step_size"])

    def margin(row: Any, at: Any) -> Any:
        return mpmath.fsum(a * b for a, b in zip(row, at, strict=True))

    total = mpmath.mpf(0)
    for batch in batches:
        after = list(w)
        for n in batch:
            pull = 1 / (1 + mpmath.exp(margin(x[n], w)))
            after = [a + eta / len(batch) * pull * b for a, b in zip(after, x[n], strict=True)]
        total += mpmath.fsum(mpmath.log1p(mpmath.exp(-margin(row, after))) for row in x) / len(x)
    return total / len(batches)


@pytest.mark.parametrize(("n", "d", "size"), [(1, 1, 1), (3, 2, 2), (4, 3, 1), (4, 2, 3)])
def test_expectations_agree_with_fifty_digits(n: int, d: int, size: int) -> None:
    instance = drawn(n + 7 * d, n, d, size)
    view = MINIBATCH_DESCENT.view(instance)
    with mpmath.workdps(50):
        for name, batches in (
            ("after_distinct", list(combinations(range(n), size))),
            ("after_independent", list(product(range(n), repeat=size))),
        ):
            ball = as_real(view[name]).ball(150)
            assert abs(mpmath.mpf(ball.mid().str(45, radius=False)) - reference(instance, batches)) < 1e-40


@pytest.mark.parametrize("size", [1, 2])
def test_long_runs_end_where_the_equation_says(size: int) -> None:
    """Two orthogonal data, margin 1: t L eta gamma^2 -> 1 for either batch size, w - what log t -> wt."""
    rows, eta = np.array([[1.0, 1.0], [1.0, -1.0]]), 0.5 * size
    source, w, steps = np.random.default_rng(5), np.zeros(2), 20_000
    for _ in range(steps):
        chosen = source.choice(2, size, replace=False) if size == 1 else np.arange(2)
        w = w + eta / size * rows[chosen].T @ (1 / (1 + np.exp(rows[chosen] @ w)))
    loss = np.log1p(np.exp(-(rows @ w))).mean()
    assert steps * loss * eta == pytest.approx(1, rel=0.02)
    limit = -np.log(2 * 0.5 / eta) * np.array([1.0, 0.0])  # (eta/2) exp(-x.wt) = 1/2 for both data
    assert np.abs(w - np.array([np.log(steps), 0.0]) - limit).max() < 0.05
    instance = state(rows.astype(int).tolist(), [0, 0], eta, size)
    assert decide(LIMIT, instance).verdict == decide(CONSTANT, instance).verdict == "holds"


@pytest.mark.parametrize("instance", [FAR, TWO, BEYOND, BEYOND.replace(time=fmpq(7, 2), batch_size=2)])
def test_the_curve_agrees_with_weights_solved_for_it(instance: Instance) -> None:
    """w = what log t + wt in floats, wt solved from its exponentials: loss and mean update by the logistic loss."""
    view = MINIBATCH_DESCENT.view(instance)
    x, what = (np.vectorize(float, otypes=[float])(v) for v in (instance["x"], view["direction"]))
    eta, t = float(instance["step_size"]), float(instance["time"])
    z = np.array([float(as_real(q)) for q in view["limit_exponentials"]])
    z = np.where(z > 0, z, np.exp(-x @ np.array([float(q) for q in instance["w"]])))
    w = what * np.log(t) + np.linalg.solve(x, -np.log(z))
    assert float(as_real(curve_loss(view))) == pytest.approx(t * np.log1p(np.exp(-x @ w)).mean(), rel=1e-9)
    update = eta * t * (1 / (1 + np.exp(x @ w)))[:, None] * x
    found = update_times_time(view, exponentials(view, view["limit_exponentials"]))
    assert [float(as_real(q)) for q in found] == pytest.approx(update.mean(0).tolist(), rel=1e-9)
    assert decide(LIMIT, instance).verdict == decide(CONSTANT, instance).verdict == "holds"


def test_constants_are_limits_not_equations() -> None:
    """At t = 10 two data of margin 2 have eta t L below 1/gamma^2 by a share of about 1/20, at t = 1000 of 1/2000."""
    views = [MINIBATCH_DESCENT.view(FAR.replace(time=fmpq(t))) for t in (10, 1000)]
    off = [1 - float(as_real(curve_loss(view))) for view in views]  # eta gamma^2 = 1
    assert [10 * off[0], 1000 * off[1]] == pytest.approx([0.5, 0.5], rel=0.1)


def test_independent_draws_are_noisier_by_the_overlap() -> None:
    """Two orthonormal data, two draws, |l'| = 1/2: E |g|^2 = 3/16, the bound with the overlap, not 1/8."""
    view = MINIBATCH_DESCENT.view(EVEN_PAIR)
    squares = [sum((sum(b == i for b in draw) / 4) ** 2 for i in (0, 1)) for draw in product((0, 1), repeat=2)]
    assert view["independent_square"] / 4 == fmpq(3, 16)
    assert sum(squares) / 4 == 3 / 16
    claim = next(claim for claim in THEOREM.links if claim.id == "independent-noise")
    assert decide(claim, EVEN_PAIR).touching


def test_the_bound_on_the_step_size() -> None:
    """Margin 1/20: 2 gamma^2 / (beta sigma^4) = 1/200, and the expected loss rises at 1 but not below the bound."""
    assert float(bound(FLAT)) == pytest.approx(1 / 200, rel=1e-6)
    assert decide(STEP.without("step-below-bound"), FLAT).verdict == "violated"
    assert decide(STEP, FLAT).verdict == "vacuous"
    assert decide(STEP, FLAT.replace(step_size=fmpq(1, 201))).verdict == "holds"


def test_mutants_are_refuted_and_spare_the_record() -> None:
    assert len(all_mutants(THEOREM)) == 15
    for mutant in all_mutants(THEOREM):
        assert decide(mutant.claim, mutant.witness()).verdict == "violated", mutant.id
        verdicts = {decide(claim, mutant.witness()).verdict for claim in (*THEOREM.claims, *THEOREM.links)}
        assert verdicts <= {"holds", "vacuous", "undecided"}, mutant.id


def test_visited_states_hold() -> None:
    assert SUPPLY.visited is not None
    states = list(SUPPLY.visited.states(frozenset({"separable", "step-below-bound"}), 12, 3))
    assert {decide(STEP, one.instance).verdict for one in states} == {"holds"}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"batch_size": 2}, "only 1 data"),
        ({"x": [[1]] * 7}, "too many"),
        ({"x": [[1]] * 6, "batch_size": 5}, "too many batches"),
        ({"w": [10**5]}, "beyond 10000"),
        ({"time": 0}, "must be > 0"),
    ],
)
def test_bad_instances_are_refused(changes: dict[str, object], message: str) -> None:
    with pytest.raises(InstanceError, match=message):
        MINIBATCH_DESCENT.instance(**{"x": [[1]], "w": [0], "step_size": 1, "batch_size": 1, **changes})
