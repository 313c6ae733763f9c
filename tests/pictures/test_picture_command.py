"""`refutable picture` in process: tables, verdicts, files, and refusals in one line."""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from refutable.strategies.engine import converge as engine
from refutable.strategies.shallow_relu.pictures.step_sizes import Row
from refutable.verify.commands.picture_page import cells

Command = Callable[..., tuple[int, str, str]]
TINY = ("--samples", 6, "--neurons", 6, "--steps", 400, "--step-sizes", "0.05,1/4")


def test_digits_are_trained_and_decided(command: Command, tmp_path: Path) -> None:
    pytest.importorskip("sklearn")
    path = tmp_path / "picture.html"
    code, out, err = command("digits", *TINY, "-o", path)
    assert (code, err) == (0, "")
    assert "Digits 0 and 1 of scikit-learn, 6 images of 8 x 8: n = 6, d = 64, k = 6" in out
    assert "1 + 2||f|| <= sharpness                           2 holds" in out
    assert str(path) in out
    text = path.read_text(encoding="utf-8")
    assert text.count("<svg xmlns") == 2
    assert "0.25" in text
    assert "http" not in text.replace("http://www.w3.org", "").replace("http-equiv", "")


def test_numbers_and_verdicts_of_a_folder_as_json(command: Command, folder: Path) -> None:
    code, out, err = command("--mnist", folder, "--classes", "3,5", *TINY, "--networks", 2, "--json")
    assert (code, err) == (0, "")
    found = json.loads(out)
    assert found["format"] == "refutable-picture/1"
    assert [row["step_size"] for row in found["networks"]] == [0.05, 0.05, 0.25, 0.25]
    assert sum(found["outcomes"].values()) == 4
    for row in found["networks"]:
        if not row["verdicts"]:
            assert row["outcome"] in ("dead", "diverged")
            continue
        assert row["bound"] <= row["sharpness"] * (1 + 1e-12)
        assert row["verdicts"]["lower"] == "holds"
        assert row["verdicts"]["upper"] == ("holds" if row["sharpness"] <= row["edge"] else "fails")
        assert row["verdicts"]["bound"] == ("holds" if row["sharpness"] <= row["edge"] else "vacuous")


def test_the_same_seed_gives_the_same_numbers(command: Command, folder: Path) -> None:
    words = ("--mnist", folder, "--classes", "3,5", *TINY, "--json")
    first, again, other = (json.loads(command(*words, "--seed", seed)[1]) for seed in (1, 1, 2))
    assert first == again
    assert first["networks"] != other["networks"]


def test_a_picture_and_a_document_are_written(command: Command, folder: Path, tmp_path: Path) -> None:
    drawn, numbers = tmp_path / "p.svg", tmp_path / "p.json"
    for path in (drawn, numbers):
        assert command("--mnist", folder, "--classes", "3,5", *TINY, "-o", path)[0] == 0
    assert ElementTree.parse(drawn).getroot().tag.endswith("svg")
    assert len(json.loads(numbers.read_text())["networks"]) == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "name what to train on"),
        (("digits", "--mnist", "."), "name what to train on"),
        (("--mnist", "nowhere-at-all"), "there is no such folder"),
        (("--mnist", "FOLDER", "--classes", "0,1"), "has 0 images of class 0"),
        (("--mnist", "FOLDER", "--classes", "3,5", "--samples", 14), "6 images of class 3, but 7"),
        (("--mnist", "FOLDER", "--classes", "3,3"), "two different digits"),
        (("--mnist", "FOLDER", "--classes", "3,x"), "whole number"),
        (("digits", "--step-sizes", "0.1,-2"), "positive number"),
        (("digits", "--step-sizes", "1/0"), "positive number"),
        (("digits", "--step-sizes", ","), "at least 1"),
        (("digits", "--step-sizes", "2000", "--samples", 4), "take fewer"),
        (("digits", "-o", "x.png"), "must end in .html, .svg, .json"),
        (("digits", "--seed", "-1"), "must be from 0"),
        (("digits", *TINY, "-o", "FOLDER/t10k-labels-idx1-ubyte.gz/x.svg"), "not kept"),
    ],
)
def test_misuse_is_said_in_a_line(words: tuple[object, ...], said: str, command: Command, folder: Path) -> None:
    code, _, err = command(*(str(word).replace("FOLDER", str(folder)) for word in words))
    assert code == 2
    assert said in err.splitlines()[-1]


def test_without_scikit_learn_it_says_what_to_install(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sklearn", None)
    code, out, err = command("digits", *TINY)
    assert (code, out) == (2, "")
    assert "pip install 'refutable[data]'" in err


@pytest.mark.parametrize("sharpness", [15.0390, 15.037594, 15.03759398496241])
def test_two_over_eta_and_the_sharpness_are_told_apart(sharpness: float) -> None:
    row = Row(0.133, 0, 2 / 0.133, sharpness, 1.0, 1e-9, "unconverged", 5, False)
    edge, sharp = cells(row, "lower")[1:3]
    assert (edge == sharp) == (row.edge == sharpness)
    assert (float(sharp) > float(edge)) == (sharpness > row.edge)
    assert float(sharp) == pytest.approx(sharpness, rel=1e-6)


def test_ctrl_c_ends_with_what_is_done(command: Command, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    train, presses = vars(engine)["train"], [signal.SIGINT]

    def pressed(*arguments: Any, **options: Any) -> Any:
        run = train(*arguments, **options)
        while presses:
            signal.raise_signal(presses.pop())
        return run

    monkeypatch.setattr(engine, "train", pressed)
    code, out, err = command("--mnist", folder, "--classes", "3,5", *TINY, "--json")
    assert code == 130
    assert "interrupted" in err
    found = json.loads(out)
    assert found["interrupted"] is True
    assert all(row["steps"] <= 400 and row["verdicts"] == {} for row in found["networks"])
