"""Two claim files may each have a helper of the same name: each is judged with its own."""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path
from types import ModuleType

import pytest

import refutable
from refutable.theorems.families.two_atoms import two_atoms
from refutable.verify.decide import decide
from refutable.verify.userclaims.files import file_claim

TOP = 'import refutable\n{line}\nmine = refutable.claim(f"n <= {{STEPS}}", assumes=())\n'
LATE = """import refutable

@refutable.claim(assumes=())
def mine(view):
    {line}
    return refutable.Check(view["step_size"], "<=", STEPS)
"""
LINES = {
    "module": "from helper_of_claims import STEPS",
    "package": "from helpers_of_claims.steps import STEPS",
    "no init": "from helpers_without_init.steps import STEPS",
    "relative": "from .helper_of_claims import STEPS",
}


def repository(folder: Path, steps: int, text: str) -> Path:
    """A claim file beside helpers of several kinds, all of which say ``steps``."""
    for package in ("helpers_of_claims", "helpers_without_init"):
        (folder / package).mkdir(parents=True)
        (folder / package / "steps.py").write_text(f"STEPS = {steps}\n")
    (folder / "helpers_of_claims" / "__init__.py").write_text("")
    (folder / "helper_of_claims.py").write_text(f"STEPS = {steps}\n")
    (folder / "pyproject.toml").write_text("")
    (folder / "bound.py").write_text(text)
    return folder / "bound.py"


def verdicts(*paths: Path) -> list[str]:
    """Of the claims in the files, all of which are loaded before the first is decided, on two data."""
    claims = [file_claim(path).resolve() for path in paths]
    return [decide(claim, two_atoms()).verdict for claim in claims]


def imported_by_the_program(folder: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The helper in a folder, in sys.modules until the test ends."""
    monkeypatch.setitem(sys.modules, "helper_of_claims", sys)  # undone: not there
    del sys.modules["helper_of_claims"]
    monkeypatch.syspath_prepend(folder)
    return importlib.import_module("helper_of_claims")


@pytest.mark.parametrize("form", [TOP, LATE], ids=["top", "late"])
@pytest.mark.parametrize("kind", LINES)
def test_each_file_is_judged_with_its_own_helper(tmp_path: Path, kind: str, form: str) -> None:
    path = sys.path.copy()
    folders = [tmp_path / "first" / "paper_of_claims", tmp_path / "second" / "paper_of_claims"]
    files = [
        repository(folder, steps, form.format(line=LINES[kind])) for folder, steps in zip(folders, (9, 0), strict=True)
    ]
    if kind == "relative":
        for folder in folders:
            (folder / "__init__.py").write_text("")
    assert verdicts(*files) == ["holds", "violated"]
    assert sys.path == path
    assert not [name for name in sys.modules if name.startswith(("helper_of_", "helpers_"))]


@pytest.mark.parametrize("form", [TOP, LATE], ids=["top", "late"])
def test_a_module_of_the_program_is_neither_used_nor_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    """As under pytest, which leaves modules of tests in sys.modules."""
    repository(tmp_path / "program", 9, "")
    file = repository(tmp_path / "paper", 0, form.format(line=LINES["module"]))
    helper = imported_by_the_program(tmp_path / "program", monkeypatch)
    assert verdicts(file) == ["violated"]
    assert sys.modules["helper_of_claims"] is helper


def test_a_module_that_the_program_shares_is_imported_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = repository(tmp_path, 9, TOP.format(line="import helper_of_claims\nhelper_of_claims.SEEN = STEPS = 3"))
    helper = imported_by_the_program(tmp_path, monkeypatch)
    assert verdicts(file) == ["holds"]
    assert helper.SEEN == 3


def test_names_of_the_library_and_of_python_stay_theirs(tmp_path: Path) -> None:
    """A file called json.py or a folder called numpy beside the claim takes nothing that is loaded away."""
    for name in ("json", "flint", "refutable"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('taken')\n")
    known = {name: sys.modules[name] for name in ("json", "flint", "refutable")}
    file = repository(tmp_path / "inner", 9, TOP.format(line="import json, flint\nSTEPS = json.loads('3')"))
    assert verdicts(file) == ["holds"]
    assert {name: sys.modules[name] for name in known} == known == {**known, "json": json, "refutable": refutable}


def test_equal_files_with_other_helpers_are_two_claims(tmp_path: Path) -> None:
    text = "import refutable\nimport helper_of_claims as h\n@refutable.claim(assumes=())\ndef mine(view):\n"
    text += "    return refutable.Check(view['step_size'], '<=', h.STEPS)\n"
    files = [repository(tmp_path / str(steps), steps, text) for steps in (0, 9)]
    assert verdicts(*files) == ["violated", "holds"]


HELPER = "def factor():\n    from consts import C\n    return C\n"
CLAIM = "import refutable\nfrom helper import factor\n\n@refutable.claim(assumes=())\ndef mine(view):\n    {body}\n"
HOWS = {
    "in a helper": "return refutable.Check(view['step_size'], '<=', factor() * 100)",
    "by import_module": "import importlib\n    return refutable.Check(view['step_size'], '<=', "
    "importlib.import_module('consts').C * 100)",
}


@pytest.mark.parametrize("how", HOWS)
def test_a_late_import_is_answered_from_the_files_own_folder(tmp_path: Path, how: str) -> None:
    instance = two_atoms()
    claims = []
    for folder, constant in (("x", 2), ("y", 0)):
        place = tmp_path / folder
        place.mkdir()
        (place / "consts.py").write_text(f"C = {constant}\n")
        (place / "helper.py").write_text(HELPER)
        (place / "c.py").write_text(CLAIM.format(body=HOWS[how]))
        claims.append(file_claim(place / "c.py", "mine").resolve())
    verdicts = [decide(claim, instance).verdict for claim in (*claims, *reversed(claims))]
    assert verdicts == ["holds", "violated", "violated", "holds"]
    assert not {"consts", "helper"} & set(sys.modules)
