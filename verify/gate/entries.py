"""What a claims file says, read and checked: one entry a claim."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from flint import fmpq

from refutable.verify.paths import ClaimRef

Expected = Literal["holds", "refuted"]
Allowed = Literal["undecided", "suspect", "vacuous", "refused"]
ALLOWED: tuple[Allowed, ...] = ("undecided", "suspect", "vacuous", "refused")


@dataclass(frozen=True)
class Evidence:
    """How much evidence is wanted of each kind; None: as much as the profile says, 0: none.

    Attributes:
        drawn: random instances of each claim.
        constructed: instances of each family.
        trained: trained minima of each reading.
        mass: minima trained in mass, in all.
        swept: rows of a float batch.
        hunt: seconds of searching; a seeded profile turns them into evaluations, so that it repeats itself.
    """

    drawn: int | None = None
    constructed: int | None = None
    trained: int | None = None
    mass: int | None = None
    swept: int | None = None
    hunt: float | None = None


@dataclass(frozen=True)
class NetworkFiles:
    """A trained network of the user's own: weights and data in safetensors files (or data in CSV), never pickle.

    Attributes:
        step_size: as given to the optimiser.
        loss: "mse" is torch.nn.MSELoss, (1/n) sum r^2; "half-mse" is 1/(2n) sum r^2.
        line: of the claims file.
        id: as the claims file calls it.
    """

    weights: Path
    data: Path
    step_size: fmpq
    loss: Literal["mse", "half-mse"]
    batch_size: int | None = None
    line: int = 1
    id: str = ""


@dataclass(frozen=True)
class Entry:
    """One claim of a claims file.

    Attributes:
        ref: names the claim in witness files; ``ref.resolve()`` is the claim.
        theorem: id of the catalogue's theorem it is about, whatever its constants; "" for a claim of the user's own.
        changed: the constants differ from the record's: it is another claim than the theorem.
        source: the claim as written: a theorem's id, an expression, FILE.py:NAME or module:attribute.
        expected: what the file says of it; ``reason`` says why a claim is listed that is refuted.
        tightness: least ratio left/right that must be reached, or None.
        mutants: ids of false variants that must die; "all" has been written out.
        allow: verdicts that do not fail the gate; "refused": nor does it that the claim may not be run.
        instances: files of the user's own instances.
        refused: why the claim was not even read, being code; "" otherwise. Its ``ref`` names it and loads nothing.
        asked: kinds of evidence that the entry itself names; others come from the file's defaults.
        line: where the entry begins in the file; ``lines`` of its keys.
    """

    id: str
    ref: ClaimRef
    theorem: str
    changed: bool
    source: str
    line: int
    expected: Expected = "holds"
    reason: str = ""
    evidence: Evidence = field(default_factory=Evidence)
    tightness: fmpq | None = None
    mutants: tuple[str, ...] = ()
    allow: frozenset[Allowed] = frozenset()
    instances: tuple[Path, ...] = ()
    networks: tuple[NetworkFiles, ...] = ()
    lines: Mapping[str, int] = field(default_factory=dict)
    asked: frozenset[str] = frozenset()
    refused: str = ""


@dataclass(frozen=True)
class ClaimsFile:
    """A claims file.

    Attributes:
        path: as given; root: the repository's folder, outside of which nothing is read.
    """

    path: Path
    root: Path
    entries: tuple[Entry, ...]
