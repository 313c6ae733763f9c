"""Claims on trained minima in mass: certified floats decide, every near tie is decided exactly.

One batch is trained once and every claim that applies is decided on it, so that they share what they compute.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import lru_cache

from refutable.strategies.supplies import SUPPLIES, supply
from refutable.strategies.supply import Effort, MinimaBatch, MinimaSource
from refutable.theorems.catalogue import CATALOGUE
from refutable.theorems.claims import Claim
from refutable.theorems.records import Theorem
from refutable.verify.paths import ClaimPath
from refutable.verify.sweep import Sweep, sweep_all

KIND = "trained-mass"


@dataclass(frozen=True)
class Decided:
    """A batch of minima with what was found of each claim, in the order of `claims_on`."""

    minima: MinimaBatch
    sweeps: dict[str, Sweep]


def batches(claim: Claim) -> tuple[int, ...]:
    """Numbers of the batches that a claim is tried on; () where its domain trains nothing in mass."""
    source = _source(claim.domain.id)
    return () if source is None else source.numbers(frozenset(a.id for a in claim.assumes))


def at_exact_minima(claim: Claim) -> bool:
    """Whether the claim is about exact minima and its domain certifies some beside converged networks."""
    source = _source(claim.domain.id)
    return source is not None and source.certifies(frozenset(a.id for a in claim.assumes))


def missed_controls(claim: Claim, minima: MinimaBatch, found: Sweep) -> list[int]:
    """Negative controls that were not called vacuous, though the claim assumes what they miss."""
    source = _source(claim.domain.id)
    if source is None or not source.controlled(frozenset(a.id for a in claim.assumes)):
        return []
    return [row for row, control in enumerate(minima.controls.tolist()) if control and row not in found.vacuous]


def batches_of(theorem: Theorem) -> tuple[int, ...]:
    """The batches that a theorem's headline is tried on: none where its record says why relabelled minima are none."""
    return () if "trained-relabelled" in theorem.evidence else batches(theorem.headline)


def workers_for(effort: Effort) -> int:
    """Processes that decide near ties: one for each core where much is tried and no other tests run beside this one."""
    from refutable.strategies.engine.torch_batched import cores

    alone = "PYTEST_XDIST_WORKER" not in os.environ
    return cores() if effort == "thorough" and alone else 1


def decided(
    theorem: Theorem, number: int, count: int, seed: int, device: str, workers: int = 1
) -> tuple[MinimaBatch, Sweep]:
    """A batch, and the headline of a theorem on it; ``workers`` processes decide near ties, see `sweep_all`."""
    headline = theorem.headline
    if any(known is theorem for known in CATALOGUE):
        found = _all_headlines(headline.domain.id, number, count, seed, device, workers)
        return found.minima, found.sweeps[theorem.id]
    minima = _trained(headline.domain.id, number, count, seed, device)
    return minima, sweep_all([headline], minima.fields)[0]


@lru_cache(maxsize=2)
def _all_headlines(domain: str, number: int, count: int, seed: int, device: str, workers: int) -> Decided:
    """Every headline of the catalogue that applies to the batch."""
    minima = _trained(domain, number, count, seed, device)
    asked = [t for t in CATALOGUE if t.headline.domain.id == domain and number in batches_of(t)]
    names = [ClaimPath(theorem.id, "claim", theorem.headline.id) for theorem in asked]
    sweeps = sweep_all(names, minima.fields, workers=workers)
    return Decided(minima, {theorem.id: found for theorem, found in zip(asked, sweeps, strict=True)})


@lru_cache(maxsize=2)
def _trained(domain: str, number: int, count: int, seed: int, device: str) -> MinimaBatch:
    source = _source(domain)
    assert source is not None
    return source.batch(number, count, seed, device)


def _source(domain: str) -> MinimaSource | None:
    return supply(domain).minima if domain in SUPPLIES else None
