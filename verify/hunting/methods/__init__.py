"""The portfolio: each method is a generator of units of work, resumed by the scheduler as long as it pays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from refutable.verify.hunting.methods.ascend import ascend
from refutable.verify.hunting.methods.drawn import drawn
from refutable.verify.hunting.methods.edge import edge
from refutable.verify.hunting.methods.evolve import evolve
from refutable.verify.hunting.methods.known import known
from refutable.verify.hunting.methods.polish import polish
from refutable.verify.hunting.methods.sweep import sweep
from refutable.verify.hunting.search import Search, Steps


@dataclass(frozen=True)
class Method:
    """One way to search.

    Attributes:
        floats: needs float scores.
        warm: uses what is known beforehand: left out of cold hunts.
        weight: its share of the budget before it has shown anything.
    """

    id: str
    run: Callable[[Search], Steps]
    meaning: str
    floats: bool = False
    warm: bool = False
    weight: float = 1.0


METHODS = (
    Method(
        "known",
        known,
        "known instances: named, kept, trained, equality families, hints",
        warm=True,
        weight=4.0,
    ),
    Method("drawn", drawn, "Hypothesis strategies of the domain"),
    Method("sweep", sweep, "random float batches of many regimes and scales", floats=True, weight=0.5),
    Method(
        "ascend",
        ascend,
        "gradient ascent of many starts over weights and data",
        floats=True,
        weight=3.0,
    ),
    Method("edge", edge, "exact bisection to the edge of what the assumptions allow", weight=0.5),
    Method("evolve", evolve, "CMA-ES and structural variations of the best instances"),
    Method("polish", polish, "ascent in exact arithmetic, where floats end", weight=0.3),
)
"""In the order in which they have their first turn."""
