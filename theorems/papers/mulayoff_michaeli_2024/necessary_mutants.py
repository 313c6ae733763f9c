"""False variants of the bounds on eta*, and of where the mean is stable."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flint import fmpq

from refutable.theorems.assumptions.regular_minimum import CRITICAL, POSITIVE_SEMIDEFINITE, kept_above, kept_below
from refutable.theorems.checks import Check
from refutable.theorems.claims import Assumption, Claim
from refutable.theorems.domains.regular_minimum import REGULAR_MINIMUM
from refutable.theorems.instances import Instance
from refutable.theorems.papers.mulayoff_michaeli_2024.cases import ONE_CURVED, curvatures, minimum
from refutable.theorems.papers.mulayoff_michaeli_2024.necessary_formulas import (
    direction,
    eigenvector_bound,
    trace_denominator,
    trace_denominator_at,
)
from refutable.theorems.records import Mutant
from refutable.theorems.views import View

TWO = fmpq(2)
Right = Callable[[View], Any]


def _over_batch_size(view: View) -> Any:
    return view.ops.ratio(1, view["batch_size"])


def _trace(id: str, formula: str, right: Right, why: str, killer: Instance) -> Mutant:
    claim = Claim(
        f"trace-bound-{id}",
        REGULAR_MINIMUM,
        f"eta* <= {formula}",
        (POSITIVE_SEMIDEFINITE,),
        lambda view: [Check(view["mean_square_threshold"], "<=", right(view))],
    )
    return Mutant(f"trace-{id}", claim, why, killer)


def _square(x: Any) -> Any:
    return x * x


def _summed(view: View) -> Any:
    found = direction(view)
    length, n = found.squared_length, found.curvatures.shape[-1]
    top = found.mean / length
    spread = (found.mean_square / _square(length) - top * top) * n
    return 2 * top / (top * top + view["batch_noise"] * spread)


def _uncentred(view: View) -> Any:
    found = direction(view)
    top, square = found.mean / found.squared_length, found.mean_square / _square(found.squared_length)
    return 2 * top / (top * top + view["batch_noise"] * square)


def _mean_moves(id: str, statement: str, concludes: Any, edge: Any, why: str, killer: Instance) -> Mutant:
    claim = Claim(id, REGULAR_MINIMUM, statement, (POSITIVE_SEMIDEFINITE, CRITICAL, edge), concludes)
    return Mutant(id, claim, why, killer)


def _mean_after(view: View) -> tuple[Any, Any]:
    start, (mean, _) = view["displacement"], view["sgd_moments"][1]
    return view.ops.sum(start * start), view.ops.sum(mean * mean)


def _bounded(view: View) -> list[Check]:
    start, after = _mean_after(view)
    return [Check(after, "<=", start)]


def _grows(view: View) -> list[Check]:
    start, after = _mean_after(view)
    return [Check(start, "<", after)]


def _below(id: str, statement: str, edge: Right) -> Assumption:
    def checks(view: View) -> list[Check]:
        return [Check(view["step_size"], "<", edge(view))]

    return Assumption(id, statement, checks, kept_below(edge), last=True)


def _above(id: str, statement: str, edge: Right) -> Assumption:
    def checks(view: View) -> list[Check]:
        return [Check(edge(view), "<", view["step_size"])]

    return Assumption(id, statement, checks, kept_above(edge), last=True)


def trace_mutants() -> tuple[Mutant, ...]:
    """False bounds from traces."""
    return (
        _trace(
            "p-one-over-batch-size",
            "2 Tr H / ((1 - 1/B) |H|_F^2 + 1/B mean |H_i|_F^2)",
            lambda view: 2 * view["trace"] / trace_denominator_at(view, _over_batch_size(view)),
            "p = (n - B) / (B (n - 1)): eta* = 4, not 3",
            curvatures(ONE_CURVED, 1, 2),
        ),
        _trace(
            "uncentred",
            "2 Tr H / (|H|_F^2 + p mean |H_i|_F^2)",
            lambda view: (
                2
                * view["trace"]
                / (view["squared_hessian"] + view["batch_noise"] * view.ops.mean(view["squared_hessians"]))
            ),
            "the weight of |H|_F^2 is 1 - p",
            curvatures(ONE_CURVED, 1),
        ),
        _trace(
            "summed",
            "2 Tr H / ((1 - p) |H|_F^2 + p sum |H_i|_F^2)",
            lambda view: (
                2
                * view["trace"]
                / (
                    (1 - view["batch_noise"]) * view["squared_hessian"]
                    + view["batch_noise"] * view.ops.sum(view["squared_hessians"])
                )
            ),
            "the noise is a mean over losses",
            curvatures(ONE_CURVED, 1),
        ),
        _trace(
            "factor-one",
            "Tr H / ((1 - p) |H|_F^2 + p mean |H_i|_F^2)",
            lambda view: view["trace"] / trace_denominator(view),
            "the factor is 2",
            curvatures(ONE_CURVED, 1),
        ),
        _trace(
            "squared-traces",
            "2 Tr H / ((1 - p) (Tr H)^2 + p mean (Tr H_i)^2)",
            lambda view: (
                2
                * view["trace"]
                / (
                    (1 - view["batch_noise"]) * _square(view["trace"])
                    + view["batch_noise"] * view.ops.mean(_square(view["traces"]))
                )
            ),
            "the squared Frobenius norm is below the squared trace",
            minimum([[[1, 0], [0, 1]]], 1),
        ),
        Mutant(
            "trace-sufficient",
            Claim(
                "trace-bound-sufficient",
                REGULAR_MINIMUM,
                "2 Tr H / ((1 - p) |H|_F^2 + p mean |H_i|_F^2) <= eta*: the condition is sufficient as well",
                (POSITIVE_SEMIDEFINITE,),
                lambda view: [Check(2 * view["trace"] / trace_denominator(view), "<=", view["mean_square_threshold"])],
            ),
            "it averages over directions, one of which may be sharp",
            minimum([[[2, 0], [0, 1]]], 1),
        ),
    )


def eigenvector_mutants(top_eigenvector: Assumption) -> tuple[Mutant, ...]:
    """False bounds from a top eigenvector."""

    def bound(id: str, formula: str, right: Right, why: str, killer: Instance) -> Mutant:
        claim = Claim(
            f"eigenvector-bound-{id}",
            REGULAR_MINIMUM,
            f"eta* <= {formula}, v a unit top eigenvector of H",
            (POSITIVE_SEMIDEFINITE, top_eigenvector),
            lambda view: [Check(view["mean_square_threshold"], "<=", right(view))],
        )
        return Mutant(f"eigenvector-{id}", claim, why, killer)

    sufficient = Claim(
        "eigenvector-bound-sufficient",
        REGULAR_MINIMUM,
        "2 lambda / (lambda^2 + p mean (v^T H_i v - lambda)^2) <= eta*, v a unit top eigenvector of H",
        (POSITIVE_SEMIDEFINITE, top_eigenvector),
        lambda view: [Check(eigenvector_bound(view, view["batch_noise"]), "<=", view["mean_square_threshold"])],
    )
    return (
        bound(
            "p-one-over-batch-size",
            "2 lambda / (lambda^2 + 1/B mean (v^T H_i v - lambda)^2)",
            lambda view: eigenvector_bound(view, _over_batch_size(view)),
            "p = (n - B) / (B (n - 1)): eta* = 4, not 3",
            curvatures(ONE_CURVED, 1, 2),
        ),
        bound(
            "summed",
            "2 lambda / (lambda^2 + p sum (v^T H_i v - lambda)^2)",
            _summed,
            "the noise is a mean over losses",
            curvatures(ONE_CURVED, 1),
        ),
        bound(
            "uncentred",
            "2 lambda / (lambda^2 + p mean (v^T H_i v)^2)",
            _uncentred,
            "only deviations from lambda are noise",
            curvatures(ONE_CURVED, 1),
        ),
        Mutant(
            "eigenvector-sufficient",
            sufficient,
            "another direction may be noisier",
            minimum([[[2, 0], [0, 3]], [[2, 0], [0, 0]]], 1),
        ),
    )


def mutants(top_eigenvector: Assumption) -> tuple[Mutant, ...]:
    """The record's mutants."""
    return (
        *trace_mutants(),
        *eigenvector_mutants(top_eigenvector),
        _mean_moves(
            "mean-stable-to-three",
            "step size < 3 / lambda_max(H): |E theta_1| <= |theta_0|",
            _bounded,
            _below(
                "below-three-over-sharpness",
                "step size < 3 / lambda_max(H)",
                lambda view: view["mean_threshold"] * view.ops.ratio(3, 2),
            ),
            "the mean is stable up to 2 / lambda_max(H)",
            curvatures((1,), "5/2"),
        ),
        _mean_moves(
            "mean-unstable-above-eta-star",
            "step size > eta*: |E theta_1| > |theta_0|",
            _grows,
            _above("above-eta-star", "step size > eta*", lambda view: view["mean_square_threshold"]),
            "beyond eta* the mean square grows, the mean only beyond 2 / lambda_max(H)",
            curvatures(ONE_CURVED, 3),
        ),
    )
