"""Results of several workers as one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from refutable.verify.hunting.results import (
    Counterexample,
    MethodSummary,
    Options,
    Progress,
    Result,
    Suspicion,
    Tightest,
)
from refutable.verify.hunting.target import Target


@dataclass(frozen=True)
class Share:
    """What one worker did.

    Attributes:
        result: None where it came to no end.
        last: the progress it reported last.
        trouble: why it came to no end.
    """

    index: int
    result: Result | None
    last: Progress | None = None
    trouble: str = ""


def merged(target: Target, options: Options, shares: Sequence[Share], interrupted: bool) -> Result:
    """One result of all shares; what a lost worker did is counted as far as it reported it."""
    results = [share.result for share in shares if share.result is not None]
    lost = [share.last for share in shares if share.result is None and share.last is not None]
    chosen, notes = _counterexample(options, shares)
    return Result(
        target,
        options,
        chosen,
        _tightest(results),
        tuple(_suspicions(results)),
        evaluations=sum(r.evaluations for r in results) + sum(p.evaluations for p in lost),
        decided=sum(r.decided for r in results),
        vacuous=sum(r.vacuous for r in results),
        seconds=max([*(r.seconds for r in results), *(p.seconds for p in lost)], default=0.0),
        methods=_methods(method for r in results for method in r.methods),
        interrupted=interrupted,
        notes=(*dict.fromkeys(note for r in results for note in r.notes), *notes, *_troubles(shares)),
        undecided=sum(r.undecided for r in results),
    )


def merged_progress(last: Sequence[Progress]) -> Progress:
    """Where all workers stand together; ``last`` is not empty."""
    leading = max(last, key=lambda p: (p.proposed is not None, p.proposed or 0.0))
    return Progress(
        "shrinking" if any(p.phase == "shrinking" for p in last) else "searching",
        sum(p.evaluations for p in last),
        max(p.seconds for p in last),
        leading.proposed,
        max((p.certified for p in last if p.certified is not None), default=None),
        leading.leader,
    )


def _counterexample(options: Options, shares: Sequence[Share]) -> tuple[Counterexample | None, list[str]]:
    """The one that counts, and whose it is.

    By a budget of evaluations that is the first worker's: times differ from run to run. By time it is the first
    that was found, of those that were reduced to the end.
    """
    found = [(s.index, s.result.counterexample) for s in shares if s.result and s.result.counterexample]
    if not found:
        return None, []
    if options.evaluations is None:
        found.sort(key=lambda pair: (bool(pair[1].hollow), not pair[1].minimal, pair[1].seconds, pair[0]))
    index, counterexample = found[0]
    who = f"worker {index + 1} of {len(shares)} found the counterexample; its evaluations and seconds are that worker's"
    return counterexample, [who]


def _tightest(results: Iterable[Result]) -> Tightest | None:
    found = [r.tightest for r in results if r.tightest is not None]
    return max(found, key=lambda t: (t.outcome.touching, t.outcome.tightness or 0.0), default=None)


def _suspicions(results: Iterable[Result]) -> list[Suspicion]:
    """Those of all workers, once each."""
    return list({one.instance: one for r in results for one in r.suspicions}.values())


def _methods(summaries: Iterable[MethodSummary]) -> tuple[MethodSummary, ...]:
    """One summary a method: sums, the best proposal, each reason once."""
    whole: dict[str, MethodSummary] = {}
    for one in summaries:
        before = whole.get(one.id)
        whole[one.id] = one if before is None else _together(before, one)
    return tuple(whole.values())


def _together(a: MethodSummary, b: MethodSummary) -> MethodSummary:
    proposals = [value for value in (a.proposed, b.proposed) if value is not None]
    return replace(
        a,
        evaluations=a.evaluations + b.evaluations,
        seconds=a.seconds + b.seconds,
        steps=a.steps + b.steps,
        proposed=max(proposals, default=None),
        note="; ".join(dict.fromkeys(note for note in (*a.note.split("; "), b.note) if note)),
    )


def _troubles(shares: Sequence[Share]) -> list[str]:
    """A line for each worker that came to no end."""
    lines = []
    for share in shares:
        if share.result is None and share.trouble:
            did = "before its first report" if share.last is None else f"after {share.last.evaluations:,} evaluations"
            kept = ""
            if share.last is not None and share.last.phase == "shrinking":
                kept = "; it had certified a counterexample, which is in the corpus"
            lines.append(f"worker {share.index + 1} of {len(shares)} {share.trouble}, {did}{kept}")
    return lines
