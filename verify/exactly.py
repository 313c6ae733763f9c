"""Exact decisions of many instances, in parallel processes where there are enough of them.

Claims travel by name and instances by value, so that nothing but numbers crosses. A process that dies costs time only:
what it had not decided is decided here.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from typing import Any

from flint import fmpq

from refutable.theorems.claims import Claim
from refutable.theorems.instances import Instance
from refutable.verify.decide import Outcome, decide
from refutable.verify.paths import ClaimRef, claim_ref
from refutable.verify.processes import in_processes

Subject = Claim | ClaimRef
"""A claim, or what names it: only named claims can be decided in other processes."""
CHUNK = 8
"""Instances sent to a process at a time."""
PARALLEL_FROM = 64
"""Fewer instances than this are decided faster here than processes start."""


@dataclass(frozen=True)
class Question:
    """An instance, and which of the claims to decide on it (indices)."""

    instance: Instance
    claims: tuple[int, ...]


def claim_of(subject: Subject) -> Claim:
    """The claim itself.

    Raises:
        KeyError, ReadError: as `ClaimRef.resolve`.
    """
    return subject if isinstance(subject, Claim) else subject.resolve()


def decide_many(subjects: Sequence[Subject], instances: Sequence[Instance], workers: int = 1) -> list[list[Outcome]]:
    """Outcomes of every claim on every instance, one list an instance, in the given order; see `decide_asked`."""
    every = tuple(range(len(subjects)))
    return decide_asked(subjects, [Question(instance, every) for instance in instances], workers)


def decide_asked(subjects: Sequence[Subject], questions: Sequence[Question], workers: int = 1) -> list[list[Outcome]]:
    """Outcomes of the claims that each question asks for, in the given order. Claims on one instance share its view.

    With several ``workers``, at least `PARALLEL_FROM` questions and no claim that has no name, other processes decide.
    Outcomes from there leave out sides that are irrational and say left/right as a float; violations are decided again
    here and are complete.
    Ctrl-C ends the processes at once.

    Raises:
        ValueError: fewer than one worker.
    """
    if workers < 1:
        raise ValueError(f"workers must be at least 1, got {workers}")
    claims = [claim_of(subject) for subject in subjects]
    named = [subject.document() for subject in subjects if not isinstance(subject, Claim)]
    if workers == 1 or len(questions) < PARALLEL_FROM or len(named) < len(subjects):
        return _answers(claims, questions)
    answers: list[list[Outcome]] = []
    try:
        for part in _from_processes(named, questions, workers):
            answers += [_completed(claims, q, found) for q, found in zip(questions[len(answers) :], part, strict=False)]
    except BrokenProcessPool:
        answers += _answers(claims, questions[len(answers) :])
    return answers


def _answers(claims: Sequence[Claim], questions: Sequence[Question]) -> list[list[Outcome]]:
    answers = []
    for question in questions:
        asked = [claims[index] for index in question.claims]
        views = {claim.domain.id: claim.domain for claim in asked}
        own = views.get(question.instance.domain)
        subject = question.instance if own is None else own.view(question.instance)
        answers.append([decide(claim, subject) for claim in asked])
    return answers


def _completed(claims: Sequence[Claim], question: Question, found: list[Outcome]) -> list[Outcome]:
    return [
        decide(claims[index], question.instance) if outcome.verdict == "violated" else outcome
        for index, outcome in zip(question.claims, found, strict=True)
    ]


def _from_processes(
    named: Sequence[Mapping[str, Any]], questions: Sequence[Question], workers: int
) -> Iterator[list[list[Outcome]]]:
    """Answers chunk by chunk, in order."""
    chunks = [questions[i : i + CHUNK] for i in range(0, len(questions), CHUNK)]
    return in_processes(_portable_answers, chunks, workers, _begin, (named,))


_CLAIMS: list[Claim] = []
"""The claims of this process, if it is one that decides for another."""


def _begin(named: Sequence[Mapping[str, Any]]) -> None:
    sys.stdout = sys.stderr  # what a user's claim prints must not reach the parent's document
    _CLAIMS[:] = [claim_ref(document).resolve() for document in named]


def _portable_answers(questions: Sequence[Question]) -> list[list[Outcome]]:
    return [[_portable(outcome) for outcome in found] for found in _answers(_CLAIMS, questions)]


def _portable(outcome: Outcome) -> Outcome:
    """The outcome without sides that cannot travel, and how tight it was."""
    checks = tuple(replace(d, left=_rational(d.left), right=_rational(d.right)) for d in outcome.checks)
    return replace(outcome, checks=checks, measured=outcome.tightness)


def _rational(side: Any) -> fmpq | None:
    return side if isinstance(side, fmpq) else None
