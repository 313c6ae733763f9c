"""Ratios of this run beside those of a stored one: rates differ between machines, ratios of one run hardly do."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FORMAT, BASELINE_FORMAT = "refutable-bench-engine/1", "refutable-bench-engine-baseline/1"
SHIPPED = Path(__file__).with_name("baseline.json")
WORSE = 1.5
"""A ratio is worse when it was so many times as large."""
KEYS = ("part", "case", "method", "reference")
Key = tuple[str, ...]


@dataclass(frozen=True)
class Baseline:
    """Ratios of an earlier run, and the machine it was made on."""

    name: str
    machine: dict[str, Any]
    ratios: dict[Key, float]


def read(path: Path) -> Baseline:
    """A stored baseline, or the document that ``--json`` printed.

    Raises:
        ValueError: the file cannot be read or is neither; the message says why.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        form = document["format"]
        if form not in (FORMAT, BASELINE_FORMAT):
            raise ValueError(f"its format is {form!r}, not {BASELINE_FORMAT!r}")
        entries = list(entries_of(document)) if form == FORMAT else document["ratios"]
        ratios = {tuple(str(entry[key]) for key in KEYS): _positive(entry["ratio"]) for entry in entries}
        return Baseline(path.name, dict(document["machine"]), ratios)
    except OSError as error:
        raise ValueError(f"cannot read the baseline {path}: {error.strerror or error}") from None
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{path} is no baseline: {type(error).__name__} {error}") from None
    except ValueError as error:
        raise ValueError(f"{path} is no baseline: {error}") from None


def entries_of(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Our own ratios in a document of results."""
    for part in document["parts"]:
        for row in part["rows"]:
            if row["ours"] and row["ratio"]:
                key = {"part": part["part"], "case": row["case"], "method": row["method"]}
                yield {**key, "reference": row["reference"], "ratio": row["ratio"]}


def baseline_document(document: dict[str, Any]) -> dict[str, Any]:
    """What is stored of a run."""
    entries = [{**entry, "ratio": float(f"{entry['ratio']:.4g}")} for entry in entries_of(document)]
    kept = {"settings": document["settings"], "machine": document["machine"]}
    return {"format": BASELINE_FORMAT, **kept, "ratios": entries}


def compared(document: dict[str, Any], baseline: Baseline) -> dict[str, Any]:
    """Every ratio of the run that the baseline has too, with those that got worse; ready for JSON."""
    rows = []
    new = 0
    for entry in entries_of(document):
        before = baseline.ratios.get(tuple(str(entry[key]) for key in KEYS))
        if before is None:
            new += 1
            continue
        rows.append({**entry, "baseline": before, "worse": entry["ratio"] * WORSE < before})
    about = {"baseline": baseline.name, "machine": baseline.machine.get("processor"), "factor": WORSE}
    return {
        **about,
        "compared": len(rows),
        "not_in_baseline": new,
        "worse": sum(r["worse"] for r in rows),
        "rows": rows,
    }


def _positive(value: Any) -> float:
    ratio = float(value)
    if not 0 < ratio < float("inf"):
        raise ValueError(f"a ratio must be more than 0 and finite, got {value!r}")
    return ratio
