import itertools
from dataclasses import replace

import pytest
from torch import Tensor

from refutable.strategies.engine.converge import Rule, converge
from refutable.strategies.engine.exact_minima import exactly_stable, instance_of
from refutable.strategies.training.closed_form import Networks
from refutable.strategies.training.recipes import Recipe
from refutable.strategies.training.train import initial
from refutable.theorems.checks import Check
from refutable.verify.bench.engine import converged, exact, minima, scaling
from refutable.verify.bench.engine.cases import rows_of
from refutable.verify.bench.engine.settings import Settings
from refutable.verify.bench.engine.subjects import Shape

TINY = Settings(quick=True, seconds=1e-4, rounds=1)
DESCENT = Recipe(0, 4, 3, 6, 3, "gaussian", "sine", "1/5", 2000)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        minima, "QUICK", (minima.Setting(Shape(1, 4, 3), "1/5", 8), minima.Setting(Shape(2, 4, 3), "1/5", 8))
    )
    monkeypatch.setattr(minima, "STEPS", 5)
    monkeypatch.setattr(converged, "RECIPES", (DESCENT,))


@pytest.mark.usefixtures("small")
def test_minima_are_counted_where_the_claim_holds() -> None:
    found = [rows_of(case, TINY, lambda: None) for case in minima.cases(TINY)]
    assert [absent for _, absent in found] == [[], [], []]
    line, plane, descents = (rows for rows, _ in found)
    for rows in (line, plane):
        assert [row["method"].partition(",")[0] for row in rows[1:]] == ["constructed"] * 2 + ["relabelled"] * 2
        assert all(row["ratio"] > 0 and row["reference"] == minima.ONE_BY_ONE for row in rows)
        assert all(row["held"] > 0.5 and 0 <= row["by_floats"] <= 1 for row in rows[1:])
    assert line[2]["claims"] > plane[2]["claims"] > 1
    assert [row["method"] for row in descents] == [converged.PLAIN_DESCENT, converged.ACCELERATED]
    for row in descents:
        assert row["reference"] == converged.PLAIN_DESCENT
        assert 0.5 < row["held"] <= row["by_floats"] <= row["certified"] <= 1
        assert row["claims"] == 1


def test_sizes_at_which_the_target_is_met_are_named() -> None:
    rates = {("small", "constructed, 1 claim"): 10_000.0, ("large", "constructed, 1 claim"): 9_999.0}
    rates |= {("small", "constructed, 5 claims"): 1.0, ("small", "relabelled, 1 claim"): 2_999.0}
    rows = [{"case": case, "method": method, "rate": rate} for (case, method), rate in rates.items()]
    found = minima.summary([*rows, {"case": "small", "method": minima.ONE_BY_ONE, "rate": 1e9}])
    assert found["constructed"] == {"target": 10_000, "met": ["small"], "missed": ["large"]}
    assert minima.remarks(found) == [
        "constructed, 1 claim: 10000 a second met on small; missed on large",
        "relabelled, 1 claim: 3000 a second met on no size; missed on small",
    ]
    assert minima.remarks(minima.summary([])) == []


def test_the_claims_are_those_tried_in_mass() -> None:
    line, plane = (minima.claims_on(d) for d in (1, 2))
    assert {claim.id for claim in plane} < {claim.id for claim in line}
    for claims in (line, plane):
        assumed = {one.id for one in claims[0].assumes}
        assert {"interpolating", "stable", "differentiable"} <= assumed
        assert max(len(claim.assumes) for claim in claims) == len(claims[0].assumes)
    assert "univariate" not in {one.id for claim in plane for one in claim.assumes}


