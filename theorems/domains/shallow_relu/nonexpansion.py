"""Whether one step of gradient descent near a non-differentiable interpolating point can lead away from it.

In mode m, with Hessian H, the step takes v = theta - theta* to (I - eta H) v, and
|v|^2 - |(I - eta H) v|^2 = eta v' M v with M = 2 H - eta H^2. The mode's region is the cone
{v: s_i a_i . v > 0} of its toggles' normals a_i. Strong stability of gradient descent is v' M v >= 0 on every cone:
a start in the ball that leaves it at the first step refutes it, and without one no later step leaves either. (own)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from flint import fmpq, fmpq_mat
from numpy.typing import NDArray

from refutable.theorems.domains.shallow_relu.modes import Mode
from refutable.theorems.exact import is_psd, to_float
from refutable.theorems.ops.exact import to_matrix

Floats = NDArray[np.float64]

GRID = 2**40
COARSE_GRID = 2**10
"""Where one multiplier alone serves, it is often a simple number."""
NUDGES = tuple(fmpq(1, 2**e) for e in (8, 16, 24, 32))
MAX_SEARCHED_TOGGLES = 5
SWEEPS = 3


@dataclass(frozen=True)
class Cone:
    """A mode's decrease form M and its region, exactly and in floats.

    Attributes:
        form: M [P, P].
        normals: s_i a_i, one row a toggle [T, P]; none is 0: what training cannot move is no toggle.
    """

    form: fmpq_mat
    normals: list[list[fmpq]]

    @property
    def floats(self) -> Floats:
        """M divided by its largest entry, in floats."""
        table = self.form.table()
        scale = max((abs(q) for row in table for q in row), default=fmpq(1)) or fmpq(1)
        return np.array([[to_float(q / scale) for q in row] for row in table], dtype=np.float64)

    @property
    def float_normals(self) -> Floats:
        """The rows s_i a_i / |a_i|_1 in floats [T, P]."""
        rows = [[to_float(q / sum(map(abs, row), fmpq(0))) for q in row] for row in self.normals]
        return np.array(rows, dtype=np.float64).reshape(len(rows), self.form.nrows())


def cone(mode: Mode, normals: Any, step_size: fmpq) -> Cone:
    """The decrease form and region of a mode, for toggle normals [T, P]."""
    hessian = to_matrix(mode.view["gauss_newton"])
    rows = [[sign * q for q in row] for sign, row in zip(mode.signs, normals, strict=True)]
    return Cone(hessian * fmpq(2) - hessian * hessian * step_size, rows)


def expanding_start(region: Cone) -> list[fmpq] | None:
    """A rational start inside the cone that one step leads away, or None: none was found.

    Proposals: eigenvectors of M on the faces of the cone, nudged inside; each is decided exactly.
    """
    if len(region.normals) > MAX_SEARCHED_TOGGLES:
        return None
    inward = _inward(region)
    for proposal in _proposals(region.floats, region.float_normals):
        base = [fmpq(round(float(c) * GRID), GRID) for c in proposal]
        for nudge in (fmpq(0), *NUDGES):
            start = [b + nudge * u for b, u in zip(base, inward, strict=True)]
            if leaves(region, start):
                return start
    return None


def leaves(region: Cone, start: list[fmpq]) -> bool:
    """Whether the start lies inside the cone and its first step ends farther away; exact."""
    if any(not _dot(row, start) > 0 for row in region.normals):
        return False
    v = fmpq_mat(len(start), 1, start)
    return bool((v.transpose() * region.form * v)[0, 0] < 0)


def _dot(row: Iterable[fmpq], v: Iterable[fmpq]) -> fmpq:
    return sum((a * b for a, b in zip(row, v, strict=True)), fmpq(0))


def _inward(region: Cone) -> list[fmpq]:
    """A direction into the cone: s_i a_i . u = 1 for all toggles, in the least-squares sense."""
    if not region.normals:
        return [fmpq(0)] * region.form.nrows()
    rows = region.float_normals
    u = np.linalg.pinv(rows) @ np.ones(len(rows))
    return [fmpq(round(float(c) * GRID), GRID) for c in u / max(1.0, float(np.abs(u).max()))]


def _proposals(form: Floats, rows: Floats) -> Iterator[Floats]:
    """Unit vectors with v' M v < 0 on the closed cone, face by face."""
    for size in range(len(rows) + 1):
        for face in combinations(range(len(rows)), size):
            basis = _kernel(rows[list(face)]) if face else np.eye(len(form))
            values, vectors = np.linalg.eigh(basis.T @ form @ basis)
            for value, vector in zip(values, vectors.T, strict=True):
                if value > -1e-13:
                    break
                v = basis @ vector
                heights = rows @ v
                if np.all(heights >= -1e-12):
                    yield v
                if np.all(heights <= 1e-12):
                    yield -v


