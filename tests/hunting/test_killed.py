"""A hunt killed at any moment loses nothing that was certified five seconds before."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from refutable.verify.keeping.corpus import Corpus

CHILD = """
import json, sys, time
from pathlib import Path
from refutable.verify.hunting import Options, catalogue_target, hunt
from refutable.verify.keeping.corpus import Corpus
def tell(progress):
    print(json.dumps([time.time(), progress.certified]), flush=True)
hunt(catalogue_target("stability-norm"), Options(seconds=120, cold=True, seed=3), tell, Corpus(Path(sys.argv[1])))
"""


@pytest.mark.slow
@pytest.mark.parametrize("alive", [7.0, 11.3])
def test_sigkill_loses_nothing_older_than_five_seconds(tmp_path: Path, alive: float) -> None:
    corpus = tmp_path / "corpus"
    child = subprocess.Popen([sys.executable, "-c", CHILD, str(corpus)], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    first = json.loads(child.stdout.readline())
    time.sleep(max(0.0, first[0] + alive - time.time()))
    child.send_signal(signal.SIGKILL)
    killed = time.time()
    told = [first, *[json.loads(line) for line in child.stdout if line.endswith("\n")]]
    child.wait()
    certified = [ratio for when, ratio in told if ratio is not None and when < killed - 5]
    kept = Corpus(corpus)
    entries = kept.frontier()
    assert not kept.damaged
    assert certified
    assert entries
    best = max(float(e.tightness.upper) if not e.touching else 1.0 for e in entries)
    assert best >= max(certified) - 1e-3 * (1 - max(certified)) - 1e-12
