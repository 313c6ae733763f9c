import json
import os
from pathlib import Path
from typing import Any

import pytest

from refutable.verify.bench.engine import comparison, tables
from refutable.verify.bench.engine.comparison import BASELINE_FORMAT, FORMAT, baseline_document, compared, passes, read


def document(**ratios: float | None) -> dict[str, Any]:
    """A run with two threads and a case for each name; "others" is not ours."""
    rows = [
        {"case": name, "method": "fast", "ours": name != "others", "reference": "plain", "ratio": ratio}
        for name, ratio in ratios.items()
    ]
    machine = {"processor": "abacus"}
    part = {"part": "training", "rows": rows, "cases": list(ratios), "absent": []}
    return {"format": FORMAT, "settings": {"threads": 2}, "machine": machine, "parts": [part]}


def stored(path: Path, run: dict[str, Any]) -> comparison.Baseline:
    path.write_text(json.dumps(run), encoding="utf-8")
    return read(path)


def test_a_run_is_no_worse_than_itself(tmp_path: Path) -> None:
    run = document(a=123.456, b=0.5)
    found = compared(run, stored(tmp_path / "before.json", baseline_document(run)))
    assert (found["compared"], found["worse"], found["not_in_baseline"]) == (2, 0, 0)
    assert (found["baseline"], found["machine"]) == ("before.json", "abacus")


@pytest.mark.parametrize(("now", "worse"), [(101.0, False), (100.0, False), (99.0, True), (1e6, False)])
def test_worse_is_beyond_a_factor_of_one_and_a_half(now: float, worse: bool, tmp_path: Path) -> None:
    found = compared(document(a=now), stored(tmp_path / "b", baseline_document(document(a=150.0))))
    assert found["worse"] == int(worse)
    assert found["rows"][0]["worse"] is worse
    assert found["rows"][0]["baseline"] == 150.0


def test_only_our_own_ratios_count(tmp_path: Path) -> None:
    before = stored(tmp_path / "b", baseline_document(document(a=100.0, others=100.0, gone=100.0)))
    assert set(before.ratios) == {("training", name, "fast", "plain") for name in ("a", "gone")}
    found = compared(document(a=100.0, others=1.0, new=1.0, unmeasured=None), before)
    assert (found["compared"], found["worse"], found["not_in_baseline"]) == (1, 0, 1)


def test_another_reference_is_another_ratio(tmp_path: Path) -> None:
    before = stored(tmp_path / "b", baseline_document(document(a=100.0)))
    run = document(a=1.0)
    run["parts"][0]["rows"][0]["reference"] = "something slower"
    assert compared(run, before)["compared"] == 0


def crashed(method: str, failed: bool) -> dict[str, Any]:
    return {"method": method, "case": "a", "reason": "KeyError: 'w1'", "failed": failed}


def gone(run: dict[str, Any], before: comparison.Baseline) -> list[str]:
    return [row["method"] for row in compared(run, before)["gone"]]


def test_a_ratio_of_a_measured_case_that_is_no_longer_there_does_not_pass(tmp_path: Path) -> None:
    before = stored(tmp_path / "b", baseline_document(document(a=100.0, b=100.0)))
    assert passes(compared(document(a=100.0, b=100.0), before))
    assert passes(compared(document(a=100.0), before))  # case b was not asked for
    found = compared(document(a=100.0, b=None), before)
    assert found["gone"] == [{"part": "training", "case": "b", "method": "fast", "reference": "plain"}]
    assert not passes(found)
    elsewhere = document(a=100.0)
    elsewhere["parts"][0]["part"] = "weights"
    assert compared(elsewhere, before)["gone"] == []


def test_nothing_compared_does_not_pass(tmp_path: Path) -> None:
    before = stored(tmp_path / "b", baseline_document(document(a=100.0)))
    found = compared(document(c=100.0), before)
    assert (found["compared"], found["worse"], found["gone"], found["failed"]) == (0, 0, [], [])
    assert not passes(found)


