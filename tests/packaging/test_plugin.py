"""The plugin in real pytest runs, against a stand-in for the module that renders."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

STAND_IN = """
import sys, types

def render_table(events, errors):
    return [f"EVENT {e['theorem']} {e['event']}" for e in events] + [f"ERROR {t} {n}" for t, n in errors]

def document(events, errors, info):
    return {"events": events, "errors": errors, "info": info}

stand_in = types.ModuleType("refutable.verify.reporting")
stand_in.render_table, stand_in.document = render_table, document
sys.modules["refutable.verify.reporting"] = stand_in
"""

SUITE = """
import os, pytest

@pytest.mark.refutable_theorem("circle")
def test_circle(refutable_event, refutable_options):
    refutable_event({"theorem": "circle", "event": "drawn", "seed": refutable_options.seed})

@pytest.mark.refutable_theorem("square")
def test_square(refutable_event):
    raise RuntimeError("before any event")

@pytest.fixture
def broken():
    raise RuntimeError("no instance")

@pytest.mark.refutable_theorem("triangle")
def test_triangle(broken):
    pass

@pytest.mark.refutable_theorem("ellipse")
def test_ellipse(refutable_event):
    refutable_event({"theorem": "ellipse", "event": "violated"})
    raise AssertionError

def test_of_somebody_else():
    assert False
"""

WORKERS = pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["one-process", "two-workers"])


@pytest.fixture
def suite(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    monkeypatch.delenv("REFUTABLE_PROFILE", raising=False)
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    pytester.makeconftest(STAND_IN)
    pytester.makepyfile(test_suite=SUITE)
    return pytester


@WORKERS
def test_table_is_printed_once_with_every_event_and_error(suite: pytest.Pytester, workers: tuple[str, ...]) -> None:
    lines = suite.runpytest_subprocess(*workers).stdout.lines
    assert sorted(line for line in lines if line.startswith("EVENT")) == [
        "EVENT circle drawn",
        "EVENT ellipse violated",
    ]
    assert sorted(line for line in lines if line.startswith("ERROR ") and "::test_" in line.split()[2:][0]) == [
        "ERROR square test_suite.py::test_square",
        "ERROR triangle test_suite.py::test_triangle",
    ]


@WORKERS
def test_document_says_what_was_asked_for(suite: pytest.Pytester, workers: tuple[str, ...]) -> None:
    suite.runpytest_subprocess(*workers, "--refutable-json", "out.json", "--refutable-profile", "thorough")
    told = json.loads((suite.path / "out.json").read_text())
    assert sorted(theorem for theorem, _ in told["errors"]) == ["square", "triangle"]
    assert told["info"]["profile"] == "refutable-thorough"
    assert told["info"]["exit_status"] == 1
    assert told["info"]["witnesses"] == str(suite.path / "refutable-witnesses")
    drawn = next(event for event in told["events"] if event["event"] == "drawn")
    assert drawn["seed"] == told["info"]["seed"], "workers and controller must share a fresh seed"
    assert [path.name for path in suite.path.glob("*out.json*")] == ["out.json"]


def test_thorough_runs_start_elsewhere_and_gates_repeat(suite: pytest.Pytester) -> None:
    def seed(profile: str) -> int:
        suite.runpytest_subprocess("-k", "circle", "--refutable-json=o.json", "--refutable-profile", profile)
        return int(json.loads((suite.path / "o.json").read_text())["info"]["seed"])

    assert seed("thorough") != seed("thorough")
    assert seed("ci") == seed("default") == 0


def test_crashed_worker_is_named(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(STAND_IN)
    pytester.makepyfile(test_suite=SUITE + "\ndef test_dies():\n    os._exit(3)\n")
    result = pytester.runpytest_subprocess("-n", "2", "-k", "circle or dies")
    result.stdout.fnmatch_lines(["EVENT circle drawn", "a worker crashed in test_suite.py::test_dies:*"])


def test_silent_where_the_suite_is_not_run(suite: pytest.Pytester) -> None:
    result = suite.runpytest_subprocess("-k", "somebody_else")
    result.stdout.no_fnmatch_line("*=== refutable ===*")
    assert "EVENT" not in result.stdout.str()


def test_an_asked_for_document_is_never_missing_silently(suite: pytest.Pytester) -> None:
    result = suite.runpytest_subprocess("-k", "somebody_else", "--refutable-json", "out.json")
    result.stdout.fnmatch_lines(["refutable: no test of the suite ran*"])
    assert not (suite.path / "out.json").exists()


def test_a_document_that_cannot_be_written_in_the_end_fails_the_run(pytester: pytest.Pytester) -> None:
    (pytester.path / "gone").mkdir()
    pytester.makeconftest(STAND_IN)
    pytester.makepyfile(test_suite=SUITE + "\ndef test_circle_removes():\n    os.rmdir('gone')\n")
    result = pytester.runpytest_subprocess("-k", "circle", "--refutable-json", "gone/out.json")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["EVENT circle drawn", "could not write *out.json: No such file or directory"])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--refutable-profile", "fast"), "*no profile 'fast'; choose one of refutable-quick*"),
        (("--refutable-seed", "-1"), "*whole number*"),
        (("--refutable-seed", "1.5"), "*whole number*"),
        (("--refutable-device", "tpu"), "*invalid choice*"),
        (("--refutable-json", "nowhere/out.json"), "*nowhere*No such file or directory*create it*"),
        (("--refutable-json", "."), "*this is a folder*"),
        (("-o", "refutable_device=tpu"), "*refutable_device = tpu*"),
    ],
)
def test_misuse_is_refused_before_any_test_runs(
    suite: pytest.Pytester, arguments: tuple[str, ...], message: str
) -> None:
    result = suite.runpytest_subprocess(*arguments)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([message])
    assert "EVENT" not in result.stdout.str()


def test_profile_comes_from_option_then_environment_then_ini(
    suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    suite.makeini("[pytest]\nrefutable_profile = ci\n")

    def profile(*arguments: str) -> str:
        suite.runpytest_subprocess("-k", "circle", "--refutable-json", "out.json", *arguments)
        return str(json.loads((suite.path / "out.json").read_text())["info"]["profile"])

    assert profile() == "refutable-ci"
    monkeypatch.setenv("REFUTABLE_PROFILE", "quick")
    assert profile() == "refutable-quick"
    assert profile("--refutable-profile=refutable-thorough") == "refutable-thorough"


def test_an_event_without_a_theorem_is_refused(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_it(refutable_event):\n    refutable_event({'event': 'drawn'})\n")
    pytester.runpytest_subprocess().stdout.fnmatch_lines(["*ValueError: an event needs a text under 'theorem'*"])


@pytest.mark.parametrize("module", ["refutable", "refutable_pytest", "refutable.__main__"])
def test_import_is_light(module: str, tmp_path: Path) -> None:
    heavy = ["torch", "sympy", "numpy", "hypothesis", "flint", "scipy", "refutable.verify"]
    code = f"import sys, {module}; print([name for name in {heavy} if name in sys.modules])"
    found = subprocess.run(
        [sys.executable, "-P", "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
        env=os.environ,
    )
    assert found.stdout.strip() == "[]"
