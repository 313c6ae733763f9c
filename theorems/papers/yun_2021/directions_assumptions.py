"""Hypotheses about a state of a multilinear network."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import Any

from refutable.theorems.checks import Check
from refutable.theorems.claims import Assumption
from refutable.theorems.domains.multilinear_flow.contraction import rate
from refutable.theorems.views import View


def parallel_rates(view: View) -> Iterator[Check]:
    """|v_l|^2 g_l = f v_l: the factors are singular vectors of the weighted tensor."""
    squares, factors = view["squared_norms"], view["factors"]
    for i in range(len(factors)):
        left = view["velocities"][i] * squares[i]
        yield Check(left, "==", factors[i] * view["score"], f"v_{i + 1}")


def standing(view: View) -> Iterable[Check]:
    """Every direction v_l v_l^T / |v_l|^2 has derivative 0."""
    for i, change in enumerate(rate(view, "directions"), 1):
        yield Check(change, "==", 0, f"direction of v_{i}")


def singular_pairs(view: View) -> Iterable[Check]:
    """A w_j = s_j u_j and A^T u_j = s_j w_j, u_j and w_j not 0."""
    ops, left, right, gains = view.ops, view["left"], view["right"], view["gains"]
    matrix = view["tensors"][0]
    yield Check(ops.matmul(right, ops.transpose(matrix)), "==", left * gains[:, None], "A w_j = s_j u_j")
    yield Check(ops.matmul(left, matrix), "==", right * gains[:, None], "A^T u_j = s_j w_j")
    for vectors, name in ((left, "u"), (right, "w")):
        for j, square in enumerate(ops.sum(vectors * vectors), 1):
            yield Check(0, "<", square, f"{name}_{j} is not 0")


def _nonzero(view: View) -> Iterable[Check]:
    for i, square in enumerate(view["squared_norms"], 1):
        yield Check(0, "<", square, f"v_{i} is not 0")


def _two_factors(view: View) -> Iterable[Check]:
    yield Check(len(view["factors"]) == 2, "true", label="number of factors", reason="there are more than two")
    yield Check(len(view["slopes"]) == 1, "true", label="number of data", reason="there are more than one")


def _pull(view: View) -> Iterable[Check]:
    yield Check(0, "<", view["slopes"][0], "slope of the loss")
    yield Check(0, "<", view["gains"][0], "s_1")


def _first_largest(view: View) -> Iterable[Check]:
    first = view["gains"][0]
    for j, gain in enumerate(view["gains"][1:], 2):
        yield Check(gain, "<", first, f"s_{j}")
        yield Check(-gain, "<", first, f"-s_{j}")


def _complete(view: View) -> Iterable[Check]:
    count, size = view["left"].shape
    yield Check(count == size, "true", label="number of pairs", reason=f"{count} pairs, factors of {size} entries")
    for vectors, name in ((view["left"], "u"), (view["right"], "w")):
        for i, j in combinations(range(count), 2):
            yield Check(view.ops.sum(vectors[i] * vectors[j]), "==", 0, f"<{name}_{i + 1}, {name}_{j + 1}>")


def _differs(value: Any, label: str) -> Iterable[Check]:
    return [Check(0, "<", value * value, label)]


NONZERO = Assumption("nonzero-factors", "no factor is 0", _nonzero)
SINGULAR = Assumption(
    "singular-vectors",
    "the factors are singular vectors of T = sum_n slope_n A_n: T o (v_1, .., I, .., v_L) is a multiple of each v_l",
    parallel_rates,
)
STANDING = Assumption("standing-directions", "no direction v_l / |v_l| changes along the flow", standing)
TWO_FACTORS = Assumption("two-factors-one-datum", "there are two factors and one datum, a matrix A", _two_factors)
PAIRS = Assumption("singular-pairs", "A w_j = s_j u_j and A^T u_j = s_j w_j for the pairs given", singular_pairs)
PULL = Assumption("positive-pull", "the loss falls in the output of the datum, and s_1 > 0", _pull)
GENERIC = Assumption(
    "generic-start",
    "<u_1, v_1> + <w_1, v_2> is not 0: it holds at any time if it does at the start",
    lambda view: _differs(view["components"][0], "first component"),
)
FIRST_LARGEST = Assumption("first-pair-largest", "s_1 is larger than |s_j| for every j > 1", _first_largest)
COMPLETE = Assumption(
    "complete-pairs",
    "there is a pair for every entry of a factor, and the u_j are orthogonal to each other, as are the w_j",
    _complete,
)
FIRST_SINGULAR = Assumption(
    "first-factor-singular",
    "T o (I, v_2, ..., v_L) is a multiple of v_1",
    lambda view: list(parallel_rates(view))[:1],
)
