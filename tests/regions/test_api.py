"""`refutable.regions`: what it accepts, what it counts, how it reads, what it refuses."""

from __future__ import annotations

import itertools
from fractions import Fraction
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
import torch

import refutable
from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.instances import InstanceError
from refutable.theorems.papers.li_2025.networks import zigzag

NETWORK = {"w1": [[1, 0], [0, 1], [-1, 0]], "b1": ["-1/4", "-1/4", "1/4"], "w2": [1, 0, 1], "b2": "-1/20"}
X = [[0, 0], [1, 0], [0, 1], [1, 1]]


def model(k: int = 6, d: int = 2, seed: int = 1) -> torch.nn.Sequential:
    torch.manual_seed(seed)
    return torch.nn.Sequential(torch.nn.Linear(d, k), torch.nn.ReLU(), torch.nn.Linear(k, 1)).double()


def test_the_zigzag_by_its_instance() -> None:
    report = refutable.regions(zigzag())
    (one,) = report.segments
    assert (one.data, one.linear, one.decision, one.kinks, one.active) == ((0, 1), 5, 6, 4, (2, 2))
    assert report.planes == ()
    assert report.mean_decision_regions == 6
    assert report.mean_linear_regions == 5
    assert "planes" not in str(report)


def test_a_mapping_with_labels_and_planes() -> None:
    report = refutable.regions(NETWORK, X, [1, -1, 1, -1])
    by_ends = {one.data: one.decision for one in report.segments}
    # f = |s - 1/4| - 1/20 is negative for s in (1/5, 3/10)
    assert by_ends == {(0, 1): 3, (0, 2): 1, (0, 3): 3, (1, 2): 3, (1, 3): 1, (2, 3): 3}
    assert {one.data for one in report.segments if one.same} == {(0, 2), (1, 3)}
    assert len(report.planes) == 4
    assert {one.decision for one in report.planes} == {3}
    text = str(report)
    assert "between data of one class" in text
    assert "counted exactly on all segments (6), and on 4 triangles of data" in text


@pytest.mark.parametrize("level", ["1/10", 0.1, Fraction(1, 10)])
def test_the_level_moves_the_decision(level: Any) -> None:
    report = refutable.regions(NETWORK, X, [1, 0, 1, 0], level=level)
    assert {one.decision for one in report.segments if one.data == (0, 1)} == {3}
    assert "the sign of f - " in str(report)
    assert all(one.decision == 1 for one in refutable.regions(NETWORK, X, level=5).segments)


def test_a_torch_model_and_its_parameters_are_the_same_network() -> None:
    net, x = model(), torch.randn(7, 2, dtype=torch.float64)
    first, _, last = net
    parameters = {"w1": first.weight, "b1": first.bias, "w2": last.weight[0], "b2": last.bias[0]}
    one, other = refutable.regions(net, x), refutable.regions(parameters, x.numpy())
    assert one.to_dict() == other.to_dict()
    assert all(segment.same is None for segment in one.segments)
    for segment in one.segments:
        i, j = segment.data
        grid = x[i] + torch.linspace(0, 1, 20001, dtype=torch.float64)[:, None] * (x[j] - x[i])
        patterns = torch.unique_consecutive((first(grid) > 0), dim=0)
        assert segment.linear == len(patterns)
        signs = torch.sign(net(grid)[:, 0])
        assert segment.decision == 1 + int((signs[1:] != signs[:-1]).sum())


def test_pairs_and_planes_are_drawn_by_seed() -> None:
    net, x = model(), torch.randn(40, 2, dtype=torch.float64)
    found = [refutable.regions(net, x, pairs=25, planes=3, seed=seed) for seed in (1, 1, 2)]
    assert found[0].counts == found[1].counts != found[2].counts
    assert (len(found[0].segments), len(found[0].planes), found[0].counts.pairs) == (25, 3, 780)
    assert len({one.data for one in found[0].segments}) == 25
    assert all(i < j < 40 for i, j in (one.data for one in found[0].segments))
    every = refutable.regions(net, x, planes=0)
    assert [one.data for one in every.segments] == list(itertools.combinations(range(40), 2))
    assert every.planes == ()


