"""What shallow networks are tried on."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flint import fmpq
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from refutable.strategies.families import instances
from refutable.strategies.shallow_relu.choosers import Chooser, Drawn, note, once_in
from refutable.strategies.shallow_relu.demands import Demands, demands
from refutable.strategies.shallow_relu.labels import labels
from refutable.strategies.shallow_relu.mass import MASS
from refutable.strategies.shallow_relu.networks import Network, chooser_and_size, network
from refutable.strategies.shallow_relu.step_sizes import (
    trace_edge,
    with_any_step_size,
    with_stable_step_size,
    with_trace_stable_step_size,
)
from refutable.strategies.supply import Effort, MinimaSource, Size, TrainedSupply, VisitedSource
from refutable.theorems.domains.domain import Domain
from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.families.clusters import BALANCED_SMALL, CLUSTERS
from refutable.theorems.families.shattered_sphere import SHATTERED_SPHERE
from refutable.theorems.families.two_atoms import TWO_ATOMS
from refutable.theorems.instances import Instance
from refutable.theorems.records import Family, Range

if TYPE_CHECKING:
    import torch

DEFAULT_SIZE = Size()


@st.composite
def shallow_networks(draw: DrawFn, wanted: Demands, size: Size = DEFAULT_SIZE, known: bool = True) -> Instance:
    """Shallow networks with data, labels and step size that meet the demands; ``known`` as in `network`."""
    chooser, most = chooser_and_size(draw, size)
    return assembled(chooser, network(chooser, most, wanted, known), wanted)


def assembled(chooser: Chooser, drawn: Network, wanted: Demands) -> Instance:
    """The network with labels, batch size and step size that meet the demands."""
    y = labels(chooser, drawn, wanted)
    batch = chooser.integer(1, len(drawn.rows)) if once_in(chooser, 8) else None
    instance = SHALLOW_RELU.instance(**drawn.raw(), y=y, batch_size=batch)
    if wanted.stable:
        return with_stable_step_size(chooser, instance)
    if wanted.trace_stable:
        return with_trace_stable_step_size(chooser, instance)
    return with_any_step_size(chooser, instance)


def equality_families(wanted: Demands) -> tuple[Family, ...]:
    """The known equality and limit families that meet the demands.

    All their members are differentiable, interpolating and stable, with nonzero weights and everything trained.
    """
    atoms = dict(TWO_ATOMS.parameters)
    if wanted.distinct:
        atoms["copies"] = Range(choices=(1,))
    if wanted.wide:
        atoms["c"] = Range(choices=(fmpq(4, 3),))
        return (replace(TWO_ATOMS, parameters=atoms),)
    line = (replace(TWO_ATOMS, parameters=atoms), BALANCED_SMALL, CLUSTERS)
    return line if wanted.univariate else (*line, SHATTERED_SPHERE)


@st.composite
def equality_cases(draw: DrawFn, wanted: Demands) -> Instance:
    """Instances of the equality and limit families that meet the demands."""
    family = draw(st.sampled_from(equality_families(wanted)))
    note(f"equality family: {family.id}")
    found = draw(instances(family))
    return found.replace(step_size=trace_edge(found)) if wanted.trace_stable else found


@st.composite
def _mixed(draw: DrawFn, wanted: Demands, size: Size) -> Instance:
    if once_in(Drawn(draw), 8):
        return draw(equality_cases(wanted))
    return draw(shallow_networks(wanted, size))


class ShallowReluSupply:
    """Drawn, batched and trained shallow networks, chosen by the ids of a claim's assumptions."""

    domain: Domain = SHALLOW_RELU
    minima: MinimaSource | None = MASS
    visited: VisitedSource | None = None

    def drawn(self, assumes: frozenset[str], size: Size = DEFAULT_SIZE, known: bool = True) -> SearchStrategy[Instance]:
        """Instances that satisfy the assumptions by construction.

        Raises:
            UnknownAssumption: an id that is not known here.
        """
        wanted = demands(assumes)
        if wanted.kinked:
            from refutable.strategies.shallow_relu_kinks import networks_with_kinks

            kinked: SearchStrategy[Instance] = networks_with_kinks(assumes, size, known)
            return kinked
        return _mixed(wanted, size) if known else shallow_networks(wanted, size, known=False)

    def batch(
        self, assumes: frozenset[str], count: int, size: Size, generator: torch.Generator, known: bool = True
    ) -> dict[str, Any] | None:
        """Float64 fields [count, ...] of random networks, with kinks exactly on data where they matter."""
        wanted = demands(assumes)
        if wanted.kinked:
            from refutable.strategies.shallow_relu.kinked_batch import kinked_batch

            return kinked_batch(wanted, count, size, generator, known)
        from refutable.strategies.shallow_relu.batch import float_batch

        return float_batch(wanted, count, size, generator, tune=known)

    def trained(self, assumes: frozenset[str], effort: Effort, device: str = "auto") -> TrainedSupply:
        """Trained minima to which a claim with these assumptions applies."""
        from refutable.strategies.shallow_relu.trained import trained_minima

        return trained_minima(assumes, effort, device)


SUPPLY = ShallowReluSupply()
