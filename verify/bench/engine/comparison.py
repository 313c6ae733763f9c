"""Ratios of this run beside those of a stored one: rates differ between machines, ratios of one run hardly do."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from refutable.verify.reading import ReadError, printable, read_json

FORMAT, BASELINE_FORMAT = "refutable-bench-engine/1", "refutable-bench-engine-baseline/1"
SHIPPED = Path(__file__).with_name("baseline.json")
WORSE = 1.5
"""A ratio is worse when it was so many times as large."""
KEYS = ("part", "case", "method", "reference")
Key = tuple[str, ...]
LONGEST = 200
"""Letters of a name in a stored file that are shown."""
_THREADS = re.compile(r", (\d+) threads$")


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
        document = read_json(path)
    except ReadError as error:
        reason = str(error).partition("; raise --max-bytes")[0]
        raise ValueError(f"cannot read the baseline {printable(reason)}") from None
    try:
        return _baseline(document, printable(path.name))
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        kind = "" if type(error) is ValueError else f"{type(error).__name__} "
        raise ValueError(printable(f"{path} is no baseline: {kind}{error!s:.{LONGEST}}")) from None


def _baseline(document: Mapping[str, Any], name: str) -> Baseline:
    form = document["format"]
    if form not in (FORMAT, BASELINE_FORMAT):
        raise ValueError(f"its format is {form!r:.60}, not {BASELINE_FORMAT!r}")
    entries = list(entries_of(document)) if form == FORMAT else document["ratios"]
    ratios = {_key(entry): _positive(entry["ratio"]) for entry in entries}
    machine = dict(document["machine"])
    return Baseline(name, machine | {"processor": _shown(machine.get("processor"))}, ratios)


def _key(entry: Mapping[str, Any]) -> Key:
    return tuple(_shown(entry[key]) for key in KEYS)


def _shown(value: Any) -> str:
    """As it may be printed, whoever wrote the file."""
    return printable(str(value)[:LONGEST])


def entries_of(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
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


def compared(document: Mapping[str, Any], baseline: Baseline) -> dict[str, Any]:
    """Every ratio of the run that the baseline has too, with those that got worse or are gone; ready for JSON.

    Gone are ratios of the baseline in cases that this run measured, except those with another number of threads.
    Failed are our own methods that broke down, whether or not the baseline knows them.
    """
    found = {_key(entry): entry for entry in entries_of(document)}
    common = [(entry, baseline.ratios[key]) for key, entry in found.items() if key in baseline.ratios]
    rows = [{**entry, "baseline": before, "worse": entry["ratio"] * WORSE < before} for entry, before in common]
    gone = [key for key in baseline.ratios if key not in found and _asked(key, document)]
    return {
        "baseline": baseline.name,
        "machine": baseline.machine.get("processor"),
        "factor": WORSE,
        "compared": len(rows),
        "not_in_baseline": len(found) - len(rows),
        "worse": sum(r["worse"] for r in rows),
        "rows": rows,
        "gone": [dict(zip(KEYS, key, strict=True)) for key in gone],
        "failed": list(_failures(document)),
    }


def passes(comparison: Mapping[str, Any]) -> bool:
    """Whether something was compared, nothing is worse or gone, and none of our own methods failed."""
    return bool(comparison["compared"]) and not (comparison["worse"] or comparison["gone"] or comparison["failed"])


def _asked(key: Key, document: Mapping[str, Any]) -> bool:
    """Whether a run with these settings was to measure what the baseline has."""
    part, case, method, _ = key
    threads = _THREADS.search(method)
    here = str(document["settings"].get("threads"))
    measured = any(part == one["part"] and case in one["cases"] for one in document["parts"])
    return measured and (threads is None or threads[1] == here)


def _failures(document: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    for part in document["parts"]:
        for one in part["absent"]:
            if one["failed"]:
                yield {"part": part["part"], **{key: one[key] for key in ("case", "method", "reason")}}


def _positive(value: Any) -> float:
    """A ratio that may be compared: a number (true is none), and a float can hold it."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"a ratio must be a number, got {value!r:.60}")
    try:
        ratio = float(value)
    except OverflowError:
        ratio = math.inf
    if not 0 < ratio < math.inf:
        raise ValueError(f"a ratio must be more than 0 and finite, got {value!s:.60}")
    return ratio
