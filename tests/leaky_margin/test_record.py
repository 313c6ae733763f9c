"""Points of the max-margin problem: against torch's gradients, a solver's minimum, and the figures of the card."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
import torch
from flint import fmpq
from scipy.optimize import minimize

from refutable.strategies.coded_choices import Choices
from refutable.strategies.leaky_margin import solved_point, with_slack
from refutable.strategies.supply import Size
from refutable.theorems.domains.leaky_margin import LEAKY_MARGIN
from refutable.theorems.domains.leaky_margin.kkt import agreeing_slopes, all_margins_one, own_slopes
from refutable.theorems.domains.leaky_margin.moves import with_slopes
from refutable.theorems.exact import as_real
from refutable.theorems.instances import Instance, InstanceError
from refutable.theorems.papers.frei_2023.instances import (
    BENT,
    MODERATE,
    ONE_SIGN,
    ORTHOGONAL_PAIR,
    RANK_THREE,
    SAME_LABELS,
    SMALL_SLOPE,
    pair,
    point,
    unbalanced,
)
from refutable.theorems.papers.frei_2023.leaky_rank import LEAKY_RANK as THEOREM
from refutable.verify.decide import decide
from refutable.verify.shrink import shrink

MUTANTS = {mutant.id: mutant for mutant in THEOREM.mutants}
POINTS = [ORTHOGONAL_PAIR, RANK_THREE, SMALL_SLOPE, MODERATE, ONE_SIGN, SAME_LABELS, pair(fmpq(1, 512), far=2)]


def floats(instance: Instance, *names: str) -> list[np.ndarray]:
    return [np.array(instance[name], dtype=float) for name in names]


def nearly_orthogonal(seed: int, n: int, d: int) -> Instance:
    """Small integers beside a multiple of the axes; gamma = 3/4."""
    source = np.random.default_rng(seed)
    x = source.integers(-2, 3, (n, d)) + 300 * np.eye(n, d, dtype=int)
    y, a = source.choice([-1, 1], n), source.choice([-2, -1, 1, 2], 4)
    return point(x.tolist(), y.tolist(), a.tolist(), fmpq(3, 4), probe=source.integers(-9, 10, d).tolist())


@pytest.mark.parametrize("instance", POINTS)
def test_stationarity_is_that_of_torch(instance: Instance) -> None:
    """The gradient of |W|^2/2 - sum lambda_i (y_i f(x_i) - 1) vanishes; margins and signs as in plain loops."""
    x, y, a, multipliers = (torch.tensor(q) for q in floats(instance, "x", "y", "a", "multipliers"))
    w = torch.tensor(floats(instance, "w")[0], requires_grad=True)
    f = torch.nn.functional.leaky_relu(x @ w.T, float(instance["slope"])) @ a
    lagrangian = (w * w).sum() / 2 - (multipliers * (y * f - 1)).sum()
    (gradient,) = torch.autograd.grad(lagrangian, w)
    assert float(gradient.abs().max()) < 1e-12 * float(w.detach().abs().max())
    assert (y * f).detach().numpy() == pytest.approx(1, rel=1e-12)
    margins = LEAKY_MARGIN.view(instance)["margins"]
    assert (margins == 1).all()


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize(("n", "d"), [(1, 1), (2, 2), (3, 3), (2, 4), (4, 4)])
def test_every_claim_holds_on_nearly_orthogonal_data(seed: int, n: int, d: int) -> None:
    instance = nearly_orthogonal(seed, n, d)
    for claim in (*THEOREM.claims, *THEOREM.links):
        assert decide(claim, instance).verdict == "holds"


@pytest.mark.parametrize("seed", range(3))
def test_no_other_slopes_make_a_point_on_nearly_orthogonal_data(seed: int) -> None:
    """Brute force over all slopes of two neurons at three data: one choice is consistent."""
    instance = nearly_orthogonal(seed, 3, 3)
    x, y, a = ([list(row) for row in instance["x"]], list(instance["y"]), list(instance["a"])[:2])
    slope, consistent = instance["slope"], []
    for bits in product([fmpq(1), slope], repeat=6):
        slopes = [list(bits[:3]), list(bits[3:])]
        solved = all_margins_one(x, y, a, slopes)
        if solved is not None and min(solved[0]) >= 0 and own_slopes(x, solved[1], slope) == slopes:
            consistent.append(slopes)
    assert consistent == [agreeing_slopes(y, a, slope)]


@pytest.mark.parametrize("seed", range(4))
def test_a_solver_finds_no_point_of_another_form(seed: int) -> None:
    """Minimising |W|^2/2 under the margins, started near the point, ends at it."""
    instance = nearly_orthogonal(seed, 2, 2)
    x, y, a, w = floats(instance, "x", "y", "a", "w")
    slope = float(instance["slope"])

    def margins(flat: np.ndarray) -> np.ndarray:
        heights = x @ flat.reshape(w.shape).T
        return np.asarray(y * (np.maximum(heights, slope * heights) @ a) - 1)

    scale = float(np.abs(w).max())
    start = w.ravel() / scale * (1 + 0.2 * np.random.default_rng(seed).uniform(size=w.size))
    found = minimize(
        lambda flat: (flat @ flat / 2, flat), start, jac=True, method="SLSQP",
        constraints={"type": "ineq", "fun": lambda flat: margins(flat * scale)}, options={"ftol": 1e-14},
    )  # fmt: skip
    assert found.x.reshape(w.shape) * scale == pytest.approx(w, abs=1e-5 * scale)


FIGURES = {
    "slope-forgotten": (3, 2),
    "small-constant": (3, 2),
    "weaker-without-slope": (3, 2),
    "any-data": (3, 2),
    "any-slope-at-a-kink": (3, 2),
    "any-data-boundary": ("3400/19881", "-3400/19881"),
    "rank-one": (2, 1),
    "boundary-unsigned": ("2/5", "-2/5"),
    "network-is-linear": (1, "6/5"),
    "norm-doubled": ("8/5", "16/5"),
}


@pytest.mark.parametrize("id", FIGURES)
def test_the_figures_of_a_mutant(id: str) -> None:
    mutant = MUTANTS[id]
    check = next(iter(mutant.claim.concludes(LEAKY_MARGIN.view(mutant.witness()))))
    decision = check.decide()
    assert decision.truth is False
    assert decision.left is not None
    assert decision.right is not None
    assert [as_real(side).exact() for side in (decision.left, decision.right)] == [_rational(q) for q in FIGURES[id]]


def _rational(q: Any) -> fmpq:
    return fmpq(*map(int, q.split("/"))) if isinstance(q, str) else fmpq(q)


def test_figures_of_the_orthogonal_pair() -> None:
    assert list(ORTHOGONAL_PAIR["multipliers"]) == [fmpq(4, 5)] * 2
    assert ORTHOGONAL_PAIR["w"].tolist() == [[fmpq(4, 5), fmpq(-2, 5)], [fmpq(-2, 5), fmpq(4, 5)]]
    assert LEAKY_MARGIN.view(SMALL_SLOPE)["smallest_square"] == 402
    assert LEAKY_MARGIN.view(SMALL_SLOPE)["largest_correlation"] == 39


def test_figures_of_the_bent_boundary() -> None:
    view = LEAKY_MARGIN.view(BENT)
    assert (view["probe_output"], view["probe_linear"]) == (fmpq(100, 141), fmpq(-34, 141))


def drawn(assumes: frozenset[str], count: int = 200) -> list[Instance]:
    return [solved_point(Choices.of_code(code), assumes, Size()) for code in range(count)]


@pytest.mark.parametrize(
    "id", ["any-data", "any-data-margins", "any-data-boundary", "slope-forgotten", "small-constant"]
)
def test_drawn_points_satisfy_the_assumptions_and_reach_what_is_false(id: str) -> None:
    """By construction, without a known case: margins above 1, rank 3, a bent boundary."""
    claim = MUTANTS[id].claim
    verdicts = {decide(claim, point).verdict for point in drawn(frozenset(one.id for one in claim.assumes))}
    assert verdicts == {"holds", "violated"}


def test_drawn_points_at_kinks() -> None:
    claim = MUTANTS["any-slope-at-a-kink"].claim
    points = drawn(frozenset(one.id for one in claim.assumes))
    assert {decide(claim, point).verdict for point in points} == {"holds", "violated"}


def test_a_datum_behind_another_gets_no_multiplier() -> None:
    """Towards (1, 0), where f = 1, at length 2: margin 2."""
    point = with_slack(ORTHOGONAL_PAIR, [fmpq(1), fmpq(0)], fmpq(2), frozenset())
    view = LEAKY_MARGIN.view(point)
    assert list(view["margins"]) == [1, 1, 2]
    assert list(point["multipliers"]) == [fmpq(4, 5), fmpq(4, 5), 0]
    assert decide(THEOREM.claim("norm-is-sum-of-multipliers"), point).verdict == "holds"
    assert with_slack(ORTHOGONAL_PAIR, [fmpq(1), fmpq(0)], fmpq(2), frozenset({"nearly-orthogonal"})) == ORTHOGONAL_PAIR


def test_two_data_that_support_each_other() -> None:
    view = LEAKY_MARGIN.view(SAME_LABELS)
    assert view["multipliers"][0] * view["largest_square"] == fmpq(258111, 262144)


def test_an_unbalanced_multiplier_leaves_the_choice_of_slopes() -> None:
    """Everything but complementarity holds, and the rank is 3."""
    outcome = decide(THEOREM.headline, unbalanced())
    assert outcome.verdict == "vacuous"
    assert [one.id for one in outcome.assumptions if one.verdict == "fails"] == ["complementary"]
    assert LEAKY_MARGIN.view(unbalanced())["weight_rank"] == 3


@pytest.mark.parametrize("id", MUTANTS)
def test_shrunk_counterexamples_are_small(id: str) -> None:
    mutant = MUTANTS[id]

    def refutes(instance: Instance) -> bool:
        return decide(mutant.claim, instance).verdict == "violated"

    small = shrink(LEAKY_MARGIN, mutant.witness(), refutes, 150).instance
    assert refutes(small)
    assert max(small["x"].shape) <= 3
    assert len(small["a"]) <= 3


def test_slopes_without_a_single_solution() -> None:
    repeated = point([[1, 0], [0, 1]], [1, 1], (1,))
    x = repeated["x"].copy()
    x[1] = x[0]
    assert with_slopes(repeated.replace(x=x), repeated["slopes"]) is None
    with pytest.raises(ValueError, match="no single choice of multipliers"):
        point([[1, 0], [1, 0]], [1, 1], (1,))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"y": [2]}, "data.y holds 2; every label must be 1 or -1"),
        ({"slope": "3/2"}, "network.slope is 3/2; it must be at most 1"),
        ({"slope": 0}, "must be > 0"),
        ({"a": [0]}, "network.a holds 0"),
        ({"x": [[1]] * 30, "y": [1] * 30, "multipliers": [1] * 30, "slopes": [[1] * 30]}, "30 data, 1 inputs"),
        ({"multipliers": [fmpq(1, 3**2000)]}, "kkt.multipliers holds a fraction of more than 600 bits"),
    ],
)
def test_instances_that_are_refused(changes: dict[str, Any], message: str) -> None:
    raw: dict[str, Any] = {
        "x": [[1]], "y": [1], "slope": "1/2", "w": [[1]], "a": [1], "multipliers": [1], "slopes": [[1]], "probe": [1],
    }  # fmt: skip
    LEAKY_MARGIN.instance(**raw)
    with pytest.raises(InstanceError, match=message.replace(".", r"\.")):
        LEAKY_MARGIN.instance(**{**raw, **changes})


def test_a_file_is_read_back() -> None:
    assert LEAKY_MARGIN.load(LEAKY_MARGIN.dump(MODERATE)) == MODERATE
