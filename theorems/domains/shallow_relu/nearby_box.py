"""All networks about certified minima, as certified floats: what holds on the box holds at the exact minimum in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from flint import fmpq

from refutable.theorems.domains.shallow_relu.forward import GROUPS
from refutable.theorems.domains.shallow_relu.nearby_minimum import Nearby
from refutable.theorems.exact import to_float
from refutable.theorems.ops.certified_array import INFLATE, TINY, CertifiedArray, certified

FIXED = ("x", "step_size")


def box(minima: Sequence[Nearby]) -> dict[str, CertifiedArray]:
    """Rows [B, ...] of certified floats by field name, each of which contains an exact minimum with its data.

    Labels are left out: at the exact minimum y_j = f(x_j). A claim that certainly holds on a row, labelled by itself,
    therefore holds at the minimum with the labels it was trained on. Fields that are null in the first are left out.

    Args:
        minima: certificates of networks of one shape, with the same frozen groups.

    Raises:
        ValueError: none, or their shapes or frozen groups differ.
    """
    if not minima:
        raise ValueError("there are no minima to enclose")
    first = minima[0].centre
    names = [name for name in (*GROUPS, *FIXED) if first[name] is not None]
    for found in minima:
        centre = found.centre
        if centre["frozen"] != first["frozen"] or any(
            (centre[name] is None) != (first[name] is None) for name in names
        ):
            raise ValueError("the networks differ in what is frozen or null; enclose those that are alike together")
        if any(np.shape(centre[name]) != np.shape(first[name]) for name in names):
            raise ValueError("the networks or their data differ in shape; enclose those of one shape together")
    return {name: _rows(minima, name) for name in names}


def _rows(minima: Sequence[Nearby], name: str) -> CertifiedArray:
    frozen = minima[0].centre["frozen"] or frozenset()
    moves = name not in FIXED and name not in frozen
    parts = [_about(found.centre[name], found.radius if moves else fmpq(0)) for found in minima]
    return CertifiedArray(np.stack([part.mid for part in parts]), np.stack([part.rad for part in parts]))


def _about(value: Any, radius: fmpq) -> CertifiedArray:
    """Every number within ``radius`` of the exact entries."""
    width = float(np.nextafter(to_float(radius), np.inf)) if radius else 0.0
    numbers = [certified(entry) for entry in np.asarray(value, dtype=object).ravel()]
    mid = np.array([float(number.mid) for number in numbers]).reshape(np.shape(value))
    rad = np.array([float(number.rad) for number in numbers]).reshape(np.shape(value))
    return CertifiedArray(mid, (rad + width) * INFLATE + TINY if width else rad)
