"""Quadratic losses to try claims on: drawn ones, float batches, and those of trained networks."""

from __future__ import annotations

from functools import lru_cache
from math import comb
from typing import Any

import numpy as np
import torch
from flint import fmpq
from hypothesis import event
from hypothesis import strategies as st

from refutable.strategies.supply import (
    Effort,
    MinimaSource,
    Size,
    TrainedInstance,
    TrainedSupply,
    VisitedSource,
    refuse_unknown,
)
from refutable.theorems.domains.quadratic import QUADRATIC
from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.exact import as_real, rational, rayleigh_vector
from refutable.theorems.instances import Instance
from refutable.theorems.ops.exact import to_matrix

ABOVE = {"beyond-edge": 2, "beyond-half-the-edge": 1}
"""Assumptions step size > c / curvature along v."""
SHARP = "sharp"
"""The assumption step size > 2 / sharpness."""
BELOW = {"stable": 2, "below-3-over-step-size": 3}
"""Assumptions step size <= c / sharpness."""
KNOWN = frozenset({"positive-semidefinite", "one-epoch-of-single-losses", SHARP, *ABOVE, *BELOW})
HAIR = fmpq(1, 2**40)
FEW_SEQUENCES = 64


def _vectors(size: int) -> st.SearchStrategy[list[fmpq]]:
    """Vectors of half-integers, (1, 0, ...) first."""
    halves = st.lists(st.integers(-6, 6), min_size=size, max_size=size)
    return halves.map(lambda hs: [fmpq(h, 2) + (i == 0) for i, h in enumerate(hs)])


def _outer(v: list[fmpq]) -> Any:
    a = np.array(v, dtype=object)
    return a[:, None] * a[None, :]


@st.composite
def hessians(draw: st.DrawFn, n: int, p: int, semidefinite: bool) -> list[Any]:
    """n symmetric matrices [p, p]: of rank one, or sums of two of those, or (unless semidefinite) differences."""
    kind = draw(st.sampled_from(["rank one", "rank two"] if semidefinite else ["rank one", "rank two", "signed"]))
    event(f"Hessians: {kind}")
    matrices = [_outer(draw(_vectors(p))) for _ in range(n)]
    if kind == "rank one":
        return matrices
    sign = 1 if kind == "rank two" else -1
    return [m + sign * _outer(draw(_vectors(p))) for m in matrices]


@st.composite
def quadratic_losses(draw: st.DrawFn, assumes: frozenset[str], size: Size) -> Instance:
    """Losses that satisfy the assumptions by construction; the simplest is one parabola, one step."""
    n, p = draw(st.integers(1, min(4, size.max_samples))), draw(st.integers(1, size.max_inputs))
    semidefinite = bool(assumes & {"positive-semidefinite", SHARP, *ABOVE, *BELOW})
    matrices, v = draw(hessians(n, p, semidefinite)), draw(_vectors(p))
    if assumes & set(ABOVE):
        v = v if any(v) else [fmpq(1), *v[1:]]
        matrices[0] = matrices[0] + _outer(v)
    if SHARP in assumes:
        matrices[0] = matrices[0] + _outer([fmpq(1)] * p)
    batch_size = draw(st.one_of(st.none(), st.integers(1, n)))
    steps = draw(st.integers(1, 4))
    while comb(n, batch_size or n) ** steps > FEW_SEQUENCES and steps > 1:
        steps -= 1
    if "one-epoch-of-single-losses" in assumes:
        batch_size, steps = 1, n
    event(f"batches: {'full' if batch_size in (None, n) else 'partial'}")
    drawn = QUADRATIC.instance(hessians=matrices, displacement=v, step_size=1, batch_size=batch_size, steps=steps)
    return drawn.replace(step_size=draw(step_sizes(drawn, assumes)))


@st.composite
def step_sizes(draw: st.DrawFn, losses: Instance, assumes: frozenset[str]) -> fmpq:
    """Step sizes on the side of the edge that is assumed: at it, a hair from it, and far from it."""
    view = QUADRATIC.view(losses)
    above = [c for id, c in ABOVE.items() if id in assumes]
    below = [c for id, c in BELOW.items() if id in assumes]
    place = draw(st.sampled_from(["far", "hair", "edge"]))
    event(f"step size: {place}")
    if above:
        edge: fmpq = max(above) * view["squared_distances"][0] / view["curvature_along"]
        return edge * (1 + (HAIR if place == "hair" else fmpq(draw(st.integers(1, 32)), 16)))
    if SHARP in assumes:
        sharpness = as_real(view["sharpness"])
        edge = 2 / (sharpness.exact() or rational(float(sharpness))) * (1 + HAIR)
        return edge if place == "hair" else edge * (1 + fmpq(draw(st.integers(1, 32)), 16))
    if below and any(entry != 0 for entry in view["mean_hessian"].ravel()):
        return _below_edge(draw, min(below), view["sharpness"], place)
    return fmpq(draw(st.integers(1, 48)), 16)


