"""Statements about solutions in floats: agreement and suspicion by the solver's error, never a verdict."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from flint import fmpq
from scipy.integrate import solve_ivp

from refutable.strategies import solutions
from refutable.strategies.solutions import Curve, PublishedSetting, Solution
from refutable.theorems.catalogue import theorem
from refutable.theorems.checks import Check
from refutable.theorems.claims import Claim
from refutable.theorems.domains.domain import Domain, quantities
from refutable.theorems.instances import Field
from refutable.theorems.records import Integration
from refutable.theorems.views import Quantity
from refutable.verify import integrations, trials
from refutable.verify.events import Run
from refutable.verify.profiles import profile
from refutable.verify.reporting import document, render_table
from refutable.verify.standing import standings
from refutable.verify.wellformed import complaints

DECAY = Domain(
    id="decay",
    title="x' = -x from 1: the state at time t",
    fields=(Field("x", ("x",), ("d",)), Field("t", ("t",))),
    structure=lambda view: {},
    quantities=quantities(Quantity("square", lambda view: view["x"] * view["x"], "x^2")),
)


class Decays:
    """x' = -x solved to times 1, 2, ..., twice."""

    def solutions(self, claim: str, assumes: frozenset[str], count: int, seed: int) -> Iterable[Solution]:
        for t in range(1, count + 1):
            fine, coarse = (self._end(t, tolerance) for tolerance in (1e-10, 1e-8))
            yield Solution({"x": fine, "t": t}, {"x": coarse, "t": t}, f"time {t}")

    @staticmethod
    def _end(t: int, tolerance: float) -> Any:
        return solve_ivp(lambda _, x: -x, (0, t), [1.0, 2.0], rtol=tolerance, atol=1e-12).y[:, -1]


@pytest.fixture(autouse=True)
def decays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(integrations, "solution_source", lambda domain: Decays() if domain == "decay" else None)


def claim(id: str, concludes: Callable[[Any], Iterable[Check]]) -> Claim:
    return Claim(id, DECAY, f"statement {id}", (), concludes)


def decays_as(factor: float) -> Callable[[Any], Iterable[Check]]:
    def concludes(view: Any) -> Iterable[Check]:
        start = view.ops.array([[1.0, 2.0]])
        return [Check(view["x"], "==", start * view.ops.elementary("exp", -factor * view["t"])[..., None])]

    return concludes


TRUE, FALSE = claim("decays", decays_as(1.0)), claim("decays-a-bit-faster", decays_as(1.0 + 1e-5))
FALLS = claim("stays-below", lambda view: [Check(view["square"], "<=", view.ops.array([[1.0, 4.0]]))])
RECORD = replace(
    theorem("delayed-stability"),
    integrated=(Integration(TRUE, (FALSE,)), Integration(FALLS, (claim("no", FALSE.concludes),))),
)


def events(record: Any) -> list[Any]:
    run = Run(profile("quick"))
    return [integrations.integrated(record, one, run) for one in record.integrated]


def test_a_true_statement_agrees_and_its_false_variant_is_suspect() -> None:
    event = events(RECORD)[0]
    assert event["counts"]["agrees"] == 3
    assert event["counts"].get("suspect", 0) == event["counts"]["undecided"] == 0
    assert 0 < event["residual"] <= event["bound"] < 1e-6
    assert event["decoys"] == {"decays-a-bit-faster": 3}
    assert event["problems"] == []


def test_inequalities_agree_where_they_hold() -> None:
    event = events(RECORD)[1]
    assert event["counts"]["agrees"] == 3
    assert event["residual"] == 0


def test_a_false_statement_is_a_suspicion_with_its_origin() -> None:
    record = replace(RECORD, integrated=(Integration(FALSE, ()),))
    event = events(record)[0]
    assert event["counts"]["suspect"] == 3
    assert "suspect: residual" in event["problems"][0]
    assert "time 1" in event["problems"][0]
    assert "no verdict" in event["problems"][0]
    (row,) = standings([event], [])
    assert row.verdict == "suspect"


def test_a_decoy_that_looks_true_leaves_the_record_weak() -> None:
    record = replace(RECORD, integrated=(Integration(TRUE, (claim("the-same", TRUE.concludes),)),))
    event = events(record)[0]
    assert event["unsuspected"] == ["the-same"]
    (row,) = standings([event], [])
    assert row.verdict == "weak"
    assert row.survivors == ["decays: the-same"]


def test_agreement_supports_no_verdict() -> None:
    (row,) = standings(events(RECORD), [])
    assert row.supporting("integrated") == 6
    assert row.verdict == "untried"
    table = "\n".join(render_table(events(RECORD), []))
    assert "integrated: decays: residual" in table
    assert "1 of 1 false variants suspect" in table
    assert "6 agrees" not in table


