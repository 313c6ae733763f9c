"""Regular minima to try claims on: drawn ones, float batches, those of trained networks, and states SGD visits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import comb
from typing import Any

import numpy as np
import torch
from flint import fmpq
from hypothesis import event
from hypothesis import strategies as st

from refutable.strategies.regular_minimum_trained import trained_minima
from refutable.strategies.supply import (
    Effort,
    MinimaSource,
    Size,
    TrainedInstance,
    TrainedSupply,
    Visited,
    VisitedSource,
    refuse_unknown,
)
from refutable.theorems.domains.regular_minimum import REGULAR_MINIMUM
from refutable.theorems.domains.regular_minimum.contraction import contraction_edge_of, contraction_threshold
from refutable.theorems.domains.regular_minimum.edge import float_threshold, threshold_of
from refutable.theorems.exact import as_real, rational, to_float
from refutable.theorems.instances import Instance
from refutable.theorems.papers.mulayoff_michaeli_2024.threshold_mutants import FALSE_EDGES
from refutable.theorems.views import View

BELOW = {"below-threshold", "strictly-below-threshold"}
"""Assumptions step size <= eta*, or < eta*."""
EIGENVECTOR = "top-eigenvector"
"""The assumption that the displacement is a top eigenvector of H."""
CONTRACTING = frozenset({"contraction-criterion", "criterion-without-minus-one"})
"""The assumption that one step contracts the mean square of every displacement, and one that looks like it."""
ONE_PARAMETER = "one-parameter"
SEVERAL = "several-noisy-steps"
"""The assumption of at least two steps, with gradient noise on perp."""
EDGES: dict[str, Callable[[View], Any]] = {
    **FALSE_EDGES,
    "below-three-over-sharpness": lambda view: view["mean_threshold"] * fmpq(3, 2),
    "above-eta-star": lambda view: view["mean_square_threshold"],
}
"""Step sizes that false statements assume to be exceeded, or not."""
SEMIDEFINITE = frozenset({"positive-semidefinite", "critical", "interpolating", "partial-batches", "single-samples"})
KNOWN = SEMIDEFINITE | BELOW | {
    "above-threshold", "below-mean-threshold", "above-mean-threshold", "rank-one", "noisy-in-the-null-space",
    "displacement-in-perp", EIGENVECTOR, *CONTRACTING, ONE_PARAMETER, SEVERAL, *EDGES,
}  # fmt: skip
HAIR = fmpq(1, 2**40)
MOST_UPDATES = 40


def _outer(v: list[fmpq]) -> Any:
    a = np.array(v, dtype=object)
    return a[:, None] * a[None, :]


@st.composite
def vectors(draw: st.DrawFn, size: int) -> list[fmpq]:
    """Vectors of small integers and halves, (1, 0, ...) first."""
    entries = draw(st.lists(st.integers(-4, 4), min_size=size, max_size=size))
    halved = draw(st.sampled_from([1, 1, 2]))
    return [fmpq(entry + (i == 0), halved) for i, entry in enumerate(entries)]


@st.composite
def hessians(draw: st.DrawFn, n: int, p: int, rank_one: bool, known: bool) -> list[Any]:
    """n positive semidefinite matrices [p, p], not all 0: of rank one, of rank two, diagonal, or all equal."""
    kinds = ["rank one", "rank one", "rank two", "diagonal", *(["equal"] if known else [])]
    kind = "rank one" if rank_one else draw(st.sampled_from(kinds))
    event(f"Hessians: {kind}")
    if kind == "equal":
        one = _outer(draw(vectors(p))) + _outer(draw(vectors(p)))
        found = [one] * n
    elif kind == "diagonal":
        found = [np.diag([abs(q) for q in draw(vectors(p))]) + np.diag([fmpq(0)] * p) for _ in range(n)]
    else:
        found = [_outer(draw(vectors(p))) for _ in range(n)]
        if kind == "rank two":
            found = [m + _outer(draw(vectors(p))) for m in found]
    if all(q == 0 for q in sum(found).ravel()):
        found[0] = _outer([fmpq(1)] * p)
    return found


def with_top_eigenvector(matrices: list[Any]) -> tuple[list[Any], list[fmpq]]:
    """The matrices and their mirror images, the first ones sharper along parameter 1: (1, 0, ...) is on top of H."""
    p = len(matrices[0])
    flip = np.diag([fmpq(-1 if c == 0 else 1) for c in range(p)]) + np.diag([fmpq(0)] * p)
    axis = [fmpq(int(c == 0)) for c in range(p)]
    both = [*matrices, *(flip @ m @ flip for m in matrices)]
    trace = sum((q for m in both for q in m.diagonal()), fmpq(0))
    return [both[0] + _outer(axis) * trace, *both[1:]], axis


@st.composite
def centred_vectors(draw: st.DrawFn, n: int, p: int) -> list[list[fmpq]]:
    """n vectors of sum 0."""
    free = [draw(vectors(p)) for _ in range(n - 1)]
    return [*free, [-sum((v[c] for v in free), fmpq(0)) for c in range(p)]]


@st.composite
def regular_minima(draw: st.DrawFn, assumes: frozenset[str], size: Size, known: bool) -> Instance:
    """Minima that satisfy the assumptions by construction; the simplest is one parabola, one step."""
    top = min(3, size.max_samples)
    partial = bool(assumes & {"partial-batches", SEVERAL})
    n = draw(st.integers(2 if partial and top > 1 else 1, top))
    p = 1 if ONE_PARAMETER in assumes else _parameters(draw, size)
    matrices = draw(hessians(n, p, "rank-one" in assumes, known))
    displacement = draw(vectors(p))
    if EIGENVECTOR in assumes:
        matrices, displacement = with_top_eigenvector(matrices)
        n = len(matrices)
    batch_size = 1 if "single-samples" in assumes else draw(st.integers(1, n - partial or 1))
    gradients = None if "interpolating" in assumes or draw(st.booleans()) else draw(centred_vectors(n, p))
    plain = gradients is None or assumes & {EIGENVECTOR, ONE_PARAMETER}
    if "noisy-in-the-null-space" in assumes or (not plain and draw(st.integers(0, 3)) == 3):
        matrices, displacement, gradients = _with_flat_noise(matrices, displacement, gradients)
    if SEVERAL in assumes:
        gradients = _noise_on_perp(matrices)
    steps = draw(st.integers(1 + (SEVERAL in assumes), max(2, min(4, MOST_UPDATES // comb(n, batch_size)))))
    event(f"batches: {'full' if batch_size == n else 'partial'}")
    drawn = REGULAR_MINIMUM.instance(
        hessians=matrices, gradients=gradients, step_size=1, batch_size=batch_size,
        displacement=displacement, steps=steps,
    )  # fmt: skip
    if "displacement-in-perp" in assumes:
        drawn = _projected(drawn)
    return drawn.replace(step_size=draw(step_sizes(drawn, assumes, known)))


def _noise_on_perp(matrices: list[Any]) -> list[list[fmpq]]:
    """Gradients of two losses along a column of H that is not 0, and against it."""
    column = next(list(c) for c in sum(matrices[1:], matrices[0]).T if any(c))
    rest = [[fmpq(0)] * len(column) for _ in matrices[2:]]
    return [column, [-q for q in column], *rest]


def _parameters(draw: st.DrawFn, size: Size) -> int:
    return draw(st.integers(1, min(3 if draw(st.integers(0, 3)) == 3 else 2, size.max_inputs)))


def _with_flat_noise(
    matrices: list[Any], displacement: list[fmpq], gradients: Any
) -> tuple[list[Any], list[fmpq], Any]:
    """One more parameter in which no loss is curved, with gradients of 1 and -1."""
    n, p = len(matrices), len(matrices[0])
    wider = [np.full((p + 1, p + 1), fmpq(0), dtype=object) for _ in range(n)]
    for wide, matrix in zip(wider, matrices, strict=True):
        wide[:p, :p] = matrix
    old = [[fmpq(0)] * p] * n if gradients is None else gradients
    return wider, [*displacement, fmpq(1)], [[*g, fmpq((i == 0) - (i == n - 1))] for i, g in enumerate(old)]


def _projected(drawn: Instance) -> Instance:
    view = REGULAR_MINIMUM.view(drawn)
    inside = view.ops.matvec(view["perp_projector"], drawn["displacement"])
    inside.setflags(write=False)
    return drawn.replace(displacement=inside)


@st.composite
def step_sizes(draw: st.DrawFn, minimum: Instance, assumes: frozenset[str], known: bool = True) -> fmpq:
    """Step sizes on the side of the edge that is assumed: far from it; and, where known, at it and a hair from it."""
    edge = as_real(_edge(minimum, assumes))
    place = draw(st.sampled_from(["far", "hair", "edge"] if known else ["far"]))
    event(f"step size: {place}")
    exact = edge.exact() if place == "edge" else None
    near = rational(float(edge))
    share = fmpq(draw(st.integers(1, 31)), 32)
    if any(id.startswith("above-") for id in assumes):
        return near * (1 + (share * 2 if place == "far" else HAIR))
    if place == "edge" and exact is not None and "strictly-below-threshold" not in assumes:
        return exact
    if place != "far":
        return near * (1 - HAIR)
    below = assumes & (BELOW | {"below-mean-threshold"} | CONTRACTING | set(EDGES))
    return near * share * (1 if below else 2)


def _edge(minimum: Instance, assumes: frozenset[str]) -> Any:
    view = REGULAR_MINIMUM.view(minimum)
    for id in sorted(assumes & set(EDGES)):
        try:
            return EDGES[id](view)
        except ArithmeticError:  # no step size is too large for it
            return view["mean_square_threshold"]
    if assumes & CONTRACTING:
        return contraction_threshold(view)
    mean = assumes & {"below-mean-threshold", "above-mean-threshold"}
    return view["mean_threshold" if mean else "mean_square_threshold"]


class SgdRuns:
    """Float runs of linearised SGD; each state is the displacement of an instance of its own."""

    def offers(self, assumes: frozenset[str]) -> bool:
        """Whether such states satisfy the assumptions: not where a direction is prescribed."""
        return assumes <= KNOWN - {
            EIGENVECTOR, "displacement-in-perp", "noisy-in-the-null-space", "rank-one", ONE_PARAMETER,
        }  # fmt: skip

    def states(self, assumes: frozenset[str], count: int, seed: int) -> Iterator[Visited]:
        """States of runs of five steps on three random losses of two parameters."""
        random = np.random.default_rng(seed)
        for number in range(count):
            run, step = divmod(number, 5)
            if step == 0:
                losses = _random_run(random, assumes)
                theta = random.standard_normal(2)
            yield Visited(losses.replace(displacement=_exact(theta)), f"run {run}, step {step}", run)
            theta = _float_step(random, losses, theta)


def _random_run(random: np.random.Generator, assumes: frozenset[str]) -> Instance:
    factors = random.standard_normal((3, 2, 2))
    matrices = factors @ factors.swapaxes(-1, -2)
    matrices = (matrices + matrices.swapaxes(-1, -2)) / 2
    batch = 1 if "single-samples" in assumes else int(random.integers(1, 3))
    edge = threshold_of(matrices, 3 if "mean-threshold" in str(sorted(assumes)) else batch)
    if assumes & CONTRACTING:
        edge = contraction_edge_of(matrices, batch)
    above = assumes & {"above-threshold", "above-mean-threshold"}
    step_size = edge * ((1 + random.random()) if above else (1 - 2.0**-30) * random.random())
    gradients = None
    if "interpolating" not in assumes:
        whole = random.integers(-64, 65, (3, 2))
        whole[2] = -whole[0] - whole[1]
        gradients = whole.tolist()
    return REGULAR_MINIMUM.instance(
        hessians=matrices, gradients=gradients, step_size=step_size, batch_size=batch, displacement=[1, 0], steps=1
    )


def _exact(theta: Any) -> Any:
    exact = np.array([rational(float(c)) for c in theta], dtype=object)
    exact.setflags(write=False)
    return exact


def _floats(array: Any) -> Any:
    return np.vectorize(to_float, otypes=[np.float64])(array)


def _float_step(random: np.random.Generator, losses: Instance, theta: Any) -> Any:
    batch = random.choice(len(losses["hessians"]), losses["batch_size"], replace=False)
    gradient = _floats(losses["hessians"])[batch].mean(axis=0) @ theta
    if losses["gradients"] is not None:
        gradient = gradient + _floats(losses["gradients"])[batch].mean(axis=0)
    return theta - to_float(losses["step_size"]) * gradient


def _whole_gradients(count: int, n: int, p: int, generator: torch.Generator) -> torch.Tensor:
    """Gradients [count, n, p] on a grid, so that their sum is 0 without rounding."""
    whole = torch.randint(-64, 65, (count, n, p), generator=generator).to(torch.float64)
    whole[:, -1] = -whole[:, :-1].sum(dim=1)
    return whole / 16


class RegularMinimumSupply:
    """Instances of the domain regular-minimum."""

    domain = REGULAR_MINIMUM
    minima: MinimaSource | None = None
    visited: VisitedSource | None = SgdRuns()

    def drawn(self, assumes: frozenset[str], size: Size, known: bool = True) -> st.SearchStrategy[Instance]:
        """Strategy of exact minima.

        Raises:
            ValueError: an assumption id is unknown here.
        """
        refuse_unknown(assumes, KNOWN, "regular minima")
        return regular_minima(assumes, size, known)

    def batch(
        self, assumes: frozenset[str], count: int, size: Size, generator: torch.Generator, known: bool = True
    ) -> dict[str, Any] | None:
        """Two or three losses of one or two parameters [count, n, p, p], one or two steps; many nearly of rank one.

        None where exact ranks or directions are assumed.
        """
        if assumes & {"rank-one", "noisy-in-the-null-space", EIGENVECTOR}:
            return None
        n, p, steps = (int(torch.randint(1, 3, (), generator=generator)) for _ in range(3))
        p = 1 if ONE_PARAMETER in assumes else p
        n += 1
        steps = 2 if SEVERAL in assumes else steps
        top_size = 1 if "single-samples" in assumes else n - bool(assumes & {"partial-batches", SEVERAL})
        factors = torch.randn(count, n, p, 2, generator=generator, dtype=torch.float64)
        factors *= 10.0 ** (-3 * torch.rand(count, n, 1, 2, generator=generator, dtype=torch.float64) ** 2)
        found = factors @ factors.transpose(-1, -2)
        top = torch.linalg.eigvalsh(found.mean(-3))[:, -1]
        share = 0.05 + 3 * torch.rand(count, generator=generator, dtype=torch.float64)
        return {
            "hessians": (found + found.transpose(-1, -2)) / 2,
            "gradients": None if "interpolating" in assumes else _whole_gradients(count, n, p, generator),
            "step_size": share / top,
            "batch_size": int(torch.randint(1, top_size + 1, (), generator=generator)),
            "displacement": torch.randn(count, p, generator=generator, dtype=torch.float64),
            "steps": steps,
        }

    def trained(self, assumes: frozenset[str], effort: Effort, device: str = "auto") -> TrainedSupply:
        """SGD on one neuron of the trained networks that ship with the package, at their interpolating minima.

        Where the statement is about step sizes above a threshold, the step size is moved beyond it.
        """
        if assumes & {EIGENVECTOR, "noisy-in-the-null-space", "displacement-in-perp", ONE_PARAMETER}:
            return TrainedSupply()
        beyond = bool(assumes & {"above-threshold", "above-mean-threshold"})
        name = "mean" if assumes & {"below-mean-threshold", "above-mean-threshold"} else "mean square"
        stable = bool(assumes & (BELOW | {"below-mean-threshold"}))
        found = []
        for minimum, origin in trained_minima():
            batch = 1 if "single-samples" in assumes else minimum["batch_size"]
            edge = float_threshold(minimum, len(minimum["hessians"]) if name == "mean" else batch)
            moved = minimum.replace(batch_size=batch)
            if beyond:
                moved = moved.replace(step_size=rational(edge * 1.125))
            if assumes & CONTRACTING:
                near = contraction_edge_of(_floats(moved["hessians"]), batch)
                moved = moved.replace(step_size=rational(near * (1 - 2.0**-30)))
            control = stable and to_float(moved["step_size"]) > edge
            found.append(TrainedInstance("trained-relabelled", moved, origin, control))
        return TrainedSupply(tuple(found), {"frozen corpus": len(found)})


SUPPLY = RegularMinimumSupply()