def _kernel(rows: Floats) -> Floats:
    _, singular, right = np.linalg.svd(rows)
    rank = int(np.sum(singular > 1e-12))
    return np.asarray(right[rank:].T, dtype=np.float64)


def never_expands(region: Cone) -> bool:
    """Whether a certificate shows v' M v >= 0 on the whole cone; False says nothing.

    The certificate is M - sum nu_ij (a_i a_j' + a_j a_i') >= 0 with nu_ij >= 0 for signed normals a_i; for two
    toggles one exists whenever the statement is true (S-lemma, up to closure).
    """
    if is_psd(region.form):
        return True
    pairs = list(combinations(range(len(region.normals)), 2))
    if not pairs or len(region.normals) > MAX_SEARCHED_TOGGLES:
        return False
    matrices = [_pair_matrix(region, i, j) for i, j in pairs]
    weights = _float_weights(region, matrices)
    return any(is_psd(_remainder(region, matrices, weights, grid)) for grid in (GRID, COARSE_GRID))


def _remainder(region: Cone, matrices: list[fmpq_mat], weights: list[tuple[float, fmpq]], grid: int) -> fmpq_mat:
    total = region.form
    for (weight, unit), matrix in zip(weights, matrices, strict=True):
        total = total - matrix * (fmpq(round(weight * grid), grid) * unit)
    return total


def _pair_matrix(region: Cone, i: int, j: int) -> fmpq_mat:
    size = region.form.nrows()
    a, b = (fmpq_mat(size, 1, region.normals[t]) for t in (i, j))
    product = a * b.transpose()
    return product + product.transpose()


def _float_weights(region: Cone, matrices: list[fmpq_mat]) -> list[tuple[float, fmpq]]:
    """Multipliers, each with its unit, that make the least eigenvalue on M's range large: ternary search in turn."""
    scale = max(abs(q) for q in region.form.entries())
    units = [scale / max(abs(q) for q in matrix.entries()) for matrix in matrices]
    form = region.floats
    values, vectors = np.linalg.eigh(form)
    basis = vectors[:, np.abs(values) > 1e-12]
    parts = [basis.T @ _as_floats(m * (u / scale)) @ basis for m, u in zip(matrices, units, strict=True)]
    found = _ascend(basis.T @ form @ basis, parts)
    return list(zip(found, units, strict=True))


def _as_floats(matrix: fmpq_mat) -> Floats:
    return np.array([[to_float(q) for q in row] for row in matrix.table()], dtype=np.float64)


def _ascend(form: Floats, parts: list[Floats]) -> list[float]:
    weights = [0.0] * len(parts)
    for _ in range(SWEEPS if len(parts) > 1 else 1):
        for index, part in enumerate(parts):
            rest = form - sum(w * p for t, (w, p) in enumerate(zip(weights, parts, strict=True)) if t != index)
            weights[index] = _ternary(rest, part)
    return weights


def _ternary(form: Floats, part: Floats) -> float:
    """The multiplier in [0, 4] with the largest least eigenvalue of form - multiplier * part (a concave function)."""
    low, high = 0.0, 4.0
    for _ in range(60):
        left, right = low + (high - low) / 3, high - (high - low) / 3
        if _least(form - left * part) < _least(form - right * part):
            low = left
        else:
            high = right
    return (low + high) / 2


def _least(matrix: Floats) -> float:
    return float(np.linalg.eigvalsh(matrix)[0])
