"""A corpus: append-only, united by copying, damaged files named and skipped."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from refutable.theorems.catalogue import CATALOGUE
from refutable.theorems.instances import Instance
from refutable.verify.decide import decide
from refutable.verify.keeping.corpus import Corpus, corpus_folder
from refutable.verify.paths import ClaimPath
from refutable.verify.witnesses import Witness, witness

Made = Callable[[int], Witness]


def test_nothing_is_made_before_the_first_write(corpus: Corpus) -> None:
    assert (corpus.witnesses(), corpus.frontier(), corpus.instances("shallow-relu"), corpus.damaged) == ([], [], [], [])
    assert not corpus.folder.exists()


def test_what_is_added_is_read_back(corpus: Corpus, made: Made) -> None:
    files = sorted(corpus.add(made(seed)) for seed in range(3))
    assert corpus.add(made(1)) in files
    read = Corpus(corpus.folder).witnesses()
    assert read == corpus.witnesses()
    assert sorted(w.provenance["seed"] for w in read) == [0, 1, 2]
    by_name = {file.name: json.loads(file.read_text())["provenance"]["seed"] for file in files}
    assert [w.provenance["seed"] for w in read] == [by_name[name] for name in sorted(by_name)]


def test_two_folders_are_united_by_copying(tmp_path: Path, made: Made) -> None:
    one, two = Corpus(tmp_path / "one"), Corpus(tmp_path / "two")
    for seed in (1, 2):
        one.add(made(seed))
    for seed in (2, 3):
        two.add(made(seed))
    shutil.copytree(two.folder, one.folder, dirs_exist_ok=True)
    assert sorted(w.provenance["seed"] for w in one.witnesses()) == [1, 2, 3]


def test_witnesses_by_domain_and_the_zoo(corpus: Corpus) -> None:
    expected: dict[str, set[Instance]] = {}
    for record in CATALOGUE:
        instance = next((f.first() for f in record.equality), None)
        if instance is not None and instance.domain == record.headline.domain.id:
            path = ClaimPath(record.id, "claim", record.headline.id)
            corpus.add(witness(path, instance, decide(record.headline, instance), "family", 0))
            expected.setdefault(instance.domain, set()).add(instance)
    assert len(expected) > 2
    for domain, instances in expected.items():
        zoo = corpus.instances(domain)
        assert set(zoo) == instances
        assert len(zoo) == len(instances)
        assert {w.instance.domain for w in corpus.witnesses(domain)} == {domain}


DAMAGE: dict[str, tuple[Callable[[str], str], str]] = {
    "truncated": (lambda text: text[: len(text) // 2], "not JSON"),
    "edited": (lambda text: text.replace('"seed": 1', '"seed": 9'), "damaged or edited"),
    "foreign": (lambda text: '{"format": "something-else/1"}', "no witness file"),
    "empty": (lambda text: "", "not JSON"),
    "no text": (lambda text: "\0" * 100, "not JSON"),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_damaged_files_are_skipped_and_named(corpus: Corpus, made: Made, damage: str) -> None:
    edit, said = DAMAGE[damage]
    broken, whole = corpus.add(made(1)), corpus.add(made(2))
    broken.write_text(edit(broken.read_text()))
    fresh = Corpus(corpus.folder)
    assert [w.provenance["seed"] for w in fresh.witnesses()] == [2]
    [line] = fresh.damaged
    assert str(broken) in line
    assert said in line
    assert str(whole) not in line
    assert corpus.witnesses() == fresh.witnesses(), "a reader that knew the file sees the damage too"


def test_writing_again_mends_a_damaged_file(corpus: Corpus, made: Made) -> None:
    file = corpus.add(made(1))
    whole = file.read_text()
    file.write_text(whole[:100])
    assert corpus.witnesses() == []
    assert corpus.add(made(1)) == file
    assert file.read_text() == whole
    assert len(corpus.witnesses()) == 1
    assert corpus.damaged == []


def test_leftovers_of_killed_processes_are_ignored_and_removed_when_old(corpus: Corpus, made: Made) -> None:
    file = corpus.add(made(1))
    leftover = file.with_name(f".{file.name}.123-abc.partial")
    leftover.write_text(file.read_text()[:50])
    assert len(corpus.witnesses()) == 1
    assert corpus.damaged == []
    hours_ago = time.time() - 2 * 3600
    os.utime(leftover, (hours_ago, hours_ago))
    Corpus(corpus.folder).add(made(2))
    assert not leftover.exists()


def test_the_folder_is_the_one_chosen_else_the_environment_else_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REFUTABLE_CORPUS", raising=False)
    assert corpus_folder() == Path("refutable-corpus")
    monkeypatch.setenv("REFUTABLE_CORPUS", "/somewhere")
    assert corpus_folder() == Path("/somewhere")
    assert corpus_folder(Path("here")) == Path("here")