def test_rows_with_another_number_of_threads_are_not_asked_for(tmp_path: Path) -> None:
    earlier = document(a=100.0)
    rows = earlier["parts"][0]["rows"]
    rows += [{**rows[0], "method": f"fast, {count} threads"} for count in (2, 16)]
    before = stored(tmp_path / "b", baseline_document(earlier))
    assert gone(document(a=100.0), before) == ["fast, 2 threads"]


@pytest.mark.parametrize("ours", [True, False])
def test_a_method_of_ours_that_breaks_down_does_not_pass(ours: bool, tmp_path: Path) -> None:
    run = document(a=100.0)
    before = stored(tmp_path / "b", baseline_document(run))
    run["parts"][0]["absent"] = [crashed("brand new", ours)]
    found = compared(run, before)
    assert [row["method"] for row in found["failed"]] == (["brand new"] if ours else [])
    assert passes(found) is not ours


def test_what_json_printed_is_a_baseline_too(tmp_path: Path) -> None:
    run = document(a=100.0, others=3.0)
    assert stored(tmp_path / "a", run).ratios == stored(tmp_path / "b", baseline_document(run)).ratios


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[]", "must be a JSON object"),
        ("{", "not JSON"),
        ("[" * 100_000, "nested"),
        ('{"a": NaN}', "not a finite number"),
        (" " * 9 * 2**20, "larger than [0-9]+ bytes$"),
        ("{}", "KeyError 'format'"),
        ('{"format": "refutable-bench/1"}', "its format is 'refutable-bench/1'"),
        (json.dumps({"format": BASELINE_FORMAT, "machine": {}}), "KeyError 'ratios'"),
        (json.dumps({"format": BASELINE_FORMAT, "machine": {}, "ratios": [{"part": "x"}]}), "KeyError 'case'"),
    ],
)
def test_what_is_no_baseline_is_refused(text: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "b.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=said):
        read(path)


@pytest.mark.parametrize("ratio", [0, -1, "many", "5", None, True, [], 10**400])
def test_ratios_are_positive_numbers(ratio: object, tmp_path: Path) -> None:
    entry = {"part": "a", "case": "b", "method": "c", "reference": "d", "ratio": ratio}
    path = tmp_path / "b.json"
    path.write_text(json.dumps({"format": BASELINE_FORMAT, "machine": {}, "ratios": [entry]}), encoding="utf-8")
    with pytest.raises(ValueError, match="is no baseline"):
        read(path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_that_nobody_writes_into_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "b.json"
    os.mkfifo(path)
    with pytest.raises(ValueError, match="this is a pipe") as refusal:
        read(path)
    assert str(refusal.value).count(str(path)) == 1


def test_names_in_a_file_do_not_steer_the_terminal(tmp_path: Path) -> None:
    steering = "\x1b[2J\r" + "a" * 10**4
    run = document(a=100.0)
    run["machine"]["processor"] = steering
    run["parts"][0]["rows"].append({**run["parts"][0]["rows"][0], "method": steering})
    found = compared(document(a=100.0), stored(tmp_path / "b\x1b.json", baseline_document(run)))
    assert len(found["gone"]) == 1
    lines = tables.comparison_lines(found)
    assert all(line.isprintable() and len(line) < 1000 for line in lines)
    assert "\\x1b[2J" in lines[0]
    assert "\\x1b[2J" in lines[1]
    (tmp_path / "c\x1b").write_text(json.dumps({"format": steering}), encoding="utf-8")
    with pytest.raises(ValueError, match="is no baseline") as refusal:
        read(tmp_path / "c\x1b")
    assert str(refusal.value).isprintable()


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="cannot read the baseline"):
        read(tmp_path / "none.json")


def test_the_shipped_baseline_covers_what_is_compared() -> None:
    shipped = read(comparison.SHIPPED)
    assert shipped.machine["processor"]
    assert {key[0] for key in shipped.ratios} == {"training", "sharpness", "weights", "minima"}
    assert not [key for key in shipped.ratios if any(part in ("", "None") for part in key)]
