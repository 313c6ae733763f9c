"""The frontier: exact comparison of tightness, the best per claim and size, nothing kept that says nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from flint import fmpq
from hypothesis import given
from hypothesis import strategies as st

from refutable.theorems.catalogue import DOMAINS, theorem
from refutable.theorems.checks import Check
from refutable.theorems.claims import Claim
from refutable.theorems.exact import Surd, fraction
from refutable.theorems.instances import Instance
from refutable.verify.decide import decide
from refutable.verify.keeping import corpus as corpus_module
from refutable.verify.keeping import frontier as frontier_module
from refutable.verify.keeping.corpus import Corpus
from refutable.verify.keeping.frontier import FrontierEntry
from refutable.verify.keeping.sizes import sizes
from refutable.verify.keeping.tightness import Tightness, tightness
from refutable.verify.paths import ClaimPath
from refutable.verify.userclaims.paths import ExpressionClaim
from refutable.verify.witnesses import content_hash, headline

ITERATION = DOMAINS["delayed-iteration"]
REF = ExpressionClaim("step_size <= 1", ITERATION.id, ())
positive = st.fractions(min_value="1/1000000", max_value=1000, max_denominator=10**9)


def claim(left: Any = None, right: Any = fmpq(1), op: Any = "<=") -> Claim:
    """The step size (or a number) compared with a number."""
    return Claim(
        "test", ITERATION, "", (), lambda view: [Check(view["step_size"] if left is None else left, op, right)]
    )


def at(step: str, delay: int = 1) -> Instance:
    return ITERATION.instance(curvature=1, step_size=step, delay=delay)


def advance(corpus: Corpus, step: str, delay: int = 1, of: Claim | None = None) -> Path | None:
    chosen = of or claim()
    instance = at(step, delay)
    return corpus.advance(REF, chosen, instance, decide(chosen, instance), "by hand", 0)


def mark(left: Any, right: Any) -> Tightness | None:
    return tightness(headline(decide(claim(left, right), at("1"))))


@given(positive, positive)
def test_rational_tightness_is_the_exact_quotient(a: Fraction, b: Fraction) -> None:
    left, right = sorted((a, b))
    found = mark(fmpq(left.numerator, left.denominator), fmpq(right.numerator, right.denominator))
    assert found is not None
    assert fraction(found.lower) == fraction(found.upper) == left / right
    assert found.touching == (left == right)


@given(st.integers(2, 10**6), st.integers(2, 10**6))
def test_irrational_tightness_is_enclosed(p: int, q: int) -> None:
    """sqrt(p)/sqrt(q), compared with p/q through squares."""
    low, high = sorted((p, q))
    found = mark(Surd.root(fmpq(low)), Surd.root(fmpq(high)))
    assert found is not None
    assert fraction(found.lower) ** 2 <= Fraction(low, high) <= fraction(found.upper) ** 2
    assert found.upper - found.lower < fmpq(1, 10**27)
    assert found.touching == (low == high)


@pytest.mark.parametrize(
    ("left", "right"), [(0, fmpq(1)), (fmpq(-1), fmpq(1)), (0, fmpq(0)), (fmpq(-2), fmpq(-1)), (fmpq(-1), fmpq(0))]
)
def test_sides_that_are_not_positive_say_nothing(left: Any, right: Any) -> None:
    assert mark(left, right) is None


def test_an_identity_has_no_tightness(corpus: Corpus) -> None:
    assert advance(corpus, "1", of=claim(op="==")) is None
    assert advance(corpus, "1", of=claim()) is not None


def gap(written: str) -> Tightness:
    ratio = 1 - fmpq(*Fraction(written).as_integer_ratio())
    return Tightness(ratio, ratio)


def test_a_gap_must_shrink_by_a_thousandth() -> None:
    assert gap("0.999e-9").surpasses(gap("1e-9"))
    assert not gap("0.9991e-9").surpasses(gap("1e-9"))
    assert not gap("1e-9").surpasses(gap("1e-9"))
    assert not gap("2e-9").surpasses(gap("1e-9"))
    assert gap("2e-9").surpasses(None)


def test_touching_is_the_top() -> None:
    touching = Tightness(fmpq(1), fmpq(1), True)
    close = Tightness(1 - fmpq(1, 10**29), fmpq(1))
    assert touching.surpasses(close)
    assert not close.surpasses(touching)
    assert not touching.surpasses(touching)
    assert not close.surpasses(close), "gaps that enclosures do not tell apart"


@pytest.mark.parametrize(
    ("found", "written"),
    [
        (Tightness(fmpq(1), fmpq(1), True), "1 (touching)"),
        (gap("2.25e-13"), "1 - 2.3e-13"),
        (gap("0.5"), "0.5"),
        (Tightness(fmpq(2, 3), fmpq(2, 3)), "0.6666"),
        (gap("1e-40"), "1 - 1.0e-40"),
        (Tightness(1 - fmpq(1, 10**29), fmpq(1)), "> 1 - 1.0e-29"),
    ],
)
def test_a_tightness_is_written_rounded_down(found: Tightness, written: str) -> None:
    assert str(found) == written


def test_only_tighter_instances_are_kept(corpus: Corpus) -> None:
    first = advance(corpus, "1/2")
    assert advance(corpus, "1/3") is None
    assert advance(corpus, "1/2") is None
    assert advance(corpus, "1001/2000") is not None
    assert advance(corpus, "10014/20000") is None, "not a thousandth of the gap"
    best = advance(corpus, "1")
    assert advance(corpus, "1") is None
    assert advance(corpus, "2") is None, "violated"
    [entry] = Corpus(corpus.folder).frontier()
    assert (entry.file, entry.touching, entry.sizes) == (best, True, {"delay": 1})
    assert len(list((corpus.folder / "frontier").iterdir())) == 3
    assert first is not None
    assert corpus.witnesses() == []
    assert len(corpus.instances(ITERATION.id)) == 3


def test_another_corpus_object_sees_what_was_kept(corpus: Corpus) -> None:
    other = Corpus(corpus.folder)
    assert advance(other, "1/2") is not None
    assert advance(corpus, "9/10") is not None
    assert advance(other, "3/4") is None


def test_claims_and_sizes_are_kept_apart(corpus: Corpus) -> None:
    assert advance(corpus, "1/2", delay=1) is not None
    assert advance(corpus, "1/3", delay=2) is not None
    assert [(e.sizes, str(e.tightness)) for e in corpus.frontier()] == [({"delay": 1}, "0.5"), ({"delay": 2}, "0.3333")]


def test_vacuous_outcomes_are_not_kept(corpus: Corpus) -> None:
    record = theorem("weighted-l1")
    instance = record.equality[0].first().replace(step_size=fmpq(1000))
    outcome = decide(record.headline, instance)
    path = ClaimPath("weighted-l1", "claim", "weighted-l1")
    assert outcome.verdict == "vacuous"
    assert corpus.advance(path, record.headline, instance, outcome, "by hand", 0) is None


def test_a_hollow_instance_is_no_record_of_its_size(corpus: Corpus) -> None:
    record = theorem("weighted-l1")
    shallow = record.domain
    path = ClaimPath("weighted-l1", "claim", "weighted-l1")
    base = record.equality[0].first()
    raw = {field.name: base[field.name] for field in shallow.fields}
    dead = {"w1": [*raw["w1"], [1]], "b1": [*raw["b1"], -100], "w2": [*raw["w2"], 1]}
    instance = shallow.instance(**(raw | dead))
    outcome = decide(record.headline, instance)
    assert outcome.touching
    assert shallow.hollow(shallow.view(instance)) is not None
    assert corpus.advance(path, record.headline, instance, outcome, "by hand", 0) is None
    assert corpus.advance(path, record.headline, base, decide(record.headline, base), "by hand", 0) is not None


def test_sizes_of_an_instance() -> None:
    shallow, deep = DOMAINS["shallow-relu"], DOMAINS["deep-linear"]
    network = shallow.instance(
        w1=[[1, 2], [3, 4], [5, 6]], b1=[0, 0, 0], w2=[1, 1, 1], b2=0, frozen=[], x=[[1, 1]], step_size=1, batch_size=1
    )
    assert sizes(shallow, network) == {"k": 3, "d": 2, "n": 1}
    assert sizes(deep, theorem("flattest-sharpness").equality[0].first())["layers"] >= 2


def rewritten(file: Path, edit: Callable[[dict[str, Any]], None]) -> None:
    document = json.loads(file.read_text())
    edit(document)
    document["hash"] = content_hash(document)
    file.write_text(json.dumps(document))


def test_files_of_a_changed_theorem_do_not_count(corpus: Corpus) -> None:
    old, new = advance(corpus, "9/10"), None
    assert old is not None
    rewritten(old, lambda document: document.update(digest="0" * 64))
    fresh = Corpus(corpus.folder)
    assert fresh.frontier() == []
    assert len(fresh.instances(ITERATION.id)) == 1, "its instance is still worth trying"
    new = advance(fresh, "1/2")
    assert [entry.file for entry in fresh.frontier()] == [new]


def test_a_frontier_file_of_a_false_claim_does_not_count(corpus: Corpus) -> None:
    file = advance(corpus, "9/10")
    assert file is not None
    rewritten(file, lambda document: document.update(verdict="violated"))
    assert Corpus(corpus.folder).frontier() == []


FORGED: dict[str, dict[str, Any]] = {
    "touching with sides apart": {"touching": True},
    "another's headline": {"left": {"lower": "1", "upper": "1"}, "touching": True},
    "a side that may be anything": {"left": {"lower": "9/10", "upper": "100"}},
}


@pytest.mark.parametrize("kind", FORGED)
def test_a_forged_record_shuts_no_true_one_out(corpus: Corpus, kind: str) -> None:
    forged = advance(corpus, "1/2")
    assert forged is not None
    rewritten(forged, lambda document: document["headline"].update(FORGED[kind]))
    fresh = Corpus(corpus.folder)
    true = advance(fresh, "3/4")
    assert true is not None
    for folder in (fresh, Corpus(corpus.folder)):
        assert [(entry.file, str(entry.tightness)) for entry in folder.frontier()] == [(true, "0.75")]


def test_the_instance_of_a_record_must_meet_the_assumptions(corpus: Corpus) -> None:
    record = theorem("weighted-l1")
    path = ClaimPath("weighted-l1", "claim", "weighted-l1")
    base = record.equality[0].first()
    file = corpus.advance(path, record.headline, base, decide(record.headline, base), "by hand", 0)
    assert file is not None
    rewritten(file, lambda document: document["instance"].update(step_size="1000"))
    fresh = Corpus(corpus.folder)
    assert fresh.frontier() == []
    assert [str(file) in line for line in fresh.damaged] == [True]
    assert fresh.advance(path, record.headline, base, decide(record.headline, base), "by hand", 0) is not None


def test_only_so_many_records_are_decided_again(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    for delay in range(1, 6):
        assert advance(corpus, "1/2", delay=delay) is not None
    asked = []
    monkeypatch.setattr(frontier_module, "decide", lambda claim, one: asked.append(one) or decide(claim, one))
    monkeypatch.setattr(corpus_module, "CONFIRMATIONS", 3)
    fresh = Corpus(corpus.folder)
    assert len(fresh.frontier()) == len(fresh.frontier()) == 5
    assert len(asked) == 3


def test_records_that_are_not_decided_again_shut_nothing_out(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    for step in ("1/2", "2/3", "3/4"):
        file = advance(corpus, step)
        assert file is not None
        rewritten(file, lambda document: document["headline"].update(FORGED["another's headline"]))
    monkeypatch.setattr(corpus_module, "CONFIRMATIONS", 2)
    fresh = Corpus(corpus.folder)
    assert advance(fresh, "1/3") is not None
    assert advance(fresh, "1/3") is None
    assert advance(fresh, "1/4") is None


def test_a_rewritten_file_is_taken_as_it_is_now(corpus: Corpus) -> None:
    file = advance(corpus, "9/10")
    assert file is not None
    fresh = Corpus(corpus.folder)
    assert len(fresh.frontier()) == 1
    rewritten(file, lambda document: document.update(verdict="violated"))
    assert fresh.frontier() == []


def test_of_equal_entries_the_first_by_name_counts(corpus: Corpus) -> None:
    file = advance(corpus, "1/2")
    assert file is not None
    other = file.with_name("a.json")
    other.write_text(file.read_text())
    for folder in (corpus, Corpus(corpus.folder)):
        found: list[FrontierEntry] = folder.frontier()
        assert [entry.file for entry in found] == [other]
