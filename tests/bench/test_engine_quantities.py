import importlib.util
from typing import Any

import numpy as np
import pytest
import torch

from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.exact import to_float
from refutable.verify.bench.engine import rivals, sharpness, weights
from refutable.verify.bench.engine.cases import rows_of
from refutable.verify.bench.engine.settings import Settings
from refutable.verify.bench.engine.subjects import Shallow, Shape, interpolated, networks_and_data

TINY = Settings(quick=True, seconds=1e-4, rounds=1, threads=2)
SHAPES = (Shape(1, 4, 5), Shape(3, 3, 4))


def approximate(value: Any) -> float:
    """An exact number of the domain as a float."""
    return float(value.ball(64).mid()) if hasattr(value, "ball") else to_float(value)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("function", [weights.neuron_by_neuron, weights.by_masks])
def test_the_slow_weights_are_those_of_the_domain(function: object, shape: Shape) -> None:
    networks, data = networks_and_data(shape, 1, 3)
    w1, b1, w2, b2 = (part[0].tolist() for part in networks)
    view = SHALLOW_RELU.view(SHALLOW_RELU.instance(w1=w1, b1=b1, w2=w2, b2=b2, x=data.x[0].tolist()))
    expected = [approximate(one) for one in np.asarray(view["weight"]).reshape(-1)]
    assert callable(function)
    found, norm = function(*(np.array(a) for a in (w1, b1, w2)), data.x[0].numpy())
    assert found == pytest.approx(expected, rel=1e-12)
    assert norm == pytest.approx(approximate(view["unmerged_norm"]), rel=1e-12)
    assert max(expected) > 0


def test_weight_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights, "SHAPES", SHAPES)
    monkeypatch.setattr(weights, "LARGE", Shape(1, 20, 30))
    for case in weights.cases(TINY):
        rows, absent = rows_of(case, TINY, lambda: None)
        assert len(rows) == 4
        assert absent == []
        assert all(row.get("error", 0.0) < 1e-12 for row in rows)
        assert [row["ours"] for row in rows] == [False, False, True, True]


def test_all_ways_to_find_weights_are_timed_on_the_same_networks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights, "SHAPES", SHAPES[:1])
    seen: dict[str, list[bytes]] = {"loops": [], "masks": []}

    def noting(name: str) -> Any:
        def note(w1: Any, b1: Any, w2: Any, x: Any) -> weights.Both:
            seen[name].append(w1.tobytes() + x.tobytes())
            return np.ones(len(w1)), 1.0

        return note

    monkeypatch.setattr(weights, "neuron_by_neuron", noting("loops"))
    monkeypatch.setattr(weights, "by_masks", noting("masks"))
    contestants = next(iter(weights.cases(TINY))).contestants
    for noted in seen.values():
        noted.clear()
    assert contestants[2].shot(1) == 64
    for one in contestants[:2]:
        assert one.shot(64) == 64
    networks, data = networks_and_data(SHAPES[0], 64, TINY.seed)
    every = [w.numpy().tobytes() + x.numpy().tobytes() for w, x in zip(networks.w1, data.x, strict=True)]
    assert seen["loops"] == seen["masks"] == every


@pytest.mark.parametrize("rival", rivals.RIVALS, ids=lambda rival: rival.name)
def test_rivals_find_the_sharpness_they_can(rival: rivals.Rival) -> None:
    if rival.missing:
        assert rival.distribution in rival.missing
        return
    networks, drawn = networks_and_data(Shape(2, 3, 6), 1, 0)
    data = interpolated(networks, drawn)
    module = Shallow(networks, 0)
    exact = rivals.full_hessian(module, data.x[0], data.y[0])
    found = rival.sharpness(module, data.x[0], data.y[0])
    tolerance = {"PyHessian, 2000 iterations": 1e-5}.get(rival.name, 1.0 if "as it comes" in rival.name else 1e-12)
    assert found == pytest.approx(exact, rel=tolerance)
    assert torch.get_default_dtype() == torch.float32
    assert all(part.grad is None or not part.grad.any() for part in module.parameters())


def test_the_full_hessian_is_that_of_the_domain_away_from_interpolation_too() -> None:
    networks, data = networks_and_data(Shape(2, 3, 4), 1, 1)
    w1, b1, w2, b2 = (part[0].tolist() for part in networks)
    fields = {"w1": w1, "b1": b1, "w2": w2, "b2": b2, "x": data.x[0].tolist(), "y": data.y[0].tolist()}
    exact = SHALLOW_RELU.view(SHALLOW_RELU.instance(**fields))["sharpness"]
    found = rivals.full_hessian(Shallow(networks, 0), data.x[0], data.y[0])
    assert found == pytest.approx(approximate(exact), rel=1e-12)


def test_sharpness_rows_and_absent_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sharpness, "SHAPES", SHAPES[:1])
    monkeypatch.setattr(sharpness, "LARGEST_HESSIAN", 800)
    find = importlib.util.find_spec
    hidden = ("curvlinops", "pyhessian", "hessian_eigenthings")
    monkeypatch.setattr(rivals.importlib.util, "find_spec", lambda name: None if name in hidden else find(name))
    (case,) = sharpness.cases(TINY)
    rows, absent = rows_of(case, TINY, lambda: None)
    reasons = {one.method: one.reason for one in absent}
    assert set(reasons) == {rival.name for rival in rivals.RIVALS if rival.module}
    assert reasons["curvlinops + eigsh"] == ("curvlinops-for-pytorch is not installed; pip install 'refutable[bench]'")
    assert {row["reference"] for row in rows} == {rivals.PRODUCTS}
    assert all(row["error"] < 1e-12 for row in rows)
    assert [row["method"] for row in rows if row["ours"]] == [
        "refutable, 64 networks",
        "refutable, one network",
        "refutable, 64 networks, 2 threads",
    ]


def test_a_hessian_too_large_to_make_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    shape = Shape(300, 3, 2)
    monkeypatch.setattr(sharpness, "SHAPES", (shape,))
    monkeypatch.setattr(sharpness, "RIVALS", rivals.RIVALS[-1:])
    (case,) = sharpness.cases(TINY)
    assert [one.reason for one in case.absent] == ["left out at d=300 k=3 n=2: a matrix of 907 rows"]
    assert case.about["judge"] == "Jacobian by automatic differentiation"
    assert case.contestants[0].about["error"] < 1e-12
