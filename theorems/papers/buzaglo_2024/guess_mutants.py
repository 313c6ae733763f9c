"""Too few samples, and other false beliefs about posterior sampling. The counterexamples have 200 inputs or few."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from flint import fmpq

from refutable.theorems.checks import Check
from refutable.theorems.claims import Claim
from refutable.theorems.domains.finite_prior import FINITE_PRIOR
from refutable.theorems.instances import Instance
from refutable.theorems.papers.buzaglo_2024.priors import sampled, symmetric
from refutable.theorems.papers.buzaglo_2024.sample_sizes import SampleSize
from refutable.theorems.records import Mutant
from refutable.theorems.views import View

SETTINGS = (
    (fmpq(1, 1000), 10, fmpq(1, 10)),
    (fmpq(1, 10**6), 10, fmpq(1, 20)),
    (fmpq(1, 10**4), 4, fmpq(1, 100)),
    (fmpq(1, 100), 20, fmpq(1, 5)),
)
"""p, errors among 200 inputs, delta."""

_HALF_WRONG = FINITE_PRIOR.instance(
    blocks=[2], errors=[[0], [1], [2]], prior=["1/10", "4/5", "1/10"], epsilon=1, delta="1/100", samples=7
)


def _fewer(bound: Claim, id: str, size: SampleSize, why: str, killer: Instance) -> Mutant:
    statement = f"if {size.statement}, the posterior has risk >= epsilon with probability at most delta"
    claim = replace(bound, id=f"{bound.id}: {id}", statement=statement, assumes=(size.assumption,), latex="")
    return Mutant(id, claim, why, killer)


def _concluding(
    bound: Claim, id: str, statement: str, concludes: Callable[[View], Iterable[Check]], why: str, killer: Instance
) -> Mutant:
    claim = replace(bound, id=f"{bound.id}: {id}", statement=statement, concludes=concludes, latex="")
    return Mutant(id, claim, why, killer)


def _half_risk(view: View) -> Iterable[Check]:
    """The failure at half of epsilon."""
    half = view.domain.view(_instance(view).replace(epsilon=view["epsilon"] / 2))
    yield Check(half["failure"], "<=", view["delta"])


def _instance(view: View) -> Instance:
    assert view.instance is not None
    return view.instance


def mutants(bound: Claim) -> tuple[Mutant, ...]:
    """The record's mutants; ``bound`` is its headline."""
    teacher_alone = SampleSize(confidence=fmpq(0))
    half_confidence = SampleSize(confidence=fmpq(1, 2))
    half_teacher = SampleSize(teacher=fmpq(1, 2))
    confidence_alone = SampleSize(teacher=fmpq(0))
    three_confidence = SampleSize(fmpq(0), fmpq(3), fmpq(3))
    paper_half_teacher = SampleSize(fmpq(1, 2), fmpq(3), fmpq(3))
    first, _, third, _ = SETTINGS
    return (
        _fewer(
            bound,
            "teacher-alone",
            teacher_alone,
            "it leaves a constant probability",
            symmetric(fmpq(1, 2), 2, 4, fmpq(1, 6), 2),
        ),
        _fewer(
            bound,
            "half-confidence",
            half_confidence,
            "it leaves about the root of delta",
            symmetric(fmpq(1, 4), 1, 4, fmpq(1, 19), 12),
        ),
        _fewer(
            bound,
            "half-teacher",
            half_teacher,
            "it leaves about delta / sqrt(p)",
            symmetric(fmpq(1, 7), 2, 11, fmpq(1, 9), 18),
        ),
        _fewer(
            bound,
            "confidence-alone",
            confidence_alone,
            "a teacher that is rarely guessed needs more samples",
            sampled(*first, confidence_alone),
        ),
        _fewer(
            bound,
            "paper-form-without-teacher",
            three_confidence,
            "a teacher that is rarely guessed needs more samples, whatever the constant on log(2/delta)",
            symmetric(fmpq(1, 600), 5, 14, fmpq(1, 2), 12),
        ),
        _fewer(
            bound,
            "paper-form-half-teacher",
            paper_half_teacher,
            "it leaves about delta^3 / (8 sqrt(p)), which is large for p far below delta^4",
            sampled(fmpq(1, 10**6), 10, fmpq(1, 2), paper_half_teacher),
        ),
        _fewer(
            bound,
            "common-logarithm",
            SampleSize(base=10),
            "the logarithms are natural ones",
            sampled(*first, SampleSize(base=10)),
        ),
        _fewer(
            bound,
            "two-samples-fewer",
            SampleSize(fewer=2),
            "with epsilon = 1 a prior of mass 2/5 on the teacher would need no sample at all",
            symmetric(fmpq(2, 5), 1, 1, fmpq(2, 5), 0),
        ),
        _concluding(
            bound,
            "three-quarters-of-delta",
            "with enough samples the posterior fails with probability at most 3/4 delta",
            lambda view: [Check(view["failure"], "<=", view["delta"] * fmpq(3, 4))],
            "many inputs, few of them wrong, come closer to delta",
            sampled(fmpq(1, 15), 2, fmpq(1, 40), inputs=50),
        ),
        _concluding(
            bound,
            "half-the-risk",
            "with enough samples the posterior has risk >= epsilon/2 with probability at most delta",
            _half_risk,
            "samples for one risk do not suffice for half of it",
            _HALF_WRONG,
        ),
        _concluding(
            bound,
            "worst-consistent",
            "with enough samples every classifier that agrees with the sample has risk < epsilon, but for a "
            "probability of delta: the prior may be chosen after the sample",
            lambda view: [Check(view["worst_failure"], "<=", view["delta"])],
            "among many functions some bad one agrees with every sample; the posterior gives it little mass",
            sampled(*third),
        ),
    )
