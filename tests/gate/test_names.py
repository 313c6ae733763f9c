"""Names of claims files in documents: as the code host knows them, whatever part of the checkout a project is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.gate.tables import TRUE
from tests.said import Command, Writer


def names(gate: Command, path: Path) -> tuple[str, Path, str]:
    """File and root in the document, and the address in SARIF."""
    told = gate(path, "--json", "--sarif", "out.sarif").json["claims"][0]
    [run] = json.loads(Path("out.sarif").read_text())["runs"]
    place = run["results"] or [{"locations": [{"physicalLocation": {"artifactLocation": {"uri": None}}}]}]
    return told["file"], Path(told["root"]), place[0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]


FALSE = TRUE.replace(">=", "<")


@pytest.fixture
def nested(claims: Writer, here: Path) -> Path:
    """A claims file of a project in a subfolder."""
    (here / "papers" / "one").mkdir(parents=True)
    (here / "papers" / "one" / "pyproject.toml").touch()
    return claims(FALSE, name="papers/one/claims.toml")


@pytest.mark.parametrize("is_file", [False, True])
def test_from_the_root_of_git(gate: Command, nested: Path, here: Path, is_file: bool) -> None:
    git = here / ".git"
    git.touch() if is_file else git.mkdir()  # a file in a worktree
    assert names(gate, nested) == ("papers/one/claims.toml", here, "papers/one/claims.toml")


def test_what_may_be_read_stays_the_project(gate: Command, claims: Writer, nested: Path, here: Path) -> None:
    (here / ".git").mkdir()
    (here / "secret.json").write_text("{}")
    said = gate(claims(TRUE + '\ninstances = ["../../secret.json"]', name="papers/one/claims.toml"))
    assert said.code == 2
    assert "outside of the repository" in said.err


def test_from_the_workspace_where_there_is_no_git(
    gate: Command, nested: Path, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = here / "papers" / "one"
    assert names(gate, nested) == ("claims.toml", project, "claims.toml")
    monkeypatch.setenv("GITHUB_WORKSPACE", str(here / "elsewhere"))
    assert names(gate, nested)[0] == "claims.toml"
    monkeypatch.setenv("GITHUB_WORKSPACE", str(here))
    assert names(gate, nested) == ("papers/one/claims.toml", here, "papers/one/claims.toml")