def _below_edge(draw: st.DrawFn, c: int, sharpness: Any, place: str) -> fmpq:
    real = as_real(sharpness)
    exact = real.exact()
    if exact is not None and place == "edge":
        return c / exact
    edge = c / (rational(float(real)) if exact is None else exact) * (1 - HAIR)
    return edge if place != "far" else edge * fmpq(draw(st.integers(1, 31)), 32)


def from_network(
    network: Instance, displacement: list[fmpq] | None = None, steps: int = 1, batch_size: int | None = None
) -> Instance:
    """The quadratic losses of a shallow ReLU network at an interpolating minimum: H_i = grad f grad f^T.

    Args:
        network: labels null or interpolated; with a step size.
        displacement: v, one number a trained parameter; by default a rationalised top eigenvector of the Hessian.
        steps: T.
        batch_size: B; null: full batch.
    """
    features = SHALLOW_RELU.view(network)["features"]
    if displacement is None:
        phi = to_matrix(features)
        displacement = rayleigh_vector(phi.transpose() * phi, bits=20)
    return QUADRATIC.instance(
        hessians=features[:, :, None] * features[:, None, :],
        displacement=displacement,
        step_size=network["step_size"],
        batch_size=batch_size,
        steps=steps,
    )


MOST_PARAMETERS = 57
"""Larger trained networks cost too much here: their Hessians are dense."""


class QuadraticSupply:
    """Instances of the domain quadratic."""

    domain = QUADRATIC
    minima: MinimaSource | None = None
    visited: VisitedSource | None = None

    def drawn(self, assumes: frozenset[str], size: Size, known: bool = True) -> st.SearchStrategy[Instance]:
        """Strategy of exact losses.

        Raises:
            ValueError: an assumption id is unknown here.
        """
        refuse_unknown(assumes, KNOWN, "quadratic losses")
        return quadratic_losses(assumes, size)

    def batch(
        self, assumes: frozenset[str], count: int, size: Size, generator: torch.Generator, known: bool = True
    ) -> dict[str, Any] | None:
        """Three rank-one losses of three parameters [count, 3, 3, 3], two SGD steps on single losses."""
        phi = torch.randn(count, 3, 3, generator=generator, dtype=torch.float64)
        v = torch.randn(count, 3, generator=generator, dtype=torch.float64)
        outer = phi[..., :, None] * phi[..., None, :]
        mean = outer.mean(-3)
        along = torch.einsum("ba,bac,bc->b", v, mean, v) / v.square().sum(-1)
        top = torch.linalg.eigvalsh(mean)[:, -1]
        factor = 0.05 + 0.95 * torch.rand(count, generator=generator, dtype=torch.float64)
        if SHARP in assumes:
            step_size = 2 / top / factor * (1 + 2.0**-40)
        else:
            step_size = 2 / along / factor if assumes & set(ABOVE) else 2 / top * factor * (1 - 2.0**-40)
        return {"hessians": outer, "displacement": v, "step_size": step_size, "batch_size": 1, "steps": 2}

    def trained(self, assumes: frozenset[str], effort: Effort, device: str = "auto") -> TrainedSupply:
        """The losses of the trained networks that ship with the package, displaced along the top eigenvector.

        Where the statement is about starts beyond the edge of stability, the step size is moved beyond it.
        """
        beyond = bool(assumes & {SHARP, *ABOVE})
        needs_stability = bool(assumes & set(BELOW))
        instances = tuple(
            TrainedInstance("trained-relabelled", losses, origin, needs_stability and not beyond and not stable)
            for losses, origin, stable in trained_losses(beyond)
        )
        return TrainedSupply(instances, {"frozen corpus": len(instances)})


@lru_cache(maxsize=2)
def trained_losses(beyond: bool) -> tuple[tuple[Instance, str, bool], ...]:
    """Losses, origin and stability of the shipped trained networks, optionally moved beyond their edge."""
    from refutable.strategies.training.corpus import corpus

    found = []
    for entry in corpus().relabelled():
        if _parameters(entry.instance) > MOST_PARAMETERS:
            continue
        network = SHALLOW_RELU.load(entry.instance)
        if beyond:
            network = network.replace(step_size=9 / (4 * rational(entry.sharpness)))
        losses = from_network(network, steps=2, batch_size=_batch_size(network))
        found.append((losses, f"{entry.recipe} network {entry.index}", entry.stable))
    return tuple(found)


def _parameters(document: Any) -> int:
    w1 = document["network"]["w1"]
    return len(w1) * (len(w1[0]) + 2) + 1


def _batch_size(network: Instance) -> int:
    """1 where two steps on single data have few enough sequences, else the full batch."""
    n = len(network["x"])
    return 1 if n**2 <= FEW_SEQUENCES else n


SUPPLY = QuadraticSupply()
