"""Networks trained on the same data from the same beginnings at several step sizes, and where they end.

What is computed here in floats is a measurement. `Table.claims` says which statements are to be decided on
`Table.fields`: each end point with the labels that it produces itself, so that it interpolates exactly.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from refutable.strategies.engine.converge import Converged, Rule, converge
from refutable.strategies.engine.evaluation import evaluate
from refutable.strategies.engine.interrupts import ctrl_c_noted
from refutable.strategies.shallow_relu.pictures.labelled import Array, Labelled
from refutable.strategies.training.closed_form import Networks
from refutable.strategies.training.results import CONVERGED, DEAD, DIVERGED, OUTCOMES
from refutable.theorems.assumptions.shallow_relu import STABLE
from refutable.theorems.claims import Claim
from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.papers.nacson_2023.stability_norm import LINKS, STABILITY_NORM, TWICE_DIFFERENTIABLE

LOWEST, HIGHEST = 0.65, 6.0
"""Step sizes chosen here are between these parts of 1 / the sharpness where training with small steps leads."""
SMALL, TRIED = 0.25, 2000
"""That is found by so many steps of this part of 1 / the sharpness where training begins."""
MOST = 1000
"""Networks that a plan may have."""
FITTED = 1e-8
"""A network no sharper than 2/eta with a loss below this counts as fitted, at rest or not: labels are of size 1."""
FIT = f"loss < {FITTED:g}"
FIELDS = ("w1", "b1", "w2", "b2")


class PlanError(ValueError):
    """A plan that makes no sense; the message says what to change."""


@dataclass(frozen=True)
class Plan:
    """How networks are trained.

    Attributes:
        neurons: hidden neurons k.
        step_sizes: those, or how many to choose, evenly spaced on a log scale around the edge of stability.
        networks: beginnings, each trained at every step size.
        steps: of gradient descent at most, for each network; where they suffice, the last ones are kept for the rest
            of a network that Gauss-Newton steps moved.
        seed: of the beginnings.
        spread: scale of the initial weights, relative to PyTorch's for linear layers.
    """

    neurons: int = 64
    step_sizes: tuple[float, ...] | int = 10
    networks: int = 1
    steps: int = 30_000
    seed: int = 0
    spread: float = 1.0

    def __post_init__(self) -> None:
        """Refuse nonsense.

        Raises:
            PlanError: no step size, one that is not a positive number, no or too many networks.
        """
        count = self.step_sizes if isinstance(self.step_sizes, int) else len(self.step_sizes)
        if min(count, self.networks, self.neurons, self.steps) < 1:
            raise PlanError("step sizes, networks, neurons and steps must each be at least 1")
        if count * self.networks > MOST:
            raise PlanError(f"{count} step sizes with {self.networks} networks each are more than {MOST}; take fewer")
        if not isinstance(self.step_sizes, int) and not all(0 < eta < math.inf for eta in self.step_sizes):
            raise PlanError("step sizes must be positive numbers")


@dataclass(frozen=True)
class Row:
    """One network's end.

    Attributes:
        network: number of its beginning.
        edge: 2 / step size.
        sharpness, norm: largest eigenvalue of the Hessian and stability norm ||f|| at the end; NaN if it diverged.
        loss: of the labels trained on, 1/(2n) sum r^2.
        outcome: converged, unconverged, dead or diverged.
        polished: Gauss-Newton steps led to its rest, which gradient descent then kept.
    """

    step_size: float
    network: int
    edge: float
    sharpness: float
    norm: float
    loss: float
    outcome: str
    steps: int
    polished: bool

    @property
    def bound(self) -> float:
        """1 + 2 ||f||, the lower bound on the sharpness."""
        return 1 + 2 * self.norm

    @property
    def shown(self) -> bool:
        """Whether it is a network: neither dead nor diverged."""
        return self.outcome not in (DEAD, DIVERGED)

    @property
    def converged(self) -> bool:
        """Whether gradient descent rests there."""
        return self.outcome == CONVERGED

    @property
    def fitted(self) -> bool:
        """Whether it meets its labels no sharper than 2/eta, but was not seen to rest: at the edge that takes long."""
        return self.shown and not self.converged and self.loss < FITTED and self.sharpness <= self.edge

    @property
    def sharper(self) -> bool:
        """Whether it has not come to rest and is sharper than 2/eta, whatever its loss: it would not stay."""
        return self.shown and not self.converged and self.sharpness > self.edge

    @property
    def ended(self) -> str:
        """How it ended, in words."""
        how = f"{FIT}, no sharper than 2/eta" if self.fitted else self.outcome
        if self.sharper:
            how = f"{FIT if self.loss < FITTED else how}, sharper than 2/eta"
        return f"{how}, polished" if self.polished else how


@dataclass(frozen=True)
class Table:
    """What was trained, and where it ended.

    Attributes:
        rows: step sizes ascending, for each the networks in their order.
        networks: parameters [B, ...] by field name, in the order of the rows.
        interrupted: Ctrl-C came first.
    """

    data: Labelled
    plan: Plan
    rows: tuple[Row, ...]
    networks: Mapping[str, Array]
    interrupted: bool

    def counts(self) -> dict[str, int]:
        """How many networks ended how."""
        seen = Counter(row.outcome for row in self.rows)
        return {name: seen[name] for name in OUTCOMES}

    def fields(self, row: int) -> dict[str, Any]:
        """One end point as a float batch [1, ...] for `CLAIMS`; its labels are what it computes."""
        one = {name: self.networks[name][row : row + 1] for name in FIELDS}
        return {**one, "x": self.data.x[None], "step_size": np.array([self.rows[row].step_size]), **UNSAID}


UNSAID: Mapping[str, None] = {"y": None, "frozen": None, "batch_size": None}
"""Labels are the values of the network; everything is trained, on all data at once."""

LOWER = next(link for link in LINKS if link.id == "sharpness-bounds-norm")
UPPER = Claim(
    "at-most-the-edge",
    SHALLOW_RELU,
    "sharpness <= 2/eta at a differentiable, interpolating minimum",
    (*TWICE_DIFFERENTIABLE, *LOWER.assumes[len(TWICE_DIFFERENTIABLE) :]),
    STABLE.checks,
)
CLAIMS = {"lower": LOWER, "upper": UPPER, "bound": STABILITY_NORM.claims[0]}
"""What is to be decided on each end point: the chain 1 + 2 ||f|| <= sharpness <= 2/eta, and the theorem."""


def across(data: Labelled, plan: Plan) -> Table:
    """Train every beginning at every step size; Ctrl-C ends it early, with what is done.

    Raises:
        PlanError: the sharpness is no number, so that no step sizes can be chosen.
    """
    start, x, y = _begun(data.x, plan), torch.from_numpy(np.ascontiguousarray(data.x)), torch.from_numpy(data.y)
    with ctrl_c_noted():
        etas = _chosen(start, x, y, plan)
        repeated = Networks(*(part.repeat(len(etas), *(1,) * (part.dim() - 1)) for part in start))
        each = torch.tensor(np.repeat(etas, plan.networks))
        polished = Rule(polish=True)
        left = plan.steps - polished.settle
        end = converge(repeated, x, y, each, left, polished) if left > 0 else converge(repeated, x, y, each, plan.steps)
        norms = evaluate(end.networks, x).stability_norm
    rows = tuple(_row(end, norms, each, i, i % plan.networks) for i in range(len(each)))
    networks = {name: part.numpy() for name, part in zip(FIELDS, end.networks, strict=True)}
    return Table(data, plan, rows, networks, end.interrupted)


def _begun(x: Array, plan: Plan) -> Networks:
    """PyTorch's uniform weights; every hyperplane passes near a random point of a segment between two data."""
    rng = np.random.Generator(np.random.PCG64([plan.seed, 3]))
    (n, d), b, k = x.shape, plan.networks, plan.neurons
    w1 = rng.uniform(-1, 1, (b, k, d)) * plan.spread / np.sqrt(d)
    w2 = rng.uniform(-1, 1, (b, k)) * plan.spread / np.sqrt(k)
    ends, share = rng.integers(0, n, (2, b, k)), rng.random((b, k, 1))
    points = x[ends[0]] + share * (x[ends[1]] - x[ends[0]])
    offset = rng.uniform(-0.1, 0.1, (b, k)) * np.linalg.norm(w1, axis=-1)
    b1 = offset - (w1 * points).sum(-1)
    return Networks(*(torch.from_numpy(part) for part in (w1, b1, w2, np.zeros(b))))


