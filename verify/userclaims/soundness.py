"""Checks of a user's function, with sides that can be decided exactly."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any, Literal

import numpy as np
from flint import fmpq, fmpz

from refutable.theorems.checks import Check
from refutable.theorems.exact import Real
from refutable.theorems.views import View

FLIPPED: dict[str, Literal["<=", "<"]] = {">=": "<=", ">": "<"}
OPERATORS = ("<=", "<", "==", "psd", "true")
SCALAR = ("<=", "<", "==")


def sound(check: object, view: View) -> Check:
    """The check with its smaller side left, and integers and fractions as numbers of the view's arithmetic.

    Raises:
        TypeError: not a check; on exact views also a side that is no exact number, a float for instance.
        ValueError: an unknown operator.
    """
    if not isinstance(check, Check):
        raise TypeError(f"the function gave {type(check).__name__}, which is not iterable into checks")
    if check.op in FLIPPED:
        check = replace(check, left=check.right, op=FLIPPED[check.op], right=check.left)
    if check.op not in OPERATORS:
        raise ValueError(f"Check compares by <=, <, ==, psd or true, not {check.op!r:.20}")
    if check.op not in SCALAR:
        return check
    return replace(check, left=_side(check.left, view), right=_side(check.right, view))


def _side(side: Any, view: View) -> Any:
    if isinstance(side, Fraction):
        return view.ops.ratio(side.numerator, side.denominator)
    if not view.ops.exact:
        return side
    if isinstance(side, np.ndarray):
        exact = np.empty(side.shape, dtype=object)
        for position in np.ndindex(side.shape):
            exact[position] = _exact(side[position])
        return exact
    return _exact(side)


def _exact(value: Any) -> Any:
    if isinstance(value, Fraction):
        return fmpq(value.numerator, value.denominator)
    if isinstance(value, fmpz):
        return fmpq(value)
    if isinstance(value, fmpq | Real | int | np.integer):
        return value
    raise TypeError(f"a side of the comparison is of type {type(value).__name__}, no exact number")
