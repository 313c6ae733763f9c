"""The section of one theorem."""

from __future__ import annotations

from collections.abc import Sequence

from refutable.verify.report import counterexamples
from refutable.verify.report.documents import Evidence, TheoremRun
from refutable.verify.report.fields import Fields
from refutable.verify.report.figures import Pictures, bar, histogram
from refutable.verify.report.markup import Anchors, Markup, element, together
from refutable.verify.report.numbers import ratio
from refutable.verify.report.parts import absent, facts, fold, listed, statement, table, verdict
from refutable.verify.report.sizes import Kept, size_table
from refutable.verify.report.solutions import seen_with_a_solver
from refutable.verify.report.words import KIND_NAMES, STATUSES
from refutable.verify.standing import KINDS, SOLVED

EVIDENCE_HEADER = ("evidence", "decided", "hold", "violated", "vacuous", "undecided", "agree", "touching", "tightest")


def theorem_section(theorem: TheoremRun, anchors: Anchors, pictures: Pictures, kept: Kept) -> Markup:
    """Everything the document says about a theorem."""
    entry, anchor = theorem.entry, anchors.of("theorem", theorem.id)
    heading = element(
        "h2", theorem.id, ": ", entry.text("title"), " ", verdict(entry.text("verdict")), id=f"{anchor}-title"
    )
    back = element("p", element("a", "Back to the overview", href="#overview"), class_="back")
    solved = seen_with_a_solver(theorem, pictures.wanted)
    parts = (_claims(theorem, pictures, kept), solved, _problems(theorem), _about(theorem), _folds(theorem, pictures))
    return element("section", heading, _facts(theorem), parts, back, id=anchor, aria_labelledby=f"{anchor}-title")


def _facts(theorem: TheoremRun) -> Markup:
    entry, source = theorem.entry, theorem.record.object("source")
    status = entry.text("status")
    link = source.text("link")
    named: object = entry.text("source")
    if link.startswith(("http://", "https://")):
        named = element("a", entry.text("source"), href=link, rel="noopener noreferrer external")
    return facts(
        (
            ("Source", named),
            ("Status", f"{status}: {STATUSES[status]}" if status in STATUSES else status),
            ("Note on the source", source.text("note")),
            ("Domain", theorem.domain),
            ("Constants", _constants(theorem.record)),
            ("How often it holds", _frequencies(entry)),
            ("Digest", element("code", entry.text("digest")[:16]) if entry.text("digest") else ""),
        )
    )


def _constants(record: Fields) -> object:
    known = record.by_name("constants")
    said = [(element("code", f"{name} = {c.text('value')}"), f": {c.text('meaning')}") for name, c in known.items()]
    return listed(said) if said else ""


def _frequencies(entry: Fields) -> object:
    """Of an observation, by kind of evidence; an interval where the cases are independent of each other."""
    found = entry.by_name("frequencies")
    return listed(_frequency(kind, one) for kind, one in found.items()) if found else ""


def _frequency(kind: str, one: Fields) -> str:
    held, tried, level = one.count("successes"), one.count("trials"), one.number("level") or 0.0
    lower, upper = one.number("lower") or 0.0, one.number("upper") or 0.0
    interval = f"{100 * level:g} % interval [{lower:.4f}, {upper:.4f}]"
    if kind == "runs":
        return f"every state tried, in {held} of {tried} runs: {interval}"
    share = f"{KIND_NAMES.get(kind, kind)}: {held} of {tried} cases"
    return f"{share} ({100 * held / max(1, tried):.1f} %)" if kind == "visited" else f"{share}, {interval}"


def _problems(theorem: TheoremRun) -> Markup | None:
    """What is wrong besides the counterexamples, which are shown already."""
    shown = {tuple(found.told.texts("described")) for found in theorem.counterexamples} - {()}
    problems = [text for text in theorem.entry.texts("problems") if _instance(text) not in shown]
    said = [element("pre", text) for text in problems]
    return element("div", element("h3", "Problems"), said, class_="problems") if said else None


def _instance(problem: str) -> tuple[str, ...]:
    """The instance that a problem's text describes, by its indentation."""
    return tuple(line[4:] for line in problem.splitlines() if line.startswith("    "))


def _claims(theorem: TheoremRun, pictures: Pictures, kept: Kept) -> Markup:
    said = {claim.text("id"): claim for claim in theorem.record.objects("claims")}
    names = list(said) + sorted({claim for claim, kind in theorem.evidence if kind != SOLVED} - set(said))
    names_note = None if said else absent("Statements in words and mathematics")
    others = [found for found in theorem.counterexamples if found.claim not in names]
    return together(
        names_note,
        (_claim(theorem, name, said.get(name), pictures, kept) for name in names),
        counterexamples.distinct(others, pictures),
    )


def _claim(theorem: TheoremRun, name: str, said: Fields | None, pictures: Pictures, kept: Kept) -> Markup:
    evidence = sorted((e for (claim, _), e in theorem.evidence.items() if claim == name), key=_by_kind)
    words = statement(said.text("statement"), said.text("latex")) if said else None
    assumes = said.texts("assumes") if said else []
    rows = [_evidence_row(found) for found in evidence]
    shown = table(f"Evidence for {name}", EVIDENCE_HEADER, rows, range(2, 9)) if rows else None
    refuted = (found for found in theorem.counterexamples if found.claim == name)
    return element(
        "section",
        element("h3", f"Claim {name}"),
        words,
        element("p", "Assumes: ", ", ".join(assumes) or "nothing", class_="soft") if said else None,
        counterexamples.distinct(refuted, pictures),
        shown,
        element(
            "div", histogram(name, evidence), size_table(name, evidence, kept.of(theorem.id, name)), class_="beside"
        ),
        class_="claim",
    )