def test_the_document_says_residuals_and_bounds() -> None:
    (row,) = document(events(RECORD), [], {})["theorems"]
    assert [one["claim"] for one in row["integrated"]] == ["decays", "stays-below"]
    assert row["integrated"][0]["decoys"] == {"decays-a-bit-faster": 3}


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_numbers_that_are_not_finite_decide_nothing(value: float) -> None:
    found = integrations.compared(TRUE, Solution({"x": [value, 1.0], "t": 1}, {"x": [1.0, 1.0], "t": 1}, "none"))
    assert found.sight == "undecided"


def test_a_coarse_solution_decides_nothing() -> None:
    near = Solution({"x": [np.exp(-1), 2 * np.exp(-1)], "t": 1}, {"x": [0.3, 0.7], "t": 1}, "far apart")
    assert integrations.compared(TRUE, near).sight == "undecided"


def test_other_comparisons_are_refused() -> None:
    odd = claim("odd", lambda view: [Check(True, "true")])
    with pytest.raises(ValueError, match="cannot be seen in floats"):
        integrations.compared(odd, next(iter(Decays().solutions("", frozenset(), 1, 0))))


def test_trials_of_statements_about_solutions() -> None:
    kinds = [trial.kind for trial in trials.trials(RECORD, profile("quick"))]
    assert kinds.count("integrated") == 2
    none = replace(profile("quick"), integrated=0)
    assert "integrated" not in [trial.kind for trial in trials.trials(RECORD, none)]


def test_a_record_needs_solutions_and_decoys() -> None:
    said = "\n".join(complaints(replace(RECORD, integrated=(Integration(TRUE),))))
    assert "none are offered for decay" in said
    assert "has no decoy" in said


def test_a_published_setting_says_how_far_apart_the_curves_are(monkeypatch: pytest.MonkeyPatch) -> None:
    curves = [Curve("s = 0", ((1.0, 2.0), (2.0, 4.0)))], [Curve("s = 0", ((1.0, 2.0), (2.0, 3.0)))]
    found = PublishedSetting("A setting", "x", "y", *curves, "What one sees.")
    monkeypatch.setattr(integrations, "published_setting", lambda id: found)
    event = integrations.setting(RECORD, Run())
    assert event["apart"] == pytest.approx(1 / 4)
    assert event["curves"][0]["integrated"] == [[1.0, 2.0], [2.0, 3.0]]


def test_sources_are_loaded_by_domain(monkeypatch: pytest.MonkeyPatch) -> None:
    assert solutions.solution_source("no such domain") is None
    assert solutions.published_setting("no such theorem") is None
    fake = SimpleNamespace(SOLUTIONS=Decays(), published_setting=lambda: None)
    monkeypatch.setattr("refutable.strategies.solutions.importlib.import_module", lambda name: fake)
    monkeypatch.setitem(solutions.SOURCES, "decay-like", "somewhere")
    assert isinstance(solutions.solution_source("decay-like"), Decays)


def test_rational_sides_are_read_as_floats() -> None:
    half = claim("half", lambda view: [Check(view.ops.array([0.5]), "==", fmpq(1, 2))])
    one = Solution({"x": [1.0, 2.0], "t": 0}, {"x": [1.0, 2.0], "t": 0}, "")
    assert integrations.compared(half, one).sight == "agrees"


def numbers(left: list[float], op: Any, right: list[float]) -> Claim:
    return claim("numbers", lambda view: [Check(view["x"] + view.ops.array([left]), op, view.ops.array([right]))])


@pytest.mark.parametrize(
    ("left", "op", "right", "change"),
    [
        ([1e6 + 0.1, 2.0], "==", [1e6, 1.0], [-0.1, 0.0]),
        ([-1e6, 1.0], "<=", [0.0, 0.5], [1.0, 0.0]),
    ],
)
def test_a_large_entry_does_not_excuse_the_others(left: Any, op: Any, right: Any, change: Any) -> None:
    solution = Solution({"x": [0.0, 0.0], "t": 0}, {"x": change, "t": 0}, "one entry moves")
    found = integrations.compared(numbers(left, op, right), solution)
    assert found.sight == "suspect"
    assert found.residual == pytest.approx(right[1] if op == "==" else 0.5)


def test_slack_of_an_inequality_does_not_count() -> None:
    solution = Solution({"x": [0.0, 0.0], "t": 0}, {"x": [100.0, 0.0], "t": 0}, "moves where there is room")
    assert integrations.compared(numbers([-1e6, 1.0], "<=", [0.0, 1.0]), solution).sight == "agrees"


def test_reversed_arrays_are_read() -> None:
    back = np.array([2 * np.exp(-1), np.exp(-1)])[::-1]
    assert integrations.compared(TRUE, Solution({"x": back, "t": 1}, {"x": back, "t": 1}, "")).sight == "agrees"


def test_observations_take_nothing_from_solutions() -> None:
    observed = replace(RECORD, status="empirical")
    (row,) = standings(events(observed), [])
    assert row.verdict == "untried"
    assert row.frequencies == {}
    assert "those support nothing" in "\n".join(complaints(observed))
