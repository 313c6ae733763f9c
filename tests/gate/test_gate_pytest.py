"""`pytest claims.toml`: what is collected, how failures read, what travels in reports, and what stays light."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from tests.gate.commands import changed, comparable
from tests.gate.tables import FALSE, LOOSE, THEOREM, TRUE, VACUOUS, listed
from tests.said import Command, Writer


def nodes(out: str) -> list[str]:
    """Ids of what was collected."""
    return [line for line in out.splitlines() if "::" in line]


def test_one_item_for_each_claim_and_kind_of_evidence(run_pytest: Command, claims: Writer) -> None:
    claims(TRUE, listed(FALSE), THEOREM)
    said = run_pytest("claims.toml", "--co", "-q")
    assert said.code == 0
    assert nodes(said.out) == [
        "claims.toml::true::drawn",
        "claims.toml::true::constructed",
        "claims.toml::false::refutation",
        "claims.toml::theorem::drawn",
        "claims.toml::theorem::constructed",
        "claims.toml::theorem::symbolic",
    ]


def test_as_claimed(run_pytest: Command, claims: Writer) -> None:
    claims(TRUE, listed(FALSE))
    said = run_pytest("claims.toml")
    assert said.code == 0
    assert "3 passed" in said.out
    assert "2 claims: all as claimed" in said.out


def test_a_failure_is_the_counterexample_and_no_traceback(run_pytest: Command, claims: Writer) -> None:
    path = claims(TRUE, FALSE)
    said = run_pytest("claims.toml")
    assert said.code == 1
    line = 1 + path.read_text().splitlines().index('id = "false"') - 1
    first = f"claims.toml:{line}: false refuted: "
    assert first in said.out
    assert first in said.out[said.out.index("short test summary info") :], "where CI and people look first"
    assert "f(x) = relu(x)" in said.out
    assert "refutable replay" in said.out
    assert "Traceback" not in said.out
    assert "trying.py" not in said.out


@pytest.mark.slow
def test_one_item_is_run_by_its_id_and_several_by_a_word(run_pytest: Command, claims: Writer) -> None:
    claims(TRUE, FALSE)
    assert "1 passed" in run_pytest("claims.toml::true::drawn").out
    assert "2 passed" in run_pytest("claims.toml::true").out
    said = run_pytest("claims.toml", "-k", "true and constructed")
    assert "1 passed, 3 deselected" in said.out
    assert run_pytest("claims.toml::ture").code == pytest.ExitCode.USAGE_ERROR


@pytest.mark.slow
def test_last_failed_runs_what_failed(run_pytest: Command, claims: Writer) -> None:
    path = claims(TRUE, FALSE)
    assert "2 failed, 2 passed" in run_pytest("claims.toml").out
    assert "2 failed" in run_pytest("claims.toml", "--lf").out.splitlines()[-1]
    changed(path, "1/step_size - 1", "1/step_size - 1/2")
    assert "2 passed" in run_pytest("claims.toml", "--lf").out.splitlines()[-1]


def test_junit_has_what_was_found_of_each_item(run_pytest: Command, claims: Writer, here: Path) -> None:
    claims(TRUE, FALSE)
    run_pytest("claims.toml", "--junitxml=out.xml")
    cases = ET.parse(here / "out.xml").getroot().findall(".//testcase")
    found = [{one.get("name"): one.get("value") for one in case.iter("property")} for case in cases]
    assert [(one["claim"], one["kind"], one["verdict"]) for one in found] == [
        ("true", "drawn", "not refuted"),
        ("true", "constructed", "not refuted"),
        ("false", "drawn", "refuted"),
        ("false", "constructed", "refuted"),
    ]
    assert int(found[0]["holds"] or 0) >= 5
    assert Path(found[2]["witness"] or "").is_file()
    failures = [case.find("failure") for case in cases]
    messages = [one.get("message", "") for one in failures if one is not None]
    assert all(re.fullmatch(r"claims\.toml:\d+: false refuted: .* > .*", one) for one in messages), messages
    assert "relu(x)" in (failures[2].text or "") if failures[2] is not None else False
    assert [one is not None for one in failures] == [False, False, True, True]


@pytest.mark.parametrize("workers", [(), pytest.param(("-n", "1"), marks=pytest.mark.slow)])
def test_the_summary_says_why_a_threshold_is_missed(claims: Writer, here: Path, workers: tuple[str, ...]) -> None:
    claims(LOOSE + "\ntightness = 0.9")
    command = [sys.executable, "-P", "-m", "pytest", "claims.toml", "-p", "no:cacheprovider", *workers]
    environment = os.environ | {"OMP_NUM_THREADS": "1", "REFUTABLE_PROFILE": "quick", "COLUMNS": "300"}
    done = subprocess.run(command, cwd=here, env=environment, capture_output=True, text=True, timeout=300)
    [line] = [line for line in done.stdout.splitlines() if line.startswith("FAILED")]
    assert re.fullmatch(r"FAILED .*tightness - claims\.toml:\d+: loose \w+: tightness: left/right .* 9/10.*", line), (
        line
    )


def test_documents_are_those_of_the_command(run_pytest: Command, gate: Command, claims: Writer, here: Path) -> None:
    path = claims(TRUE, FALSE, LOOSE + "\ntightness = 0.9")
    said = run_pytest(
        "claims.toml", "--refutable-json=p.json", "--refutable-sarif=p.sarif", "--refutable-badge=p.badge"
    )
    assert said.code == 1
    code = gate(path, "--json-file", "g.json", "--sarif", "g.sarif", "--badge", "g.badge").code
    assert code == 1
    mine, other = (json.loads((here / name).read_text()) for name in ("p.json", "g.json"))
    assert comparable(mine) == comparable(other)
    assert (here / "p.badge").read_text() == (here / "g.badge").read_text()
    results = [json.loads((here / name).read_text())["runs"][0]["results"] for name in ("p.sarif", "g.sarif")]
    assert results[0] == results[1]


def test_a_summary_is_appended_once(
    run_pytest: Command, claims: Writer, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(here / "summary.md"))
    claims(FALSE)
    run_pytest("claims.toml")
    text = (here / "summary.md").read_text()
    assert text.count("refutable replay") == 1
    assert "relu(x)" in text


@pytest.mark.parametrize("table", [VACUOUS, LOOSE + "\ntightness = 0.9", listed(TRUE) + "\nevidence = { hunt = 0.05 }"])
def test_what_fails_the_gate_fails_here(run_pytest: Command, gate: Command, claims: Writer, table: str) -> None:
    path = claims(table)
    assert run_pytest("claims.toml").code == gate(path).code == 1


def test_what_the_file_allows_passes(run_pytest: Command, claims: Writer) -> None:
    claims(VACUOUS + '\nallow = ["vacuous"]')
    assert run_pytest("claims.toml").code == 0


def test_a_file_that_cannot_be_read_is_an_error_of_collection(run_pytest: Command, claims: Writer) -> None:
    claims('id = "two"\ntheorem = "weigthed-l1"')
    said = run_pytest("claims.toml")
    assert said.code == pytest.ExitCode.INTERRUPTED == 2
    assert "did you mean weighted-l1" in said.out
    assert "Traceback" not in said.out


def test_code_is_refused_where_it_is_to_be(run_pytest: Command, claims: Writer, here: Path) -> None:
    (here / "mine.py").write_text("open('canary', 'w')\nimport refutable\nmine = refutable.claim('sharpness >= 1')\n")
    claims('id = "python"\npython = "mine.py:mine"')
    said = run_pytest("claims.toml", "--refutable-no-code")
    assert said.code == 1
    assert "claim 'python' is Python code and --no-code refuses to run it" in said.out
    assert not (here / "canary").exists()
    assert run_pytest("claims.toml").code == 0
    assert (here / "canary").exists()


@pytest.mark.slow
def test_a_claims_file_that_nobody_names_is_let_alone(run_pytest: Command, claims: Writer, here: Path) -> None:
    claims(TRUE)
    claims(FALSE, name="other.toml")
    (here / "test_nothing.py").write_text("def test_nothing():\n    pass\n")
    said = run_pytest(".", "--co", "-q")
    assert nodes(said.out) == ["test_nothing.py::test_nothing"]
    (here / "pytest.ini").write_text("[pytest]\nrefutable_claims = claims.toml\n")
    said = run_pytest(".", "--co", "-q")
    assert sorted(nodes(said.out)) == [
        "claims.toml::true::constructed",
        "claims.toml::true::drawn",
        "test_nothing.py::test_nothing",
    ]
    assert run_pytest("claims.toml", "--co", "-q").out.count("::drawn") == 1, "named twice is collected once"


INI = "[pytest]\nrefutable_claims = claims.toml\n"


@pytest.mark.parametrize(
    ("arguments", "folder"),
    [
        ([], "."),
        *(pytest.param(more, folder, marks=pytest.mark.slow) for more, folder in (([], "sub"), (["-n", "2"], "sub"))),
    ],
)
@pytest.mark.parametrize("ini", [INI, f"{INI}testpaths = tests\n"])
@pytest.mark.slow
def test_a_run_without_arguments_collects_what_the_ini_file_names(
    claims: Writer, here: Path, arguments: list[str], folder: str, ini: str
) -> None:
    claims(TRUE)
    for name in ("tests", "sub"):
        (here / name).mkdir()
    (here / "tests" / "test_nothing.py").write_text("def test_nothing():\n    pass\n")
    (here / "pytest.ini").write_text(ini)
    command = [sys.executable, "-P", "-m", "pytest", "-v", "-p", "no:cacheprovider", *arguments]
    environment = os.environ | {"OMP_NUM_THREADS": "1", "REFUTABLE_PROFILE": "quick"}
    done = subprocess.run(command, cwd=here / folder, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(re.findall(r"PASSED.*true::drawn|true::drawn PASSED", done.stdout)) == 1
    assert f"{2 + (folder == '.')} passed" in done.stdout


@pytest.mark.parametrize("named", ["clams.toml", "tests", "tests/test_nothing.py"])
@pytest.mark.parametrize("arguments", [(), ("tests",), ("claims.toml",)])
def test_a_setting_that_names_no_claims_file_is_refused(
    run_pytest: Command, claims: Writer, here: Path, named: str, arguments: tuple[str, ...]
) -> None:
    claims(TRUE)
    (here / "tests").mkdir()
    (here / "tests" / "test_nothing.py").write_text("def test_nothing():\n    pass\n")
    (here / "pytest.ini").write_text(INI.replace("claims.toml", named))
    said = run_pytest(*arguments)
    assert said.code == pytest.ExitCode.USAGE_ERROR
    assert f"refutable_claims: {here / named}" in said.err


def test_explicit_arguments_are_all_that_is_collected(run_pytest: Command, claims: Writer, here: Path) -> None:
    claims(TRUE)
    (here / "tests").mkdir()
    (here / "tests" / "test_nothing.py").write_text("def test_nothing():\n    pass\n")
    (here / "pytest.ini").write_text(INI)
    said = run_pytest("tests", "--co", "-q")
    assert nodes(said.out) == ["tests/test_nothing.py::test_nothing"], said.out + said.err


def test_the_ini_file_of_another_project_names_nothing(run_pytest: Command, claims: Writer, here: Path) -> None:
    claims(TRUE)
    (here / "pytest.ini").write_text(INI)
    (here / "other").mkdir()
    (here / "other" / "test_other.py").write_text("def test_other():\n    pass\n")
    os.chdir(here / "other")
    said = run_pytest("--rootdir", here / "other", "-c", here / "pytest.ini", "--co", "-q")
    assert [line.partition("::")[2] for line in nodes(said.out)] == ["test_other"]


def test_the_table_of_a_project_is_a_claims_file(run_pytest: Command, here: Path) -> None:
    (here / "pyproject.toml").write_text(f"[[tool.refutable.claim]]\n{TRUE}\nevidence = {{ drawn = 2, hunt = 0 }}\n")
    said = run_pytest("pyproject.toml", "--co", "-q")
    assert "pyproject.toml::true::drawn" in nodes(said.out)


@pytest.mark.slow
def test_nothing_looser_than_a_baseline(run_pytest: Command, gate: Command, claims: Writer, here: Path) -> None:
    path = claims(THEOREM)
    gate(path, "--json-file", "before.json")
    assert run_pytest("claims.toml", "--refutable-frontier-baseline=before.json").code == 0
    before = json.loads((here / "before.json").read_text())
    before["claims"][0]["tightness"] |= {"lower": "1.02", "upper": "1.02"}
    (here / "before.json").write_text(json.dumps(before))
    said = run_pytest("claims.toml", "--refutable-frontier-baseline=before.json")
    assert said.code == 1
    assert "in the baseline" in said.out
    lenient = ("--refutable-frontier-baseline=before.json", "--refutable-fail-if=tightness:-2%")
    assert run_pytest("claims.toml", *lenient).code == 0


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--refutable-fail-if=tightness:-1%"], "--refutable-frontier-baseline"),
        (["--refutable-frontier-baseline=none.json"], "none.json"),
        (["--refutable-sarif=nowhere/out.sarif"], "nowhere"),
        (["--refutable-frontier-baseline=claims.toml"], "claims.toml"),
    ],
)
def test_misuse(run_pytest: Command, claims: Writer, arguments: list[str], says: str) -> None:
    claims(TRUE)
    said = run_pytest("claims.toml", *arguments)
    assert said.code in (2, 4)
    assert says in said.out + said.err
    assert "passed" not in said.out


def test_the_help_has_every_option_in_one_group(run_pytest: Command) -> None:
    said = run_pytest("--help")
    group = next(part for part in said.out.split("\n\n") if "--refutable-profile=" in part)
    options = ("profile", "json", "seed", "device", "witnesses", "no-code", "sarif", "badge", "corpus")
    for name in (*options, "frontier-baseline", "fail-if"):
        assert f"--refutable-{name}" in group
    assert "refutable_claims" in said.out


LIGHT = """
import sys
import pytest
code = pytest.main(["--co", "-q", *sys.argv[1:]])
heavy = ["torch", "sympy", "scipy", "flint", "refutable.verify", "refutable.theorems"]
print("LOADED", int(code), [name for name in heavy if name in sys.modules])
"""


def test_the_plugin_is_light_where_no_claims_file_is_named(claims: Writer, here: Path) -> None:
    claims(TRUE)
    (here / "test_nothing.py").write_text("def test_nothing():\n    pass\n")
    done = subprocess.run(
        [sys.executable, "-P", "-c", LIGHT, "."], cwd=here, env=os.environ, capture_output=True, text=True, timeout=120
    )
    assert "LOADED 0 []" in done.stdout, done.stdout + done.stderr


@pytest.mark.slow
def test_two_workers_tell_the_same(run_pytest: Command, claims: Writer, here: Path) -> None:
    claims(TRUE, FALSE)
    command = [sys.executable, "-P", "-m", "pytest", "claims.toml", "-n", "2", "--refutable-json=two.json"]
    environment = os.environ | {"OMP_NUM_THREADS": "1", "REFUTABLE_PROFILE": "quick"}
    done = subprocess.run(command, cwd=here, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == run_pytest("claims.toml", "--refutable-json=one.json").code == 1
    one, two = (json.loads((here / name).read_text()) for name in ("one.json", "two.json"))
    assert comparable(one) == comparable(two)
