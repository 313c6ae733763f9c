"""Gradient ascent: reaches known suprema, never reports what exact decisions deny, leaves enforced fields enforced."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from refutable.theorems.instances import Instance
from refutable.verify.decide import decide
from refutable.verify.hunting import Options, Target, catalogue_target
from refutable.verify.hunting.ascent import Ascent
from refutable.verify.hunting.encoding import Encoding
from refutable.verify.hunting.judge import Judge
from refutable.verify.hunting.objective import Objective
from refutable.verify.hunting.rows import batch_of, blended, form, instance_at, repeated, take
from refutable.verify.hunting.search import Search, prepare


def _search(target: Target) -> Search:
    return prepare(target, Options(cold=True), Judge(target.claim), None)


def _climbed(theorem: str, seed: int) -> tuple[Target, Ascent]:
    target = catalogue_target(theorem)
    search = _search(target)
    generator = torch.Generator().manual_seed(seed)
    rows = search.supply.batch(search.assumes, 64, search.options.size, generator)
    assert rows is not None
    assert search.objective is not None
    ascent = Ascent(search.objective, rows, 400)
    ascent.advance(400)
    return target, ascent


@pytest.mark.parametrize("theorem", ["weighted-l1", "stability-norm", "flattest-sharpness"])
@pytest.mark.slow
def test_ascent_comes_near_equality_and_never_beyond(theorem: str) -> None:
    target, ascent = _climbed(theorem, 1)
    best = int(ascent.scores.argmax())
    assert -1e-6 < float(ascent.scores[best]) < 1e-9
    instance = instance_at(target.claim.domain, ascent.best, best)
    assert instance is not None
    outcome = decide(target.claim, instance)
    assert outcome.verdict == "holds"
    assert outcome.tightness == pytest.approx(np.exp(float(ascent.scores[best])), abs=1e-9)


def test_the_best_of_each_row_only_improves() -> None:
    target = catalogue_target("weighted-l1")
    search = _search(target)
    rows = search.supply.batch(search.assumes, 16, search.options.size, torch.Generator().manual_seed(3))
    assert rows is not None
    assert search.objective is not None
    with torch.no_grad():
        start, _ = search.objective.of(rows)
    ascent = Ascent(search.objective, rows, 60)
    before = start
    while not ascent.done:
        assert ascent.advance(20) == 20 * 16
        assert bool((ascent.scores >= before).all())
        before = ascent.scores.clone()
    again, _ = search.objective.of(
        {n: v for n, v in ascent.best.items() if n != "step_size"} | {"step_size": rows["step_size"]}
    )
    assert torch.allclose(again, ascent.scores, atol=1e-12)


def _two_atoms() -> Instance:
    return catalogue_target("weighted-l1").families[0].first()


def test_instances_become_rows_and_come_back() -> None:
    instance, claim = _two_atoms(), catalogue_target("weighted-l1").claim
    rows = repeated(batch_of([instance]), 3)
    assert instance_at(claim.domain, rows, 2) == instance_at(claim.domain, batch_of([instance]), 0)
    back = instance_at(claim.domain, rows, 1)
    assert back is not None
    assert all((back[name] == instance[name]).all() for name in ("w1", "b1", "w2", "x"))
    assert float(back["step_size"] - instance["step_size"]) == pytest.approx(0, abs=1e-17)


def test_rows_are_taken_and_blended_row_by_row() -> None:
    rows = {"a": torch.arange(6.0).reshape(3, 2), "layers": (torch.arange(3.0),), "n": 5}
    other = {"a": -torch.ones(3, 2), "layers": (-torch.ones(3),), "n": 5}
    mixed = blended(torch.tensor([True, False, True]), rows, other)
    assert mixed["a"].tolist() == [[0, 1], [-1, -1], [4, 5]]
    assert mixed["layers"][0].tolist() == [0, -1, 2]
    assert take(rows, torch.tensor([2, 0]))["a"].tolist() == [[4, 5], [0, 1]]
    assert take(rows, torch.tensor([2, 0]))["n"] == 5


def test_instances_of_other_shapes_have_other_forms() -> None:
    instance = _two_atoms()
    assert form(instance) == form(instance.replace(b2=instance["b2"] + 1))
    assert form(instance) != form(instance.replace(b2=None))
    assert form(instance) != form(instance.replace(batch_size=1))


def test_an_encoding_starts_at_its_instance_and_keeps_positive_numbers_positive() -> None:
    instance, claim = _two_atoms(), catalogue_target("weighted-l1").claim
    encoding = Encoding(claim.domain, instance)
    assert encoding.length == 2 + 2 + 2 + 1 + 2 + 1
    origin = encoding.instance_of(np.zeros(encoding.length))
    assert origin is not None
    assert all((origin[name] == instance[name]).all() for name in ("w1", "b1", "w2", "x"))
    far = encoding.rows([np.full(encoding.length, -5.0)])
    assert float(far["step_size"]) > 0


def test_enforced_fields_are_not_ascended() -> None:
    target = catalogue_target("weighted-l1")
    search = _search(target)
    rows = search.supply.batch(search.assumes, 8, search.options.size, torch.Generator().manual_seed(0))
    assert rows is not None
    ascent = Ascent(Objective(target.claim), rows, 10)
    assert "step_size" not in ascent._free
    assert {"w1", "b1", "w2", "x"} <= set(ascent._free)
