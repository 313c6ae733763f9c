"""`refutable train` killed, interrupted or damaged goes on, and ends bit for bit where it would have ended."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from refutable.strategies.engine.checkpoint import Checkpoints, state_arrays, state_of
from refutable.strategies.engine.problem import State
from refutable.strategies.engine.stationarity import stationarity
from refutable.strategies.training import train as training_loop
from refutable.strategies.training.end_points import read_end_points
from refutable.strategies.training.recipes import Recipe
from refutable.strategies.training.session import backend_of
from refutable.strategies.training.train import train_recipe
from refutable.verify.cli import parser
from refutable.verify.commands.train import PLAIN

Command = Callable[..., Any]
RECIPE = replace(PLAIN, networks=100, steps=2000, batch_size=5, delay=2, momentum=0.5, step_size="1/20")
RULES = {
    "gd": replace(RECIPE, batch_size=None, delay=0, momentum=0.0),
    "sgd, momentum, delay": RECIPE,
    "reduced": replace(RECIPE, inputs=8, samples=5, neurons=6, data="gaussian", batch_size=2, networks=100),
}
SHARES = (0.3, 0.7)
"""Of the checkpoints of a run, those that are gone on from."""


def options(recipe: Recipe) -> list[str]:
    names = ("networks", "inputs", "neurons", "samples", "data", "steps", "delay", "momentum", "step_size")
    given = [part for name in names for part in ("--" + name.replace("_", "-"), str(getattr(recipe, name)))]
    return [*given, "--batch-size", str(recipe.batch_size or "all")]


@contextmanager
def training(recipe: Recipe, out: Path, *more: str) -> Iterator[subprocess.Popen[str]]:
    """The command in a process of its own, once it has written a checkpoint of a run that is not yet at its end."""
    command = [sys.executable, "-m", "refutable", "train", *options(recipe), "--out", str(out), "--threads", "1"]
    child = subprocess.Popen(
        [*command, "--checkpoint-every", "0.05", *more],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, "OMP_NUM_THREADS": "1"},
    )  # fmt: skip
    try:
        end = time.monotonic() + 60
        while not (out / "checkpoint.safetensors").exists() and child.poll() is None and time.monotonic() < end:
            time.sleep(0.005)
        yield child
    finally:
        child.kill()
        child.communicate()


def assert_same(one: Path, two: Path) -> None:
    """The end points are the same numbers, bit for bit, and so are their files."""
    found, wanted = (read_end_points(folder / "minima.safetensors").trained.arrays() for folder in (one, two))
    assert found.keys() == wanted.keys()
    for name in found:
        assert found[name].tobytes() == wanted[name].tobytes(), name
    assert (one / "minima.safetensors").read_bytes() == (two / "minima.safetensors").read_bytes()


def steps_in(out: Path, recipe: Recipe) -> int:
    """Network-steps in the last sound checkpoint."""
    kept = Checkpoints(out, recipe).load()
    assert kept is not None
    return int(kept.state.steps.sum())


@pytest.mark.slow
def test_sigkill_loses_at_most_the_last_checkpoint(refutable: Command, tmp_path: Path) -> None:
    out, whole = tmp_path / "killed", tmp_path / "whole"
    with training(RECIPE, out, "--backend", "torch") as child:
        child.send_signal(signal.SIGKILL)
        child.wait()
    assert not (out / "minima.safetensors").exists()
    kept = steps_in(out, RECIPE)
    assert 0 < kept < RECIPE.networks * RECIPE.steps
    resumed = refutable("train", "--resume", "--out", out, "--threads", 1, "--json")
    assert (resumed.code, resumed.err) == (0, "")
    assert resumed.json["resumed_network_steps"] == kept
    assert resumed.json["backend"] == "torch"
    assert refutable("train", *options(RECIPE), "--out", whole, "--backend", "torch").code == 0
    assert_same(out, whole)


@pytest.mark.slow
def test_ctrl_c_leaves_a_checkpoint_and_says_how_to_continue(refutable: Command, tmp_path: Path) -> None:
    out, whole = tmp_path / "interrupted", tmp_path / "whole"
    with training(RECIPE, out, "--backend", "torch") as child:
        child.send_signal(signal.SIGINT)
        said, complaint = child.communicate(timeout=60)
    assert child.returncode == 130
    assert "Traceback" not in complaint
    assert f"continue with: refutable train --resume --out {out}" in complaint
    assert "network-steps" in said
    assert not (out / "minima.safetensors").exists()
    assert 0 < steps_in(out, RECIPE) < RECIPE.networks * RECIPE.steps
    assert refutable("train", *options(RECIPE), "--out", out).code == 0
    refutable("train", *options(RECIPE), "--out", whole, "--backend", "torch")
    assert_same(out, whole)


def test_the_way_to_continue_repeats_every_option_that_is_not_in_the_folder(
    refutable: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def pressed(*arguments: object, **options: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("refutable.strategies.training.session.train_recipe", pressed)
    out = tmp_path / "a folder"
    options = ("--out", out, "--backend", "torch", "--device", "cpu", "--threads", 3, "--checkpoint-every", 2.5,
               "--no-relabel", "--export", 4, "--index", "5,2", "--json")  # fmt: skip
    said = refutable("train", "--networks", 7, "--steps", 11, *options)
    assert said.code == 130
    given = parser().parse_args(shlex.split(said.err.split("continue with: refutable ")[1]))
    wanted = parser().parse_args(["train", "--resume", *(str(part) for part in options)])
    assert vars(given) == vars(wanted)
    bare = refutable("train", "--networks", 7, "--steps", 11, "--out", out)
    assert bare.err == f"refutable: interrupted; continue with: refutable train --resume --out '{out}'\n"


def left_by(state: State, recipe: Recipe, folder: Path, backend: str) -> Path:
    """A folder as a run killed after this checkpoint would leave it."""
    folder.mkdir(exist_ok=True)
    (folder / "recipe.json").write_text(recipe.to_json())
    Checkpoints(folder, recipe, {"backend": backend, "device": "cpu"}).save(state)
    return folder


def skip_without(backend: str, recipe: Recipe) -> None:
    try:
        backend_of(recipe, backend, "cpu")
    except ValueError as absent:
        pytest.skip(str(absent))


def copied(state: State) -> State:
    return state_of({name: array.copy() for name, array in state_arrays(state).items()})


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize(("backend", "networks", "every"), [("native", 500, 0.002), ("torch", 60, 0.02)])
def test_from_any_checkpoint_the_end_is_the_same(
    rule: str, backend: str, networks: int, every: float, refutable: Command, tmp_path: Path
) -> None:
    recipe = replace(RULES[rule], networks=networks)
    skip_without(backend, recipe)
    states: list[State] = []
    train_recipe(recipe, backend=backend, threads=1, save=lambda state: states.append(copied(state)), every=every)
    assert len(states) > 2
    whole = tmp_path / "whole"
    assert refutable("train", *options(recipe), "--out", whole, "--backend", backend).code == 0
    for number, share in enumerate(SHARES):
        out = left_by(states[int(share * len(states))], recipe, tmp_path / str(number), backend)
        said = refutable("train", "--resume", "--out", out)
        assert (said.code, said.err) == (0, "")
        assert_same(out, whole)


def test_checkpoints_come_in_time_however_fast_training_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """Training looks every few hundred steps at who has finished: far more often than checkpoints are due.

    By this clock each look at it comes 200 seconds after the one before, and a checkpoint is due every 1000.
    """
    seen = 0
    saved: list[tuple[int, int]] = []

    def looking(*arguments: Any) -> Any:
        nonlocal seen
        seen += 1
        return stationarity(*arguments)

    monkeypatch.setattr(training_loop, "time", SimpleNamespace(monotonic=lambda: 200.0 * seen))
    monkeypatch.setattr(training_loop, "stationarity", looking)
    recipe = replace(PLAIN, networks=2, steps=20_000, labels="noise")
    train_recipe(recipe, save=lambda state: saved.append((seen, int(state.steps.min()))), every=1000)
    assert seen == 15
    assert [look for look, _ in saved] == [5, 10]
    assert 0 < saved[0][1] < saved[1][1] < 20_000


def test_a_run_that_ended_where_a_checkpoint_was_taken_is_at_its_end(refutable: Command, tmp_path: Path) -> None:
    """All networks have finished when the last checkpoint is written, and the process is killed right then."""
    recipe = replace(PLAIN, networks=4, inputs=5, samples=3, neurons=8, data="gaussian", labels="noise", steps=20_000)
    whole = train_recipe(recipe)
    steps = int(whole.state.steps.max())
    assert whole.end.counts()["converged"] + whole.end.counts()["dead"] == 4
    assert steps < recipe.steps
    out = left_by(whole.state, recipe, tmp_path, whole.backend)
    said = refutable("train", "--resume", "--out", out, "--json")
    assert said.json["network_steps"] == 0
    assert read_end_points(out / "minima.safetensors").trained.w1.tobytes() == whole.end.w1.tobytes()


@pytest.mark.parametrize("backend", ["native", "torch"])
def test_beside_a_diverging_network_the_others_end_the_same(backend: str, refutable: Command, tmp_path: Path) -> None:
    recipe = replace(RECIPE, networks=40, steps=1500)
    skip_without(backend, recipe)
    planted = train_recipe(replace(recipe, steps=100), backend=backend).state
    planted.w1[7] = planted.w2[7] = 1e200
    states: list[State] = []
    whole = train_recipe(
        recipe, state=planted, backend=backend, save=lambda state: states.append(copied(state)), every=0.003
    ).end
    assert whole.with_outcome("diverged") == [7]
    out = left_by(states[len(states) // 2], recipe, tmp_path, backend)
    assert refutable("train", "--resume", "--out", out).code == 0
    found = read_end_points(out / "minima.safetensors").trained
    assert found.outcome == whole.outcome
    others = [index for index in range(40) if index != 7]
    for name, array in whole.arrays().items():
        assert found.arrays()[name][others].tobytes() == array[others].tobytes(), name


def begun(tmp_path: Path) -> tuple[Path, Recipe]:
    """A folder with two checkpoints of a small run."""
    recipe = replace(RECIPE, networks=8, steps=450)
    for steps in (200, 300):
        state = train_recipe(replace(recipe, steps=steps), backend="torch").state
        left_by(state, recipe, tmp_path, "torch")
    return tmp_path, recipe


def test_of_a_damaged_checkpoint_the_one_before_is_taken_and_that_is_said(refutable: Command, tmp_path: Path) -> None:
    out, _ = begun(tmp_path)
    last = out / "checkpoint.safetensors"
    last.write_bytes(last.read_bytes()[:1000])
    said = refutable("train", "--resume", "--out", out)
    assert said.code == 0
    assert f"{last} is damaged" in said.err
    assert "checkpoint.previous.safetensors" in said.err
    assert [path.name for path in out.glob("*.safetensors")] == ["minima.safetensors"]


def test_what_a_killed_process_left_half_written_is_removed(refutable: Command, tmp_path: Path) -> None:
    out, _ = begun(tmp_path)
    (out / ".next.checkpoint.safetensors.17-abcd.partial").write_bytes(b"half")
    assert refutable("train", "--resume", "--out", out).code == 0
    assert sorted(path.name for path in out.iterdir()) == [".lock", "minima.safetensors", "recipe.json"]


def test_where_both_are_damaged_nothing_is_trained(refutable: Command, tmp_path: Path) -> None:
    out, _ = begun(tmp_path)
    for path in out.glob("checkpoint*"):
        path.write_bytes(b"x")
    said = refutable("train", "--resume", "--out", out)
    assert (said.code, said.out) == (2, "")
    assert said.err.count("\n") == 1
    assert "remove the checkpoints" in said.err


def test_going_on_with_another_backend_is_allowed_and_said(refutable: Command, tmp_path: Path) -> None:
    out, _ = begun(tmp_path)
    said = refutable("train", "--resume", "--out", out, "--backend", "reference")
    assert said.code == 0
    assert "backend torch, now reference" in said.err


def test_a_checkpoint_that_cannot_be_written_stops_no_training(
    refutable: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("refutable.strategies.engine.checkpoint.write_tensors", full)
    recipe = replace(RECIPE, steps=1000)
    said = refutable("train", *options(recipe), "--out", tmp_path, "--checkpoint-every", 0.02, "--backend", "torch")
    assert said.code == 0
    assert said.err.count("No space left") == 1
    assert (tmp_path / "minima.safetensors").exists()


def test_end_points_that_cannot_be_written_leave_the_checkpoints(
    refutable: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    out, recipe = begun(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr("refutable.strategies.training.run_folder.write_end_points", full)
        said = refutable("train", "--resume", "--out", out)
    assert said.code == 2
    assert "No space left" in said.err
    assert steps_in(out, recipe) > 0
    assert refutable("train", "--resume", "--out", out).code == 0
