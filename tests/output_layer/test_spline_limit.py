"""Trained output layers: the record spline-limit against numpy, SciPy's splines and direct minimisation."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from scipy.interpolate import CubicSpline

from refutable.strategies.output_layer import SUPPLY
from refutable.strategies.output_layer.solutions import SOLUTIONS
from refutable.strategies.solutions import Solution
from refutable.strategies.supply import Size
from refutable.theorems.claims import Claim
from refutable.theorems.domains.output_layer import OUTPUT_LAYER
from refutable.theorems.instances import InstanceError
from refutable.theorems.papers.jin_montufar_2023 import spline_instances as at
from refutable.theorems.papers.jin_montufar_2023.spline_limit import SPLINE_LIMIT as THEOREM
from refutable.theorems.records import all_mutants
from refutable.verify.decide import decide
from refutable.verify.integrations import compared


def floats(array: Any) -> Any:
    return np.vectorize(lambda q: int(q.p) / int(q.q), otypes=[float])(array)


def drawn(claim: Claim) -> Any:
    return SUPPLY.drawn(frozenset(a.id for a in claim.assumes), Size())


@pytest.mark.parametrize("claim", [*THEOREM.claims, *THEOREM.links], ids=lambda claim: claim.id)
@seed(3)
@settings(max_examples=25, deadline=None, database=None, phases=[Phase.generate],
          suppress_health_check=list(HealthCheck))  # fmt: skip
@given(data=st.data())
def test_claims_hold_on_what_is_drawn_for_them(claim: Claim, data: st.DataObject) -> None:
    assert decide(claim, data.draw(drawn(claim))).verdict == "holds"


@seed(4)
@settings(max_examples=25, deadline=None, database=None, phases=[Phase.generate])
@given(instance=SUPPLY.drawn(frozenset({"zero-start", "same-values"}), Size()))
def test_quantities_agree_with_numpy(instance: Any) -> None:
    view = OUTPUT_LAYER.view(instance)
    a, b, x, nu = (floats(instance[name]) for name in ("slopes", "biases", "x", "multipliers"))
    phi = np.maximum(np.outer(x, a) + b, 0)
    c = phi.T @ nu
    # The pseudo-inverse finds the interpolant of least norm by itself.
    assert np.allclose(np.linalg.pinv(phi) @ (phi @ c), c, atol=1e-6)
    assert float(view["curvature"]) == pytest.approx(c @ c)
    slopes_right = [sum(c[j] * a[j] * (a[j] * (t + 1e-6) + b[j] > 0) for j in range(len(a))) for t in -b / a]
    slopes_left = [sum(c[j] * a[j] * (a[j] * (t - 1e-6) + b[j] > 0) for j in range(len(a))) for t in -b / a]
    places = floats(view["knots"])
    turns = [floats(view["jumps"])[np.isclose(places, t)].sum() for t in places]
    assert np.allclose(np.subtract(slopes_right, slopes_left), turns)


def test_many_even_knots_come_near_a_cubic_spline() -> None:
    """The limit itself, in floats: f = f' = 0 at the first knot, f'' = 0 at the last datum."""
    x, y, h = np.array([0.5, 1.2, 2.0]), np.array([0.3, -0.4, 0.5]), 1e-3
    knots = np.arange(0, 2, h)
    phi = np.maximum(x[:, None] - knots, 0) * np.sqrt(h)
    c = phi.T @ np.linalg.solve(phi @ phi.T, y)
    grid = np.linspace(0, 2, 41)
    f = np.maximum(grid[:, None] - knots, 0) * np.sqrt(h) @ c
    spline = CubicSpline(np.append(0, x), np.append(0, y), bc_type=((1, 0.0), (2, 0.0)))
    assert np.allclose(f, spline(grid), atol=2e-3)


def test_mutants_die_and_spare_the_claims() -> None:
    for mutant in all_mutants(THEOREM):
        assert decide(mutant.claim, mutant.witness()).verdict == "violated", mutant.id
        for claim in (*THEOREM.claims, *THEOREM.links):
            assert decide(claim, mutant.witness()).verdict in ("holds", "vacuous")


def test_the_figures_of_the_counterexamples() -> None:
    view = OUTPUT_LAYER.view(at.STEEP_AND_FLAT)
    assert [str(q) for q in view["jumps"]] == ["1", "4"]
    assert [str(q) for q in view["rival_jumps"]] == ["5/2", "5/2"]
    assert str(view["curvature"]) == "5"
    assert str(OUTPUT_LAYER.view(at.TURNS_LIKE_SLOPES)["rival_curvature"]) == "50/9"


def test_solutions_interpolate_and_are_the_same_for_the_same_seed() -> None:
    first, second = (list(SOLUTIONS.solutions("", frozenset(), 2, 7)) for _ in range(2))
    assert [one.origin for one in first] == [one.origin for one in second]
    for one in first:
        phi = np.maximum(np.outer(one.fine["x"], one.fine["slopes"]) + one.fine["biases"], 0)
        assert np.allclose(np.linalg.pinv(phi) @ one.fine["y"], one.fine["rival"], atol=1e-6)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"slopes": [0, 1]}, "no knot"),
        ({"slopes": [1] * 30, "biases": [0] * 30, "start": [0] * 30, "rival": [0] * 30}, "too many"),
        ({"multipliers": [2**500]}, "more than 400 bits"),
    ],
)
def test_hostile_instances_are_refused(change: Any, message: str) -> None:
    values = {
        "slopes": [1, 2],
        "biases": [0, 0],
        "start": [0, 0],
        "rival": [0, 0],
        "x": [1],
        "y": [0],
        "multipliers": [1],
    }
    with pytest.raises(InstanceError, match=message):
        OUTPUT_LAYER.instance(**{**values, **change})


def test_labels_out_of_reach_are_not_interpolated() -> None:
    """Why the integrated statement assumes independent features."""
    (integration,) = THEOREM.integrated
    phi, y = np.array([1.0, 2.0]), np.array([1.0, 1.0])  # one neuron relu(x), data 1 and 2
    end = phi @ y / (phi @ phi)
    fields = {"slopes": [1.0], "biases": [0.0], "start": [0.0], "x": phi, "y": y, "multipliers": [0.0, 0.0]}
    state = {**fields, "rival": [end]}
    found = compared(integration.claim, Solution(state, state, "the least squares solution"))
    assert found.sight == "suspect"
    values = {"slopes": [1], "biases": [0], "start": [0], "x": [1, 2], "y": [1, 1], "multipliers": [0, 0], "rival": [1]}
    view = OUTPUT_LAYER.view(OUTPUT_LAYER.instance(**values))
    assert not all(check.decide().truth for check in integration.claim.assumes[-1].checks(view))
