"""The kinds of evidence of a gate: each tries one claim in one way and says what it found."""

from __future__ import annotations

from collections.abc import Callable

from refutable.verify import evidence, mass
from refutable.verify.decide import decide
from refutable.verify.events import Event, Run
from refutable.verify.gate.amounts import Amounts, evaluations
from refutable.verify.gate.counterexamples import counterexample, violated
from refutable.verify.gate.findings import Finding, enclosed, of_events
from refutable.verify.gate.run import GateRun
from refutable.verify.gate.subjects import Subject, interior
from refutable.verify.hunting.hunt import hunt
from refutable.verify.hunting.results import Options, Result
from refutable.verify.keeping.tightness import tightness
from refutable.verify.trials import trials
from refutable.verify.witnesses import headline

Try = Callable[[Subject, Amounts, GateRun], Finding]


def drawn(subject: Subject, amount: Amounts, run: GateRun) -> Finding:
    """Random instances: of every claim of the record, and of the links of its proof."""
    suite = run.suite(subject, amount)
    events = [evidence.drawn(subject.record, claim, "claim", amount.drawn, 0, suite) for claim in subject.record.claims]
    found = _found(events, subject)
    links = _found(_trials(subject, suite, "link"), subject)
    found.problems += links.problems
    found.counterexample = found.counterexample or links.counterexample
    return found


def constructed(subject: Subject, amount: Amounts, run: GateRun) -> Finding:
    """Equality families of the record; for a claim of the user's own all that is known in its domain."""
    suite = run.suite(subject, amount)
    if not subject.own:
        built = _found([evidence.constructed(subject.record, f, suite) for f in subject.families], subject)
        # The suite counts whichever claim of the record applies; tightness is the first claim's.
        own = Finding()
        for family in subject.families:
            for instance in [*family.instances(amount.constructed), family.last()]:
                own.add(instance, decide(subject.claim, instance))
        built.tightness, built.tightest = own.tightness, own.tightest
        return built
    found = Finding(strength="exact")
    for family in map(interior, subject.families):
        for instance in dict.fromkeys([*family.instances(amount.constructed), family.last()]):
            outcome = decide(subject.claim, instance)
            found.add(instance, outcome)
            if outcome.verdict == "violated":
                return violated(found, subject, run, instance, f"family {family.id}")
    return found


def trained(subject: Subject, amount: Amounts, run: GateRun) -> Finding:
    """Trained minima, with their labels and relabelled, and states that runs of the dynamics visit."""
    suite = run.suite(subject, amount)
    return _found([*_trials(subject, suite, "trained"), *_trials(subject, suite, "visited")], subject)


def in_mass(subject: Subject, amount: Amounts, run: GateRun) -> Finding:
    """Minima trained in very great numbers."""
    suite = run.suite(subject, amount, len(mass.batches_of(subject.record)))
    return _found(_trials(subject, suite, "mass"), subject)


def swept(subject: Subject, amount: Amounts, run: GateRun) -> Finding:
    """A float batch with certified error bounds."""
    return _found(_trials(subject, run.suite(subject, amount), "swept"), subject)


def symbolic(subject: Subject, amount: Amounts, run: GateRun) -> Finding:
    """Closed forms of the record, proved by SymPy."""
    events = _trials(subject, run.suite(subject, amount), "closed-form")
    found = _found(events, subject)
    proved = sum(bool(event["proved"]) for event in events)
    found.counts["holds"] += proved
    found.strength = "symbolic"
    return found


def _found(events: list[Event], subject: Subject) -> Finding:
    return of_events(events, subject.claim.id, subject.own)


def _trials(subject: Subject, suite: Run, kind: str) -> list[Event]:
    return [trial.run(suite) for trial in trials(subject.record, suite.profile) if trial.kind == kind]


def hunted(subject: Subject, amount: Amounts, run: GateRun) -> Finding:
    """A search for a counterexample."""
    budget = evaluations(run.profile, amount.hunt)
    options = Options(None if budget else amount.hunt, budget, run.seed, device=run.device)
    result = hunt(subject.target, options, corpus=run.kept())
    if result.interrupted:
        raise KeyboardInterrupt
    return of_hunt(result, subject, run)


def of_hunt(result: Result, subject: Subject, run: GateRun) -> Finding:
    """The end of a hunt as a finding."""
    found = Finding(strength="exact", notes=[f"{result.evaluations:,} evaluations, {result.decided:,} exact decisions"])
    found.notes += result.notes
    if result.tightest is not None:
        found.take_tightness(enclosed(tightness(headline(result.tightest.outcome))), result.tightest.instance)
    if result.counterexample is not None:
        refuting = result.counterexample
        found.counts["violated"] += 1
        small = ", reduced until no reduction of it is still a violation" if refuting.minimal else ""
        method = f"hunt, {refuting.method}, seed {result.options.seed}{small}"
        pair = refuting.instance, refuting.outcome
        found.counterexample = counterexample(subject, pair, method, refuting.minimal, run, result.target)
        return found
    held = result.decided - result.vacuous - result.undecided
    found.counts.update(holds=held, vacuous=result.vacuous, undecided=result.undecided)
    suspect = [
        f"a violation in floats (log left - log right = {one.excess:.1e}, {one.method}) could not be decided: "
        f"{one.outcome.reason}"
        for one in result.suspicions
        if one.outcome.verdict == "undecided"
    ]
    # A search asks about senseless instances too: what it cannot decide counts where it decides nothing.
    found.short = {"suspect": suspect} if suspect else {}
    found.verdict = "held" if held and not suspect else ""
    return found


def finding_of(kind: str, one: Try, subject: Subject, amount: Amounts, run: GateRun) -> Finding:
    """What a kind of evidence found; the same in this process is not tried twice."""
    key = (subject.file, subject.entry.id, kind)
    if key not in run.findings:
        run.findings[key] = one(subject, amount, run)
    return run.findings[key]
