"""Differential evolution (SciPy) and CMA-ES (`cma`) on the hunt's float score, restarted with a new size each time."""

from __future__ import annotations

import importlib
from contextlib import suppress
from typing import Any

import numpy as np
import torch

from refutable.verify.bench.baselines.coordinates import Coordinates
from refutable.verify.bench.baselines.trial import DeadEnd, Finished, NotApplicable, Trial

STARTS = 64
"""Random rows a run begins with."""
BOUND = 4.0
"""Half the width of the box that differential evolution searches."""
GENERATIONS = 400
PER_COORDINATE = 10
EVALUATIONS = 20_000
"""Of one run of CMA-ES, unless it ends by itself."""
WIDTH = 0.5
LARGER = (1, 1, 8, 8)
"""Factors of the default population of CMA-ES, run after run."""


def load() -> None:
    """Import what the optimisers need, so that no clock counts it."""
    for name in ("scipy.optimize", "cma"):
        with suppress(ImportError):
            importlib.import_module(name)


def differential_evolution(trial: Trial) -> None:
    """SciPy's, a population scored in one batch; begun from the hunt's random rows and a Latin hypercube in turn.

    Raises:
        NotApplicable: the claim has no float score.
    """
    from scipy.optimize import differential_evolution as evolved

    while not trial.over:
        coordinates, points = _begun(trial)
        init = np.clip(points, -BOUND, BOUND) if trial.restarts % 2 else "latinhypercube"
        energies = _Energies(trial, coordinates, "differential evolution")
        try:
            evolved(
                lambda x, energies=energies: energies(np.asarray(x).reshape(energies.length, -1).T),
                [(-BOUND, BOUND)] * coordinates.length,
                maxiter=GENERATIONS,
                popsize=PER_COORDINATE,
                tol=0.0,
                polish=False,
                init=init,
                updating="deferred",
                vectorized=True,
                rng=_random(trial),
            )
        except DeadEnd:
            continue
        except Finished:
            return


def cma_es(trial: Trial) -> None:
    """The `cma` package, begun from one of the hunt's random rows and from a standard normal point in turn.

    Raises:
        NotApplicable: the claim has no float score, or `cma` is not installed.
    """
    try:
        cma = importlib.import_module("cma")
    except ImportError:
        raise NotApplicable("the package cma is not installed") from None
    while not trial.over:
        coordinates, points = _begun(trial)
        random = _random(trial)
        start = points[0] if trial.restarts % 2 else random.standard_normal(coordinates.length)
        factor = LARGER[trial.restarts % len(LARGER)]
        options = {"seed": int(random.integers(1, 2**31)), "popsize_factor": factor}
        try:
            _evolve(cma, _Energies(trial, coordinates, "cma"), start, options)
        except DeadEnd:
            continue
        except Finished:
            return


def _evolve(cma: Any, energies: _Energies, start: Any, options: dict[str, Any]) -> None:
    """One run, until it says that it ends."""
    quietly = {"maxfevals": EVALUATIONS, "verbose": -9, "verb_log": 0}
    strategy = cma.CMAEvolutionStrategy(start, WIDTH, {**quietly, **options})
    while not strategy.stop():
        points = strategy.ask()
        strategy.tell(points, energies(np.asarray(points)).tolist())


class _Energies:
    """Scores with the sign changed, since both minimise, of points [B, length]."""

    def __init__(self, trial: Trial, coordinates: Coordinates, method: str) -> None:
        self.trial, self.coordinates, self.method = trial, coordinates, method
        self.length = coordinates.length

    def __call__(self, points: Any) -> Any:
        rows = self.coordinates.rows(torch.as_tensor(np.ascontiguousarray(points), dtype=torch.float64))
        return -self.trial.scores(rows, self.method).numpy()


def _begun(trial: Trial) -> tuple[Coordinates, Any]:
    """A new size: its coordinates, and random points [STARTS, length].

    Raises:
        NotApplicable: nothing varies continuously.
    """
    rows = trial.start(STARTS)
    coordinates = Coordinates(trial.objective, rows)
    if coordinates.length < 2:
        raise NotApplicable("fewer than two numbers vary continuously")
    return coordinates, coordinates.points(rows).numpy()


def _random(trial: Trial) -> np.random.Generator:
    return np.random.default_rng([trial.search.options.seed, trial.restarts])
