import json

import pytest

from refutable.verify.bench import pool
from refutable.verify.bench.jobs import Job, Row
from refutable.verify.bench.parts import PARTS
from refutable.verify.cli import main
from refutable.verify.commands import bench


def in_this_process(jobs: list[Job], workers: int, listener: pool.Listener) -> list[Row]:
    rows = [pool.attempt(job) for job in jobs]
    for job, row in zip(jobs, rows, strict=True):
        listener(job, row)
    return rows


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "done", in_this_process)


def test_the_parts_of_the_command_are_the_parts_there_are() -> None:
    assert tuple(PARTS) == bench.NAMES


@pytest.mark.usefixtures("quick")
def test_a_table_and_nothing_on_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "hunt", "--part", "frontier", "--claims", "1", "--seconds", "0.2"]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("frontier: ")
    assert "1 searches, 0.2 s each" in out
    assert "weighted-l1 (d = 1)" in out
    assert err == ""


@pytest.mark.usefixtures("quick")
def test_json_is_one_document(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["bench", "hunt", "--part", "power,frontier", "--claims", "1", "--seconds", "0.2", "--warm", "--json"])
    document = json.loads(capsys.readouterr().out)
    assert (code, document["format"]) == (0, "refutable-bench/1")
    assert [part["part"] for part in document["parts"]] == ["power", "frontier"]
    assert set(document["parts"][0]["summary"]) == {"warm"}
    assert document["plan"]["seconds"] == 0.2


def test_a_refuted_theorem_is_an_alarm(monkeypatch: pytest.MonkeyPatch) -> None:
    row = {"theorem": "weighted-l1", "claim": "weighted-l1", "method": "hunt", "certified": 1}
    monkeypatch.setattr(pool, "done", lambda jobs, workers, listener: [row])
    assert main(["bench", "hunt", "--part", "false-alarms", "--claims", "1", "--evaluations", "10"]) == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--part", "strength"], "unknown part 'strength'; the parts are power, resolution"),
        (["--part", ","], "the parts are"),
        (["--seconds", "0"], "positive number of seconds"),
        (["--seconds", "soon"], "positive number of seconds"),
        (["--workers", "0"], "at least 1"),
        (["--cold", "--warm"], "not allowed with"),
    ],
)
def test_misuse_is_one_line(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "hunt", *arguments]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert said in err
    assert err.count("\n") == 1
