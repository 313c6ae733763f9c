"""The end of a hunt as a person would write it."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from refutable.theorems.exact import rational
from refutable.theorems.exact.rationals import to_float
from refutable.theorems.instances import Instance
from refutable.theorems.records import all_mutants
from refutable.verify.commands.output import aligned, wrapped
from refutable.verify.decide import Outcome
from refutable.verify.headlines import comparison
from refutable.verify.hunting.documents import dropped, written
from refutable.verify.hunting.results import Counterexample, MethodSummary, Options, Result, Suspicion
from refutable.verify.hunting.target import Target
from refutable.verify.keeping.tightness import tightness
from refutable.verify.paths import ClaimPath
from refutable.verify.sides import bounds
from refutable.verify.witnesses import headline

NEAR = 0.01
"""A ratio this close to 1 is written as 1 minus or plus the difference."""
MOST_SUSPICIONS = 3
LONG = re.compile(r"(?P<p>\d+)/(?P<q>\d+)")
METHODS = ("method", "evaluations", "seconds", "best ratio", "")


def text(result: Result) -> Iterator[str]:
    """A result, line by line: what was hunted, what was found, what each method did, what to know."""
    yield from hunted(result.target, result.options)
    yield ""
    found = result.counterexample
    yield from _refuted(result, found) if found is not None else _not_refuted(result)
    yield from _suspicions(result)
    yield ""
    yield from _methods(result.methods)
    for note in result.notes:
        yield from wrapped("note: ", note, 0)


def hunted(target: Target, options: Options) -> Iterator[str]:
    """What is hunted: the claim, what it assumes, what it goes without."""
    claim = target.claim
    yield f"{target.title}   ({'cold, ' if options.cold else ''}seed {options.seed})"
    if target.theorem is not None and target.theorem.observed and target.claim in target.theorem.claims:
        yield "an observation, no theorem: how often it holds is measured, and one counterexample refutes nothing"
    why = _why_false(target)
    statement = claim.statement.split(" (false variant: ")[0] if why else claim.statement
    yield from wrapped("a false variant of: " if why else "claim: ", statement)
    if why:
        yield from wrapped("false, says the record: ", why)
    yield from wrapped("assumes: ", ", ".join(a.id for a in claim.assumes) or "nothing")
    without = dropped(target)
    if without:
        yield from wrapped("dropped: ", without)


def ratio_text(outcome: Outcome) -> str:
    """Left/right of a decided inequality between positive numbers: "0.8734", "1 - 2.3e-13", "1 + 4.0e-07"; else ""."""
    if outcome.verdict != "violated":
        mark = tightness(headline(outcome))
        return "" if mark is None else str(mark)
    decision = outcome.headline
    if decision is None or outcome.operators[0] not in ("<=", "<"):
        return ""
    left, right = bounds(decision.left), bounds(decision.right)
    if left is None or right is None or not rational(right["lower"]) > 0:
        return ""
    above = rational(left["lower"]) / rational(right["upper"]) - 1
    if decision.touching or not above > 0:  # equal, or closer than the enclosures are narrow
        return "1 (touching)" if decision.touching else "above 1, by less than can be shown"
    return _beside_one(to_float(above))


def float_ratio(value: float | None) -> str:
    """A float ratio left/right in the same way; "-" for none."""
    return "-" if value is None else _beside_one(value - 1)


def _beside_one(above: float) -> str:
    if above == 0:
        return "1"
    if abs(above) >= NEAR:
        return f"{1 + above:.4g}"
    return f"1 {'+' if above > 0 else '-'} {abs(above):.1e}"


def _why_false(target: Target) -> str:
    """What the record says against one of its mutants."""
    ref, record = target.ref, target.theorem
    if record is None or not isinstance(ref, ClaimPath) or ref.part != "mutant":
        return ""
    return next((m.why_false for m in all_mutants(record) if m.id == ref.id), "")


def _refuted(result: Result, found: Counterexample) -> Iterator[str]:
    at = f"found by {found.method} after {_count(found.evaluations, 'evaluation')} in {_seconds(found.seconds)}"
    yield f"refuted: certified counterexample, {at},"
    yield f"  {_reduction(result, found)}"
    yield from _instance(result.target, found.instance)
    yield f"  {_sides(violated_first(found.outcome))}"
    if found.outcome.reason:
        yield f"  violated: {found.outcome.reason}"
    held = ", ".join(a.id for a in found.outcome.assumptions if a.verdict == "holds")
    yield from wrapped("assumptions, each decided to hold: ", held or "none")
    if found.hollow:
        yield from wrapped("not an honest witness: ", found.hollow)
    if found.file is None:
        yield "  not kept in a file"
    else:
        yield f"  kept in {found.file}"
        yield f"  replay it: {replay_command(found.file)}"
    if result.interrupted:
        yield "  interrupted: what is above is certified, but may not be the simplest"


def replay_command(file: Path) -> str:
    """The command that decides a kept witness again."""
    return f"refutable replay {shlex.quote(str(file))}"


def _reduction(result: Result, found: Counterexample) -> str:
    if found.minimal:
        return "shrunk until no single reduction keeps it a counterexample (1-minimal)"
    if not result.options.shrink:
        return "as it was found"
    ended = "Ctrl-C" if result.interrupted else "its budget of decisions or time"
    return f"shrunk until {ended} ended that: not 1-minimal"


def _not_refuted(result: Result) -> Iterator[str]:
    effort = f"{_count(result.evaluations, 'evaluation')} and {_count(result.decided, 'exact decision')}"
    vacuous = f" ({result.vacuous:,} of them vacuous)" if result.vacuous else ""
    yield f"not refuted: no certified counterexample in {effort}{vacuous}, {_seconds(result.seconds)}"
    if result.interrupted:
        yield "  interrupted before its budget ended"
    yield "  this is no proof: only a counterexample settles a claim here"
    closest = result.tightest
    if closest is None:
        yield "  no decided instance says how near the claim is to failing (a positive ratio left/right)"
        return
    said = ratio_text(closest.outcome)
    best = f"best certified ratio left/right = {said}" if said else "an instance on which it holds"
    yield f"  {best}, found by {closest.method} (long fractions are rounded here):"
    for line in written(result.target.claim, closest.instance):
        yield from wrapped("", rounded(line), 6)
    yield f"  {_sides(closest.outcome, with_ratio=False)}"


def _instance(target: Target, instance: Instance) -> Iterator[str]:
    for line in written(target.claim, instance):
        yield from wrapped("", line, 6)


def rounded(text: str) -> str:
    """A text with its long fractions as decimals: ~0.458808 for 8265114226349869/18014398509481984."""
    return LONG.sub(lambda m: f"~{int(m['p']) / int(m['q']):.6g}" if max(map(len, m.groups())) > 6 else m[0], text)


def violated_first(outcome: Outcome) -> Outcome:
    """The outcome with its violated comparisons in front: a claim may conclude several things."""
    order = sorted(range(len(outcome.checks)), key=lambda i: outcome.checks[i].truth is not False)
    return replace(
        outcome,
        checks=tuple(outcome.checks[i] for i in order),
        labels=tuple(outcome.labels[i] for i in order),
        operators=tuple(outcome.operators[i] for i in order),
    )


def _sides(outcome: Outcome, with_ratio: bool = True) -> str:
    said = ratio_text(outcome) if with_ratio else ""
    return comparison(outcome) + (f"   left/right = {said}" if said else "")


def _suspicions(result: Result) -> Iterator[str]:
    """Float violations that did not certify, the largest first."""
    every = sorted(result.suspicions, key=lambda one: one.excess, reverse=True)
    if not every:
        return
    yield ""
    yield f"suspicions: {_count(len(every), 'float violation')} did not certify, so none is a counterexample"
    for one in every[:MOST_SUSPICIONS]:
        yield from wrapped("- ", _suspicion(one))
    if len(every) > MOST_SUSPICIONS:
        yield f"  - and {len(every) - MOST_SUSPICIONS:,} more with smaller margins (--json has them all)"


_EXACTLY = {
    "holds": "exactly, it holds",
    "violated": "exactly, it is violated",
    "vacuous": "exactly, an assumption fails",
    "undecided": "exactly, it could not be decided",
    "agrees": "exactly, both sides agree to 2^-200",
    "inapplicable": "exactly, the claim does not apply",
}


def _suspicion(one: Suspicion) -> str:
    margin = f"a float violation by {one.excess:.1e} in log(left/right), found by {one.method}"
    ratio = ratio_text(one.outcome)  # the sides themselves look equal in twelve digits
    held = f"left/right = {ratio}" if ratio else comparison(one.outcome)
    sides = held if one.outcome.verdict == "holds" else one.outcome.reason
    said = _EXACTLY[one.outcome.verdict] + (f" ({sides})" if sides else "")
    tried = "; widening the margin in higher precision did not help" if one.widened else ""
    return f"{margin}, did not certify: {said}{tried}"


def _methods(methods: tuple[MethodSummary, ...]) -> Iterator[str]:
    rows = [
        (m.id, f"{m.evaluations:,}", f"{m.seconds:.1f}", float_ratio(m.proposed), m.note)
        for m in methods
    ]  # fmt: skip
    yield from aligned([METHODS, *rows])


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _seconds(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds < 100 else f"{seconds:.0f} s"
