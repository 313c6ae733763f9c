"""`refutable train`: recipes in, end points out; what cannot be used is said in one line."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors import safe_open
from safetensors.numpy import load_file

from refutable.strategies.training import closed_form
from refutable.strategies.training.closed_form import Networks
from refutable.strategies.training.end_points import read_end_points
from refutable.strategies.training.recipes import Recipe
from refutable.strategies.training.results import OUTCOMES
from refutable.strategies.training.standard import standard
from refutable.strategies.training.train import train
from refutable.verify.commands.train import PLAIN

Command = Callable[..., Any]
SMALL = ("--networks", 6, "--neurons", 3, "--samples", 4, "--steps", 40)
RECIPE = replace(PLAIN, networks=6, neurons=3, samples=4, steps=40)
INTERPOLATING = ("--inputs", 5, "--data", "gaussian", "--labels", "noise", "--samples", 3, "--neurons", 8)


def values(arrays: dict[str, np.ndarray]) -> np.ndarray:
    import torch

    parts = (torch.from_numpy(arrays[name]) for name in Networks._fields)
    return closed_form.forward(Networks(*parts), torch.from_numpy(arrays["x"])).numpy()


def test_the_file_holds_what_training_the_recipe_gives(refutable: Command, tmp_path: Path) -> None:
    said = refutable("train", *SMALL, "--out", tmp_path / "run", "--backend", "torch", "--json")
    assert (said.code, said.err) == (0, "")
    document = said.json
    expected = train(RECIPE)
    assert Recipe(**document["recipe"]) == RECIPE
    assert Recipe.from_json((tmp_path / "run/recipe.json").read_text()) == RECIPE
    assert document["outcomes"] == expected.counts()
    assert (document["backend"], document["network_steps"], document["interrupted"]) == ("torch", 240, False)
    assert document["network_steps_per_second"] == pytest.approx(240 / document["seconds"])
    assert [Path(file).name for file in document["files"]] == ["recipe.json", "minima.safetensors"]
    arrays = load_file(document["files"][1])
    assert (arrays.pop("outcome") == expected.codes).all()
    wanted = expected.arrays()
    wanted.pop("codes")
    assert arrays.keys() == wanted.keys()
    for name in arrays:
        np.testing.assert_allclose(arrays[name], wanted[name], rtol=1e-9, atol=1e-12, err_msg=name)


def test_metadata_say_how_to_make_it_again(refutable: Command, tmp_path: Path) -> None:
    assert refutable("train", *SMALL, "--out", tmp_path, "--seed", 9).code == 0
    with safe_open(tmp_path / "minima.safetensors", "np") as file:
        said = file.metadata()
    assert Recipe.from_json(said["recipe"]) == replace(RECIPE, seed=9)
    assert said["recipe_digest"] == replace(RECIPE, seed=9).digest()
    assert said["format"] == "refutable-minima/1"
    assert {"backend", "device", "torch", "refutable"} <= said.keys()
    assert not list(tmp_path.glob("*checkpoint*"))


def test_quantiles_and_counts_are_those_of_the_arrays(refutable: Command, tmp_path: Path) -> None:
    options = ("--networks", 30, "--steps", 60, "--step-size", "1/3", *INTERPOLATING)
    document = refutable("train", *options, "--out", tmp_path, "--json").json
    arrays = load_file(tmp_path / "minima.safetensors")
    assert sum(document["outcomes"].values()) == 30
    [group] = [g for g in document["groups"] if g["outcome"] == "unconverged"]
    lambdas = np.sort(arrays["sharpness"][arrays["outcome"] == 1])
    assert group["count"] == len(lambdas) > 10
    assert group["sharpness"]["largest"] == lambdas[-1]
    assert group["sharpness"]["50%"] == pytest.approx(np.median(lambdas))
    assert group["edge"]["90%"] == pytest.approx(np.quantile(lambdas, 0.9) / 6)
    assert group["stable"] == (lambdas <= 6).sum()


def test_the_text_says_the_same(refutable: Command, tmp_path: Path) -> None:
    said = refutable("train", *SMALL, "--out", tmp_path, "--backend", "reference")
    assert said.code == 0
    expected = train(RECIPE)
    counts = ", ".join(f"{count} {outcome}" for outcome, count in expected.counts().items())
    stable = int(expected.stable[expected.codes == 1].sum())
    for part in ("reference on cpu: 240 network-steps", counts, "eta lambda/2", f"at most 1: {stable} of"):
        assert part in said.out
    assert str(tmp_path / "minima.safetensors") in said.out


def test_diverged_networks_are_counted_and_harm_nobody(refutable: Command, tmp_path: Path) -> None:
    document = refutable("train", *SMALL, "--step-size", "30", "--steps", 600, "--out", tmp_path, "--json").json
    assert document["outcomes"]["diverged"] > 0
    assert sum(document["outcomes"].values()) == 6


def test_every_option_of_a_recipe_reaches_it(refutable: Command, tmp_path: Path) -> None:
    wanted = Recipe(7, 2, 3, 4, 5, "sphere", "teacher", "0.05", 9, 2, 0.5, 3, 0.25)
    options = [
        part
        for name, value in asdict(wanted).items()
        for part in ("--" + name.replace("_", "-"), value)
    ]  # fmt: skip
    assert Recipe(**refutable("train", *options, "--out", tmp_path, "--json").json["recipe"]) == wanted


def test_recipes_have_names_and_files_and_options_change_them(refutable: Command, tmp_path: Path) -> None:
    few = ("--networks", 2, "--steps", 3, "--json")
    by_name = refutable("train", "--recipe", "line-noise-sgd", *few, "--out", tmp_path / "a").json
    assert Recipe(**by_name["recipe"]) == replace(standard("default")["line-noise-sgd"], networks=2, steps=3)
    quick = refutable("train", "--recipe", "quick/line-sine", *few, "--out", tmp_path / "b").json
    assert Recipe(**quick["recipe"]) == replace(standard("quick")["line-sine"], networks=2, steps=3)
    by_file = refutable("train", "--recipe", tmp_path / "a/recipe.json", "--batch-size", "all",
                        "--json", "--out", tmp_path / "c").json  # fmt: skip
    assert by_file["recipe"] == {**by_name["recipe"], "batch_size": None}


def test_relabelled_labels_are_what_the_network_computes(refutable: Command, tmp_path: Path) -> None:
    said = refutable("train", *SMALL, "--relabel", "--out", tmp_path)
    assert "y := f(x)" in said.out
    arrays = load_file(tmp_path / "minima.safetensors")
    np.testing.assert_allclose(arrays["y"], values(arrays), rtol=1e-13)
    assert (arrays["loss"] == 0).all()
    plain = train(RECIPE)
    assert (arrays["training_y"] == plain.y).all()
    np.testing.assert_allclose(arrays["training_loss"], plain.loss, rtol=1e-9)


def test_a_finished_run_is_not_trained_again_and_can_be_read_the_other_way(refutable: Command, tmp_path: Path) -> None:
    first = refutable("train", *SMALL, "--out", tmp_path, "--json").json
    plain = read_end_points(tmp_path / "minima.safetensors")
    again = refutable("train", *SMALL, "--out", tmp_path, "--relabel", "--json").json
    assert (again["trained"], again["network_steps"], again["outcomes"]) == (False, 0, first["outcomes"])
    assert (load_file(tmp_path / "minima.safetensors")["loss"] == 0).all()
    assert refutable("train", "--resume", "--out", tmp_path, "--json").json["relabelled"]
    assert "nothing was left to do" in refutable("train", "--resume", "--no-relabel", "--out", tmp_path).out
    found = read_end_points(tmp_path / "minima.safetensors")
    assert (found.about, found.relabelled) == (plain.about, False)
    for name, array in plain.trained.arrays().items():
        assert found.trained.arrays()[name].tobytes() == array.tobytes()


def test_relabelled_instances_are_minima_for_check(refutable: Command, tmp_path: Path) -> None:
    document = refutable("train", *SMALL, "--relabel", "--export", 2, "--index", 4, "--out", tmp_path, "--json").json
    assert len(document["instances"]) == 3
    said = refutable("check", "weighted-l1", *document["instances"], "--json").json
    for result in said["results"]:
        verdicts = {a["id"]: a["verdict"] for a in result["assumptions"]}
        assert verdicts["interpolating"] == "holds"
        assert result["verdict"] == "holds"


def test_converged_instances_keep_the_labels_of_the_training(refutable: Command, tmp_path: Path) -> None:
    options = ("--networks", 4, "--steps", 6000, *INTERPOLATING, "--export", 1, "--json")
    document = refutable("train", *options, "--out", tmp_path).json
    [path] = document["instances"]
    instance = json.loads(Path(path).read_text())
    arrays = load_file(tmp_path / "minima.safetensors")
    index = int(Path(path).stem)
    assert arrays["outcome"][index] == 0
    assert instance["data"]["y"] == arrays["y"][index].tolist()
    assert instance["network"]["w1"] == arrays["w1"][index].tolist()


def test_too_few_instances_are_said(refutable: Command, tmp_path: Path) -> None:
    said = refutable("train", *SMALL, "--export", 5, "--out", tmp_path, "--json")
    assert said.code == 0
    assert said.json["instances"] == []
    assert "0 instances written, not 5" in said.err
    assert "--relabel" in said.err


MISUSE = {
    ("--networks", "0"): "networks",
    ("--networks", "many"): "whole number",
    ("--step-size", "fast"): "step_size",
    ("--batch-size", "17"): "batch_size",
    ("--momentum", "1"): "momentum",
    ("--delay", "-1"): "delay",
    ("--spread", "nan"): "spread",
    ("--labels", "table"): "table",
    ("--backend", "abacus"): "abacus",
    ("--checkpoint-every", "0"): "positive",
    ("--threads", "0"): "at least 1",
    ("--index", "1,x"): "whole number",
    ("--recipe", "no-such"): "line-sine",
    ("--recipe", "no-such.json"): "no-such.json",
    ("--resume",): "nothing to resume",
}


@pytest.mark.parametrize("options", MISUSE, ids=" ".join)
def test_misuse_is_one_line_and_leaves_no_folder(options: tuple[str, ...], refutable: Command, tmp_path: Path) -> None:
    said = refutable("train", *options, "--out", tmp_path / "new")
    assert (said.code, said.out) == (2, "")
    assert MISUSE[options] in said.err
    assert said.err.count("\n") == 1
    assert not (tmp_path / "new").exists()


def test_an_index_beyond_the_batch_is_misuse(refutable: Command, tmp_path: Path) -> None:
    said = refutable("train", *SMALL, "--relabel", "--index", 6, "--out", tmp_path / "new")
    assert (said.code, said.out) == (2, "")
    assert "no network 6" in said.err
    assert not (tmp_path / "new").exists()


def test_a_refused_export_says_which_option_helps_and_changes_no_minima(refutable: Command, tmp_path: Path) -> None:
    assert refutable("train", *SMALL, "--relabel", "--index", 4, "--out", tmp_path).code == 0
    before = (tmp_path / "minima.safetensors").read_bytes()
    said = refutable("train", *SMALL, "--no-relabel", "--index", 4, "--out", tmp_path)
    assert (said.code, said.out) == (2, "")
    assert "network 4 is unconverged, not converged; --relabel" in said.err
    assert said.err.count("\n") == 1
    assert (tmp_path / "minima.safetensors").read_bytes() == before


def test_a_diverged_network_is_not_exported_and_no_option_helps(refutable: Command, tmp_path: Path) -> None:
    options = (*SMALL, "--step-size", "30", "--steps", 600, "--out", tmp_path)
    refutable("train", *options)
    index = int((load_file(tmp_path / "minima.safetensors")["outcome"] == OUTCOMES.index("diverged")).argmax())
    said = refutable("train", *options, "--index", index)
    assert said.code == 2
    assert f"network {index} diverged" in said.err
    assert "--relabel" not in said.err


def test_a_faster_backend_that_is_not_there_is_said(
    refutable: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CC", "/nonexistent")
    said = refutable("train", *SMALL, "--out", tmp_path / "a")
    assert said.code == 0
    assert "torch on cpu" in said.out
    assert "trained by the slower backend torch: native cannot do it here" in said.err
    assert "/nonexistent" in said.err
    assert said.err.count("\n") == 1
    assert refutable("train", *SMALL, "--out", tmp_path / "b", "--backend", "torch").err == ""
    monkeypatch.setenv("REFUTABLE_NATIVE", "0")
    assert refutable("train", *SMALL, "--out", tmp_path / "c").err == ""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("command", [("train", *SMALL), ("train", *SMALL, "--json"), ("list",)])
def test_a_full_disk_behind_standard_output_is_said_in_one_line(
    command: tuple[object, ...], refutable: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = ("--backend", "torch", "--out", tmp_path) if command[0] == "train" else ()
    with open("/dev/full", "w") as full, monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", full)
        said = refutable(*command, *out)
    assert said.code == 2
    assert said.err == "refutable: what was found could not be written: No space left on device\n"
    assert (tmp_path / "minima.safetensors").exists() == (command[0] == "train")


def test_an_absent_cuda_device_is_misuse(refutable: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    said = refutable("train", *SMALL, "--device", "cuda", "--out", tmp_path / "new")
    assert said.code == 2
    assert "no CUDA device" in said.err
    assert not (tmp_path / "new").exists()


def test_a_folder_of_another_recipe_is_refused(refutable: Command, tmp_path: Path) -> None:
    refutable("train", *SMALL, "--out", tmp_path)
    before = (tmp_path / "minima.safetensors").read_bytes()
    for options in ((*SMALL, "--seed", 1), (*SMALL, "--seed", 1, "--resume"), ()):
        said = refutable("train", *options, "--out", tmp_path)
        assert said.code == 2
        assert "another recipe" in said.err
    assert "seed 0, not 1" in refutable("train", *SMALL, "--seed", 1, "--out", tmp_path).err
    assert (tmp_path / "minima.safetensors").read_bytes() == before


SENSELESS_FOLDERS = {
    "recipe.json": [b"{", b"[" * 50_000, b"\xff\xfe", b"{}", b'{"format":"refutable-recipe/2"}', b"9" * 70_000],
    "minima.safetensors": [b"", b"\xff" * 100],
    "checkpoint.safetensors": [b"", b"\xff" * 100],
}


@pytest.mark.parametrize(("name", "content"), [(name, c) for name, cs in SENSELESS_FOLDERS.items() for c in cs])
@pytest.mark.parametrize("resume", [False, True])
def test_damaged_folders_get_one_line(
    name: str, content: bytes, resume: bool, refutable: Command, tmp_path: Path
) -> None:
    (tmp_path / "recipe.json").write_text(RECIPE.to_json())
    (tmp_path / name).write_bytes(content)
    said = refutable("train", *SMALL, "--out", tmp_path, *(["--resume"] if resume else []))
    assert (said.code, said.out) == (2, "")
    assert str(tmp_path / name) in said.err
    assert said.err.count("\n") == 1
    assert len(said.err) < 800
    assert (tmp_path / name).read_bytes() == content


def test_results_without_their_recipe_are_not_overwritten(refutable: Command, tmp_path: Path) -> None:
    (tmp_path / "minima.safetensors").write_bytes(b"somebody's")
    said = refutable("train", *SMALL, "--out", tmp_path)
    assert said.code == 2
    assert (tmp_path / "minima.safetensors").read_bytes() == b"somebody's"


def test_out_cannot_be_a_file(refutable: Command, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for out in (tmp_path / "file", tmp_path / "file" / "below"):
        said = refutable("train", *SMALL, "--out", out)
        assert said.code == 2
        assert said.err.count("\n") == 1


def test_two_processes_do_not_train_in_one_folder(refutable: Command, tmp_path: Path) -> None:
    holder = (
        "import sys; from pathlib import Path; from refutable.strategies.training.run_folder import RunFolder\n"
        "with RunFolder(Path(sys.argv[1])).alone():\n    print('held', flush=True); sys.stdin.read()\n"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", holder, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert child.stdout is not None
        assert child.stdout.readline() == "held\n"
        said = refutable("train", *SMALL, "--out", tmp_path)
        assert said.code == 2
        assert "another process" in said.err
    finally:
        child.kill()
        child.communicate()
    assert refutable("train", *SMALL, "--out", tmp_path).code == 0
