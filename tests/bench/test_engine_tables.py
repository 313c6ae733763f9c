from typing import Any

import pytest

from refutable.verify.bench.engine import tables
from refutable.verify.bench.engine.cases import Absent, Column, Measured, Part
from refutable.verify.bench.engine.figures import duration, megabytes, multiple, percent, rate, scientific

MACHINE = {"processor": "abacus", "cores": 2, "instructions": "beads", "torch": "2", "load": 0.1, "gpu": None}


def part(**more: Any) -> Part:
    return Part(
        "training", "how <fast>", "steps", lambda settings: iter(()), (Column("x plain", "ratio", multiple),), **more
    )


def row(case: str, method: str, ratio: float | None = 20.0, rounds: int = 3) -> dict[str, Any]:
    found = {
        "case": case,
        "method": method,
        "ours": True,
        "rate": 10.0,
        "rate_quartiles": (9.0, 11.0),
        "rounds": rounds,
    }
    reference = None if ratio is None else "plain"
    return {**found, "reference": reference, "ratio": ratio, "ratio_quartiles": (18.0, 22.0), "ratio_rounds": rounds}


def comparison(case: str, method: str, before: float, worse: bool) -> dict[str, Any]:
    entry = {"part": "training", "case": case, "method": method, "reference": "plain", "ratio": 20.0}
    about = {"baseline": "b.json", "machine": "abacus", "factor": 1.5, "compared": 1, "not_in_baseline": 2}
    rows = [{**entry, "baseline": before, "worse": worse}]
    return {**about, "worse": int(worse), "rows": rows, "gone": [], "failed": []}


ROWS = [row("small", "plain", 1.0), row("small", "a|b"), row("large", "a|b", rounds=1), row("large", "c", None)]


def test_a_table_for_the_terminal() -> None:
    measured = Measured(part(), ROWS, [Absent("cuda", "no GPU", "small"), Absent("cuda", "no GPU", "large")], 2.0)
    assert tables.text(measured, {}) == [
        "training: how <fast> (took 2 s)",
        "  case   method  x plain  spread",
        "  small  plain   1x       10 %",
        "         a|b     20x      10 %",
        "  large  a|b     20x      one round",
        "         c       -        10 %",
        "  not measured: cuda: no GPU (on small; large)",
        "",
    ]


def test_what_got_worse_is_marked() -> None:
    lines = tables.text(Measured(part(), ROWS), tables.before_of(comparison("small", "a|b", 50.0, True)))
    assert lines[1] == "  case   method  x plain  spread     baseline"
    assert lines[3] == "         a|b     20x      10 %       50x WORSE"
    assert [line for line in lines if "WORSE" in line] == [lines[3]]
    verdict = tables.comparison_lines(comparison("small", "a|b", 50.0, True))
    assert verdict[1:] == ["worse: training, small, a|b: 20x of plain, was 50x"]
    assert tables.comparison_lines(None) == ["no baseline"]


def test_what_is_gone_or_broke_down_is_named() -> None:
    entry = {"part": "training", "case": "small", "method": "fast"}
    lost = {"gone": [{**entry, "reference": "plain"}], "failed": [{**entry, "reason": "KeyError: 1"}]}
    lines = tables.comparison_lines(comparison("small", "a|b", 20.0, False) | lost)
    assert lines[0].endswith("0 worse by more than 1.5x, 1 gone")
    assert lines[1:] == [
        "gone: training, small, fast: no ratio to plain",
        "failed: training, small, fast: KeyError: 1",
    ]


@pytest.mark.parametrize(
    "against", [None, comparison("small", "a|b", 50.0, True), comparison("small", "x", 1.0, False)]
)
def test_markdown_tables_have_as_many_cells_in_every_line(against: dict[str, Any] | None) -> None:
    noted = part(summary=lambda rows: {"p": 2}, remarks=lambda summary: [f"grows like n^{summary['p']}"])
    measured = [Measured(part(), ROWS, [Absent("cuda", "no | GPU")]), Measured(noted, ROWS[:1])]
    text = tables.markdown(MACHINE | {"compiler": None}, measured, against)
    blocks = [block.splitlines() for block in text.split("\n\n") if block.startswith("| case")]
    assert [len(block) for block in blocks] == [2 + 4, 2 + 1]
    for block in blocks:
        widths = {line.replace("\\|", "").count("|") for line in block}
        assert len(widths) == 1
        assert all(line.startswith("| ") and line.endswith(" |") for line in block)
    assert "abacus, 2 cores, beads; torch 2; no C compiler; load 0.1" in text
    assert "- not measured: cuda: no \\| GPU" in text
    assert "- grows like n^2" in text
    assert "how &lt;fast>." in text


def test_a_part_without_rows() -> None:
    assert "  nothing was measured" in tables.text(Measured(part(), [], [Absent("all", "no torch")]), {})
    assert "no torch" in tables.markdown(
        MACHINE | {"compiler": "cc 1"}, [Measured(part(), [], [Absent("all", "no torch")])], None
    )


def test_numbers_as_people_read_them() -> None:
    assert [duration(v) for v in (None, 0.0, 0.5, 2e3, 3.7e4, 2e9)] == ["-", "-", "2 s", "500 us", "27 us", "0.5 ns"]
    assert [multiple(v) for v in (None, 0.25, 547.3, 3185.4)] == ["-", "0.25x", "547x", "3185x"]
    assert (rate(2.28e6), percent(0.714), scientific(3.2e-16), megabytes(3.14e6)) == (
        "2.28e+06",
        "71.4 %",
        "3e-16",
        "3.14 MB",
    )
    assert {f(None) for f in (rate, percent, scientific, megabytes)} == {"-"}
