"""The recursion over maximum margin problems: against a solver, a search over multipliers, and flows far out."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from flint import fmpq
from scipy.optimize import linprog, minimize

from refutable.strategies.iterated_margins_solutions import SOLUTIONS
from refutable.theorems.domains.iterated_margins import ITERATED_MARGINS
from refutable.theorems.domains.iterated_margins import stages as recursion
from refutable.theorems.domains.iterated_margins.stages import Stage, dot, projector, stage_of
from refutable.theorems.instances import Instance, InstanceError
from refutable.theorems.papers.soudry_2018.degenerate import SEPARABLE_DEGENERATE as THEOREM
from refutable.theorems.papers.soudry_2018.degenerate_cases import BESIDE, TWO, data, ladder
from refutable.theorems.papers.soudry_2018.degenerate_claims import CONSERVED, TERMINATES
from refutable.theorems.records import all_mutants
from refutable.verify.decide import decide


def stages(instance: Instance) -> tuple[Stage, ...]:
    found: tuple[Stage, ...] = ITERATED_MARGINS.view(instance)["stages"]
    return found


def floats(rows: Any) -> Any:
    return np.array([[int(fmpq(q).p) / int(fmpq(q).q) for q in row] for row in rows])


def drawn(seed: int) -> Instance:
    source = np.random.default_rng(seed)
    x = source.integers(-1, 3, (5, 3))
    x[:, 0] = 1
    return data(x.tolist())


@pytest.mark.parametrize("seed", range(8))
def test_each_stage_solves_its_problem_and_uses_what_some_multipliers_use(seed: int) -> None:
    for stage in stages(drawn(seed)):
        rows = floats([stage.projected[i] for i in stage.rows])
        solved = minimize(
            lambda w: w @ w,
            np.zeros(3),
            constraints={"type": "ineq", "fun": lambda w, rows=rows: rows @ w - 1},
            options={"ftol": 1e-12},
        )
        what = floats([stage.direction])[0]
        assert np.abs(solved.x - what).max() < 1e-5
        support = floats([stage.projected[i] for i in stage.support])
        for k, i in enumerate(stage.support):
            most = linprog(-np.eye(len(support))[k], A_eq=support.T, b_eq=what, bounds=(0, None))
            assert (-most.fun > 1e-7) == (i in stage.used)


def test_the_ladder_of_three() -> None:
    found = stages(ladder(3))
    assert [[int(q) for q in stage.direction] for stage in found] == [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    assert [stage.used for stage in found] == [(0,), (1,), (2,)]
    assert [stage.used for stage in stages(TWO)] == [(0,), (1,)]


def test_multipliers_that_only_some_choices_use_are_used() -> None:
    """(1, 1), (1, -1) and their middle (1, 0): basic multipliers use either the pair or the middle."""
    (stage,) = stages(data([[1, 1], [1, -1], [1, 0]]))
    assert stage.used == (0, 1, 2)
    assert all(a > 0 for a in stage.multipliers)


def test_dependent_data_have_losses_that_are_other_weights() -> None:
    """exp(-x_n.w) of (1, 1), (1, -1), (1, 0) have a_1 a_2 = a_3^2: the weights found do not, (1/3, 1/3, 1/3) do."""
    (stage,) = stages(data([[1, 1], [1, -1], [1, 0]]))
    a = stage.multipliers
    assert a == (fmpq(1, 4), fmpq(1, 4), fmpq(1, 2))
    assert a[0] * a[1] != a[2] ** 2
    x, what = floats([[1, 1], [1, -1], [1, 0]]), np.array([1.0, 0.0])
    found = minimize(lambda w: np.exp(-x @ w).sum() + what @ w, np.zeros(2), tol=1e-12)
    assert np.exp(-x @ found.x) == pytest.approx([1 / 3] * 3, rel=1e-5)


def test_a_recursion_that_is_stuck_refutes_the_claim(monkeypatch: pytest.MonkeyPatch) -> None:
    """Were the second stage not separable, the claim would say so: it is no assumption."""
    monkeypatch.setattr(recursion, "stage_of", lambda p, rows, left: None if left == (1,) else stage_of(p, rows, left))
    outcome = decide(TERMINATES, TWO)
    assert outcome.verdict == "violated"
    assert "cannot separate" in outcome.reason


@pytest.mark.parametrize("seed", range(8))
def test_raw_columns_of_all_data_used_so_far_project_as_projected_ones_do(seed: int) -> None:
    """The transcribed product with raw columns is right with all data used so far, wrong with those of one stage."""
    instance = BESIDE if seed == 0 else drawn(seed)
    rows, used = [tuple(row) for row in instance["x"]], list[int]()
    for stage in stages(instance):
        p = projector([rows[i] for i in used], len(rows[0]))
        assert stage.projected == tuple(tuple(dot(line, row) for line in p) for row in rows)
        used += stage.used


@pytest.mark.parametrize("w", [[1000, 1000], [-1000, 1000], [1000, -1000]])
def test_false_conservation_laws_are_refuted_far_out(w: list[int]) -> None:
    """Losses of exp(-2000) are no reason to agree with what is false."""
    for mutant in THEOREM.mutants:
        if mutant.id in ("linear-term-dropped", "sign-of-exponential"):
            assert decide(mutant.claim, ladder(2, w)).verdict == "violated"
    assert decide(CONSERVED, ladder(2, w)).verdict in ("holds", "agrees")


def test_columns_that_are_not_projected_give_another_third_direction() -> None:
    assert [[int(q) for q in stage.direction] for stage in stages(BESIDE)] == [[1, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]
    mutant = next(m for m in THEOREM.mutants if m.id == "columns-not-projected")
    assert "0.4" in decide(mutant.claim, BESIDE).reason


def test_flows_follow_iterated_logarithms() -> None:
    """Ladders from 0: w_2 - log w_1 -> 0, with the conserved quantity giving w_2 + exp(w_2) - w_1 = 1."""
    for one in SOLUTIONS.solutions("stages-follow-logarithms", frozenset({"ladder-data"}), 6, 0):
        w = one.fine["w"]
        assert w[-1] + np.exp(w[-1]) - w[-2] == pytest.approx(1, abs=1e-6)
    far = [one.fine["w"] for one in SOLUTIONS.solutions("stages-follow-logarithms", frozenset(), 6, 0)]
    two = sorted((w for w in far if len(w) == 2), key=lambda w: w[0])
    gaps = [abs(w[1] - np.log(w[0])) for w in two]
    assert gaps == sorted(gaps, reverse=True)


def test_data_that_no_stage_separates() -> None:
    opposite = data([[1], [-1]])
    assert decide(THEOREM.headline, opposite).verdict == "vacuous"
    assert "not separable" in decide(THEOREM.headline.without("separable"), opposite).reason


def test_mutants_are_refuted_and_spare_the_record() -> None:
    assert len(all_mutants(THEOREM)) == 12
    for mutant in all_mutants(THEOREM):
        assert decide(mutant.claim, mutant.witness()).verdict == "violated", mutant.id
        verdicts = {decide(claim, mutant.witness()).verdict for claim in (*THEOREM.claims, *THEOREM.links)}
        assert verdicts <= {"holds", "vacuous", "agrees"}, mutant.id


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"x": [[1]] * 9}, "too many"),
        ({"w": [1, 2]}, "d = "),
        ({"x": [[10**7]]}, "beyond 1000000"),
        ({"w": [1001]}, "beyond 1000"),
        ({"start": [fmpq(1, 3**80)]}, "120 bits"),
    ],
)
def test_bad_instances_are_refused(changes: dict[str, object], message: str) -> None:
    with pytest.raises(InstanceError, match=message):
        ITERATED_MARGINS.instance(**{"x": [[1]], "w": [0], "start": [0], **changes})
