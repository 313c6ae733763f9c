"""The cache: a hit is the miss it came from, damage is never believed, two processes train once."""

import os
import subprocess
import sys
import time
import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from refutable.strategies.training import cache, train
from refutable.strategies.training.cache import CacheWarning, cache_folder, trained
from refutable.strategies.training.locks import LockFile
from refutable.strategies.training.recipes import Recipe
from refutable.strategies.training.results import Trained

RECIPE = Recipe(11, 4, 2, 3, 4, "uniform", "sine", "1/5", 100, 2)


def same(left: Trained, right: Trained) -> bool:
    pairs = zip(left.arrays().values(), right.arrays().values(), strict=True)
    return left.recipe == right.recipe and all(np.array_equal(a, b, equal_nan=True) for a, b in pairs)


def forbid_training(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: object, **options: object) -> Trained:
        raise AssertionError("trained again")

    monkeypatch.setattr(train, "train", refuse)


def only_file(folder: Path) -> Path:
    (path,) = folder.iterdir()
    return path


def test_a_hit_equals_the_miss_and_trains_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    miss = trained(RECIPE, tmp_path, "cpu")
    assert only_file(tmp_path).name == f"{RECIPE.digest()}-cpu.npz"
    forbid_training(monkeypatch)
    assert same(trained(RECIPE, tmp_path, "cpu"), miss)
    with pytest.raises(AssertionError, match="trained again"):
        trained(replace(RECIPE, seed=12), tmp_path, "cpu")


def test_a_diverged_batch_survives_the_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    recipe = replace(RECIPE, step_size="50", steps=1000)
    miss = trained(recipe, tmp_path, "cpu")
    assert miss.counts()["diverged"] == 4
    forbid_training(monkeypatch)
    assert same(trained(recipe, tmp_path, "cpu"), miss)


def truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def one_byte_changed(path: Path) -> None:
    whole = bytearray(path.read_bytes())
    whole[len(whole) // 3] ^= 1
    path.write_bytes(bytes(whole))


def weights_replaced(path: Path) -> None:
    """A well-formed file that lies about a weight."""
    content = dict(np.load(path))
    content["w1"] = content["w1"] + 1e-3
    np.savez(path, **content)


def pickled(path: Path) -> None:
    np.savez(path, w1=np.array([{}], dtype=object))


def another_recipe(path: Path) -> None:
    other = train.train(replace(RECIPE, seed=99), device="cpu")
    cache._write(path, other)


@pytest.mark.parametrize("damage", [truncated, emptied, one_byte_changed, weights_replaced, pickled, another_recipe])
def test_a_damaged_file_is_retrained_with_a_warning_and_replaced(tmp_path: Path, damage: object) -> None:
    miss = trained(RECIPE, tmp_path, "cpu")
    assert callable(damage)
    damage(only_file(tmp_path))
    with pytest.warns(CacheWarning, match="training again"):
        assert same(trained(RECIPE, tmp_path, "cpu"), miss)
    assert same(trained(RECIPE, tmp_path, "cpu"), miss)


def test_no_byte_of_the_file_can_be_changed_unnoticed(tmp_path: Path) -> None:
    """Flip one bit in every 97th byte: what is read is either the truth or nothing."""
    miss = trained(RECIPE, tmp_path, "cpu")
    path = only_file(tmp_path)
    whole = path.read_bytes()
    noticed = 0
    for position in range(0, len(whole), 97):
        path.write_bytes(whole[:position] + bytes([whole[position] ^ 4]) + whole[position + 1 :])
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            found = cache._read(path, RECIPE)
        assert same(found, miss) if found else [w.category for w in caught] == [CacheWarning]
        noticed += found is None
    assert noticed > 10


COUNTED = """
import os, sys, time
from pathlib import Path
from refutable.strategies.training import cache, train
from refutable.strategies.training.recipes import Recipe

folder, log, start = map(Path, sys.argv[1:4])
recipe = Recipe.from_json(sys.argv[4])
real = train.train

def counted(*arguments, **options):
    with log.open("a") as lines:
        lines.write("trained\\n")
    time.sleep(0.5)
    return real(*arguments, **options)

train.train = counted
(start / str(os.getpid())).touch()
while len(list(start.iterdir())) < 2:
    time.sleep(0.01)
result = cache.trained(recipe, folder, "cpu")
assert result.w1.tobytes() == real(recipe, device="cpu").w1.tobytes()
"""


def test_two_processes_train_one_recipe_once(tmp_path: Path) -> None:
    log, start = tmp_path / "log", tmp_path / "start"
    start.mkdir()
    command = [sys.executable, "-c", COUNTED, str(tmp_path / "cache"), str(log), str(start), RECIPE.to_json()]
    processes = [subprocess.Popen(command) for _ in range(2)]
    try:
        assert [process.wait(60) for process in processes] == [0, 0]
    finally:
        for process in processes:
            process.kill()
    assert log.read_text() == "trained\n"
    assert only_file(tmp_path / "cache").suffix == ".npz"


def test_a_stale_lock_is_broken_and_a_fresh_one_is_not(tmp_path: Path) -> None:
    path = tmp_path / "x.lock"
    path.write_text("a process that died")
    os.utime(path, (time.time() - 500, time.time() - 500))
    with LockFile(path, stale_after=100) as lock:
        lock._break_if_stale()
        assert path.exists()
        os.utime(path, (time.time() - 500, time.time() - 500))
        lock.refresh()
        lock._break_if_stale()
        assert path.exists()
    assert not path.exists()


def test_a_folder_that_cannot_be_written_costs_a_warning_only(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.warns(CacheWarning, match="cannot keep"):
        result = trained(RECIPE, tmp_path / "file" / "cache", "cpu")
    assert same(result, train.train(RECIPE, device="cpu"))


def test_the_folder_follows_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REFUTABLE_CACHE", str(tmp_path / "a"))
    assert cache_folder() == tmp_path / "a"
    assert cache_folder(tmp_path / "b") == tmp_path / "b"
    monkeypatch.delenv("REFUTABLE_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "c"))
    monkeypatch.setattr("sys.platform", "linux")
    assert cache_folder() == tmp_path / "c" / "refutable"
