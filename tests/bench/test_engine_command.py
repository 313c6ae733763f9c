import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from refutable.verify.bench.engine import comparison, parts
from refutable.verify.bench.engine.cases import Absent, Case, Column, Part
from refutable.verify.bench.engine.figures import multiple
from refutable.verify.bench.engine.settings import Settings
from refutable.verify.bench.engine.timing import Contestant
from refutable.verify.cli import main
from refutable.verify.commands import bench_engine


def cases(settings: Settings) -> Iterator[Case]:
    """A stand-in: one method of ours and a reference, both at once done."""
    methods = [Contestant("plain", lambda a: a, amount=1), Contestant("fast", lambda a: a, True, amount=1)]
    yield Case("small", methods, ("plain",), {"threads": settings.threads}, [Absent("other", "other is not installed")])


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    part = Part("weights", "quick to measure", "steps", cases, (Column("x plain", "ratio", multiple),))
    for name in bench_engine.NAMES:
        monkeypatch.setitem(parts.PARTS, name, part)
    monkeypatch.setattr(comparison, "SHIPPED", tmp_path / "not shipped.json")


def run(*arguments: str) -> int:
    return main(["bench", "engine", "--quick", "--part", "weights", *arguments])


def stored(path: Path, ratio: float) -> Path:
    entry = {"part": "weights", "case": "small", "method": "fast", "reference": "plain", "ratio": ratio}
    document = {"format": comparison.BASELINE_FORMAT, "machine": {"processor": "abacus"}, "ratios": [entry]}
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def test_the_parts_of_the_command_are_the_parts_there_are() -> None:
    assert tuple(parts.PARTS) == bench_engine.NAMES


@pytest.mark.usefixtures("stand_in")
def test_json_is_one_document_with_the_machine_described(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--json", "--threads", "3", "--seed", "5", "--seconds", "0.01") == 0
    out, err = capsys.readouterr()
    document = json.loads(out)
    assert err == ""
    assert document["format"] == "refutable-bench-engine/1"
    assert {"processor", "cores", "instructions", "compiler", "torch", "load", "fma_peak", "load_after"} <= set(
        document["machine"]
    )
    settings = {"quick": True, "device": "cpu", "seconds": 0.01, "rounds": 3, "threads": 3, "seed": 5}
    assert document["settings"] == settings
    (found,) = document["parts"]
    assert [(row["method"], row["ours"]) for row in found["rows"]] == [("plain", False), ("fast", True)]
    assert found["rows"][1]["reference"] == "plain"
    assert found["absent"] == [{"method": "other", "case": "", "reason": "other is not installed", "failed": False}]
    assert found["cases"] == ["small"]
    assert document["comparison"] is None


@pytest.mark.usefixtures("stand_in")
def test_the_terminal_sees_tables_and_what_is_absent(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "engine", "--quick", "--part", "weights,exact,weights"]) == 0
    out, err = capsys.readouterr()
    assert len(re.findall(r"^  small  plain", out, re.MULTILINE)) == 2
    assert "not measured: other: other is not installed" in out
    assert out.rstrip().endswith("no baseline")
    assert err == ""


@pytest.mark.usefixtures("stand_in")
def test_files_are_written_and_read_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table, kept = tmp_path / "bench.md", tmp_path / "before.json"
    assert run("--markdown", str(table), "--save-baseline", str(kept)) == 0
    assert table.read_text(encoding="utf-8").startswith("# refutable bench engine\n")
    capsys.readouterr()
    assert run("--baseline", str(kept)) == 0
    assert "1 ratios compared with before.json" in capsys.readouterr().out


