"""What commands said, and what tests of claims files share."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "paper-repo"
"""The example of a paper's repository."""
OURS = (
    "GITHUB_STEP_SUMMARY",
    "GITHUB_OUTPUT",
    "GITHUB_WORKSPACE",
    "REFUTABLE_PROFILE",
    "REFUTABLE_CORPUS",
    "PYTEST_ADDOPTS",
)
"""Variables that change what a gate does; nobody's own reach a test."""


def changed(file: Path, old: str, new: str) -> str:
    """Put ``new`` for ``old`` in a file, where it stands once; the text before."""
    before = file.read_text()
    assert before.count(old) == 1, f"{old!r} stands {before.count(old)} times in {file}"
    file.write_text(before.replace(old, new))
    return before


def comparable(document: dict[str, Any]) -> list[dict[str, Any]]:
    """The claims of a gate's document without what may depend on when and in how many processes."""
    claims: list[dict[str, Any]] = json.loads(json.dumps(document["claims"]))
    for claim in claims:
        for item in claim["items"]:
            del item["seconds"]
    return claims
