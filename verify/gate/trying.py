"""The kinds of evidence of a gate: each tries one claim in one way and says what it found."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from flint import fmpq

from refutable.theorems.exact import rational
from refutable.theorems.instances import Instance
from refutable.theorems.records import all_mutants
from refutable.verify import evidence, mass, refutations
from refutable.verify.decide import Outcome, decide
from refutable.verify.events import Event, Run
from refutable.verify.gate.amounts import Amounts, evaluations
from refutable.verify.gate.counterexamples import counterexample, reduced
from refutable.verify.gate.findings import Finding, enclosed, of_events, tightest_of
from refutable.verify.gate.own import own_instances, own_networks
from refutable.verify.gate.run import GateRun
from refutable.verify.gate.subjects import Subject, interior
from refutable.verify.headlines import comparison
from refutable.verify.hunting.hunt import hunt
from refutable.verify.hunting.results import Options, Result
from refutable.verify.hunting.target import Target
from refutable.verify.keeping.tightness import tightness
from refutable.verify.trials import trials
from refutable.verify.witnesses import headline

Try = Callable[[Subject, Amounts, GateRun], Finding]
SCALED = "right-side-"
LEAST_MUTANT_SECONDS = 5.0


def drawn(subject: Subject, amount: Amounts, run: GateRun) -> Finding:
    """Random instances: of every claim of the record, and of the links of its proof."""
    suite = run.suite(subject, amount)
    events = [evidence.drawn(subject.record, claim, "claim", amount.drawn, 0, suite) for claim in subject.record.claims]
    found = of_events(events, subject.own)
    links = of_events(_trials(subject, suite, "link"), subject.own)
    found.problems += links.problems
    found.counterexample = found.counterexample or links.counterexample
    return found


def constructed(subject: Subject, amount: Amounts, run: GateRun) -> Finding:
    """Equality families of the record; for a claim of the user's own all that is known in its domain."""
    suite = run.suite(subject, amount)
    if not subject.own:
        return of_events([evidence.constructed(subject.record, f, suite) for f in subject.families], False)
    found = Finding(strength="exact")
    for family in map(interior, subject.families):
        for instance in dict.fromkeys([*family.instances(amount.constructed), family.last()]):
            outcome = decide(subject.claim, instance)
            found.add(instance, outcome)
            if outcome.verdict == "violated":
                return _violated(found, subject, run, instance, f"family {family.id}")
    return found


def trained(subject: Subject, amount: Amounts, run: GateRun) -> Finding:
    """Trained minima, with their labels and relabelled."""
    return of_events(_trials(subject, run.suite(subject, amount), "trained"), subject.own)


def in_mass(subject: Subject, amount: Amounts, run: GateRun) -> Finding:
    """Minima trained in very great numbers."""
    suite = run.suite(subject, amount, len(mass.batches_of(subject.record)))
    return of_events(_trials(subject, suite, "mass"), subject.own)


def swept(subject: Subject, amount: Amounts, run: GateRun) -> Finding:
    """A float batch with certified error bounds."""
    return of_events(_trials(subject, run.suite(subject, amount), "swept"), subject.own)


def symbolic(subject: Subject, amount: Amounts, run: GateRun) -> Finding:
    """Closed forms of the record, proved by SymPy."""
    events = _trials(subject, run.suite(subject, amount), "closed-form")
    found = of_events(events, False)
    proved = sum(bool(event["proved"]) for event in events)
    found.counts["holds"] += proved
    found.strength = "symbolic"
    return found


def _trials(subject: Subject, suite: Run, kind: str) -> list[Event]:
    return [trial.run(suite) for trial in trials(subject.record, suite.profile) if trial.kind == kind]


def hunted(subject: Subject, amount: Amounts, run: GateRun) -> Finding:
    """A search for a counterexample."""
    return _searched(subject.target, subject, amount.hunt, run)


def _searched(target: Target, subject: Subject, seconds: float, run: GateRun) -> Finding:
    budget = evaluations(run.profile, seconds)
    options = Options(seconds=seconds if budget is None else None, evaluations=budget, seed=run.seed, device=run.device)
    result = hunt(target, options, corpus=run.kept())
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
    open_ones = [one for one in result.suspicions if one.outcome.verdict == "undecided"]
    for one in open_ones:
        found.problems.append(
            f"a violation in floats (log left - log right = {one.excess:.1e}, {one.method}) could not be decided: "
            f"{one.outcome.reason}"
        )
    # A search asks about senseless instances too: what it cannot decide counts where it decides nothing.
    found.verdict = "suspect" if open_ones else "held" if held else ""
    return found


def _violated(found: Finding, subject: Subject, run: GateRun, instance: Instance, method: str) -> Finding:
    small, how, minimal = reduced(subject.claim, instance)
    found.counterexample = counterexample(
        subject, (small, decide(subject.claim, small)), f"{method}, {how}", minimal, run
    )
    return found


def instances(subject: Subject, amount: Amounts, run: GateRun) -> Finding:
    """The user's own instances: each must be decided, and in favour."""
    return _own(subject, run, [(name, [(name, one)]) for name, one in own_instances(subject.entry)])


def networks(subject: Subject, amount: Amounts, run: GateRun) -> Finding:
    """The user's own trained networks: as trained and relabelled; one of the two readings must be decided."""
    grouped: dict[str, list[tuple[str, Instance]]] = {}
    for name, one in own_networks(subject.entry):
        grouped.setdefault(name.rsplit(" ", 1)[0].removesuffix(" as"), []).append((name, one))
    return _own(subject, run, list(grouped.items()))