@pytest.mark.usefixtures("stand_in")
@pytest.mark.parametrize(("ratio", "strict", "code"), [(1e9, True, 1), (1e9, False, 0), (1e-9, True, 0)])
def test_only_strict_makes_a_worse_ratio_fail(
    ratio: float, strict: bool, code: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--baseline", str(stored(tmp_path / "b.json", ratio)), *(["--strict"] if strict else [])]
    assert run(*options) == code
    assert ("WORSE" in capsys.readouterr().out) == (ratio > 1)


@pytest.mark.usefixtures("stand_in")
@pytest.mark.parametrize(
    ("method", "case", "line"),
    [("gone", "small", "gone: weights, small, gone: no ratio to plain"), ("fast", "huge", "0 ratios compared")],
)
def test_strict_fails_where_our_rows_are_gone_or_nothing_is_compared(
    method: str, case: str, line: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = stored(tmp_path / "b.json", 1e-9)
    document = json.loads(path.read_text(encoding="utf-8"))
    own = document["ratios"][0]
    document["ratios"] = [{**own, "method": method, "case": case}, *([own] if case == "small" else [])]
    path.write_text(json.dumps(document), encoding="utf-8")
    assert run("--baseline", str(path)) == 0
    assert line in capsys.readouterr().out
    assert run("--baseline", str(path), "--strict") == 1


@pytest.mark.usefixtures("stand_in")
def test_strict_fails_where_a_method_of_ours_breaks_down(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def breaks(amount: int) -> float:
        raise KeyError("w1")

    def broken(settings: Settings) -> Iterator[Case]:
        for case in cases(settings):
            yield Case(case.id, [*case.contestants, Contestant("newest", breaks, True)], case.references)

    part = Part("weights", "quick to measure", "steps", broken, (Column("x plain", "ratio", multiple),))
    monkeypatch.setitem(parts.PARTS, "weights", part)
    path = stored(tmp_path / "b.json", 1e-9)
    assert run("--baseline", str(path)) == 0
    assert "failed: weights, small, newest: KeyError: 'w1'" in capsys.readouterr().out
    assert run("--baseline", str(path), "--strict") == 1


@pytest.mark.usefixtures("stand_in")
def test_strict_needs_something_to_compare_with(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--strict") == 2
    assert capsys.readouterr().err == (
        "refutable: --strict needs a run to compare with; name its file with --baseline\n"
    )


@pytest.mark.parametrize("text", ["[" * 100_000, "{", '{"format": "\\u001b[2J"}'])
def test_a_hostile_baseline_is_one_line(text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "b\x1b.json"
    path.write_text(text, encoding="utf-8")
    assert run("--baseline", str(path)) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert err[:-1].isprintable()


@pytest.mark.usefixtures("stand_in")
def test_the_shipped_baseline_is_what_is_compared_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(comparison, "SHIPPED", stored(tmp_path / "shipped.json", 1e9))
    assert run("--strict", "--json") == 1
    found: dict[str, Any] = json.loads(capsys.readouterr().out)["comparison"]
    assert (found["baseline"], found["worse"]) == ("shipped.json", 1)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--part", "speed"], "unknown part 'speed'; the parts are training, sharpness"),
        (["--part", ","], "the parts are"),
        (["--seconds", "0"], "positive number of seconds"),
        (["--seconds", "nan"], "positive number of seconds"),
        (["--threads", "0"], "at least 1"),
        (["--seed", "-1"], "from 0 to"),
        (["--device", "tpu"], "invalid choice"),
        (["--baseline", "/nowhere/b.json"], "cannot read the baseline /nowhere/b.json"),
        (["--markdown", "/nowhere/b.md"], "cannot write /nowhere/b.md"),
        (["--save-baseline", "/"], "cannot write /"),
    ],
)
def test_misuse_is_one_line(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "engine", *arguments]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert said in err
    assert err.count("\n") == 1


def test_a_gpu_that_is_not_there(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    assert main(["bench", "engine", "--device", "cuda"]) == 2
    assert "no CUDA device" in capsys.readouterr().err


def test_bench_without_a_kind_says_which_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "--help"]) == 0
    out = capsys.readouterr().out
    assert "engine" in out
    assert "hunt" in out
