"""Slow references: plain fractions over all sequences of batches, and dense float linear algebra."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations, product
from typing import Any

import numpy as np
from flint import fmpq

from refutable.theorems.exact import fraction
from refutable.theorems.instances import Instance


def fractions(array: Any) -> Any:
    return np.vectorize(fraction, otypes=[object])(array)


def end_points(instance: Instance, steps: int, start: Any) -> list[Any]:
    """theta_T of every sequence of batches."""
    hessians, eta = fractions(instance["hessians"]), fraction(instance["step_size"])
    n, p = hessians.shape[:2]
    zero = np.full((n, p), Fraction(0), dtype=object)
    gradients = zero if instance["gradients"] is None else fractions(instance["gradients"])
    batches = [list(b) for b in combinations(range(n), instance["batch_size"])]
    found = []
    for sequence in product(batches, repeat=steps):
        theta = fractions(start)
        for batch in sequence:
            slope = hessians[batch].sum(axis=0) @ theta + gradients[batch].sum(axis=0)
            theta = theta - eta * slope / Fraction(len(batch))
        found.append(theta)
    return found


def second_moment(ends: list[Any]) -> Any:
    return sum(np.outer(theta, theta) for theta in ends) / Fraction(len(ends))


def floats(array: Any) -> Any:
    return np.vectorize(lambda q: float(fraction(q)), otypes=[np.float64])(array)


def reference_threshold(hessians: Any, batch_size: int) -> float:
    """2 / lambda_max(C^+ D) with a pseudo-inverse of the whole C [p^2, p^2]."""
    n, p, _ = hessians.shape
    noise = 0.0 if n == batch_size else (n - batch_size) / (batch_size * (n - 1))
    mean, identity = hessians.mean(axis=0), np.eye(p)
    drift = (np.kron(mean, identity) + np.kron(identity, mean)) / 2
    diffusion = (1 - noise) * np.kron(mean, mean) + noise * sum(np.kron(h, h) for h in hessians) / n
    eigenvalues = np.linalg.eigvals(np.linalg.pinv(drift, rcond=1e-10) @ diffusion)
    return float(2 / eigenvalues.real.max())


def same(exact: Any, reference: Any) -> bool:
    """Whether an array of fmpq equals one of fractions."""
    pairs = zip(np.ravel(exact), np.ravel(reference), strict=True)
    return all(a == fmpq(b.numerator, b.denominator) for a, b in pairs)


def rank_one_losses(draw: np.random.Generator, n: int, p: int) -> list[list[list[int]]]:
    """a_i a_i^T of small integer vectors, not all 0."""
    vectors = draw.integers(-3, 4, (n, p))
    vectors[0, 0] = 2
    return [[[int(x * y) for x in a] for y in a] for a in vectors]
