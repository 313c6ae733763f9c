"""False statements about the recursion: other projections, other sets of data, other lengths."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
from flint import fmpq

from refutable.theorems.checks import Check
from refutable.theorems.claims import Assumption, Claim
from refutable.theorems.domains.iterated_margins import ITERATED_MARGINS
from refutable.theorems.domains.iterated_margins.stages import Row, Stage, dot, projector, stage_of
from refutable.theorems.instances import Instance
from refutable.theorems.papers.soudry_2018 import degenerate_claims as claims
from refutable.theorems.papers.soudry_2018.degenerate_cases import BESIDE, OFF_MARGIN, TWO, ladder
from refutable.theorems.records import Mutant
from refutable.theorems.views import View

Conclusion = Callable[[View], Iterable[Check]]


def _mutant(
    id: str,
    statement: str,
    concludes: Conclusion,
    why: str,
    killer: Instance,
    assumes: tuple[Assumption, ...] = (claims.SEPARABLE,),
) -> Mutant:
    return Mutant(id, Claim(f"degenerate-{id}", ITERATED_MARGINS, statement, assumes, concludes), why, killer)


def unprojected_columns(data: Sequence[Row], p: Sequence[Row], stage: Stage) -> tuple[Row, ...]:
    """P (I - X X^+), X the used data themselves, not as the stage sees them."""
    d = len(data[0])
    q = projector([data[i] for i in stage.used], d)
    return tuple(tuple(dot(line, [q[k][j] for k in range(d)]) for j in range(d)) for line in p)


def no_projection(data: Sequence[Row], p: Sequence[Row], stage: Stage) -> tuple[Row, ...]:
    """The identity."""
    return projector((), len(data[0]))


def without_support(data: Sequence[Row], p: Sequence[Row], stage: Stage) -> tuple[Row, ...]:
    """The projection off all support vectors, used or not."""
    return projector([data[i] for i in stage.support], len(data[0]))


Next = Callable[[Sequence[Row], Sequence[Row], Stage], tuple[Row, ...]]


def _stages_with(view: View, next_projection: Next) -> tuple[list[Stage], bool]:
    """The recursion with its projections replaced: its stages, and whether it is stuck."""
    data = [tuple(row) for row in view["x"]]
    found, left, p = list[Stage](), tuple(range(len(data))), projector((), len(data[0]))
    while left and len(found) <= len(data):
        stage = stage_of(p, data, left)
        if stage is None:
            return found, True
        found.append(stage)
        p, left = next_projection(data, p, stage), stage.left
    return found, False


def _exponents_with(next_projection: Next) -> Conclusion:
    """The headline with the recursion's projections replaced."""

    def concludes(view: View) -> Iterable[Check]:
        found, _ = _stages_with(view, next_projection)
        directions = np.array([list(stage.direction) for stage in found], dtype=object)
        for m, stage in enumerate(found):
            expected = _steps(len(stage.used), m, len(found))
            yield Check(claims.exponents(view, stage.used, directions), "==", expected, f"stage {m + 1}")

    return concludes


def _steps(rows: int, last: int, stages: int) -> Any:
    return np.array([[fmpq(int(k <= last)) for k in range(stages)]] * rows, dtype=object)


def _last_only(view: View) -> Iterable[Check]:
    stages = view["stages"]
    for m, stage in enumerate(stages):
        expected = np.array([[fmpq(int(k == m)) for k in range(len(stages))]] * len(stage.used), dtype=object)
        yield Check(claims.exponents(view, stage.used, view["directions"]), "==", expected)


def _without_linear(view: View) -> Any:
    w = view["w"]
    return w[..., -2] - view.ops.elementary("exp", w[..., -1])


def _other_sign(view: View) -> Any:
    w = view["w"]
    return w[..., -2] - w[..., -1] + view.ops.elementary("exp", w[..., -1])


MUTANTS = (
    _mutant(
        "one-stage",
        "one stage is enough: w - what_1 log t is bounded for all separable data",
        lambda view: [Check(view["stage_count"], "<=", fmpq(1))],
        "the second support vector has multiplier 0, and along w = what_1 log t the losses of both fall alike",
        TWO,
    ),
    _mutant(
        "all-support-vectors",
        "every support vector of a stage has a positive multiplier: all of them can be projected away at once",
        lambda view: [
            Check(fmpq(0), "<", np.array([stage.multipliers[i] for stage in view["stages"] for i in stage.support]))
        ],
        "a support vector may have the multiplier 0 for every choice",
        TWO,
    ),
    _mutant(
        "columns-not-projected",
        "the recursion with P_m = P_{m-1}(I - X X^+), X the used data themselves",
        _exponents_with(unprojected_columns),
        "what is left of a used datum is not 0: with data of the first stage side by side the third direction is "
        "(0, 0, 2/5, 4/5), not orthogonal to the second",
        BESIDE,
    ),
    _mutant(
        "no-projection",
        "the recursion without projections: each stage sees the data left as they are",
        _exponents_with(no_projection),
        "the second direction is (1/2, 1/2), along which the first datum's loss falls further",
        TWO,
    ),
    _mutant(
        "all-support-projected",
        "the recursion that projects all support vectors away, used or not, is never stuck",
        lambda view: [claims.not_stuck(_stages_with(view, without_support)[1])],
        "nothing remains of the second datum, which the second stage has to separate",
        TWO,
    ),
    _mutant(
        "last-stage-only",
        "a datum used at stage m has x_n.what_k = 0 for every other stage",
        _last_only,
        "it was a support vector of all stages before",
        TWO,
    ),
    _mutant(
        "one-stage-fewer",
        "there are at most rank X - 1 stages",
        lambda view: [Check(view["stage_count"], "<=", claims.rank(view) - 1)],
        "a ladder has as many stages as its rank",
        ladder(3),
    ),
    _mutant(
        "far-beyond",
        "a datum that is no support vector has x_n.what_m > 3/2",
        lambda view: claims.beyond(view, fmpq(3, 2)),
        "it may be anywhere above 1",
        OFF_MARGIN,
    ),
    _mutant(
        "linear-term-dropped",
        "on ladder data the flow conserves w_{M-1} - exp(w_M)",
        claims.conserved(_without_linear),
        "w_{M-1} also moves with the last datum's loss",
        TWO,
        (claims.LADDER,),
    ),
    _mutant(
        "sign-of-exponential",
        "on ladder data the flow conserves w_{M-1} - w_M + exp(w_M)",
        claims.conserved(_other_sign),
        "both grow",
        TWO,
        (claims.LADDER,),
    ),
)
