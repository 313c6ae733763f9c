"""`refutable list` and `refutable show`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from refutable.theorems.catalogue import CATALOGUE
from refutable.theorems.records import Theorem, all_mutants

Command = Callable[..., Any]


THEOREMS = pytest.mark.parametrize("theorem", CATALOGUE, ids=lambda t: t.id)


def test_list_names_every_theorem(refutable: Command) -> None:
    said = refutable("list")
    assert said.code == 0
    words = [line.split() for line in said.out.splitlines()[1:]]
    assert [(w[0], w[1], int(w[2])) for w in words] == [(t.id, t.domain.id, len(all_mutants(t))) for t in CATALOGUE]
    entries = refutable("list", "--json").json["theorems"]
    assert [entry["id"] for entry in entries] == [t.id for t in CATALOGUE]


@THEOREMS
def test_show_says_everything_of_a_record(refutable: Command, theorem: Theorem) -> None:
    said = refutable("show", theorem.id)
    assert said.code == 0
    text = " ".join(said.out.split())
    for item in (*theorem.claims, *theorem.links, *theorem.assumptions):
        assert item.id in text
        assert " ".join(item.statement.split()) in text
    for mutant in all_mutants(theorem):
        assert mutant.id in text
    assert f"how sure: {theorem.status}" in text
    document = refutable("show", theorem.id, "--json").json
    assert document["digest"] in text
    assert len(document["mutants"]) == len(all_mutants(theorem))
    assert {n["assumption"] for n in document["necessity"]} == {a.id for a in theorem.assumptions}
