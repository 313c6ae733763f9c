"""The GitHub Action, the pre-commit hook and the example's workflow: what GitHub would run, run here."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.gate.commands import EXAMPLE, OURS, ROOT, changed

EXPRESSION = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)


def read(path: Path) -> Any:
    return yaml.safe_load(path.read_text())


@pytest.fixture(scope="module")
def action() -> Any:
    return read(ROOT / "action.yml")


def step(action: Any, name: str) -> Any:
    [found] = [one for one in action["runs"]["steps"] if one.get("name") == name]
    return found


def resolved(action: Any, text: str, inputs: dict[str, str], github: dict[str, str]) -> str:
    """The text with each `inputs.x` and each expression of ``github`` in its place, as GitHub does before it runs."""
    known = {f"inputs.{name}": str(one.get("default", "")) for name, one in action["inputs"].items()}
    known |= {f"inputs.{name}": value for name, value in inputs.items()} | github

    def value(found: re.Match[str]) -> str:
        return known[" ".join(found[1].split())]

    return EXPRESSION.sub(value, text)


FORK = (
    "startsWith(github.event_name, 'pull_request') && "
    "github.event.pull_request.head.repo.full_name != github.repository"
)


class Runner:
    """Runs one step of the action as a runner does: its script by bash, its environment resolved."""

    def __init__(self, action: Any, folder: Path, temporary: Path, commands: Path) -> None:
        self.action, self.folder, self.temporary, self.commands = action, folder, temporary, commands
        self.summary, self.output = temporary / "summary.md", temporary / "output"
        self.printed = ""

    def run(self, name: str, inputs: dict[str, str], fork: bool = False) -> int:
        one = step(self.action, name)
        github = {FORK: str(fork).lower(), "github.action_path": str(ROOT)}
        given = {key: resolved(self.action, text, inputs, github) for key, text in one["env"].items()}
        self.summary.write_text("")
        self.output.write_text("")
        kept = {key: value for key, value in os.environ.items() if key not in OURS}
        path = f"{self.commands}{os.pathsep}{os.environ['PATH']}"
        runner = {
            "PATH": path,
            "RUNNER_TEMP": str(self.temporary),
            "GITHUB_STEP_SUMMARY": str(self.summary),
            "GITHUB_OUTPUT": str(self.output),
            "OMP_NUM_THREADS": "1",
        }
        script = self.temporary / "step.sh"
        script.write_text(one["run"])
        bash = ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)]  # as GitHub calls `shell: bash`
        done = subprocess.run(
            bash, cwd=self.folder, env=kept | runner | given, capture_output=True, text=True, timeout=300
        )
        self.printed = done.stdout + done.stderr
        return done.returncode

    @property
    def outputs(self) -> dict[str, str]:
        return dict(line.split("=", 1) for line in self.output.read_text().splitlines())


def script_of(folder: Path, name: str, text: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text)
    (folder / name).chmod(0o755)


@pytest.fixture
def runner(action: Any, paper: Path, tmp_path: Path) -> Runner:
    """A runner with the package installed, in a scratch copy of the example with a single claim."""
    commands, temporary = tmp_path / "bin", tmp_path / "temporary"
    script_of(commands, "refutable", f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -P -m refutable "$@"\n')
    temporary.mkdir()
    return Runner(action, paper, temporary, commands)


LITTLE = """format = "refutable-claims/1"
[[claim]]
id = "bound"
theorem = "weighted-l1"
constants = { offset = "1/2" }
evidence = { drawn = 5, constructed = 2, trained = 0, swept = 0, hunt = 0 }
"""


def test_what_is_not_as_claimed_fails_the_step_and_is_told_everywhere(runner: Runner) -> None:
    (runner.folder / "claims.toml").write_text(LITTLE)
    changed(runner.folder / "claims.toml", '"1/2"', '"3/5"')
    inputs = {"profile": "quick", "sarif": "out.sarif", "badge": "badge.json", "args": "--seed  3 --only bound"}
    assert runner.run("Gate", inputs) == 1, runner.printed
    assert runner.outputs["verdict"] == "not as claimed"
    told = json.loads(Path(runner.outputs["json"]).read_text())
    assert (told["as_claimed"], told["info"]["seed"]) == (False, 3)
    assert told["info"]["code"] is True
    found = told["claims"][0]["counterexample"]
    assert found["minimal"]
    sarif = json.loads((runner.folder / runner.outputs["sarif"]).read_text())
    assert found["described"][0] in json.dumps(sarif["runs"][0]["results"], ensure_ascii=False)
    assert found["described"][0] in runner.summary.read_text()
    assert found["described"][0] in runner.printed
    assert json.loads((runner.folder / "badge.json").read_text())["schemaVersion"] == 1


@pytest.mark.slow
def test_a_claims_file_with_code_is_refused_in_a_strangers_pull_request(runner: Runner) -> None:
    claims = LITTLE + '[[claim]]\nid = "python"\npython = "bounds.py:largest_step"\n'
    (runner.folder / "claims.toml").write_text(claims)
    (runner.folder / "bounds.py").write_text("open('canary', 'w')\n")
    stale = runner.temporary / "refutable-gate.json"
    stale.write_text("{}")
    assert runner.run("Gate", {"profile": "quick", "sarif": "out.sarif"}, fork=True) == 1
    assert runner.outputs["verdict"] == "not as claimed"
    assert [one["as_claimed"] for one in json.loads(stale.read_text())["claims"]] == [True, False]
    assert "--no-code" in runner.summary.read_text()
    assert "--no-code" in (runner.folder / "out.sarif").read_text()
    (runner.folder / "claims.toml").write_text("not TOML")
    assert runner.run("Gate", {"profile": "quick"}, fork=True) == 2
    assert runner.outputs == {"verdict": "error"}, "no document of an earlier step passes for this one's"
    assert "not TOML" in runner.summary.read_text()
    assert not (runner.folder / "canary").exists()


def test_inputs_are_words_and_never_run(runner: Runner) -> None:
    hostile = "$(touch canary) `touch canary`; touch canary #.toml"
    inputs = {"claims": hostile, "args": "--only $(touch${IFS}canary) * ; touch canary", "profile": "quick"}
    assert runner.run("Gate", inputs) == 2
    assert not list(runner.folder.rglob("canary"))
    assert runner.outputs["verdict"] == "error"


@pytest.mark.parametrize(
    ("inputs", "fork", "wanted"),
    [
        ({}, False, ["--profile", "ci"]),
        ({}, True, ["--no-code"]),
        ({"no-code": "true"}, False, ["--no-code"]),
        ({"no-code": "false", "profile": "nightly"}, True, ["--profile", "nightly"]),
        ({"claims": "--help"}, False, ["--", "--help"]),
    ],
)
def test_what_the_command_is_given(runner: Runner, inputs: dict[str, str], fork: bool, wanted: list[str]) -> None:
    script_of(runner.commands, "refutable", '#!/bin/sh\nprintf "%s\\n" "$@"\necho {} >"$5"\n')
    assert runner.run("Gate", inputs, fork) == 0
    words = runner.printed.splitlines()
    assert " ".join(wanted) in " ".join(words)
    assert ("--no-code" in words) is ("--no-code" in wanted)
    assert words[-2:] == ["--", inputs.get("claims", "claims.toml")]
    assert runner.outputs == {"verdict": "as claimed", "json": f"{runner.temporary}/refutable-gate.json"}


def test_a_gate_that_ends_without_a_document_is_no_success(runner: Runner) -> None:
    script_of(runner.commands, "refutable", "#!/bin/sh\nexit 0\n")
    assert runner.run("Gate", {}) == 2
    assert runner.outputs == {"verdict": "error"}, "a document that was not written is not named"


def test_arguments_may_stand_in_several_lines(runner: Runner) -> None:
    script_of(runner.commands, "refutable", '#!/bin/sh\nprintf "%s\\n" "$@"\necho {} >"$5"\n')
    assert runner.run("Gate", {"args": "--seed 3\n--only bound\n  --only other\n"}) == 0
    assert runner.printed.splitlines()[5:] == ["--seed", "3", "--only", "bound", "--only", "other", "--", "claims.toml"]


def test_no_module_of_the_checkout_is_run_in_its_place(runner: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.delenv("PYTHONSAFEPATH", raising=False)
    script_of(runner.commands, "python", f'#!/bin/sh\nexec {shlex.quote(sys.executable)} "$@"\n')
    (runner.folder / "pip.py").write_text("open('canary', 'w')\n")
    assert runner.run("Install refutable", {"refutable": "none-of-that-name==0"}) != 0
    assert "none-of-that-name" in runner.printed, "the real pip ran"
    assert not (runner.folder / "canary").exists()
    subprocess.run([sys.executable, "-m", "pip"], cwd=runner.folder, check=True, timeout=60)
    assert (runner.folder / "canary").exists(), "the canary does sing"


@pytest.mark.slow
def test_no_module_of_the_checkout_is_run_by_the_gate(runner: Runner) -> None:
    console = f"#!{sys.executable}\nimport sys\nfrom refutable.__main__ import main\nsys.exit(main())\n"
    script_of(runner.commands, "refutable", console)
    (runner.folder / "claims.toml").write_text(LITTLE + LITTLE.partition("\n")[2].replace('"bound"', '"other"'))
    for name in ("multiprocessing", "torch", "flint", "json", "tomllib"):
        (runner.folder / f"{name}.py").write_text("open('canary', 'w')\n")
    assert runner.run("Gate", {"profile": "quick", "args": "--workers 2"}, fork=True) == 0, runner.printed
    assert not (runner.folder / "canary").exists()


@pytest.mark.parametrize(("inputs", "last"), [({}, str(ROOT)), ({"refutable": "refutable==1.2"}, "refutable==1.2")])
def test_what_is_installed(runner: Runner, inputs: dict[str, str], last: str) -> None:
    script_of(runner.commands, "python", '#!/bin/sh\necho "$@"\n')
    assert runner.run("Install refutable", inputs) == 0, runner.printed
    first, second = runner.printed.splitlines()
    pip = f"-I -m pip install --quiet --constraint {ROOT}/constraints.txt"
    assert first == f"{pip} --index-url https://download.pytorch.org/whl/cpu torch"
    assert second == f"{pip} {last}"
    assert runner.run("Install refutable", {"torch-index": ""}) == 0
    assert runner.printed.splitlines()[0] == f"{pip} torch"


def test_no_text_of_others_is_put_into_a_script(action: Any) -> None:
    workflow = read(EXAMPLE / ".github" / "workflows" / "claims.yml")
    steps = [*action["runs"]["steps"], *(one for job in workflow["jobs"].values() for one in job["steps"])]
    scripts = [one["run"] for one in steps if "run" in one]
    assert scripts
    assert not [script for script in scripts if "${{" in script]


def test_every_input_is_used_and_every_one_used_is_declared(action: Any) -> None:
    used = set(re.findall(r"inputs\.([\w-]+)", json.dumps(action["runs"])))
    assert used == set(action["inputs"])
    written = set(re.findall(r"printf '(\w+)=", step(action, "Gate")["run"]))
    assert written == set(action["outputs"])
    for name, one in action["outputs"].items():
        assert one["value"] == f"${{{{ steps.gate.outputs.{name} }}}}"


def test_the_workflow_asks_for_what_the_action_has_and_for_few_rights(action: Any) -> None:
    workflow = read(EXAMPLE / ".github" / "workflows" / "claims.yml")
    gates = [one for job in workflow["jobs"].values() for one in job["steps"] if "refutable@" in one.get("uses", "")]
    assert [one["with"].get("profile", "ci") for one in gates] == ["ci", "nightly"]
    for one in gates:
        assert set(one["with"]) <= set(action["inputs"])
    assert workflow["permissions"] == {"contents": "read"}
    assert workflow["jobs"]["gate"]["permissions"] == {"contents": "read", "security-events": "write"}
    assert "permissions" not in workflow["jobs"]["nightly"]
    asked = set(re.findall(r"steps\.gate\.outputs\.(\w+)", (EXAMPLE / ".github/workflows/claims.yml").read_text()))
    assert asked <= set(action["outputs"])
    assert workflow[True]["schedule"], "YAML reads the key `on` as true"


def test_the_hook_runs_the_gate_on_the_files_that_matter(runner: Runner) -> None:
    [hook] = read(ROOT / ".pre-commit-hooks.yaml")
    [repository] = read(EXAMPLE / ".pre-commit-config.yaml")["repos"]
    assert [one["id"] for one in repository["hooks"]] == [hook["id"]] == ["refutable-gate"]
    matter = ["claims.toml", "sub/claims.toml", "bounds.py", "instances/a.json", "model/w.safetensors", "x.csv"]
    matched = [name for name in [*matter, "README.md", "claims.toml.orig"] if re.search(hook["files"], name)]
    assert matched == matter
    assert hook["pass_filenames"] is False
    (runner.folder / "claims.toml").write_text(LITTLE)
    command = [str(runner.commands / "refutable"), *shlex.split(hook["entry"])[1:]]
    assert shlex.split(hook["entry"])[0] == "refutable"
    done = subprocess.run(command, cwd=runner.folder, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
