"""Fully connected linear networks: quantities against autograd and numpy, steps, bounds, hostile instances."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import torch
from flint import fmpq
from hypothesis import HealthCheck, Phase, given, seed, settings

from refutable.strategies.matrix_regression import SUPPLY
from refutable.strategies.supply import Size
from refutable.theorems.domains.matrix_regression import MATRIX_REGRESSION
from refutable.theorems.domains.matrix_regression.dynamics import norm_product
from refutable.theorems.exact import as_real
from refutable.theorems.instances import Instance, InstanceError
from refutable.verify.decide import decide

REACHED = frozenset({"row-space-kept", "interpolating"})
FEW = settings(max_examples=12, deadline=None, database=None, phases=[Phase.generate],
               suppress_health_check=list(HealthCheck))  # fmt: skip


def floats(array: Any) -> Any:
    return np.vectorize(lambda q: float(as_real(q)), otypes=[float])(array)


def layers(instance: Instance, suffix: str = "") -> list[Any]:
    return [floats(instance[n + suffix]) for n in ("first", "middle", "last") if instance[n] is not None]


@seed(1)
@FEW
@given(instance=SUPPLY.drawn(frozenset(), Size()))
def test_gradients_and_steps_agree_with_autograd(instance: Instance) -> None:
    view = MATRIX_REGRESSION.view(instance)
    weights = [torch.tensor(w, requires_grad=True) for w in layers(instance)]
    x, y = (torch.tensor(floats(instance[name])) for name in ("x", "y"))
    given = instance["sample_weights"]
    c = torch.full((len(y),), 1 / len(y), dtype=torch.float64) if given is None else torch.tensor(floats(given))
    beta = weights[0] @ (weights[1] @ weights[2] if len(weights) == 3 else weights[1])
    loss = (c * (x @ beta - y).square()).sum() / 2
    slopes = torch.autograd.grad(loss, weights)
    assert float(view["loss"]) == pytest.approx(loss.item())
    names = [n for n in ("first", "middle", "last") if instance[n] is not None]
    for name, slope, w in zip(names, slopes, weights, strict=True):
        assert floats(view["gradients"][name]) == pytest.approx(slope.numpy(), abs=1e-9)
        after = w.detach().numpy() - float(instance["step_size"]) * slope.numpy()
        assert floats(view["after"][name]) == pytest.approx(after, abs=1e-9)


@seed(2)
@FEW
@given(instance=SUPPLY.drawn(REACHED, Size()))
def test_projections_norms_and_distances_agree_with_numpy(instance: Instance) -> None:
    view = MATRIX_REGRESSION.view(instance)
    x, y = floats(instance["x"]), floats(instance["y"])
    inverse = np.linalg.pinv(x)
    p = np.eye(x.shape[1]) - inverse @ x
    assert floats(view["projection"]) == pytest.approx(p, abs=1e-12)
    assert floats(view["least_norm"]) == pytest.approx(inverse @ y, abs=1e-9)
    now, start = layers(instance), layers(instance, "_start")
    beta = now[0] @ (now[1] @ now[2] if len(now) == 3 else now[1])
    assert float(view["squared_distance"]) == pytest.approx(np.sum((beta - inverse @ y) ** 2), abs=1e-9)
    for suffix, chosen in (("", now), ("_start", start)):
        norms = [np.linalg.norm(w, 2) for w in (p @ start[0], *chosen[1:])]
        found = float(as_real(norm_product(view, view["out_of_reach"], suffix)))
        assert found == pytest.approx(np.prod(norms) ** 2, abs=1e-9)
    degree = len(now)
    expected = (np.linalg.norm(p @ start[0], 2) * np.linalg.norm(beta) ** (1 - 1 / degree)) ** (2 * degree)
    assert float(as_real(view["norm_bound_power"])) == pytest.approx(expected, rel=1e-9, abs=1e-9)


def test_dependent_data_are_projected_out() -> None:
    instance = MATRIX_REGRESSION.instance(
        first=[[1], [1], [1]], last=[2], first_start=[[0], [0], [1]], last_start=[1],
        x=[[1, 1, 0], [2, 2, 0], [0, 0, 0]], y=[4, 8, 0],
    )  # fmt: skip
    view = MATRIX_REGRESSION.view(instance)
    assert [str(q) for q in view["least_norm"]] == ["2", "2", "0"]
    assert [[str(q) for q in row] for row in view["projection"]] == [
        ["1/2", "-1/2", "0"],
        ["-1/2", "1/2", "0"],
        ["0", "0", "1"],
    ]


def test_descent_never_moves_what_the_data_do_not_see() -> None:
    """A hundred SGD steps in floats: P beta stays P W_1(0) times the later layers."""
    source = np.random.default_rng(3)
    x, y = source.normal(size=(2, 5)), source.normal(size=2)
    w1, w2, w3 = source.normal(size=(5, 3)) * 0.5, source.normal(size=(3, 3)) * 0.5, source.normal(size=3) * 0.5
    p = np.eye(5) - np.linalg.pinv(x) @ x
    first = p @ w1
    for step in range(100):
        row = x[step % 2]
        r = row @ (w1 @ (w2 @ w3)) - y[step % 2]
        hidden = w1.T @ row * r
        slopes = (np.outer(row * r, w2 @ w3), np.outer(hidden, w3), w2.T @ hidden)
        w1, w2, w3 = (w - 0.05 * g for w, g in zip((w1, w2, w3), slopes, strict=True))
    assert p @ (w1 @ (w2 @ w3)) == pytest.approx(first @ (w2 @ w3), abs=1e-13)


def _small(**changes: Any) -> Instance:
    raw = {
        "first": [[1], [1]],
        "last": [1],
        "first_start": [[1], [1]],
        "last_start": [1],
        "x": [[1, 0]],
        "y": [1],
        **changes,
    }
    return MATRIX_REGRESSION.instance(**raw)


def test_hostile_instances_are_refused() -> None:
    with pytest.raises(InstanceError, match="two layers"):
        _small(middle=[[1]])
    with pytest.raises(InstanceError, match="too many"):
        _small(first=[[1]] * 11, first_start=[[1]] * 11, x=[[1] * 11])
    with pytest.raises(InstanceError, match="more than 256 bits"):
        _small(y=[fmpq(1, 2**300)])


def test_the_largest_instances_are_decided() -> None:
    from refutable.theorems.papers.yun_2021.fully_connected import FULLY_CONNECTED_REGRESSION

    source = np.random.default_rng(1)
    w1, w2, last, x = (source.normal(size=s) for s in ((8, 4), (4, 4), (4,), (4, 8)))
    base = MATRIX_REGRESSION.instance(
        first=w1.tolist(), middle=w2.tolist(), last=last.tolist(), first_start=w1.tolist(), middle_start=w2.tolist(),
        last_start=last.tolist(), x=x.tolist(), y=[0] * 4,
    )  # fmt: skip
    labelled = base.replace(y=base["x"] @ (base["first"] @ (base["middle"] @ base["last"])))
    assert decide(FULLY_CONNECTED_REGRESSION.headline, labelled).verdict == "holds"


@pytest.mark.parametrize("move", [*MATRIX_REGRESSION.moves, *MATRIX_REGRESSION.variations], ids=lambda m: m.id)
def test_moves_keep_states_well_formed(move: Any) -> None:
    start = MATRIX_REGRESSION.instance(
        first=[[1, "2/3"], [3, 5], [0, 1]], middle=[["1/7", 2], [0, 1]], last=[2, "3/5"],
        first_start=[[1, 0], [1, 1], [2, 0]], middle_start=[[1, 0], [0, 1]], last_start=[1, 1],
        x=[[1, 2, 3], ["1/3", 0, 1]], y=[1, "5/9"], sample_weights=[1, 0], step_size="2/7",
    )  # fmt: skip
    found = list(move.reductions(start))
    assert found
    for other in found:
        assert MATRIX_REGRESSION.load(MATRIX_REGRESSION.dump(other)) == other


def test_runs_lower_the_loss_and_stay_in_the_row_space() -> None:
    from refutable.theorems.papers.yun_2021.fully_connected import KERNEL_PART, NORM_BOUND

    visited = list(SUPPLY.visited.states(frozenset({"row-space-kept"}), 48, 5))
    assert visited == list(SUPPLY.visited.states(frozenset({"row-space-kept"}), 48, 5))
    assert {decide(KERNEL_PART, one.instance).verdict for one in visited} == {"holds"}
    descents: dict[int, list[float]] = {}
    for one in visited:
        if one.origin.startswith("gradient descent"):
            descents.setdefault(one.run, []).append(float(MATRIX_REGRESSION.view(one.instance)["loss"]))
    assert len(descents) >= 3
    assert all(b <= a for run in descents.values() for a, b in pairwise(run))
    all_of = frozenset(a.id for a in NORM_BOUND.assumes)
    verdicts = [decide(NORM_BOUND, one.instance).verdict for one in SUPPLY.visited.states(all_of, 48, 5)]
    assert set(verdicts) == {"holds"}


def test_unknown_assumptions_are_refused() -> None:
    with pytest.raises(ValueError, match="no-such-thing"):
        SUPPLY.drawn(frozenset({"no-such-thing"}), Size())
