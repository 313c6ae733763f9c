"""Conditions on z that are weaker than feasibility: squares of smaller values than the largest |z.(Xu)_+|."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from flint import fmpq

from refutable.theorems.domains.weight_decay_relu.arrangement import ZERO, Rows, dot
from refutable.theorems.domains.weight_decay_relu.dual import Candidate, candidates, dual_norm_square

Square = Callable[[Rows, Sequence[fmpq]], fmpq]


def _over(kept: Callable[[Rows, Candidate], bool]) -> Square:
    """The largest square over some of the candidates."""
    return lambda rows, z: max((c.square for c in candidates(rows, z) if kept(rows, c)), default=ZERO)


def _not_all_active(rows: Rows, one: Candidate) -> bool:
    return not all(dot(row, one.direction) > 0 for row in rows)


def _inside_own_cell(rows: Rows, one: Candidate) -> bool:
    return one.full and one.square == dot(one.direction, one.direction)


def _one_sided(rows: Rows, one: Candidate) -> bool:
    return one.sign > 0


def _linear(rows: Rows, z: Sequence[fmpq]) -> fmpq:
    """|X^T z|^2."""
    gradient = tuple(sum((q * row[i] for q, row in zip(z, rows, strict=True)), ZERO) for i in range(len(rows[0])))
    return dot(gradient, gradient)


WEAKER: Mapping[str, Square] = {
    "pattern-missing": _over(_not_all_active),
    "own-cells-only": _over(_inside_own_cell),
    "one-sided": _over(_one_sided),
    "linear-network": _linear,
    "twice-the-penalty": lambda rows, z: dual_norm_square(rows, z) / 4,
}
"""By name of the condition: its square must be at most beta^2."""
