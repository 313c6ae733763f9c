"""Solutions of differential equations in floats, by domain: what a solver returns, and how far it is from sure."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol

SOURCES: dict[str, str] = {
    "homogeneous-network": "refutable.strategies.homogeneous_network.solutions",
    "output-layer": "refutable.strategies.output_layer.solutions",
    "separable": "refutable.strategies.separable.solutions",
    "multilinear-flow": "refutable.strategies.multilinear_solutions",
    "circular-convolution": "refutable.strategies.circular_solutions",
    "diagonal-flow": "refutable.strategies.diagonal_flow_solutions",
    "matrix-regression": "refutable.strategies.matrix_regression_solutions",
    "hidden-linear": "refutable.strategies.hidden_linear.solutions",
    "iterated-margins": "refutable.strategies.iterated_margins_solutions",
    "decomposable-flow": "refutable.strategies.decomposable_flow_solutions",
    "multiclass-margins": "refutable.strategies.multiclass_margins_solutions",
    "tail-margins": "refutable.strategies.tail_margins_solutions",
}
"""The module of each domain that holds its ``SOLUTIONS``, by domain id."""


FINE, COARSE = (1e-10, 1e-12), (1e-8, 1e-10)
"""Relative and absolute tolerance of the two solves, where nothing else is said."""


@dataclass(frozen=True)
class Solution:
    """A state that an ODE solver reached, twice: what differs between the two estimates the error.

    Attributes:
        fine: every field of the domain in floats (numpy, shaped as the field), from a solve at a tolerance of 1e-10.
        coarse: the same from a solve whose error is surely larger: a tolerance 100 times as large, and an earlier end
            where a limit is meant.
        origin: enough to make it again.
    """

    fine: Mapping[str, Any]
    coarse: Mapping[str, Any]
    origin: str


class SolutionSource(Protocol):
    """Solutions of the domain's differential equation."""

    def solutions(self, claim: str, assumes: frozenset[str], count: int, seed: int) -> Iterable[Solution]:
        """At most ``count`` solutions, the same for the same seed on one kind of machine.

        Args:
            claim: id of the statement they are for: different statements may need different ends.
            assumes: ids of its assumptions, which the solutions satisfy up to the solver's error.
        """
        ...


@dataclass(frozen=True)
class Curve:
    """One series of a picture: points (x, y) in order of x."""

    name: str
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class PublishedSetting:
    """A setting that a paper published, repeated: what the theorem predicts against what a solver finds.

    Attributes:
        predicted, integrated: curves in the same order with the same names.
        explanation: one or two sentences for the reader of the picture.
    """

    title: str
    x_label: str
    y_label: str
    predicted: Sequence[Curve]
    integrated: Sequence[Curve]
    explanation: str
    x_logarithmic: bool = False
    y_logarithmic: bool = False


SETTINGS: dict[str, str] = {
    "init-shape-diagonal": "refutable.strategies.diagonal_flow_setting",
}
"""The module of each theorem, by id, that has a function ``published_setting() -> PublishedSetting``."""


@cache
def solution_source(domain: str) -> SolutionSource | None:
    """Where solutions of a domain come from; None where no equation is solved."""
    if domain not in SOURCES:
        return None
    found: SolutionSource = importlib.import_module(SOURCES[domain]).SOLUTIONS
    return found


@cache
def published_setting(theorem: str) -> PublishedSetting | None:
    """The published setting of a theorem, repeated (seconds); None where none is known."""
    if theorem not in SETTINGS:
        return None
    found: PublishedSetting = importlib.import_module(SETTINGS[theorem]).published_setting()
    return found
