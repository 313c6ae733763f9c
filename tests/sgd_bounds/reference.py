"""SGD on quadratic losses in numpy and fractions: every batch enumerated, no operator of the package used."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations
from typing import Any

import numpy as np

from refutable.theorems.instances import Instance


def floats(instance: Instance) -> Any:
    """The Hessians [n, p, p] in float64."""
    return np.vectorize(lambda q: float(q.p) / float(q.q), otypes=[np.float64])(instance["hessians"])


def fractions(array: Any) -> Any:
    """The same numbers as Python fractions."""
    return np.vectorize(lambda q: Fraction(int(q.p), int(q.q)), otypes=[object])(array)


def batch_means(hessians: Any, batch_size: int) -> Iterator[Any]:
    """H_b for every batch b."""
    for batch in combinations(range(len(hessians)), batch_size):
        yield sum(hessians[i] for i in batch) / batch_size


def radius(hessians: Any, batch_size: int, step_size: float) -> float:
    """Spectral radius of the mean of (I - eta H_b) kron (I - eta H_b) on symmetric matrices of the range of H."""
    values, vectors = np.linalg.eigh(hessians.mean(axis=0))
    basis = vectors[:, values > 1e-10 * values[-1]]
    inside = [basis.T @ h @ basis for h in hessians]
    steps = [np.eye(basis.shape[1]) - step_size * h for h in batch_means(inside, batch_size)]
    return float(np.abs(np.linalg.eigvalsh(sum(np.kron(s, s) for s in steps) / len(steps))).max())


def threshold(hessians: Any, batch_size: int) -> float:
    """eta* by bisection on the spectral radius."""
    low, high = 0.0, 4 / float(np.linalg.eigvalsh(hessians.mean(axis=0))[-1])
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if radius(hessians, batch_size, middle) <= 1 else (low, middle)
    return low


def after_one_step(instance: Instance, form: Any) -> Fraction:
    """E theta_1^T form theta_1 in fractions, one batch after the other."""
    hessians, start = fractions(instance["hessians"]), fractions(instance["displacement"])
    step = fractions(np.array([instance["step_size"]], dtype=object))[0]
    total, count = Fraction(0), 0
    for mean in batch_means(list(hessians), instance["batch_size"]):
        theta = start - step * (mean @ start)
        total, count = total + theta @ form @ theta, count + 1
    return total / count
