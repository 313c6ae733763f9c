"""How much is tried: counts, never clocks. Every profile is reproducible by its seed."""

from __future__ import annotations

from dataclasses import dataclass, field

from refutable.strategies.supply import Effort, Size

PREFIX = "refutable-"


@dataclass(frozen=True)
class Profile:
    """Counts of what is tried, per claim.

    Attributes:
        drawn: decided, distinct, non-vacuous drawn instances wanted of a theorem's first claim.
        shards: tests that share them (pytest-xdist cannot split one test).
        further: the same for each further claim of a theorem.
        links: the same for each link of a proof.
        families: instances of each equality family.
        trained: most trained minima of each kind.
        visited: states that runs of the dynamics visit; 0 runs none.
        integrated: solutions of a differential equation for each statement about them; 0 solves none.
        batch: rows of a float batch.
        minima: trained minima of each numbered batch (see `verify.mass`); 0 trains no batch.
        shrink: evaluations spent on making a counterexample small.
        effort: of training.
        sizes: of drawn instances.
    """

    name: str
    drawn: int
    shards: int
    further: int
    links: int
    families: int
    trained: int
    visited: int
    integrated: int
    batch: int
    minima: int
    shrink: int
    effort: Effort
    sizes: Size = field(default_factory=Size)

    def share(self, shard: int) -> int:
        """Drawn instances of one shard, counted from 0; together they are ``drawn``."""
        return self.drawn // self.shards + (shard < self.drawn % self.shards)

    def device(self, asked: str) -> str:
        """Where floats are computed: the CPU for "auto" in the effort ci, which does the same on every machine."""
        return "cpu" if self.effort == "ci" and asked == "auto" else asked


PROFILES = {
    profile.name: profile
    for profile in (
        Profile("quick", 25, 1, 15, 8, 4, 20, 20, 3, 500, 200, 200, "quick"),
        Profile("default", 120, 2, 60, 40, 12, 80, 100, 6, 5000, 5000, 1000, "default"),
        Profile("thorough", 2000, 8, 1000, 400, 60, 400, 4000, 100, 100000, 50000, 4000, "thorough", Size(6, 8, 4)),
        Profile("nightly", 1000, 4, 500, 200, 30, 200, 2000, 50, 50000, 20000, 4000, "thorough", Size(6, 8, 4)),
        Profile("ci", 120, 2, 60, 40, 12, 80, 100, 6, 5000, 0, 1000, "ci"),
    )
}


def profile(name: str) -> Profile:
    """The profile of that name, with or without the prefix refutable-.

    Raises:
        KeyError: there is none.
    """
    return PROFILES[name.removeprefix(PREFIX)]
