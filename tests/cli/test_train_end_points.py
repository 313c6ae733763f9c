"""Files of end points: read back exactly; what makes no sense is refused, though its checksum be right."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save

from refutable.strategies.engine.tensor_files import CHECKSUM, DamagedFile, checksum
from refutable.strategies.training import documents
from refutable.strategies.training.end_points import FORMAT, EndPoints, read_end_points, write_end_points
from refutable.strategies.training.recipes import Recipe
from refutable.strategies.training.results import OUTCOMES, Trained
from refutable.strategies.training.train import train

RECIPE = Recipe(5, 6, 2, 3, 4, "gaussian", "noise", "1/2", 300)


@pytest.fixture(scope="module")
def trained() -> Trained:
    """End points of which one is made to have diverged: not every number is finite."""
    found = train(RECIPE)
    lost = found.with_outcome("unconverged")[0]
    found.w1[lost, 0], found.sharpness[lost], found.largest_loss[lost] = np.nan, np.nan, np.inf
    found.codes[lost] = OUTCOMES.index("diverged")
    assert min(found.counts().values()) > 0
    return found


@pytest.mark.parametrize("relabelled", [False, True])
def test_what_was_written_is_read_bit_for_bit(relabelled: bool, trained: Trained, tmp_path: Path) -> None:
    path = tmp_path / "minima.safetensors"
    write_end_points(path, EndPoints(trained, relabelled, {"backend": "torch"}))
    found = read_end_points(path)
    assert (found.relabelled, found.trained.recipe, found.about["backend"]) == (relabelled, RECIPE, "torch")
    for name, array in trained.arrays().items():
        assert found.trained.arrays()[name].tobytes() == array.tobytes(), name


def test_equal_end_points_make_equal_files(trained: Trained, tmp_path: Path) -> None:
    about = {name: name for name in ("backend", "device", "torch", "numpy", "python", '\u00e9\n"\\\x01')}
    for number in range(4):
        turned = dict(sorted(about.items(), reverse=bool(number % 2)))
        write_end_points(tmp_path / str(number), EndPoints(trained, True, turned))
    assert len({(tmp_path / str(number)).read_bytes() for number in range(4)}) == 1
    assert read_end_points(tmp_path / "0").about.items() >= about.items()


def test_the_two_readings_are_not_mixed(trained: Trained) -> None:
    index = trained.alive()[0]
    assert EndPoints(trained, True, {}).document(index) == documents.relabelled(trained, index)
    plain = EndPoints(trained, False, {})
    assert set(plain.exportable()) == set(trained.with_outcome("converged"))
    with pytest.raises(ValueError, match="not converged"):
        plain.document(trained.with_outcome("unconverged")[0])


def test_the_files_mode_is_the_usual_one(trained: Trained, tmp_path: Path) -> None:
    path, other = tmp_path / "minima.safetensors", tmp_path / "other"
    write_end_points(path, EndPoints(trained, False, {}))
    other.write_text("")
    assert path.stat().st_mode == other.stat().st_mode
    assert os.listdir(tmp_path).count("minima.safetensors") == 1
    assert len(os.listdir(tmp_path)) == 2


SENSELESS: dict[str, dict[str, np.ndarray | None]] = {
    "an unknown outcome": {"outcome": np.full(6, 4)},
    "outcomes that are no integers": {"outcome": np.zeros(6)},
    "a wrong shape": {"w1": np.zeros((6, 3, 3))},
    "an array missing": {"sharpness": None},
    "an array too many": {"other": np.zeros(6)},
    "one of the relabelled arrays alone": {"training_loss": np.zeros(6)},
}


@pytest.mark.parametrize("what", SENSELESS)
def test_a_forged_file_is_refused(what: str, trained: Trained, tmp_path: Path) -> None:
    path = tmp_path / "minima.safetensors"
    write_end_points(path, EndPoints(trained, False, {}))
    changed: dict[str, np.ndarray | None] = {**load_file(path), **SENSELESS[what]}
    arrays = {name: array for name, array in changed.items() if array is not None}
    _forge(path, arrays, RECIPE.to_json())
    with pytest.raises(DamagedFile, match="damaged"):
        read_end_points(path)


@pytest.mark.parametrize("recipe", ["", "{}", "[" * 20_000, RECIPE.to_json().replace('"steps":300', '"steps":NaN')])
def test_a_senseless_recipe_is_refused(recipe: str, trained: Trained, tmp_path: Path) -> None:
    path = tmp_path / "minima.safetensors"
    write_end_points(path, EndPoints(trained, False, {}))
    _forge(path, load_file(path), recipe)
    with pytest.raises(DamagedFile) as problem:
        read_end_points(path)
    assert len(str(problem.value)) < 500


def test_the_forger_makes_good_files_of_good_arrays(trained: Trained, tmp_path: Path) -> None:
    path = tmp_path / "minima.safetensors"
    write_end_points(path, EndPoints(trained, False, {}))
    _forge(path, load_file(path), RECIPE.to_json())
    assert read_end_points(path).trained.w1.tobytes() == trained.w1.tobytes()


def _forge(path: Path, arrays: dict[str, np.ndarray], recipe: str) -> None:
    metadata = {"format": FORMAT, "recipe": recipe}
    path.write_bytes(save(arrays, {**metadata, CHECKSUM: checksum(arrays, metadata)}))
