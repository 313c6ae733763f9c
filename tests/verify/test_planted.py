"""Planting a bug makes the suite fail with a witness: each mutant in process, one in real runs for each domain."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from refutable.theorems.catalogue import CATALOGUE, DOMAINS
from refutable.theorems.records import Mutant, Theorem, all_mutants
from refutable.verify import witnesses
from refutable.verify.events import Run
from refutable.verify.profiles import PROFILES
from refutable.verify.trials import first_refutation

ROOT = Path(__file__).parents[2]
ALL = [(theorem, mutant) for theorem in CATALOGUE if not theorem.observed for mutant in all_mutants(theorem)]
"""Observations are left out: where one of their claims fails, nothing is refuted."""
EACH = [
    pytest.param(theorem, mutant, id=f"{theorem.id}-{mutant.id}", marks=() if i < 1 else pytest.mark.slow)
    for record in CATALOGUE
    for i, (theorem, mutant) in enumerate((t, m) for t, m in ALL if t is record)
]
"""One of each theorem; the others are slow tests."""
FIRST = {
    domain: next(((t, m) for t, m in ALL if t.domain.id == domain and m.claim.domain.id == domain), None)
    for domain in DOMAINS
}


def planted(theorem: Theorem, mutant: Mutant) -> Theorem:
    """The record with a false claim in place of its first; the mutants stay those of the true one."""
    false = replace(mutant.claim, id=theorem.headline.id)
    return replace(theorem, claims=(false, *theorem.claims[1:]))


@pytest.mark.parametrize(("theorem", "mutant"), EACH)
def test_each_mutant_planted_is_refuted_with_a_witness(theorem: Theorem, mutant: Mutant, tmp_path: Path) -> None:
    bad = planted(theorem, mutant)
    # The planted record's automatic mutants follow its false claim, so the true killers are asked beside them.
    bad = replace(bad, mutants=(*bad.mutants, replace(mutant, id=f"planted {mutant.id}")))
    event = first_refutation(bad, Run(PROFILES["quick"], 0, "cpu", tmp_path))
    assert event is not None
    [file, *_] = sorted(tmp_path.glob("*.json"))
    document = json.loads(file.read_text())
    assert document["verdict"] == "violated"
    assert witnesses.content_hash(document) == document["hash"]
    assert str(file) in "".join(event["problems"])


PLUGIN = """
from dataclasses import replace
from refutable.theorems import catalogue
from refutable.theorems.records import all_mutants

record = catalogue.theorem({theorem!r})
mutant = next(m for m in all_mutants(record) if m.id == {mutant!r})
bad = replace(
    record,
    claims=(replace(mutant.claim, id=record.headline.id), *record.claims[1:]),
    mutants=(*record.mutants, replace(mutant, id="planted")),
)
catalogue.CATALOGUE = tuple(bad if t.id == bad.id else t for t in catalogue.CATALOGUE)
"""


QUICK = ("shallow-relu", "finite-prior")
"""Domains whose real run is no slow test: one with networks, and one that only counts."""


@pytest.mark.parametrize(
    "domain",
    [
        pytest.param(domain, marks=() if domain in QUICK else pytest.mark.slow)
        for domain, found in FIRST.items()
        if found
    ],
)
def test_a_bug_planted_in_a_real_run_fails_it(domain: str, tmp_path: Path) -> None:
    found = FIRST[domain]
    assert found is not None
    theorem, mutant = found
    (tmp_path / "planted.py").write_text(PLUGIN.format(theorem=theorem.id, mutant=mutant.id))
    command = [
        sys.executable, "-P", "-m", "pytest", str(ROOT / "verify"), "-p", "planted", "-q", "-p", "no:cacheprovider",
        "--refutable-profile", "quick", "--refutable-witnesses", "kept", "--refutable-json", "out.json",
        "-k", f"{theorem.id} and (families or mutant)",
    ]  # fmt: skip
    environment = os.environ | {"PYTHONPATH": str(tmp_path)}
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path, env=environment)
    assert done.returncode == 1, done.stdout + done.stderr
    rows = {row["id"]: row for row in json.loads((tmp_path / "out.json").read_text())["theorems"]}
    assert rows[theorem.id]["verdict"] == "refuted"
    assert sorted(rows[theorem.id]["witnesses"]) == sorted(str(path) for path in (tmp_path / "kept").glob("*.json"))
    assert "refutable replay" in done.stdout
    assert "REFUTED" in done.stdout
