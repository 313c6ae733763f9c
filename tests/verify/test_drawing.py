"""Drawn evidence: enough of it, by seed alone, and honest about what was vacuous."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from refutable.strategies.supply import Size
from refutable.theorems.catalogue import theorem
from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.instances import Instance
from refutable.theorems.records import all_mutants
from refutable.verify.events import Run
from refutable.verify.evidence import drawn
from refutable.verify.profiles import PROFILES

CHAIN = theorem("sharpness-chain")
QUICK = PROFILES["quick"]


def planar(w: int, b: int, v: int, points: list[int], step: int) -> Instance:
    return SHALLOW_RELU.instance(w1=[[w]], b1=[f"{2 * b + 1}/2"], w2=[v], b2=0, x=[[p] for p in points], step_size=step)


NETWORKS = st.builds(
    planar,
    st.integers(-3, 3),
    st.integers(-3, 3),
    st.integers(-3, 3),
    st.lists(st.integers(-4, 4), min_size=1, max_size=4),
    st.integers(1, 3),
)


@dataclass
class OneStrategy:
    """A supply of one strategy, whatever the claim assumes."""

    strategy: SearchStrategy[Instance]
    domain: Any = SHALLOW_RELU

    def drawn(self, assumes: frozenset[str], size: Size) -> SearchStrategy[Instance]:
        return self.strategy


def run_on(strategy: SearchStrategy[Instance], seed: int = 0) -> Run:
    return Run(QUICK, seed, "cpu", None, lambda _: OneStrategy(strategy))  # type: ignore[arg-type,return-value]


def test_as_many_as_wanted_are_decided() -> None:
    event = drawn(CHAIN, CHAIN.headline, "claim", 150, 0, run_on(NETWORKS))
    assert event["counts"]["holds"] == 150
    assert event["problems"] == []


def test_one_seed_draws_the_same_and_another_does_not() -> None:
    seen: list[list[Instance]] = []
    for seed in (0, 0, 1):
        here: list[Instance] = []
        drawn(CHAIN, CHAIN.headline, "claim", 30, 0, run_on(NETWORKS.map(lambda i, to=here: to.append(i) or i), seed))
        seen.append(here)
    assert seen[0] == seen[1]
    assert seen[0] != seen[2]


PRINT = """
import json, sys
{extra}
from refutable.theorems.catalogue import theorem
from refutable.verify.evidence import drawn
from refutable.verify.events import Run
from refutable.verify.profiles import PROFILES
record = theorem("weighted-l1")
event = drawn(record, record.headline, "claim", 25, 0, Run(PROFILES["quick"]))
print(json.dumps([event["counts"], event["tightest"], event["touching"]]))
"""


@pytest.mark.slow
def test_draws_depend_on_the_seed_alone_not_on_loaded_modules_or_hashing(tmp_path: Path) -> None:
    (tmp_path / "local_module.py").write_text("A = [123457, -98765, 3, 5, 7]\n")
    said = []
    for number, extra in enumerate(["", "sys.path.insert(0, '.'); import local_module"]):
        done = subprocess.run(
            [sys.executable, "-P", "-c", PRINT.format(extra=extra)],
            capture_output=True, text=True, check=True, cwd=tmp_path,
            env={"PYTHONHASHSEED": str(number), "PATH": "/usr/bin:/bin"},
        )  # fmt: skip
        said.append(json.loads(done.stdout))
    assert said[0] == said[1]
    assert not (tmp_path / ".hypothesis").exists()


def test_mostly_vacuous_draws_are_no_evidence() -> None:
    on_a_kink = NETWORKS.map(lambda i: i.replace(b1=i["b1"] * 0, x=i["x"] * 0))
    event = drawn(CHAIN, CHAIN.headline, "claim", 20, 0, run_on(on_a_kink))
    assert event["counts"]["holds"] == 0
    [problem] = event["problems"]
    assert "vacuous" in problem
    assert "lies on the kink" in problem
    assert "by construction" in problem


def test_a_violation_ends_the_search_and_is_small() -> None:
    false = next(m for m in all_mutants(CHAIN) if m.id == "plus-two").claim
    planted = replace(CHAIN, claims=(replace(false, id=CHAIN.headline.id),))
    event = drawn(planted, planted.headline, "claim", 100, 0, run_on(NETWORKS))
    assert event["counts"]["violated"] == 1
    [problem] = event["problems"]
    assert "f(x) = " in problem
    assert "assumption differentiable: holds" in problem
    assert "no reduction of it is still a violation" in problem


def test_an_error_in_deciding_is_not_swallowed() -> None:
    def broken(view: Any) -> Any:
        raise RuntimeError("a bug in a formula")

    claim = replace(CHAIN.headline, concludes=broken)
    with pytest.raises(RuntimeError, match="a bug in a formula") as caught:
        drawn(CHAIN, claim, "claim", 10, 0, run_on(NETWORKS))
    assert "on the drawn instance instance('shallow-relu'" in caught.value.__notes__[0]
