"""Checkpoints hold all of a state, survive whatever happens to one of them, and believe nothing that makes no sense."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors import SafetensorError
from safetensors.numpy import save

from refutable.strategies.engine import tensor_files
from refutable.strategies.engine.checkpoint import FORMAT, Checkpoints, NoCheckpoint, state_arrays
from refutable.strategies.engine.problem import State
from refutable.strategies.engine.tensor_files import CHECKSUM, checksum
from refutable.strategies.engine.train import Data, Run, train
from refutable.strategies.training.recipes import Recipe
from refutable.strategies.training.train import initial

GD = Recipe(3, 5, 2, 4, 6, "gaussian", "noise", "1/10", 300)
RULES = {
    "gd": GD,
    "sgd": replace(GD, batch_size=2),
    "momentum": replace(GD, momentum=0.9, step_size="1/50"),
    "delay": replace(GD, delay=3),
    "all of them": replace(GD, batch_size=2, momentum=0.5, delay=2, step_size="1/50"),
    "reduced": replace(GD, inputs=9, samples=4, batch_size=3, momentum=0.5, delay=2, step_size="1/50"),
}


def trained(recipe: Recipe, steps: int, state: State | None = None) -> Run:
    """So many steps from the start of the recipe, or from a state."""
    networks, x, y = initial(recipe)
    return train(
        networks if state is None else state,
        Data(x, y),
        float(recipe.eta),
        steps,
        recipe.batch_size,
        recipe.delay,
        recipe.momentum,
        seed=recipe.seed,
        backend="torch",
        threads=1,
        reduce=recipe.inputs > recipe.samples,
    )


def assert_same(found: State, wanted: State) -> None:
    one, two = state_arrays(found), state_arrays(wanted)
    assert one.keys() == two.keys()
    for name in one:
        assert one[name].tobytes() == two[name].tobytes(), name


@pytest.mark.parametrize("rule", RULES)
def test_training_from_a_checkpoint_ends_bit_for_bit_where_it_would_have_ended(rule: str, tmp_path: Path) -> None:
    recipe = RULES[rule]
    whole = trained(recipe, 300)
    part = trained(recipe, 131)
    checkpoints = Checkpoints(tmp_path, recipe)
    checkpoints.save(part.state)
    kept = checkpoints.load()
    assert kept is not None
    assert_same(kept.state, part.state)
    again = trained(recipe, 300, kept.state)
    assert_same(again.state, whole.state)
    assert all(torch.equal(a, b) for a, b in zip(again.networks, whole.networks, strict=True))
    assert (kept.state.base is not None) == (rule == "reduced")


def test_what_is_not_a_number_is_kept_too(tmp_path: Path) -> None:
    state = trained(GD, 3).state
    state.w1[1, 2, 0], state.b2[4], state.largest_loss[1] = torch.nan, torch.inf, torch.nan
    state.w2[0, 0] = -0.0
    checkpoints = Checkpoints(tmp_path, GD)
    checkpoints.save(state)
    kept = checkpoints.load()
    assert kept is not None
    assert_same(kept.state, state)


@pytest.fixture
def two(tmp_path: Path) -> Checkpoints:
    """Checkpoints after 10 and 20 steps."""
    checkpoints = Checkpoints(tmp_path, GD, {"backend": "torch"})
    for steps in (10, 20):
        checkpoints.save(trained(GD, steps).state)
    return checkpoints


def steps_of(checkpoints: Checkpoints) -> int:
    kept = checkpoints.load()
    assert kept is not None
    return int(kept.state.steps[0])


def test_the_last_checkpoint_is_taken_with_what_was_said_of_it(two: Checkpoints) -> None:
    kept = two.load()
    assert kept is not None
    assert (steps_of(two), kept.path, kept.skipped, kept.about["backend"]) == (20, two.paths[0], "", "torch")
    assert sorted(p.name for p in two.folder.iterdir()) == sorted(p.name for p in two.paths)


def test_there_is_none_in_an_empty_folder_or_after_discarding(two: Checkpoints, tmp_path: Path) -> None:
    two.discard()
    assert two.load() is None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("share", [0.0, 0.001, 0.01, 0.3, 0.999])
def test_of_a_truncated_checkpoint_the_one_before_is_taken(two: Checkpoints, share: float) -> None:
    last, previous = two.paths
    data = last.read_bytes()
    last.write_bytes(data[: int(share * len(data))])
    kept = two.load()
    assert kept is not None
    assert kept.path == previous
    assert str(last) in kept.skipped
    assert "\n" not in kept.skipped
    assert steps_of(two) == 10


def test_any_flipped_bit_is_seen(two: Checkpoints) -> None:
    last = two.paths[0]
    data = last.read_bytes()
    for position in range(0, len(data), 7):
        last.write_bytes(data[:position] + bytes([data[position] ^ 4]) + data[position + 1 :])
        assert steps_of(two) == 10, position
    last.write_bytes(data)
    assert steps_of(two) == 20


@pytest.mark.parametrize("rename", [1, 2])
def test_killed_between_two_renames_nothing_is_lost(
    two: Checkpoints, rename: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process ends after the new file is written, at the first rename after that or the second."""
    state = trained(GD, 30).state
    real: Callable[[Path, Path], None] = os.replace
    done = 0

    def replace_or_die(source: Path, target: Path) -> None:
        nonlocal done
        done += 1
        if done == rename + 1:
            raise KeyboardInterrupt
        real(source, target)

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", replace_or_die)
        with pytest.raises(KeyboardInterrupt):
            two.save(state)
    assert steps_of(two) == 30
    two.save(trained(GD, 40).state)
    assert steps_of(two) == 40


