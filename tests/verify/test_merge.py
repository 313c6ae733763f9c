"""One process and two workers print the same table and write the same document."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


def suite(folder: Path, *workers: str) -> tuple[list[str], dict[str, Any]]:
    command = [
        sys.executable, "-P", "-m", "pytest", str(ROOT / "verify"), "-q", "-p", "no:cacheprovider", *workers,
        "--refutable-profile", "quick", "--refutable-json", "out.json", "-k", "weighted-l1 and not trained",
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=folder)
    lines = done.stdout.splitlines()
    start = next(i for i, line in enumerate(lines) if "= refutable =" in line)
    table = lines[start : next(i for i, line in enumerate(lines) if line.startswith("refutable-quick"))]
    return table, json.loads((folder / "out.json").read_text())


@pytest.mark.slow
def test_the_report_does_not_depend_on_workers(tmp_path: Path) -> None:
    alone, together = suite(tmp_path), suite(tmp_path, "-n", "2")
    assert alone[0] == together[0]
    assert any(line.startswith("weighted-l1") and line.endswith("HELD") for line in alone[0])
    for key in ("theorems", "events", "errors", "format"):
        assert alone[1][key] == together[1][key], key
    assert not (tmp_path / ".hypothesis").exists()
    assert not (tmp_path / "refutable-witnesses").exists()
