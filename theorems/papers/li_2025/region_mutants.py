"""False variants of the bounds on active neurons and regions."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flint import fmpq

from refutable.theorems.checks import Check
from refutable.theorems.claims import Claim
from refutable.theorems.instances import Instance
from refutable.theorems.papers.li_2025 import formulas as of
from refutable.theorems.papers.li_2025.networks import one_datum, seldom_active, three_kinks, zigzag
from refutable.theorems.records import Mutant
from refutable.theorems.views import View


def _mutant(
    claim: Claim, id: str, statement: str, left: of.Formula, right: of.Formula, why: str, killer: Instance
) -> Mutant:
    changed = replace(
        claim,
        id=f"{claim.id}: {id}",
        statement=f"{statement} (false variant: {id})",
        latex="",
        concludes=lambda view: [Check(left(view), "<=", right(view))],
    )
    return Mutant(id, changed, why, killer)


def _edge(view: View) -> Any:
    return view["stability_threshold"]


def _active(view: View) -> Any:
    return of.smallest_output_square(view) * of.most_active(view)


def _regions(view: View) -> Any:
    return of.smallest_output_square(view) * of.most_regions(view)


def _squared(view: View, value: Any) -> Any:
    return of.smallest_output_square(view) * value * value


def _roots(view: View, factor: int = 1) -> Any:
    """factor times 2 r / eta."""
    return factor * of.neurons(view) * _edge(view)


def _most(view: View) -> Any:
    return view.ops.max(view["active_count"])


def mutants(active: Claim, regions: Claim, mean_active: Claim, mean_regions: Claim) -> tuple[Mutant, ...]:
    """The record's mutants."""
    return (*_of_active(active), *_of_regions(regions), *_of_means(mean_active, mean_regions))


def _of_active(claim: Claim) -> tuple[Mutant, ...]:
    return (
        _mutant(
            claim,
            "half-the-edge",
            "a_min^2 (|x_k|^2 + 1) A_k <= n / eta",
            _active,
            lambda view: of.samples_over_step(view, of.ONE),
            "the sharpness may be as large as 2/eta; one datum x = 1: A = 3, not at most 3/2",
            one_datum(),
        ),
        _mutant(
            claim,
            "output-weights-left-out",
            "(|x_k|^2 + 1) A_k <= 2 n / eta",
            of.most_active,
            of.samples_over_step,
            "output weights a hundred times smaller on input weights as many times larger: the same function, the "
            "same active neurons, the largest eigenvalue of the block 10^4 times smaller",
            zigzag(scale=fmpq(1, 100)),
        ),
        _mutant(
            claim,
            "largest-output-weight",
            "a_max^2 (|x_k|^2 + 1) A_k <= 2 n / eta",
            lambda view: of.largest_output_square(view) * of.most_active(view),
            of.samples_over_step,
            "a neuron with a small output weight is active as much as one with a large one",
            one_datum(outputs=(1, 2)),
        ),
        _mutant(
            claim,
            "samples-left-out",
            "a_min^2 (|x_k|^2 + 1) A_k <= 2 / eta",
            _active,
            _edge,
            "each datum has a share of 1/n in the loss",
            zigzag(),
        ),
        _mutant(
            claim,
            "two-for-the-bias",
            "a_min^2 (|x_k|^2 + 2) A_k <= 2 n / eta",
            lambda view: of.smallest_output_square(view) * of.most_active(view, of.TWO),
            of.samples_over_step,
            "the hidden bias sees the input 1 once",
            one_datum(),
        ),
    )


def _of_regions(claim: Claim) -> tuple[Mutant, ...]:
    counted = replace(claim, assumes=())
    return (
        _mutant(
            claim,
            "regions-half-the-edge",
            "R <= 2 + (n / (eta a_min^2)) (1/(1 + |x_k|^2) + 1/(1 + |x_l|^2))",
            _regions,
            lambda view: of.samples_over_step(view, of.ONE),
            "2n/eta is attained by a zigzag of four kinks; here three have R = 5",
            three_kinks(),
        ),
        _mutant(
            claim,
            "regions-one-end",
            "R <= 1 + (2 n / (eta a_min^2)) (1/(1 + |x_k|^2) + 1/(1 + |x_l|^2))",
            lambda view: of.smallest_output_square(view) * of.most_regions(view, 1),
            of.samples_over_step,
            "K kinks leave K + 1 pieces, each of which may cross 0; three kinks have R = 5",
            three_kinks(),
        ),
        _mutant(
            counted,
            "one-more-than-kinks",
            "R <= K + 1 on every segment",
            lambda view: of.most_regions_beyond(view, lambda v: v["segment_kinks"]),
            lambda view: 1,
            "K kinks leave K + 1 pieces, each of which may cross 0; the zigzag has K = 4 and R = 6",
            zigzag(),
        ),
        _mutant(
            counted,
            "one-more-than-active",
            "R <= 1 + A_k + A_l on every segment",
            lambda view: of.most_regions_beyond(view, of.active_at_both),
            lambda view: 1,
            "three neurons, one active at the one end and two at the other: R = 5",
            three_kinks(),
        ),
        _mutant(
            counted,
            "larger-end-alone",
            "R <= 2 + max(A_k, A_l) on every segment",
            lambda view: of.most_regions_beyond(view, of.larger_active),
            lambda view: 2,
            "both ends have neurons of their own; three, one here and two there, have R = 5",
            three_kinks(),
        ),
    )


def _of_means(active: Claim, regions: Claim) -> tuple[Mutant, ...]:
    return (
        _mutant(
            active,
            "shares-half-the-edge",
            "sum_i w2_i^2 q_i^2 <= 1/eta",
            of.weighted_shares,
            lambda view: _edge(view) * view.ops.ratio(1, 2),
            "at one datum x = 0 both sides of the true bound are equal",
            one_datum(x=0),
        ),
        _mutant(
            active,
            "neurons-left-out",
            "mean_k A_k <= sqrt(2 / eta) / a_min",
            lambda view: _squared(view, of.mean_active(view)),
            _edge,
            "r equal neurons have the shares' sum r, and the sum of their squares r as well",
            one_datum(4, x=0),
        ),
        _mutant(
            active,
            "largest-for-mean",
            "max_k A_k <= sqrt(2 r / eta) / a_min",
            lambda view: _squared(view, _most(view)),
            _roots,
            "without n only the mean over the data is bounded: a neuron that is seldom active bends the loss little",
            seldom_active(),
        ),
        _mutant(
            regions,
            "mean-regions-one-root",
            "the mean of R is at most 2 + sqrt(2 r / eta) / a_min",
            lambda view: _squared(view, of.mean_regions_beyond(view)),
            _roots,
            "both ends of a segment have neurons of their own; three of them have R = 5",
            three_kinks(fmpq(1, 4)),
        ),
        _mutant(
            regions,
            "mean-regions-one-end",
            "the mean of R is at most 1 + 2 sqrt(2 r / eta) / a_min",
            lambda view: _squared(view, of.mean_regions_beyond(view, 1)),
            lambda view: _roots(view, 4),
            "the 2 of R <= K + 2 is needed",
            three_kinks(fmpq(1, 16)),
        ),
    )
