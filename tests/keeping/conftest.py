"""Witnesses that differ in their seed alone, and processes that keep them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from refutable.theorems.catalogue import theorem
from refutable.verify.decide import decide
from refutable.verify.keeping.corpus import Corpus
from refutable.verify.paths import ClaimPath
from refutable.verify.witnesses import Witness, witness
from tests.cli.conftest import refutable as refutable  # a fixture

SOURCE = Path(__file__).parents[2] / "src"
PRELUDE = """
import os, signal, sys
from pathlib import Path
from refutable.theorems.catalogue import theorem
from refutable.verify.decide import decide
from refutable.verify.keeping.corpus import Corpus
from refutable.verify.paths import ClaimPath
from refutable.verify.witnesses import witness
record = theorem("weighted-l1")
instance = record.equality[0].first()
outcome = decide(record.headline, instance)
corpus = Corpus(Path(sys.argv[1]))
def made(seed):
    return witness(ClaimPath("weighted-l1", "claim", "weighted-l1"), instance, outcome, "by hand", seed)
def advance(instance):
    found = decide(record.headline, instance)
    return corpus.advance(ClaimPath("weighted-l1", "claim", "weighted-l1"), record.headline, instance, found, "m", 0)
"""
Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    return Corpus(tmp_path / "corpus")


@pytest.fixture
def made() -> Callable[[int], Witness]:
    """The witness that a started process calls ``made(seed)`` too."""
    record = theorem("weighted-l1")
    instance = record.equality[0].first()
    outcome = decide(record.headline, instance)
    path = ClaimPath("weighted-l1", "claim", "weighted-l1")
    return lambda seed: witness(path, instance, outcome, "by hand", seed)


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts a Python process that runs the prelude and then the lines given; none outlives the test."""
    started: list[subprocess.Popen[str]] = []

    def run(lines: str, *arguments: object) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", PRELUDE + lines, *(str(a) for a in arguments)]
        environment = os.environ | {"PYTHONPATH": str(SOURCE)}
        pipe = subprocess.PIPE
        started.append(subprocess.Popen(command, text=True, env=environment, stdout=pipe, stderr=pipe))
        return started[-1]

    yield run
    for process in started:
        process.kill()
        process.communicate()