def _chosen(start: Networks, x: Tensor, y: Tensor, plan: Plan) -> list[float]:
    """The step sizes, ascending; those chosen here have three digits."""
    if not isinstance(plan.step_sizes, int):
        return sorted(set(plan.step_sizes))
    small = SMALL / _sharpness(start, x)
    reached = _sharpness(converge(start, x, y, small, min(TRIED, plan.steps)).networks, x)
    spaced = np.geomspace(LOWEST / reached, HIGHEST / reached, plan.step_sizes)
    return sorted({float(f"{eta:.3g}") for eta in spaced})


def _sharpness(networks: Networks, x: Tensor) -> float:
    """The median; raises PlanError."""
    found = float(evaluate(networks, x).sharpness.median())
    if not 0 < found < math.inf:
        raise PlanError("the sharpness of these networks is no number; give the step sizes yourself")
    return found


def _row(end: Converged, norms: Tensor, each: Tensor, i: int, network: int) -> Row:
    eta = float(each[i])
    return Row(
        step_size=eta,
        network=network,
        edge=2 / eta,
        sharpness=float(end.sharpness[i]),
        norm=float(norms[i]),
        loss=float(end.loss[i]),
        outcome=OUTCOMES[int(end.codes[i])],
        steps=int(end.steps[i]),
        polished=bool(end.polished[i]),
    )
