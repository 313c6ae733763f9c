"""How much of each kind of evidence a claim gets: what its entry asks for, else what the profile says."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

from refutable.run_options import FRESHLY_SEEDED
from refutable.verify.gate.entries import Evidence
from refutable.verify.profiles import PREFIX, Profile, profile

EVALUATIONS_A_SECOND = 20_000
"""A seeded profile searches for so many evaluations in place of a second, so that every machine does the same."""
HUNTS = {"quick": 0.0, "default": 2.0, "ci": 2.0, "nightly": 60.0, "thorough": 30.0}
MASS = {"quick": 0, "default": 0, "ci": 0, "nightly": 20_000, "thorough": 50_000}
SHRINK = 4000
"""Decisions spent on making a counterexample small, in every profile: it is what a failing gate shows."""
LEAST_REFUTING = 10.0
"""Seconds spent on a claim that is listed as refuted, before the listing counts as wrong."""


@dataclass(frozen=True)
class Amounts:
    """What is tried; see `Evidence` for the meanings."""

    drawn: int
    constructed: int
    trained: int
    mass: int
    swept: int
    hunt: float


def amounts(asked: Evidence, profile_name: str) -> Amounts:
    """What an entry's claim gets in a profile (with or without the prefix refutable-)."""
    chosen, name = profile(profile_name), profile_name.removeprefix(PREFIX)
    usual = Amounts(chosen.drawn, chosen.families, chosen.trained, MASS[name], chosen.batch, HUNTS[name])
    given = {f.name: getattr(asked, f.name) for f in fields(asked) if getattr(asked, f.name) is not None}
    return replace(usual, **given)


def tried_by(profile_name: str, amount: Amounts, batches: int) -> Profile:
    """The profile with these amounts; ``batches`` share the minima trained in mass."""
    chosen = profile(profile_name)
    return replace(
        chosen,
        drawn=amount.drawn,
        shards=1,
        further=amount.drawn,
        links=max(1, amount.drawn // 3),
        families=amount.constructed,
        trained=amount.trained,
        visited=amount.trained,
        integrated=0,
        batch=amount.swept,
        minima=-(-amount.mass // batches) if batches else 0,
        shrink=SHRINK,
    )


def by_the_clock(profile_name: str) -> bool:
    """Whether a profile starts elsewhere each time: its hunts take the seconds asked for, and keep what they find."""
    return PREFIX + profile_name.removeprefix(PREFIX) in FRESHLY_SEEDED


def evaluations(profile_name: str, seconds: float) -> int | None:
    """The budget of a hunt in evaluations; None: by the clock."""
    if by_the_clock(profile_name):
        return None
    return max(1, round(seconds * EVALUATIONS_A_SECOND))
