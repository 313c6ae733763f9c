"""One run of a gate: what it was asked for, and what it has found so far."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from refutable.verify.events import Run
from refutable.verify.gate.amounts import BY_THE_CLOCK, Amounts, tried_by
from refutable.verify.gate.baselines import Baseline
from refutable.verify.gate.findings import Finding
from refutable.verify.gate.subjects import Subject
from refutable.verify.keeping.corpus import Corpus
from refutable.verify.profiles import PREFIX, profile


@dataclass(frozen=True)
class GateRun:
    """How a gate tries claims.

    Attributes:
        device: where floats that propose are computed; "auto" becomes what the profile says.
        witnesses: folder for witness files.
        corpus: folder that hunts keep things in and start from; None where a run must repeat itself.
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

    @property
    def by_the_clock(self) -> bool:
        """Whether it starts elsewhere each time and keeps what it finds."""
        return self.profile.removeprefix(PREFIX) in BY_THE_CLOCK

    def kept(self) -> Corpus | None:
        """Where hunts keep what they find."""
        return None if self.corpus is None else Corpus(self.corpus)

    def suite(self, subject: Subject, amount: Amounts, batches: int = 0) -> Run:
        """The run of the suite that tries the subject's record."""
        chosen = tried_by(self.profile, amount, batches)
        return Run(chosen, self.seed, self.device, self.witnesses, subject.supply, subject.ref)
