"""Instances as a person would write them, and their pictures."""

from __future__ import annotations

import itertools
import sys
from pathlib import Path

import pytest

from refutable import instance_plot
from refutable.theorems.catalogue import CATALOGUE, theorem
from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.records import all_mutants

PNG = b"\x89PNG"


def lines(**raw: object) -> list[str]:
    assert SHALLOW_RELU.describe is not None
    return SHALLOW_RELU.describe(SHALLOW_RELU.instance(**{"b2": 0, "x": [[0], [1]], **raw}))


def test_ones_are_not_written() -> None:
    assert lines(w1=[[1], [-1]], b1=[0, "1/2"], w2=[1, -1])[0] == "f(x) = relu(x) - relu(-x + 1/2)"
    assert lines(w1=[[1, -1]], b1=[1], w2=[-1], x=[[0, 1]])[0] == "f(x) = -relu(x1 - x2 + 1)"


def test_a_constant_one_is_written() -> None:
    assert lines(w1=[[0]], b1=[1], w2=[1], b2=-1)[0] == "f(x) = relu(1) - 1"


def test_many_equal_data_are_counted() -> None:
    assert lines(w1=[[1]], b1=[0], w2=[1], x=[[0], [-2], [0], [0]])[1] == "x = 0 (3 times), -2"
    assert lines(w1=[[1]], b1=[0], w2=[1], x=[[0], [-2], [0]])[1] == "x = 0, -2, 0"
    assert lines(w1=[[1]], b1=[0], w2=[1], x=[[0], [0], [0]], y=[1, 2, 3])[1] == "x = 0, 0, 0"


@pytest.mark.parametrize("record", CATALOGUE, ids=lambda record: record.id)
def test_no_description_shows_a_factor_of_one(record: object) -> None:
    for mutant in all_mutants(record):  # type: ignore[arg-type]
        describe = mutant.claim.domain.describe
        assert describe is not None
        for line in describe(mutant.witness()):
            words = line.split()
            followed = [b for a, b in itertools.pairwise(words) if a in ("1", "-1", "relu(1", "relu(-1")]
            assert not [word for word in followed if word.startswith(("x", "relu")) or word == "steps"], line


@pytest.mark.parametrize(
    ("record", "mutant"),
    [
        ("weighted-l1", "second-moment"),
        ("nondifferentiable-conjecture", "loss-one-over-n"),
        ("critical-point-bound", "minus-one"),
        ("stability-norm", "first-power"),
        ("laplacian", "density-for-its-integral"),
    ],
)
def test_one_and_two_inputs_have_a_picture(record: str, mutant: str, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    (found,) = (m for m in all_mutants(theorem(record)) if m.id == mutant)
    path = instance_plot.plot(found.witness(), tmp_path / "picture.png")
    assert path == tmp_path / "picture.png"
    assert path.read_bytes().startswith(PNG)


@pytest.mark.parametrize("x", [[["1/3"]], [[5], [5]]])
def test_a_single_datum_has_a_picture(x: list[list[object]], tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    instance = SHALLOW_RELU.instance(w1=[[1], [0]], b1=[0, 1], w2=[1, 2], x=x, y=[2] * len(x))
    assert instance_plot.plot(instance, tmp_path / "picture.png").stat().st_size > 1000


def test_what_has_no_picture_is_refused(tmp_path: Path) -> None:
    spatial = SHALLOW_RELU.instance(w1=[[1, 0, 0]], b1=[0], w2=[1], x=[[1, 2, 3]])
    with pytest.raises(instance_plot.NoPictureError, match="3 inputs"):
        instance_plot.plot(spatial, tmp_path / "picture.png")
    delayed = all_mutants(theorem("delayed-stability"))[0].witness()
    with pytest.raises(instance_plot.NoPictureError, match="delayed-iteration"):
        instance_plot.plot(delayed, tmp_path / "picture.png")
    assert not list(tmp_path.iterdir())


def test_without_matplotlib_the_message_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    monkeypatch.setitem(sys.modules, "matplotlib.backends.backend_agg", None)
    instance = SHALLOW_RELU.instance(w1=[[1]], b1=[0], w2=[1], x=[[1]])
    with pytest.raises(ImportError, match=r"refutable\[plot\]"):
        instance_plot.plot(instance, tmp_path / "picture.png")
