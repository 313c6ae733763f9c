"""Examples in Markdown: fenced blocks under a comment that says how they are run, compared or written.

A page of the documentation is one session: its blocks run in order, in one folder that is empty at first.

    <!-- file NAME -->   the block becomes that file
    <!-- run -->         commands after "$ ", with what they print, to the letter
    <!-- hunt -->        the same, numbers aside: times differ between machines, trained weights in their last digits
    <!-- python -->      a program; <!-- output --> after it holds what it prints, numbers aside
    <!-- not run: WHY -->  nothing is done with it

A page that says `--mnist mnist` finds a small folder of that kind. Every fenced block of commands, code or settings has
such a comment, unless all of it is a file of the repository that is included. Blocks that are indented, such as the
README's of `make`, are prose: nothing runs them.
"""

from __future__ import annotations

import gzip
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(
    r"<!-- (?P<name>[a-z ]+?)(?: (?P<file>\S*\.\S*))? -->\n```(?P<language>\w*)(?P<rest>[^\n]*)\n(?P<body>.*?)```", re.S
)
FENCE = re.compile(
    r"(?P<before>[^\n]*)\n```(?:console|python|py|pycon|bash|shell|sh|toml|yaml|json|c)\b[^\n]*\n(?P<body>.*?)```", re.S
)
SAID = re.compile(r"<!-- (file \S+|run|hunt|python|not run: \S.*) -->$")
INCLUDED = re.compile(r'--8<-- "(?P<path>[^"\n]+)"\n')
NUMBER = re.compile(r"\d+(\.\d+)?(e[-+]?\d+)?")
SHOWN_FOLDER = "/home/you/paper"
"""What outputs call the folder of a session."""


@dataclass(frozen=True)
class Played:
    """A block as it is shown and as it is now."""

    shown: str
    now: str
    exact: bool

    @property
    def agree(self) -> bool:
        """Whether it is still true: to the letter, or numbers and spacing aside."""
        return self.shown == self.now if self.exact else shape(self.shown) == shape(self.now)


def shape(text: str) -> str:
    """Text with numbers and spacing left out."""
    return re.sub(r"\s+", " ", NUMBER.sub("#", text)).strip()


def blocks(text: str, name: str) -> list[str]:
    """Bodies of the fenced blocks that follow a comment of that name."""
    return [m["body"] for m in BLOCK.finditer(text) if m["name"] == name]


def unplayed(text: str) -> list[str]:
    """Blocks of commands, code or settings of which no comment says what is done with them, by the line before them."""
    found = [m for m in FENCE.finditer(text) if not INCLUDED.fullmatch(m["body"])]
    return [m["before"] for m in found if not SAID.match(m["before"])]


def included(text: str) -> list[str]:
    """Paths of the files that a page includes."""
    return INCLUDED.findall(text)


def run_console(body: str, folder: Path = ROOT) -> str:
    """The block with each command's output as it is now."""
    out = []
    for line in body.splitlines():
        if line.startswith("$ "):
            out += [line, *_output(["bash", "-c", line[2:]], folder)]
    return "\n".join(out) + "\n"


def run_apart(body: str) -> str:
    """The same in a folder of its own, so that hunts keep nothing here and start from nothing."""
    with session() as folder:
        return run_console(body, Path(folder))


def session() -> TemporaryDirectory[str]:
    """A folder that holds the examples and nothing else."""
    made = TemporaryDirectory()
    (Path(made.name) / "examples").symlink_to(ROOT / "examples")
    return made


def write_images(folder: Path) -> None:
    """Files as MNIST is distributed: 200 rings and bars, labelled 0 and 1."""
    rng, labels = np.random.default_rng(0), np.array([0, 1] * 100)
    across, down = np.mgrid[-13.5:14, -13.5:14]
    ring, bar = abs(np.hypot(across, down) - 8) < 2, (abs(down) < 2) & (abs(across) < 9)
    images = np.where(labels[:, None, None] == 0, ring, bar) * 200 + rng.integers(0, 50, (200, 28, 28))
    folder.mkdir()
    for name, array in (("t10k-images-idx3-ubyte.gz", images), ("t10k-labels-idx1-ubyte.gz", labels)):
        head = bytes([0, 0, 8, array.ndim]) + b"".join(size.to_bytes(4, "big") for size in array.shape)
        (folder / name).write_bytes(gzip.compress(head + array.astype(np.uint8).tobytes()))


def run_python(code: str, folder: Path = ROOT) -> str:
    """What a Python block prints."""
    return "\n".join(_output([sys.executable, "-W", "ignore", "-c", code], folder, allowed=(0,))) + "\n"


def _output(command: list[str], folder: Path, allowed: tuple[int, ...] = (0, 1, 3, 4)) -> list[str]:
    path = f"{Path(sys.executable).parent}:/usr/bin:/bin"
    done = subprocess.run(
        command, cwd=folder, env={"PATH": path, "HOME": "/nonexistent"}, capture_output=True, text=True
    )
    refused = done.returncode == 2 and "2>" in command[-1]  # an example of a refusal says where its message goes
    if done.returncode not in allowed and not refused:
        raise RuntimeError(f"{command} exited {done.returncode}: {done.stdout[-2000:]}{done.stderr[-2000:]}")
    return [line.rstrip() for line in done.stdout.replace(str(folder), SHOWN_FOLDER).rstrip().splitlines()]


def play(text: str) -> Iterator[Played]:
    """The blocks of a page, run as one session."""
    printed = ""
    with session() as name:
        folder = Path(name)
        if "--mnist mnist" in text:
            write_images(folder / "mnist")
        for block in BLOCK.finditer(text):
            kind, body = block["name"], block["body"]
            now = body
            if kind == "file":
                (folder / block["file"]).parent.mkdir(parents=True, exist_ok=True)
                (folder / block["file"]).write_text(body)
            elif kind in ("run", "hunt"):
                now = run_console(body, folder)
            elif kind == "python":
                printed = run_python(body, folder)
            elif kind == "output":
                now = printed
            elif kind == "table":
                now = body  # of a whole run: renewed with the README, whose test compares them
            else:
                raise ValueError(f"<!-- {kind} -->: no such kind of block")
            yield Played(body, now, exact=kind == "run")


def replaced(text: str, fresh: Callable[[re.Match[str]], str]) -> str:
    """The text with every block's body as ``fresh`` says."""
    return BLOCK.sub(lambda m: m[0][: m.start("body") - m.start()] + fresh(m) + "```", text)


def renewed(text: str) -> str:
    """A page with every output as it is now; where only numbers differ, times say, the old ones stay."""
    played = play(text)

    def fresh(_: re.Match[str]) -> str:
        one = next(played)
        return one.shown if one.agree else one.now

    return replaced(text, fresh)
