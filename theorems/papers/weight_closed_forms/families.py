"""Named instances: every law inside its support, and two atoms where the loosened bound is attained."""

from __future__ import annotations

from typing import Any

from flint import fmpq

from refutable.theorems.domains.distribution import DISTRIBUTION
from refutable.theorems.instances import Instance
from refutable.theorems.records import Family, Range


def law_at(law: str, parameters: tuple[Any, ...], point: Any, radius: Any = None) -> Instance:
    """A law at a point; ``parameters`` are the atoms of the empirical law."""
    numbers = list(parameters) or None
    name = "atoms" if law == "empirical" else "parameters"
    return DISTRIBUTION.instance(law=[law], point=point, radius=radius, **{name: numbers})


CASES: tuple[tuple[str, tuple[Any, ...], Any], ...] = (
    ("uniform", (0, 1), "1/2"),
    ("uniform", (-2, 3), "-1/3"),
    ("gaussian", (0, 1), 0),
    ("gaussian", (1, 2), "1/2"),
    ("gaussian", (0, "1/4"), 2),
    ("laplace", (1,), 1),
    ("laplace", (2,), "-1/2"),
    ("exponential", (1,), 1),
    ("exponential", (2,), "1/8"),
    ("triangular", (), "1/2"),
    ("triangular", (), 0),
    ("beta", (2, 3), "1/2"),
    ("beta", (5, 1), "3/4"),
    ("grid", (0, 1, 5), "3/2"),
    ("grid", (-1, "1/4", 9), "1/4"),
    ("two-atoms", (1,), 0),
    ("two-atoms", ("3/4",), "1/4"),
    ("ball", (1,), "1/2"),
    ("ball", (2,), "1/2"),
    ("ball", (3,), "-1/2"),
    ("ball", (4,), "-1/3"),
    ("ball", (9,), "1/4"),
    ("empirical", (-1, 0, 2), 1),
    ("empirical", (0, 0, 1, 5), 1),
)

NAMED_LAWS = Family(
    id="named-laws",
    parameters={"case": Range(choices=CASES)},
    build=lambda case: law_at(*case),
    attains="equality",
    meaning="every named law at points inside its support",
)

TWO_ATOMS_AT_ZERO = Family(
    id="two-atoms-at-zero",
    parameters={"c": Range(choices=(fmpq(1), fmpq(3, 4), fmpq(4, 3), fmpq(1, 1024), fmpq(512)))},
    build=lambda c: law_at("two-atoms", (c,), 0),
    attains="equality",
    meaning="two atoms +-c at t = 0: the loosened bound is attained",
)
