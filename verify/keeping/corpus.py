"""A folder of witnesses and of the tightest instances known: files are only ever added, by any number of processes.

FOLDER/witnesses and FOLDER/frontier hold witness files named by their content: two folders are united by copying.
There is no index to keep consistent; what is best is computed from the files whenever it is asked for.
"""

from __future__ import annotations

import os
from pathlib import Path

from refutable.theorems.claims import Claim
from refutable.theorems.instances import Instance
from refutable.verify.decide import Outcome
from refutable.verify.keeping.frontier import FrontierEntry, Key, best, entry_of, key_of
from refutable.verify.keeping.tightness import Tightness, tightness
from refutable.verify.keeping.whole_files import remove_stale_partials
from refutable.verify.paths import ClaimRef
from refutable.verify.reading import ReadError
from refutable.verify.witnesses import Witness, headline, read, witness, write

VARIABLE = "REFUTABLE_CORPUS"
DEFAULT = "refutable-corpus"
Stamp = tuple[int, int]
"""Size and time of change of a file: one that was read is read again only when it differs."""


def corpus_folder(chosen: Path | None = None) -> Path:
    """The folder to keep things in: the one chosen, else ``$REFUTABLE_CORPUS``, else ./refutable-corpus."""
    return chosen or Path(os.environ.get(VARIABLE) or DEFAULT)


class Corpus:
    """What hunts have kept in one folder.

    A process killed at any moment leaves whole files and perhaps a partial one, which nobody reads and which is
    removed once it is an hour old. The folder is made on the first write.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._read: dict[Path, tuple[Stamp, Witness | str]] = {}
        self._entries: dict[Path, FrontierEntry | None] = {}
        self._best: dict[Key, FrontierEntry] = {}
        self._tidied = False

    @property
    def damaged(self) -> list[str]:
        """What is wrong with each file that was skipped when the folder was last read, one line a file."""
        return [
            found for _, (_, found) in sorted(self._read.items(), key=lambda item: item[0]) if isinstance(found, str)
        ]

    def add(self, witness: Witness) -> Path:
        """Keep a witness; the same content twice is one file.

        Raises:
            KeepError: it could not be written, a full disk for instance; nothing was half-written.
        """
        return self._write(witness, "witnesses")

    def witnesses(self, domain: str | None = None) -> list[Witness]:
        """The kept witnesses, sorted by file name, of one domain or of all; damaged files are skipped."""
        found = [witness for _, witness in self._files("witnesses")]
        return [w for w in found if domain is None or w.instance.domain == domain]

    def advance(
        self, ref: ClaimRef, claim: Claim, instance: Instance, outcome: Outcome, method: str, seed: int
    ) -> Path | None:
        """Keep an instance on which the claim holds more tightly than on any kept one of its size.

        Returns:
            The new file; None where the kept one is as tight or tighter (gaps must shrink by 1/1000 to count),
            where the claim does not hold or is no inequality between positive numbers, and for hollow
            instances (a dead neuron, say): they are smaller ones in disguise.

        Raises:
            KeepError: as `add`.
        """
        mark = tightness(headline(outcome)) if outcome.verdict == "holds" else None
        if mark is None:
            return None
        key = key_of(ref, instance)
        if not self._surpassed(key, mark):
            return None
        self._best = best(self.entries())
        if not self._surpassed(key, mark) or claim.domain.hollow(claim.domain.view(instance)):
            return None
        found = witness(ref, instance, outcome, method, seed)
        file = self._write(found, "frontier")
        self._best[key] = FrontierEntry(found, mark, file)
        return file

    def frontier(self) -> list[FrontierEntry]:
        """The tightest kept instance per claim and size, sorted by claim and size."""
        self._best = best(self.entries())
        return [self._best[key] for key in sorted(self._best)]

    def entries(self) -> list[FrontierEntry]:
        """All kept entries, superseded ones included, sorted by file name.

        Files whose theorem or claim file has changed since (another digest) are left out.
        """
        found = []
        for file, kept in self._files("frontier"):
            if file not in self._entries:
                self._entries[file] = entry_of(kept, file)
            found.append(self._entries[file])
        return [entry for entry in found if entry is not None]

    def instances(self, domain: str) -> list[Instance]:
        """Every kept instance of a domain, once each: of the witnesses, then of the frontier."""
        kept = [*self._files("witnesses"), *self._files("frontier")]
        return list(dict.fromkeys(w.instance for _, w in kept if w.instance.domain == domain))

    def _surpassed(self, key: Key, mark: Tightness) -> bool:
        kept = self._best.get(key)
        return mark.surpasses(None if kept is None else kept.tightness)

    def _write(self, witness: Witness, part: str) -> Path:
        if not self._tidied:
            for folder in (self.folder / "witnesses", self.folder / "frontier"):
                remove_stale_partials(folder)
            self._tidied = True
        return write(witness, self.folder / part)

    def _files(self, part: str) -> list[tuple[Path, Witness]]:
        """The readable files of one part of the folder by name; what is wrong with the others is remembered."""
        seen = dict(_listed(self.folder / part))
        for file in [f for f in self._read if f.parent.name == part and f not in seen]:
            del self._read[file]
        for file, stamp in seen.items():
            if file not in self._read or self._read[file][0] != stamp:
                self._read[file] = (stamp, _readable(file))
        return [(file, found) for file in seen if isinstance(found := self._read[file][1], Witness)]


def _listed(folder: Path) -> list[tuple[Path, Stamp]]:
    """The JSON files of a folder by name; partial files have another ending. Nothing for a missing folder."""
    try:
        with os.scandir(folder) as items:
            names = [(item.name, item.stat()) for item in items if item.name.endswith(".json")]
    except OSError:
        return []
    return [(folder / name, (stat.st_size, stat.st_mtime_ns)) for name, stat in sorted(names)]


def _readable(file: Path) -> Witness | str:
    try:
        return read(file)
    except ReadError as problem:
        return str(problem)