def test_what_is_counted_is_certified_by_itself_and_every_batch_is_a_fresh_one(monkeypatch: pytest.MonkeyPatch) -> None:
    claim, seeds = minima.claims_on(3)[0], []

    def noted(recipe: Recipe) -> tuple[Networks, Tensor, Tensor]:
        seeds.append(recipe.seed)
        return initial(recipe)

    monkeypatch.setattr(converged, "initial", noted)
    counter = converged._Counter(DESCENT, claim, 10)
    units = counter.shot(2)
    assert seeds == [0, 1]
    again = [converged._Counter(replace(DESCENT, seed=seed), claim, 10) for seed in (0, 1)]
    again[1].seeds = itertools.count(1)
    assert units == sum(one.shot(1) for one in again) > 2
    held = 0
    for seed in (0, 1):
        networks, x, y = initial(replace(DESCENT, seed=seed))
        end = converge(networks, x, y, 0.2, DESCENT.steps, Rule(), threads=1)
        held += sum(exactly_stable(instance_of(end, x, y, 0.2, row)) for row in range(DESCENT.networks))
    assert units <= held <= counter.made == 8


def test_descents_that_do_not_end_and_claims_that_do_not_hold_are_not_counted() -> None:
    claim = minima.claims_on(3)[0]
    assert converged._Counter(replace(DESCENT, steps=2), claim, 10).shot(1) == 0
    wrong = converged._Counter(DESCENT, replace(claim, concludes=lambda view: [Check(False, "true")]), 10)
    assert wrong.shot(1) == wrong.held == 0
    assert wrong.certified > 2


def test_exact_decisions_and_their_exponents(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exact, "QUICK_SIZES", (2, 4))
    found = [rows_of(case, TINY, lambda: None) for case in exact.cases(TINY)]
    rows = [row for rows, _ in found for row in rows]
    assert [(row["d"], row["k"], row["n"]) for row in rows] == [
        (d, k, n) for d in (1, 2) for k in (2, 4) for n in (2, 4)
    ]
    assert all(row["reference"] is None and row["rate"] > 0 for row in rows)
    summary = exact.summary(rows)
    assert [set(one["exponents"]) for one in summary.values()] == [{"n", "k"}] * 2
    assert [line.partition(":")[0] for line in exact.remarks(summary)] == [
        f"d={d}, {minima.claims_on(d)[0].id}" for d in (1, 2)
    ]


def test_exponents_of_the_exact_part_are_those_of_the_times() -> None:
    rows = [{"d": 1, "n": n, "k": k, "claim": "c", "rate": 1 / (n**2 * k)} for n in (2, 4) for k in (3, 9)]
    assert exact.summary(rows) == {"d=1": {"claim": "c", "exponents": {"n": 2.0, "k": 1.0}}}


def test_scaling_varies_one_size_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scaling, "BASE", Shape(2, 4, 4))
    monkeypatch.setattr(scaling, "QUICK_SIZES", {"n": (3, 6), "k": (3, 6), "d": (1, 3), "batch": (1, 2)})
    rows = [row for case in scaling.cases(TINY) for row in rows_of(case, TINY, lambda: None)[0]]
    sizes = [(row["axis"], row["n"], row["k"], row["d"], row["batch"]) for row in rows if row["method"] == "sharpness"]
    assert sizes == [
        *(("n", n, 4, 2, 16) for n in (3, 6)),
        *(("k", 4, k, 2, 16) for k in (3, 6)),
        *(("d", 4, 4, d, 16) for d in (1, 3)),
        *(("batch", 4, 4, 2, b) for b in (1, 2)),
    ]
    summary = scaling.summary(rows)
    assert len(summary) == 2
    assert all(list(powers) == ["n", "k", "d", "batch"] for powers in summary.values())


def test_scaling_is_about_the_time_of_the_whole_batch() -> None:
    rows = [{"method": "m", "axis": "batch", "size": b, "batch": b, "rate": 10.0} for b in (4, 16)]
    rows += [{"method": "m", "axis": "n", "size": n, "batch": 16, "rate": 1 / n**2} for n in (2, 8)]
    assert scaling.summary(rows) == {"m": {"n": 2.0, "batch": 1.0}}
    assert scaling.remarks(scaling.summary(rows)) == ["m: time of the whole batch grows like n^2 batch^1"]
