"""One run of a gate: what it was asked for, and what it has found so far."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from refutable.verify.events import Run
from refutable.verify.gate.amounts import Amounts, by_the_clock, tried_by
from refutable.verify.gate.baselines import Baseline
from refutable.verify.gate.findings import Finding
from refutable.verify.gate.subjects import Subject
from refutable.verify.keeping.corpus import Corpus
from refutable.verify.profiles import profile


@dataclass(frozen=True)
class GateRun:
    """How a gate tries claims.

    Attributes:
        device: where floats that propose are computed; "auto" becomes what the profile says.
        witnesses: folder for witness files.
        corpus: folder for `kept`; None: nothing is kept.
        findings: of the items that have run in this process, by file, claim and kind.
    """

    profile: str
    seed: int
    device: str
    witnesses: Path
    corpus: Path | None = None
    baseline: Baseline | None = None
    findings: dict[tuple[Path, str, str], Finding] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "device", profile(self.profile).device(self.device))

    def kept(self) -> Corpus | None:
        """Where hunts keep what they find and start from; None where a run must repeat itself."""
        return Corpus(self.corpus) if self.corpus is not None and by_the_clock(self.profile) else None

    def suite(self, subject: Subject, amount: Amounts, batches: int = 0) -> Run:
        """The run of the suite that tries the subject's record."""
        chosen = tried_by(self.profile, amount, batches)
        return Run(chosen, self.seed, self.device, self.witnesses, subject.supply, subject.ref)
