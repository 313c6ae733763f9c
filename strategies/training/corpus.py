"""The frozen corpus: trained minima that ship with the package.

Training in floating point differs between processors. The corpus does not, so it gives reproducible gates;
fresh training is further evidence. ``python -m refutable.strategies.training.corpus --write`` generates it
anew.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

from refutable.strategies.training.recipes import Recipe
from refutable.strategies.training.results import CONVERGED, Trained

FORMAT = "refutable-corpus/1"
_FILE = ("corpus", "minima.json")
_STABLE, _CONVERGED = 3, 3
"""At most so many entries of each recipe."""


@dataclass(frozen=True)
class Entry:
    """One trained end point.

    Attributes:
        kind: ``relabelled`` (y null: exactly interpolating) or ``converged`` (the labels of the training
            run).
        name: the standard recipe it comes from.
        recipe: digest of that recipe.
        index: which network of the recipe.
        sharpness: largest eigenvalue of the gradient kernel, floating point.
        stable: whether that is at most 2/step size; a relabelled entry with ``False`` is a negative control.
        instance: the instance document.
    """

    kind: str
    name: str
    recipe: str
    index: int
    sharpness: float
    stable: bool
    instance: Mapping[str, Any]


@dataclass(frozen=True)
class Corpus:
    """All entries, and the recipes they come from by digest."""

    entries: tuple[Entry, ...]
    recipes: Mapping[str, Recipe]

    def relabelled(self, *, stable: bool | None = None) -> tuple[Entry, ...]:
        """Relabelled entries; with ``stable`` given, only the stable ones or only the negative controls."""
        return tuple(e for e in self.entries if e.kind == "relabelled" and stable in (None, e.stable))

    def converged(self) -> tuple[Entry, ...]:
        """Entries with the labels they were trained on."""
        return tuple(e for e in self.entries if e.kind == "converged")


@lru_cache(maxsize=1)
def corpus() -> Corpus:
    """The corpus shipped with the package.

    Raises:
        ValueError: if the file is not a corpus of this format.
    """
    text = resources.files("refutable.strategies").joinpath(*_FILE).read_text(encoding="utf-8")
    return parse(text)


def parse(text: str) -> Corpus:
    """Read the text of a corpus.

    Raises:
        ValueError: if it is not a corpus of this format.
    """
    document = json.loads(text)
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise ValueError(f'a corpus must be a JSON object with "format": "{FORMAT}"')
    recipes = {digest: Recipe.from_document(recipe) for digest, recipe in document["recipes"].items()}
    return Corpus(tuple(Entry(**entry) for entry in document["entries"]), recipes)


def generate() -> Corpus:
    """Train the default recipes on this machine's processor, and choose a few end points of each."""
    from refutable.strategies.training.standard import DEFAULT
    from refutable.strategies.training.train import train

    entries: list[Entry] = []
    for name, recipe in DEFAULT.items():
        entries += _chosen(name, train(recipe, device="cpu"))
    used = {entry.recipe for entry in entries}
    return Corpus(tuple(entries), {r.digest(): r for r in DEFAULT.values() if r.digest() in used})


def _chosen(name: str, result: Trained) -> list[Entry]:
    """Stable end points from the sharpest down, evenly spaced; one negative control; a few converged ones."""
    clear = [i for i in result.alive() if result.clear[i]]
    stable = sorted((i for i in clear if result.stable[i]), key=lambda i: -float(result.sharpness[i]))
    controls = [i for i in clear if not result.stable[i]]
    whole = [i for i in clear if result.outcome[i] == CONVERGED and result.interpolating[i]]
    picked = [*dict.fromkeys(stable[len(stable) * part // _STABLE] for part in range(_STABLE))] if stable else []
    relabelled = [_entry(name, result, i, "relabelled") for i in (*picked, *controls[:1])]
    return relabelled + [_entry(name, result, i, "converged") for i in whole[:_CONVERGED]]


def _entry(name: str, result: Trained, index: int, kind: str) -> Entry:
    from refutable.strategies.training import documents

    instance = getattr(documents, kind)(result, index)
    sharpness, stable = float(result.sharpness[index]), bool(result.stable[index])
    return Entry(kind, name, result.recipe.digest(), index, sharpness, stable, instance)


def text_of(whole: Corpus) -> str:
    """The corpus as JSON text, one entry a line."""
    recipes = ",\n".join(f"{json.dumps(digest)}: {recipe.to_json()}" for digest, recipe in whole.recipes.items())
    lines = ",\n".join(json.dumps(asdict(e), separators=(",", ":"), allow_nan=False) for e in whole.entries)
    return f'{{"format": "{FORMAT}",\n"recipes": {{\n{recipes}\n}},\n"entries": [\n{lines}\n]}}\n'


def main(arguments: Sequence[str] | None = None) -> int:
    """Count the corpus, or with ``--write`` train it anew and replace the file."""
    parser = argparse.ArgumentParser(prog="python -m refutable.strategies.training.corpus", description=main.__doc__)
    parser.add_argument("--write", action="store_true", help="train the corpus anew and replace the file")
    chosen = parser.parse_args(arguments)
    whole = generate() if chosen.write else corpus()
    text = text_of(whole)
    if chosen.write:
        # Only a checkout is written to: in an installed package this is the installed file.
        target = Path(str(resources.files("refutable.strategies").joinpath(*_FILE)))
        target.write_text(text, encoding="utf-8")
    stable, controls = len(whole.relabelled(stable=True)), len(whole.relabelled(stable=False))
    counts = f"{stable} relabelled stable, {controls} negative controls, {len(whole.converged())} converged"
    sys.stdout.write(f"{counts}, {len(text) / 1000:.0f} kB\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
