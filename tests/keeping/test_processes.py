"""Many processes keep into one folder at once; some are killed at any moment."""

from __future__ import annotations

import random
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from refutable.verify.keeping.corpus import Corpus
from refutable.verify.witnesses import Witness, dump

Made = Callable[[int], Witness]
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals")

KEEP_RANGE = "\nfor seed in range(int(sys.argv[2]), int(sys.argv[3])): corpus.add(made(seed))\n"
KEEP_AND_SAY = """
write = os.write
os.write = lambda handle, data: write(handle, data[:256])  # many moments to be killed at
seed = 0
while True:
    corpus.add(made(seed))
    print(seed, flush=True)
    seed += 1
"""
KILL_ITSELF = """
name, count = sys.argv[2], int(sys.argv[3])
real, calls = getattr(os, name), []
def dying(*arguments):
    calls.append(1)
    if len(calls) == count:
        if name == "write": real(arguments[0], arguments[1][:300])
        os.kill(os.getpid(), signal.SIGKILL)
    return real(*arguments)
corpus.add(made(1))
setattr(os, name, dying)
corpus.add(made(2))
"""


@pytest.mark.slow
def test_concurrent_writers_of_overlapping_content_lose_nothing(corpus: Corpus, made: Made, start: Any) -> None:
    children = [start(KEEP_RANGE, corpus.folder, 10 * i, 10 * i + 30) for i in range(3)]
    assert [child.communicate(timeout=60)[1] for child in children] == [""] * 3
    assert sorted(w.provenance["seed"] for w in corpus.witnesses()) == list(range(50))
    assert corpus.damaged == []
    expected = {f"weighted-l1-{dump(made(seed))['hash'][:16]}.json" for seed in range(50)}
    assert {f.name for f in (corpus.folder / "witnesses").iterdir()} == expected


@pytest.mark.parametrize(("call", "count"), [("write", 1), ("fsync", 1), ("replace", 1), ("fsync", 2)])
def test_killed_at_a_step_of_writing(corpus: Corpus, start: Any, call: str, count: int) -> None:
    child = start(KILL_ITSELF, corpus.folder, call, count)
    child.communicate(timeout=60)
    assert child.returncode == -signal.SIGKILL
    renamed = (call, count) == ("fsync", 2)
    assert [w.provenance["seed"] for w in corpus.witnesses()].count(1) == 1
    assert len(corpus.witnesses()) == (2 if renamed else 1)
    assert corpus.damaged == []
    leftovers = [f for f in (corpus.folder / "witnesses").iterdir() if f.suffix != ".json"]
    assert len(leftovers) == (0 if renamed else 1), "the kill must have come in the middle"


def test_what_killed_processes_said_they_kept_is_kept(corpus: Corpus, start: Any) -> None:
    chance = random.Random(1)
    children = [start(KEEP_AND_SAY, corpus.folder) for _ in range(3)]
    for child in children:
        child.stdout.readline()
    for child in children:
        time.sleep(chance.uniform(0.0, 0.3))
        child.kill()
    said = [int(line) for child in children for line in child.communicate(timeout=60)[0].split()]
    assert said
    assert set(said) <= {w.provenance["seed"] for w in corpus.witnesses()}
    assert corpus.damaged == []


def test_two_processes_advance_one_frontier(tmp_path: Path, start: Any) -> None:
    lines = "\nfor instance in record.equality[0].instances(8)[int(sys.argv[2])::2]: advance(instance)\n"
    children = [start(lines, tmp_path, i) for i in range(2)]
    assert [child.communicate(timeout=60)[1] for child in children] == ["", ""]
    together = Corpus(tmp_path)
    alone = Corpus(tmp_path / "alone")
    start("\nfor instance in record.equality[0].instances(8): advance(instance)\n", alone.folder).communicate()
    assert [e.key for e in together.frontier()] == [e.key for e in alone.frontier()]
    assert all(e.touching for e in together.frontier())
    assert together.damaged == []