def _by_kind(found: Evidence) -> tuple[int, str]:
    return (KINDS.index(found.kind) if found.kind in KINDS else len(KINDS)), found.kind


def _evidence_row(found: Evidence) -> Sequence[object]:
    counts = found.counts
    families = f" ({', '.join(sorted(set(found.families)))})" if found.families else ""
    return (
        KIND_NAMES.get(found.kind, found.kind) + families,
        found.strength,
        *(counts[word] for word in ("holds", "violated", "vacuous", "undecided", "agrees")),
        found.touching,
        found.exactly or ratio(found.tightest),
    )


def _about(theorem: TheoremRun) -> Markup:
    record = theorem.record
    assumptions = record.objects("assumptions")
    said = [(element("code", a.text("id")), ": ", a.text("statement")) for a in assumptions]
    return together(
        element("h3", "Assumptions"),
        listed(said) if said else absent("Assumptions"),
        _links(theorem),
    )


def _links(theorem: TheoremRun) -> Markup:
    """The steps of the proof in order, with what is known of each one's slack."""
    said = record_links(theorem)
    if not said:
        return together(
            element("h3", "Chain of links"), element("p", "The proof is not cut into links here.", class_="soft")
        )
    return together(
        element("h3", "Chain of links"),
        element("p", "Each step of the proof was tried by itself; a short bar is a step that gives much away."),
        element("ol", (_link(name, claim, theorem) for name, claim in said), class_="links"),
    )


def record_links(theorem: TheoremRun) -> list[tuple[str, Fields | None]]:
    """The links in the record's order, those without a record after them."""
    known = [(link.text("id"), link) for link in theorem.record.objects("links")]
    names = {name for name, _ in known}
    return [*known, *((claim, None) for claim, _ in theorem.links if claim not in names)]


def _link(name: str, claim: Fields | None, theorem: TheoremRun) -> Markup:
    found = [evidence for (link, _), evidence in theorem.links.items() if link == name]
    best = max((e for e in found if e.tightest is not None), key=lambda e: e.tightest or 0.0, default=None)
    counted = {
        "holds in {} cases": sum(e.supporting for e in found),
        "violated in {}": sum(e.counts["violated"] for e in found),
        "touching in {}": sum(e.touching for e in found),
    }
    text = ", ".join(words.format(count) for words, count in counted.items() if count)
    words = statement(claim.text("statement"), claim.text("latex")) if claim else None
    shown = (bar(best.tightest if best else None), element("b", _slack(best, found)), f" ({text or 'not tried'})")
    return element("li", element("b", name), words, element("p", shown, class_="slack"))


def _slack(best: Evidence | None, found: Sequence[Evidence]) -> str:
    if best is not None:
        return f"tightest left/right {best.exactly or ratio(best.tightest)}"
    touching = sum(e.touching for e in found)
    return "equality in every case" if touching and touching == sum(e.supporting for e in found) else "no ratio"


def _folds(theorem: TheoremRun, pictures: Pictures) -> Markup:
    entry = theorem.entry
    mutants, needed = entry.object("mutants"), entry.object("necessity")
    forms = entry.object("closed_forms")
    aside = entry.text_by_name("not_applicable")
    return together(
        fold(
            "Mutants",
            3,
            counterexamples.mutants(theorem, pictures),
            summary=f"{mutants.count('killed')} of {mutants.count('tried')} false variants refuted",
        ),
        fold(
            "Is each assumption needed?",
            3,
            counterexamples.necessity(theorem, pictures),
            summary=f"shown for {needed.count('shown')} of {needed.count('entries')}",
        ),
        _forms(theorem, f"{forms.count('proved')} of {forms.count('tried')} proved") if theorem.forms else None,
        _families(theorem),
        fold("Evidence that does not apply", 3, facts((KIND_NAMES.get(k, k), v) for k, v in aside.items()))
        if aside
        else None,
        fold("Evidence not collected", 3, listed(entry.texts("missing"))) if entry.texts("missing") else None,
        fold("Notes", 3, element("p", theorem.record.text("notes"))) if theorem.record.text("notes") else None,
    )


def _forms(theorem: TheoremRun, summary: str) -> Markup:
    rows = [
        (
            form.text("form"),
            form.text("statement"),
            "proved" if form.flag("proved") else "NOT proved",
            form.text("method"),
        )
        for form in theorem.forms
    ]
    return fold(
        "Closed forms",
        3,
        table(f"Closed forms of {theorem.id}", ("form", "identity", "result", "by"), rows),
        summary=summary,
    )


def _families(theorem: TheoremRun) -> Markup | None:
    families = theorem.record.objects("families")
    not_tight = theorem.entry.text("not_tight")
    if not families and not not_tight:
        return None
    said = [(element("b", f.text("id")), f" ({f.text('attains')}): {f.text('meaning')}") for f in families]
    return fold(
        "Where both sides meet",
        3,
        listed(said) if said else None,
        element("p", f"Not known tight: {not_tight}") if not_tight else None,
    )
