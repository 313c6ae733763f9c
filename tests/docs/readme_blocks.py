"""The README's examples, and those of the documentation: write what they print (`make readme`)."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))  # as a script it is alone

from tests.docs.blocks import ROOT, replaced, run_apart, run_console
from tests.docs.blocks import renewed as renewed_page

README = ROOT / "README.md"
WHOLE_RUN = ROOT / "docs/how-to/read-a-run.md"
"""The page that shows the whole table of a run."""
EXCERPT = (
    "weighted-l1",
    "stability-norm",
    "nondifferentiable-conjecture",
    "gfs-squared-regression",
    "sgd-threshold",
    "init-shape-diagonal",
    "separable-residual",
)
"""Theorems whose rows the README shows."""
PAGES = sorted((ROOT / "docs").rglob("*.md"))
BASELINE = ROOT / "verify/bench/engine/baseline.json"
SHOWN = {
    "training": ("native", "native, 2 threads", "native, reduced by QR"),
    "sharpness": ("refutable, one network", "refutable, 64 networks"),
    "weights": ("refutable, 64 networks",),
    "minima": ("constructed, 1 claim", "relabelled, 1 claim", "relabelled, 4 claims", "relabelled, 5 claims"),
}
"""Methods of the shipped run of `refutable bench engine` that the README shows, by part."""


def bench() -> str:
    """The shipped run of `refutable bench engine` as a short table."""
    run = json.loads(BASELINE.read_text())
    machine = run["machine"]
    lines = [f"{machine['processor']}, {machine['instructions']}, torch {machine['torch']}; one thread unless said"]
    for part, methods in SHOWN.items():
        rows = [row for row in run["ratios"] if row["part"] == part and row["method"] in methods]
        lines += ["", f"{part}: how many times as fast as {rows[0]['reference']}"]
        for case in dict.fromkeys(row["case"] for row in rows):
            found = [f"{row['method']} {row['ratio']:,.0f}x" for row in rows if row["case"] == case]
            lines.append(f"  {case:<34}  {';  '.join(found)}")
    return "\n".join(lines) + "\n"


def renewed(text: str, table: str) -> str:
    """The README with every example's output as it is now; ``table`` is the end of a run of the suite."""
    fresh: dict[str, Callable[[str], str]] = {
        "table": lambda _: excerpt(table),
        "bench": lambda _: bench(),
        "run": run_console,
        "hunt": run_apart,
    }
    return replaced(text, lambda m: fresh[m["name"]](m["body"]) if m["name"] in fresh else m["body"])


def table_of(log: str) -> str:
    """The table of a suite's log: from its header to the tally."""
    lines = log.splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("theorem "))
    end = next(i for i, line in enumerate(lines) if re.match(r"\d+ theorems?: ", line))
    return "\n".join(lines[start : end + 1]) + "\n"


def excerpt(table: str) -> str:
    """A few rows of the table of a run, how many more there are, and the tally."""
    header, rule, *rows, _, tally = table.splitlines()
    chosen = [row for row in rows if row.split()[0] in EXCERPT]
    return "\n".join([header, rule, *chosen, f"(and {len(rows) - len(chosen)} more)", "", tally]) + "\n"


def whole(text: str, table: str) -> str:
    """The page with the whole table."""
    return replaced(text, lambda m: table if m["name"] == "table" else m["body"])


def main(arguments: list[str]) -> None:
    """Renew the README from a suite's log and every page, or only the pages that are named."""
    named = [Path(argument) for argument in arguments if argument.endswith(".md")]
    for argument in arguments:
        if not argument.endswith(".md"):
            table = table_of(Path(argument).read_text())
            README.write_text(renewed(README.read_text(), table))
            WHOLE_RUN.write_text(whole(WHOLE_RUN.read_text(), table))
    for page in named or PAGES:
        page.write_text(renewed_page(page.read_text()))


if __name__ == "__main__":
    main(sys.argv[1:])
