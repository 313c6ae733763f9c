"""What a hunt is asked and what it found."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from refutable.strategies.supply import Size
from refutable.theorems.instances import Instance
from refutable.verify.decide import Outcome
from refutable.verify.hunting.target import Target


@dataclass(frozen=True)
class Options:
    """How long and how a claim is hunted.

    Attributes:
        seconds: time budget; ignored where ``evaluations`` is given.
        evaluations: budget of float evaluations and exact decisions together (a decision counts `DECISION` of
            them); the result then depends on target, seed, budget and kept corpus alone.
        cold: leave out equality families, named and kept instances and the record's hints.
        device: where floats that propose are computed: "auto", "cpu" or "cuda".
        shrink: exact decisions spent on making a counterexample small; 0 leaves it as found.
        size: largest instances that are drawn.
    """

    seconds: float | None = 60.0
    evaluations: int | None = None
    seed: int = 0
    cold: bool = False
    device: str = "auto"
    shrink: int = 4000
    size: Size = field(default_factory=Size)


@dataclass(frozen=True)
class Progress:
    """Where a hunt stands.

    Attributes:
        proposed: largest float ratio left/right so far where the assumptions hold in floats.
        certified: largest exactly decided ratio left/right.
        leader: the method that found the best proposal.
    """

    phase: Literal["searching", "shrinking"]
    evaluations: int
    seconds: float
    proposed: float | None = None
    certified: float | None = None
    leader: str = ""


@dataclass(frozen=True)
class Counterexample:
    """A certified violation, all assumptions decided to hold.

    Attributes:
        instance: reduced.
        outcome: of the reduced instance.
        first: as found.
        method: that found it.
        evaluations, seconds: until the first certificate.
        minimal: no single reduction of the domain keeps the violation.
        hollow: why it is no honest witness (a dead neuron, say); "" for a substantive one.
        file: where it is kept.
    """

    instance: Instance
    outcome: Outcome
    first: Instance
    method: str
    evaluations: int
    seconds: float
    minimal: bool = False
    hollow: str = ""
    file: Path | None = None


@dataclass(frozen=True)
class Suspicion:
    """A float violation that did not certify.

    Attributes:
        excess: log left - log right in floats.
        outcome: the exact decision.
        widened: an ascent in higher precision tried to widen the margin.
    """

    instance: Instance
    method: str
    excess: float
    outcome: Outcome
    widened: bool = False


@dataclass(frozen=True)
class MethodSummary:
    """What one method of the portfolio did; ``note`` says why it did not apply."""

    id: str
    evaluations: int = 0
    seconds: float = 0.0
    steps: int = 0
    proposed: float | None = None
    note: str = ""


@dataclass(frozen=True)
class Tightest:
    """The exactly decided instance with the largest ratio left/right on which the claim holds."""

    instance: Instance
    outcome: Outcome
    method: str


@dataclass(frozen=True)
class Result:
    """The end of a hunt.

    Attributes:
        decided: exact decisions made, shrinking not counted.
        vacuous: those where some assumption failed.
        notes: what the reader should know, such as a domain without a continuous parametrisation.
        undecided: those that came to nothing.
    """

    target: Target
    options: Options
    counterexample: Counterexample | None
    tightest: Tightest | None
    suspicions: tuple[Suspicion, ...]
    evaluations: int
    decided: int
    vacuous: int
    seconds: float
    methods: tuple[MethodSummary, ...]
    interrupted: bool = False
    notes: tuple[str, ...] = ()
    undecided: int = 0
