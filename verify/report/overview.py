"""The first part of a run's report: facts of the run, the table of theorems, the words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from refutable.verify.report.documents import RunDocument, TheoremRun
from refutable.verify.report.fields import Fields
from refutable.verify.report.markup import Anchors, Markup, element, together
from refutable.verify.report.numbers import ratio
from refutable.verify.report.parts import facts, fold, table, verdict
from refutable.verify.report.words import KIND_NAMES, KINDS_EXPLAINED, STATUSES, TERMS
from refutable.verify.standing import KINDS, VERDICTS

HEADER = ("theorem", "verdict", *(KIND_NAMES[kind] for kind in KINDS), "tightest", "mutants", "source", "status")


def run_facts(info: Fields, what: str) -> Markup:
    """When, how and with what a run was made, and the command that repeats it."""
    versions = ", ".join(f"{name} {info.object('versions').values[name]}" for name in info.object("versions").values)
    seconds = info.number("seconds")
    return facts(
        (
            ("Profile", info.text("profile")),
            ("Seed", str(info.count("seed"))),
            ("Started", info.text("started")),
            ("Took", f"{seconds:.0f} s" if seconds is not None else ""),
            ("Device that proposes", info.text("device")),
            ("Versions", versions),
            ("Repeat it", element("code", info.text("command") or what)),
        )
    )


def suite_command(info: Fields) -> str:
    """The command that repeats a run of the suite."""
    profile, seed = info.text("profile"), info.count("seed")
    return f"pytest --pyargs refutable.verify --refutable-profile {profile} --refutable-seed {seed}"


def tally(verdicts: Sequence[str]) -> Markup:
    """How many of each verdict, gravest words as they come."""
    counted = Counter(verdicts)
    order = [word for word in VERDICTS if word in counted] + [word for word in counted if word not in VERDICTS]
    return element("p", ((str(counted[word]), " ", verdict(word), " ") for word in order), class_="tally")


def overview(run: RunDocument, anchors: Anchors) -> Markup:
    """The table of theorems."""
    rows = [_row(theorem, anchors) for theorem in run.theorems]
    shown = table("Theorems: cases that hold by kind of evidence", HEADER, rows, range(2, 4 + len(KINDS)))
    note = element(
        "p",
        "held is evidence, never a proof. A dot: this kind of evidence does not apply; a dash: it was not collected.",
        class_="soft",
    )
    return together(tally([t.entry.text("verdict") for t in run.theorems]), shown, note)


def _row(theorem: TheoremRun, anchors: Anchors) -> Sequence[object]:
    entry = theorem.entry
    mutants = entry.object("mutants")
    name = element("a", theorem.id, href="#" + anchors.of("theorem", theorem.id))
    return (
        name,
        verdict(entry.text("verdict")),
        *(_cases(theorem, kind) for kind in KINDS),
        _tightest(theorem),
        f"{mutants.count('killed')}/{mutants.count('tried')}",
        element("span", theorem.cited or entry.text("source"), class_="source"),
        entry.text("status"),
    )


def _tightest(theorem: TheoremRun) -> str:
    best = max(
        (e for e in theorem.evidence.values() if e.tightest is not None), key=lambda e: e.tightest or 0.0, default=None
    )
    if best is None:
        return ratio(theorem.entry.number("tightest"))
    return best.exactly or ratio(best.tightest)


def _cases(theorem: TheoremRun, kind: str) -> str:
    entry = theorem.entry
    if kind in entry.text_by_name("not_applicable"):
        return "·"
    if kind == "symbolic":
        forms = entry.object("closed_forms")
        return f"{forms.count('proved')}/{forms.count('tried')}" if forms.count("tried") else "–"
    counts = entry.object("evidence").object(kind)
    return str(counts.count("holds") + counts.count("agrees")) if counts.values else "–"


def words(verdicts: dict[str, str]) -> Markup:
    """What verdicts, kinds of evidence, statuses and terms mean."""
    return fold(
        "Words",
        2,
        element("h3", "Verdicts"),
        facts((verdict(word), meaning) for word, meaning in (verdicts or VERDICTS).items()),
        element("h3", "Kinds of evidence"),
        facts(KINDS_EXPLAINED.items()),
        element("h3", "Status of a statement"),
        facts(STATUSES.items()),
        element("h3", "Terms"),
        facts(TERMS.items()),
        summary="what verdicts, evidence and terms mean",
        anchor="words",
    )
