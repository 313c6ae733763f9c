"""Where a gate's document goes besides the terminal: SARIF, badge, and the summary page of a CI job."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from refutable.verify.gate.outputs import badge, sarif, summary
from refutable.verify.keeping.whole_files import write_whole

SUMMARY_VARIABLE = "GITHUB_STEP_SUMMARY"


@dataclass(frozen=True)
class Places:
    """Files to write; None: not asked for."""

    sarif: Path | None = None
    badge: Path | None = None
    json: Path | None = None


def publish(document: Mapping[str, Any], places: Places) -> list[str]:
    """Write what was asked for, and the job's summary where ``$GITHUB_STEP_SUMMARY`` names a file.

    Returns:
        What could not be written, one line each.
    """
    complaints = []
    wanted: tuple[tuple[Path | None, Callable[[Mapping[str, Any]], Mapping[str, Any]]], ...] = (
        (places.sarif, partial(sarif.sarif, problems_only=True)),  # code scanning shows every result as an alert
        (places.badge, badge.badge),
        (places.json, dict),
    )
    for path, made in wanted:
        if path is not None:
            try:
                write_whole(path, json.dumps(made(document), indent=2, ensure_ascii=False, allow_nan=False) + "\n")
            except (OSError, UnicodeError) as problem:
                complaints.append(f"{path}: {problem}" if isinstance(problem, UnicodeError) else str(problem))
    return complaints + _summarised(partial(summary.append, document))


def publish_problems(problems: Sequence[str]) -> list[str]:
    """Why nothing could be tried, in the job's summary where there is one. Returns as `publish`."""
    return _summarised(partial(summary.append_problems, problems))


def _summarised(appended: Callable[[Path], None]) -> list[str]:
    page = os.environ.get(SUMMARY_VARIABLE)
    if not page:
        return []
    try:
        appended(Path(page))
    except OSError as problem:
        return [f"${SUMMARY_VARIABLE}, {page}: {problem.strerror or problem}"]
    return []
