"""The README says what the program does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from refutable.theorems.catalogue import CATALOGUE
from refutable.theorems.records import all_mutants
from refutable.verify.gate.claims_file import read_claims
from refutable.verify.profiles import PROFILES
from tests.docs.blocks import ROOT, blocks, run_apart, run_console, shape
from tests.docs.readme_blocks import EXCERPT, README, WHOLE_RUN, bench, excerpt

TEXT = README.read_text()
TOML = re.compile(r"```toml\n(?P<body>.*?)```", re.S)


@pytest.mark.parametrize("body", blocks(TEXT, "run"), ids=lambda body: body.splitlines()[0])
def test_commands_print_what_the_readme_shows(body: str) -> None:
    assert run_console(body) == body


@pytest.mark.parametrize("body", blocks(TEXT, "hunt"), ids=lambda body: body.splitlines()[0])
def test_hunts_end_as_the_readme_shows(body: str) -> None:
    assert shape(run_apart(body)) == shape(body)


def test_the_figures_are_those_of_the_shipped_run() -> None:
    assert blocks(TEXT, "bench") == [bench()]


def test_the_claims_file_is_one(tmp_path: Path) -> None:
    (text,) = [m["body"] for m in TOML.finditer(TEXT)]
    path = tmp_path / "claims.toml"
    path.write_text(text)
    assert [entry.id for entry in read_claims(path).entries] == ["theorem-1", "lemma-2"]


def test_the_table_shows_every_theorem_with_all_its_mutants_dead() -> None:
    (table,) = blocks(WHOLE_RUN.read_text(), "table")
    lines = {line.split()[0]: line for line in table.splitlines() if line}
    for record in CATALOGUE:
        verdict = {"conjecture": "NOT REFUTED", "empirical": "MEASURED"}.get(record.status, "HELD")
        count = len(all_mutants(record))
        assert lines[record.id].endswith(f"{count}/{count}  {verdict}"), record.id


def test_the_readme_shows_a_part_of_the_same_table() -> None:
    (table,), (part,) = (blocks(text, "table") for text in (WHOLE_RUN.read_text(), TEXT))
    assert part == excerpt(table)
    assert [line.split()[0] for line in part.splitlines()[2 : 2 + len(EXCERPT)]] == sorted(EXCERPT)


def test_profiles_and_files_named_in_the_readme_exist() -> None:
    for name in ("quick", "thorough", "nightly", "ci", "default"):
        assert name in PROFILES
        assert name in TEXT
    for path in re.findall(r"`((?:theorems|strategies|verify|examples|tests)/[\w/.\-]*)`", TEXT):
        assert (ROOT / path).exists(), path
    for path in re.findall(r"\]\(([\w./-]+)\)", TEXT):
        assert (ROOT / path).exists(), path
