"""Certified stable minima a second on one core: constructed, relabelled after training, converged."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import torch
from torch import Tensor

from refutable.strategies.engine.evaluation import sharpness
from refutable.strategies.engine.minima import HAIR, Minima, constructed, relabelled
from refutable.strategies.engine.train import Data
from refutable.strategies.training.closed_form import Networks
from refutable.strategies.training.recipes import Recipe
from refutable.strategies.training.train import initial
from refutable.theorems.catalogue import CATALOGUE
from refutable.theorems.claims import Claim
from refutable.verify.bench.engine import converged
from refutable.verify.bench.engine.cases import Case, Column, Part, Row
from refutable.verify.bench.engine.figures import multiple, percent, rate
from refutable.verify.bench.engine.settings import Settings
from refutable.verify.bench.engine.subjects import Shallow, Shape
from refutable.verify.bench.engine.timing import Contestant, Shot, Timing
from refutable.verify.bench.engine.trainers import PlainTrainer, Training
from refutable.verify.decide import decide
from refutable.verify.mass import batches_of
from refutable.verify.sweep import Sweep, row_instance, sweep_all

ONE_BY_ONE = "one by one: plain PyTorch, exact decision"
STEPS = 300
"""Of training, before networks are labelled by themselves."""
BATCH = 512
TARGETS = {"constructed": 10_000, "relabelled": 3_000}
"""Minima a second and core, one claim decided on each, that we mean to make."""


@dataclass(frozen=True)
class Setting:
    """Networks of one size, trained with one step size."""

    shape: Shape
    step_size: str
    batch: int = BATCH


SETTINGS = (
    Setting(Shape(1, 16, 8), "1/5"),
    Setting(Shape(1, 64, 32), "1/20", 256),
    Setting(Shape(10, 64, 64), "1/10", 64),
)
QUICK = SETTINGS[:2]


def claims_on(inputs: int) -> list[Claim]:
    """Headlines that are tried on minima in mass, the one that assumes most first; all of them apply for d = 1."""
    tried = {theorem.id: len(batches_of(theorem)) for theorem in CATALOGUE}
    most = max(tried.values())
    found = [t.headline for t in CATALOGUE if tried[t.id] and (inputs == 1 or tried[t.id] == most)]
    return sorted(found, key=lambda claim: -len(claim.assumes))


def cases(settings: Settings) -> Iterator[Case]:
    """Networks labelled by themselves, then those that reach the labels they were given, at exact minima."""
    for setting in QUICK if settings.quick else SETTINGS:
        yield _case(setting, settings)
    yield from converged.cases(settings, lambda inputs: claims_on(inputs)[0])


def _case(setting: Setting, settings: Settings) -> Case:
    claims = claims_on(setting.shape.inputs)
    makers = {
        "constructed": partial(_constructed, setting, settings),
        "relabelled": partial(_relabelled, setting, settings),
    }
    contestants = [Contestant(ONE_BY_ONE, _one_by_one(setting, settings, claims[0]), about={"claims": 1})]
    for name, make in makers.items():
        for asked in (claims[:1], claims):
            counter = _Counter(make, asked)
            words = f"{len(asked)} claim{'s' if len(asked) > 1 else ''}"
            about = {"claims": len(asked)}
            contestants.append(Contestant(f"{name}, {words}", counter.shot, True, about=about, after=counter.shares))
    sizes = setting.shape.document() | {"steps": STEPS, "networks": setting.batch}
    return Case(f"{setting.shape}, step size {setting.step_size}", contestants, (ONE_BY_ONE,), sizes)


def _recipe(setting: Setting, settings: Settings, number: int) -> Recipe:
    d, k, n = setting.shape.inputs, setting.shape.neurons, setting.shape.samples
    data = "uniform" if d == 1 else "gaussian"
    seed = 1000 * settings.seed + number
    return Recipe(seed, setting.batch, d, k, n, data, "sine", setting.step_size, STEPS)


def _constructed(setting: Setting, settings: Settings, number: int) -> Minima:
    generator = torch.Generator().manual_seed(1000 * settings.seed + number)
    shape = setting.shape
    return constructed(setting.batch, shape.inputs, shape.neurons, shape.samples, generator)


def _relabelled(setting: Setting, settings: Settings, number: int) -> Minima:
    return relabelled(_recipe(setting, settings, number), device=settings.device, threads=1)


class _Counter:
    """Makes batches, decides claims on them, and counts what holds."""

    def __init__(self, make: partial[Minima], claims: list[Claim]) -> None:
        self.make, self.claims, self.numbers = make, claims, itertools.count()
        self.made = self.held = self.certified = 0

    def shot(self, amount: int) -> float:
        """Minima on which the first claim holds."""
        held = 0
        for number in itertools.islice(self.numbers, amount):
            minima = self.make(number)
            first = sweep_all(self.claims, minima.fields)[0]
            held += self._count(first)
        return held

    def _count(self, found: Sweep) -> int:
        held = found.counts["holds"]
        self.made += sum(found.counts.values())
        self.held += held
        self.certified += found.certified
        return held

    def shares(self, timing: Timing) -> dict[str, float | None]:
        """Of all minima made: those on which the first claim holds, and those that floats decided."""
        made = self.made or 1
        return {"held": self.held / made, "by_floats": self.certified / made}


def _one_by_one(setting: Setting, settings: Settings, claim: Claim) -> Shot:
    """Train a module, label it by itself, take its largest step size, and decide exactly."""
    recipe = replace(_recipe(setting, settings, 0), networks=16)
    networks, x, y = initial(recipe)
    trainer = PlainTrainer(Training(networks, Data(x, y), float(recipe.eta)))
    rows = itertools.cycle(range(recipe.networks))

    def shot(amount: int) -> float:
        held = 0
        for row in itertools.islice(rows, amount):
            trainer.shot(STEPS)
            fields = _fields(trainer.modules.pop(row), x[row : row + 1])
            held += decide(claim, row_instance(claim, fields, {}, 0)).verdict == "holds"
        return held

    return shot


def _fields(module: Shallow, x: Tensor) -> dict[str, Any]:
    hidden, output = module.hidden, module.output
    parts = (hidden.weight.unsqueeze(0), hidden.bias.unsqueeze(0), output.weight, output.bias)
    networks = Networks(*(part.detach() for part in parts))
    fields = {**networks._asdict(), "x": x, "step_size": 2 * HAIR / sharpness(networks, x)}
    return {name: part.numpy() for name, part in fields.items()}


def summary(rows: list[Row]) -> dict[str, Any]:
    """For each way to make minima: sizes at which the target is met, and those at which it is missed."""
    out = {}
    for way, target in TARGETS.items():
        rates = {row["case"]: row["rate"] for row in rows if row["method"] == f"{way}, 1 claim"}
        met = [case for case, found in rates.items() if found >= target]
        out[way] = {"target": target, "met": met, "missed": [case for case in rates if case not in met]}
    return out


def remarks(found: dict[str, Any]) -> list[str]:
    """One line for each way that was measured."""
    return [
        f"{way}, 1 claim: {one['target']} a second met on {'; '.join(one['met']) or 'no size'}"
        + (f"; missed on {'; '.join(one['missed'])}" if one["missed"] else "")
        for way, one in found.items()
        if one["met"] or one["missed"]
    ]


MINIMA = Part(
    "minima",
    "stable minima a second on one core, each with a claim decided on it without tolerance",
    "minima",
    cases,
    (
        Column("minima/s", "rate", rate),
        Column("x reference", "ratio", multiple),
        Column("of all made", "held", percent),
        Column("by floats", "by_floats", percent),
    ),
    summary,
    remarks,
)
"""Ratios to the same thing one by one, and for what converged to the same thing without acceleration."""
