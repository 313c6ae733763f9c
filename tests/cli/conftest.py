"""Instance files and the command line in process."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from refutable.verify.cli import main
from tests.said import Command, Said, Writer

TWO_ATOMS = {
    "format": "refutable-instance/1",
    "model": "shallow-relu",
    "network": {"w1": [[5], [-5]], "b1": [0, 0], "w2": [3, 3], "b2": 0},
    "data": {"x": [["-3/4"], ["3/4"]], "y": None},
    "step_size": "32/241",
    "batch_size": None,
}


@pytest.fixture
def refutable(capsys: pytest.CaptureFixture[str]) -> Command:
    def run(*arguments: object) -> Said:
        code = main([str(a) for a in arguments])
        said = capsys.readouterr()
        assert "Traceback" not in said.err
        return Said(code, said.out, said.err)

    return run


@pytest.fixture
def instance(tmp_path: Path) -> Writer:
    def write(name: str = "two.json", **changes: Any) -> Path:
        path = tmp_path / name
        path.write_text(json.dumps(TWO_ATOMS | changes))
        return path

    return write
