import json
from pathlib import Path
from typing import Any

import pytest

from refutable.verify.bench.engine import comparison
from refutable.verify.bench.engine.comparison import BASELINE_FORMAT, FORMAT, baseline_document, compared, read


def document(**ratios: float | None) -> dict[str, Any]:
    """A run with a case for each name; "others" is not ours."""
    rows = [
        {"case": name, "method": "fast", "ours": name != "others", "reference": "plain", "ratio": ratio}
        for name, ratio in ratios.items()
    ]
    machine = {"processor": "abacus"}
    return {"format": FORMAT, "settings": {}, "machine": machine, "parts": [{"part": "training", "rows": rows}]}


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


def test_what_json_printed_is_a_baseline_too(tmp_path: Path) -> None:
    run = document(a=100.0, others=3.0)
    assert stored(tmp_path / "a", run).ratios == stored(tmp_path / "b", baseline_document(run)).ratios


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[]", "is no baseline"),
        ("{", "is no baseline"),
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


@pytest.mark.parametrize("ratio", [0, -1, "many", None, float("inf")])
def test_ratios_are_positive_numbers(ratio: object, tmp_path: Path) -> None:
    entry = {"part": "a", "case": "b", "method": "c", "reference": "d", "ratio": ratio}
    path = tmp_path / "b.json"
    path.write_text(json.dumps({"format": BASELINE_FORMAT, "machine": {}, "ratios": [entry]}), encoding="utf-8")
    with pytest.raises(ValueError, match="is no baseline"):
        read(path)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="cannot read the baseline"):
        read(tmp_path / "none.json")


def test_the_shipped_baseline_covers_what_is_compared() -> None:
    shipped = read(comparison.SHIPPED)
    assert shipped.machine["processor"]
    assert {key[0] for key in shipped.ratios} == {"training", "sharpness", "weights", "minima"}
    assert not [key for key in shipped.ratios if any(part in ("", "None") for part in key)]