def test_few_data_and_one_input() -> None:
    assert refutable.regions(model(d=1), np.linspace(-1, 1, 5)).planes == ()
    alone = refutable.regions(model(), [[1, 2]])
    assert alone.segments == ()
    assert alone.mean_decision_regions is None
    collinear = refutable.regions(model(), [[0, 0], [1, 1], [2, 2]])
    assert "planes left out: no three of the data span a plane" in str(collinear)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((NETWORK,), "x is missing"),
        (({"w1": [[1]], "bias": [1]}, [[1]]), "unknown bias; missing b1, w2"),
        (({**NETWORK, "b1": [0, 0, float("nan")]}, X), "not a finite number"),
        ((NETWORK, [[1], [2]]), "d"),
        ((torch.nn.Linear(2, 1), X), "the model must be torch.nn.Sequential"),
        ((zigzag(), X), "an instance has its own data"),
    ],
)
def test_misuse_is_refused_in_words(arguments: tuple[Any, ...], message: str) -> None:
    with pytest.raises(InstanceError, match=message):
        refutable.regions(*arguments)


def test_senseless_numbers_are_refused() -> None:
    with pytest.raises(InstanceError, match="level"):
        refutable.regions(NETWORK, X, level="many")
    with pytest.raises(ValueError, match="planes must be a whole number from 0 up, not -1"):
        refutable.regions(NETWORK, X, planes=-1)


def test_the_picture_shows_every_cell_and_datum(tmp_path: Path) -> None:
    report = refutable.regions(NETWORK, X, [1, -1, 1, -1])
    path = report.picture(tmp_path / "regions.svg")
    root = ElementTree.parse(path).getroot()
    kinds = [element.get("class") for element in root.iter()]
    # Two lines, s = 1/4 (twice) and t = 1/4, cut the square in four; the zeros of f are two lines over two cells each.
    assert kinds.count("cell") == 4
    assert kinds.count("border") == 4
    assert (kinds.count("datum yes"), kinds.count("datum no")) == (2, 2)
    assert "3 decision regions, 4 linear regions in the square" in path.read_text()
    with pytest.raises(ValueError, match=r"must end in \.svg"):
        report.picture(tmp_path / "regions.png")
    with pytest.raises(ValueError, match="this network has 1 input; regions are drawn for two"):
        refutable.regions(zigzag()).picture(tmp_path / "line.svg")


def test_the_coloured_parts_have_the_area_of_the_square(tmp_path: Path) -> None:
    from refutable.strategies.regions.drawing import pictured

    rng = np.random.default_rng(1)
    raw = {
        "w1": rng.normal(size=(9, 2)),
        "b1": rng.normal(size=9),
        "w2": rng.normal(size=9),
        "x": rng.normal(size=(6, 2)),
    }
    picture = pictured(SHALLOW_RELU.instance(**{name: v.tolist() for name, v in raw.items()}, b2=0.1))

    def area(corners: tuple[tuple[float, float], ...]) -> float:
        return sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(corners, (*corners[1:], corners[0]), strict=True)) / 2

    assert sum(map(area, (*picture.above, *picture.below))) == pytest.approx(1, abs=1e-9)
    assert sum(map(area, picture.cells)) == pytest.approx(1, abs=1e-9)
    assert picture.above
    assert picture.below


def test_labels_on_one_side_of_the_level_bring_a_hint() -> None:
    network = {"w1": [[1]], "b1": [0], "w2": [1], "b2": 0}
    hint = "labels 0 and 1: level=1/2 moves the decision between them"
    assert hint in str(refutable.regions(network, [0, 1, 2], [0, 1, 1]))
    assert "labels -3 and 0: level=-3/2" in str(refutable.regions(network, [0, 1], [-3, 0]))
    for labels, level in (([0, 1, 1], 0.5), ([-1, 1, 1], 0), ([0, 1, 2], 0), ([1, 1, 1], 0), (None, 0)):
        assert "moves the decision" not in str(refutable.regions(network, [0, 1, 2], labels, level=level))


def test_cells_on_all_planes_have_one_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    from refutable.strategies.regions import counting

    monkeypatch.setattr(counting, "MOST_CELLS", 5)
    network = {"w1": [[1, 0], [0, 1]], "b1": [0, 0], "w2": [1, -1], "b2": 0}
    x = [[-2, -2], [2, -1], [-1, 2], [3, 3]]
    found = refutable.regions(network, x).counts
    assert 0 < len(found.planes) < 4
    assert sum(one.linear for one in found.planes) <= 5
    assert found.planes_left_out == f"{4 - len(found.planes)} of 4: more than 5 cells on all planes together"
