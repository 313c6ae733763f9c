"""Trained minima for a claim: the frozen corpus, and fresh training by the standard recipes.

Relabelled points (y := f(x) after real training) are instances of every claim. Points with the labels they were
trained on interpolate only nearly, so they are offered to claims that assume neither interpolation nor a vanishing
gradient; for the others an exact minimum is certified beside the end point (see `exact`).

Training likes to end on kinks, so end points beside one are kept: whether they are differentiable is decided exactly,
and so is the sharpness, of which floats may tell that of the wrong side. Claims about kinks get them moved onto theirs.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from flint import fmpq

from refutable.strategies.shallow_relu.demands import Demands, demands
from refutable.strategies.shallow_relu.exact import NO_EXACT_MINIMA, about_exact_minima, exact_boxes
from refutable.strategies.shallow_relu.resting import resting
from refutable.strategies.shallow_relu.step_sizes import trace_edge
from refutable.strategies.shallow_relu.tables import missing_tables
from refutable.strategies.supply import Effort, TrainedInstance, TrainedKind, TrainedSupply
from refutable.strategies.training.corpus import Entry, corpus
from refutable.strategies.training.recipes import Recipe, available
from refutable.strategies.training.results import Trained
from refutable.strategies.training.standard import DEFAULT, QUICK
from refutable.theorems.assumptions.strong_stability import surplus
from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.exact import as_real, compare
from refutable.theorems.instances import Instance

RECIPES: Mapping[Effort, tuple[Recipe, ...]] = {
    "quick": (),
    "default": tuple(QUICK.values()),
    "ci": (),
    "thorough": (*QUICK.values(), *DEFAULT.values()),
}
"""What is trained besides the frozen corpus: nothing where a run must repeat itself on any machine."""
ONE_KINK = frozenset({"one-toggling-neuron", "unopposed-kinks"})
"""Assumptions that several kinks on data may not meet."""
MOVED = 3
"""Most kinks moved onto data at once: each doubles the modes."""


@dataclass(frozen=True)
class EndPoint:
    """Where one network's training ended.

    Attributes:
        kind: relabelled, or converged with the labels of the run.
        instance: at the step size of the run.
        sharpness: largest eigenvalue of the gradient kernel in floating point, computed exactly before beside a kink.
        stable: whether that is at most 2/step size.
        origin: recipe and index.
        at_kink: training ended beside a kink, nearer than floats can tell on which side.
    """

    kind: TrainedKind
    instance: Instance
    sharpness: float
    stable: bool
    origin: str
    at_kink: bool = False


def trained_minima(assumes: frozenset[str], effort: Effort, device: str = "auto") -> TrainedSupply:
    """Trained minima to which a claim with these assumptions applies, as trained and at their own edge of stability.

    Raises:
        UnknownAssumption: an assumption id that is not known here.
    """
    wanted = demands(assumes)
    points, counts, missing = end_points(effort, device)
    if wanted.kinked and effort != "ci":
        found, seen = _from_mass(device)
        points, counts = (*points, *found), {**counts, **seen}
    offered: list[TrainedInstance] = []
    for point in points:
        if _applies(wanted, point):
            offered.extend(_snapped(point, assumes) if wanted.kinked else _readings(wanted, point))
    if effort == "ci":
        missing = (*missing, *(what for what, asked in _untrained(wanted) if asked))
    return TrainedSupply(tuple(offered), counts, missing, exact_boxes(wanted, effort, device))


def _untrained(wanted: Demands) -> Iterator[tuple[str, bool]]:
    """Evidence that only training on this machine gives, and whether a claim asks for it."""
    yield NO_EXACT_MINIMA, about_exact_minima(wanted)
    yield "minima at kinks that training found: nothing is trained in this profile", wanted.kinked


def _from_mass(device: str) -> tuple[tuple[EndPoint, ...], Mapping[str, int]]:
    """Networks trained in mass that rest on kinks. Of them claims about kinks alone are asked: these set step sizes."""
    found, counts = resting(device)
    points = (EndPoint("trained-relabelled", one, math.nan, False, origin, at_kink=True) for one, origin in found)
    return tuple(points), counts


def _readings(wanted: Demands, point: EndPoint) -> Iterator[TrainedInstance]:
    """The end point at the step size of its run, and at its own edge of stability where stability is assumed."""
    if wanted.trace_stable:
        moved = point.instance.replace(step_size=trace_edge(point.instance))
        yield TrainedInstance(point.kind, moved, f"{point.origin}, at the edge of its trace", at_kink=point.at_kink)
        return
    on_kink = wanted.differentiable and point.at_kink and _on_kink(point.instance)
    control = on_kink or (wanted.stable and not point.stable)
    yield TrainedInstance(point.kind, point.instance, point.origin, control, point.at_kink)
    if wanted.stable and point.kind == "trained-relabelled" and not on_kink:
        origin = f"{point.origin}, at its own edge"
        yield TrainedInstance(point.kind, at_own_edge(point), origin, at_kink=point.at_kink)


def _on_kink(instance: Instance) -> bool:
    return any(height == 0 for height in SHALLOW_RELU.view(instance)["preactivation"].flat)


def at_own_edge(point: EndPoint) -> Instance:
    """The same point with the step size a hair below 2/sharpness."""
    from refutable.strategies.training.documents import edge_step_size

    edge = edge_step_size(point.sharpness)
    return point.instance.replace(step_size=fmpq(edge.numerator, edge.denominator))


def _snapped(point: EndPoint, assumes: frozenset[str]) -> Iterator[TrainedInstance]:
    """The relabelled end point with the kink nearest to a datum moved onto it, or all kinks that it rests on."""
    from refutable.strategies.shallow_relu_kinks import snapped

    # Training does not end where every mode is sharper than 2/step size, nor does moving a kink keep labels.
    if "shared-direction" in assumes or point.kind == "trained-converged":
        return
    several = point.at_kink and not assumes & ONE_KINK
    moved = snapped(point.instance, most=MOVED if several else 1)
    if moved is None or ("few-surplus-neurons" in assumes and not _few_surplus(moved)):
        return
    origin = f"{point.origin}, {'the kinks it rests on' if several else 'a kink'} moved onto data"
    yield TrainedInstance(point.kind, moved, origin, at_kink=point.at_kink)


def _few_surplus(instance: Instance) -> bool:
    return bool(12 * surplus(SHALLOW_RELU.view(instance)) < len(instance["x"]))


def _applies(wanted: Demands, point: EndPoint) -> bool:
    if point.kind == "trained-converged" and (wanted.interpolating or wanted.critical):
        return False
    return all(holds for asked, holds in _facts(wanted, point.instance) if asked)


def _facts(wanted: Demands, instance: Instance) -> Iterator[tuple[bool, bool]]:
    rows = [tuple(row) for row in instance["x"]]
    yield wanted.univariate, len(rows[0]) == 1
    yield wanted.wide, any(sum(c * c for c in row) >= 1 for row in rows)
    yield wanted.distinct, len(set(rows)) == len(rows)
    yield wanted.live_outputs, all(w != 0 for w in instance["w2"])
    yield wanted.proper_inputs, all(any(c != 0 for c in row) for row in instance["w1"])


@lru_cache(maxsize=4)
def end_points(effort: Effort, device: str = "auto") -> tuple[tuple[EndPoint, ...], Mapping[str, int], tuple[str, ...]]:
    """All end points of an effort, how many networks ended how, and the tables that are absent and why."""
    points = [_from_corpus(entry) for entry in corpus().entries]
    counts: Counter[str] = Counter({"frozen corpus": len(points)})
    for recipe in RECIPES[effort]:
        if available(recipe) is not None:
            counts["not trained, a table is absent"] += recipe.networks
            continue
        found, outcome = _fresh(recipe, device)
        points += found
        counts.update(outcome)
    return tuple(points), dict(counts), missing_tables()


def _from_corpus(entry: Entry) -> EndPoint:
    kind: TrainedKind = "trained-relabelled" if entry.kind == "relabelled" else "trained-converged"
    origin = f"frozen corpus, {entry.name}, recipe {entry.recipe[:12]}, network {entry.index}"
    return EndPoint(kind, SHALLOW_RELU.load(entry.instance), entry.sharpness, entry.stable, origin)


def _fresh(recipe: Recipe, device: str) -> tuple[list[EndPoint], Counter[str]]:
    from refutable.strategies.training.cache import trained

    result = trained(recipe, device=device)
    alive = result.alive()
    counts = Counter({"trained": len(result.codes), **result.counts()})
    counts["beside a kink"] = sum(not result.clear[i] for i in alive)
    points = [point for i in alive for point in _both_readings(result, i)]
    return points, counts


def _both_readings(result: Trained, index: int) -> Iterator[EndPoint]:
    from refutable.strategies.training import documents

    origin = f"recipe {result.recipe.digest()[:12]}, network {index}"
    relabelled = SHALLOW_RELU.load(documents.relabelled(result, index))
    sharpness, stable = float(result.sharpness[index]), bool(result.stable[index])
    beside = not result.clear[index]
    if beside:
        sharpness, stable = _exact_sharpness(relabelled)
    point = EndPoint("trained-relabelled", relabelled, sharpness, stable, origin, beside)
    yield point
    if result.outcome[index] == "converged":
        labelled = SHALLOW_RELU.load(documents.converged(result, index))
        yield replace(point, kind="trained-converged", instance=labelled)


def _exact_sharpness(instance: Instance) -> tuple[float, bool]:
    """The sharpness, computed exactly and rounded, and whether it is exactly at most 2/step size."""
    view = SHALLOW_RELU.view(instance)
    sharpness = view["sharpness"]
    return float(as_real(sharpness)), compare(sharpness, view["stability_threshold"]) != 1
