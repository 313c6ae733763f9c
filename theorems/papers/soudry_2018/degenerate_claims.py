"""Claims about the recursion over maximum margin problems, and about its simplest flows."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import Any

import numpy as np
from flint import fmpq

from refutable.theorems.checks import Check
from refutable.theorems.claims import Assumption, Claim
from refutable.theorems.domains.iterated_margins import ITERATED_MARGINS
from refutable.theorems.flows import derivative_along
from refutable.theorems.ops.exact import to_matrix
from refutable.theorems.views import View

ONE, ZERO = fmpq(1), fmpq(0)


def is_ladder(x: Any) -> bool:
    """Whether the rows are (1, 0, ...), (1, 1, 0, ...), ... and at least two."""
    n, d = x.shape
    return bool(n == d and n >= 2 and all(x[i, j] == int(j <= i) for i in range(n) for j in range(n)))


SEPARABLE = Assumption(
    "separable",
    "some w has x_n.w > 0 for every datum",
    lambda view: [Check(view["solved"] is not None, "true", reason="they are not separable")],
)
LADDER = Assumption(
    "ladder-data",
    "the data are (1, 0, ...), (1, 1, 0, ...), ..., at least two",
    lambda view: [Check(is_ladder(view["x"]), "true", reason="they are other data")],
)


def exponents(view: View, rows: tuple[int, ...], directions: Any) -> Any:
    """x_n.what_k of some data [rows, stages]."""
    return view.ops.matmul(view["x"][list(rows)], view.ops.transpose(directions))


def _ladder(view: View) -> Iterable[Check]:
    stages, directions = view["stages"], view["directions"]
    for m, stage in enumerate(stages):
        expected = np.array([[ONE if k <= m else ZERO for k in range(len(stages))]] * len(stage.used), dtype=object)
        yield Check(exponents(view, stage.used, directions), "==", expected, f"stage {m + 1}")


def _equation(view: View) -> Iterable[Check]:
    for m, stage in enumerate(view["stages"], 1):
        rows = np.array([list(row) for row in stage.projected], dtype=object)
        multipliers = np.array(list(stage.multipliers), dtype=object)
        yield Check(view.ops.sum(rows * multipliers[:, None], -2), "==", _vector(stage.direction), f"stage {m}")
        yield Check(ZERO, "<", multipliers[list(stage.used)], f"stage {m}: multipliers")


def _vector(entries: Iterable[fmpq]) -> Any:
    return np.array(list(entries), dtype=object)


def beyond(view: View, least: fmpq) -> Iterable[Check]:
    """Rows that leave at a stage without being support vectors: x_n.what_m above ``least``, x_n.what_k = 1 before."""
    directions = view["directions"]
    for m, stage in enumerate(view["stages"]):
        away = tuple(i for i in stage.rows if i not in stage.support)
        if away:
            found = exponents(view, away, directions)
            yield Check(least, "<", found[:, m], f"stage {m + 1}")
            if m:
                yield Check(found[:, :m], "==", ONE, f"before stage {m + 1}")
    yield Check(True, "true")


def _never(view: View) -> Iterable[Check]:
    stages = view["stages"]
    for m, (stage, after) in enumerate(pairwise(stages), 1):
        along = np.array([list(after.direction)], dtype=object)
        yield Check(ONE, "<=", exponents(view, stage.left, along), f"stage {m}: left")
        yield Check(exponents(view, stage.used, along), "==", ZERO, f"stage {m}: used")
    yield Check(True, "true")


def _orthogonal(view: View) -> Iterable[Check]:
    directions = view["directions"]
    gram = view.ops.matmul(directions, view.ops.transpose(directions))
    yield Check(gram * (ONE - view.ops.identity(gram)), "==", ZERO)


def not_stuck(stuck: bool) -> Check:
    """The check that every stage found its data separable."""
    return Check(not stuck, "true", reason="data are left that the next stage cannot separate")


def _terminates(view: View) -> Iterable[Check]:
    yield Check(view["stage_count"], "<=", rank(view), "stages")
    yield not_stuck(view["stuck"])


def rank(view: View) -> fmpq:
    """Rank of the data."""
    return fmpq(to_matrix(view["x"]).rank())


def last_two(view: View) -> Any:
    """w_{M-1} - w_M - exp(w_M), M the number of inputs."""
    w = view["w"]
    return w[..., -2] - w[..., -1] - view.ops.elementary("exp", w[..., -1])


def conserved(quantity: Any) -> Any:
    """The conclusion that a quantity of the state stands still along the gradient flow."""

    def concludes(view: View) -> Iterable[Check]:
        yield Check(derivative_along(view, quantity, {"w": view["velocity"]}), "==", ZERO)

    return concludes


def _claim(
    id: str, statement: str, concludes: Any, latex: str, assumes: tuple[Assumption, ...] = (SEPARABLE,)
) -> Claim:
    return Claim(id, ITERATED_MARGINS, statement, assumes, concludes, latex)


HEADLINE = _claim(
    "separable-degenerate",
    "a datum used at stage m has x_n.what_k = 1 for k <= m and 0 after: along w = sum_k what_k log^(k) t its loss "
    "falls as 1/(t log t ... log^(m-1) t), the speed of log^(m) t",
    _ladder,
    r"n \in S_m \Rightarrow x_n^\top \hat w_k = 1 \;(k \le m), \quad x_n^\top \hat w_k = 0 \;(k > m)",
)
EQUATION = _claim(
    "stage-equation",
    "what_m is a sum of the projected data used at stage m with weights that are all positive; hence, by convexity, "
    "some wt solves eta sum exp(-x_n.wt) P x_n = what_m (not with these weights where the used data are dependent)",
    _equation,
    r"\hat w_m = \sum_{n \in S_m} \alpha_n \bar P_{m-1} x_n, \quad \alpha_n > 0",
)
BEYOND = _claim(
    "other-data-faster",
    "a datum that leaves at stage m without being a support vector has x_n.what_k = 1 before and x_n.what_m > 1",
    lambda view: beyond(view, ONE),
    r"n \in \bar S_{m-1} \setminus (S_m \cup \bar S_m) \Rightarrow x_n^\top \hat w_m > 1",
)
TERMINATES = _claim(
    "terminates",
    "the recursion is never stuck and has at most as many stages as the data's rank",
    _terminates,
    r"\bar S_M = \emptyset, \quad M \le \operatorname{rank} X",
)
CONSERVED = _claim(
    "two-last-stages",
    "on ladder data the gradient flow conserves w_{M-1} - w_M - exp(w_M): w_M = log w_{M-1} up to a bounded term",
    conserved(last_two),
    r"\tfrac{d}{dt}\left(w_{M-1} - w_M - e^{w_M}\right) = 0",
    (LADDER,),
)
LINKS = (
    _claim(
        "left-data-unused",
        "what_{m+1} proves that no multipliers of stage m are positive on a datum that is left: it is 0 on the data "
        "used and at least 1 on those left",
        _never,
        r"x_n^\top \hat w_{m+1} = 0 \;(n \in S_m), \quad x_n^\top \hat w_{m+1} \ge 1 \;(n \in \bar S_m)",
    ),
    _claim(
        "orthogonal-directions",
        "the directions of different stages are orthogonal",
        _orthogonal,
        r"\hat w_m^\top \hat w_k = 0 \quad (m \ne k)",
    ),
)
