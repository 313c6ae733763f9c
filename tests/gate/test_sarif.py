"""A gate as SARIF: valid by the schema of the format, stable under edits, no path of the machine, no links of users.

The schema is Microsoft's 2.1.0-rtm.4 as the source distribution of sarif-om 1.0.4 on PyPI ships it (MIT).
"""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from refutable.verify.gate.outputs.sarif import FINGERPRINT, sarif
from tests.gate.sample_gate import HOSTILE, claim, counterexample, failing, gate, green, hostile, item, own, red

SCHEMA = json.loads((Path(__file__).parent / "sarif-2.1.0-rtm.4.json").read_text())
VALIDATOR = jsonschema.Draft4Validator(SCHEMA, format_checker=jsonschema.Draft4Validator.FORMAT_CHECKER)
DOCUMENTS = {"green": green(), "red": red(), "hostile": hostile(), "empty": gate()}


def results(document: dict[str, Any], **options: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = sarif(document, **options)["runs"][0]["results"]
    return found


def result(document: dict[str, Any], id: str) -> dict[str, Any]:
    return next(one for one in results(document) if one["properties"]["claim"] == id)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_it_is_valid(name: str) -> None:
    VALIDATOR.validate(sarif(DOCUMENTS[name]))


def test_the_schema_refuses_what_is_not_sarif() -> None:
    damaged = sarif(red())
    damaged["runs"][0]["results"][0]["level"] = "grave"
    assert not VALIDATOR.is_valid(damaged)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_result_names_its_rule_and_what_is_no_failure_has_no_level(name: str) -> None:
    [run] = sarif(DOCUMENTS[name])["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules)
    for one in run["results"]:
        assert rules[one["ruleIndex"]]["id"] == one["ruleId"]
        assert (one["level"] == "none") == (one["kind"] != "fail")


def test_kinds_and_levels() -> None:
    found = {one["properties"]["claim"]: (one["kind"], one["level"]) for one in results(green())}
    assert found == {
        "stability-bound": ("pass", "none"),
        "path-norm": ("pass", "none"),
        "folklore": ("informational", "none"),
        "scarce": ("fail", "warning"),
    }
    failed = {one["id"] for one in red()["claims"] if not one["as_claimed"]}
    errors = [one["properties"]["claim"] for one in results(red()) if one["level"] == "error"]
    assert set(errors) == failed


def test_problems_alone_for_readers_that_show_every_result() -> None:
    assert [one["properties"]["claim"] for one in results(green(), problems_only=True)] == ["scarce"]
    assert len(results(red(), problems_only=True)) == 10


def test_a_rule_is_a_theorem_or_a_claim() -> None:
    twice = gate(claim("a"), claim("b"), claim("c", changed=True), own("d"), own("e"), own("e", file="b/claims.toml"))
    ids = [one["ruleId"] for one in results(twice)]
    changed = "claim/c"
    own_ids = ["claim/d", "claim/claims.toml/e", "claim/b/claims.toml/e"]
    assert ids == ["weighted-l1", "weighted-l1", changed, *own_ids]


def test_a_rule_says_its_statement_and_its_source() -> None:
    [run] = sarif(gate(claim("a", link="https://arxiv.org/abs/2106.06030"), own("b", link="javascript:x")))["runs"]
    known, mine = run["tool"]["driver"]["rules"]
    assert known["shortDescription"]["text"] == "lambda_max >= 1 + 2 ||f||"
    assert "Mulayoff, Michaeli, Soudry 2021, Theorem 1" in known["fullDescription"]["text"]
    assert known["helpUri"] == "https://arxiv.org/abs/2106.06030"
    assert "helpUri" not in mine


def test_the_message_holds_the_counterexample() -> None:
    text = result(red(), "refuted-one")["message"]["text"]
    for line in (*counterexample()["described"], "~0.17 > 0", "assumption minimum: holds"):
        assert line in text.split("\n")
    assert "refutable replay refutable-witnesses/folklore-0123abcd.json" in text


def test_the_place_is_the_claims_line_in_its_file() -> None:
    place = result(hostile(), "mean")["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "sub%20dir/%C3%A9%7C%60.toml", "uriBaseId": "SRCROOT"}
    assert result(red(), "refuted-one")["locations"][0]["physicalLocation"]["region"] == {"startLine": 50}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_nothing_tells_of_the_machine_or_steers_a_reader(name: str) -> None:
    said = json.dumps(sarif(DOCUMENTS[name]), ensure_ascii=False)
    assert "/home/somebody" not in said
    assert "[link](" not in said.replace("\\\\[link](", "")
    texts = [one["message"]["text"] for one in results(DOCUMENTS[name])]
    assert all(line.isprintable() for text in texts for line in text.split("\n"))
    assert len(said) < 60_000


def fingerprints(document: dict[str, Any]) -> list[str]:
    return [one["partialFingerprints"][FINGERPRINT] for one in results(document)]


def test_fingerprints_stay_where_lines_move_and_runs_find_other_counterexamples() -> None:
    before, after = red(), copy.deepcopy(red())
    for one in after["claims"]:
        one["line"] += 7
        one["problems"] = [f"other {text}" for text in one["problems"]]
        for part in one["items"]:
            if part["counterexample"]:
                part["counterexample"] = counterexample(described=["f(x) = relu(x)"], file="another.json")
    assert fingerprints(before) == fingerprints(after)


def test_fingerprints_tell_claims_files_and_problems_apart() -> None:
    assert len(set(fingerprints(red()))) == len(red()["claims"])
    alike = [failing("a", "refuted"), failing("a", "undecided"), failing("b", "refuted"), own("a", verdict="refuted")]
    assert len(set(fingerprints(gate(*alike, failing("a", "refuted", file="b.toml"))))) == 5


def test_long_descriptions_are_cut() -> None:
    long = gate(own("a", item("drawn"), statement=HOSTILE * 100))
    [rule] = sarif(long)["runs"][0]["tool"]["driver"]["rules"]
    assert len(rule["shortDescription"]["text"]) < 1024 * 1.1
    assert len(rule["fullDescription"]["text"]) < 1024 * 1.1
