"""The README's examples: run them, compare, or write what they print (`make readme`)."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
BASELINE = ROOT / "verify/bench/engine/baseline.json"
BLOCK = re.compile(r"<!-- (?P<name>[a-z ]+) -->\n```(?P<language>\w*)\n(?P<body>.*?)```", re.S)


def blocks(text: str, name: str) -> list[str]:
    """Bodies of the fenced blocks that follow a comment of that name."""
    return [m["body"] for m in BLOCK.finditer(text) if m["name"] == name]


def run_console(body: str, folder: Path = ROOT) -> str:
    """The block with each command's output as it is now."""
    out = []
    for line in body.splitlines():
        if line.startswith("$ "):
            out += [line, *_output(["bash", "-c", line[2:]], folder)]
    return "\n".join(out) + "\n"


def run_hunt(body: str) -> str:
    """The same in a folder of its own, so that hunts keep nothing here and start from nothing."""
    with TemporaryDirectory() as folder:
        (Path(folder) / "examples").symlink_to(ROOT / "examples")
        return run_console(body, Path(folder))


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


def run_python(code: str) -> str:
    """What a Python block prints."""
    return "\n".join(_output([sys.executable, "-W", "ignore", "-c", code])) + "\n"


def _output(command: list[str], folder: Path = ROOT) -> list[str]:
    path = f"{Path(sys.executable).parent}:/usr/bin:/bin"
    done = subprocess.run(
        command, cwd=folder, env={"PATH": path, "HOME": "/nonexistent"}, capture_output=True, text=True
    )
    if done.returncode not in (0, 1, 3, 4):
        raise RuntimeError(f"{command} exited {done.returncode}: {done.stderr}")
    return done.stdout.rstrip().splitlines()


def renewed(text: str, table: str) -> str:
    """The README with every example's output as it is now; ``table`` is the end of a run of the suite."""
    fresh = {"table": lambda body: table, "run": run_console, "hunt": run_hunt, "train": run_hunt}
    fresh["bench"] = lambda body: bench()
    for name in ("model",):
        output = run_python(blocks(text, name)[0])
        fresh[f"{name} output"] = lambda body, output=output: output

    def replaced(match: re.Match[str]) -> str:
        make = fresh.get(match["name"])
        body = match["body"] if make is None else make(match["body"])
        return f"<!-- {match['name']} -->\n```{match['language']}\n{body}```"

    return BLOCK.sub(replaced, text)


def table_of(log: str) -> str:
    """The table of a suite's log: from its header to the tally."""
    lines = log.splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("theorem "))
    end = next(i for i, line in enumerate(lines) if re.match(r"\d+ theorems?: ", line))
    return "\n".join(lines[start : end + 1]) + "\n"


if __name__ == "__main__":
    README.write_text(renewed(README.read_text(), table_of(Path(sys.argv[1]).read_text())))
