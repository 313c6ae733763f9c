"""Real data: the small tables bundled with scikit-learn, standardised and rounded to sixteenths."""

from __future__ import annotations

import importlib.util
from functools import lru_cache

import numpy as np
from flint import fmpq
from numpy.typing import NDArray

TABLES = ("digits", "diabetes")
GRID = 16


def available_tables() -> tuple[str, ...]:
    """The tables that can be read here."""
    return () if importlib.util.find_spec("sklearn") is None else TABLES


def missing_tables() -> tuple[str, ...]:
    """Each absent table with the reason and the remedy."""
    absent = [name for name in TABLES if name not in available_tables()]
    return tuple(f"{name}: scikit-learn is not installed (pip install 'refutable[data]')" for name in absent)


@lru_cache(maxsize=2)
def table(name: str) -> NDArray[np.int64]:
    """A table's rows [rows, columns] in sixteenths: mean 0, variance 1, no constant column.

    Raises:
        ModuleNotFoundError: scikit-learn is absent.
    """
    from sklearn import datasets  # optional, and slow to load

    features = np.asarray(getattr(datasets, f"load_{name}")(return_X_y=True)[0], dtype=float)
    varying = features[:, features.std(axis=0) > 0]
    standardised = (varying - varying.mean(axis=0)) / varying.std(axis=0)
    return np.asarray(np.rint(GRID * standardised), dtype=np.int64)


def entry(name: str, row: int, column: int) -> fmpq:
    """One number of a table."""
    return fmpq(int(table(name)[row, column]), GRID)