def test_a_full_disk_leaves_what_was_there(two: Checkpoints, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(arrays: object, path: Path, metadata: object) -> None:
        path.write_bytes(b"half of it")
        raise SafetensorError("I/O error: No space left on device (os error 28)")

    monkeypatch.setattr(tensor_files, "save_file", full)
    with pytest.raises(OSError, match="No space left"):
        two.save(trained(GD, 30).state)
    assert steps_of(two) == 20
    assert len(list(two.folder.iterdir())) == 2


def test_both_damaged_is_said_in_one_line(two: Checkpoints) -> None:
    for path in two.paths:
        path.write_bytes(b"nothing")
    with pytest.raises(NoCheckpoint) as problem:
        two.load()
    assert all(str(path) in str(problem.value) for path in two.paths)
    assert "\n" not in str(problem.value)


def test_another_recipe_is_refused(two: Checkpoints) -> None:
    with pytest.raises(NoCheckpoint, match="another recipe"):
        Checkpoints(two.folder, replace(GD, seed=4)).load()


def forged(path: Path, changes: dict[str, np.ndarray], format: str = FORMAT) -> None:
    """A file with an honest checksum and senseless content."""
    arrays = {**state_arrays(trained(GD, 5).state), **changes}
    arrays = {name: array for name, array in arrays.items() if array.size}
    metadata = {"format": format, "recipe": GD.digest()}
    path.write_bytes(save(arrays, {**metadata, CHECKSUM: checksum(arrays, metadata)}))


NAN_STEPS, NOTHING = np.full(5, np.nan), np.empty(0)
SENSELESS: dict[str, dict[str, np.ndarray]] = {
    "steps that are no numbers": {"steps": NAN_STEPS},
    "negative steps": {"steps": np.full(5, -1)},
    "more steps than asked for": {"steps": np.full(5, 301)},
    "steps of another size": {"steps": np.full(6, 1)},
    "a wrong shape": {"w1": np.zeros((5, 4, 3))},
    "a missing array": {"b1": NOTHING},
    "a foreign array": {"more": np.zeros(5)},
    "half precision": {"w2": np.zeros((5, 4), np.float16)},
    "a velocity without momentum": {f"velocity.{name}": np.zeros(5) for name in ("w1", "b1", "w2", "b2")},
    "a base without a reduction": {"base": np.zeros((5, 4, 2))},
}


@pytest.mark.parametrize("what", SENSELESS)
def test_a_forged_file_is_refused_though_its_checksum_is_right(what: str, tmp_path: Path) -> None:
    checkpoints = Checkpoints(tmp_path, GD)
    forged(checkpoints.paths[0], SENSELESS[what])
    with pytest.raises(NoCheckpoint, match="damaged"):
        checkpoints.load()


def test_an_honest_forgery_is_read(tmp_path: Path) -> None:
    """The forger of these tests makes good files where it changes nothing."""
    checkpoints = Checkpoints(tmp_path, GD)
    forged(checkpoints.paths[0], {})
    assert steps_of(checkpoints) == 5
    forged(checkpoints.paths[0], {}, "refutable-checkpoint/999")
    with pytest.raises(NoCheckpoint, match="refutable-checkpoint/999"):
        checkpoints.load()


def header(value: object) -> bytes:
    text = (value if isinstance(value, str) else json.dumps(value)).encode()
    return len(text).to_bytes(8, "little") + text


SAID = {"format": FORMAT, "recipe": GD.digest()}
HOSTILE = {
    "empty": b"",
    "a header of 2^63 bytes": (2**63).to_bytes(8, "little") + b"{}",
    "a header of 60000 bytes in a file of 10": (60000).to_bytes(8, "little") + b"{}",
    "no JSON": header("x" * 50),
    "nested deeply": header("[" * 60000),
    "a list": header([]),
    "metadata that are numbers": header({"__metadata__": {"format": 7}}),
    "metadata that are a text": header({"__metadata__": "x"}),
    "no arrays": header({"__metadata__": SAID}),
    "an array outside": header({"__metadata__": SAID, "w1": {"dtype": "F64", "shape": [9], "data_offsets": [0, 72]}}),
    "an array of negative size": header({"__metadata__": SAID, "w1": {"dtype": "F64", "shape": [-1]}}),
    "an unknown type": header({"__metadata__": SAID, "w": {"dtype": "BF16", "shape": [1], "data_offsets": [0, 2]}})
    + b"ab",
    "far too long": header({"__metadata__": SAID}) + bytes(10**6),
    "a text": b"refutable\n" * 20,
}


@pytest.mark.parametrize("what", HOSTILE)
def test_hostile_bytes_get_one_line(what: str, tmp_path: Path) -> None:
    checkpoints = Checkpoints(tmp_path, GD)
    checkpoints.paths[0].write_bytes(HOSTILE[what])
    with pytest.raises(NoCheckpoint) as problem:
        checkpoints.load()
    assert len(str(problem.value)) < 500
    assert "\n" not in str(problem.value)


def test_folders_and_pipes_are_no_checkpoints(tmp_path: Path) -> None:
    checkpoints = Checkpoints(tmp_path, GD)
    checkpoints.paths[0].mkdir()
    os.mkfifo(checkpoints.paths[1])
    with pytest.raises(NoCheckpoint, match="no ordinary file"):
        checkpoints.load()
