"""Claims files, `refutable gate` and pytest in this process, and a scratch copy of the example repository."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from refutable.verify.cli import main
from tests.gate.commands import EXAMPLE, OURS
from tests.said import Command, Said, Writer

HEADER = 'format = "refutable-claims/1"\n'
LITTLE = "[defaults]\nevidence = { drawn = 5, constructed = 2, trained = 0, mass = 0, swept = 0, hunt = 0 }\n"
"""Evidence that takes a fraction of a second."""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is the current one, in an environment without settings."""
    for name in OURS:
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def claims(here: Path) -> Writer:
    """Writes a claims file with little evidence from the text of its claims."""

    def write(*tables: str, name: str = "claims.toml", defaults: str = LITTLE) -> Path:
        path = here / name
        path.write_text("\n".join([HEADER, defaults, *(f"[[claim]]\n{table}\n" for table in tables)]))
        return path

    return write


@pytest.fixture
def gate(here: Path, capsys: pytest.CaptureFixture[str]) -> Command:
    """`refutable gate` with these arguments; the quick profile unless they name one."""

    def run(*arguments: object) -> Said:
        given = [str(argument) for argument in arguments]
        capsys.readouterr()
        code = main(["gate", *given, *([] if "--profile" in given else ["--profile", "quick"])])
        said = capsys.readouterr()
        assert "Traceback" not in said.err
        return Said(code, said.out, said.err)

    return run


@pytest.fixture
def run_pytest(here: Path, capsys: pytest.CaptureFixture[str]) -> Command:
    """`pytest` with these arguments, the quick profile and no configuration but that of the folder."""

    def run(*arguments: object) -> Said:
        capsys.readouterr()
        code = pytest.main(
            [
                "-s",
                "-p",
                "no:randomly",
                "--import-mode=importlib",
                "--refutable-profile=quick",
                *(str(one) for one in arguments),
            ]
        )
        said = capsys.readouterr()
        return Said(int(code), said.out, said.err)

    return run


@pytest.fixture
def paper(here: Path) -> Path:
    """A scratch copy of the example repository that is the current folder."""
    left_out = shutil.ignore_patterns("__pycache__", "refutable-*", ".pytest_cache", ".hypothesis")
    shutil.copytree(EXAMPLE, here / "paper-repo", ignore=left_out)
    os.chdir(here / "paper-repo")  # `here` goes back in the end
    return here / "paper-repo"
