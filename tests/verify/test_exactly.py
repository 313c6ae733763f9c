"""Exact decisions of many instances: the same in any number of processes, in order, and nothing is left running."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import numpy as np
import pytest

from refutable.theorems.catalogue import theorem
from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.instances import Instance
from refutable.verify import exactly
from refutable.verify.decide import decide
from refutable.verify.exactly import Question, decide_asked, decide_many
from refutable.verify.headlines import ratio
from refutable.verify.paths import ClaimPath
from refutable.verify.sweep import sweep_all
from tests.process_groups import gone

CHAIN = ClaimPath("sharpness-chain", "claim", "sharpness-chain")
FALSE = ClaimPath("sharpness-chain", "mutant", theorem("sharpness-chain").mutants[0].id)
BOUND = ClaimPath("weighted-l1", "claim", "weighted-l1")


def small_networks(count: int) -> list[Instance]:
    rng = np.random.default_rng(1)
    integers = rng.integers(-3, 4, size=(count, 4))
    return [
        SHALLOW_RELU.instance(
            w1=[[int(a) or 1]], b1=[int(b)], w2=[int(c)], b2=0, x=[[int(e)], [int(e) + 2]], step_size="1/100"
        )
        for a, b, c, e in integers
    ]


def test_processes_decide_what_this_one_decides_in_the_same_order() -> None:
    instances = small_networks(80)
    subjects = [CHAIN, FALSE, BOUND]
    here = decide_many(subjects, instances)
    there = decide_many(subjects, instances, workers=2)
    assert [[o.verdict for o in row] for row in there] == [[o.verdict for o in row] for row in here]
    assert [[o.touching for o in row] for row in there] == [[o.touching for o in row] for row in here]
    assert [[ratio(o) for o in row] for row in there] == [[ratio(o) for o in row] for row in here]
    assert {o.verdict for row in here for o in row} >= {"holds", "vacuous"}
    assert [row[0].verdict for row in here] == [decide(CHAIN.resolve(), i).verdict for i in instances]


def test_violations_come_back_whole() -> None:
    killer = next(m for m in theorem("sharpness-chain").mutants if m.id == FALSE.id).killer
    instance = killer if isinstance(killer, Instance) else next(iter(killer.instances(1)))
    found = decide_many([FALSE], [instance] * exactly.PARALLEL_FROM, workers=2)
    assert all(row[0].verdict == "violated" for row in found)
    headline = found[0][0].headline
    assert headline is not None
    assert headline.left is not None
    assert headline.right is not None


def test_each_question_gets_the_claims_it_asks_for() -> None:
    instances = small_networks(3)
    claims = [CHAIN.resolve(), BOUND.resolve()]
    found = decide_asked(
        claims, [Question(instances[0], (1,)), Question(instances[1], ()), Question(instances[2], (1, 0))]
    )
    assert [[o.claim for o in row] for row in found] == [["weighted-l1"], [], ["weighted-l1", "sharpness-chain"]]


def test_an_instance_of_another_domain_is_inapplicable() -> None:
    killer = theorem("linear-stability").mutants[0].killer
    instance = killer if isinstance(killer, Instance) else next(iter(killer.instances(1)))
    assert decide_many([CHAIN], [instance])[0][0].verdict == "inapplicable"


def test_no_worker_is_an_error() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        decide_many([CHAIN], small_networks(1), workers=0)


def test_a_process_that_dies_costs_time_only(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    instances = small_networks(70)
    flag = tmp_path / "died"
    monkeypatch.setenv("REFUTABLE_TEST_DIES", str(flag))
    monkeypatch.setattr(exactly, "_begin", _die)
    monkeypatch.syspath_prepend(str(Path(__file__).parents[2]))  # the processes import this module
    found = decide_many([CHAIN], instances, workers=2)
    assert flag.exists()
    assert [row[0].verdict for row in found] == [decide(CHAIN.resolve(), i).verdict for i in instances]


def _die(named: object) -> None:
    Path(os.environ["REFUTABLE_TEST_DIES"]).write_text("yes")
    os.kill(os.getpid(), signal.SIGKILL)


def test_ties_of_a_sweep_are_decided_in_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    count = 70
    rows = {
        "w1": np.ones((count, 1, 1)), "b1": np.zeros((count, 1)), "w2": np.ones((count, 1)), "b2": np.zeros(count),
        "x": np.tile(np.array([[0.0], [1.0]]), (count, 1, 1)), "step_size": np.full(count, 0.25),
        "y": None, "frozen": None, "batch_size": None,
    }  # fmt: skip
    here = sweep_all([CHAIN, BOUND], rows)
    there = sweep_all([CHAIN, BOUND], rows, workers=2)
    assert there == here
    assert here[1].counts["vacuous"] == count, "a datum lies on every kink"
    assert here[0].certified == 0


@pytest.mark.slow
def test_ctrl_c_leaves_no_process_behind(tmp_path: Path) -> None:
    script = tmp_path / "long.py"
    script.write_text(
        textwrap.dedent("""
        import numpy as np
        from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
        from refutable.verify.exactly import decide_many
        from refutable.verify.paths import ClaimPath

        if __name__ == "__main__":
            rng = np.random.default_rng(0)
            w1, x = rng.normal(size=(40, 3)), rng.normal(size=(60, 3))
            one = SHALLOW_RELU.instance(w1=w1.tolist(), b1=rng.normal(size=40).tolist(),
                                        w2=rng.normal(size=40).tolist(), b2=0, x=x.tolist(), step_size="1/1000")
            print("begun", flush=True)
            decide_many([ClaimPath("sharpness-chain", "claim", "sharpness-chain")], [one] * 2000, workers=2)
        """)
    )
    process = subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                               start_new_session=True)  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == "begun\n"
    time.sleep(3)
    os.killpg(process.pid, signal.SIGINT)
    _, error = process.communicate(timeout=20)
    assert process.returncode != 0
    assert error.count("KeyboardInterrupt") == 1, error
    assert gone(process.pid)
