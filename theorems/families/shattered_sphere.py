"""Points on a sphere, each active for exactly one neuron: every link of the chain is an equality for d >= 2.

Points z_j of radius 3/4 in Pythagorean directions, neurons relu(s (z_j.x - t)) with
max_{j != k} z_j.z_k < t < 9/16 and w2 = (4/5) s (9/16 - t), so that each neuron is balanced. The active side is the
smaller one for t close to 9/16. (own)
"""

from __future__ import annotations

from flint import fmpq

from refutable.theorems.domains.shallow_relu import SHALLOW_RELU
from refutable.theorems.instances import Instance
from refutable.theorems.records import Family, Range

RADIUS = fmpq(3, 4)


def directions(d: int, n: int) -> list[list[fmpq]]:
    """n unit vectors of R^d with rational coordinates, pairwise inner products at most 3/5.

    Raises:
        ValueError: no such list is known for this d and n.
    """
    if d == 2 and n <= 6:
        a, b, zero, one = fmpq(3, 5), fmpq(4, 5), fmpq(0), fmpq(1)
        return [[one, zero], [-one, zero], [a, b], [-a, -b], [-a, b], [a, -b]][:n]
    if d >= 3 and n <= 2 * d:
        return [[fmpq(1 - 2 * (j % 2)) if c == j // 2 else fmpq(0) for c in range(d)] for j in range(n)]
    raise ValueError(f"no rational directions listed for d = {d}, n = {n}")


def shattered_sphere(
    shape: tuple[int, int] = (2, 6), scale: fmpq = fmpq(8), gap: fmpq = fmpq(1, 16), signs: int = 0
) -> Instance:
    """The instance with (d, n) = ``shape``, threshold t = 9/16 - gap, at step size 2/sharpness.

    Args:
        signs: bit j set: neuron j has a negative output weight.
    """
    d, n = shape
    t = RADIUS**2 - gap
    points = [[RADIUS * c for c in z] for z in directions(d, n)]
    w2 = [(-1 if signs >> j & 1 else 1) * fmpq(4, 5) * scale * gap for j in range(n)]
    sharpness = 1 + 2 * (scale * gap) ** 2 / n
    return SHALLOW_RELU.instance(
        w1=[[scale * c for c in z] for z in points], b1=[-scale * t] * n, w2=w2, b2=0, x=points,
        step_size=2 / sharpness,
    )  # fmt: skip


SHATTERED_SPHERE = Family(
    id="shattered-sphere",
    parameters={
        "shape": Range(choices=((2, 6), (2, 4), (3, 6), (3, 5), (5, 10))),
        "scale": Range(choices=tuple(fmpq(p, q) for p, q in ((8, 1), (1, 1), (1, 64), (256, 1)))),
        "gap": Range(choices=(fmpq(1, 16), fmpq(1, 32), fmpq(1, 10))),
        "signs": Range(0, 3),
    },
    build=lambda shape, scale, gap, signs: shattered_sphere(shape, scale, gap, int(signs)),
    attains="equality",
    meaning="points on a sphere, each active for one neuron (neural shattering)",
)
