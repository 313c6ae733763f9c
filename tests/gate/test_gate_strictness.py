"""`refutable gate`: what it is strict about. Listings, thresholds, mutants, baselines, and what decides nothing."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from refutable.verify.decide import Outcome
from refutable.verify.gate import trying
from refutable.verify.hunting.results import Suspicion
from tests.gate.tables import ATTAINED, LOOSE, TRUE, UNDECIDED, VACUOUS, listed
from tests.said import Command, Writer

FAILING_LATER = """
import refutable

@refutable.claim
def mine(view):
    if len(view["w2"]) > 1:
        raise RuntimeError("only one neuron was thought of")
    return refutable.Check(1, "<=", view["sharpness"])
"""


def test_decisions_that_come_to_nothing_fail_unless_allowed_and_say_why(
    gate: Command, claims: Writer, here: Path
) -> None:
    (here / "mine.py").write_text(FAILING_LATER)
    table = 'id = "python"\npython = "mine.py:mine"\nevidence = { hunt = 0.1 }'
    said = gate(claims(table), "--json")
    assert said.code == 1
    drawn, constructed, hunt = said.json["claims"][0]["items"]
    for item in (drawn, constructed):
        assert item["counts"]["undecided"] > 0
        assert (item["passed"], item["verdict"]) == (False, "undecided")
        assert "only one neuron was thought of" in item["problems"][-1]
    assert "only one neuron was thought of" in hunt["notes"][-1]
    assert gate(claims(f'{table}\nallow = ["undecided"]')).code == 0


@pytest.mark.parametrize(("table", "verdict"), [(VACUOUS, "vacuous"), (UNDECIDED, "undecided")])
def test_what_decides_nothing_fails_unless_the_file_allows_it(
    gate: Command, claims: Writer, table: str, verdict: str
) -> None:
    said = gate(claims(table), "--json")
    assert said.code == 1
    [told] = said.json["claims"]
    assert (told["verdict"], told["as_claimed"]) == (verdict, False)
    assert f'allow = ["{verdict}"]' in "".join(told["problems"])
    allowed = gate(claims(f'{table}\nallow = ["{verdict}"]'), "--json")
    assert allowed.code == 0
    assert allowed.json["claims"][0]["verdict"] == verdict, "allowed is not held"
    other = "suspect"
    assert gate(claims(f'{table}\nallow = ["{other}"]')).code == 1, "another verdict is not allowed with it"


def test_allow_may_be_said_for_all(gate: Command, claims: Writer) -> None:
    little = (
        '[defaults]\nallow = ["vacuous"]\nevidence = { drawn = 5, constructed = 0, trained = 0, swept = 0, hunt = 0 }'
    )
    assert gate(claims(VACUOUS, defaults=little)).code == 0


def test_a_hunt_that_decides_nothing_supports_nothing(gate: Command, claims: Writer) -> None:
    only = UNDECIDED + "\nevidence = { drawn = 0, constructed = 0, hunt = 0.2 }"
    [told] = gate(claims(only), "--json").json["claims"]
    [hunt] = told["items"]
    assert (hunt["verdict"], hunt["passed"], hunt["counts"]["holds"]) == ("undecided", False, 0)
    assert hunt["counts"]["undecided"] > 0


def test_a_suspicion_fails_unless_the_file_allows_it(
    gate: Command, claims: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = trying.hunt

    def suspicious(*arguments: Any, **named: Any) -> Any:
        result = found(*arguments, **named)
        outcome = Outcome("suspicious", "undecided", reason="too near to tell")
        one = Suspicion(result.tightest.instance, "ascent", 1e-9, outcome)
        return replace(result, suspicions=(one,))

    monkeypatch.setattr(trying, "hunt", suspicious)
    table = TRUE + "\nevidence = { drawn = 0, constructed = 0, hunt = 0.05 }"
    said = gate(claims(table))
    assert said.code == 1
    assert "too near to tell" in said.out
    assert 'allow = ["suspect"]' in said.out
    assert gate(claims(f'{table}\nallow = ["suspect"]')).code == 0


def test_an_unexpected_pass_fails(gate: Command, claims: Writer) -> None:
    table = listed(TRUE) + "\nevidence = { hunt = 0.1 }"
    said = gate(claims(table), "--json")
    assert said.code == 1
    [told] = said.json["claims"]
    assert told["verdict"] == "not refuted"
    assert "listed as refuted, and no counterexample was found" in told["problems"][0]


@pytest.mark.parametrize(("asked", "code"), [("1", 0), ("0.999", 0)])
def test_a_threshold_that_is_reached(gate: Command, claims: Writer, asked: str, code: int) -> None:
    assert gate(claims(f'{ATTAINED}\ntightness = "{asked}"')).code == code


def test_a_threshold_that_is_missed(gate: Command, claims: Writer) -> None:
    said = gate(claims(f"{LOOSE}\ntightness = 0.9"), "--json")
    assert said.code == 1
    [told] = said.json["claims"]
    assert told["thresholds"]["tightness"] == "9/10"
    [item] = [part for part in told["items"] if not part["passed"]]
    assert item["kind"] == "tightness"
    assert "the entry asks for 9/10" in item["problems"][0]


def test_a_mutant_that_survives_fails_and_one_of_a_tight_claim_dies(gate: Command, claims: Writer) -> None:
    wanted = 'mutants = ["right-side-1e-3"]'
    said = gate(claims(f"{LOOSE}\n{wanted}", f"{TRUE}\n{wanted}"), "--json")
    assert said.code == 1
    true, loose = sorted(said.json["claims"], key=lambda one: one["id"], reverse=True)
    assert (true["as_claimed"], true["items"][-1]["killed"]) == (True, 1)
    assert (loose["as_claimed"], loose["verdict"]) == (False, "weak")
    assert "right-side-1e-3" in loose["problems"][0]


def with_tightness(path: Path, value: str, **claim: Any) -> Path:
    """A baseline: the document with another tightness of its one claim."""
    document = json.loads(path.read_text())
    known = {"lower": value, "upper": value, "touching": False, "text": value}
    document["claims"][0] |= {"tightness": known} | claim
    changed = path.with_name("changed.json")
    changed.write_text(json.dumps(document))
    return changed


@pytest.mark.parametrize(
    ("before", "rule", "code"),
    [
        ("1/2", None, 0),  # it was worse
        ("1", None, 0),  # it is the same
        ("1.01", None, 0),  # 1/1.01 is 0.990099: less than one per cent is lost
        ("1.02", None, 1),
        ("1.02", "tightness:-2%", 0),
        ("1.02", "tightness:-0.02", 0),
        ("1.02", "tightness:-0.0199", 1),
    ],
)
def test_no_claim_may_get_looser(gate: Command, claims: Writer, before: str, rule: str | None, code: int) -> None:
    path = claims(ATTAINED)
    gate(path, "--json-file", "before.json")
    baseline = with_tightness(Path("before.json"), before)
    said = gate(path, "--frontier-baseline", baseline, *([] if rule is None else ["--fail-if", rule]), "--json")
    assert said.code == code
    [told] = said.json["claims"]
    assert told["thresholds"]["baseline"]["tightness"]["lower"] == before
    assert ("in the baseline" in "".join(told["problems"])) is (code == 1)


def test_a_claim_that_the_baseline_lacks_passes_and_is_named(gate: Command, claims: Writer) -> None:
    path = claims(ATTAINED)
    gate(path, "--json-file", "before.json")
    path.write_text(path.read_text().replace('id = "theorem"', 'id = "renamed"'))
    said = gate(path, "--frontier-baseline", "before.json")
    assert said.code == 0
    assert "not in the baseline" in said.out


@pytest.mark.parametrize("text", ["", "[]", "{", '{"format": "refutable-gate/1"}', '{"format": "x", "claims": []}'])
def test_a_damaged_baseline_is_refused(gate: Command, claims: Writer, here: Path, text: str) -> None:
    (here / "before.json").write_text(text)
    said = gate(claims(TRUE), "--frontier-baseline", "before.json")
    assert (said.code, said.out) == (2, "")
    assert "before.json" in said.err
