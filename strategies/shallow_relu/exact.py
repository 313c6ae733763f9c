"""Converged training with a certificate that an exact minimum is there, for claims about interpolating minima.

A float run never interpolates exactly. Where a certificate places an exact interpolating minimum of the same labels
beside the end point, claims are decided on the whole box of networks around it, and so at that minimum.
"""

from __future__ import annotations

from functools import lru_cache

from flint import fmpq

from refutable.strategies.shallow_relu.demands import Demands
from refutable.strategies.supply import Boxes, Effort
from refutable.strategies.training.recipes import Recipe

RECIPES = (
    Recipe(401, 24, 10, 16, 8, "gaussian", "noise", "1/10", 20_000),
    Recipe(402, 24, 5, 16, 6, "uniform", "sine", "1/5", 20_000),
    Recipe(403, 24, 2, 16, 6, "uniform", "noise", "1/5", 40_000),
    Recipe(404, 32, 1, 16, 4, "uniform", "sine", "1/5", 40_000),
    Recipe(405, 32, 1, 16, 3, "gaussian", "noise", "1/5", 40_000),
)
"""Wide enough to interpolate, small enough for exact certificates in milliseconds."""
NO_EXACT_MINIMA = "exact minima beside converged networks: nothing is trained in this profile"
"""What the effort ci does not collect: where training ends differs between machines."""
FEW = 8
"""Networks of each recipe in the effort quick."""


def about_exact_minima(wanted: Demands) -> bool:
    """Whether a claim assumes what only an exact minimum satisfies, and nothing that a box around one cannot."""
    return (wanted.interpolating or wanted.critical) and not (wanted.kinked or wanted.semidefinite)


def exact_boxes(wanted: Demands, effort: Effort, device: str) -> tuple[Boxes, ...]:
    """Boxes around exact minima that satisfy what a claim about interpolating points assumes; () for other claims.

    None in the effort ci, see `NO_EXACT_MINIMA`.
    """
    if effort == "ci" or not about_exact_minima(wanted):
        return ()
    chosen = [number for number, recipe in enumerate(RECIPES) if recipe.inputs == 1 or not wanted.univariate]
    found = (_boxes(number, effort == "quick", device) for number in chosen)
    return tuple(boxes for boxes in found if boxes is not None)


@lru_cache(maxsize=2 * len(RECIPES))
def _boxes(number: int, quick: bool, device: str) -> Boxes | None:
    import torch

    from refutable.strategies.engine.converge import converge
    from refutable.strategies.engine.exact_minima import exact_minima
    from refutable.strategies.training.train import initial

    recipe = RECIPES[number]
    rows = slice(0, FEW if quick else recipe.networks)
    start, x, y = initial(recipe)
    networks = type(start)(*(part[rows] for part in start))
    eta = fmpq(recipe.eta.numerator, recipe.eta.denominator)
    end = converge(networks, x[rows], y[rows], float(recipe.eta), recipe.steps, threads=1)
    exact = exact_minima(end, x[rows], y[rows], eta)
    kept = sorted(exact.found)
    if not kept:
        return None
    controls = torch.tensor([exact.found[index].stable is False for index in kept])
    counts = {"trained": len(networks.b2), **exact.counts}
    return Boxes(exact.rows(kept), controls.numpy(), counts, f"recipe {recipe.digest()[:12]}, networks {kept}")
