"""What a domain offers to try its claims on: drawn instances, float batches, trained minima."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any, Literal, Protocol

from refutable.theorems.domains.domain import Domain
from refutable.theorems.instances import Instance

if TYPE_CHECKING:
    import torch
    from hypothesis.strategies import SearchStrategy

TrainedKind = Literal["trained-relabelled", "trained-converged"]
Effort = Literal["quick", "default", "thorough", "ci"]


@dataclass(frozen=True)
class Size:
    """How large drawn instances may be: neurons k, data n, inputs d (or the domain's own counterparts)."""

    max_neurons: int = 4
    max_samples: int = 5
    max_inputs: int = 3


@dataclass(frozen=True)
class TrainedInstance:
    """A trained minimum as an instance.

    Attributes:
        kind: relabelled (y := f(x) after real training) or converged (the dynamics' own end point).
        origin: recipe digest and index, enough to make it again.
        control: a negative control: expected to come out vacuous (its sharpness is above 2/step size, or a datum lies
            exactly on a kink of a network that should be differentiable).
        at_kink: training ended at a kink. There are few; where instances are thinned, these are not.
    """

    kind: TrainedKind
    instance: Instance
    origin: str
    control: bool = False
    at_kink: bool = False


@dataclass(frozen=True)
class Boxes:
    """Neighbourhoods of trained networks, each with an exact minimum in it: what holds on all of one holds there.

    Attributes:
        fields: certified floats [count, ...] by field name.
        controls: minima that are exactly unstable at the step size of the run [count], bool: negative controls.
        counts: what became of all networks trained.
        origin: enough to make them again.
    """

    fields: Mapping[str, Any]
    controls: Any
    counts: Mapping[str, int]
    origin: str


@dataclass(frozen=True)
class TrainedSupply:
    """Trained minima with what became of the others.

    Attributes:
        boxes: converged networks with a certificate, for claims about exact minima.
        counts: how many networks were trained, converged, not converged, dead, diverged.
        missing: evidence not collected and why, e.g. "digits: scikit-learn is not installed".
    """

    instances: tuple[TrainedInstance, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    boxes: tuple[Boxes, ...] = ()


@dataclass(frozen=True)
class MinimaBatch:
    """Trained, relabelled minima as floats.

    Attributes:
        fields: values [count, ...] by field name (float64, torch, CPU).
        controls: negative controls among them [count], bool: in floating point beyond 2/step size.
        counts: what became of all networks trained, those left out included.
        origin: enough to make them again.
    """

    fields: Mapping[str, Any]
    controls: Any
    counts: Mapping[str, int]
    origin: str


@dataclass(frozen=True)
class Visited:
    """A state that a run of the dynamics visits, its floats re-read as exact numbers.

    Attributes:
        origin: enough to find it again: run and step.
        run: number of the run, counted from 0: states of different runs are independent.
    """

    instance: Instance
    origin: str
    run: int = 0


IDLE_RUNS = 100
"""After so many runs in a row without a state no more are tried."""


def in_turn(
    run: Callable[[int], Iterable[tuple[int, Instance]]], count: int, seed: int, what: str
) -> Iterator[Visited]:
    """At most ``count`` states of runs 0, 1, 2, ..., all of one run before the next.

    Args:
        run: its number -> (step, state) for each state.
        what: names the dynamics in the origin of a state.
    """
    number = idle = 0
    while count > 0 and idle < IDLE_RUNS:
        idle += 1
        for step, instance in islice(run(number), count):
            idle, count = 0, count - 1
            yield Visited(instance, f"{what}, seed {seed}, run {number}, step {step}", number)
        number += 1


class VisitedSource(Protocol):
    """Runs of the dynamics in floats; every state they visit is an instance of its own.

    A statement about a trajectory is tried as its one-step statement at such states.
    """

    def offers(self, assumes: frozenset[str]) -> bool:
        """Whether runs pass states that satisfy these assumptions."""
        ...

    def states(self, assumes: frozenset[str], count: int, seed: int) -> Iterable[Visited]:
        """At most ``count`` states of several runs, the same for the same seed on one kind of machine."""
        ...


class MinimaSource(Protocol):
    """Trained minima in mass, in numbered batches of any size."""

    def numbers(self, assumes: frozenset[str]) -> tuple[int, ...]:
        """The batches a claim with these assumptions is tried on; () where none can satisfy them."""
        ...

    def certifies(self, assumes: frozenset[str]) -> bool:
        """Whether a claim with these assumptions is about exact minima: `TrainedSupply.boxes` has some for it."""
        ...

    def controlled(self, assumes: frozenset[str]) -> bool:
        """Whether negative controls fail one of these assumptions: a claim that makes them must call those vacuous."""
        ...

    def batch(self, number: int, count: int, seed: int, device: str = "auto") -> MinimaBatch:
        """Train ``count`` networks: number, count and seed determine the result on one kind of device."""
        ...


def buildable(supply: Supply, assumes: frozenset[str]) -> frozenset[str]:
    """The ids that instances can be built for: others (of a user's own assumptions, say) must be checked afterwards."""
    return frozenset(id for id in assumes if _builds(supply, id))


def _builds(supply: Supply, id: str) -> bool:
    try:
        supply.drawn(frozenset({id}), Size())
    except (LookupError, ValueError):
        return False
    return True


def refuse_unknown(assumes: frozenset[str], known: frozenset[str], what: str) -> None:
    """Raises ValueError: instances (``what``, in the plural) cannot be drawn under one of the assumptions."""
    unknown = sorted(assumes - known)
    if unknown:
        raise ValueError(f"no {what} can be drawn under {unknown[0]!r}: extend this module, in strategies/")


@dataclass
class DrawnSupply:
    """Instances of a domain where nothing is trained and no float batch makes sense: drawn ones, and visited states.

    Attributes:
        strategy: (assumes, size, known) -> strategy of exact instances, as `Supply.drawn`; raises ValueError for ids of
            assumptions that it cannot satisfy.
    """

    domain: Domain
    strategy: Callable[[frozenset[str], Size, bool], SearchStrategy[Instance]]
    visited: VisitedSource | None = None
    minima: MinimaSource | None = None

    def drawn(self, assumes: frozenset[str], size: Size, known: bool = True) -> SearchStrategy[Instance]:
        """Strategy of exact instances. Raises ValueError: an assumption id is unknown."""
        return self.strategy(assumes, size, known)

    def batch(
        self, assumes: frozenset[str], count: int, size: Size, generator: torch.Generator, known: bool = True
    ) -> dict[str, Any] | None:
        """None."""
        return None

    def trained(self, assumes: frozenset[str], effort: Effort, device: str = "auto") -> TrainedSupply:
        """Empty."""
        return TrainedSupply()


class Supply(Protocol):
    """Instances of one domain.

    ``assumes`` are the ids of the claim's assumptions: instances satisfy them by construction.
    """

    domain: Domain
    minima: MinimaSource | None
    """None where nothing is trained in mass."""
    visited: VisitedSource | None
    """None where no dynamics is run."""

    def drawn(self, assumes: frozenset[str], size: Size, known: bool = True) -> SearchStrategy[Instance]:
        """Hypothesis strategy of exact instances that shrink to what a person would draw on a whiteboard.

        ``known=False`` leaves out equality and limit families, what is built beside one of them, and what uses the
        conclusion of a theorem: a search that starts from nothing.
        """
        ...

    def batch(
        self, assumes: frozenset[str], count: int, size: Size, generator: torch.Generator, known: bool = True
    ) -> dict[str, Any] | None:
        """Float64 batch of field values [count, ...] (torch, CPU) for `views.View` over `TorchOps`.

        None where the domain has no continuous parametrisation.
        """
        ...

    def trained(self, assumes: frozenset[str], effort: Effort, device: str = "auto") -> TrainedSupply:
        """Trained minima (cached); empty where training has no meaning in the domain."""
        ...
