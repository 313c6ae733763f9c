"""Critical points of the loss that do not interpolate: residuals in the null space of the features.

If Phi' r = 0 then y := f(X) - r makes the parameters a critical point with loss |r|^2 / (2n) > 0. (own)
"""

from __future__ import annotations

from collections.abc import Sequence
from math import gcd, lcm

from flint import fmpq, fmpq_mat

from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.families.edge import at_its_edge
from refutable.theorems.families.labelled import with_residuals
from refutable.theorems.families.shattered_sphere import shattered_sphere
from refutable.theorems.families.two_atoms import two_atoms
from refutable.theorems.instances import Instance
from refutable.theorems.ops.exact import to_matrix
from refutable.theorems.records import Family, Range


def null_vectors(matrix: fmpq_mat) -> list[list[fmpq]]:
    """A basis of {r : matrix r = 0} from the reduced row echelon form, one vector a free column.

    Args:
        matrix: [rows, n].
    """
    reduced, rank = matrix.rref()
    rows = [[reduced[i, j] for j in range(matrix.ncols())] for i in range(rank)]
    pivots = [next(j for j, q in enumerate(row) if q != 0) for row in rows]
    basis = []
    for free in (j for j in range(matrix.ncols()) if j not in pivots):
        vector = [fmpq(int(j == free)) for j in range(matrix.ncols())]
        for pivot, row in zip(pivots, rows, strict=True):
            vector[pivot] = -row[free]
        basis.append(vector)
    return basis


def planted_residuals(network: Instance, index: int = 0, size: fmpq = fmpq(1)) -> Instance:
    """The network with labels that make it a critical point with nonzero loss, at its edge of stability.

    Args:
        index: which null vector of Phi' (modulo their number); it is scaled to coprime integers times ``size``.

    Raises:
        ValueError: the features of the data are linearly independent: only zero residuals are critical.
    """
    basis = null_vectors(to_matrix(SHALLOW_RELU.view(network)["features"].T))
    if not basis:
        raise ValueError("the n per-sample gradients are linearly independent; use more data or fewer neurons")
    integers = _coprime(basis[index % len(basis)])
    return at_its_edge(with_residuals(network, [size * q for q in integers]))


def _coprime(vector: Sequence[fmpq]) -> list[fmpq]:
    common = lcm(*(int(q.q) for q in vector))
    integers = [int(q * common) for q in vector]
    return [fmpq(m, gcd(*integers)) for m in integers]


def noisy_copies(network: Instance, noise: fmpq = fmpq(1)) -> Instance:
    """Every datum twice, labelled f(x) + noise and f(x) - noise: critical, kernel and sharpness as before."""
    data = [row for row in network["x"] for _ in range(2)]
    doubled = SHALLOW_RELU.instance(**{**network.values, "x": [list(row) for row in data], "y": None})
    return with_residuals(doubled, [noise, -noise] * len(network["x"]))


def six_points(index: int = 0, size: fmpq = fmpq(1)) -> Instance:
    """One neuron relu(2x + 1) on -2, -1, 1/2, 1, 3, 4 with residuals orthogonal to its features."""
    network = SHALLOW_RELU.instance(w1=[[2]], b1=[1], w2=[3], b2=-1, x=[[-2], [-1], ["1/2"], [1], [3], [4]])
    return planted_residuals(network, index, size)


NOISY_TWO_ATOMS = Family(
    id="noisy-two-atoms",
    parameters={
        "scale": Range(choices=(fmpq(4), fmpq(1), fmpq(1, 8), fmpq(512))),
        "noise": Range(choices=(fmpq(1), fmpq(1, 1000), fmpq(1000))),
    },
    build=lambda scale, noise: noisy_copies(two_atoms(scale=scale), noise),
    attains="equality",
    meaning="two atoms, each twice with labels above and below the output: critical, loss noise^2/2",
)

NOISY_SPHERE = Family(
    id="noisy-sphere",
    parameters={
        "shape": Range(choices=((2, 4), (3, 5))),
        "scale": Range(choices=(fmpq(8), fmpq(256))),
        "noise": Range(choices=(fmpq(1), fmpq(100))),
    },
    build=lambda shape, scale, noise: noisy_copies(shattered_sphere(shape, scale), noise),
    attains="equality",
    meaning="points on a sphere, each twice with labels above and below the output",
)

SIX_POINTS = Family(
    id="six-points",
    parameters={"index": Range(0, 2), "size": Range(choices=(fmpq(1), fmpq(100), fmpq(1, 100)))},
    build=lambda index, size: six_points(int(index), size),
    attains="interior",
    meaning="one neuron on six points, residuals orthogonal to its features",
)
