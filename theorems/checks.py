"""Checks: single comparisons between exactly defined numbers, decided without tolerance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from flint import fmpq

from refutable.theorems.exact import Real, agreement, as_real, compare, is_psd
from refutable.theorems.ops.exact import to_matrix

Operator = Literal["<=", "<", "==", "psd", "true"]


@dataclass(frozen=True)
class Decision:
    """The outcome of one check.

    Attributes:
        truth: True, False, or None (undecided, with the reason).
        touching: the comparison holds or fails with equality.
        left, right: both sides of a scalar comparison; None for arrays, ``psd`` and ``true``.
        agrees: a transcendental identity whose enclosures overlap at width < 2^-200; counted apart from holds.
        reason: why undecided, or which element decided.
    """

    truth: bool | None
    touching: bool = False
    left: fmpq | Real | None = None
    right: fmpq | Real | None = None
    agrees: bool = False
    reason: str = ""


@dataclass(frozen=True)
class Check:
    """``left op right``. Arrays are compared element by element; all must hold.

    ``psd``: left, a rational symmetric matrix, is positive semidefinite. ``true``: left is True, False or None.
    """

    left: Any
    op: Operator
    right: Any = 0
    label: str = ""
    reason: str = ""

    def decide(self) -> Decision:
        """Decide exactly. Sides must come from an exact view."""
        if self.op == "true":
            return Decision(None if self.left is None else bool(self.left), reason=self.reason)
        if self.op == "psd":
            return Decision(is_psd(to_matrix(self.left)), reason=self.reason)
        if isinstance(self.left, np.ndarray) or isinstance(self.right, np.ndarray):
            return self._decide_elements()
        return _decide_scalar(_plain(self.left), self.op, _plain(self.right))

    def _decide_elements(self) -> Decision:
        pairs = np.broadcast(np.asarray(self.left, dtype=object), np.asarray(self.right, dtype=object))
        worst: Decision | None = None
        touching = agrees = False
        for position, (a, b) in enumerate(pairs):
            one = _decide_scalar(_plain(a), self.op, _plain(b))
            touching, agrees = touching or one.touching, agrees or one.agrees
            if one.truth is False:
                return Decision(False, one.touching, reason=_at(position, one, self.op))
            if one.truth is None and worst is None:
                worst = one
        return worst or Decision(True, touching, agrees=agrees)


def _at(position: int, decision: Decision, op: Operator) -> str:
    left, right = (as_real(side) for side in (decision.left, decision.right) if side is not None)
    return f"entry {position} is {_short(left)}, not {op} {_short(right)}"


def _short(x: Real) -> str:
    return str(x.ball(64).str(6, radius=False))


def _plain(x: Any) -> fmpq | Real:
    return fmpq(int(x)) if isinstance(x, int | np.integer) else x


def _decide_scalar(left: fmpq | Real, op: Operator, right: fmpq | Real) -> Decision:
    order = compare(left, right)
    if order is None:
        return _undecided(left, op, right)
    truth = {"<=": order <= 0, "<": order < 0, "==": order == 0}[op]
    return Decision(truth, order == 0, left, right)


def _undecided(left: fmpq | Real, op: Operator, right: fmpq | Real) -> Decision:
    if op == "==" and agreement(as_real(left), as_real(right)):
        return Decision(True, True, left, right, agrees=True, reason="enclosures overlap at width < 2^-200")
    return Decision(None, False, left, right, reason="the two sides could not be separated by balls of 4096 bits")


def tightness(decision: Decision) -> float | None:
    """left/right of a scalar comparison as a float for display, None when right is not positive."""
    if decision.left is None or decision.right is None:
        return None
    left, right = as_real(decision.left), as_real(decision.right)
    if not float(right.ball(64).mid()) > 0:
        return None
    return float((left.ball(128) / right.ball(128)).mid())
