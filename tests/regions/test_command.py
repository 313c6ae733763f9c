"""`refutable regions`: counts of files, measurements, statistics, refusals."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest

from refutable.strategies.regions.measuring import Cell, Grid, Plan, PlanError, measured
from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.papers.li_2025.networks import zigzag
from refutable.verify.cli import main
from refutable.verify.region_table import BATCH, STEP, chart, comparisons, mean_of, rows
from refutable.verify.schemas import schema

Command = Callable[..., tuple[int, str, str]]
TINY = ("--measure", "--networks", 3, "--neurons", 6, "--inputs", 2, "--samples", 6, "--steps", 40)


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> Command:
    def run(*arguments: object) -> tuple[int, str, str]:
        code = main(["regions", *map(str, arguments)])
        said = capsys.readouterr()
        assert "Traceback" not in said.err
        return code, said.out, said.err

    return run


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "zigzag.json"
    path.write_text(json.dumps(SHALLOW_RELU.dump(zigzag())))
    return path


def fits(document: dict[str, Any]) -> bool:
    jsonschema.Draft202012Validator(schema("regions")).validate(document)
    return True


def test_a_file_is_counted(command: Command, file: Path) -> None:
    code, out, err = command(file)
    assert (code, err) == (0, "")
    assert "decision regions on segments   1  6.000       6     6" in out
    code, out, err = command(file, "--json")
    document = json.loads(out)
    assert (code, err) == (0, "")
    assert fits(document)
    assert document["networks"][0]["segments"][0]["decision"] == 6


def test_a_folder_of_training_is_counted(command: Command, file: Path) -> None:
    (file.parent / "instances").mkdir()
    for name in ("000000.json", "000001.json"):
        (file.parent / "instances" / name).write_text(file.read_text())
    code, out, _ = command(file.parent, "--json", "--level", "1/3")
    found = json.loads(out)["networks"]
    assert code == 0
    assert [Path(one["file"]).name for one in found] == ["000000.json", "000001.json"]
    assert found[0]["level"] == "1/3"


def test_a_picture_of_two_inputs_is_written(command: Command, tmp_path: Path) -> None:
    plane = SHALLOW_RELU.instance(w1=[[1, 0], [0, 1]], b1=[0, 0], w2=[1, -1], b2=0, x=[[-1, -1], [1, 2], [2, -1]])
    file = tmp_path / "plane.json"
    file.write_text(json.dumps(SHALLOW_RELU.dump(plane)))
    code, out, err = command(file, "-o", tmp_path / "plane.svg")
    assert (code, err) == (0, "")
    assert "plane.svg" in out
    ElementTree.parse(tmp_path / "plane.svg")


def test_a_measurement_is_printed_drawn_and_repeatable(command: Command, tmp_path: Path) -> None:
    code, out, err = command(*TINY, "--step-sizes", "0.05,0.1", "--batch-sizes", "2,6", "-o", tmp_path / "m.svg")
    assert (code, err) == (0, "")
    assert "3 networks at each setting: k = 6, d = 2, n = 6, labels: noise, seed 0; time 4" in out
    assert "measured in floating point, with intervals over independent networks; no verdict" in out
    ElementTree.parse(tmp_path / "m.svg")
    words = (*TINY, "--step-sizes", "0.05,0.1", "--json")
    first, again, other = (json.loads(command(*words, "--seed", seed)[1]) for seed in (1, 1, 2))
    assert fits(first)
    assert first == again
    assert first["cells"] != other["cells"]
    assert first["plan"]["batch_sizes"] == [1, 2, 6]
    assert all(one["mean"]["mean"] >= 1 for one in first["cells"] if one["mean"]["mean"] is not None)


def test_what_is_measured_is_what_is_counted_exactly() -> None:
    import torch

    import refutable
    from refutable.strategies.regions.measuring import mean_regions
    from refutable.strategies.training.closed_form import Networks

    generator = torch.Generator().manual_seed(1)
    shapes = ((2, 5, 3), (2, 5), (2, 5), (2,))
    networks = Networks(*(torch.randn(shape, dtype=torch.float64, generator=generator) for shape in shapes))
    x = torch.randn((2, 7, 3), dtype=torch.float64, generator=generator)
    found = mean_regions(networks, x)
    for row in range(2):
        one = dict(zip(("w1", "b1", "w2", "b2"), (part[row] for part in networks), strict=True))
        assert refutable.regions(one, x[row], planes=0).mean_decision_regions == pytest.approx(float(found[row]))
    lost = networks._replace(w2=networks.w2 * math.inf)
    assert mean_regions(lost, x).isnan().all()


def test_means_have_students_interval() -> None:
    found = mean_of([1.0, 2.0, 3.0, 4.0, 5.0])
    # Student's 0.975 quantile with 4 degrees of freedom is 2.776445105; the standard error is sqrt(1/2).
    assert found.mean == 3
    assert (found.upper or 0) - 3 == pytest.approx(2.776445105 * math.sqrt(0.5))
    assert (mean_of([2.0]).mean, mean_of([2.0]).lower, mean_of([]).mean) == (2.0, None, None)


def grid(counts: dict[tuple[float, int], tuple[float, ...]], right: tuple[float, ...] = (1, 1, 1)) -> Grid:
    plan = Plan((0.1, 0.2), (2, 4), len(right), 3, 2, 4, steps=10)
    cells = [
        Cell(eta, size, counts[eta, size], right, tuple(0.5 for _ in right))
        for size in plan.batch_sizes
        for eta in plan.step_sizes
    ]
    return Grid(plan, tuple(cells), False)


def test_comparisons_are_of_one_network_at_two_settings() -> None:
    counts = {
        (0.1, 2): (3.0, 2.0, 2.0),
        (0.2, 2): (2.0, 2.0, 3.0),
        (0.1, 4): (5.0, 4.0, 1.0),
        (0.2, 4): (4.0, 3.0, 1.0),
    }
    found = {(one.what, one.at): one for one in comparisons(grid(counts))}
    step = found[STEP, None].frequency
    assert step is not None
    assert (step.successes, step.trials) == (2, 3)  # means of (1, 1), (0, 1), (-1, 0)
    assert found[STEP, None].ties == 0
    small = found[STEP, 2.0]
    assert small.frequency is not None
    assert (small.frequency.successes, small.frequency.trials, small.ties) == (1, 2, 1)
    at_tenth = found[BATCH, 0.1].frequency
    assert at_tenth is not None
    assert (at_tenth.successes, at_tenth.trials) == (2, 3)  # 5 > 3, 4 > 2, 1 < 2
    unfitted = {(one.what, one.at): one for one in comparisons(grid(counts, (1, 0.75, 1)))}[STEP, None].frequency
    assert unfitted is not None
    assert (unfitted.successes, unfitted.trials) == (1, 2)
    nobody = comparisons(grid(counts, (0.5, 0.75, 0)))
    assert all(one.frequency is None for one in nobody)
    assert chart(grid(counts, (0.5, 0.75, 0))).series[0].x == ()


def test_diverged_networks_are_said_and_left_out() -> None:
    counts = dict.fromkeys([(0.1, 2), (0.2, 2), (0.1, 4), (0.2, 4)], (2.0, math.nan, 1.0))
    assert [row[3:5] for row in rows(grid(counts))[1:]] == [("2 of 3", "1")] * 4
    wild = measured(Plan((1e6,), (4,), 2, 3, 2, 4, steps=200))
    assert wild.cells[0].finite == []
    assert rows(wild)[1][2:] == ("-", "0 of 2", "2", "-")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((), "name instance files, or use --measure"),
        (("--steps", 3, "a.json"), "--steps says how to train; it goes with --measure"),
        (("--measure", "a.json"), "leave the files out"),
        (("--measure", "--neurons", 10**6), "take fewer"),
        (("--measure", "--batch-sizes", "99"), "batch sizes must be from 1 to the number of data, 24"),
        (("--measure", "--step-sizes", "1e-9,1"), "the smallest step size would take more than"),
        (("--level", "much", "a.json"), "not a finite number"),
        (("-o", "a.png", "a.json"), "must end in .svg"),
        (("absent.json",), "absent.json"),
    ],
)
def test_misuse_is_one_line(command: Command, words: tuple[object, ...], message: str) -> None:
    code, _, err = command(*words)
    assert code == 2
    assert message in err
    assert len(err.splitlines()) == 1


def test_other_instances_and_other_dimensions_are_refused(command: Command, file: Path, tmp_path: Path) -> None:
    code, _, err = command(file, "-o", tmp_path / "line.svg")
    assert code == 2
    assert "this network has 1 input; regions are drawn for two" in err
    assert not (tmp_path / "line.svg").exists()
    matrix = tmp_path / "linear.json"
    matrix.write_text(
        json.dumps({"format": "refutable-instance/1", "model": "deep-linear", "layers": [[[1]]], "loss_scale": 1})
    )
    code, _, err = command(matrix)
    assert code == 2


def test_senseless_plans_are_refused() -> None:
    with pytest.raises(PlanError, match="positive"):
        Plan(step_sizes=(0.0,))
    with pytest.raises(PlanError, match="spread"):
        Plan(spread=math.nan)
    with pytest.raises(PlanError, match="more than 20,000 networks"):
        Plan(networks=10_000)
    with pytest.raises(PlanError, match="the largest of neurons, data and inputs is more than 50,000,000"):
        Plan(inputs=200_000)
    with pytest.raises(PlanError, match="largest of neurons"):
        Plan(neurons=5000)
    with pytest.raises(PlanError, match="at most 2,000 data"):
        Plan(samples=10**7, networks=1, neurons=1)


def test_settings_done_before_ctrl_c_are_kept(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    from refutable.strategies.regions import measuring

    train, calls = measuring.train, []

    def stopped(*arguments: Any, **options: Any) -> Any:
        calls.append(1)
        return replace(train(*arguments, **options), interrupted=len(calls) > 2)

    monkeypatch.setattr(measuring, "train", stopped)
    code, out, err = command(*TINY, "--step-sizes", "0.05,0.1", "--batch-sizes", "2,6", "--json")
    document = json.loads(out)
    assert code == 130
    assert "interrupted" in err
    assert fits(document)
    assert document["interrupted"]
    assert [(one["batch_size"], one["step_size"]) for one in document["cells"]] == [(2, 0.05), (2, 0.1)]


def test_a_picture_that_cannot_be_drawn_is_refused_before_counting(
    command: Command, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import refutable.region_counts

    def counted(*arguments: Any) -> None:
        raise AssertionError("counted")

    monkeypatch.setattr(refutable.region_counts, "counted", counted)
    code, out, err = command(file, "-o", tmp_path / "line.svg")
    assert (code, out) == (2, "")
    assert "regions are drawn for two" in err
    code, _, err = command(file, file, "-o", tmp_path / "line.svg")
    assert code == 2
    assert "name one file" in err
