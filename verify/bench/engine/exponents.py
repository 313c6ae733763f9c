"""Exponents by which times grow with sizes, fitted by least squares of logarithms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np


def exponents(sizes: Sequence[Mapping[str, float]], seconds: Sequence[float]) -> dict[str, float]:
    """p in seconds = constant * product of size^p; only for sizes that vary, {} where they do not determine it.

    Args:
        sizes: positive, one mapping with the same names for each measurement.
        seconds: positive.
    """
    names = [name for name in (sizes[0] if sizes else {}) if len({one[name] for one in sizes}) > 1]
    if not names:
        return {}
    logs = np.log(np.array([[one[name] for name in names] for one in sizes], dtype=float))
    design = np.column_stack([logs, np.ones(len(sizes))])
    found, _, rank, _ = np.linalg.lstsq(design, np.log(np.array(seconds, dtype=float)), rcond=None)
    if rank < len(names) + 1:
        return {}
    return {name: round(float(power), 3) for name, power in zip(names, found, strict=False)}


def words(powers: Mapping[str, float]) -> str:
    """n^1.2 k^0.9."""
    return " ".join(f"{name}^{power:.2g}" for name, power in powers.items()) or "not determined"
