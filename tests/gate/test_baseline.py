"""Reading what an earlier gate found, and the rule that says how much may be lost."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from flint import fmpq

from refutable.verify.gate.baselines import baseline
from refutable.verify.paths import ClaimPath
from refutable.verify.reading import ReadError

TIGHT = {"lower": "9/10", "upper": "0.91", "touching": False, "text": "0.9"}


def saved(folder: Path, **changes: Any) -> Path:
    claim = {"file": "claims.toml", "id": "ours", "tightness": TIGHT}
    path = folder / "gate.json"
    path.write_text(json.dumps({"format": "refutable-gate/1", "claims": [claim]} | changes))
    return path


@pytest.mark.parametrize(
    ("rule", "floor"),
    [("tightness:-1%", fmpq(891, 1000)), ("tightness:-0.01", fmpq(89, 100)), ("tightness:-0%", fmpq(9, 10)),
     ("tightness:0", fmpq(9, 10)), ("tightness:-0.5%", fmpq(8955, 10000))],
)  # fmt: skip
def test_rules_are_exact(rule: str, floor: fmpq, tmp_path: Path) -> None:
    found = baseline(saved(tmp_path), rule)
    assert found.floor(found.tightness["claims.toml::ours"]["lower"]) == floor


@pytest.mark.parametrize("rule", ["", "tightness", "tightness:", "tightness:1%", "tightness:-x", "speed:-1%", "-1%"])
def test_senseless_rules_are_refused_in_words(rule: str, tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="write tightness:-1%"):
        baseline(saved(tmp_path), rule)


@pytest.mark.parametrize(
    "changes",
    [{"format": "refutable-report/1"}, {"claims": {}}, {"claims": [{}]}, {"claims": [{"file": "a", "id": "b"}]},
     {"claims": [{"file": "a", "id": "b", "tightness": {"lower": "nan"}}]}, {"claims": ["x"]}],
)  # fmt: skip
def test_a_foreign_or_damaged_baseline_is_refused(changes: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(ReadError, match=r"gate\.json: "):
        baseline(saved(tmp_path, **changes), "tightness:-1%")


def test_a_claim_without_a_ratio_is_not_held_to_anything(tmp_path: Path) -> None:
    claims = [{"file": "claims.toml", "id": "ours", "tightness": None}]
    assert baseline(saved(tmp_path, claims=claims), "tightness:-1%").tightness == {}


def test_the_frontier_of_a_corpus_is_a_baseline_too(tmp_path: Path) -> None:
    ref = ClaimPath("weighted-l1", "claim", "weighted-l1")

    def entry(lower: str, touching: bool = False) -> dict[str, Any]:
        side = {"lower": lower, "upper": lower}
        return {"claim": ref.document(), "lhs": side, "rhs": {"lower": "1", "upper": "1"}, "touching": touching}

    path = tmp_path / "frontier.json"
    path.write_text(json.dumps({"format": "refutable-frontier/1", "entries": [entry("9/10"), entry("19/20")]}))
    known = baseline(path, "tightness:-1%").of("claims.toml", "any-id", ref)
    assert known is not None
    assert (known["lower"], known["upper"], known["touching"]) == ("19/20", "19/20", False)
    assert (
        baseline(path, "tightness:-1%").of("claims.toml", "any-id", ClaimPath("laplacian", "claim", "laplacian"))
        is None
    )
