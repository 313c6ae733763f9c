"""Shallow networks with a density: a drawn or trained network, then a density up to the largest that is allowed.

A density on a ball is cut so that it misses every hyperplane on which the weight vanishes. A Gaussian bump misses
none, and is used where all hyperplanes that carry mass have positive weight.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from flint import fmpq
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from refutable.strategies.shallow_relu.choosers import Chooser, Drawn, Seeded, note, once_in, pick
from refutable.strategies.shallow_relu.demands import Demands, demands
from refutable.strategies.shallow_relu.exact import NO_EXACT_MINIMA
from refutable.strategies.shallow_relu.networks import Network, chooser_and_size, network
from refutable.strategies.shallow_relu.neurons import Neuron
from refutable.strategies.shallow_relu.supply import DEFAULT_SIZE, assembled, equality_cases
from refutable.strategies.shallow_relu.supply import SUPPLY as NETWORKS
from refutable.strategies.supply import Effort, MinimaSource, Size, TrainedInstance, TrainedSupply, VisitedSource
from refutable.theorems.assumptions.shallow_relu_density import DENSITY_BELOW_WEIGHT
from refutable.theorems.domains.domain import Domain
from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.domains.shallow_relu_density import SHALLOW_RELU_DENSITY
from refutable.theorems.exact import sign
from refutable.theorems.families.densities import with_density, with_largest_density
from refutable.theorems.families.edge import HAIR
from refutable.theorems.instances import Instance
from refutable.theorems.views import View

if TYPE_CHECKING:
    import torch

CHORDS = (fmpq(1), fmpq(1, 4), fmpq(3), fmpq(1, 2**20))
"""Half the chord that one hyperplane of the network cuts from the ball."""
FRACTIONS = {
    "as large as allowed": fmpq(1),
    "a hair below the largest": HAIR,
    "half of the largest": fmpq(1, 2),
    "far below the largest": fmpq(1, 2**20),
}
"""Scale of the density as a fraction of the largest allowed."""


@dataclass(frozen=True)
class Hyperplanes:
    """Squared distances from 0 of the hyperplanes that carry mass.

    Attributes:
        weighted: of those with positive weight.
        limit: the smallest of those with weight 0; None: there are none.
    """

    weighted: tuple[fmpq, ...]
    limit: fmpq | None


def hyperplanes(instance: Instance) -> Hyperplanes:
    """Where the hyperplanes of a shallow network are that carry mass."""
    view = SHALLOW_RELU.view(instance)
    weighted: list[fmpq] = []
    limits: list[fmpq] = []
    for s, mass in enumerate(view["merged_mass"]):
        square = sum((c * c for c in instance["w1"][s]), fmpq(0))
        if mass != 0 and square != 0:
            group = weighted if sign(view["weight"][s]) == 1 else limits
            group.append(instance["b1"][s] ** 2 / square)
    return Hyperplanes(tuple(weighted), min(limits, default=None))


def density(chooser: Chooser, instance: Instance, bounded: bool) -> Instance:
    """The network with some density; ``bounded``: its Radon transform is at most the weight.

    Raises:
        ValueError: a hyperplane through 0 carries mass and has weight 0: no radial density is allowed.
    """
    where = hyperplanes(instance)
    shape = _shape(chooser, where)
    kind = pick(chooser, tuple(FRACTIONS))
    note(f"density: {kind}" if bounded else "density: of any scale")
    if not bounded:
        return with_density(instance, scale=1, **shape)
    if not _meets(where, shape):
        return with_density(instance, scale=FRACTIONS[kind], **shape)
    largest = with_largest_density(instance, **shape)
    return largest.replace(scale=largest["scale"] * FRACTIONS[kind])


def _shape(chooser: Chooser, where: Hyperplanes) -> dict[str, Any]:
    """A bump as wide as the network, or a ball around some of its hyperplanes."""
    if where.limit == 0:
        raise ValueError("a hyperplane through 0 has weight 0; no radial density stays below it")
    if where.limit is None and once_in(chooser, 3):
        note("density: Gaussian")
        widest = max(where.weighted, default=fmpq(0))
        return {"variance": (widest or fmpq(1)) * pick(chooser, (1, 4, 100))}
    note("density: power on a ball")
    around = pick(chooser, where.weighted) if where.weighted else fmpq(0)
    square = around + pick(chooser, CHORDS) ** 2
    return {
        "radius_squared": square if where.limit is None else min(square, where.limit),
        "power": chooser.integer(0, 3),
    }


def _meets(where: Hyperplanes, shape: dict[str, Any]) -> bool:
    return any("variance" in shape or square < shape["radius_squared"] for square in where.weighted)


def off_centre(drawn: Network) -> Network:
    """The network with hyperplanes through 0 moved where no datum is strictly on one of their sides."""
    return replace(drawn, neurons=[_moved(drawn, neuron) for neuron in drawn.neurons])


def _moved(drawn: Network, neuron: Neuron) -> Neuron:
    sides = [neuron.preactivation(row) for row in drawn.rows]
    if neuron.b != 0 or (any(z > 0 for z in sides) and any(z < 0 for z in sides)):
        return neuron
    return replace(neuron, b=fmpq(1 if any(z > 0 for z in sides) else -1))


@st.composite
def networks_with_densities(draw: DrawFn, wanted: Demands, size: Size, bounded: bool, known: bool = True) -> Instance:
    """Shallow networks that meet the demands, with a density; ``known``: one in eight of a known family."""
    if known and once_in(Drawn(draw), 8):
        return density(Drawn(draw), draw(equality_cases(wanted)), bounded)
    chooser, most = chooser_and_size(draw, size)
    drawn = off_centre(network(chooser, most, wanted, known))
    return density(chooser, assembled(chooser, drawn, wanted), bounded)


class DensitySupply:
    """Networks as for `shallow-relu`, each with a density."""

    domain: Domain = SHALLOW_RELU_DENSITY
    minima: MinimaSource | None = None
    visited: VisitedSource | None = None

    def drawn(self, assumes: frozenset[str], size: Size = DEFAULT_SIZE, known: bool = True) -> SearchStrategy[Instance]:
        """Instances that satisfy the assumptions by construction.

        Raises:
            UnknownAssumption: an id that is not known here.
        """
        bounded = DENSITY_BELOW_WEIGHT.id in assumes
        return networks_with_densities(demands(_of_network(assumes)), size, bounded, known)

    def batch(
        self, assumes: frozenset[str], count: int, size: Size, generator: torch.Generator, known: bool = True
    ) -> dict[str, Any] | None:
        """Networks as for `shallow-relu`, each with a power density on a ball around one of its hyperplanes.

        The ball misses every hyperplane on which the weight vanishes; the claim's assumption scales the density.
        """
        import torch

        batch = NETWORKS.batch(_of_network(assumes), count, size, generator, known)
        if batch is None:
            return None
        radius_squared = _radii(batch, torch.rand(count, generator=generator, dtype=torch.float64))
        scale = torch.ones(count, dtype=torch.float64)
        power = int(torch.randint(0, 3, (), generator=generator))
        return {**batch, "scale": scale, "radius_squared": radius_squared, "power": power, "variance": None}

    def trained(self, assumes: frozenset[str], effort: Effort, device: str = "auto") -> TrainedSupply:
        """Trained minima, each with a density from a fixed seed."""
        supply = NETWORKS.trained(_of_network(assumes), effort, device)
        bounded = DENSITY_BELOW_WEIGHT.id in assumes
        found = tuple(_with_densities(supply.instances, bounded))
        missing = tuple(text for text in supply.missing if text != NO_EXACT_MINIMA)  # boxes have no densities
        return replace(supply, instances=found, boxes=(), missing=missing)


def _radii(batch: dict[str, Any], chosen: torch.Tensor) -> torch.Tensor:
    """Squared radii [B] just beyond one weighted hyperplane, at most the nearest one of weight 0."""
    import torch

    from refutable.theorems.ops.torch import TorchOps

    view = View(SHALLOW_RELU, TorchOps(), batch)
    distance = (view["b1"] ** 2) / (view["w1"] ** 2).sum(-1).clamp(min=1e-300)
    weighted = view["weight"] > 0
    rank = (chosen * weighted.sum(-1).clamp(min=1)).long()[:, None]
    ordered = torch.where(weighted, distance, torch.inf).sort(dim=-1).values
    around = ordered.gather(-1, rank)[:, 0]
    limit = torch.where(weighted, torch.inf, distance).amin(-1)
    widest = torch.where(torch.isfinite(around), 1.5 * around + 0.25, torch.ones_like(around))
    return torch.minimum(widest, limit * (1 - 2.0**-20)).clamp(min=2.0**-60)


def _with_densities(found: tuple[TrainedInstance, ...], bounded: bool) -> Iterator[TrainedInstance]:
    for number, item in enumerate(found):
        if hyperplanes(item.instance).limit != 0:
            yield replace(item, instance=density(Seeded(number), item.instance, bounded))


def _of_network(assumes: frozenset[str]) -> frozenset[str]:
    return assumes - {DENSITY_BELOW_WEIGHT.id}


SUPPLY = DensitySupply()
