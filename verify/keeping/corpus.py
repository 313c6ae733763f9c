"""A folder of witnesses and of the tightest instances known: files are only ever added, by any number of processes.

FOLDER/witnesses and FOLDER/frontier hold witness files named by their content: two folders are united by copying.
There is no index to keep consistent; what is best is computed from the files whenever it is asked for.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from stat import S_ISDIR, S_ISREG

from refutable.theorems.claims import Claim
from refutable.theorems.instances import Instance
from refutable.verify.decide import Outcome
from refutable.verify.keeping.frontier import FrontierEntry, Key, best, confirmed, entry_of, key_of
from refutable.verify.keeping.tightness import Tightness, tightness
from refutable.verify.keeping.whole_files import remove_stale_partials
from refutable.verify.paths import ClaimRef, runs_code
from refutable.verify.reading import ReadError
from refutable.verify.witnesses import Witness, headline, read, witness, write

VARIABLE = "REFUTABLE_CORPUS"
DEFAULT = "refutable-corpus"
CONFIRMATIONS = 200
"""Kept entries that one object decides again, tightest first: a table is shown in seconds however many are kept."""
Stamp = tuple[int, int, int]
"""Size, time of change and kind of a file: one that was read is read again only when it differs."""
DANGLING: Stamp = (-1, -1, -1)


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
        self._entries: dict[Path, tuple[Stamp, FrontierEntry | None]] = {}
        self._confirmed: dict[Path, tuple[Stamp, FrontierEntry | None]] = {}
        self._left = CONFIRMATIONS
        self._best: dict[Key, FrontierEntry] = {}
        self._tidied = False

    @property
    def damaged(self) -> list[str]:
        """What is wrong with each file that was skipped when the folder was last read, one line a file."""
        wrong = {file: found for file, (_, found) in self._read.items() if isinstance(found, str)}
        for file, (stamp, sound) in self._confirmed.items():
            if sound is None and self._stamp(file) == stamp:
                wrong[file] = f"{file}: does not come out again when it is decided; `refutable replay` says why"
        return [wrong[file] for file in sorted(wrong)]

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
        rivals = [entry for entry in self.entries() if entry.key == key]
        self._best.pop(key, None)
        self._best |= best(rivals, lambda entry: self._confirm(entry, claim))
        if not self._surpassed(key, mark) or claim.domain.hollow(claim.domain.view(instance)):
            return None
        found = witness(ref, instance, outcome, method, seed)
        file = self._write(found, "frontier")
        self._best[key] = FrontierEntry(found, mark, file)
        with suppress(OSError):  # it was decided just now
            self._confirmed[file] = (_stamp_of(file.stat()), self._best[key])
        return file

    def frontier(self) -> list[FrontierEntry]:
        """The tightest kept instance per claim and size, sorted by claim and size, see `tightest`."""
        return self.tightest(self.entries())

    def tightest(self, entries: Iterable[FrontierEntry]) -> list[FrontierEntry]:
        """The tightest of some entries per claim and size, sorted by claim and size.

        The claim is decided again on each, up to `CONFIRMATIONS`; those that do not come out again are left out and
        among the `damaged`. What would run a Python file of the user is taken as it was written.
        """
        found = best(entries, self._confirm)
        return [found[key] for key in sorted(found)]

    def entries(self) -> list[FrontierEntry]:
        """All kept entries, superseded ones included, sorted by file name.

        Files whose theorem or claim file has changed since (another digest) are left out.
        """
        found = []
        for file, kept in self._files("frontier"):
            stamp = self._read[file][0]
            if file not in self._entries or self._entries[file][0] != stamp:
                self._entries[file] = (stamp, entry_of(kept, file))
            found.append(self._entries[file][1])
        return [entry for entry in found if entry is not None]

    def instances(self, domain: str) -> list[Instance]:
        """Every kept instance of a domain, once each: of the witnesses, then of the frontier."""
        kept = [*self._files("witnesses"), *self._files("frontier")]
        return list(dict.fromkeys(w.instance for _, w in kept if w.instance.domain == domain))

    def _stamp(self, file: Path) -> Stamp | None:
        return self._read[file][0] if file in self._read else None

    def _confirm(self, entry: FrontierEntry, claim: Claim | None = None) -> FrontierEntry | None:
        """The entry as its claim decides it now; None for one that does not come out again.

        What is not decided again counts where a table is made (no ``claim``), and outdoes no new instance.
        """
        stamp = self._stamp(entry.file)
        known = self._confirmed.get(entry.file)
        if known is not None and known[0] == stamp:
            return known[1]
        if claim is None and (self._left <= 0 or runs_code(entry.ref)):
            return entry
        if self._left <= 0 or stamp is None:
            return None
        self._left -= 1
        sound = confirmed(entry, entry.ref.resolve() if claim is None else claim)
        self._confirmed[entry.file] = (stamp, sound)
        return sound

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
                self._read[file] = (stamp, _readable(file, stamp))
        return [(file, found) for file in seen if isinstance(found := self._read[file][1], Witness)]


def _listed(folder: Path) -> list[tuple[Path, Stamp]]:
    """The JSON files of a folder by name; partial files have another ending. Nothing for a missing folder."""
    try:
        with os.scandir(folder) as items:
            names = [(item.name, _stamped(item)) for item in items if item.name.endswith(".json")]
    except OSError:
        return []
    return [(folder / name, stamp) for name, stamp in sorted(names) if stamp is not None]


def _stamped(item: os.DirEntry[str]) -> Stamp | None:
    """None for a file that has vanished since the folder was listed."""
    try:
        stat = item.stat()
    except OSError:
        return DANGLING if item.is_symlink() else None
    return _stamp_of(stat)


def _stamp_of(stat: os.stat_result) -> Stamp:
    return stat.st_size, stat.st_mtime_ns, stat.st_mode


def _readable(file: Path, stamp: Stamp) -> Witness | str:
    if stamp == DANGLING:
        return f"{file}: a link to nothing; remove it"
    if not S_ISREG(stamp[2]) and not S_ISDIR(stamp[2]):
        return f"{file}: no regular file but a pipe or a device; remove it"
    try:
        return read(file)
    except ReadError as problem:
        return str(problem)
