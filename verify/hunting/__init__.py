"""Hunting: find, certify, shrink and keep counterexamples to a claim."""

from refutable.verify.hunting.hunt import hunt, ignore
from refutable.verify.hunting.results import Counterexample, Options, Progress, Result, Suspicion, Tightest
from refutable.verify.hunting.target import Target, catalogue_target, user_target

__all__ = [
    "Counterexample",
    "Options",
    "Progress",
    "Result",
    "Suspicion",
    "Target",
    "Tightest",
    "catalogue_target",
    "hunt",
    "ignore",
    "user_target",
]
