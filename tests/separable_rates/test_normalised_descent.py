"""Normalised gradient descent: balls against 50 digits and autograd; the figures known of it."""

from __future__ import annotations

from typing import Any

import mpmath
import numpy as np
import pytest
import torch
from flint import fmpq

from refutable.strategies.normalised_descent import SUPPLY, separable_rows
from refutable.theorems.domains.normalised_descent import NORMALISED_DESCENT
from refutable.theorems.exact import as_real
from refutable.theorems.instances import Instance, InstanceError
from refutable.theorems.papers.nacson_2019_tails.normalised_claims import CLOSED, LEAST, TRAJECTORY
from refutable.theorems.papers.nacson_2019_tails.normalised_gd import NORMALISED_GD as THEOREM
from refutable.theorems.records import all_mutants
from refutable.verify.decide import decide


def drawn(seed: int, n: int = 3, d: int = 2, steps: int = 20, scale: float = 1.0) -> Instance:
    """Separable data in the unit ball, floats read exactly; w = 0."""
    x = scale * separable_rows(np.random.default_rng(seed), n, d)
    return NORMALISED_DESCENT.instance(x=x.tolist(), w=[0] * d, step_size="1/2", steps=steps)


def digits(q: fmpq) -> Any:
    return mpmath.mpf(int(q.p)) / int(q.q)


@pytest.mark.parametrize("seed", range(4))
def test_runs_agree_with_fifty_digits(seed: int) -> None:
    instance = drawn(seed)
    view = NORMALISED_DESCENT.view(instance)
    with mpmath.workdps(50):
        x = mpmath.matrix([[digits(q) for q in row] for row in instance["x"]])
        w, decrease, length = mpmath.matrix(x.cols, 1), mpmath.mpf(0), mpmath.mpf(0)
        for t in range(20):
            z = [mpmath.exp(-u) for u in x * w]
            g = x.T * mpmath.matrix(z) / mpmath.fsum(z)
            eta, norm = 1 / mpmath.sqrt(t + 1), mpmath.norm(g)
            decrease, length, w = decrease + eta * norm**2 * (1 - eta / 2), length + eta * norm, w + eta * g
        for name, reference in (
            ("run_margin", min(x * w)),
            ("run_decrease", decrease),
            ("run_length", length),
            ("run_gap", digits(fmpq(0)) + mpmath.mpf(_gamma(view)) - min(x * w) / mpmath.norm(w)),
        ):
            ball = as_real(view[name]).ball(150)
            assert abs(mpmath.mpf(ball.mid().str(45, radius=False)) - reference) < mpmath.mpf(10) ** -38


def _gamma(view: Any) -> str:
    return str(as_real(view["margin"]).ball(160).mid().str(45, radius=False))


@pytest.mark.parametrize("seed", range(3))
def test_a_step_agrees_with_autograd(seed: int) -> None:
    instance = drawn(seed).replace(w=drawn(seed + 9)["x"][0])
    view = NORMALISED_DESCENT.view(instance)
    x, w = (torch.tensor(np.vectorize(float, otypes=[float])(instance[name])) for name in ("x", "w"))
    w.requires_grad_()
    loss = torch.logsumexp(-(x @ w), 0)
    (gradient,) = torch.autograd.grad(loss, w)
    assert float(as_real(view["log_loss"])) == pytest.approx(loss.item(), rel=1e-12)
    assert [float(as_real(q)) for q in view["descent"]] == pytest.approx((-gradient).tolist(), rel=1e-10)
    assert float(as_real(view["drop"])) == pytest.approx(
        (loss - torch.logsumexp(-(x @ (w - 0.5 * gradient)), 0)).item(), rel=1e-9
    )


def test_the_bound_on_the_gap_is_loose_and_the_inequality_of_a_step_is_not() -> None:
    """The gap stays below about a ninth of its closed bound; along the run it reaches a third."""
    closed = [decide(CLOSED, drawn(seed, steps=60)) for seed in range(12)]
    along = [decide(TRAJECTORY, drawn(seed, steps=60)) for seed in range(12)]
    ratios = [one.tightness for one in closed if one.verdict == "holds" and one.tightness is not None]
    assert len(ratios) >= 6
    assert max(ratios) < 0.15
    assert max(one.tightness or 0 for one in along) > max(ratios)


def test_one_step_has_the_bound_as_well() -> None:
    """After one step from 0 with one datum of length 1/2 the gap is 0; with two data it is below its bound."""
    cases: list[list[list[Any]]] = [[["1/2"]], [["3/5", "4/5"], ["3/5", "-4/5"]], [[1], ["1/5"]]]
    for rows in cases:
        one = NORMALISED_DESCENT.instance(x=rows, w=[0] * len(rows[0]), step_size=1, steps=1)
        assert decide(CLOSED.without("nonnegative-bracket"), one).verdict == "holds"


def test_data_five_times_as_long_break_the_chain() -> None:
    broken = [decide(LEAST.without("unit-data"), drawn(seed, 4, scale=5.0)).verdict for seed in range(6)]
    assert "violated" in broken
    assert {decide(LEAST, drawn(seed, 4)).verdict for seed in range(6)} == {"holds"}


def test_mutants_are_refuted_and_spare_the_record() -> None:
    assert len(all_mutants(THEOREM)) == 11
    for mutant in all_mutants(THEOREM):
        assert decide(mutant.claim, mutant.witness()).verdict == "violated", mutant.id
        verdicts = {decide(claim, mutant.witness()).verdict for claim in (*THEOREM.claims, *THEOREM.links)}
        assert verdicts <= {"holds", "vacuous"}, mutant.id


def test_visited_states_hold() -> None:
    assert SUPPLY.visited is not None
    states = list(SUPPLY.visited.states(frozenset({"unit-data"}), 12, 3))
    assert {decide(THEOREM.headline, one.instance).verdict for one in states} == {"holds"}
    assert len({one.run for one in states}) > 1


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"steps": 65}, "at most 64"),
        ({"x": [[1]] * 9}, "too many"),
        ({"w": [10**7]}, "beyond 1000000"),
        ({"w": [1, 2]}, "d = "),
        ({"step_size": f"1/{3**200}"}, "200 bits"),
    ],
)
def test_bad_instances_are_refused(changes: dict[str, object], message: str) -> None:
    with pytest.raises(InstanceError, match=message):
        NORMALISED_DESCENT.instance(**{"x": [[1]], "w": [0], "step_size": 1, "steps": 1, **changes})