def _own(subject: Subject, run: GateRun, groups: Iterable[tuple[str, list[tuple[str, Instance]]]]) -> Finding:
    """Decide the user's own: of each group the best reading counts, and of the groups the gravest."""
    found, worst = Finding(strength="exact"), "held"
    order = ("held", "vacuous", "undecided", "refuted")
    for name, readings in groups:
        verdicts = []
        for reading, instance in readings:
            outcome = decide(subject.claim, instance)
            found.add(instance, outcome)
            found.notes.append(_line(reading, outcome))
            verdicts.append(_verdict(outcome))
            if outcome.verdict == "violated":
                return _violated(found, subject, run, instance, reading)
        best = min(verdicts, key=order.index)
        if best in ("vacuous", "undecided"):
            found.problems.append(f"{best} on {name}: {found.notes[-1]}")
        worst = max(worst, best, key=order.index)
    found.verdict = worst
    return found


def _verdict(outcome: Outcome) -> str:
    return {"holds": "held", "agrees": "held", "violated": "refuted", "undecided": "undecided"}.get(
        outcome.verdict, "vacuous"
    )


def _line(name: str, outcome: Outcome) -> str:
    ratio = "" if outcome.tightness is None or outcome.verdict != "holds" else f" (left/right {outcome.tightness:.4g})"
    said = comparison(outcome) if outcome.headline is not None else outcome.reason
    return f"{name}: {outcome.verdict}{'   ' + said if said else ''}{ratio}"


def mutants(subject: Subject, amount: Amounts, run: GateRun) -> Finding:
    """The false variants that the entry names: each must be refuted."""
    return _own_mutants(subject, amount, run) if subject.own else _mutants(subject, amount, run)


def _mutants(subject: Subject, amount: Amounts, run: GateRun) -> Finding:
    chosen = [m for m in all_mutants(subject.record) if m.id in subject.entry.mutants]
    suite = run.suite(subject, amount)
    events = [refutations.mutant(subject.record, mutant, suite) for mutant in chosen]
    found = Finding(strength="exact", problems=[text for event in events for text in event["problems"]])
    found.killed = sum(bool(event["killed"]) for event in events)
    found.verdict = "error" if found.problems else "held"
    return found


def _own_mutants(subject: Subject, amount: Amounts, run: GateRun) -> Finding:
    found = Finding(strength="exact", killed=0)
    for name in subject.entry.mutants:
        factor = 1 - rational(name.removeprefix(SCALED))
        if _refuted(subject, factor, name, amount, run):
            found.killed = (found.killed or 0) + 1
        else:
            found.problems.append(
                f"{name}: the claim with its right side times 1 - {name.removeprefix(SCALED)} is not refuted either: "
                "the evidence does not tell them apart"
            )
    found.verdict = "weak" if found.problems else "held"
    return found


def _refuted(subject: Subject, factor: fmpq, name: str, amount: Amounts, run: GateRun) -> bool:
    """By the tightest instances that other evidence has found, by those known in the domain, or by a search."""
    variant = subject.claim.scaled(factor, f"{subject.claim.id} {name}")
    mine = (run.findings[key].tightest for key in run.findings if key[0] == subject.entry.id)
    known = (f.first() for f in subject.families)
    for instance in (*(one for one in mine if one is not None), *known):
        if decide(variant, instance).verdict == "violated":
            return True
    target = replace(subject.target, claim=variant)
    seconds = max(amount.hunt, LEAST_MUTANT_SECONDS)
    budget = evaluations(run.profile, seconds)
    options = Options(None if budget else seconds, budget, run.seed, device=run.device, shrink=0)
    result = hunt(target, options)
    if result.interrupted:
        raise KeyboardInterrupt
    return result.counterexample is not None


def tight(subject: Subject, amount: Amounts, run: GateRun, kinds: Mapping[str, Try]) -> Finding:
    """Whether the tightest exact evidence reaches what the entry, and an earlier run, ask for."""
    found = Finding(strength="exact", verdict="held")
    found.tightness = tightest_of(finding_of(kind, one, subject, amount, run).tightness for kind, one in kinds.items())
    asked = subject.entry.tightness
    if asked is not None and not _reaches(found, asked):
        found.problems.append(f"tightness: left/right reaches {_said(found)}, the entry asks for {asked}")
    return found


def _reaches(found: Finding, least: fmpq) -> bool:
    return found.tightness is not None and bool(rational(found.tightness["lower"]) >= least)


def _said(found: Finding) -> str:
    return "nothing (no instance has a ratio)" if found.tightness is None else str(found.tightness["text"])


def not_looser(found: Finding, file: str, subject: Subject, run: GateRun) -> Finding:
    """The finding with a complaint if an earlier run was tighter by more than may be lost."""
    known = None if run.baseline is None else run.baseline.of(file, subject.entry.id, subject.entry.ref)
    if run.baseline is None or known is None:
        found.notes.append("not in the baseline") if run.baseline is not None else None
        return found
    floor = run.baseline.floor(known["lower"])
    if not _reaches(found, floor):
        found.problems.append(
            f"tightness: left/right was {known['text']} in the baseline and is {_said(found)}; "
            f"{run.baseline.allowed} is allowed"
        )
    return found


def finding_of(kind: str, one: Try, subject: Subject, amount: Amounts, run: GateRun) -> Finding:
    """What a kind of evidence found; the same in this process is not tried twice."""
    key = (subject.entry.id, kind)
    if key not in run.findings:
        run.findings[key] = one(subject, amount, run)
    return run.findings[key]
